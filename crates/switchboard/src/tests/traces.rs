//! Traces of events for the properties: every recording of a real Asterisk, calls that are made up, and what a faulty
//! link or a faulty PBX would make of both. Not what must hold; that is `sound`.

use super::{Entry, Fields, fields, parse, recording};
use proptest::prelude::*;
use std::sync::OnceLock;

/// One recording: its name, and its events with their times in milliseconds.
pub(crate) type Recorded = (String, Vec<(i64, Fields)>);

/// Every recording there is: those of single scenarios, and the longer ones of the lab.
pub(crate) fn names() -> Vec<String> {
    let mut names = Vec::new();
    for folder in ["", "lab/"] {
        let path = format!("{}/../../tests/recordings/{folder}", env!("CARGO_MANIFEST_DIR"));
        for file in std::fs::read_dir(&path).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            if let Some(name) = name.strip_suffix(".txt").filter(|name| !name.starts_with("README")) {
                names.push(format!("{folder}{name}"));
            }
        }
    }
    names.retain(|name| name != "session-tests-1" && name != "z_snapshots");
    names.sort();
    assert!(names.len() >= 39, "recordings are missing: {names:?}");
    names
}

/// The events of all recordings. What no switchboard looks at is left out, so that a short trace still holds a call.
pub(crate) fn recordings() -> &'static [Recorded] {
    static ALL: OnceLock<Vec<Recorded>> = OnceLock::new();
    ALL.get_or_init(|| {
        let came = |name: String| {
            let mut last = 0;
            let packets = parse(&recording(&name)).into_iter().filter_map(|entry| match entry {
                Entry::Came(at, packet) if telling(&packet) => {
                    last = at.max(last);
                    Some((last, packet))
                }
                Entry::Came(..) | Entry::Sent(_) => None,
            });
            let packets: Vec<_> = packets.collect();
            (name, packets)
        };
        names().into_iter().map(came).filter(|(_, packets)| !packets.is_empty()).collect()
    })
}

fn telling(packet: &Fields) -> bool {
    !matches!(packet.raw("Event"), "VarSet" | "TestEvent" | "RTCPSent" | "Cdr" | "ChallengeSent" | "")
        // The items of lists that a recorder asked for.
        && packet.raw("ActionID").is_empty()
}

/// Where a trace comes from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// This recording.
    Recorded(usize),
    /// These steps of a made up office.
    Made(Vec<(u8, u8, u8)>),
}

/// One thing that goes wrong: what, where, and how far away.
pub(crate) type Edit = (u8, u16, u16);

impl Source {
    pub(crate) fn packets(&self) -> Vec<Fields> {
        match self {
            Self::Recorded(which) => {
                recordings()[*which].1.iter().map(|(_, packet)| packet.clone()).collect()
            }
            Self::Made(steps) => Office::made(steps),
        }
    }
}

pub(crate) fn source() -> impl Strategy<Value = Source> {
    prop_oneof![(0..recordings().len()).prop_map(Source::Recorded), made().prop_map(Source::Made),]
}

/// Steps of a made up office.
pub(crate) fn made() -> impl Strategy<Value = Vec<(u8, u8, u8)>> {
    proptest::collection::vec(any::<(u8, u8, u8)>(), 1..40)
}

pub(crate) fn edits() -> impl Strategy<Value = Vec<Edit>> {
    proptest::collection::vec((0..7_u8, any::<u16>(), any::<u16>()), 0..24)
}

/// Drops, repeats, moves, swaps, cuts short and mixes up.
pub(crate) fn spoil(mut packets: Vec<Fields>, edits: &[Edit]) -> Vec<Fields> {
    for (what, at, far) in edits {
        if packets.is_empty() {
            break;
        }
        let (at, far) = (usize::from(*at) % packets.len(), usize::from(*far) % packets.len());
        match what {
            0 => drop(packets.remove(at)),
            1 => {
                let again = packets[at].clone();
                packets.insert(far, again);
            }
            2 => {
                let moved = packets.remove(at);
                packets.insert(far.min(packets.len()), moved);
            }
            3 => packets.swap(at, far),
            4 => {
                let fields = packets[at].0.len();
                packets[at].0.truncate(1 + far % fields.max(1));
            }
            5 => packets[at.min(far)..=at.max(far)].reverse(),
            // The end is missing; not too much of it, so that something is left to try.
            _ => packets.truncate((packets.len() - far / 8).max(1)),
        }
    }
    packets
}

const PHONES: [&str; 6] = ["1001", "1002", "1003", "1004", "1005", "1006"];

/// A channel of the made up office.
#[derive(Debug, Clone, Default)]
struct Line {
    name: String,
    uid: String,
    link: String,
    state: u8,
    number: String,
    exten: String,
    bridge: Option<usize>,
    dialled_by: Option<usize>,
    queue: bool,
    parked: Option<u8>,
    /// The other half of a Local pair.
    half: Option<usize>,
    over: bool,
}

/// A made up office: every event is one that a PBX could send at that moment, and says what is so.
#[derive(Debug, Default)]
pub(crate) struct Office {
    lines: Vec<Line>,
    bridges: usize,
    told: Vec<Fields>,
}

impl Office {
    /// The events of these steps; a step that cannot be taken is none.
    pub(crate) fn made(steps: &[(u8, u8, u8)]) -> Vec<Fields> {
        let mut office = Self::default();
        for (what, one, two) in steps {
            office.step(*what, *one, *two);
        }
        office.told
    }

    fn step(&mut self, what: u8, one: u8, two: u8) {
        let Some(line) = self.pick(one) else { return self.call(one, two) };
        match what % 14 {
            0 => self.call(one, two),
            1 | 2 => self.dial(line, two),
            3 | 4 => self.answer(one),
            5 => self.refuse(one, two),
            6 | 7 => self.hang_up(line),
            8 => self.send_on(line, two),
            9 => self.join(line, two),
            10 => self.hold(line, two),
            11 => self.queue(line, two),
            12 => self.park(line, two),
            _ => self.through_local(line, two),
        }
    }

    fn pick(&self, which: u8) -> Option<usize> {
        let up: Vec<usize> = (0..self.lines.len()).filter(|line| !self.lines[*line].over).collect();
        (!up.is_empty()).then(|| up[usize::from(which) % up.len()])
    }

    fn device(&mut self, which: u8) -> (String, String) {
        let count = self.lines.len();
        match PHONES.get(usize::from(which) % 9) {
            Some(phone) => (format!("PJSIP/{phone}-{count:08x}"), (*phone).to_owned()),
            None => (format!("PJSIP/trunk-{count:08x}"), format!("55500{:02}", which % 100)),
        }
    }

    fn add(&mut self, name: String, number: String, state: u8, exten: &str, link: Option<String>) -> usize {
        let uid = format!("1795480000.{}", self.lines.len() + 1);
        let link = link.unwrap_or_else(|| uid.clone());
        let line = Line { name, uid, link, state, number, exten: exten.to_owned(), ..Line::default() };
        self.lines.push(line);
        let line = self.lines.len() - 1;
        self.tell("Newchannel", line, "");
        line
    }

    fn snapshot(&self, line: usize, prefix: &str) -> String {
        let Line { name, uid, link, state, number, exten, .. } = &self.lines[line];
        let context = if name.contains("trunk") { "from-trunk" } else { "internal" };
        format!(
            "{prefix}Channel: {name}\n{prefix}ChannelState: {state}\n{prefix}CallerIDNum: {number}\n\
            {prefix}CallerIDName: <unknown>\n{prefix}ConnectedLineNum: <unknown>\n{prefix}ConnectedLineName: <unknown>\n\
            {prefix}Context: {context}\n{prefix}Exten: {exten}\n{prefix}Uniqueid: {uid}\n{prefix}Linkedid: {link}\n"
        )
    }

    fn tell(&mut self, event: &str, line: usize, more: &str) {
        let text = format!("Event: {event}\n{more}\n{}", self.snapshot(line, ""));
        self.told.push(fields(&text));
    }

    fn tell_two(&mut self, event: &str, one: (&str, Option<usize>), two: (&str, usize), more: &str) {
        let first = one.1.map(|line| self.snapshot(line, one.0)).unwrap_or_default();
        let text = format!("Event: {event}\n{first}{}{more}\n", self.snapshot(two.1, two.0));
        self.told.push(fields(&text));
    }

    fn call(&mut self, one: u8, two: u8) {
        let (name, number) = self.device(one);
        self.add(name, number, 4, PHONES[usize::from(two) % PHONES.len()], None);
    }

    fn dial(&mut self, source: usize, two: u8) {
        if self.lines[source].bridge.is_some() || self.lines[source].dialled_by.is_some() {
            return;
        }
        let (name, number) = self.device(two);
        let link = self.lines[source].link.clone();
        let dest = self.add(name, number, 0, "", Some(link));
        self.begin(source, dest);
    }

    fn begin(&mut self, source: usize, dest: usize) {
        self.lines[dest].dialled_by = Some(source);
        // Asterisk gives a line that is dialled the place of the one that dials it.
        self.lines[dest].exten = self.lines[source].exten.clone();
        self.tell_two("DialBegin", ("", Some(source)), ("Dest", dest), "");
        self.lines[dest].state = 5;
        self.tell("Newstate", dest, "");
        self.tell_two("DialState", ("", Some(source)), ("Dest", dest), "DialStatus: RINGING");
    }

    fn ringing(&self, which: u8) -> Option<(usize, usize)> {
        let all: Vec<(usize, usize)> = (self.lines.iter().enumerate())
            .filter(|(_, line)| !line.over && line.state != 6)
            .filter_map(|(dest, line)| Some((line.dialled_by?, dest)))
            .collect();
        (!all.is_empty()).then(|| all[usize::from(which) % all.len()])
    }

    fn answer(&mut self, which: u8) {
        let Some((source, dest)) = self.ringing(which) else { return };
        self.lines[dest].state = 6;
        self.tell("Newstate", dest, "");
        self.end_dial(source, dest, "ANSWER");
        for other in 0..self.lines.len() {
            if self.lines[other].dialled_by == Some(source) && !self.lines[other].over {
                self.end_dial(source, other, "CANCEL");
                self.end(other, 26);
            }
        }
        if self.lines[source].state != 6 {
            self.lines[source].state = 6;
            self.tell("Newstate", source, "");
        }
        self.leave_queue(source);
        let bridge = self.bridge();
        self.enter(dest, bridge);
        self.enter(source, bridge);
    }

    fn end_dial(&mut self, source: usize, dest: usize, status: &str) {
        self.lines[dest].dialled_by = None;
        self.tell_two("DialEnd", ("", Some(source)), ("Dest", dest), &format!("DialStatus: {status}"));
    }

    fn refuse(&mut self, which: u8, how: u8) {
        let Some((source, dest)) = self.ringing(which) else { return };
        let (status, cause) = [("BUSY", 17), ("NOANSWER", 0), ("CHANUNAVAIL", 20)][usize::from(how) % 3];
        self.end_dial(source, dest, status);
        self.end(dest, cause);
    }

    fn bridge(&mut self) -> usize {
        self.bridges += 1;
        let bridge = self.bridges;
        self.told.push(fields(&format!("Event: BridgeCreate\n{}", Self::of_bridge(bridge))));
        bridge
    }

    fn of_bridge(bridge: usize) -> String {
        format!(
            "BridgeUniqueid: bridge-{bridge}\nBridgeType: basic\nBridgeCreator: <unknown>\nBridgeName: <unknown>\n"
        )
    }

    fn enter(&mut self, line: usize, bridge: usize) {
        self.leave(line);
        let oldest = (self.lines.iter().filter(|other| !other.over && other.bridge == Some(bridge)))
            .map(|other| other.link.clone())
            .chain([self.lines[line].link.clone()])
            .min_by_key(|link| link.rsplit('.').next().and_then(|n| n.parse::<u32>().ok()));
        self.lines[line].bridge = Some(bridge);
        if let Some(oldest) = oldest {
            for other in 0..self.lines.len() {
                if self.lines[other].bridge == Some(bridge) {
                    self.lines[other].link = oldest.clone();
                }
            }
        }
        self.tell("BridgeEnter", line, &Self::of_bridge(bridge));
    }

    fn leave(&mut self, line: usize) {
        let Some(bridge) = self.lines[line].bridge.take() else { return };
        self.tell("BridgeLeave", line, &Self::of_bridge(bridge));
        if self.lines.iter().all(|other| other.over || other.bridge != Some(bridge)) {
            self.told.push(fields(&format!("Event: BridgeDestroy\n{}", Self::of_bridge(bridge))));
        }
    }

    fn end(&mut self, line: usize, cause: u32) {
        self.leave(line);
        self.leave_queue(line);
        self.leave_lot(line);
        if let Some(source) = self.lines[line].dialled_by {
            self.end_dial(source, line, "CANCEL");
        }
        for dest in 0..self.lines.len() {
            if self.lines[dest].dialled_by == Some(line) && !self.lines[dest].over {
                self.end_dial(line, dest, "CANCEL");
                self.end(dest, 26);
            }
        }
        self.lines[line].over = true;
        self.tell("Hangup", line, &format!("Cause: {cause}"));
        if let Some(half) = self.lines[line].half.filter(|half| !self.lines[*half].over) {
            self.end(half, cause);
        }
    }

    fn hang_up(&mut self, line: usize) {
        self.tell("HangupRequest", line, "");
        let bridge = self.lines[line].bridge;
        self.end(line, 16);
        let rest: Vec<usize> = (0..self.lines.len())
            .filter(|other| {
                bridge.is_some() && self.lines[*other].bridge == bridge && !self.lines[*other].over
            })
            .collect();
        if let [last] = rest[..] {
            self.end(last, 16);
        }
    }

    /// The line goes on elsewhere in the dialplan; whoever talked to it is left.
    fn send_on(&mut self, line: usize, to: u8) {
        if self.lines[line].dialled_by.is_some() {
            return;
        }
        let bridge = self.lines[line].bridge;
        self.leave(line);
        self.lines[line].exten = PHONES[usize::from(to) % PHONES.len()].to_owned();
        self.tell("Newstate", line, "");
        let left = (0..self.lines.len()).find(|other| {
            bridge.is_some() && self.lines[*other].bridge == bridge && !self.lines[*other].over
        });
        if let Some(left) = left {
            self.end(left, 16);
        }
        self.dial(line, to);
    }

    /// The line joins the bridge of another: an attended transfer.
    fn join(&mut self, line: usize, two: u8) {
        let free = |line: &Line| line.dialled_by.is_none() && line.parked.is_none() && line.state == 6;
        let bridge = self.pick(two).and_then(|other| self.lines[other].bridge);
        if let Some(bridge) = bridge.filter(|_| free(&self.lines[line])) {
            self.enter(line, bridge);
        }
    }

    fn hold(&mut self, line: usize, how: u8) {
        if self.lines[line].bridge.is_some() {
            self.tell(if how.is_multiple_of(2) { "Hold" } else { "Unhold" }, line, "");
        }
    }

    fn idle(&self, line: usize) -> bool {
        let Line { bridge, dialled_by, queue, parked, .. } = &self.lines[line];
        let free = bridge.is_none() && dialled_by.is_none() && !queue && parked.is_none();
        free && !self.dials(line)
    }

    fn dials(&self, line: usize) -> bool {
        self.lines.iter().any(|other| !other.over && other.dialled_by == Some(line))
    }

    fn queue(&mut self, line: usize, how: u8) {
        if self.lines[line].queue && how.is_multiple_of(3) && !self.dials(line) {
            self.leave_queue(line);
            return self.tell("Newexten", line, "Application: Wait\nAppData: 1");
        }
        if self.idle(line) {
            self.lines[line].queue = true;
            self.lines[line].state = 6;
            let place = self.lines.iter().filter(|other| other.queue && !other.over).count();
            self.tell("QueueCallerJoin", line, &format!("Queue: support\nPosition: {place}"));
        }
    }

    fn leave_queue(&mut self, line: usize) {
        if std::mem::take(&mut self.lines[line].queue) {
            self.tell("QueueCallerLeave", line, "Queue: support\nPosition: 1");
        }
    }

    fn park(&mut self, line: usize, how: u8) {
        if how.is_multiple_of(3) {
            return self.leave_lot(line);
        }
        let taken = |space: u8| self.lines.iter().any(|other| !other.over && other.parked == Some(space));
        let Some(space) = (1..20).find(|space| !taken(*space)).filter(|_| self.idle(line)) else { return };
        self.lines[line].parked = Some(space);
        self.lines[line].state = 6;
        let more = format!("Parkinglot: default\nParkingSpace: {}", 700 + u16::from(space));
        let text = format!("Event: ParkedCall\n{}{more}\n", self.snapshot(line, "Parkee"));
        self.told.push(fields(&text));
    }

    fn leave_lot(&mut self, line: usize) {
        let Some(space) = self.lines[line].parked.take() else { return };
        let more = format!("Parkinglot: default\nParkingSpace: {}", 700 + u16::from(space));
        let text = format!("Event: UnParkedCall\n{}{more}\n", self.snapshot(line, "Parkee"));
        self.told.push(fields(&text));
    }

    /// The line dials a phone through a Local pair, as queues and ring groups do.
    fn through_local(&mut self, source: usize, two: u8) {
        if self.lines[source].bridge.is_some() || self.lines[source].dialled_by.is_some() {
            return;
        }
        let phone = PHONES[usize::from(two) % PHONES.len()];
        let base = format!("Local/{phone}@from-queue-{:08x}", self.lines.len());
        let link = self.lines[source].link.clone();
        let one = self.add(format!("{base};1"), phone.to_owned(), 0, phone, Some(link.clone()));
        let half = self.add(format!("{base};2"), phone.to_owned(), 4, phone, Some(link));
        (self.lines[one].half, self.lines[half].half) = (Some(half), Some(one));
        self.tell_two("LocalBridge", ("LocalOne", Some(one)), ("LocalTwo", half), "");
        self.begin(source, one);
        self.dial(half, two % 6);
    }
}
