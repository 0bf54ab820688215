//! The server in the simulation: its hub, its core and its conversations, with what it would send held out as values.

use crate::link::{Link, at};
use frontdesk_ami::{Action, ActionId};
use frontdesk_protocol::{
    CallId, Command, CommandId, Epoch, HistoryEntry, HistoryId, HistoryPage, Outcome, ServerMessage,
};
use frontdesk_server::sans_io::{
    Core, End, Entry, Heard, Hub, Limits, Order, Others, Paces, Say, Session, SessionKey, Surroundings, Talk,
    text,
};
use frontdesk_switchboard::{Settings, Switchboard};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::oneshot;

/// A server that runs.
#[derive(Debug)]
pub struct Server {
    /// What desks see.
    pub hub: Arc<Hub>,
    /// What is decided.
    pub core: Core,
    /// The link to the PBX.
    pub link: Link,
    /// Its surroundings.
    pub around: Around,
    paces: Paces,
    talks: BTreeMap<u64, Open>,
}

#[derive(Debug)]
struct Open {
    talk: Talk,
    waiting: Vec<(CommandId, oneshot::Receiver<Outcome>)>,
}

/// What the server does to the world.
#[derive(Debug, Default)]
pub struct Around {
    /// What is to be sent to the PBX.
    pub bytes: Vec<u8>,
    /// Whether it can be sent.
    up: bool,
    /// How many actions there were, by name.
    pub acts: BTreeMap<&'static str, u32>,
    /// How often an order was carried out, by whose and its name.
    pub carried: BTreeMap<(SessionKey, CommandId), u32>,
    rows: i64,
    entries: i64,
}

/// What goes to a desk.
#[derive(Debug)]
pub enum Out {
    /// A message.
    Text(String),
    /// A ping.
    Ping,
    /// The end of the connection, with the server's last words, if any.
    End(Option<String>),
}

impl Surroundings for Around {
    fn act(&mut self, id: &ActionId, action: &Action) {
        if self.up {
            *self.acts.entry(action.name()).or_default() += 1;
            self.bytes.extend(action.encode(id).into_bytes());
        }
    }

    fn next_row(&self) -> HistoryId {
        HistoryId(self.rows)
    }

    fn next_entry(&self) -> i64 {
        self.entries
    }

    fn audit(&mut self, _entry: Entry) {
        self.entries += 1;
    }

    fn record(&mut self, rows: Vec<HistoryEntry>, _live: Vec<(CallId, Vec<HistoryEntry>)>) {
        self.rows += i64::try_from(rows.len()).unwrap_or(0);
    }
}

impl Server {
    /// One that has just begun; each needs an epoch of its own.
    pub fn new(epoch: u64, now: u64) -> Option<Self> {
        let hub = Arc::new(Hub::new(Epoch::parse(&format!("{epoch:016x}")).ok()?));
        let board = Switchboard::new(Settings::default(), at(now));
        let core = Core::new(board, Arc::clone(&hub), at(now));
        let (link, around) = (Link::new(now), Around::default());
        Some(Self { hub, core, link, around, paces: Paces::default(), talks: BTreeMap::new() })
    }

    /// A desk connects.
    pub fn accept(&mut self, wire: u64, session: Session, now: u64) {
        let pace = self.paces.of(session.key, Limits::default().orders, at(now));
        let hub = Arc::clone(&self.hub);
        let talk = Talk::new(hub, Others::Names, Limits::default(), session, pace, at(now));
        self.talks.insert(wire, Open { talk, waiting: Vec::new() });
    }

    /// A desk says something, or is gone.
    pub fn hear(&mut self, wire: u64, heard: Option<Heard>, now: u64) -> Option<Out> {
        let open = self.talks.get_mut(&wire)?;
        match heard.map(|heard| open.talk.hear(heard, at(now))) {
            Some(Ok(())) => None,
            Some(Err(end)) => Some(self.end(wire, end)),
            None => {
                self.talks.remove(&wire);
                None
            }
        }
    }

    /// When something is due.
    pub fn due(&self) -> u64 {
        let talks = self.talks.values().map(|open| open.talk.due().0);
        let core = [self.core.deadline().0].into_iter().chain(talks).min().unwrap_or(i64::MAX);
        self.link.due().min(u64::try_from(core).unwrap_or(0))
    }

    /// Does what is due, and gives what goes to the desks.
    pub fn settle(&mut self, now: u64) -> Vec<(u64, Out)> {
        let mut out = Vec::new();
        self.around.up = self.link.is_up();
        self.core.tick(at(now));
        self.core.settle(at(now), &mut self.around);
        for wire in self.talks.keys().copied().collect::<Vec<_>>() {
            if let Err(end) = self.attend(wire, now, &mut out) {
                let last = self.end(wire, end);
                out.push((wire, last));
            }
        }
        out
    }

    fn attend(&mut self, wire: u64, now: u64, out: &mut Vec<(u64, Out)>) -> Result<(), End> {
        let Some(open) = self.talks.get_mut(&wire) else { return Ok(()) };
        open.talk.tick(at(now))?;
        loop {
            while let Some(delivery) = open.talk.feed().and_then(|feed| feed.take()) {
                open.talk.deliver(delivery, at(now))?;
            }
            let mut asked = false;
            while let Some(say) = open.talk.poll() {
                match say {
                    Say::Text(text) => out.push((wire, Out::Text(text.to_string()))),
                    Say::Ping => out.push((wire, Out::Ping)),
                    Say::Order(id, command) => {
                        asked = true;
                        let receiver =
                            order(&mut self.core, &mut self.around, open.talk.who(), &id, command, now);
                        open.waiting.push((id, receiver));
                    }
                    Say::Ask(id, ..) => {
                        let page = HistoryPage { entries: Vec::new(), more: false };
                        open.talk.answered(text(&ServerMessage::History { id, page }), at(now));
                    }
                }
            }
            if asked {
                self.core.settle(at(now), &mut self.around);
            }
            let mut answers = Vec::new();
            open.waiting.retain_mut(|(id, receiver)| match receiver.try_recv() {
                Ok(outcome) => {
                    answers.push(text(&ServerMessage::Result { id: id.clone(), outcome }));
                    false
                }
                Err(_) => true,
            });
            if answers.is_empty() && !asked {
                return Ok(());
            }
            answers.into_iter().for_each(|answer| open.talk.answered(answer, at(now)));
        }
    }

    fn end(&mut self, wire: u64, end: End) -> Out {
        self.talks.remove(&wire);
        Out::End(match end {
            End::Gone => None,
            End::Bye { text, .. } => Some(text),
        })
    }
}

/// Gives the core an order, and counts whether it is carried out.
fn order(
    core: &mut Core,
    around: &mut Around,
    who: &Session,
    id: &CommandId,
    command: Command,
    now: u64,
) -> oneshot::Receiver<Outcome> {
    let (reply, receiver) = oneshot::channel();
    let Session { key, user } = who.clone();
    let before = around.entries;
    core.order(Order { session: key, user, id: id.clone(), command, reply }, at(now), around);
    if around.entries > before {
        *around.carried.entry((key, id.clone())).or_default() += 1;
    }
    receiver
}
