//! What the end-to-end suites stand on: a stage (Asterisk, phones, server), desks, a desktop session, browsers.
//!
//! Nothing here asserts; the suites beside `src` do. Everything waits for conditions with a deadline and never for
//! a time.

pub mod big;
pub mod browser;
pub mod bus;
pub mod desk;
pub mod desktop;
pub mod journal;
pub mod page;
pub mod pbx;
pub mod process;
pub mod processes;
pub mod screen;
pub mod server;
pub mod stage;
pub mod until;
