//! One leg in the office, and the events that only tell of it. Not where it goes.

use super::bridge::BridgeId;
use super::record::Record;
use super::{Simulation, TRUNK};
use crate::packet::Packet;

/// The key of a channel; older ones are smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id(pub u64);

/// A channel's state, as Asterisk numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Down,
    Ring,
    Ringing,
    Up,
}

impl State {
    fn number(self) -> (u8, &'static str) {
        match self {
            Self::Down => (0, "Down"),
            Self::Ring => (4, "Ring"),
            Self::Ringing => (5, "Ringing"),
            Self::Up => (6, "Up"),
        }
    }
}

/// A number and a name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Line {
    pub number: String,
    pub name: String,
}

/// Where a channel is.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    Nowhere,
    /// It dials others.
    Dialling {
        targets: Vec<Id>,
        after: After,
    },
    /// It is dialled: by a channel, or by an Originate.
    Called {
        by: Option<Id>,
    },
    Talking(BridgeId),
    Mailbox(String),
    Waiting {
        queue: usize,
        since: u64,
        agent: Option<Id>,
        last: Option<String>,
    },
    Parked {
        space: u16,
        bridge: BridgeId,
        parker: String,
        since: u64,
        timeout_s: u64,
    },
    /// An announcement or an application.
    Aside,
}

/// What follows when nobody takes a dialled call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum After {
    Mailbox(String),
    HangUp,
}

/// Who a caller came to through a queue.
#[derive(Debug, Clone)]
pub(crate) struct Agent {
    pub queue: usize,
    pub id: Id,
    pub waited_ms: u64,
    pub since: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Channel {
    pub uid: String,
    pub linked: String,
    pub root: Id,
    pub endpoint: String,
    pub name: String,
    pub state: State,
    pub id: Line,
    pub connected: Line,
    pub context: String,
    pub exten: String,
    pub priority: u32,
    pub place: Place,
    /// It runs the dialplan; others were called by one that does.
    pub runs: bool,
    pub app: (&'static str, String),
    pub born: u64,
    /// Why the last one that it dialled did not answer, or that it did; nothing (0) before.
    pub cause: (u32, Option<u32>),
    pub holds: bool,
    pub music: bool,
    pub epoch: u32,
    pub records: Vec<Record>,
    pub agent: Option<Agent>,
    pub originate: Option<super::originate::Wish>,
}

/// What a new channel is made from.
pub(crate) struct Birth<'a> {
    pub endpoint: &'a str,
    pub state: State,
    pub id: Line,
    pub context: &'a str,
    pub exten: &'a str,
    pub by: Option<Id>,
    pub uid: Option<String>,
}

fn or_unknown(text: &str) -> String {
    if text.is_empty() { "<unknown>".to_owned() } else { text.to_owned() }
}

impl Channel {
    pub(crate) fn is_trunk(&self) -> bool {
        self.endpoint == TRUNK
    }

    /// The fourteen fields of a channel, with this before their names.
    pub(crate) fn describe(&self, packet: Packet, prefix: &'static str) -> Packet {
        let (state, word) = self.state.number();
        let fields = [
            ("Channel", self.name.clone()),
            ("ChannelState", state.to_string()),
            ("ChannelStateDesc", word.to_owned()),
            ("CallerIDNum", or_unknown(&self.id.number)),
            ("CallerIDName", or_unknown(&self.id.name)),
            ("ConnectedLineNum", or_unknown(&self.connected.number)),
            ("ConnectedLineName", or_unknown(&self.connected.name)),
            ("Language", "en".to_owned()),
            ("AccountCode", String::new()),
            ("Context", self.context.clone()),
            ("Exten", self.exten.clone()),
            ("Priority", self.priority.to_string()),
            ("Uniqueid", self.uid.clone()),
            ("Linkedid", self.linked.clone()),
        ];
        packet.and_as(prefix, fields)
    }
}

impl Simulation {
    /// Makes a channel and says so.
    pub(super) fn birth(&mut self, birth: Birth<'_>) -> Id {
        self.made += 1;
        let id = Id(self.made);
        let uid = birth.uid.unwrap_or_else(|| format!("{}.{}", self.now / 1_000, id.0));
        let caller = birth.by.and_then(|by| self.channels.get(&by));
        let (linked, root) = caller.map_or_else(|| (uid.clone(), id), |c| (c.linked.clone(), c.root));
        let channel = Channel {
            uid,
            linked,
            root,
            name: format!("PJSIP/{}-{:08x}", birth.endpoint, id.0),
            endpoint: birth.endpoint.to_owned(),
            state: birth.state,
            id: birth.id,
            connected: Line::default(),
            context: birth.context.to_owned(),
            exten: birth.exten.to_owned(),
            priority: 1,
            place: Place::Nowhere,
            runs: birth.state == State::Ring,
            app: ("", String::new()),
            born: self.now,
            cause: (0, None),
            holds: false,
            music: false,
            epoch: 0,
            records: Vec::new(),
            agent: None,
            originate: None,
        };
        self.channels.insert(id, channel);
        self.say("Newchannel", id);
        id
    }

    /// An event of this channel.
    pub(super) fn of(&self, event: &'static str, id: Id) -> Packet {
        self.channels.get(&id).map_or_else(|| Packet::event(event), |c| c.describe(Packet::event(event), ""))
    }

    /// An event of two channels.
    pub(super) fn of_both(&self, event: &'static str, id: Option<Id>, dest: Id) -> Packet {
        let packet = id.map_or_else(|| Packet::event(event), |id| self.of(event, id));
        match self.channels.get(&dest) {
            Some(channel) => channel.describe(packet, "Dest"),
            None => packet,
        }
    }

    pub(super) fn tell(&mut self, packet: Packet) {
        self.emit(packet, "call,all");
    }

    /// Says an event that has no more fields than the channel.
    pub(super) fn say(&mut self, event: &'static str, id: Id) {
        let packet = self.of(event, id);
        self.tell(packet);
    }

    pub(super) fn change(&mut self, id: Id, change: impl FnOnce(&mut Channel)) {
        if let Some(channel) = self.channels.get_mut(&id) {
            change(channel);
        }
    }

    /// Puts a channel somewhere; what was due for it where it was is not due any more.
    pub(super) fn put(&mut self, id: Id, place: Place) {
        self.change(id, |c| {
            c.place = place;
            c.epoch = c.epoch.wrapping_add(1);
        });
    }

    pub(super) fn at(&mut self, id: Id, context: &str, exten: &str, priority: u32) {
        self.change(id, |c| {
            c.context = context.to_owned();
            c.exten = exten.to_owned();
            c.priority = priority;
        });
    }

    /// Changes the state and says so, where it differs.
    pub(super) fn turn(&mut self, id: Id, state: State) {
        if self.channels.get(&id).is_some_and(|c| c.state != state) {
            self.change(id, |c| c.state = state);
            self.say("Newstate", id);
        }
    }

    /// Changes the connected line and says so, where it differs.
    pub(super) fn connect(&mut self, id: Id, line: &Line) {
        if self.channels.get(&id).is_some_and(|c| c.connected != *line) {
            self.change(id, |c| c.connected = line.clone());
            self.say("NewConnectedLine", id);
        }
    }

    /// Changes the caller id and says so.
    pub(super) fn caller_id(&mut self, id: Id, line: Line) {
        self.change(id, |c| c.id = line);
        let packet =
            self.of("NewCallerid", id).with("CID-CallingPres", "0 (Presentation Allowed, Not Screened)");
        self.tell(packet);
    }

    pub(super) fn with_cause(&self, event: &'static str, id: Id, cause: u32, tech: Option<u32>) -> Packet {
        let packet = self.of(event, id);
        let packet = if cause == 0 { packet } else { packet.with("Cause", cause) };
        match tech {
            Some(tech) => packet.with("TechCause", tech),
            None => packet,
        }
    }

    pub(super) fn by_name(&self, name: &str) -> Option<Id> {
        self.channels.iter().find(|(_, c)| c.name == name || c.uid == name).map(|(id, _)| *id)
    }
}
