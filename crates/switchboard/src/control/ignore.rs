//! Stops the ringing of my phone. AMI has no hang-up that fits a ringing phone only, and one that was just picked up would
//! end the caller's line: so the PBX is asked first whether it still rings, and only then my phone is hung up on.

use super::plan::Refusal;
use super::{Job, Step, texts};
use crate::api::{Actor, Ticket};
use crate::channel::{State, Uid};
use crate::orders::Order;
use crate::switchboard::Switchboard;
use frontdesk_ami::event::ChannelState;
use frontdesk_protocol::{LegId, Millis, Reason};
use std::sync::Arc;

impl Switchboard {
    pub(super) fn ignore(&mut self, by: &Actor, leg: &LegId, now: Millis) -> Result<Job, Refusal> {
        let channel = self.my_leg(by, leg)?;
        if channel.facts.state != State::Ringing || channel.placed() {
            return Err((Reason::Invalid, texts::NOT_RINGING.to_owned()));
        }
        let (uid, call) = (Arc::clone(&channel.uid), channel.call);
        let channel = channel.facts.name.as_ref().to_owned();
        let action = self.act(Order::Status { channel });
        Ok(self.job(uid, Some(call), Step::StillRings, Some(action), now))
    }

    /// The PBX says how far a channel is at this moment, for whoever asked.
    pub(crate) fn order_saw(&mut self, action: &str, uniqueid: &str, state: ChannelState, now: Millis) {
        let Some(ticket) = self.control.waiting_for(action) else { return };
        let job = self.control.jobs.get(&ticket);
        if !job.is_some_and(|job| matches!(job.step, Step::StillRings) && job.leg.as_ref() == uniqueid) {
            return;
        }
        if state == ChannelState::Ringing { self.silence(ticket, now) } else { self.picked_up(ticket) }
    }

    /// All devices of this extension that ring for this call are one card, and all are hung up on.
    fn silence(&mut self, ticket: Ticket, now: Millis) {
        let Some(job) = self.control.jobs.get(&ticket) else { return };
        let (uid, call) = (Arc::clone(&job.leg), job.call);
        let extension = self.model.channels.get(&uid).and_then(|channel| channel.extension().cloned());
        let at = extension.and_then(|extension| self.model.at.get(&extension));
        let twins: Vec<Uid> = at
            .into_iter()
            .flatten()
            .filter_map(|other| self.model.channels.at(*other))
            .filter(|other| Some(other.call) == call && other.facts.state == State::Ringing)
            .map(|other| Arc::clone(&other.uid))
            .collect();
        if !twins.contains(&uid) {
            return self.picked_up(ticket);
        }
        let mut action = None;
        for twin in twins {
            let Some(channel) = self.model.channels.get_mut(&twin) else { continue };
            channel.past.ignored = true;
            let name = channel.facts.name.as_ref().to_owned();
            let id = self.act(Order::Hangup { channel: name });
            if twin == uid {
                action = Some(id);
            }
        }
        let until = now.plus(self.model.settings.command_timeout_ms);
        if let Some(job) = self.control.jobs.get_mut(&ticket) {
            job.step = Step::Ignoring;
            job.action = action;
            job.until = until;
        }
    }

    fn picked_up(&mut self, ticket: Ticket) {
        self.fail(ticket, Reason::Invalid, texts::JUST_PICKED_UP);
    }
}
