//! Tests of the whole switchboard: recordings of a real Asterisk, properties, and orders against scripted answers.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bench;
mod callers;
mod cold;
mod early;
mod ghosts;
mod handed;
mod legs;
mod mirror;
mod orders;
mod properties;
mod reach;
mod reads;
mod recordings;
mod records;
mod reload;
mod resync;
mod traces;
mod waiting;

use crate::api::Output;
use crate::orders::Order;
use crate::settings::Settings;
use crate::switchboard::Switchboard;
use frontdesk_ami::{Decoder, Frame, Limits};
use frontdesk_protocol::{Change, Hold, Leg, LegState, Millis, Party, PbxLink};

/// One message as fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(pub Vec<(String, String)>);

impl Fields {
    pub(crate) fn raw(&self, key: &str) -> &str {
        self.0.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value)
    }
}

impl Switchboard {
    /// Takes in fields as the message that they would be on the wire, alone in its read.
    pub(crate) fn packet(&mut self, packet: &Fields, now: Millis) {
        self.take(packet, now);
        self.draw();
    }

    /// The same with more to come in the same read.
    pub(crate) fn take(&mut self, packet: &Fields, now: Millis) {
        let lines: String = packet.0.iter().map(|(key, value)| format!("{key}: {value}\r\n")).collect();
        let mut decoder = Decoder::without_banner(Limits::default());
        decoder.feed(format!("{lines}\r\n").as_bytes());
        if let Some(Frame::Message(message)) = decoder.next() {
            self.message(&message, now);
        }
    }
}

/// One entry of a recording, with its time in milliseconds since the scenario began.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    Sent(Fields),
    Came(i64, Fields),
}

/// `Key: value` lines, or `Key=value; …` where tests write their own.
pub(crate) fn fields(text: &str) -> Fields {
    let pairs = text.lines().filter_map(|line| {
        let (key, value) = line.trim().split_once(':')?;
        Some((key.to_owned(), value.trim().to_owned()))
    });
    Fields(pairs.collect())
}

pub(crate) fn parse(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut at = 0;
    for block in text.split("\n\n") {
        let mut sent = String::new();
        let mut came = String::new();
        for line in block.lines() {
            if let Some(seconds) = line.strip_prefix("# t+") {
                let seconds: f64 = seconds.split_whitespace().next().unwrap_or("0").parse().unwrap_or(0.0);
                at = (seconds * 1_000.0) as i64;
            } else if let Some(action) = line.strip_prefix(">>> ") {
                sent.push_str(action);
                sent.push('\n');
            } else if !line.starts_with('#') {
                came.push_str(line);
                came.push('\n');
            }
        }
        if !sent.is_empty() {
            entries.push(Entry::Sent(fields(&sent)));
        } else if came.contains(": ") {
            entries.push(Entry::Came(at, fields(&came)));
        }
    }
    entries
}

const EXTENSIONS: [(&str, &str); 6] = [
    ("1001", "Alice"),
    ("1002", "Bob"),
    ("1003", "Carol"),
    ("1004", "Dave"),
    ("1005", "Erin"),
    ("1006", "Frank"),
];

/// A switchboard whose cold start found six registered phones, a trunk and their mailboxes.
pub(crate) fn office() -> Switchboard {
    let mut board = Switchboard::new(Settings::default(), Millis(0));
    board.link_up(Millis(0));
    answer_all(&mut board, Millis(0));
    board
}

/// Answers every question of a cold start until there are no more; drops all other outputs.
pub(crate) fn answer_all(board: &mut Switchboard, now: Millis) {
    answer_all_with(board, now, &[]);
}

/// The same where these are the channels, each without what its list adds.
pub(crate) fn answer_all_with(board: &mut Switchboard, now: Millis, channels: &[String]) {
    loop {
        let asked: Vec<(String, Order)> = board.sent.drain(..).collect();
        board.outputs.clear();
        if asked.is_empty() {
            return;
        }
        for (id, order) in asked {
            for packet in answer_with(&id, &order, channels) {
                board.packet(&packet, now);
            }
        }
    }
}

fn answer(id: &str, order: &Order) -> Vec<Fields> {
    answer_with(id, order, &[])
}

fn answer_with(id: &str, order: &Order, channels: &[String]) -> Vec<Fields> {
    let item = |text: String| fields(&format!("{text}\nActionID: {id}"));
    let items: Vec<Fields> = match order {
        Order::List("ExtensionStateList") => EXTENSIONS
            .iter()
            .map(|(e, _)| item(format!("Event: ExtensionStatus\nExten: {e}\nContext: hints\nHint: PJSIP/{e}\nStatus: 0")))
            .collect(),
        Order::List("DeviceStateList") => EXTENSIONS
            .iter()
            .map(|(e, _)| *e)
            .chain(["trunk"])
            .map(|e| item(format!("Event: DeviceStateChange\nDevice: PJSIP/{e}\nState: NOT_INUSE")))
            .collect(),
        Order::List("VoicemailUsersList") => EXTENSIONS
            .iter()
            .map(|(e, name)| {
                item(format!(
                    "Event: VoicemailUserEntry\nVMContext: default\nVoiceMailbox: {e}\nFullname: {name}\nNewMessageCount: 0\nOldMessageCount: 0"
                ))
            })
            .collect(),
        Order::List("CoreShowChannels") => {
            channels.iter().map(|channel| item(format!("Event: CoreShowChannel\n{channel}"))).collect()
        }
        Order::List(_) => Vec::new(),
        Order::Get(_) => return vec![fields(&format!("Response: Success\nActionID: {id}\nVariable: x\nValue: "))],
        _ => return vec![fields(&format!("Response: Error\nActionID: {id}\nMessage: Permission denied"))],
    };
    let mut all = vec![fields(&format!("Response: Success\nActionID: {id}\nEventList: start"))];
    all.extend(items);
    all.push(fields(&format!("Event: ListComplete\nActionID: {id}\nEventList: Complete")));
    all
}

/// The outputs that wait, as lines.
pub(crate) fn told(board: &mut Switchboard, at: i64) -> String {
    let mut text = String::new();
    while let Some(output) = board.poll() {
        let lines: Vec<String> = match output {
            Output::Act(..) => continue,
            Output::Changed(changes) => changes.iter().filter_map(change).collect(),
            Output::Concluded(ticket, outcome) => vec![format!("order {}: {outcome:?}", ticket.0)],
            Output::Ended(record) => vec![format!(
                "history {} {:?} {} ring {} talk {} {:?}{}",
                record.extension,
                record.direction,
                party(&record.party),
                record.ring_ms,
                record.talk_ms,
                record.outcome,
                record.queue.map(|queue| format!(" queue {queue}")).unwrap_or_default()
            )],
            Output::Synced => vec!["synced".into()],
        };
        for line in lines {
            text.push_str(&format!("{:>7.3} {line}\n", at as f64 / 1_000.0));
        }
    }
    text
}

fn change(change: &Change) -> Option<String> {
    Some(match change {
        Change::Link(PbxLink::Up { .. }) => "link up".into(),
        Change::Link(_) => "link down".into(),
        Change::Person(person) => format!("person {} {}", person.id, person.name),
        Change::Extension(state) => format!(
            "lamp {} {:?}{}{}",
            state.extension,
            state.status,
            state.mark.map(|mark| format!(" +{mark:?}")).unwrap_or_default(),
            state.with.as_ref().map(|with| format!(" with {}", party(with))).unwrap_or_default()
        ),
        Change::Call(call) => format!(
            "call {:?} from {}{}{}: {}",
            call.direction,
            party(&call.origin),
            call.via.dialled.as_ref().map(|dialled| format!(" to {dialled}")).unwrap_or_default(),
            call.via.queue.as_ref().map(|queue| format!(" queue {queue}")).unwrap_or_default(),
            call.legs.iter().map(leg).collect::<Vec<_>>().join(", ")
        ),
        Change::CallGone(_) => "call over".into(),
        Change::Queue(queue) => {
            let waiting: Vec<String> = queue.waiting.iter().map(|waiting| party(&waiting.party)).collect();
            let members: Vec<String> = queue
                .members
                .iter()
                .map(|m| format!("{}{}", m.name, if m.paused { " paused" } else { "" }))
                .collect();
            format!("queue {} waiting [{}] members [{}]", queue.name, waiting.join(", "), members.join(", "))
        }
        Change::Lot(lot) => {
            let parked: Vec<String> =
                lot.parked.iter().map(|p| format!("{} {}", p.space, party(&p.party))).collect();
            format!("lot {} [{}]", lot.name, parked.join(", "))
        }
        Change::Handed(handed) => format!("handed {} to {}: {:?}", handed.by, handed.label, handed.state),
        Change::HandedGone(id) => format!("handed {id} gone"),
        Change::Mailbox(mailbox) => format!("mailbox {} {}/{}", mailbox.id, mailbox.new, mailbox.old),
        _ => return None,
    })
}

fn leg(leg: &Leg) -> String {
    let who = leg.extension.as_ref().map_or_else(|| "line".to_owned(), ToString::to_string);
    let state = match (leg.state, leg.hold) {
        (LegState::Talking, Hold::Here) => "holds".to_owned(),
        (LegState::Talking, Hold::There) => "is held by".to_owned(),
        (state, Hold::Unknown) => format!("{state:?}?"),
        (state, _) => format!("{state:?}"),
    };
    let arrow = if leg.direction == frontdesk_protocol::Direction::Inbound { "<" } else { ">" };
    format!("{who}{arrow} {state} {}", leg.peer.as_deref().map_or_else(|| "-".to_owned(), party))
}

pub(crate) fn party(party: &Party) -> String {
    let service = match &party.kind {
        frontdesk_protocol::PartyKind::Service(service) => format!("{{{service:?}}}"),
        frontdesk_protocol::PartyKind::Outside => "(out)".into(),
        frontdesk_protocol::PartyKind::Inside => String::new(),
    };
    format!("{}{service}", party.display())
}

/// The text of a recording of a real Asterisk.
pub(crate) fn recording(name: &str) -> String {
    let path = format!("{}/../../tests/recordings/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// Moves time on to `at`, stopping at every deadline; gives what was told meanwhile.
pub(crate) fn pass(board: &mut Switchboard, at: i64) -> String {
    let mut text = String::new();
    let mut turns = 0;
    while let Some(due) = board.deadline().filter(|due| due.0 <= at) {
        board.tick(due);
        text.push_str(&told(board, due.0));
        turns += 1;
        assert!(turns < 10_000, "the deadline does not move");
    }
    text
}
