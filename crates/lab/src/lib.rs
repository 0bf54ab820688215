//! A real Asterisk and SIP phones on loopback, for tests and for trying by hand.
//!
//! [`asterisk`] brings a real Asterisk 22 up as an ordinary user, [`phone`] is a small SIP user agent, [`office`]
//! is both together, [`recorder`] keeps what the Manager Interface says as a recording, and [`planted`]
//! notes what no log of a program may hold. It is deliberately not a simulation (that is `frontdesk-rehearsal`), and knows nothing of the product that it is used to test.

pub mod asterisk;
pub mod office;
pub mod phone;
pub mod planted;
pub mod recorder;

pub use asterisk::{Lab, LabError, LabOptions};
pub use office::Office;
pub use phone::{Call, Phone, PhoneError, Policy, State};
