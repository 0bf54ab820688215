//! AMI actions that move calls, and the dispatch of all actions. Not the lists; those are `lists`.

use super::Simulation;
use super::channel::{Id, Place, State};
use super::dial::By;
use crate::action::Action;
use crate::packet::Packet;

pub(crate) fn reply(action: &Action, response: &'static str) -> Packet {
    let packet = Packet::new("Response", response);
    match action.field("ActionID") {
        "" => packet,
        id => packet.with("ActionID", id),
    }
}

pub(crate) fn success(action: &Action, message: &str) -> Packet {
    reply(action, "Success").with("Message", message)
}

pub(crate) fn error(action: &Action, message: &str) -> Packet {
    reply(action, "Error").with("Message", message)
}

impl Simulation {
    /// Does what an action says and gives what is answered; what happens through it is among the events.
    ///
    /// Logging in and out is not known here.
    pub fn act(&mut self, action: &Action) -> Vec<Packet> {
        let answer = match action.name().as_str() {
            "redirect" => self.redirect(action),
            "blindtransfer" => self.blind_transfer(action),
            "hangup" => self.hang_up_by_name(action),
            "originate" => self.originate(action),
            "bridge" => self.bridge_two(action),
            "park" => self.park_by_name(action),
            "atxfer" => vec![error(action, "No feature code for attended transfers")],
            _ => self.ask(action),
        };
        self.tell_devices();
        answer
    }

    fn named(&self, action: &Action, key: &str) -> Option<Id> {
        self.by_name(action.field(key))
    }

    fn redirect(&mut self, action: &Action) -> Vec<Packet> {
        if action.field("Channel").is_empty() {
            return vec![error(action, "Channel not specified")];
        }
        let (context, exten) = (action.field("Context"), action.field("Exten"));
        for (value, what) in [(context, "Context"), (exten, "Exten"), (action.field("Priority"), "Priority")]
        {
            if value.is_empty() {
                return vec![error(action, &format!("{what} not specified"))];
            }
        }
        let Some(id) = self.named(action, "Channel").filter(|id| self.movable(*id)) else {
            return vec![error(action, "Channel does not exist")];
        };
        let extra = action.field("ExtraChannel");
        if extra.is_empty() {
            self.send(id, context, exten);
            return vec![success(action, "Redirect successful")];
        }
        let Some(second) = self.by_name(extra).filter(|id| self.movable(*id)) else {
            return vec![error(action, "Channel does not exist")];
        };
        let other = |key, first: &str| match action.field(key) {
            "" => first.to_owned(),
            text => text.to_owned(),
        };
        let (extra_context, extra_exten) = (other("ExtraContext", context), other("ExtraExten", exten));
        self.at(id, context, exten, 1);
        self.at(second, &extra_context, &extra_exten, 1);
        self.split(id, second);
        self.run(id, context, exten);
        self.run(second, &extra_context, &extra_exten);
        vec![success(action, "Dual Redirect successful")]
    }

    /// A phone that is only being rung cannot be sent anywhere.
    fn movable(&self, id: Id) -> bool {
        self.channels.get(&id).is_some_and(|c| !matches!(c.place, Place::Called { .. }))
    }

    /// Sends a channel to a place of the dialplan; whoever was with it is hung up.
    pub(super) fn send(&mut self, id: Id, context: &str, exten: &str) {
        self.at(id, context, exten, 1);
        self.part(id);
        self.run(id, context, exten);
    }

    /// Takes both out of their bridge without ending either.
    fn split(&mut self, one: Id, other: Id) {
        if self.partner(one) != Some(other) {
            self.part(one);
            return self.part(other);
        }
        for id in [one, other] {
            self.silence(id);
        }
        self.agent_done(one, Some(other), "transfer");
        let Some(bridge) = self.bridge_of(one) else { return };
        self.leave(bridge, one);
        self.leave(bridge, other);
        self.close_empty(bridge);
    }

    fn blind_transfer(&mut self, action: &Action) -> Vec<Packet> {
        let Some(id) = self.named(action, "Channel") else {
            return vec![error(action, "Channel specified does not exist")];
        };
        let (context, exten) = (action.field("Context"), action.field("Exten"));
        match self.transfer_partner(id, context, exten) {
            true => vec![success(action, "Transfer succeeded")],
            false => vec![error(action, "Transfer invalid")],
        }
    }

    /// Sends whoever talks to `id` elsewhere and hangs up `id`; says whether there was somebody.
    pub(super) fn transfer_partner(&mut self, id: Id, context: &str, exten: &str) -> bool {
        let (Some(other), Some(bridge)) = (self.partner(id), self.bridge_of(id)) else { return false };
        self.silence(other);
        self.say("Unhold", id);
        let packet = self.transfer_packet(id, other).with("Context", context).with("Extension", exten);
        self.tell(packet);
        self.agent_done(id, Some(other), "transfer");
        self.leave(bridge, id);
        self.at(other, context, exten, 1);
        self.leave(bridge, other);
        self.soft(id);
        self.end(id, 16, None);
        self.close_empty(bridge);
        self.run(other, context, exten);
        true
    }

    fn transfer_packet(&self, transferer: Id, transferee: Id) -> Packet {
        let mut packet = Packet::event("BlindTransfer").with("Result", "Success");
        for (id, prefix) in [(transferer, "Transferer"), (transferee, "Transferee")] {
            if let Some(channel) = self.channels.get(&id) {
                packet = channel.describe(packet, prefix);
            }
        }
        if let Some(bridge) = self.bridge_of(transferer).and_then(|bridge| self.bridges.get(&bridge)) {
            packet = bridge.describe(packet);
        }
        packet.with("IsExternal", "Yes")
    }

    fn hang_up_by_name(&mut self, action: &Action) -> Vec<Packet> {
        let Some(id) = self.named(action, "Channel") else { return vec![error(action, "No such channel")] };
        self.hang_up(id, By::Manager, action.field("Cause").parse().ok());
        vec![success(action, "Channel Hungup")]
    }

    fn bridge_two(&mut self, action: &Action) -> Vec<Packet> {
        let up = |office: &Self, key| {
            office
                .named(action, key)
                .filter(|id| office.channels.get(id).is_some_and(|c| c.state == State::Up))
        };
        let Some(one) = up(self, "Channel1") else { return vec![error(action, "Channel1 does not exist")] };
        let Some(two) = up(self, "Channel2").filter(|two| *two != one) else {
            return vec![error(action, "Channel2 does not exist")];
        };
        let bridge = self.new_bridge(super::bridge::Kind::Basic);
        let mut left = Vec::new();
        for id in [one, two] {
            self.silence(id);
            let partner = self.partner(id);
            match self.bridge_of(id) {
                Some(old) => {
                    self.agent_done(id, partner, "transfer");
                    self.leave(old, id);
                }
                None => self.part(id),
            }
            self.enter(bridge, id);
            self.change(id, |c| c.runs = true);
            left.extend(partner.filter(|partner| *partner != one && *partner != two));
        }
        for partner in left {
            if let Some(old) = self.bridge_of(partner) {
                self.leave(old, partner);
                self.close_empty(old);
            }
            self.soft(partner);
            self.end(partner, 16, None);
        }
        self.introduce(one, two);
        self.people_talk(one, two);
        vec![success(action, "Channels have been bridged")]
    }

    fn park_by_name(&mut self, action: &Action) -> Vec<Packet> {
        let Some(id) = self.named(action, "Channel").filter(|id| self.movable(*id)) else {
            return vec![error(action, "Channel does not exist")];
        };
        let parker = self.named(action, "TimeoutChannel").or(Some(id));
        let parker =
            parker.and_then(|id| self.channels.get(&id)).map(|c| c.endpoint.clone()).unwrap_or_default();
        let timeout = action.field("Timeout").parse::<u64>().ok().map(|ms| ms / 1_000);
        self.park(id, &parker, timeout);
        vec![success(action, "Park successful")]
    }
}
