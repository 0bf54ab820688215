//! The office as one value, and the changes that carry it from one state to the next.

mod read;

use crate::call::{Call, Leg, Party};
use crate::handed::Handed;
use crate::id::{CallId, Extension, HandedId, LegId, LotName, MailboxId, Millis, PersonId, QueueName, Seq};
use crate::people::Person;
use crate::status::{ExtensionState, PersonStatus, of_person};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything a desk sees. Two offices are equal when they show the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Office {
    /// The server's link to the PBX.
    pub link: PbxLink,
    /// People by id.
    pub people: BTreeMap<PersonId, Arc<Person>>,
    /// Lamps by extension.
    pub extensions: BTreeMap<Extension, Arc<ExtensionState>>,
    /// Calls that are up.
    pub calls: BTreeMap<CallId, Arc<Call>>,
    /// Queues.
    pub queues: BTreeMap<QueueName, Arc<Queue>>,
    /// Parking lots.
    pub lots: BTreeMap<LotName, Arc<ParkingLot>>,
    /// Mailboxes.
    pub mailboxes: BTreeMap<MailboxId, Arc<Mailbox>>,
    /// Callers who were handed on; see [`Handed`].
    #[serde(default)]
    pub handed: BTreeMap<HandedId, Arc<Handed>>,
}

/// The server's link to the PBX.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "link", rename_all = "camelCase")]
pub enum PbxLink {
    /// Facts are live.
    Up {
        /// Since when.
        since: Millis,
    },
    /// Connecting, or reading the first lists.
    #[default]
    Starting,
    /// No link: what is shown is what was last known.
    Down {
        /// Since when.
        since: Millis,
        /// Why, in a sentence.
        #[serde(deserialize_with = "crate::text::sentence")]
        reason: String,
    },
}

/// A queue with its waiting callers and members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Queue {
    /// The PBX's name.
    pub name: QueueName,
    /// Callers, the next one first.
    pub waiting: Vec<Waiting>,
    /// Members, by name.
    pub members: Vec<QueueMember>,
}

/// A caller in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// The caller's leg.
    pub leg: LegId,
    /// Who.
    pub party: Arc<Party>,
    /// Since when.
    pub since: Millis,
}

/// A member of a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct QueueMember {
    /// The PBX's name for the member.
    #[serde(deserialize_with = "crate::text::name")]
    pub name: String,
    /// Their extension, where it is known.
    #[serde(default)]
    pub extension: Option<Extension>,
    /// Whether the member takes a pause.
    pub paused: bool,
}

/// A parking lot with its callers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ParkingLot {
    /// The PBX's name.
    pub name: LotName,
    /// Callers by space.
    pub parked: Vec<ParkedCaller>,
}

/// A caller in a parking space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ParkedCaller {
    /// The number to dial to fetch the caller.
    pub space: Extension,
    /// The caller's leg.
    pub leg: LegId,
    /// Who.
    pub party: Arc<Party>,
    /// Since when.
    pub since: Millis,
}

/// A mailbox and its messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Mailbox {
    /// `1002@default`.
    pub id: MailboxId,
    /// Messages not yet heard.
    pub new: u32,
    /// Messages already heard.
    pub old: u32,
}

/// One fact that changed: always the whole new value, so that applying it twice is harmless. It is read where its kind
/// stands before its value, as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "change", content = "value", rename_all = "camelCase")]
pub enum Change {
    /// The link to the PBX.
    Link(PbxLink),
    /// A person appeared or changed.
    Person(Arc<Person>),
    /// A person is no longer in the office.
    PersonGone(PersonId),
    /// An extension's lamp.
    Extension(Arc<ExtensionState>),
    /// An extension is no longer on the PBX.
    ExtensionGone(Extension),
    /// A call appeared or changed.
    Call(Arc<Call>),
    /// A call ended.
    CallGone(CallId),
    /// A queue.
    Queue(Arc<Queue>),
    /// A queue is no longer on the PBX.
    QueueGone(QueueName),
    /// A parking lot.
    Lot(Arc<ParkingLot>),
    /// A parking lot is no longer on the PBX.
    LotGone(LotName),
    /// A mailbox.
    Mailbox(Arc<Mailbox>),
    /// A mailbox is no longer on the PBX.
    MailboxGone(MailboxId),
    /// A caller who was handed on.
    Handed(Arc<Handed>),
    /// What became of a caller is no longer told.
    HandedGone(HandedId),
}

/// Changes that belong together; `seq` is one more than that of the delta or snapshot before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Delta {
    /// Position in the epoch.
    pub seq: Seq,
    /// In order.
    pub changes: Vec<Change>,
}

impl Office {
    /// Applies one change.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Link(link) => self.link = link,
            Change::Person(person) => {
                self.people.insert(person.id.clone(), person);
            }
            Change::PersonGone(id) => {
                self.people.remove(&id);
            }
            Change::Extension(state) => {
                self.extensions.insert(state.extension.clone(), state);
            }
            Change::ExtensionGone(extension) => {
                self.extensions.remove(&extension);
            }
            Change::Call(call) => {
                self.calls.insert(call.id.clone(), call);
            }
            Change::CallGone(id) => {
                self.calls.remove(&id);
            }
            Change::Queue(queue) => {
                self.queues.insert(queue.name.clone(), queue);
            }
            Change::QueueGone(name) => {
                self.queues.remove(&name);
            }
            Change::Lot(lot) => {
                self.lots.insert(lot.name.clone(), lot);
            }
            Change::LotGone(name) => {
                self.lots.remove(&name);
            }
            Change::Mailbox(mailbox) => {
                self.mailboxes.insert(mailbox.id.clone(), mailbox);
            }
            Change::MailboxGone(id) => {
                self.mailboxes.remove(&id);
            }
            Change::Handed(handed) => {
                self.handed.insert(handed.id.clone(), handed);
            }
            Change::HandedGone(id) => {
                self.handed.remove(&id);
            }
        }
    }

    /// The changes that carry `self` to `next`, in the order of [`Office`]'s fields.
    pub fn changes_to(&self, next: &Self) -> Vec<Change> {
        let mut changes = Vec::new();
        if self.link != next.link {
            changes.push(Change::Link(next.link.clone()));
        }
        differ(&self.people, &next.people, Change::Person, Change::PersonGone, &mut changes);
        differ(&self.extensions, &next.extensions, Change::Extension, Change::ExtensionGone, &mut changes);
        differ(&self.calls, &next.calls, Change::Call, Change::CallGone, &mut changes);
        differ(&self.queues, &next.queues, Change::Queue, Change::QueueGone, &mut changes);
        differ(&self.lots, &next.lots, Change::Lot, Change::LotGone, &mut changes);
        differ(&self.mailboxes, &next.mailboxes, Change::Mailbox, Change::MailboxGone, &mut changes);
        differ(&self.handed, &next.handed, Change::Handed, Change::HandedGone, &mut changes);
        changes
    }

    /// All that stands here, each fact as the change that would bring it, in the order of [`Office`]'s fields.
    pub fn facts(&self) -> impl Iterator<Item = Change> {
        std::iter::once(Change::Link(self.link.clone()))
            .chain(self.people.values().cloned().map(Change::Person))
            .chain(self.extensions.values().cloned().map(Change::Extension))
            .chain(self.calls.values().cloned().map(Change::Call))
            .chain(self.queues.values().cloned().map(Change::Queue))
            .chain(self.lots.values().cloned().map(Change::Lot))
            .chain(self.mailboxes.values().cloned().map(Change::Mailbox))
            .chain(self.handed.values().cloned().map(Change::Handed))
    }

    /// What a change is about, as it stands here.
    pub fn fact(&self, about: &Change) -> Option<Change> {
        match about {
            Change::Link(_) => Some(Change::Link(self.link.clone())),
            Change::Person(it) => self.people.get(&it.id).cloned().map(Change::Person),
            Change::PersonGone(id) => self.people.get(id).cloned().map(Change::Person),
            Change::Extension(it) => self.extensions.get(&it.extension).cloned().map(Change::Extension),
            Change::ExtensionGone(id) => self.extensions.get(id).cloned().map(Change::Extension),
            Change::Call(it) => self.calls.get(&it.id).cloned().map(Change::Call),
            Change::CallGone(id) => self.calls.get(id).cloned().map(Change::Call),
            Change::Queue(it) => self.queues.get(&it.name).cloned().map(Change::Queue),
            Change::QueueGone(name) => self.queues.get(name).cloned().map(Change::Queue),
            Change::Lot(it) => self.lots.get(&it.name).cloned().map(Change::Lot),
            Change::LotGone(name) => self.lots.get(name).cloned().map(Change::Lot),
            Change::Mailbox(it) => self.mailboxes.get(&it.id).cloned().map(Change::Mailbox),
            Change::MailboxGone(id) => self.mailboxes.get(id).cloned().map(Change::Mailbox),
            Change::Handed(it) => self.handed.get(&it.id).cloned().map(Change::Handed),
            Change::HandedGone(id) => self.handed.get(id).cloned().map(Change::Handed),
        }
    }

    /// A person's lamp from those of their extensions.
    pub fn status_of<'a>(&'a self, person: &'a Person) -> PersonStatus<'a> {
        of_person(person.extensions.iter().filter_map(|e| self.extensions.get(e)).map(AsRef::as_ref))
    }

    /// The person who has this extension.
    pub fn person_at(&self, extension: &Extension) -> Option<&Arc<Person>> {
        self.people.values().find(|person| person.extensions.contains(extension))
    }

    /// The legs at any of these extensions, with their calls: one card each.
    pub fn legs_at<'a>(&'a self, extensions: &'a [Extension]) -> impl Iterator<Item = (&'a Call, &'a Leg)> {
        self.calls.values().flat_map(move |call| {
            call.legs
                .iter()
                .filter(move |leg| leg.extension.as_ref().is_some_and(|e| extensions.contains(e)))
                .map(move |leg| (call.as_ref(), leg))
        })
    }

    /// The call and the leg with this id.
    pub fn leg(&self, id: &LegId) -> Option<(&Call, &Leg)> {
        self.calls
            .values()
            .find_map(|call| call.legs.iter().find(|leg| &leg.id == id).map(|leg| (call.as_ref(), leg)))
    }
}

impl Change {
    /// What it is about: a number for the kind of thing, and its key. Two changes of one subject: the later counts.
    pub fn subject(&self) -> (u8, &str) {
        match self {
            Self::Link(_) => (0, ""),
            Self::Person(person) => (1, person.id.as_str()),
            Self::PersonGone(id) => (1, id.as_str()),
            Self::Extension(state) => (2, state.extension.as_str()),
            Self::ExtensionGone(extension) => (2, extension.as_str()),
            Self::Call(call) => (3, call.id.as_str()),
            Self::CallGone(id) => (3, id.as_str()),
            Self::Queue(queue) => (4, queue.name.as_str()),
            Self::QueueGone(name) => (4, name.as_str()),
            Self::Lot(lot) => (5, lot.name.as_str()),
            Self::LotGone(name) => (5, name.as_str()),
            Self::Mailbox(mailbox) => (6, mailbox.id.as_str()),
            Self::MailboxGone(id) => (6, id.as_str()),
            Self::Handed(handed) => (7, handed.id.as_str()),
            Self::HandedGone(id) => (7, id.as_str()),
        }
    }

    /// Whether it takes its subject out of the office.
    pub fn takes_away(&self) -> bool {
        match self {
            Self::PersonGone(_)
            | Self::ExtensionGone(_)
            | Self::CallGone(_)
            | Self::QueueGone(_)
            | Self::LotGone(_)
            | Self::MailboxGone(_)
            | Self::HandedGone(_) => true,
            Self::Link(_)
            | Self::Person(_)
            | Self::Extension(_)
            | Self::Call(_)
            | Self::Queue(_)
            | Self::Lot(_)
            | Self::Mailbox(_)
            | Self::Handed(_) => false,
        }
    }
}

fn differ<K: Ord + Clone, V: PartialEq>(
    before: &BTreeMap<K, Arc<V>>,
    after: &BTreeMap<K, Arc<V>>,
    changed: fn(Arc<V>) -> Change,
    gone: fn(K) -> Change,
    changes: &mut Vec<Change>,
) {
    for key in before.keys().filter(|key| !after.contains_key(*key)) {
        changes.push(gone(key.clone()));
    }
    for (key, value) in after {
        if before.get(key) != Some(value) {
            changes.push(changed(Arc::clone(value)));
        }
    }
}
