//! A model with a desk that follows it by deltas alone, and all that must hold of both between two messages. The PBX
//! beside it answers a cold start as one with a few phones does; all else is for whoever drives it.

use frontdesk_ami::action::{Action, ActionId, HEADERS, LINE};
use frontdesk_ami::{Decoder, Frame, Limits, Message};
use frontdesk_protocol::{Command, Extension, Millis, Office, PbxLink, Role};
use frontdesk_switchboard::{Actor, Output, Settings, Switchboard, Ticket};
use std::collections::{BTreeMap, VecDeque};

/// The phones of the office.
pub const PHONES: [&str; 4] = ["1001", "1002", "1003", "1004"];

/// The model, its desk, and what is open.
#[derive(Debug)]
pub struct Board {
    board: Switchboard,
    replica: Office,
    now: i64,
    /// What the PBX was asked or told, and has not answered.
    pub asked: VecDeque<(ActionId, Action)>,
    /// The orders without an end.
    open: BTreeMap<u64, Command>,
    orders: u64,
    /// What has hung up in this session.
    over: Vec<String>,
}

impl Board {
    /// An office whose cold start is done.
    pub fn started() -> Self {
        let board = Switchboard::new(Settings::default(), Millis(0));
        let replica = board.office().clone();
        let mut board = Self {
            board,
            replica,
            now: 0,
            asked: VecDeque::new(),
            open: BTreeMap::new(),
            orders: 0,
            over: Vec::new(),
        };
        board.link_up();
        board.answer_all(PHONES.len());
        board.check();
        assert!(matches!(board.office().link, PbxLink::Up { .. }), "the cold start came to no end");
        board
    }

    /// The office.
    pub fn office(&self) -> &Office {
        self.board.office()
    }

    /// Time goes on, and every deadline is kept.
    pub fn pass(&mut self, millis: i64) {
        let until = self.now.saturating_add(millis);
        let mut turns = 0;
        while let Some(due) = self.board.deadline().filter(|due| due.0 <= until) {
            self.now = self.now.max(due.0);
            self.board.tick(Millis(self.now));
            self.drain();
            turns += 1;
            assert!(turns < 10_000, "the deadline does not move on");
        }
        self.now = until;
    }

    /// A message of the PBX.
    pub fn message(&mut self, message: &Message<'_>) {
        if message.event() == Some("Hangup") {
            self.over.push(message.field("Uniqueid").to_owned());
        }
        self.board.message(message, Millis(self.now));
    }

    /// Messages of the PBX as text, each with its empty line.
    pub fn say(&mut self, text: &str) {
        let mut decoder = Decoder::without_banner(Limits::default());
        decoder.feed(text.as_bytes());
        while let Some(frame) = decoder.next() {
            if let Frame::Message(message) = frame {
                self.message(&message);
            }
        }
    }

    /// Somebody orders something.
    pub fn order(&mut self, at: Option<Extension>, role: Role, command: Command) {
        self.orders += 1;
        self.open.insert(self.orders, command.clone());
        let by = Actor { extensions: at.into_iter().collect(), role };
        self.board.command(Ticket(self.orders), &by, command, Millis(self.now));
    }

    /// A new session.
    pub fn link_up(&mut self) {
        self.asked.clear();
        self.over.clear();
        self.board.link_up(Millis(self.now));
        self.drain();
    }

    /// The session ends.
    pub fn link_down(&mut self) {
        self.asked.clear();
        self.board.link_down("The phone system closed the connection.".into(), Millis(self.now));
        self.drain();
        assert!(self.open.is_empty(), "orders without an end after the link was lost: {:?}", self.open);
    }

    /// The PBX says nothing.
    pub fn silent(&mut self) {
        self.board.link_silent("The phone system says nothing.".into(), Millis(self.now));
    }

    /// It speaks again.
    pub fn speaks(&mut self) {
        self.board.link_speaks(Millis(self.now));
    }

    /// Answers everything that was asked, until nothing is asked any more, as a PBX with so many phones and no call.
    pub fn answer_all(&mut self, phones: usize) {
        let mut answers = 0;
        while let Some((id, action)) = self.asked.pop_front() {
            let text = answer(&id, &action, PHONES.get(..phones).unwrap_or(&PHONES));
            self.say(&text);
            self.drain();
            answers += 1;
            assert!(answers < 10_000, "the questions come to no end");
        }
    }

    /// All that must hold between two messages.
    pub fn check(&mut self) {
        self.drain();
        self.board.assert_sound();
        if matches!(self.board.office().link, PbxLink::Up { .. }) {
            self.board.assert_drawn(Millis(self.now));
        }
        self.drain();
        assert_eq!(&self.replica, self.board.office(), "snapshot and deltas differ");
        for (uid, _) in self.board.channels() {
            assert!(!self.over.iter().any(|over| over == uid), "a channel is there after its Hangup");
        }
    }

    /// Nothing is left of a call when the next session finds none, every order has had its end, and what the desks are
    /// told is the same after it went over the wire.
    pub fn end(&mut self) {
        self.wire();
        self.pass(120_000);
        self.check();
        self.link_down();
        self.check();
        self.link_up();
        self.answer_all(PHONES.len());
        self.pass(120_000);
        self.answer_all(PHONES.len());
        self.check();
        self.board.assert_empty();
        self.wire();
    }

    fn wire(&self) {
        let told = serde_json::to_string(self.office()).map(|text| serde_json::from_str::<Office>(&text));
        match told {
            Ok(Ok(told)) => assert_eq!(&told, self.office(), "a desk is told another office"),
            other => panic!("the office does not go over the wire: {other:?}"),
        }
    }

    /// Takes all that the model wants done or known.
    pub fn drain(&mut self) {
        while let Some(output) = self.board.poll() {
            match output {
                Output::Act(id, action) => {
                    said(&id, &action);
                    self.asked.push_back((id, action));
                }
                Output::Changed(changes) => {
                    changes.into_iter().for_each(|change| self.replica.apply(change));
                }
                Output::Concluded(ticket, _) => {
                    assert!(self.open.remove(&ticket.0).is_some(), "order {} ends twice", ticket.0);
                }
                Output::Ended(record) => {
                    assert!(record.started.0 <= self.now, "a row begins later than it ends: {record:?}");
                }
                Output::Synced => {}
            }
        }
    }
}

/// What is said to the PBX is one action, whatever its values are.
fn said(id: &ActionId, action: &Action) {
    let text = action.encode(id);
    let fields = action.fields().count() + 2;
    assert_eq!(text.matches('\n').count(), fields + 1, "an action of {fields} lines");
    assert!(text.ends_with("\r\n\r\n") && !text.contains('\0') && fields <= HEADERS);
    assert!(text.lines().all(|line| line.len() <= LINE), "a line that the PBX refuses");
}

/// What a PBX with these phones answers.
fn answer(id: &ActionId, action: &Action, phones: &[&str]) -> String {
    let id = id.as_str();
    let items: Vec<String> = match action.name() {
        "ExtensionStateList" => {
            let item = |e| {
                format!(
                    "Event: ExtensionStatus\r\nExten: {e}\r\nContext: hints\r\nHint: PJSIP/{e}\r\nStatus: 0"
                )
            };
            phones.iter().map(item).collect()
        }
        "DeviceStateList" => {
            let item = |e| format!("Event: DeviceStateChange\r\nDevice: PJSIP/{e}\r\nState: NOT_INUSE");
            phones.iter().chain(&["trunk"]).map(item).collect()
        }
        "VoicemailUsersList" => {
            let item = |e| {
                format!(
                    "Event: VoicemailUserEntry\r\nVMContext: default\r\nVoiceMailbox: {e}\r\nFullname: User {e}"
                )
            };
            phones.iter().map(item).collect()
        }
        "Parkinglots" => {
            vec!["Event: Parkinglot\r\nName: default\r\nStartSpace: 701\r\nStopSpace: 720".into()]
        }
        "Getvar" => return format!("Response: Success\r\nActionID: {id}\r\nVariable: x\r\nValue: \r\n\r\n"),
        name if name.starts_with("Core") || name.contains("List") || LISTS.contains(&name) => Vec::new(),
        _ => return format!("Response: Error\r\nActionID: {id}\r\nMessage: Permission denied\r\n\r\n"),
    };
    let mut text = format!("Response: Success\r\nActionID: {id}\r\nEventList: start\r\n\r\n");
    for item in items {
        text.push_str(&format!("{item}\r\nActionID: {id}\r\n\r\n"));
    }
    text.push_str(&format!("Event: ListComplete\r\nActionID: {id}\r\nEventList: Complete\r\n\r\n"));
    text
}

/// List actions whose names do not say so.
const LISTS: [&str; 6] =
    ["PJSIPShowEndpoints", "PJSIPShowContacts", "QueueStatus", "ParkedCalls", "DBGetTree", "Status"];
