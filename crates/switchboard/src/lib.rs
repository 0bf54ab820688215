//! The live model of the office and the call control, without IO: time is an argument, and nothing here waits.
//!
//! ```text
//! link_up / link_down / message / command / tick   →   Switchboard   →   poll() → Output
//! ```
//!
//! - Call [`Switchboard::link_up`] once per session, after the PBX said `FullyBooted`. The switchboard asks for its
//!   lists by itself; when they are read, it publishes the whole office and says [`Output::Synced`].
//! - Pass every AMI message in the order of arrival to [`Switchboard::message`]: live events, list items, responses.
//! - After each call, or after all messages of one read, take outputs with [`Switchboard::poll`] until there are none;
//!   send each [`Output::Act`] in order. What the messages of one read come to is drawn once, when it is polled; what
//!   happened between them is in the history all the same.
//! - Call [`Switchboard::tick`] at [`Switchboard::deadline`] at the latest. It may move with every call.
//! - When the session ends, call [`Switchboard::link_down`]: the office stays as it was last known until everything is
//!   read anew, and no order is taken meanwhile.
//! - Every command comes to an end in [`Output::Concluded`], whatever the PBX does.

mod api;
mod audit;
mod bind;
mod channel;
mod control;
mod events;
mod maps;
mod model;
mod orders;
mod record;
mod registry;
mod settings;
#[cfg(any(test, feature = "sound"))]
mod sound;
mod switchboard;
mod sync;
#[cfg(test)]
mod tests;
mod view;

pub use api::{Actor, CallRecord, Output, Ticket};
pub use settings::{AutoAnswer, OutsidePattern, Settings, VoicemailRoute};
pub use switchboard::Switchboard;
