//! A desk for tests: a controller whose effects go into lists, and a clock that is moved by hand.

use crate::account::Account;
use crate::connection::{Attempt, Fault, Fingerprint, NotSent, ServerAddress};
use crate::controller::{Controller, Start};
use crate::desktop::Desktop;
use crate::event::{Event, Now, View};
use crate::menu::Tray;
use crate::notice::Notice;
use crate::report::Condition;
use crate::secret::Secret;
use frontdesk_protocol::{
    Call, CallId, Change, ClientMessage, Delta, Direction, Hold, Leg, LegId, LegState, Millis, Office, Party,
    PartyKind, PbxLink, Resume, Role, Seq, ServerMessage, Via, Viewer,
};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the controller had done.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) told: Vec<Value>,
    pub(super) trusted: Vec<(String, Fingerprint)>,
    pub(super) logins: Vec<(Attempt, Account, Secret)>,
    pub(super) logouts: usize,
    pub(super) opened: Vec<(Attempt, Option<Resume>)>,
    pub(super) closed: usize,
    pub(super) sent: Vec<ClientMessage>,
    pub(super) recalled: Vec<Account>,
    pub(super) kept: Vec<Secret>,
    pub(super) forgotten: usize,
    pub(super) noted: Vec<Account>,
    pub(super) rehearsed: usize,
    pub(super) tray: Option<Tray>,
    pub(super) drawn: usize,
    pub(super) notices: Vec<Notice>,
    pub(super) withdrawn: Vec<CallId>,
    pub(super) window: Vec<&'static str>,
}

impl Desktop for Done {
    fn attach(&mut self, _view: View) {}
    fn tell_view(&mut self, json: String) {
        self.told.push(serde_json::from_str(&json).expect("the view is told JSON"));
    }
    fn trust(&mut self, server: &ServerAddress, certificate: Fingerprint) {
        self.trusted.push((server.to_string(), certificate));
    }
    fn log_in(&mut self, attempt: Attempt, account: &Account, password: Secret) {
        self.logins.push((attempt, account.clone(), password));
    }
    fn log_out(&mut self, _server: &ServerAddress, _token: Secret) {
        self.logouts += 1;
    }
    fn open(&mut self, attempt: Attempt, _server: &ServerAddress, _token: Secret, resume: Option<Resume>) {
        self.opened.push((attempt, resume));
    }
    fn send(&mut self, message: ClientMessage) -> Result<(), NotSent> {
        self.sent.push(message);
        Ok(())
    }
    fn close(&mut self) {
        self.closed += 1;
    }
    fn recall(&mut self, account: &Account) {
        self.recalled.push(account.clone());
    }
    fn keep(&mut self, _account: &Account, token: Secret) {
        self.kept.push(token);
    }
    fn forget(&mut self, _account: &Account) {
        self.forgotten += 1;
    }
    fn note_account(&mut self, account: &Account) {
        self.noted.push(account.clone());
    }
    fn rehearse(&mut self) {
        self.rehearsed += 1;
    }
    fn draw_tray(&mut self, tray: &Tray) {
        self.drawn += 1;
        self.tray = Some(tray.clone());
    }
    fn notify(&mut self, notice: &Notice) {
        self.notices.push(notice.clone());
    }
    fn withdraw(&mut self, call: &CallId) {
        self.withdrawn.push(call.clone());
    }
    fn raise(&mut self) {
        self.window.push("raise");
    }
    fn hide(&mut self) {
        self.window.push("hide");
    }
    fn quit(&mut self) {
        self.window.push("quit");
    }
}

/// A controller, what it had done, and the time.
pub(super) struct Desk {
    pub(super) controller: Controller,
    pub(super) done: Done,
    pub(super) now: Now,
}

impl Desk {
    /// A desk that begins so.
    pub(super) fn begins(start: Start) -> Self {
        let now = Now { at: Instant::now(), wall: Millis(1_000_000) };
        let mut desk = Self { controller: Controller::new(1, now), done: Done::default(), now };
        desk.controller.start(start, now, &mut desk.done);
        desk
    }

    /// A desk whose page listens, whose token was in the keyring and whose connection is on the way.
    pub(super) fn opening() -> Self {
        let mut desk = Self::begins(Start::Account(ann()));
        desk.takes(Event::Subscribed(View::new(|_| {})));
        desk.takes(Event::Recalled { account: ann(), token: Some(Secret::new("t")) });
        desk
    }

    /// A desk that is connected and has seen an empty office at position 0.
    pub(super) fn online() -> Self {
        let mut desk = Self::opening();
        desk.connects("e1", false);
        desk.hears(snapshot("e1", 0));
        assert_eq!(desk.condition(), Condition::Online);
        desk
    }

    /// One event, now.
    pub(super) fn takes(&mut self, event: Event) {
        self.controller.handle(event, self.now, &mut self.done);
    }

    /// The connection that was asked for last opens, and the server is ready.
    pub(super) fn connects(&mut self, epoch: &str, resumed: bool) {
        let attempt = self.attempt();
        self.takes(Event::Opened { attempt });
        self.hears(ready(epoch, resumed));
    }

    /// The server says something on the connection that was asked for last.
    pub(super) fn hears(&mut self, message: ServerMessage) {
        let text = serde_json::to_string(&message).unwrap();
        self.takes(Event::Received { attempt: self.attempt(), message: Box::new(message), text });
    }

    /// The connection that was asked for last is lost.
    pub(super) fn loses(&mut self, fault: Fault) {
        self.takes(Event::Lost { attempt: self.attempt(), fault });
    }

    /// Time passes; the controller is woken as often as it wants to be.
    pub(super) fn waits(&mut self, millis: u64) {
        let end = self.now.at + Duration::from_millis(millis);
        while let Some(wake) = self.controller.wake().filter(|wake| *wake <= end) {
            self.passes(wake);
            self.takes(Event::Tick);
        }
        self.passes(end);
    }

    fn passes(&mut self, until: Instant) {
        let passed = until.saturating_duration_since(self.now.at).as_millis();
        self.now =
            Now { at: until.max(self.now.at), wall: self.now.wall.plus(u64::try_from(passed).unwrap()) };
    }

    pub(super) fn attempt(&self) -> Attempt {
        self.done.opened.last().expect("a connection was asked for").0
    }

    pub(super) fn condition(&self) -> Condition {
        self.controller.shown.report.state
    }

    pub(super) fn text(&self) -> &str {
        &self.controller.shown.report.text
    }

    /// The types of the server's messages that the view was told.
    pub(super) fn told(&self) -> Vec<String> {
        let messages = self.done.told.iter().filter(|told| told["kind"] == "message");
        messages.map(|told| told["message"]["type"].as_str().unwrap().to_owned()).collect()
    }
}

pub(super) fn ann() -> Account {
    Account { server: ServerAddress::parse("pbx.example").unwrap(), user: "ann".into() }
}

pub(super) fn ready(epoch: &str, resumed: bool) -> ServerMessage {
    let viewer = Viewer {
        user: "ann".try_into().unwrap(),
        role: Role::Receptionist,
        extensions: vec!["1001".try_into().unwrap(), "1101".try_into().unwrap()],
        person: None,
    };
    ServerMessage::Ready { epoch: epoch.try_into().unwrap(), now: Millis(2_000_000), viewer, resumed }
}

pub(super) fn snapshot(epoch: &str, seq: u64) -> ServerMessage {
    let office = Office { link: PbxLink::Up { since: Millis(1) }, ..Office::default() };
    let epoch = epoch.try_into().unwrap();
    ServerMessage::Snapshot { epoch, seq: Seq(seq), now: Millis(2_000_000), office: Arc::new(office) }
}

pub(super) fn delta(seq: u64, changes: impl IntoIterator<Item = Change>) -> ServerMessage {
    ServerMessage::Delta(Delta { seq: Seq(seq), changes: changes.into_iter().collect() })
}

pub(super) fn beat(seq: u64) -> ServerMessage {
    ServerMessage::Beat { now: Millis(2_000_000), seq: Seq(seq) }
}

pub(super) fn leg_rings(id: &str, extension: &str) -> Leg {
    let caller = Party {
        name: Some("Mario Rossi".into()),
        number: Some("+39055123".into()),
        kind: PartyKind::Outside,
        person: None,
    };
    let own = Party { name: None, number: Some(extension.into()), kind: PartyKind::Inside, person: None };
    Leg {
        id: LegId::parse(id).unwrap(),
        extension: Some(extension.try_into().unwrap()),
        party: Arc::new(own),
        direction: Direction::Inbound,
        state: LegState::Ringing,
        hold: Hold::None,
        peer: Some(Arc::new(caller)),
        since: Millis(1),
        answered: None,
    }
}

/// A call through the queue `support` that rings at 1001 with the leg `<name>-leg`.
pub(super) fn ringing_call(name: &str) -> Arc<Call> {
    let leg = leg_rings(&format!("{name}-leg"), "1001");
    Arc::new(Call {
        id: CallId::parse(name).unwrap(),
        origin: leg.peer.clone().unwrap(),
        direction: Direction::Inbound,
        via: Via { dialled: None, queue: Some("support".try_into().unwrap()) },
        started: Millis(1),
        legs: vec![leg],
    })
}
