//! The answers to AMI actions that ask for one thing, and to those that nobody here has the right to. Not lists.

use super::Simulation;
use super::control::{error, reply, success};
use super::device::{hint_fields, hinted};
use super::record::{date, day};
use crate::action::Action;
use crate::packet::Packet;

/// What the account may not do: it has the least rights that a console needs, as the documentation asks for.
const DENIED: [&str; 11] = [
    "command",
    "dbput",
    "dbdel",
    "dbdeltree",
    "mixmonitor",
    "reload",
    "moduleload",
    "getconfig",
    "getconfigjson",
    "updateconfig",
    "filter",
];

impl Simulation {
    pub(super) fn value(&self, action: &Action) -> Vec<Packet> {
        let name = action.name();
        let answer = match name.as_str() {
            "ping" => self.ping(action),
            "corestatus" => self.core_status(action),
            "coresettings" => core_settings(action),
            "getvar" => self.get_variable(action),
            "extensionstate" => self.extension_state(action),
            "mailboxcount" => self.mailbox_count(action),
            "mailboxstatus" => self.mailbox_status(action),
            "dbget" => error(action, "Database entry not found"),
            "queuepause" if action.field("Interface").is_empty() => {
                error(action, "Need 'Interface' parameter.")
            }
            name if name.starts_with("pjsipshow") || DENIED.contains(&name) => {
                error(action, "Permission denied")
            }
            "" => error(action, "Missing action in request"),
            _ => {
                let name = action.field("Action");
                let text = format!(
                    "Invalid/unknown command: {name}. Use Action: ListCommands to show available commands."
                );
                error(action, &text)
            }
        };
        vec![answer]
    }

    fn ping(&self, action: &Action) -> Packet {
        let stamp = format!("{}.{:06}", self.now / 1_000, self.now % 1_000 * 1_000);
        reply(action, "Success").with("Ping", "Pong").with("Timestamp", stamp)
    }

    fn core_status(&self, action: &Action) -> Packet {
        let (day, time) = (day(self.started), date(self.started));
        let time = time.split_once(' ').map_or("", |(_, time)| time);
        reply(action, "Success")
            .with("CoreStartupDate", &day)
            .with("CoreStartupTime", time)
            .with("CoreReloadDate", &day)
            .with("CoreReloadTime", time)
            .with("CoreCurrentCalls", self.calls())
            .with("CoreProcessedCalls", self.made)
    }

    fn get_variable(&self, action: &Action) -> Packet {
        let variable = action.field("Variable");
        if variable.is_empty() {
            return error(action, "No variable specified");
        }
        let channel = match action.field("Channel") {
            "" => None,
            name => match self.by_name(name) {
                Some(id) => Some(id),
                None => return error(action, "No such channel"),
            },
        };
        let (function, arguments) =
            variable.strip_suffix(')').and_then(|text| text.split_once('(')).unwrap_or((variable, ""));
        let arguments: Vec<&str> = arguments.split(',').collect();
        let value = match (function, arguments.as_slice()) {
            ("DIALPLAN_EXISTS", [context, exten, ..]) => {
                u8::from(self.route(context, exten).is_some()).to_string()
            }
            ("PJSIP_ENDPOINT", [endpoint, what]) => self.endpoint_value(endpoint, what),
            ("PJSIP_AOR", [aor, "contact"]) => match self.phones.get(*aor).and_then(|p| p.contact.as_ref()) {
                Some(uri) => format!("{aor};@{uri}"),
                None => String::new(),
            },
            ("DEVICE_STATE", [device]) => self.device(device).to_owned(),
            ("CHANNEL", ["linkedid"]) => {
                channel.and_then(|id| self.channels.get(&id)).map(|c| c.linked.clone()).unwrap_or_default()
            }
            ("BRIDGEPEER", _) => {
                let peer = channel.and_then(|id| self.partner(id)).and_then(|peer| self.channels.get(&peer));
                peer.map(|peer| peer.name.clone()).unwrap_or_default()
            }
            _ => String::new(),
        };
        reply(action, "Success").with("Variable", variable).with("Value", value)
    }

    fn endpoint_value(&self, endpoint: &str, what: &str) -> String {
        let Some(phone) = self.phones.get(endpoint) else { return String::new() };
        match what {
            "callerid" => format!("\"{}\" <{endpoint}>", phone.name),
            "mailboxes" => format!("{endpoint}@default"),
            "context" => "internal".to_owned(),
            _ => String::new(),
        }
    }

    fn extension_state(&self, action: &Action) -> Packet {
        let exten = action.field("Exten");
        if exten.is_empty() {
            return error(action, "Extension not specified");
        }
        let context = action.field("Context");
        let packet = success(action, "Extension Status");
        let device = self.devices.iter().find(|(device, _)| hinted(device) == Some(exten));
        match device {
            Some((device, state)) => {
                let known = hint_fields(packet, exten, device, state);
                if context.is_empty() { known } else { known.replacing("Context", context) }
            }
            None => packet
                .with("Exten", exten)
                .with("Context", context)
                .with("Hint", "")
                .with("Status", -1)
                .with("StatusText", "Unknown"),
        }
    }

    fn mailbox_count(&self, action: &Action) -> Packet {
        let mailbox = action.field("Mailbox");
        if mailbox.is_empty() {
            return error(action, "Mailbox not specified");
        }
        let (new, old) = self.messages(mailbox);
        success(action, "Mailbox Message Count")
            .with("Mailbox", mailbox)
            .with("UrgMessages", 0)
            .with("NewMessages", new)
            .with("OldMessages", old)
    }

    fn mailbox_status(&self, action: &Action) -> Packet {
        let mailbox = action.field("Mailbox");
        if mailbox.is_empty() {
            return error(action, "Mailbox not specified");
        }
        let waiting = u8::from(self.messages(mailbox).0 > 0);
        success(action, "Mailbox Status").with("Mailbox", mailbox).with("Waiting", waiting)
    }

    fn messages(&self, mailbox: &str) -> (u32, u32) {
        let number = mailbox.strip_suffix("@default").unwrap_or(mailbox);
        self.phones.get(number).map_or((0, 0), |phone| (phone.new, phone.old))
    }
}

fn core_settings(action: &Action) -> Packet {
    reply(action, "Success")
        .with("AMIversion", "11.0.0")
        .with("AsteriskVersion", "22.10.1-rehearsal")
        .with("SystemName", "")
        .with("CoreMaxCalls", 0)
        .with("CoreMaxLoadAvg", "0.000000")
        .with("CoreRunUser", "")
        .with("CoreRunGroup", "")
        .with("CoreMaxFilehandles", 0)
        .with("CoreRealTimeEnabled", "No")
        .with("CoreCDRenabled", "Yes")
        .with("CoreHTTPenabled", "No")
        .with("SoundsSearchCustomDir", "No")
}
