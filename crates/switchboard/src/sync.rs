//! The cold start: which lists are asked for, one after the other, until the office is complete; and the lists that are
//! read again when the PBX was reloaded. Not what they say.

use crate::orders::Order;
use frontdesk_protocol::Extension;
use std::collections::{BTreeSet, HashMap, VecDeque};

/// What the answer to one question is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Question {
    /// This list; its items are events.
    List(&'static str),
    /// The caller id of this extension's endpoint.
    CallerId(Extension),
    /// The mailboxes of this extension's endpoint.
    Mailboxes(Extension),
    /// Something that every endpoint has, of one that no list names.
    Exists(Extension),
}

/// The questions of a cold start.
#[derive(Debug, Default)]
pub(crate) struct Sync {
    queue: VecDeque<(Question, Order)>,
    open: HashMap<String, Question>,
    stage: Stage,
    purpose: Purpose,
    /// The lists that were read in full.
    read: BTreeSet<&'static str>,
    /// Whether the PBX was reloaded meanwhile.
    reloaded: bool,
}

/// Why everything is asked for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The link is new: nothing is known.
    #[default]
    Start,
    /// The PBX was reloaded: calls are known and go on.
    Reload,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    #[default]
    Idle,
    Lists,
    Endpoints,
}

/// What follows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Ask this.
    Ask(Question, Order),
    /// The lists are read: say which endpoints to ask about.
    Endpoints,
    /// All is read.
    Synced(Purpose),
    /// Wait.
    Nothing,
}

/// Whether a list names an endpoint as one that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    Listed,
    Doubtful,
}

/// Who there is by the PBX's files.
const OFFICE: &[&str] =
    &[HINTS, DEVICES, "PJSIPShowEndpoints", "PJSIPShowContacts", AMPUSER, MAILBOXES, LOTS];
pub(crate) const HINTS: &str = "ExtensionStateList";
pub(crate) const DEVICES: &str = "DeviceStateList";
pub(crate) const MAILBOXES: &str = "VoicemailUsersList";
pub(crate) const LOTS: &str = "Parkinglots";
pub(crate) const CHANNELS: &str = "CoreShowChannels";
pub(crate) const QUEUES: &str = "QueueStatus";
const AMPUSER: &str = "AMPUSER";
/// How many single questions are under way at once.
const WINDOW: usize = 8;

impl Sync {
    /// Starts anew.
    pub(crate) fn start(&mut self) {
        // Who is there comes before what they do, so that channels are known for what they are.
        *self = Self::of(Purpose::Start, &[OFFICE, &["BridgeList", CHANNELS, QUEUES, "ParkedCalls"]]);
    }

    /// The PBX was reloaded: asks again for all that its files say. Says whether that begins now, and not after what
    /// is under way.
    pub(crate) fn reload(&mut self) -> bool {
        self.reloaded = self.stage != Stage::Idle;
        if !self.reloaded {
            *self = Self::of(Purpose::Reload, &[OFFICE, &[QUEUES]]);
        }
        !self.reloaded
    }

    fn of(purpose: Purpose, lists: &[&[&'static str]]) -> Self {
        let order = |name: &&'static str| match *name {
            AMPUSER => (Question::List(name), Order::DbTree(name)),
            _ => (Question::List(name), Order::List(name)),
        };
        let queue = lists.iter().copied().flatten().map(order).collect();
        Self { queue, stage: Stage::Lists, purpose, ..Self::default() }
    }

    /// Whether this list was read in full.
    pub(crate) fn has_read(&self, list: &str) -> bool {
        self.read.contains(list)
    }

    /// Whether the PBX was reloaded since this began; that is asked once.
    pub(crate) fn was_reloaded(&mut self) -> bool {
        std::mem::take(&mut self.reloaded)
    }

    pub(crate) fn stop(&mut self) {
        *self = Self::default();
    }

    /// Adds the questions about single endpoints.
    pub(crate) fn about(&mut self, endpoints: impl Iterator<Item = (Extension, String, Known)>) {
        self.stage = Stage::Endpoints;
        for (extension, endpoint, known) in endpoints {
            let get = |what| Order::Get(format!("PJSIP_ENDPOINT({endpoint},{what})"));
            if known == Known::Doubtful {
                self.queue.push_back((Question::Exists(extension.clone()), get("context")));
            }
            self.queue.push_back((Question::CallerId(extension.clone()), get("callerid")));
            self.queue.push_back((Question::Mailboxes(extension), get("mailboxes")));
        }
    }

    /// What to do next.
    pub(crate) fn next(&mut self) -> Next {
        let window = if self.stage == Stage::Lists { 1 } else { WINDOW };
        if self.stage == Stage::Idle || self.open.len() >= window {
            return Next::Nothing;
        }
        match (self.queue.pop_front(), self.open.is_empty(), self.stage) {
            (Some((question, order)), ..) => Next::Ask(question, order),
            (None, true, Stage::Lists) => Next::Endpoints,
            (None, true, _) => {
                self.stage = Stage::Idle;
                Next::Synced(self.purpose)
            }
            (None, false, _) => Next::Nothing,
        }
    }

    /// The question went out under this id.
    pub(crate) fn asked(&mut self, id: &str, question: Question) {
        self.open.insert(id.to_owned(), question);
    }

    /// Whether a question waits for its answer.
    pub(crate) fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    /// What was asked under this id, where it was a question of the cold start.
    pub(crate) fn question(&self, id: &str) -> Option<&Question> {
        self.open.get(id)
    }

    /// The action that was sent under this id, where it asks for one of our lists.
    pub(crate) fn list(&self, id: &str) -> Option<&'static str> {
        match self.open.get(id)? {
            Question::List(AMPUSER) => Some("DBGetTree"),
            Question::List(name) => Some(name),
            Question::CallerId(_) | Question::Mailboxes(_) | Question::Exists(_) => None,
        }
    }

    /// The question under this id is answered.
    pub(crate) fn answered(&mut self, id: &str) -> Option<Question> {
        self.open.remove(id)
    }

    /// The list under this id is read in full. Says whether it was one of ours.
    pub(crate) fn ended(&mut self, id: &str) -> bool {
        let question = self.open.remove(id);
        if let Some(Question::List(name)) = question {
            self.read.insert(name);
        }
        question.is_some()
    }

    /// What is open has waited long enough: go on without it. Only without the channels nothing can be shown, because
    /// every lamp would be a guess: they are asked for again.
    pub(crate) fn give_up(&mut self) {
        if self.open.values().any(|question| *question == Question::List(CHANNELS)) {
            self.queue.push_front((Question::List(CHANNELS), Order::List(CHANNELS)));
        }
        self.open.clear();
    }
}
