//! A desk's program: the line, the replica and the orders, as the desktop program and the page have them.

use frontdesk_protocol::{
    ClientMessage, Command, CommandId, Due, Line, Millis, Outcome, Replica, STALE_MS, ServerMessage, Step,
};
use frontdesk_server::sans_io::{Session, SessionKey, User};
use std::collections::BTreeMap;

/// A desk.
#[derive(Debug)]
pub struct Desk {
    /// Who sits there.
    pub session: Session,
    /// The connection in time.
    pub line: Line,
    /// Its office.
    pub replica: Replica,
    /// Orders that were sent on this connection or, where it was resumed, the one before, and have no answer.
    pub open: BTreeMap<CommandId, Command>,
    /// Every outcome that came, by order.
    pub outcomes: BTreeMap<CommandId, Vec<Outcome>>,
    /// How often a difference was found.
    pub differed: u32,
    made: u32,
}

impl Desk {
    /// One that is about to connect.
    pub fn new(key: u8, user: User) -> Self {
        Self {
            session: Session { key: SessionKey([key; 32]), user },
            line: Line::opening(STALE_MS),
            replica: Replica::default(),
            open: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            differed: 0,
            made: 0,
        }
    }

    /// The connection is open: what is said first.
    pub fn opened(&mut self, now: Millis) -> ClientMessage {
        self.line.opened(now);
        ClientMessage::Hello { resume: self.replica.cursor().resume() }
    }

    /// The server says something; gives what is said to that. The error says that the connection is over.
    pub fn hear(&mut self, text: &str, now: Millis) -> Result<Vec<ClientMessage>, String> {
        let message = ServerMessage::read(text).map_err(|error| error.to_string())?;
        self.line.heard(now);
        let mut said = Vec::new();
        match &message {
            ServerMessage::Result { id, outcome } => {
                self.open.remove(id);
                self.outcomes.entry(id.clone()).or_default().push(outcome.clone());
            }
            ServerMessage::Bye { text, .. } => return Err(text.clone()),
            // Where the server remembers, an order without an answer is sent again; it must not act twice.
            ServerMessage::Ready { resumed: true, .. } => {
                let again = self
                    .open
                    .iter()
                    .map(|(id, command)| ClientMessage::Command { id: id.clone(), command: command.clone() });
                said.extend(again);
            }
            ServerMessage::Ready { resumed: false, .. } => self.open.clear(),
            _ => {}
        }
        if let Step::Resync(why) = self.replica.take(&message) {
            self.differed += u32::from(why == frontdesk_protocol::ResyncCause::Differs);
            said.push(ClientMessage::Resync { why });
        }
        Ok(said)
    }

    /// An order, where the facts are live.
    pub fn order(&mut self, command: Command) -> Option<ClientMessage> {
        if !self.line.is_up() || !self.replica.cursor().is_complete() {
            return None;
        }
        self.made += 1;
        let id = CommandId::parse(&format!("{}-{}", self.session.user.name, self.made)).ok()?;
        self.open.insert(id.clone(), command.clone());
        Some(ClientMessage::Command { id, command })
    }

    /// Tells its orders from those of the first program of the same session.
    pub fn twin(&mut self) {
        self.made = 1_000_000;
    }

    /// How many orders it gave.
    pub fn orders(&self) -> u32 {
        self.made % 1_000_000
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Millis) -> Option<Due> {
        self.line.tick(now)
    }
}
