//! A small office for the tests: Anna at the desk with one talking call, Bob and Carla as colleagues.

use frontdesk_console::{Console, Effect, Event, Message};
use frontdesk_protocol::{
    Call, CallId, Change, CommandId, Delta, Direction, Epoch, Extension, ExtensionState, HistoryEntry,
    HistoryId, HistoryOutcome, HistoryPage, Hold, LabelledNumber, Leg, LegId, LegState, Mailbox, MailboxId,
    Mark, Millis, Number, Office, Party, PartyKind, PbxLink, Person, PersonId, Registration, Role, Seq,
    ServerMessage, Status, UserName, Via, Viewer,
};
use std::sync::Arc;

/// A desk and its time.
pub struct Desk {
    pub console: Console,
    now: i64,
    seq: u64,
}

impl Desk {
    /// A desk that has heard of nobody yet.
    pub fn fresh() -> Self {
        let mut desk = Self { console: Console::new("test", |_| 0), now: 0, seq: 7 };
        desk.tick(1_000);
        desk
    }

    /// A desk that is logged in and live at one second past midnight.
    pub fn live() -> Self {
        let mut desk = Self::fresh();
        desk.hears(ready(false));
        desk.hears(snapshot(7));
        desk
    }

    pub fn does(&mut self, event: Event) -> Vec<Effect> {
        self.console.update(event)
    }

    pub fn hears(&mut self, message: ServerMessage) -> Vec<Effect> {
        self.does(Event::Message(Message::Message { message: Box::new(message) }))
    }

    pub fn change(&mut self, change: Change) -> Vec<Effect> {
        self.changes(vec![change])
    }

    /// What changes at once.
    pub fn changes(&mut self, changes: Vec<Change>) -> Vec<Effect> {
        self.seq += 1;
        self.hears(ServerMessage::Delta(Delta { seq: Seq(self.seq), changes }))
    }

    pub fn tick(&mut self, millis: i64) -> Vec<Effect> {
        self.now += millis;
        self.does(Event::Tick(Millis(self.now)))
    }

    /// Time passes, and the server is heard.
    pub fn passes(&mut self, millis: i64) {
        self.tick(millis);
        self.beat();
    }

    pub fn beat(&mut self) -> Vec<Effect> {
        self.hears(ServerMessage::Beat { now: Millis(self.now), seq: Seq(self.seq) })
    }

    pub fn order_id(&mut self, event: Event) -> CommandId {
        // A desk that hears nothing sends nothing.
        self.hears(ServerMessage::Beat { now: Millis(self.now), seq: Seq(0) });
        let effects = self.does(event);
        let found =
            effects.into_iter().find_map(|e| if let Effect::Order(id, _) = e { Some(id) } else { None });
        found.expect("an order")
    }

    /// Answers the question that is open.
    pub fn history(&mut self) {
        let (id, _) = self.console.history.asked.clone().expect("a question");
        self.hears(ServerMessage::History { id, page: page() });
    }
}

/// The server's greeting for Anna.
pub fn ready(resumed: bool) -> ServerMessage {
    let viewer = Viewer {
        user: UserName::parse("anna").unwrap(),
        role: Role::Receptionist,
        extensions: vec![extension("1001"), extension("1099")],
        person: Some(person("anna")),
    };
    ServerMessage::Ready { epoch: epoch(), now: Millis(1_000), viewer, resumed }
}

pub fn person(id: &str) -> PersonId {
    PersonId::parse(id).unwrap()
}

pub fn leg(id: &str) -> LegId {
    LegId::parse(id).unwrap()
}

pub fn call_id(id: &str) -> CallId {
    CallId::parse(id).unwrap()
}

pub fn extension(text: &str) -> Extension {
    Extension::parse(text).unwrap()
}

fn epoch() -> Epoch {
    Epoch::parse("e1").unwrap()
}

pub fn outside(name: Option<&str>, number: Option<&str>) -> Arc<Party> {
    let (name, number) = (name.map(Into::into), number.map(Into::into));
    Arc::new(Party { name, number, kind: PartyKind::Outside, person: None })
}

/// A call of Miriam's at Anna's phone.
pub fn call(id: &str, state: LegState, started: i64) -> Change {
    a_call(id, state, started, "1001", Direction::Inbound)
}

/// A call that Anna places from the console: her own phone rings first.
pub fn placed(id: &str, state: LegState) -> Change {
    a_call(id, state, 500, "1001", Direction::Outbound)
}

/// A call between Miriam and a phone of the office.
pub fn a_call(id: &str, state: LegState, started: i64, at: &str, direction: Direction) -> Change {
    let miriam = outside(Some("Miriam"), Some("0123"));
    let mine = Leg {
        id: leg(id),
        extension: Some(extension(at)),
        party: outside(None, Some(at)),
        direction,
        state,
        hold: Hold::None,
        peer: Some(miriam.clone()),
        since: Millis(started),
        answered: (state == LegState::Talking).then_some(Millis(started)),
    };
    Change::Call(Arc::new(Call {
        id: call_id(id),
        origin: miriam,
        direction,
        via: Via::default(),
        started: Millis(started),
        legs: vec![mine],
    }))
}

fn colleague(id: &str, name: &str, at: &str, group: &str) -> Person {
    Person {
        id: person(id),
        name: name.into(),
        extensions: vec![extension(at)],
        numbers: Vec::new(),
        mailbox: None,
        group: group.into(),
    }
}

/// A lamp.
pub fn lamp(at: &str, status: Status) -> ExtensionState {
    ExtensionState {
        extension: extension(at),
        registration: Registration::Registered,
        status,
        mark: None,
        with: None,
        call: None,
        leg: None,
        since: None,
    }
}

/// Bob's phone rings, and he has a held call.
pub fn ringing_bob() -> Change {
    let with = Some(outside(Some("Anna"), Some("5551234")));
    Change::Extension(Arc::new(ExtensionState {
        with,
        mark: Some(Mark::Held),
        ..lamp("1002", Status::Ringing)
    }))
}

/// The whole office.
pub fn snapshot(seq: u64) -> ServerMessage {
    let mut office = Office { link: PbxLink::Up { since: Millis(0) }, ..Office::default() };
    let mailbox = MailboxId::parse("1002@default").unwrap();
    let bob = Person {
        numbers: vec![LabelledNumber { label: "Mobile".into(), number: Number::parse("+49170").unwrap() }],
        mailbox: Some(mailbox.clone()),
        ..colleague("bob", "Bob Baker", "1002", "Sales")
    };
    for person in
        [colleague("anna", "Anna", "1001", ""), bob, colleague("carla", "Carla Díaz", "1003", "Support")]
    {
        office.apply(Change::Person(Arc::new(person)));
    }
    for at in ["1001", "1002", "1003"] {
        office.apply(Change::Extension(Arc::new(lamp(at, Status::Free))));
    }
    office.apply(Change::Mailbox(Arc::new(Mailbox { id: mailbox, new: 2, old: 0 })));
    office.apply(call("talk", LegState::Talking, 100));
    ServerMessage::Snapshot { epoch: epoch(), seq: Seq(seq), now: Millis(1_000), office: Arc::new(office) }
}

/// A call that Anna missed.
pub fn row(id: i64, number: Option<&str>) -> HistoryEntry {
    HistoryEntry {
        id: HistoryId(id),
        call: call_id("old"),
        extension: extension("1001"),
        direction: Direction::Inbound,
        party: Party::clone(&outside(None, number)),
        started: Millis(0),
        ring_ms: 0,
        talk_ms: 0,
        outcome: HistoryOutcome::Missed,
        queue: None,
    }
}

/// Three rows: one that can be called, one with letters, one withheld.
pub fn page() -> HistoryPage {
    HistoryPage {
        entries: vec![row(3, Some("+49 89 555")), row(2, Some("0800-FLOWERS")), row(1, None)],
        more: true,
    }
}
