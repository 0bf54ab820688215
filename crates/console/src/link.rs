//! Whether the facts can be trusted: the connection, the position in the stream of deltas, and how long nothing was
//! heard. It opens no connection.

use crate::clock::Clock;
use crate::event::Connection;
use crate::texts;
use frontdesk_protocol::{BEAT_MS, Cursor, Millis, PbxLink};

/// How often the view looks at the time at least, in milliseconds.
pub const LOOK_MS: u32 = 200;

/// A longer silence makes the facts stale: so that it shows within three beats, although it is only seen at a look.
const SILENCE_MS: u64 = 3 * BEAT_MS - LOOK_MS as u64;

/// The connection as the view knows it.
#[derive(Debug, Clone)]
pub struct Link {
    /// What the core or the socket says.
    pub connection: Connection,
    /// Why, where there is something to say.
    pub text: String,
    /// Since when, by this machine's clock.
    pub since: Option<Millis>,
    /// When something was last heard, by this machine's clock.
    pub heard: Millis,
    /// When the facts were last live, by this machine's clock.
    pub lived: Option<Millis>,
    /// The replica's place in the stream of facts.
    pub at: Cursor,
    /// What the server wants the person to know, until it takes it back.
    pub notice: Option<String>,
}

/// The connection light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lamp {
    /// What is shown is so now.
    Live,
    /// What is shown was so.
    Stale,
    /// There is no connection.
    Offline,
    /// It is being made.
    Connecting,
}

/// The light and its sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    /// The light.
    pub lamp: Lamp,
    /// The sentence.
    pub text: String,
    /// The time of day since when the facts are old.
    pub since: Option<String>,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            connection: Connection::Connecting,
            text: String::new(),
            since: None,
            heard: Millis(0),
            lived: None,
            at: Cursor::default(),
            notice: None,
        }
    }
}

impl Link {
    /// The light: honest about the connection first, then about the server's link to the PBX.
    pub fn view(&self, pbx: &PbxLink, clock: &Clock) -> LinkView {
        let view = |lamp, text: String, since: Option<Millis>| LinkView {
            lamp,
            text,
            since: since.map(|at| clock.second(at)),
        };
        let local = |at: Millis| Millis(at.0.saturating_sub(clock.lead));
        match self.connection {
            Connection::Connecting | Connection::Login => {
                let text = if self.text.is_empty() { texts::CONNECTING } else { &self.text };
                view(Lamp::Connecting, text.to_owned(), self.since)
            }
            Connection::Offline => {
                let since = self.since.or(Some(self.heard).filter(|at| at.0 > 0));
                view(
                    Lamp::Offline,
                    texts::offline(since.map(|at| clock.second(at)).as_deref(), &self.text),
                    since,
                )
            }
            Connection::Online if clock.local.since(self.heard) > SILENCE_MS => {
                view(Lamp::Stale, texts::stale(&clock.second(self.heard)), Some(self.heard))
            }
            Connection::Online if !self.at.is_complete() => {
                view(Lamp::Connecting, texts::CONNECTING.into(), None)
            }
            Connection::Online => match pbx {
                PbxLink::Up { .. } => view(Lamp::Live, texts::LIVE.into(), None),
                PbxLink::Starting => view(Lamp::Connecting, texts::PBX_STARTING.into(), None),
                PbxLink::Down { since, reason } => {
                    let text = texts::pbx_down(&clock.second(local(*since)), reason);
                    view(Lamp::Stale, text, Some(local(*since)))
                }
            },
        }
    }
}

impl Lamp {
    /// Its name in attributes.
    pub fn key(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Stale => "stale",
            Self::Offline => "offline",
            Self::Connecting => "connecting",
        }
    }
}
