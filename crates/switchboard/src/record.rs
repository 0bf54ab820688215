//! Turns legs that ended into records for the history. Not the history; the server keeps that.

use crate::api::CallRecord;
use crate::channel::{Channel, Dialled, State, Uid};
use crate::model::{Ended, Model};
use frontdesk_protocol::{Direction, HistoryOutcome, Millis, Party, PartyKind, Service};

/// How long after its end a leg that nobody answered waits to learn where its caller went, in milliseconds.
const WAIT_MS: u64 = 1_500;

/// A record that waits to learn where the caller went.
#[derive(Debug)]
struct Open {
    record: CallRecord,
    caller: Option<Uid>,
    until: Millis,
}

/// Legs that ended and are not told yet.
#[derive(Debug, Default)]
pub(crate) struct Records {
    open: Vec<Open>,
}

impl Records {
    /// Takes over what ended and gives the records that are complete.
    pub(crate) fn collect(&mut self, model: &mut Model, now: Millis) -> Vec<CallRecord> {
        let mut done = Vec::new();
        for ended in std::mem::take(&mut model.ended) {
            let Some(record) = record(model, &ended, now) else { continue };
            if record.outcome == HistoryOutcome::Missed
                && record.direction == Direction::Inbound
                && ended.caller.is_some()
            {
                self.open.push(Open { record, caller: ended.caller, until: now.plus(WAIT_MS) });
            } else {
                done.push(record);
            }
        }
        self.open.retain_mut(|open| {
            let Some(channel) = open.caller.as_ref().and_then(|uid| model.channels.get(uid)) else {
                done.push(open.record.clone());
                return false;
            };
            let peer = channel.shown.as_ref().and_then(|shown| shown.peer.as_ref());
            if peer.is_some_and(|peer| peer.kind == PartyKind::Service(Service::Voicemail)) {
                open.record.outcome = HistoryOutcome::Voicemail;
                done.push(open.record.clone());
                return false;
            }
            if open.until <= now {
                done.push(open.record.clone());
                return false;
            }
            true
        });
        done
    }

    /// When the next record is told at the latest.
    pub(crate) fn deadline(&self) -> Option<Millis> {
        self.open.iter().map(|open| open.until).min()
    }

    /// Tells all that waits, and every leg that is up as interrupted.
    pub(crate) fn interrupt(&mut self, model: &Model, now: Millis) -> Vec<CallRecord> {
        let mut done: Vec<CallRecord> = self.open.drain(..).map(|open| open.record).collect();
        for channel in model.channels.values() {
            let Some(call) = model.calls.get(&channel.call) else { continue };
            let (id, queue) = (call.id.clone(), call.queue.clone());
            let ended = Ended { channel: channel.clone(), call: id, queue, cause: 0, caller: None };
            if let Some(mut record) = record(model, &ended, now) {
                record.outcome = HistoryOutcome::Interrupted;
                done.push(record);
            }
        }
        done.sort_by_key(|record| record.started);
        done
    }
}

fn record(model: &Model, ended: &Ended, now: Millis) -> Option<CallRecord> {
    let channel = &ended.channel;
    let extension = channel.extension()?.clone();
    let past = &channel.past;
    // A phone that declines at once, or is busy, never rang.
    let refused = (direction_in(channel) && ended.cause != 0).then_some(past.seen);
    let started = past.rang.or(past.answered).or(refused)?;
    let party = past.party.clone().unwrap_or_else(|| unknown(model, channel));
    let direction = channel.direction();
    let outcome = match (&past.handed_to, past.answered) {
        (Some(to), _) => HistoryOutcome::Transferred { to: to.clone() },
        (None, Some(_)) if !past.met => HistoryOutcome::Voicemail,
        (None, Some(_)) => HistoryOutcome::Answered,
        (None, None) if past.ignored => HistoryOutcome::Ignored,
        (None, None) => unanswered(channel, direction, ended.cause),
    };
    Some(CallRecord {
        call: ended.call.clone(),
        extension,
        direction,
        party,
        started,
        ring_ms: past.answered.unwrap_or(now).since(started),
        talk_ms: past.answered.map_or(0, |answered| now.since(answered)),
        outcome,
        queue: ended.queue.clone(),
    })
}

fn direction_in(channel: &Channel) -> bool {
    channel.ties.dialled != Dialled::Not && !channel.placed()
}

/// What an unanswered leg was, by the cause of its hang-up (ITU-T Q.850 as Asterisk uses it).
fn unanswered(channel: &Channel, direction: Direction, cause: u32) -> HistoryOutcome {
    match (direction, cause) {
        (Direction::Inbound, 26) => HistoryOutcome::AnsweredElsewhere,
        (Direction::Inbound, 21) => HistoryOutcome::Ignored,
        (_, 17) => HistoryOutcome::Busy,
        (Direction::Outbound, _) if channel.ties.failed_dial.as_deref() == Some("BUSY") => {
            HistoryOutcome::Busy
        }
        _ => HistoryOutcome::Missed,
    }
}

fn unknown(model: &Model, channel: &Channel) -> Party {
    let number = match channel.facts.state {
        State::Ring => &channel.past.dialled,
        State::Down | State::Ringing | State::Up => &channel.facts.connected_number,
    };
    model.registry.party_of_number(number, &channel.facts.connected_name, &model.settings)
}
