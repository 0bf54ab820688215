//! What becomes of an order: the answers to its actions, and what the channels do afterwards.

use super::other_party::talks_outside;
use super::target::service_of;
use super::whereabouts::{LINE_MS, SILENCE_MS, tied};
use super::{Cancelled, How, Job, Step, Target, Wish, other_party, texts};
use crate::api::Ticket;
use crate::channel::{Channel, Dialled, End, State, Uid};
use crate::model::{Model, Tie};
use crate::orders::Order;
use crate::switchboard::Switchboard;
use frontdesk_ami::Message;
use frontdesk_protocol::{HandedState, Millis, Outcome, Reason, Registration, Return};
use std::sync::Arc;

/// How long after the ringing the PBX may say for whom it rings, in milliseconds. Two of its threads say the two, mostly a
/// moment apart.
const SEEN_MS: u64 = 1_000;

/// How long a caller who was sent on is watched at most, in milliseconds.
const WATCH_MS: u64 = 3_000;

impl Switchboard {
    /// The PBX answered an action of an order.
    pub(crate) fn order_answered(&mut self, answer: &Message<'_>, now: Millis) {
        let success = answer.response() == Some("Success");
        let said = answer.field("Message").to_owned();
        if self.errand_answered(answer.action_id(), success, answer.field("Value"), &said, now) {
            return;
        }
        let Some(ticket) = self.control.waiting_for(answer.action_id()) else { return };
        let Some(mut job) = self.control.jobs.get(&ticket).cloned() else { return };
        job.action = None;
        match job.step.clone() {
            Step::Asking(target) => {
                if success && answer.field("Value").trim() == "1" {
                    return self.go(ticket, job, target, now);
                }
                let (reason, text) = if success {
                    let text = format!(
                        "The phone system does not know {}. The caller is still with you.",
                        target.label
                    );
                    (Reason::NoSuchDestination, text)
                } else {
                    let text = format!(
                        "The phone system would not say whether {} can be reached ({said}). \
                        The caller is still with you; ask whoever looks after the phone system.",
                        target.label
                    );
                    (Reason::Refused, text)
                };
                self.fail(ticket, reason, text);
            }
            Step::Moving { mover, target, how, without } if success => {
                self.handed_on(&job, &mover, &target, without, now);
                self.model.sent_to(&mover, service_of(&target.wish));
                // Nobody else outside has come to talk to it meanwhile.
                let leg = self.model.channels.get(&job.leg);
                let alone =
                    leg.is_some_and(|leg| talks_outside(&self.model, leg).all(|other| *other == mover));
                if let Some(leg) = self.model.channels.get_mut(&job.leg) {
                    leg.past.handed_to = Some(target.label.as_str().into());
                    if how == How::Called && alone {
                        let channel = leg.facts.name.as_ref().to_owned();
                        self.act(Order::Hangup { channel });
                    }
                }
                job.step = Step::Watching { mover, target, since: now };
                job.until = now.plus(WATCH_MS);
                self.control.jobs.insert(ticket, job);
            }
            Step::Moving { target, .. } => {
                let text = format!(
                    "The phone system did not send the caller to {} ({said}). The caller is still with you.",
                    target.label
                );
                self.fail(ticket, Reason::Refused, text);
            }
            Step::Parking { mover, by } if success => {
                job.step = Step::Parked { mover, by };
                self.control.jobs.insert(ticket, job);
            }
            Step::Parking { .. } => {
                self.control.jobs.insert(ticket, job);
                self.end_at_once(ticket, now);
            }
            Step::HangingUp { .. } | Step::Ignoring if !success => {
                if let Some(leg) = self.model.channels.get_mut(&job.leg) {
                    leg.past.ignored = false;
                    let text = format!("The phone system did not end the call ({said}). It is as it was.");
                    return self.fail(ticket, Reason::Refused, text);
                }
                self.fail(ticket, Reason::Gone, texts::GONE);
            }
            Step::Placing { .. } if !success => {
                let text = format!("The phone system refused to place the call ({said}). Nobody was called.");
                let unknown = said.contains("does not exist");
                self.fail(ticket, if unknown { Reason::NoSuchDestination } else { Reason::Refused }, text);
            }
            // The item that follows says whether it rings.
            Step::StillRings if success => {
                job.action = Some(answer.action_id().to_owned());
                self.control.jobs.insert(ticket, job);
            }
            Step::StillRings => self.fail(ticket, Reason::Gone, texts::GONE),
            Step::Unseen(_)
            | Step::HangingUp { .. }
            | Step::Ignoring
            | Step::Watching { .. }
            | Step::Fetching(_)
            | Step::Parked { .. } => {
                self.control.jobs.insert(ticket, job);
            }
            // The answer to an Originate only says that it is queued; `OriginateResponse` follows.
            Step::Placing { .. } => {
                job.action = Some(answer.action_id().to_owned());
                self.control.jobs.insert(ticket, job);
            }
        }
    }

    /// The target exists: moves the caller, if all is still as it was.
    fn go(&mut self, ticket: Ticket, mut job: Job, target: Target, now: Millis) {
        let Some(leg) = self.model.channels.get(&job.leg) else {
            return self.fail(ticket, Reason::Gone, texts::GONE);
        };
        let (mover, how) = match other_party(&self.model, leg) {
            Ok(found) => found,
            Err(texts::UNKNOWN_CALLER) => {
                job.step = Step::Unseen(target);
                job.until = now.plus(SEEN_MS);
                self.control.jobs.insert(ticket, job);
                return;
            }
            Err(_) => return self.fail(ticket, Reason::Gone, texts::CHANGED),
        };
        let Some(channel) = self.model.channels.get(&mover) else {
            return self.fail(ticket, Reason::Gone, texts::GONE);
        };
        let (context, exten) = (target.context.clone(), target.exten.clone());
        let order = match how {
            How::Redirect | How::Called => {
                Order::Redirect { channel: channel.facts.name.as_ref().to_owned(), context, exten }
            }
            How::BlindTransfer => {
                Order::BlindTransfer { channel: leg.facts.name.as_ref().to_owned(), context, exten }
            }
        };
        if let Some(channel) = self.model.channels.get_mut(&mover) {
            channel.ties.failed_dial = None;
            channel.ties.last_cause = None;
        }
        job.action = Some(self.act(order));
        job.until = now.plus(self.model.settings.command_timeout_ms);
        let without = tied(&self.model, &mover);
        job.step = Step::Moving { mover, target, how, without };
        self.control.jobs.insert(ticket, job);
    }

    /// The channel of a call that I place ended: why is said here and nowhere else.
    pub(crate) fn placed_call_ended(&mut self, ended: &str, why: u32) {
        for job in self.control.jobs.values_mut() {
            if let Step::Placing { uniqueid, cause, .. } = &mut job.step
                && uniqueid.as_ref() == ended
            {
                *cause = Some(why);
            }
        }
    }

    /// `OriginateResponse`: my phone was answered, or was not.
    pub(crate) fn originated(&mut self, id: &str, uid: &str, response: &str, reason: u32) {
        let ticket = self.control.jobs.iter().find(|(_, job)| {
            matches!(&job.step, Step::Placing { uniqueid, .. } if uniqueid.as_ref() == uid)
                || job.action.as_deref() == Some(id)
        });
        let Some((ticket, Job { step: Step::Placing { uniqueid, whom, refused, .. }, .. })) = ticket else {
            return;
        };
        let (ticket, uniqueid, whom, mut refused) = (*ticket, Arc::clone(uniqueid), whom.clone(), *refused);
        if response == "Success" {
            return self.done(ticket, format!("Calling {whom}."));
        }
        refused.get_or_insert(reason);
        if let Some(Job { step: Step::Placing { refused: place, .. }, .. }) =
            self.control.jobs.get_mut(&ticket)
        {
            *place = refused;
        }
        // While the channel is still there, its end will say why.
        if !self.model.channels.contains_key(&uniqueid) {
            self.model.expected_no_more(&uniqueid);
        }
    }

    /// Looks whether an order has come to its end.
    pub(crate) fn watch(&mut self, now: Millis) {
        if self.control.jobs.is_empty() {
            return;
        }
        for ticket in self.control.jobs.keys().copied().collect::<Vec<_>>() {
            let Some(job) = self.control.jobs.get(&ticket) else { continue };
            // Somebody who is watched is looked at several times before it is late.
            let late = match &job.step {
                Step::Watching { since, .. } => now.since(*since) >= WATCH_MS,
                _ => job.until <= now,
            };
            let here = self.model.channels.contains_key(&job.leg);
            let outcome = match &job.step {
                Step::Asking(_) | Step::Unseen(_) | Step::StillRings if !here => {
                    Some(failed(Reason::Gone, texts::GONE))
                }
                Step::HangingUp { remark } if !here => Some(Outcome::Done { text: (*remark).to_owned() }),
                Step::Ignoring if !here => Some(Outcome::Done {
                    text: "Your phone does not ring any more; the caller goes on as the phone system says."
                        .into(),
                }),
                Step::Placing { refused: Some(reason), cause, cancelled, .. } if !here => {
                    Some(not_placed(*cause, *reason, *cancelled))
                }
                Step::Watching { mover, target, since } => self
                    .coming_back(mover, &target.label)
                    .unwrap_or_else(|| became(&self.model, job, mover, target, now.since(*since), late)),
                Step::Parked { mover, by } => {
                    let (mover, by) = (Arc::clone(mover), by.clone());
                    self.look_whether_parked(ticket, &mover, &by, late, now);
                    continue;
                }
                Step::Unseen(target) if self.is_seen(&job.leg) => {
                    let (job, target) = (job.clone(), target.clone());
                    self.go(ticket, job, target, now);
                    continue;
                }
                Step::Unseen(_) if late => Some(failed(Reason::Invalid, texts::UNKNOWN_CALLER)),
                Step::Asking(_)
                | Step::Unseen(_)
                | Step::Moving { .. }
                | Step::HangingUp { .. }
                | Step::Ignoring
                | Step::StillRings
                | Step::Parking { .. }
                | Step::Fetching(_)
                | Step::Placing { .. } => None,
            };
            let outcome = outcome.or_else(|| late.then(|| failed(Reason::Timeout, texts::TIMEOUT)));
            match outcome {
                Some(outcome) => self.conclude(ticket, outcome),
                None => self.look_again(ticket, now),
            }
        }
    }

    /// Whether it can be told by now who is at the other end of a leg, or that nobody is.
    fn is_seen(&self, leg: &Uid) -> bool {
        let leg = self.model.channels.get(leg);
        leg.is_some_and(|leg| !matches!(other_party(&self.model, leg), Err(texts::UNKNOWN_CALLER)))
    }

    /// What is said of a caller who comes back where nobody takes the call: nothing yet while that may still be, and
    /// `None` where they do not come back.
    fn coming_back(&self, mover: &Uid, label: &str) -> Option<Option<Outcome>> {
        let passage = self.control.handed.iter().find(|passage| passage.caller == *mover)?;
        match passage.state {
            HandedState::Returning { why } => {
                let text = format!("{label} {}. The caller comes back to your phone.", reason(why));
                Some(Some(failed(Reason::NotReached, text)))
            }
            _ if passage.safe && (passage.why.is_some() || passage.errand.is_some()) => Some(None),
            _ => None,
        }
    }

    /// Whoever is watched is looked at again when the silence has lasted long enough.
    fn look_again(&mut self, ticket: Ticket, now: Millis) {
        let Some(job) = self.control.jobs.get_mut(&ticket) else { return };
        if let Step::Watching { since, .. } = &job.step {
            let settle = self.model.settings.settle_ms;
            let steps = [settle, SILENCE_MS, LINE_MS, WATCH_MS].map(|after| since.plus(after));
            job.until = steps.into_iter().find(|at| *at > now).unwrap_or(now);
        }
    }
}

fn failed(reason: Reason, text: impl Into<String>) -> Outcome {
    Outcome::Failed { reason, text: text.into() }
}

/// What became of a caller who was sent on; `None` while it cannot be said.
fn became(model: &Model, job: &Job, mover: &Uid, target: &Target, after: u64, late: bool) -> Option<Outcome> {
    let label = &target.label;
    let Some(channel) = model.channels.get(mover) else {
        let text = format!(
            "The call ended just after it was sent to {label}: the caller is gone. Call back if you can."
        );
        return Some(failed(Reason::NotReached, text));
    };
    let sent = || Some(Outcome::Done { text: format!("Sent to {label}.") });
    if arrived(model, channel, &job.leg, after) {
        return sent();
    }
    if let Some(status) = &channel.ties.failed_dial {
        return Some(failed(Reason::NotReached, not_taken(label, status)));
    }
    let left = channel.ties.bridge.is_none() && channel.ties.dials.is_empty();
    match &target.wish {
        Wish::Mailbox if left && after >= model.settings.settle_ms => sent(),
        Wish::Extension(extension) if left && after >= SILENCE_MS && is_off(model, extension) => {
            let text = format!(
                "The phone of {label} is not connected. The caller goes on as the phone system says, usually to the mailbox."
            );
            Some(failed(Reason::NotReached, text))
        }
        Wish::Mailbox | Wish::Extension(_) | Wish::Number if late => sent(),
        Wish::Mailbox | Wish::Extension(_) | Wish::Number => None,
    }
}

/// Whether a caller who was sent on has come to somebody or something else than the leg it was taken from.
fn arrived(model: &Model, channel: &Channel, from: &Uid, after: u64) -> bool {
    if channel.place.queue.is_some() || channel.place.parked.is_some() {
        return true;
    }
    model.ends(&channel.uid).iter().filter(|(_, uid)| uid != from).any(|(tie, uid)| {
        let Some(other) = model.channels.get(uid) else { return false };
        match tie {
            Tie::Bridged => true,
            Tie::Dialled => {
                other.facts.state == State::Ringing
                    || (other.end == End::Trunk && other.ties.dialled == Dialled::Open && after >= LINE_MS)
            }
            Tie::Dialler => false,
        }
    })
}

fn is_off(model: &Model, extension: &frontdesk_protocol::Extension) -> bool {
    model.registry.registration(extension) == Registration::Unregistered
}

fn not_taken(label: &str, status: &Arc<str>) -> String {
    let what = match status.as_ref() {
        "BUSY" => "is busy",
        "CHANUNAVAIL" => "cannot be reached",
        "CONGESTION" => "could not be called: no line is free",
        _ => "did not take the call",
    };
    format!("{label} {what}. The caller goes on as the phone system says, usually to the mailbox.")
}

/// Why somebody did not take a call, after their name.
fn reason(why: Return) -> &'static str {
    match why {
        Return::NoAnswer => "did not answer",
        Return::Busy => "is busy",
        Return::Refused => "declined the call",
        Return::Unreachable => "cannot be reached",
        Return::PulledBack => "has not answered",
    }
}

/// Why a call that I placed did not begin, by the hang-up cause of my phone's channel.
fn not_placed(cause: Option<u32>, reason: u32, cancelled: Cancelled) -> Outcome {
    if cancelled == Cancelled::Yes {
        return failed(
            Reason::Gone,
            "You ended the call before your phone was picked up. Nobody was called.",
        );
    }
    let text = match (cause, reason) {
        (_, 3) => "Your phone was not picked up. Nobody was called.",
        (Some(17), _) => "Your phone is busy. Nobody was called.",
        (Some(21), _) => "Your phone declined the call. Nobody was called.",
        (Some(18 | 19), _) => "Your phone does not take calls now. Nobody was called.",
        (Some(_), _) => "Your phone did not take the call. Nobody was called.",
        (None, _) => {
            "Your phone cannot be reached: it is not connected to the phone system. Nobody was called."
        }
    };
    failed(Reason::NotReached, text)
}
