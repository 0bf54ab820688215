//! What a PBX that sent these events would answer when it is asked for its lists. It believes every event as it comes,
//! and knows nothing of the model. Not an office with phones; its lists of those are the ones of `office`.

use super::{Fields, fields};
use crate::orders::Order;
use std::collections::{BTreeMap, BTreeSet};

const SNAPSHOT: [&str; 10] = [
    "Channel",
    "ChannelState",
    "CallerIDNum",
    "CallerIDName",
    "ConnectedLineNum",
    "ConnectedLineName",
    "Context",
    "Exten",
    "Uniqueid",
    "Linkedid",
];

#[derive(Debug, Clone, Default)]
struct Line {
    snapshot: BTreeMap<&'static str, String>,
    application: String,
    data: String,
    bridge: String,
    queue: Option<(String, String)>,
    parked: Option<(String, String)>,
}

/// The PBX as its events describe it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mirror {
    lines: BTreeMap<String, Line>,
    bridges: BTreeMap<String, Vec<(String, String)>>,
    queues: BTreeSet<String>,
    members: BTreeMap<(String, String), Fields>,
    lots: BTreeSet<String>,
    /// What it says of phones and mailboxes now, as the events said it.
    office: BTreeMap<(String, String), Fields>,
}

impl Mirror {
    /// The Uniqueids of the channels that are up.
    pub(crate) fn up(&self) -> BTreeSet<&str> {
        self.lines.keys().map(String::as_str).collect()
    }

    /// The bridge of each channel that is in one.
    pub(crate) fn bridged(&self) -> BTreeMap<&str, &str> {
        let lines = self.lines.iter().filter(|(_, line)| !line.bridge.is_empty());
        lines.map(|(uid, line)| (uid.as_str(), line.bridge.as_str())).collect()
    }

    /// This was sent.
    pub(crate) fn sent(&mut self, packet: &Fields) {
        let event = packet.raw("Event");
        for prefix in ["", "Dest", "LocalOne", "LocalTwo", "Parkee", "Target", "Transferer", "Transferee"] {
            self.see(packet, prefix, event);
        }
        let uid = packet.raw("Uniqueid").to_owned();
        match event {
            "Hangup" => drop(self.lines.remove(&uid)),
            "Rename" => {
                if let Some(line) = self.lines.get_mut(&uid) {
                    line.snapshot.insert("Channel", packet.raw("Newname").to_owned());
                }
            }
            "Newexten" => self.runs(&uid, packet.raw("Application"), packet.raw("AppData")),
            "DialBegin" => {
                let queued = self.lines.get(&uid).is_some_and(|line| line.application == "Queue");
                let called = packet.raw("DestUniqueid").to_owned();
                if !uid.is_empty() && !queued {
                    self.runs(&uid, "Dial", "");
                }
                let application = match (uid.is_empty(), queued) {
                    (true, _) => "AppDial2",
                    (false, true) => "AppQueue",
                    (false, false) => "AppDial",
                };
                self.runs(&called, application, "(Outgoing Line)");
            }
            "BridgeCreate" | "BridgeEnter" => {
                let id = packet.raw("BridgeUniqueid").to_owned();
                let facts = packet.0.iter().filter(|(key, _)| key.starts_with("Bridge")).cloned().collect();
                self.bridges.insert(id.clone(), facts);
                if let Some(line) = self.lines.get_mut(&uid) {
                    line.bridge = id;
                }
            }
            "BridgeLeave" => {
                if let Some(line) = self.lines.get_mut(&uid) {
                    line.bridge.clear();
                }
            }
            "BridgeDestroy" => drop(self.bridges.remove(packet.raw("BridgeUniqueid"))),
            "QueueCallerJoin" => {
                let queue = packet.raw("Queue").to_owned();
                self.queues.insert(queue.clone());
                self.runs(&uid, "Queue", &queue);
                if let Some(line) = self.lines.get_mut(&uid) {
                    line.queue = Some((queue, packet.raw("Position").to_owned()));
                }
            }
            "QueueCallerLeave" | "QueueCallerAbandon" => {
                if let Some(line) = self.lines.get_mut(&uid) {
                    line.queue = None;
                }
            }
            "ParkedCall" | "UnParkedCall" | "ParkedCallGiveUp" | "ParkedCallTimeOut" => {
                let (lot, space) =
                    (packet.raw("Parkinglot").to_owned(), packet.raw("ParkingSpace").to_owned());
                self.lots.insert(lot.clone());
                if let Some(line) = self.lines.get_mut(packet.raw("ParkeeUniqueid")) {
                    line.parked = (event == "ParkedCall").then_some((lot, space));
                }
            }
            "QueueMemberStatus" | "QueueMemberAdded" | "QueueMemberPause" => {
                self.queues.insert(packet.raw("Queue").to_owned());
                self.members.insert(member(packet), packet.clone());
            }
            "QueueMemberRemoved" => drop(self.members.remove(&member(packet))),
            "DeviceStateChange" => self.says(event, packet.raw("Device"), packet),
            "PeerStatus" => {
                let gone = matches!(packet.raw("PeerStatus"), "Unreachable" | "Unregistered" | "Rejected");
                let state = if gone { "UNAVAILABLE" } else { "NOT_INUSE" };
                let device = packet.raw("Peer").to_owned();
                if gone {
                    self.office.retain(|(kind, _), contact| {
                        kind != "ContactStatus" || format!("PJSIP/{}", contact.raw("EndpointName")) != device
                    });
                }
                let said = fields(&format!("Event: DeviceStateChange\nDevice: {device}\nState: {state}"));
                self.says("DeviceStateChange", &device, &said);
            }
            "ExtensionStatus" => self.says(event, packet.raw("Exten"), packet),
            "ContactStatus" if packet.raw("ContactStatus") == "Removed" => {
                self.office.remove(&(event.to_owned(), packet.raw("URI").to_owned()));
            }
            "ContactStatus" => self.says(event, packet.raw("URI"), packet),
            "MessageWaiting" => self.says(event, packet.raw("Mailbox"), packet),
            _ => {}
        }
    }

    fn says(&mut self, what: &str, of: &str, packet: &Fields) {
        self.office.insert((what.to_owned(), of.to_owned()), packet.clone());
    }

    fn runs(&mut self, uid: &str, application: &str, data: &str) {
        if let Some(line) = self.lines.get_mut(uid) {
            (line.application, line.data) = (application.to_owned(), data.to_owned());
        }
    }

    fn see(&mut self, packet: &Fields, prefix: &str, event: &str) {
        let uid = packet.raw(&format!("{prefix}Uniqueid"));
        let name = packet.raw(&format!("{prefix}Channel"));
        if uid.is_empty() || name.is_empty() {
            return;
        }
        if event == "Newchannel" {
            self.lines.entry(uid.to_owned()).or_default();
        }
        let Some(line) = self.lines.get_mut(uid) else { return };
        for key in SNAPSHOT {
            line.snapshot.insert(key, packet.raw(&format!("{prefix}{key}")).to_owned());
        }
    }

    /// Its answer to a question of a cold start; the office of phones is that of `office`, as it has changed since.
    pub(crate) fn answer(&self, id: &str, order: &Order) -> Vec<Fields> {
        let items = match order {
            Order::List("CoreShowChannels") => self.lines.values().map(channel).collect(),
            Order::List("BridgeList") => self.bridges.values().map(|facts| bridge(facts)).collect(),
            Order::List("QueueStatus") => self.queue_items(),
            Order::List("ParkedCalls") => self.lines.values().filter_map(parked).collect(),
            Order::List("Parkinglots") => {
                self.lots.iter().map(|lot| fields(&format!("Event: Parkinglot\nName: {lot}"))).collect()
            }
            Order::List("DeviceStateList") => self.said("DeviceStateChange"),
            Order::List("ExtensionStateList") => self.said("ExtensionStatus"),
            Order::List("PJSIPShowContacts") => self.said("ContactStatus"),
            _ => Vec::new(),
        };
        let mut answer = super::answer(id, order);
        let end = answer.len().saturating_sub(1);
        for (place, mut item) in items.into_iter().enumerate() {
            item.0.retain(|(key, _)| key != "ActionID");
            item.0.push(("ActionID".into(), id.into()));
            answer.insert(end + place, item);
        }
        answer
    }

    /// Its answer to `Status` of a channel.
    pub(crate) fn status(&self, id: &str, name: &str) -> Vec<Fields> {
        let named = |line: &&Line| line.snapshot.get("Channel").is_some_and(|channel| channel == name);
        let Some(line) = self.lines.values().find(named) else {
            return vec![fields(&format!("Response: Error\nActionID: {id}\nMessage: No such channel"))];
        };
        let mut item = channel(line);
        item.0[0].1 = "Status".into();
        item.0.push(("ActionID".into(), id.into()));
        vec![
            fields(&format!("Response: Success\nActionID: {id}\nEventList: start")),
            item,
            fields(&format!("Event: StatusComplete\nActionID: {id}\nEventList: Complete")),
        ]
    }

    fn said(&self, what: &str) -> Vec<Fields> {
        self.office.iter().filter(|((kind, _), _)| kind == what).map(|(_, packet)| packet.clone()).collect()
    }

    fn queue_items(&self) -> Vec<Fields> {
        let mut items: Vec<Fields> =
            self.queues.iter().map(|queue| fields(&format!("Event: QueueParams\nQueue: {queue}"))).collect();
        for packet in self.members.values() {
            let mut item = packet.clone();
            item.0.retain(|(key, _)| key != "Event");
            item.0.insert(0, ("Event".into(), "QueueMember".into()));
            items.push(item);
        }
        for (uid, line) in &self.lines {
            if let Some((queue, place)) = &line.queue {
                items.push(fields(&format!(
                    "Event: QueueEntry\nQueue: {queue}\nPosition: {place}\nUniqueid: {uid}\nWait: 0"
                )));
            }
        }
        items
    }
}

fn member(packet: &Fields) -> (String, String) {
    (packet.raw("Queue").to_owned(), packet.raw("Interface").to_owned())
}

fn channel(line: &Line) -> Fields {
    let mut item = fields("Event: CoreShowChannel");
    item.0.extend(line.snapshot.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    let more =
        [("Application", &line.application), ("ApplicationData", &line.data), ("BridgeId", &line.bridge)];
    item.0.extend(more.map(|(key, value)| (key.to_owned(), value.clone())));
    item.0.push(("Duration".into(), "00:00:00".into()));
    item
}

fn bridge(facts: &[(String, String)]) -> Fields {
    let mut item = fields("Event: BridgeListItem");
    item.0.extend(facts.iter().cloned());
    item
}

fn parked(line: &Line) -> Option<Fields> {
    let (lot, space) = line.parked.as_ref()?;
    let mut item = fields(&format!("Event: ParkedCall\nParkinglot: {lot}\nParkingSpace: {space}"));
    item.0.extend(line.snapshot.iter().map(|(key, value)| (format!("Parkee{key}"), value.clone())));
    Some(item)
}
