//! A call from outside at 1001 and a PBX that is played by hand, for the tests of callers who were handed on.

use super::super::{answer, fields, office};
use crate::api::{Actor, Output, Ticket};
use crate::orders::Order;
use crate::switchboard::Switchboard;
use frontdesk_protocol::{
    Change, Command, Destination, Extension, HandedState, LegId, Millis, Outcome, Reason, Role, TransferMode,
};

/// A channel: its name, its number and its Uniqueid.
pub type Who = (&'static str, &'static str, &'static str);

pub const CALLER: Who = ("PJSIP/trunk-01", "030123456", "1.1");
pub const MINE: Who = ("PJSIP/1001-02", "1001", "1.2");
pub const BOB: Who = ("PJSIP/1002-03", "1002", "1.3");
pub const CAROL: Who = ("PJSIP/1003-04", "1003", "1.4");
/// My phone, when the caller comes back.
pub const BACK: Who = ("PJSIP/1001-05", "1001", "1.5");

pub struct Stage {
    pub board: Switchboard,
    now: i64,
    outcome: Option<Outcome>,
    /// When the line is to be closed, while it is said to be.
    pub closing: Option<Millis>,
    orders: u64,
    bridges: u32,
}

fn snapshot(who: Who, state: u8) -> String {
    let (name, number, uid) = who;
    let named = if who == CALLER { "Jane" } else { "" };
    format!(
        "Channel: {name}\nChannelState: {state}\nCallerIDNum: {number}\nCallerIDName: {named}\nContext: internal\nUniqueid: {uid}\nLinkedid: 1.1"
    )
}

fn pair(from: Who, to: Who, state: u8) -> String {
    format!("{}\nDest{}", snapshot(from, 4), snapshot(to, state).replace('\n', "\nDest"))
}

pub fn extension(text: &str) -> Extension {
    Extension::parse(text).unwrap()
}

impl Stage {
    /// Jane talks to 1001.
    pub fn talking() -> Self {
        let mut stage = Self { board: office(), now: 0, outcome: None, closing: None, orders: 0, bridges: 0 };
        stage.event("Newchannel", &snapshot(CALLER, 4));
        stage.rings(MINE);
        stage.answers(MINE);
        stage
    }

    pub fn now(&self) -> Millis {
        Millis(self.now)
    }

    pub fn event(&mut self, kind: &str, rest: &str) {
        self.pass(1);
        self.board.packet(&fields(&format!("Event: {kind}\n{rest}")), Millis(self.now));
        self.take();
    }

    /// Lets so many milliseconds pass.
    pub fn pass(&mut self, ms: i64) {
        let until = self.now + ms;
        let mut turns = 0;
        while let Some(due) = self.board.deadline().filter(|due| due.0 <= until) {
            self.board.tick(due);
            self.take();
            turns += 1;
            assert!(turns < 10_000, "the deadline does not move");
        }
        self.now = until;
    }

    fn take(&mut self) {
        while let Some(output) = self.board.poll() {
            match output {
                Output::Concluded(_, outcome) => self.outcome = Some(outcome),
                Output::Changed(changes) => {
                    for change in changes {
                        if let Change::Handed(handed) = change {
                            self.closing = match handed.state {
                                HandedState::Closing { at } => Some(at),
                                _ => None,
                            };
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// What the last order came to.
    pub fn outcome(&mut self) -> Option<Outcome> {
        self.outcome.take()
    }

    pub fn command(&mut self, by: &str, command: Command) {
        self.orders += 1;
        let by = Actor { extensions: vec![extension(by)], role: Role::Receptionist };
        self.outcome = None;
        self.board.command(Ticket(self.orders), &by, command, Millis(self.now));
        self.take();
    }

    /// Orders Jane to Bob; the PBX has not answered anything yet.
    pub fn orders(&mut self, mode: TransferMode) {
        let leg = LegId::parse(MINE.2).unwrap();
        let to = Destination::Extension { extension: extension("1002") };
        self.command("1001", Command::Transfer { leg, to, mode });
    }

    /// Jane is sent to Bob.
    pub fn sends(&mut self, mode: TransferMode) {
        self.moves_away(mode);
        self.hangs_up(MINE, 16);
    }

    /// Jane is sent to Bob, and it is not told yet that my leg has ended.
    pub fn moves_away(&mut self, mode: TransferMode) {
        self.orders(mode);
        self.reply("Response: Success\nValue: 1");
        assert!(matches!(self.last(), Order::BlindTransfer { .. }), "{:?}", self.last());
        self.reply("Response: Success\nMessage: Transfer succeeded");
        for who in [MINE, CALLER] {
            self.event("BridgeLeave", &format!("BridgeUniqueid: b1\n{}", snapshot(who, 6)));
        }
    }

    /// Bob, at whose phone Jane rings, sends her on to Carol.
    pub fn bob_sends_on(&mut self) {
        let leg = LegId::parse(BOB.2).unwrap();
        let to = Destination::Extension { extension: extension("1003") };
        self.command("1002", Command::Transfer { leg, to, mode: TransferMode::Usual });
        self.reply("Response: Success\nValue: 1");
        assert!(matches!(self.last(), Order::Redirect { .. }), "{:?}", self.last());
        self.reply("Response: Success\nMessage: Redirect successful");
    }

    pub fn dials(&mut self, who: Who) {
        self.event("Newchannel", &snapshot(who, 0));
        self.event("DialBegin", &pair(CALLER, who, 0));
    }

    pub fn rings(&mut self, who: Who) {
        self.dials(who);
        self.event("Newstate", &snapshot(who, 5));
    }

    pub fn answers(&mut self, who: Who) {
        self.event("Newstate", &snapshot(who, 6));
        self.event("DialEnd", &format!("DialStatus: ANSWER\n{}", pair(CALLER, who, 6)));
        self.bridges += 1;
        for member in [who, CALLER] {
            self.event("BridgeEnter", &format!("BridgeUniqueid: b{}\n{}", self.bridges, snapshot(member, 6)));
        }
    }

    pub fn dial_ends(&mut self, who: Who, status: &str) {
        self.event("DialEnd", &format!("DialStatus: {status}\n{}", pair(CALLER, who, 5)));
    }

    pub fn not_taken(&mut self, who: Who, status: &str, cause: u32) {
        self.dial_ends(who, status);
        self.hangs_up(who, cause);
    }

    pub fn hangs_up(&mut self, who: Who, cause: u32) {
        self.event("Hangup", &format!("Cause: {cause}\n{}", snapshot(who, 6)));
    }

    /// The dialplan sends Jane to a mailbox, which answers.
    pub fn at_a_mailbox(&mut self) {
        let there = snapshot(CALLER, 6).replace("Context: internal", "Context: vm-u\nExten: 1002");
        self.event("Newstate", &there);
        self.pass(100);
    }

    pub fn parked(&mut self) {
        let parkee = snapshot(CALLER, 6).replace('\n', "\nParkee");
        self.event("ParkedCall", &format!("Parkinglot: default\nParkingSpace: 701\nParkee{parkee}"));
    }

    /// What the list says of the one whom 1001 handed on.
    pub fn state(&self) -> HandedState {
        let mine = self.board.office().handed.values().find(|handed| handed.by.as_str() == "1001");
        mine.expect("somebody who was handed on").state.clone()
    }

    pub fn last(&self) -> &Order {
        &self.board.sent.last().expect("an action").1
    }

    /// Every redirect that was ordered.
    pub fn moves(&self) -> Vec<&Order> {
        let orders = self.board.sent.iter().map(|(_, order)| order);
        orders.filter(|order| matches!(order, Order::Redirect { .. })).collect()
    }

    /// Every end of a channel that was ordered.
    pub fn ends(&self) -> Vec<&str> {
        let orders = self.board.sent.iter().filter_map(|(_, order)| match order {
            Order::Hangup { channel } => Some(channel.as_str()),
            _ => None,
        });
        orders.collect()
    }

    /// Answers the last action.
    pub fn reply(&mut self, text: &str) {
        let (id, _) = self.board.sent.last().cloned().expect("an action");
        self.pass(1);
        self.board.packet(&fields(&format!("{text}\nActionID: {id}")), Millis(self.now));
        self.take();
    }

    /// The PBX knows my extension.
    pub fn says_yes(&mut self) {
        assert_eq!(*self.last(), Order::Get("DIALPLAN_EXISTS(internal,1001,1)".into()));
        self.reply("Response: Success\nValue: 1");
    }

    /// The PBX says in which bridge Jane is.
    pub fn says_where(&mut self, bridge: &str) {
        assert_eq!(*self.last(), Order::Status { channel: CALLER.0.into() });
        self.is_where(bridge);
    }

    /// Answers the last question in which bridge Jane is.
    pub fn is_where(&mut self, bridge: &str) {
        let (id, _) = self.board.sent.last().cloned().expect("an action");
        for text in [
            "Response: Success\nEventList: start".to_owned(),
            format!("Event: Status\n{}\nBridgeID: {bridge}\nApplication: Dial", snapshot(CALLER, 4)),
            "Event: StatusComplete\nEventList: Complete".to_owned(),
        ] {
            self.board.packet(&fields(&format!("{text}\nActionID: {id}")), Millis(self.now));
            self.take();
        }
    }

    /// Jane is sent to my phone, after the two questions.
    pub fn is_brought_back(&mut self, bridge: &str) {
        self.says_yes();
        self.says_where(bridge);
        let there =
            Order::Redirect { channel: CALLER.0.into(), context: "internal".into(), exten: "1001".into() };
        assert_eq!(*self.last(), there);
        self.reply("Response: Success\nMessage: Redirect successful");
    }

    pub fn pulls_back(&mut self) {
        self.pulls_back_as("1001");
    }

    pub fn pulls_back_as(&mut self, user: &str) {
        let mut handed = self.board.office().handed.values();
        let handed =
            handed.find(|handed| handed.by.as_str() == "1001").expect("one who was handed on").id.clone();
        self.command(user, Command::PullBack { handed });
    }

    /// Pulling back is refused for this reason.
    pub fn refused(&mut self, wanted: Reason) -> String {
        let asked = self.board.sent.len();
        self.pulls_back();
        assert_eq!(self.board.sent.len(), asked, "nothing is ordered");
        match self.outcome() {
            Some(Outcome::Failed { reason, text }) if reason == wanted => text,
            other => panic!("{other:?}"),
        }
    }

    pub fn loses_the_link(&mut self) {
        self.board.link_down("The phone system restarts.".into(), Millis(self.now));
        self.take();
    }

    /// The link is back, and these channels are listed: state, application, bridge.
    pub fn finds(&mut self, channels: &[(Who, &str, &str, &str)]) {
        let asked = self.board.sent.len();
        self.board.link_up(Millis(self.now));
        let mut at = asked;
        while let Some((id, order)) = self.board.sent.get(at).cloned() {
            at += 1;
            let mut answers = answer(&id, &order);
            if order == Order::List("CoreShowChannels") {
                let items = channels.iter().map(|(who, state, application, bridge)| {
                    let snapshot = snapshot(*who, state.parse().unwrap());
                    fields(&format!(
                        "Event: CoreShowChannel\n{snapshot}\nApplication: {application}\nBridgeId: {bridge}\nDuration: 00:00:09\nActionID: {id}"
                    ))
                });
                answers.splice(1..1, items);
            }
            for packet in answers {
                self.board.packet(&packet, Millis(self.now));
            }
        }
        self.take();
    }
}
