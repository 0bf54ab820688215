//! The answers to AMI actions that ask for a list. Not single values; those are `values`.

use super::bridge::Bridge;
use super::channel::{Channel, Id, Place};
use super::control::{error, reply};
use super::device::{hint_fields, hinted};
use super::parking::{FIRST_SPACE, LAST_SPACE, PARK_S};
use super::queue::Queue;
use super::{Phone, Simulation};
use crate::action::Action;
use crate::packet::Packet;

/// Where an item of a list has its `ActionID`; Asterisk is not of one mind.
#[derive(Clone, Copy)]
enum Mark {
    Second,
    Last,
}

/// A list: what is said first, its items, and the name of its end.
struct List {
    message: &'static str,
    mark: Mark,
    items: Vec<Packet>,
    end: &'static str,
    /// What the end says besides, where it says something.
    more: Vec<(&'static str, String)>,
}

impl List {
    fn new(message: &'static str, mark: Mark, items: Vec<Packet>, end: &'static str) -> Self {
        Self { message, mark, items, end, more: Vec::new() }
    }

    fn with(mut self, key: &'static str, value: impl ToString) -> Self {
        self.more.push((key, value.to_string()));
        self
    }

    fn answer(self, action: &Action) -> Vec<Packet> {
        let id = action.field("ActionID");
        let (mark, count) = (self.mark, self.items.len());
        let mark = |packet: Packet| match mark {
            _ if id.is_empty() => packet,
            Mark::Second => packet.second("ActionID", id),
            Mark::Last => packet.with("ActionID", id),
        };
        let first = reply(action, "Success").with("EventList", "start").with("Message", self.message);
        let end =
            Packet::event(self.end).with("EventList", "Complete").with("ListItems", count).and(self.more);
        let end = if id.is_empty() { end } else { end.second("ActionID", id) };
        std::iter::once(first).chain(self.items.into_iter().map(mark)).chain([end]).collect()
    }
}

impl Simulation {
    /// Answers an action that asks for something.
    pub(super) fn ask(&self, action: &Action) -> Vec<Packet> {
        let list = match action.name().as_str() {
            "coreshowchannels" => self.core_show_channels(),
            "status" => match self.status(action.field("Channel")) {
                Some(list) => list,
                None => return vec![error(action, "No such channel")],
            },
            "bridgelist" => self.bridge_list(),
            "bridgeinfo" => match self.bridge_info(action.field("BridgeUniqueid")) {
                Some(list) => list,
                None => return vec![error(action, "Bridge not found")],
            },
            "devicestatelist" => self.device_state_list(),
            "extensionstatelist" => self.extension_state_list(),
            "presencestatelist" => List::new(
                "Presence State Changes will follow",
                Mark::Second,
                Vec::new(),
                "PresenceStateListComplete",
            ),
            "queuestatus" => self.queue_status(action.field("Queue")),
            "queuesummary" => self.queue_summary(action.field("Queue")),
            "parkedcalls" => self.parked_calls(),
            "parkinglots" => parking_lots(),
            "voicemailuserslist" => self.voicemail_users(),
            "dbgettree" => List::new("Result will follow", Mark::Second, Vec::new(), "DBGetTreeComplete"),
            "confbridgelistrooms" => return vec![error(action, "No active conferences.")],
            _ => return self.value(action),
        };
        list.answer(action)
    }

    fn core_show_channels(&self) -> List {
        let items = self.channels.iter().map(|(id, channel)| {
            let packet = channel.describe(Packet::event("CoreShowChannel"), "");
            let seconds = (self.now - channel.born) / 1_000;
            packet
                .with("Application", channel.app.0)
                .with("ApplicationData", &channel.app.1)
                .with(
                    "Duration",
                    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60),
                )
                .with("BridgeId", self.bridge_uid(*id))
        });
        List::new("Channels will follow", Mark::Second, items.collect(), "CoreShowChannelsComplete")
    }

    fn bridge_uid(&self, id: Id) -> &str {
        self.bridge_of(id).and_then(|bridge| self.bridges.get(&bridge)).map_or("", |bridge| &bridge.uid)
    }

    fn status(&self, name: &str) -> Option<List> {
        let one = match name {
            "" => None,
            name => Some(self.by_name(name)?),
        };
        let wanted = self.channels.iter().filter(|(id, _)| one.is_none_or(|one| one == **id));
        let items: Vec<Packet> = wanted.map(|(id, channel)| self.status_of(*id, channel)).collect();
        let count = items.len();
        Some(
            List::new("Channel status will follow", Mark::Last, items, "StatusComplete").with("Items", count),
        )
    }

    fn status_of(&self, id: Id, channel: &Channel) -> Packet {
        let unknown = |text: &str| if text.is_empty() { "<unknown>".to_owned() } else { text.to_owned() };
        channel
            .describe(Packet::event("Status").with("Privilege", "Call"), "")
            .with("Type", "PJSIP")
            .with("DNID", if channel.runs { channel.exten.as_str() } else { "" })
            .with("EffectiveConnectedLineNum", unknown(&channel.connected.number))
            .with("EffectiveConnectedLineName", unknown(&channel.connected.name))
            .with("TimeToHangup", 0)
            .with("BridgeID", self.bridge_uid(id))
            .with("Application", channel.app.0)
            .with("Data", &channel.app.1)
            .with("Nativeformats", "(ulaw)")
            .with("Readformat", "ulaw")
            .with("Readtrans", "")
            .with("Writeformat", "ulaw")
            .with("Writetrans", "")
            .with("Callgroup", if channel.is_trunk() { 0 } else { 2 })
            .with("Pickupgroup", if channel.is_trunk() { 0 } else { 2 })
            .with("Seconds", (self.now - channel.born) / 1_000)
    }

    fn bridge_list(&self) -> List {
        let items = self.bridges.values().map(|bridge| bridge.describe(Packet::event("BridgeListItem")));
        List::new("Bridge listing will follow", Mark::Second, items.collect(), "BridgeListComplete")
    }

    fn bridge_info(&self, uid: &str) -> Option<List> {
        let bridge: &Bridge = self.bridges.values().find(|bridge| bridge.uid == uid)?;
        let members = bridge.members.iter().filter_map(|id| self.channels.get(id));
        let items = members.map(|channel| channel.describe(Packet::event("BridgeInfoChannel"), ""));
        let list = List::new(
            "Bridge channel listing will follow",
            Mark::Second,
            items.collect(),
            "BridgeInfoComplete",
        );
        Some(List { more: bridge.fields().into(), ..list })
    }

    fn device_state_list(&self) -> List {
        let items = self.devices.iter().map(|(device, state)| {
            Packet::event("DeviceStateChange").with("Device", device).with("State", state)
        });
        List::new(
            "Device State Changes will follow",
            Mark::Second,
            items.collect(),
            "DeviceStateListComplete",
        )
    }

    fn extension_state_list(&self) -> List {
        let items = self.devices.iter().filter_map(|(device, state)| {
            Some(hint_fields(Packet::event("ExtensionStatus"), hinted(device)?, device, state))
        });
        List::new(
            "Extension Statuses will follow",
            Mark::Second,
            items.collect(),
            "ExtensionStateListComplete",
        )
    }

    fn queues_named(&self, name: &str) -> impl Iterator<Item = &Queue> {
        self.queues.iter().filter(move |queue| name.is_empty() || queue.name == name)
    }

    fn queue_status(&self, name: &str) -> List {
        let mut items = Vec::new();
        for queue in self.queues_named(name) {
            items.push(
                Packet::event("QueueParams")
                    .with("Queue", &queue.name)
                    .with("Max", 0)
                    .with("Strategy", "rrmemory")
                    .with("Calls", queue.waiting.len())
                    .with("Holdtime", 0)
                    .with("TalkTime", 0)
                    .with("Completed", queue.completed)
                    .with("Abandoned", queue.abandoned)
                    .with("ServiceLevel", 0)
                    .with("ServicelevelPerf", "0.0")
                    .with("ServicelevelPerf2", "0.0")
                    .with("Weight", 0),
            );
            for member in &queue.members {
                let packet = Packet::event("QueueMember")
                    .with("Queue", &queue.name)
                    .with("Name", self.line_of(&member.number).name)
                    .with("Location", format!("PJSIP/{}", member.number));
                items.push(self.member_facts(packet, member).with("Wrapuptime", 0));
            }
            for (position, id) in queue.waiting.iter().enumerate() {
                items.extend(self.queue_entry(&queue.name, position + 1, *id));
            }
        }
        List::new("Queue status will follow", Mark::Last, items, "QueueStatusComplete")
    }

    fn queue_entry(&self, queue: &str, position: usize, id: Id) -> Option<Packet> {
        let channel = self.channels.get(&id)?;
        let Place::Waiting { since, .. } = channel.place else { return None };
        let unknown = |text: &str| if text.is_empty() { "unknown".to_owned() } else { text.to_owned() };
        let packet = Packet::event("QueueEntry")
            .with("Queue", queue)
            .with("Position", position)
            .with("Channel", &channel.name)
            .with("Uniqueid", &channel.uid)
            .with("CallerIDNum", unknown(&channel.id.number))
            .with("CallerIDName", unknown(&channel.id.name))
            .with("ConnectedLineNum", unknown(&channel.connected.number))
            .with("ConnectedLineName", unknown(&channel.connected.name))
            .with("Wait", (self.now - since) / 1_000)
            .with("Priority", 0);
        Some(packet)
    }

    fn queue_summary(&self, name: &str) -> List {
        let items = self.queues_named(name).map(|queue| {
            let online = |number: &str| self.phones.get(number).is_some_and(|phone| phone.contact.is_some());
            let there = queue.members.iter().filter(|member| online(&member.number));
            let free =
                there.clone().filter(|member| self.channels.values().all(|c| c.endpoint != member.number));
            let waits = queue.waiting.iter().filter_map(|id| match self.channels.get(id)?.place {
                Place::Waiting { since, .. } => Some((self.now - since) / 1_000),
                _ => None,
            });
            Packet::event("QueueSummary")
                .with("Queue", &queue.name)
                .with("LoggedIn", there.count())
                .with("Available", free.count())
                .with("Callers", queue.waiting.len())
                .with("HoldTime", 0)
                .with("TalkTime", 0)
                .with("LongestHoldTime", waits.max().unwrap_or_default())
        });
        List::new("Queue summary will follow", Mark::Last, items.collect(), "QueueSummaryComplete")
    }

    fn parked_calls(&self) -> List {
        let items: Vec<Packet> =
            self.parked().map(|(id, _)| self.parked_fields(Packet::event("ParkedCall"), id)).collect();
        let count = items.len();
        List::new("Parked calls will follow", Mark::Last, items, "ParkedCallsComplete").with("Total", count)
    }

    fn voicemail_users(&self) -> List {
        let items = self.phones.iter().map(|(number, phone)| voicemail_user(number, phone));
        List::new(
            "Voicemail user list will follow",
            Mark::Second,
            items.collect(),
            "VoicemailUserEntryComplete",
        )
    }
}

fn parking_lots() -> List {
    let lot = Packet::event("Parkinglot")
        .with("Name", "default")
        .with("StartSpace", FIRST_SPACE)
        .with("StopSpace", LAST_SPACE)
        .with("Timeout", PARK_S);
    List::new("Parking lots will follow", Mark::Second, vec![lot], "ParkinglotsComplete")
}

fn voicemail_user(number: &str, phone: &Phone) -> Packet {
    Packet::event("VoicemailUserEntry")
        .with("VMContext", "default")
        .with("VoiceMailbox", number)
        .with("Fullname", &phone.name)
        .with("Email", "(null)")
        .with("Pager", "")
        .with("ServerEmail", "asterisk")
        .with("FromString", "")
        .with("MailCommand", "/usr/sbin/sendmail -t")
        .with("Language", "")
        .with("TimeZone", "")
        .with("Callback", "")
        .with("Dialout", "")
        .with("UniqueID", "")
        .with("ExitContext", "")
        .with("SayDurationMinimum", 2)
        .with("SayEnvelope", "Yes")
        .with("SayCID", "No")
        .with("AttachMessage", "No")
        .with("AttachmentFormat", "")
        .with("DeleteMessage", "No")
        .with("VolumeGain", "0.00")
        .with("CanReview", "No")
        .with("CanMarkUrgent", "Yes")
        .with("CallOperator", "No")
        .with("MaxMessageCount", 100)
        .with("MaxMessageLength", 180)
        .with("NewMessageCount", phone.new)
        .with("OldMessageCount", phone.old)
}
