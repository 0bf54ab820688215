//! What the view shows and does, without a DOM: the state of one desk as a value, [`Console::update`] for all that
//! happens to it, and plain data to draw. No drawing, no sockets, no clock of its own: time comes with the event.

pub mod announce;
pub mod asking;
pub mod cards;
pub mod clock;
pub mod colour;
pub mod console;
pub mod event;
pub mod grid;
pub mod handed;
pub mod history;
pub mod keys;
pub mod link;
pub mod moving;
pub mod orders;
pub mod palette;
pub mod pulling;
pub mod roster;
pub mod seen;
pub mod settings;
pub mod stream;
pub mod targets;
pub mod tel;
pub mod texts;
pub mod tiles;

pub use asking::QuestionView;
pub use cards::{CardAction, CardState, CardView, Known};
pub use console::Console;
pub use event::{Connection, Effect, Event, Focus, Message};
pub use grid::{Shape, Step};
pub use handed::{HandedRow, RowClock};
pub use history::HistoryRow;
pub use link::{Lamp, LinkView};
pub use moving::{Moving, Over};
pub use orders::{Note, Subject, Tone};
pub use palette::{Palette, Preset, Scheme};
pub use pulling::Pulling;
pub use settings::{Settings, Theme, Untaken};
pub use targets::{Target, TargetKind};
pub use tiles::{TileRow, TileView};
