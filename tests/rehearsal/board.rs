//! The switchboard with what it has shown: the office as a text, and the lamps in the order in which they changed.

use frontdesk_ami::Message;
use frontdesk_ami::action::{Action, ActionId};
use frontdesk_protocol::{
    Change, Command, Extension, ExtensionState, Leg, LegState, Millis, Office, Party, PartyKind, Role,
};
use frontdesk_switchboard::{Actor, Output, Settings, Switchboard, Ticket};
use std::collections::BTreeMap;

/// The switchboard and what it has shown.
#[derive(Debug)]
pub struct Board {
    board: Switchboard,
    /// The lamps of each extension, one after the other, since [`Board::forget`].
    lamps: BTreeMap<String, Vec<Lamp>>,
    /// Actions that are to be sent.
    pub acts: Vec<(ActionId, Action)>,
    /// Whether the office is complete.
    pub synced: bool,
    /// The channels that are up, the newest last.
    pub channels: Vec<String>,
    /// Whose channels there have been since [`Board::forget`].
    made: Vec<String>,
}

/// One state of a lamp.
#[derive(Debug, PartialEq, Eq)]
struct Lamp {
    text: String,
    since: Millis,
    /// It stood at the end of a step.
    kept: bool,
}

/// Where several threads of the PBX have a hand in one step, chance says what is seen between for this long.
const CHANCE_MS: u64 = 100;

impl Board {
    /// A switchboard that knows nothing.
    pub fn new(now: Millis) -> Self {
        // Looked at far more often than in an office: it must never disturb what is really there.
        let settings = Settings { audit_ms: 100, ..Settings::default() };
        let board = Switchboard::new(settings, now);
        Self {
            board,
            lamps: BTreeMap::new(),
            acts: Vec::new(),
            synced: false,
            channels: Vec::new(),
            made: Vec::new(),
        }
    }

    pub fn link_up(&mut self, now: Millis) {
        self.board.link_up(now);
        self.take(now);
    }

    pub fn message(&mut self, message: &Message<'_>, now: Millis) {
        let channel = message.field("Channel");
        match message.event() {
            Some("Newchannel") => {
                self.channels.push(channel.to_owned());
                self.made.push(channel.rsplit_once('-').map_or(channel, |(at, _)| at).to_owned());
            }
            Some("Hangup") => self.channels.retain(|other| other != channel),
            _ => {}
        }
        self.board.message(message, now);
        self.take(now);
    }

    /// Orders something for the user of 1001.
    pub fn order(&mut self, command: Command, now: Millis) {
        let mine = Extension::parse("1001").unwrap();
        let by = Actor { extensions: vec![mine], role: Role::Receptionist };
        self.board.command(Ticket(0), &by, command, now);
        self.take(now);
    }

    /// What a desk sees.
    pub fn office(&self) -> &Office {
        self.board.office()
    }

    pub fn tick(&mut self, now: Millis) {
        self.board.tick(now);
        self.take(now);
    }

    pub fn deadline(&self) -> Option<Millis> {
        self.board.deadline()
    }

    /// Begins a new list of lamps, with those that are on.
    pub fn forget(&mut self) {
        let lamps = self.board.office().extensions.values();
        let lamp = |lamp: &ExtensionState| Lamp { text: lamp_text(lamp), since: Millis(0), kept: true };
        self.made.clear();
        self.lamps = lamps.map(|state| (state.extension.to_string(), vec![lamp(state)])).collect();
    }

    /// A step is at its end: what the lamps show now counts, however short it is.
    pub fn keep(&mut self) {
        for lamp in self.lamps.values_mut().filter_map(|lamps| lamps.last_mut()) {
            lamp.kept = true;
        }
    }

    /// What each lamp has shown, one after the other.
    pub fn path(&self) -> Vec<String> {
        let path = |(extension, lamps): (&String, &Vec<Lamp>)| {
            let lamps: Vec<&str> = lamps.iter().map(|lamp| lamp.text.as_str()).collect();
            format!("{extension}: {}", lamps.join(" -> "))
        };
        self.lamps.iter().map(path).collect()
    }

    fn take(&mut self, now: Millis) {
        while let Some(output) = self.board.poll() {
            match output {
                Output::Act(id, action) => self.acts.push((id, action)),
                Output::Changed(changes) => changes.iter().for_each(|change| self.note(change, now)),
                Output::Synced => self.synced = true,
                Output::Concluded(..) | Output::Ended(_) => {}
            }
        }
    }

    fn note(&mut self, change: &Change, now: Millis) {
        let Change::Extension(state) = change else { return };
        let (lamps, text) = (self.lamps.entry(state.extension.to_string()).or_default(), lamp_text(state));
        if lamps.last().is_some_and(|last| last.text == text) {
            return;
        }
        if lamps.last().is_some_and(|last| !last.kept && now.since(last.since) < CHANCE_MS) {
            lamps.pop();
        }
        if lamps.last().is_none_or(|last| last.text != text) {
            lamps.push(Lamp { text, since: now, kept: false });
        }
    }

    /// Everything that a desk sees, without ids and times: lamps, calls with their legs, queues, parking, mailboxes;
    /// and how many channels there are, and whose there have been.
    pub fn picture(&self) -> String {
        format!(
            "{}\n{} channels of {}",
            picture(self.board.office()),
            self.channels.len(),
            self.made.join(" ")
        )
    }
}

fn picture(office: &Office) -> String {
    let mut lines = Vec::new();
    for lamp in office.extensions.values() {
        lines.push(format!("lamp {} {} {:?}", lamp.extension, lamp_text(lamp), lamp.registration));
    }
    let mut calls: Vec<String> = office
        .calls
        .values()
        .map(|call| {
            let mut legs: Vec<String> = call.legs.iter().map(leg_text).collect();
            legs.sort();
            let queue = call.via.queue.as_ref().map(ToString::to_string);
            format!(
                "call {:?} from {} dialled {:?} queue {queue:?}\n  {}",
                call.direction,
                party_text(&call.origin),
                call.via.dialled,
                legs.join("\n  ")
            )
        })
        .collect();
    calls.sort();
    lines.extend(calls);
    for queue in office.queues.values().filter(|queue| queue.name.as_str() == "support") {
        let waiting: Vec<String> = queue.waiting.iter().map(|waiting| party_text(&waiting.party)).collect();
        let members: Vec<&str> = queue.members.iter().map(|member| member.name.as_str()).collect();
        lines.push(format!("queue {} waiting {waiting:?} members {members:?}", queue.name));
    }
    for lot in office.lots.values() {
        let parked: Vec<String> = lot
            .parked
            .iter()
            .map(|parked| format!("{} {}", parked.space, party_text(&parked.party)))
            .collect();
        lines.push(format!("lot {} {parked:?}", lot.name));
    }
    for mailbox in office.mailboxes.values() {
        lines.push(format!("mailbox {} {}/{}", mailbox.id, mailbox.new, mailbox.old));
    }
    for person in office.people.values() {
        lines.push(format!("person {} {:?} {:?}", person.name, person.extensions, person.mailbox));
    }
    lines.join("\n")
}

fn lamp_text(lamp: &ExtensionState) -> String {
    let mark = lamp.mark.map(|mark| format!(" +{mark:?}")).unwrap_or_default();
    let with = lamp.with.as_ref().map(|with| format!(" with {}", party_text(with))).unwrap_or_default();
    format!("{:?}{mark}{with}", lamp.status)
}

fn leg_text(leg: &Leg) -> String {
    let at = leg.extension.as_ref().map_or("outside", |extension| extension.as_str());
    let peer = leg.peer.as_deref().map_or_else(|| "nobody".to_owned(), party_text);
    let answered = match leg.state {
        // Whether the moment between the PBX's answer and the queue is seen depends on how long it is.
        LegState::Queued => "waits",
        _ if leg.answered.is_some() => "answered",
        _ => "unanswered",
    };
    format!(
        "{at} {:?} {:?} hold {:?} {answered}: {} with {peer}",
        leg.direction,
        leg.state,
        leg.hold,
        party_text(&leg.party)
    )
}

fn party_text(party: &Party) -> String {
    let kind = match &party.kind {
        PartyKind::Outside => "outside".to_owned(),
        PartyKind::Inside => "inside".to_owned(),
        PartyKind::Service(service) => format!("{service:?}"),
    };
    format!("{} <{}> {kind}", party.display(), party.number.as_deref().unwrap_or("-"))
}
