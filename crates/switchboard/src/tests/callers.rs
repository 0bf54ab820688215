//! Whatever is ordered, at whatever moment of whatever trace: no action ends an outside party's line, or takes away the
//! phone they talk to, unless somebody who may hung up on them. The actions are judged by what the model knows then.

use super::mirror::Mirror;
use super::traces::{Edit, Source, edits, source, spoil};
use super::{Fields, fields, office};
use crate::api::{Actor, Output, Ticket};
use crate::channel::{Channel, End, State, Uid};
use crate::model::Tie;
use crate::orders::Order;
use crate::switchboard::Switchboard;
use frontdesk_protocol::{
    Command, Destination, Extension, HandedId, LegId, MailboxId, Millis, Number, PersonId, Role, TransferMode,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// One thing that happens between two events: where, what, and with what.
type Doing = (u16, u8, u8, u8, u8);

/// How many kinds of commands there are; [`kind`] holds the compiler to it.
const KINDS: u8 = 5;

fn kind(command: &Command) -> u8 {
    match command {
        Command::Transfer { .. } => 0,
        Command::PullBack { .. } => 1,
        Command::HangUp { .. } => 2,
        Command::Ignore { .. } => 3,
        Command::Originate { .. } => 4,
    }
}

fn any_command(board: &Switchboard, which: u8, leg: LegId, from: Extension, how: u8) -> Command {
    let phones = ["1001", "1002", "1003", "1004", "1005", "1006", "480", "4711"];
    let extension = Extension::parse(phones[usize::from(how) % phones.len()]).unwrap();
    match which % KINDS {
        0 => {
            let to = match how % 4 {
                0 | 1 => Destination::Extension { extension },
                2 => Destination::Voicemail { mailbox: MailboxId::parse("1002@default").unwrap() },
                _ => Destination::Number {
                    person: PersonId::parse("1002").unwrap(),
                    number: Number::parse("5551234").unwrap(),
                },
            };
            let mode =
                [TransferMode::Usual, TransferMode::Safe, TransferMode::Blind][usize::from(how / 4) % 3];
            Command::Transfer { leg, to, mode }
        }
        1 => {
            let ids: Vec<HandedId> = board.office().handed.keys().cloned().collect();
            let handed = match ids.get(usize::from(how) % ids.len().max(1)) {
                Some(id) => id.clone(),
                None => HandedId::parse("h1").unwrap(),
            };
            Command::PullBack { handed }
        }
        2 => Command::HangUp { leg, grace: how.is_multiple_of(2) },
        3 => Command::Ignore { leg },
        _ => Command::Originate {
            from,
            to: Number::parse(if how < 128 { "1002" } else { "5551234" }).unwrap(),
        },
    }
}

#[test]
fn every_kind_of_command_is_tried() {
    let board = office();
    let leg = LegId::parse("1.1").unwrap();
    let from = Extension::parse("1001").unwrap();
    let kinds: Vec<u8> =
        (0..KINDS).map(|which| kind(&any_command(&board, which, leg.clone(), from.clone(), 0))).collect();
    assert_eq!(kinds, (0..KINDS).collect::<Vec<_>>());
}

/// What was ordered by those who may, and what came of it so far.
#[derive(Debug, Default)]
struct Ordered {
    /// Legs that were to be hung up, and whom they had at the other end then.
    hung_up: BTreeSet<Uid>,
    released: BTreeSet<Uid>,
    /// Legs whose ringing was to end, with the other phones of their extension.
    silenced: BTreeSet<Uid>,
    transferred: BTreeSet<Uid>,
    placed: usize,
    /// Who was moved.
    moved: BTreeSet<Uid>,
    /// Places that the PBX said exist.
    exists: BTreeSet<(String, String)>,
    questions: BTreeMap<String, (String, String)>,
    open: HashSet<Ticket>,
    /// How often something was moved or ended at all.
    acts: usize,
}

impl Ordered {
    fn notes(&mut self, board: &Switchboard, by: &Actor, command: &Command) {
        let leg = match command {
            Command::Transfer { leg, .. } | Command::HangUp { leg, .. } | Command::Ignore { leg } => leg,
            Command::Originate { .. } => {
                self.placed += 1;
                return;
            }
            Command::PullBack { .. } => return,
        };
        let Some(channel) = board.model.channels.get(leg.as_str()) else { return };
        let mine = channel.extension().is_some_and(|extension| by.extensions.contains(extension));
        if !mine {
            return;
        }
        let uid = channel.uid.clone();
        let twins = channel.extension().and_then(|extension| board.model.at.get(extension));
        let twins = twins.into_iter().flatten().filter_map(|key| board.model.channels.at(*key));
        let twins = twins.map(|channel| channel.uid.clone());
        match command {
            Command::Transfer { .. } => drop(self.transferred.insert(uid)),
            Command::HangUp { .. } if channel.facts.state != State::Ringing || channel.placed() => {
                self.released.extend(board.model.ends(&uid).into_iter().map(|(_, other)| other));
                self.hung_up.insert(uid);
            }
            Command::HangUp { .. } | Command::Ignore { .. } => self.silenced.extend(twins),
            Command::PullBack { .. } | Command::Originate { .. } => {}
        }
    }

    /// Judges one action that is about to be sent.
    fn judge(&mut self, board: &Switchboard, id: &str, order: &Order) {
        match order {
            Order::List(_) | Order::DbTree(_) | Order::Status { .. } => {}
            Order::Get(question) => {
                let inner =
                    question.strip_prefix("DIALPLAN_EXISTS(").and_then(|rest| rest.strip_suffix(",1)"));
                if let Some((context, exten)) = inner.and_then(|inner| inner.split_once(',')) {
                    self.questions.insert(id.to_owned(), (context.to_owned(), exten.to_owned()));
                }
            }
            Order::Originate(_) => {
                self.placed = self.placed.checked_sub(1).expect("a call that nobody wanted to place");
            }
            Order::Hangup { channel } => {
                self.acts += 1;
                if let Some(channel) = named(board, channel) {
                    self.may_end(board, channel);
                }
            }
            Order::Redirect { channel, context, exten } => {
                self.acts += 1;
                self.asked(context, exten);
                let Some(channel) = named(board, channel) else { return };
                self.moved.insert(channel.uid.clone());
                let left = outside(board, channel, Tie::Bridged);
                let stays = left.into_iter().find(|other| !self.moved.contains(other));
                // Somebody outside who talks to the one that is moved would be left alone on the line.
                assert!(
                    channel.end == End::Trunk || stays.is_none(),
                    "{} is taken away from {stays:?}",
                    channel.facts.name
                );
            }
            Order::BlindTransfer { channel, context, exten } => {
                self.acts += 1;
                self.asked(context, exten);
                let Some(channel) = named(board, channel) else { return };
                assert!(
                    self.transferred.contains(&channel.uid),
                    "{} transfers by itself",
                    channel.facts.name
                );
                assert!(channel.extension().is_some(), "an outside party's channel does not transfer");
                let bridge = board.model.bridge_of(channel);
                let members = bridge.map(|bridge| bridge.members.clone()).unwrap_or_default();
                assert_eq!(members.len(), 2, "a transfer out of {members:?} leaves somebody");
                let members = members.into_iter().filter_map(|key| board.model.channels.at(key));
                self.moved.extend(members.map(|it| it.uid.clone()).filter(|uid| *uid != channel.uid));
            }
            Order::Park { channel, .. } => {
                self.acts += 1;
                let Some(channel) = named(board, channel) else { return };
                assert!(self.released.contains(&channel.uid), "nobody hung up on {}", channel.facts.name);
                self.moved.insert(channel.uid.clone());
            }
        }
    }

    fn asked(&self, context: &str, exten: &str) {
        let place = (context.to_owned(), exten.to_owned());
        assert!(
            self.exists.contains(&place),
            "somebody is sent to {place:?}, and nobody asked whether it exists"
        );
    }

    fn may_end(&self, board: &Switchboard, channel: &Channel) {
        let (uid, name) = (&channel.uid, &channel.facts.name);
        if channel.end == End::Trunk {
            return assert!(self.released.contains(uid), "{name} is outside, and nobody hung up on them");
        }
        let silenced = channel.facts.state == State::Ringing && self.silenced.contains(uid);
        if self.hung_up.contains(uid) || silenced {
            return;
        }
        assert!(self.transferred.contains(uid), "nobody wanted {name} to end");
        for tie in [Tie::Bridged, Tie::Dialled] {
            for other in outside(board, channel, tie) {
                assert!(self.moved.contains(&other), "{name} ends, and with it the line of {other}");
            }
        }
    }
}

fn named<'a>(board: &'a Switchboard, name: &str) -> Option<&'a Channel> {
    board.model.channels.values().find(|channel| channel.facts.name.as_ref() == name)
}

fn outside(board: &Switchboard, channel: &Channel, wanted: Tie) -> Vec<Uid> {
    let ends = board.model.ends(&channel.uid).into_iter().filter(|(tie, _)| *tie == wanted);
    let trunk = |uid: &Uid| board.model.channels.get(uid).is_some_and(|other| other.end == End::Trunk);
    ends.map(|(_, uid)| uid).filter(trunk).collect()
}

/// An office in which people order things, and whose PBX answers as `how` says.
struct Run {
    board: Switchboard,
    mirror: Mirror,
    ordered: Ordered,
    now: i64,
    tickets: u64,
}

impl Run {
    fn new() -> Self {
        let mut board = office();
        board.sent.clear();
        let mut run =
            Self { board, mirror: Mirror::default(), ordered: Ordered::default(), now: 0, tickets: 0 };
        let lot = fields("Event: ParkedCallGiveUp\nParkinglot: default\nParkingSpace: 701");
        run.mirror.sent(&lot);
        run
    }

    /// Judges what is sent, and answers it.
    fn settle(&mut self, how: u8) {
        let mut rounds = 0;
        loop {
            while let Some(output) = self.board.poll() {
                if let Output::Concluded(ticket, _) = output {
                    assert!(self.ordered.open.remove(&ticket), "{ticket:?} came to its end twice");
                }
            }
            let asked: Vec<(String, Order)> = self.board.sent.drain(..).collect();
            if asked.is_empty() {
                return;
            }
            for (id, order) in &asked {
                self.ordered.judge(&self.board, id, order);
            }
            for (id, order) in asked {
                for packet in self.answer(&id, &order, how.wrapping_add(rounds)) {
                    self.board.packet(&packet, Millis(self.now));
                }
            }
            rounds = rounds.saturating_add(1);
            assert!(rounds < 200, "it asks without end");
        }
    }

    fn answer(&mut self, id: &str, order: &Order, how: u8) -> Vec<Fields> {
        match order {
            Order::List(_) | Order::DbTree(_) => return self.mirror.answer(id, order),
            Order::Get(_) => {}
            Order::Status { channel } => return self.mirror.status(id, channel),
            _ if how.is_multiple_of(5) => return Vec::new(),
            _ if how % 5 == 1 => {
                return vec![fields(&format!("Response: Error\nActionID: {id}\nMessage: No such channel"))];
            }
            _ => {}
        }
        let question = self.ordered.questions.remove(id);
        let yes = u8::from(how % 7 != 3);
        if let Some(place) = question.filter(|_| yes == 1) {
            self.ordered.exists.insert(place);
        }
        vec![fields(&format!("Response: Success\nActionID: {id}\nValue: {yes}"))]
    }

    fn pass(&mut self, until: i64, how: u8) {
        let mut turns = 0;
        while let Some(due) = self.board.deadline().filter(|due| due.0 <= until) {
            self.now = due.0;
            self.board.tick(due);
            self.settle(how);
            turns += 1;
            assert!(turns < 2_000, "the deadline does not move");
        }
        self.now = until;
    }

    fn take(&mut self, doing: Doing) {
        let (_, what, whose, which, how) = doing;
        match what % 12 {
            0 => {
                self.board.link_down("It was closed.".into(), Millis(self.now));
                self.settle(how);
                self.board.link_up(Millis(self.now + 100));
            }
            1 => self.pass(self.now + i64::from(how) * 100, how),
            _ => self.order(whose, which, how),
        }
        self.settle(how);
    }

    fn order(&mut self, whose: u8, which: u8, how: u8) {
        let mut legs: Vec<(LegId, Extension)> = (self.board.office().calls.values())
            .flat_map(|call| &call.legs)
            .filter_map(|leg| Some((leg.id.clone(), leg.extension.clone()?)))
            .collect();
        legs.push((LegId::parse("4711.1").unwrap(), Extension::parse("1001").unwrap()));
        let (leg, extension) = legs[usize::from(whose) % legs.len()].clone();
        // Now and then it is somebody else's leg.
        let mine = if how % 9 == 8 { Extension::parse("1006").unwrap() } else { extension };
        let by = Actor { extensions: vec![mine.clone()], role: Role::Receptionist };
        let command = any_command(&self.board, which, leg, mine, how);
        self.ordered.notes(&self.board, &by, &command);
        self.tickets += 1;
        self.ordered.open.insert(Ticket(self.tickets));
        self.board.command(Ticket(self.tickets), &by, command, Millis(self.now));
    }
}

/// How often something was moved or ended.
fn run(packets: &[Fields], doings: &[Doing], step: i64) -> usize {
    let mut run = Run::new();
    let mut doings: Vec<(usize, Doing)> =
        doings.iter().map(|doing| (usize::from(doing.0) % (packets.len() + 1), *doing)).collect();
    doings.sort_by_key(|(at, _)| *at);
    let mut next = doings.into_iter().peekable();
    for (at, packet) in packets.iter().enumerate() {
        while let Some((_, doing)) = next.next_if(|(place, _)| *place <= at) {
            run.take(doing);
        }
        run.pass(run.now + step, 2);
        run.mirror.sent(packet);
        run.board.packet(packet, Millis(run.now));
        run.settle(2);
    }
    next.for_each(|(_, doing)| run.take(doing));
    run.pass(run.now + 120_000, 2);
    assert!(run.ordered.open.is_empty(), "these never came to an end: {:?}", run.ordered.open);
    run.ordered.acts
}

fn doings() -> impl Strategy<Value = Vec<Doing>> {
    proptest::collection::vec(any::<Doing>(), 1..16)
}

fn seldom() -> impl Strategy<Value = Vec<Edit>> {
    prop_oneof![2 => Just(Vec::new()), 1 => edits()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn no_order_ends_the_line_of_an_outside_party(source in source(), edits in seldom(), doings in doings(), step in 0_i64..200) {
        run(&spoil(source.packets(), &edits), &doings, step);
    }
}

/// The property is not true for want of anything that is done.
#[test]
fn orders_at_every_moment_of_every_recording_move_and_end_calls() {
    let mut acts = 0;
    for which in 0..super::traces::recordings().len() {
        let packets = Source::Recorded(which).packets();
        for at in 0..packets.len() {
            let at = u16::try_from(at).unwrap();
            for command in 0..3 {
                acts += run(&packets, &[(at, 2, (at % 4) as u8, command, 2 + (at % 3) as u8 * 4)], 20);
            }
        }
    }
    assert!(acts > 300, "{acts}");
}
