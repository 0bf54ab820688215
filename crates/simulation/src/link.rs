//! The server's link to the PBX in the simulation: login, signs of life, waiting. The decoder is the server's own; the
//! rest is what `frontdesk_ami::client` does with a socket, in few words.

use frontdesk_ami::{Action, ActionId, Decoder, Frame, Limits};
use frontdesk_protocol::Millis;
use frontdesk_server::sans_io::Core;

const LOGIN_MS: u64 = 5_000;
const QUIET_MS: u64 = 800;
const PONG_MS: u64 = 1_800;
const SILENCE_MS: u64 = 12_000;
const RETRY_MS: u64 = 2_000;
/// What the ids of the link's own actions begin with.
const OWN: &str = "link-";

/// The link.
#[derive(Debug)]
pub struct Link {
    state: State,
    decoder: Decoder,
    own: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting { until: u64 },
    Greeting { until: u64 },
    Up { due: u64, signs: Signs },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signs {
    Speaks,
    Asked,
    Silent,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub enum Want {
    /// Connect.
    Connect,
    /// Say this.
    Say(Vec<u8>),
    /// End the connection.
    Leave,
}

impl Link {
    /// A link that connects at once.
    pub fn new(now: u64) -> Self {
        Self { state: State::Waiting { until: now }, decoder: Decoder::new(Limits::default()), own: 0 }
    }

    /// When [`Link::tick`] has something to do.
    pub fn due(&self) -> u64 {
        match self.state {
            State::Waiting { until } | State::Greeting { until } => until,
            State::Up { due, .. } => due,
        }
    }

    /// Whether actions can be sent.
    pub fn is_up(&self) -> bool {
        matches!(self.state, State::Up { .. })
    }

    /// The connection is made, or cannot be.
    pub fn connected(&mut self, made: bool, core: &mut Core, now: u64) {
        self.decoder = Decoder::new(Limits::default());
        match made {
            true => self.state = State::Greeting { until: now + LOGIN_MS },
            false => self.lost("The phone system cannot be reached.", core, now),
        }
    }

    /// The connection ended.
    pub fn lost(&mut self, why: &str, core: &mut Core, now: u64) {
        self.state = State::Waiting { until: now + RETRY_MS };
        core.link_down(why.to_owned(), at(now));
    }

    /// Bytes came.
    pub fn hear(&mut self, bytes: &[u8], core: &mut Core, now: u64) -> Option<Want> {
        self.decoder.feed(bytes);
        if let State::Up { due, signs } = &mut self.state {
            *due = now + QUIET_MS;
            if std::mem::replace(signs, Signs::Speaks) == Signs::Silent {
                core.link_speaks(at(now));
            }
        }
        let mut want = None;
        while let Some(frame) = self.decoder.next() {
            match (frame, self.state) {
                (Frame::Banner(_), _) => {
                    let login = Action::new("Login")
                        .with("Username", "frontdesk")
                        .and_then(|action| action.with("Secret", "rehearsal"))
                        .and_then(|action| action.with("Events", "on"));
                    want = login.ok().map(|login| say(&mut self.own, &login));
                }
                (Frame::Message(message), State::Greeting { .. }) => {
                    if message.event() == Some("FullyBooted") {
                        self.state = State::Up { due: now + QUIET_MS, signs: Signs::Speaks };
                        core.link_up(at(now));
                    }
                }
                (Frame::Message(message), State::Up { .. }) if !message.action_id().starts_with(OWN) => {
                    core.message(&message, at(now));
                }
                (Frame::Message(_), State::Up { .. } | State::Waiting { .. }) => {}
            }
        }
        want
    }

    /// Time has passed.
    pub fn tick(&mut self, core: &mut Core, now: u64) -> Option<Want> {
        if self.due() > now {
            return None;
        }
        match self.state {
            State::Waiting { .. } => Some(Want::Connect),
            State::Greeting { .. } => {
                self.lost("The phone system does not answer.", core, now);
                Some(Want::Leave)
            }
            State::Up { signs: Signs::Speaks, .. } => {
                self.state = State::Up { due: now + PONG_MS, signs: Signs::Asked };
                Some(say(&mut self.own, &Action::new("Ping")))
            }
            State::Up { signs: Signs::Asked, .. } => {
                self.state = State::Up { due: now + SILENCE_MS, signs: Signs::Silent };
                core.link_silent("The phone system says nothing.".to_owned(), at(now));
                None
            }
            State::Up { signs: Signs::Silent, .. } => {
                self.lost("The phone system says nothing.", core, now);
                Some(Want::Leave)
            }
        }
    }
}

fn say(own: &mut u64, action: &Action) -> Want {
    *own += 1;
    let id = ActionId::new(format!("{OWN}{own}"));
    Want::Say(id.map(|id| action.encode(&id).into_bytes()).unwrap_or_default())
}

/// An instant as the server has it.
pub fn at(now: u64) -> Millis {
    Millis(i64::try_from(now).unwrap_or(i64::MAX))
}
