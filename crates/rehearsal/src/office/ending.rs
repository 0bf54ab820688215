//! How channels end, and how a caller is taken out of what happens now. Not where they go next.

use super::channel::{Id, Place};
use super::dial::{By, Refusal};
use super::{Due, Simulation};

fn cause_text(cause: u32) -> &'static str {
    match cause {
        3 => "No route to destination",
        16 => "Normal Clearing",
        17 => "User busy",
        19 => "User alerting, no answer",
        21 => "Call Rejected",
        26 => "Answered elsewhere",
        127 => "Interworking, unspecified",
        _ => "Unknown",
    }
}

impl Simulation {
    /// Says that a channel is gone, and forgets it.
    pub(super) fn end(&mut self, id: Id, cause: u32, tech: Option<u32>) {
        if !self.channels.contains_key(&id) {
            return;
        }
        self.tell_records(id);
        self.change(id, |c| {
            // A channel that goes on in no dialplan ends at its default place.
            if c.runs && c.exten.is_empty() {
                "s".clone_into(&mut c.exten);
            }
        });
        let packet = self.of("Hangup", id).with("Cause", cause).with("Cause-txt", cause_text(cause));
        let packet = match tech {
            Some(tech) => packet.with("TechCause", tech),
            None => packet,
        };
        self.tell(packet);
        let at_desk = self.is_reception(id);
        self.channels.remove(&id);
        if at_desk {
            self.desk_turns_back();
        }
    }

    /// The end of a dialplan is announced.
    pub(super) fn soft(&mut self, id: Id) {
        let tech = self.channels.get(&id).and_then(|c| c.cause.1);
        self.soft_with(id, 16, tech);
    }

    pub(super) fn soft_with(&mut self, id: Id, cause: u32, tech: Option<u32>) {
        if self.channels.get(&id).is_some_and(|c| c.runs) {
            let packet = self.with_cause("SoftHangupRequest", id, cause, tech);
            self.tell(packet);
        }
    }

    fn request(&mut self, id: Id, by: By, cause: u32, tech: Option<u32>) {
        if by == By::Phone {
            let packet = self.with_cause("HangupRequest", id, cause, tech);
            self.tell(packet);
        }
    }

    /// Ends a channel, wherever it is. `cause` only matters while it is rung.
    pub(super) fn hang_up(&mut self, id: Id, by: By, cause: Option<u32>) {
        let Some(channel) = self.channels.get(&id) else { return };
        let (own, tech) = channel.cause;
        match channel.place.clone() {
            Place::Called { .. } => {
                let (status, cause, tech) = match (by, cause) {
                    (By::Phone, _) => ("NOANSWER", 21, Some(603)),
                    (By::Manager, Some(17)) => ("BUSY", 17, Some(486)),
                    (By::Manager, cause) => ("NOANSWER", cause.unwrap_or(0), None),
                };
                self.refuse(id, Refusal { status, cause, tech, by });
            }
            Place::Dialling { targets, .. } => {
                self.change(id, |c| c.cause = (127, Some(487)));
                self.request(id, by, 127, Some(487));
                for target in &targets {
                    let packet = self.of_both("DialEnd", Some(id), *target).with("DialStatus", "CANCEL");
                    self.tell(packet);
                }
                self.record_failed(id, "NOANSWER");
                self.soft(id);
                for target in targets {
                    self.end(target, 127, Some(500));
                }
                self.end(id, 127, Some(487));
            }
            Place::Talking(_) => self.end_talk(id, by),
            Place::Waiting { .. } => {
                self.request(id, by, own, tech);
                self.abandon(id);
                self.soft(id);
                self.end(id, own, tech);
            }
            Place::Parked { .. } => {
                self.request(id, by, own, tech);
                self.leave_space(id, "ParkedCallGiveUp");
                self.soft(id);
                self.end(id, own, tech);
            }
            Place::Mailbox(_) | Place::Aside | Place::Nowhere => {
                self.request(id, by, own, tech);
                self.runs_out(id);
            }
        }
    }

    fn end_talk(&mut self, id: Id, by: By) {
        let Some(bridge) = self.bridge_of(id) else { return };
        let partner = self.partner(id);
        let cause = self.channels.get(&id).map_or((16, None), |c| c.cause);
        self.request(id, by, cause.0, cause.1);
        let caller_ends = self.channels.get(&id).is_some_and(|c| c.agent.is_some());
        self.agent_done(id, partner, if caller_ends { "caller" } else { "agent" });
        self.leave(bridge, id);
        if let Some(partner) = partner {
            self.leave(bridge, partner);
        }
        self.close_empty(bridge);
        let called_first = match partner {
            Some(partner) if self.channels.get(&id).is_some_and(|c| c.runs) => [Some(partner), Some(id)],
            partner => [Some(id), partner],
        };
        for id in called_first.into_iter().flatten() {
            self.soft(id);
        }
        for id in called_first.into_iter().flatten() {
            self.end(id, 16, None);
        }
    }

    /// Takes a channel out of what it does; whoever was with it is hung up.
    pub(super) fn part(&mut self, id: Id) {
        let Some(place) = self.channels.get(&id).map(|c| c.place.clone()) else { return };
        match place {
            Place::Talking(bridge) => {
                let partner = self.partner(id);
                self.silence(id);
                self.agent_done(id, partner, "transfer");
                self.leave(bridge, id);
                if let Some(partner) = partner {
                    self.leave(bridge, partner);
                    self.close_empty(bridge);
                    self.soft(partner);
                    self.end(partner, 16, None);
                }
                self.close_empty(bridge);
            }
            Place::Dialling { targets, .. } => {
                for target in &targets {
                    let packet = self.of_both("DialEnd", Some(id), *target).with("DialStatus", "CANCEL");
                    self.tell(packet);
                }
                self.record_failed(id, "NOANSWER");
                for target in targets {
                    self.end(target, 16, None);
                }
            }
            Place::Waiting { .. } => self.abandon(id),
            Place::Parked { .. } => {
                self.silence(id);
                self.leave_space(id, "ParkedCallGiveUp");
            }
            Place::Mailbox(_) | Place::Aside | Place::Nowhere | Place::Called { .. } => {}
        }
        self.put(id, Place::Nowhere);
    }

    /// A phone that stayed behind in its bridge when the caller was parked.
    pub(super) fn alone_over(&mut self, id: Id) {
        let Some(bridge) = self.bridge_of(id) else { return };
        self.leave(bridge, id);
        self.close_empty(bridge);
        self.soft(id);
        self.end(id, 16, None);
    }

    /// It stays alone for the announcement.
    pub(super) fn left_alone(&mut self, id: Id) {
        if let Some(bridge) = self.bridge_of(id) {
            self.put(id, Place::Talking(bridge));
            self.due(2_600, Due::AloneOver(id));
        }
    }
}
