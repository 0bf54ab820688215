//! Calls that an AMI action places: a phone rings first, then it dials. Not ordinary dialling.

use super::channel::{Id, Line, Place, State};
use super::control::{error, success};
use super::dial::Refusal;
use super::{Due, Simulation};
use crate::action::Action;
use crate::packet::Packet;

/// What the originated channel does when it is answered.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    action_id: String,
    channel: String,
    context: String,
    exten: String,
    picks_up: Option<String>,
    pub auto_answer: bool,
    shown: Line,
}

/// `Front desk <1001>`.
fn caller_id(text: &str) -> Line {
    match text.split_once('<') {
        Some((name, number)) => Line {
            number: number.trim_end_matches(['>', ' ']).to_owned(),
            name: name.trim().trim_matches('"').to_owned(),
        },
        None => Line { number: text.trim().to_owned(), name: String::new() },
    }
}

impl Simulation {
    pub(super) fn originate(&mut self, action: &Action) -> Vec<Packet> {
        let device = action.field("Channel");
        let (context, exten) = (action.field("Context"), action.field("Exten"));
        let application = action.field("Application");
        let picks_up = match application {
            "" => None,
            "PickupChan" => Some(action.field("Data").to_owned()),
            _ => return vec![error(action, "Originate failed")],
        };
        if device.is_empty() {
            return vec![error(action, "Channel not specified")];
        }
        if picks_up.is_none() && self.route(context, exten).is_none() {
            return vec![error(action, "Extension does not exist.")];
        }
        let variable = |name: &str| {
            action.all("Variable").find_map(|text| text.split_once('=').filter(|(key, _)| *key == name))
        };
        let wish = Wish {
            action_id: action.field("ActionID").to_owned(),
            channel: device.to_owned(),
            context: context.to_owned(),
            exten: exten.to_owned(),
            picks_up,
            auto_answer: action.all("Variable").any(|text| text.contains("answer-after=")),
            shown: caller_id(action.field("CallerID")),
        };
        let known = device.strip_prefix("PJSIP/").map(str::to_owned);
        let known = known.filter(|n| self.phones.get(n).is_some_and(|phone| phone.contact.is_some()));
        let Some(number) = known else {
            self.tell_response(&wish, None, 0);
            return vec![success(action, "Originate successfully queued")];
        };
        let uid = Some(action.field("ChannelId").to_owned()).filter(|uid| !uid.is_empty());
        let target = self.call_phone(&number, None, uid);
        self.change(target, |c| c.app = ("AppDial2", "(Outgoing Line)".to_owned()));
        if !wish.shown.number.is_empty() {
            let line = wish.shown.clone();
            self.caller_id(target, line.clone());
            self.connect(target, &line);
        }
        // The function with `i` changes the connected line without saying so.
        let shown = |what: &str| variable(what).map(|(_, value)| value.to_owned()).unwrap_or_default();
        let to = Line { number: shown("CONNECTEDLINE(num,i)"), name: shown("CONNECTEDLINE(name,i)") };
        if !to.number.is_empty() {
            self.change(target, |c| c.connected = to);
        }
        self.change(target, |c| c.originate = Some(wish));
        let packet = self.of_both("DialBegin", None, target).with("DialString", &number);
        self.tell(packet);
        self.due(action.field("Timeout").parse().unwrap_or(30_000), Due::OriginateOver(target));
        self.reached(target);
        vec![success(action, "Originate successfully queued")]
    }

    fn tell_response(&mut self, wish: &Wish, channel: Option<Id>, reason: u8) {
        let channel = channel.and_then(|id| self.channels.get(&id));
        let unknown = |text: &str| if text.is_empty() { "<unknown>".to_owned() } else { text.to_owned() };
        let mut packet = Packet::event("OriginateResponse");
        if !wish.action_id.is_empty() {
            packet = packet.with("ActionID", &wish.action_id);
        }
        packet = packet
            .with("Response", if reason == 4 { "Success" } else { "Failure" })
            .with("Channel", channel.map_or(wish.channel.as_str(), |c| c.name.as_str()));
        packet = match &wish.picks_up {
            Some(data) => packet
                .with("Context", "")
                .with("Exten", "")
                .with("Application", "PickupChan")
                .with("Data", data),
            None => packet.with("Context", &wish.context).with("Exten", &wish.exten),
        };
        packet = packet
            .with("Reason", reason)
            .with("Uniqueid", channel.map_or("<unknown>", |c| c.uid.as_str()))
            .with("CallerIDNum", unknown(&wish.shown.number))
            .with("CallerIDName", unknown(&wish.shown.name));
        self.tell(packet);
    }

    fn wish(&mut self, id: Id) -> Option<Wish> {
        self.channels.get_mut(&id)?.originate.take()
    }

    /// The phone did not take it.
    pub(super) fn originate_refused(&mut self, id: Id, why: Refusal) {
        let packet = self.of_both("DialEnd", None, id).with("DialStatus", why.status);
        self.tell(packet);
        if let Some(wish) = self.wish(id) {
            self.tell_response(&wish, None, 0);
        }
        self.begin_record(id, None);
        self.record_failed(id, why.status);
        self.end(id, why.cause, why.tech);
    }

    /// The phone rang too long: no `DialEnd` then.
    pub(super) fn originate_over(&mut self, id: Id) {
        if let Some(wish) = self.wish(id) {
            self.tell_response(&wish, None, 3);
        }
        self.end(id, 19, Some(480));
    }

    /// The phone was picked up: it goes on in the dialplan.
    pub(super) fn originate_answered(&mut self, id: Id) {
        self.desk_turns_to(id);
        self.turn(id, State::Up);
        let packet = self.of_both("DialEnd", None, id).with("DialStatus", "ANSWER");
        self.tell(packet);
        let Some(wish) = self.wish(id) else { return };
        match &wish.picks_up {
            Some(name) => self.pick_up_for(id, name, &wish),
            None => {
                self.tell_response(&wish, Some(id), 4);
                self.run(id, &wish.context, &wish.exten);
            }
        }
    }

    /// A phone takes the call of another one that rings.
    fn pick_up_for(&mut self, id: Id, name: &str, wish: &Wish) {
        self.change(id, |c| c.runs = true);
        let ringing = self.by_name(name).and_then(|target| match self.channels.get(&target)?.place {
            Place::Called { by: Some(caller) } if !self.waits(caller) => Some((target, caller)),
            _ => None,
        });
        let Some((target, caller)) = ringing else {
            self.tell_response(wish, Some(id), 4);
            return self.runs_out(id);
        };
        let Some(Place::Dialling { targets, .. }) = self.channels.get(&caller).map(|c| c.place.clone())
        else {
            self.tell_response(wish, Some(id), 4);
            return self.runs_out(id);
        };
        self.introduce(caller, id);
        self.tell_response(wish, Some(id), 4);
        let exten = self.channels.get(&id).map(|c| c.exten.clone()).unwrap_or_default();
        self.change(id, |c| c.exten.clear());
        let packet = self.of_both("DialEnd", Some(caller), id).with("DialStatus", "ANSWER");
        self.tell(packet);
        self.turn(caller, State::Up);
        self.change(id, |c| c.exten = exten);
        let packet = self.of("Pickup", id);
        let packet = match self.channels.get(&target) {
            Some(channel) => channel.describe(packet, "Target"),
            None => packet,
        };
        self.tell(packet);
        for target in targets {
            self.change(target, |c| c.exten = "s".to_owned());
            self.end(target, 26, None);
        }
        self.change(id, |c| {
            c.exten.clear();
            c.runs = false;
        });
        self.record_answered(caller);
        self.talk(id, caller);
    }
}
