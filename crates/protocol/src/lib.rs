//! The plain data that server, desktop core and view share: people, extensions, calls, commands, the wire.
//!
//! Nothing here does IO, keeps time or knows AMI; everything is `serde` data with pure functions over it. It
//! builds for `wasm32-unknown-unknown`. The words are those of `ARCHITECTURE.md`.

pub mod call;
pub mod command;
pub mod handed;
pub mod hash;
pub mod history;
pub mod id;
pub mod line;
pub mod number;
pub mod office;
pub mod people;
pub mod replica;
pub mod status;
pub mod text;
pub mod wire;

pub use call::{Call, Direction, Hold, Leg, LegState, Party, PartyKind, Service, Via};
pub use command::{Command, Destination, Outcome, Reason, TransferMode};
pub use handed::{Handed, HandedState, Return};
pub use hash::{Digest, Memo, StateHash};
pub use history::{HistoryEntry, HistoryOutcome, HistoryPage, HistoryQuery};
pub use id::{
    CallId, CommandId, Epoch, Extension, HandedId, HistoryId, InvalidText, LegId, LotName, MailboxId, Millis,
    Number, PersonId, QueueName, Seq, UserName,
};
pub use line::{Due, Line, STALE_MS};
pub use office::{
    Change, Delta, Mailbox, Office, ParkedCaller, ParkingLot, PbxLink, Queue, QueueMember, Waiting,
};
pub use people::{LabelledNumber, Person, Role, Viewer};
pub use replica::{Cursor, Replica, Step};
pub use status::{ExtensionState, Mark, PersonStatus, Registration, Status};
pub use wire::{BEAT_MS, CHECK_MS, ClientMessage, Resume, ResyncCause, SUBPROTOCOL, ServerMessage};
