//! Asterisk's Manager Interface (AMI), without IO: bytes in, messages out; actions in, bytes out.
//!
//! ```text
//! bytes → Decoder → Message → Event        Action + ActionId → bytes
//! ```
//!
//! - [`Decoder`] cuts the stream into messages. What it hands out borrows from its buffer; nothing is allocated for an
//!   event, no input makes it fail, and no input makes it hold more than its [`Limits`].
//! - [`Event`] is a message understood: a closed set of events that a switchboard needs, and everything else kept as
//!   it came.
//! - [`Action`] is the only way to say something to Asterisk. Its [`action::Value`]s cannot hold a line end, so that no value
//!   can ever become a second header or a second action.
//! - [`ListPart`] tells where a list that answers an action begins and ends.
//!
//! The feature `client` adds the link itself, over TCP or TLS; the feature `recording` the format of the fixtures.
//! Nothing here knows extensions, calls or people: that is the model's.
//!
//! Facts about the protocol are from Asterisk's documentation of AMI 11 (Asterisk 22) and were tried on 22.10.

pub mod action;
mod block;
mod census;
#[cfg(feature = "client")]
pub mod client;
mod decoder;
pub mod event;
mod lines;
mod list;
mod message;
#[cfg(feature = "recording")]
pub mod recording;

pub use action::{Action, ActionError, ActionId, Value};
pub use census::Census;
pub use decoder::{Decoder, Frame, Limits};
pub use event::Event;
pub use list::{ListPart, end_of_list};
pub use message::Message;
