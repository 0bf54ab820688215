//! Turns legs that ended into records for the history. Not the history; the server keeps that.

use crate::api::CallRecord;
use crate::channel::{CallKey, Channel, Dialled, State, Uid};
use crate::maps::Map;
use crate::model::{Ended, Model};
use frontdesk_protocol::{CallId, Direction, Extension, HistoryOutcome, Millis, Party, PartyKind, Service};
use smallvec::SmallVec;
use std::collections::VecDeque;
use std::sync::Arc;

/// How long after its end a leg that nobody answered waits to learn where its caller went, in milliseconds.
const WAIT_MS: u64 = 1_500;
/// How long after a row was told a further phone of the same extension may still fall silent, in milliseconds.
const LATE_MS: u64 = 5_000;

/// The row of a phone that rang and did not take the call, until it is known whether another phone of the same
/// extension did, whether it rings again, and where the caller went.
#[derive(Debug)]
struct Open {
    record: CallRecord,
    caller: Option<Uid>,
    /// When its last ringing ended.
    silent: Millis,
    /// When it is told whatever happens; not while it is held back.
    until: Option<Millis>,
}

/// A row that was told of a call that was answered here.
#[derive(Debug)]
struct Told {
    extension: Extension,
    ended: Millis,
}

/// Legs that ended and are not told yet.
///
/// One call is one row of an extension for each of its turns: several phones of an extension that ring together are one
/// turn, and so are all attempts of a queue to reach it while the caller waits there. Whoever took a call, handed it on
/// and gets it again has two rows, for they talked twice.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// By call: they are looked at when something happens in it.
    open: Map<CallKey, Vec<Open>>,
    /// The calls of which a row waits for what becomes of this caller, who is in another one.
    callers: Map<Uid, SmallVec<[CallKey; 1]>>,
    /// When the first of them is told at the latest, or before.
    due: Option<Millis>,
    told: Map<CallId, SmallVec<[Told; 1]>>,
    /// When those were told, the first one first.
    order: VecDeque<(Millis, CallId)>,
}

impl Records {
    /// Whether something is due, though nothing has happened in any call.
    pub(crate) fn has_to_look(&self, now: Millis) -> bool {
        self.due.is_some_and(|due| due <= now)
            || self.order.front().is_some_and(|(ended, _)| is_late(*ended, now))
    }

    /// Takes over what ended and gives the records that are complete. These calls were looked at since the last time.
    pub(crate) fn collect(&mut self, model: &mut Model, looked: &[CallKey], now: Millis) -> Vec<CallRecord> {
        let mut done = Vec::new();
        let due = self.due.is_some_and(|due| due <= now);
        if !self.open.is_empty() || !model.ended.is_empty() {
            match looked {
                // Nearly always.
                [key]
                    if model.ended.is_empty()
                        && model.united.is_empty()
                        && self.callers.is_empty()
                        && !due =>
                {
                    self.look(*key, model, now, &mut done);
                }
                _ => self.look_at(model, looked, due, now, &mut done),
            }
        }
        model.united.clear();
        if self.open.is_empty() {
            self.due = None;
        }
        while self.order.front().is_some_and(|(ended, _)| is_late(*ended, now)) {
            if let Some((_, call)) = self.order.pop_front() {
                self.forget(&call, now);
            }
        }
        done
    }

    fn look_at(
        &mut self,
        model: &mut Model,
        looked: &[CallKey],
        due: bool,
        now: Millis,
        done: &mut Vec<CallRecord>,
    ) {
        for (young, old) in std::mem::take(&mut model.united) {
            self.unite(young, old);
        }
        let mut calls: SmallVec<[CallKey; 8]> = looked.iter().copied().collect();
        for key in looked {
            self.add_waiting_for(model, *key, &mut calls);
        }
        // Taken and given back, there is room for the next ones.
        let mut all_ended = std::mem::take(&mut model.ended);
        for ended in all_ended.drain(..) {
            calls.push(ended.key);
            calls.extend(self.callers.get(&ended.channel.uid).into_iter().flatten().copied());
            if let Some(record) = record(model, &ended, now) {
                self.take(model, ended.key, record, ended.caller, now, done);
            }
        }
        model.ended = all_ended;
        if due {
            let due = |open: &Open| open.until.is_some_and(|until| until <= now);
            let due = self.open.iter().filter(|(_, opens)| opens.iter().any(due));
            calls.extend(due.map(|(key, _)| *key));
        }
        calls.sort_unstable();
        calls.dedup();
        for key in calls {
            self.look(key, model, now, done);
        }
        if self.due.is_some_and(|due| due <= now) {
            self.due = self.open.values().flatten().filter_map(|open| open.until).min();
        }
    }

    /// Adds the calls of which a row waits for somebody in this one.
    fn add_waiting_for(&self, model: &Model, key: CallKey, calls: &mut SmallVec<[CallKey; 8]>) {
        if self.callers.is_empty() {
            return;
        }
        let channels = model.calls.get(&key).into_iter().flat_map(|call| &call.channels);
        let channels = channels.filter_map(|key| model.channels.at(*key));
        calls.extend(channels.filter_map(|channel| self.callers.get(&channel.uid)).flatten().copied());
    }

    /// One call became part of an older one.
    fn unite(&mut self, young: CallKey, old: CallKey) {
        let Some(opens) = self.open.remove(&young) else { return };
        for caller in opens.iter().filter_map(|open| open.caller.as_ref()) {
            if self.callers.contains_key(caller) {
                self.released(young, caller);
                self.waits(old, caller);
            }
        }
        self.open.entry(old).or_default().extend(opens);
    }

    fn waits(&mut self, key: CallKey, caller: &Uid) {
        let calls = self.callers.entry(Arc::clone(caller)).or_default();
        if !calls.contains(&key) {
            calls.push(key);
        }
    }

    fn released(&mut self, key: CallKey, caller: &Uid) {
        if let Some(calls) = self.callers.get_mut(caller) {
            calls.retain(|other| *other != key);
            if calls.is_empty() {
                self.callers.remove(caller);
            }
        }
    }

    /// Looks at the rows of this call; those that can be told are.
    fn look(&mut self, key: CallKey, model: &Model, now: Millis, done: &mut Vec<CallRecord>) {
        let Some(mut opens) = self.open.remove(&key) else { return };
        let before = opens.iter().filter_map(|open| open.caller.clone()).filter(|_| !self.callers.is_empty());
        let before: SmallVec<[Uid; 2]> = before.collect();
        opens.retain_mut(|open| {
            let told = open.look(model, now);
            if told {
                done.push(open.record.clone());
            }
            !told
        });
        for caller in before {
            if !opens.iter().any(|open| open.caller.as_ref() == Some(&caller)) {
                self.released(key, &caller);
            }
        }
        self.due = opens.iter().filter_map(|open| open.until).chain(self.due).min();
        if !opens.is_empty() {
            self.open.insert(key, opens);
        }
    }

    fn forget(&mut self, call: &CallId, now: Millis) {
        if let Some(told) = self.told.get_mut(call) {
            told.retain(|told| now.since(told.ended) < LATE_MS);
            if told.is_empty() {
                self.told.remove(call);
            }
        }
    }

    fn take(
        &mut self,
        model: &Model,
        key: CallKey,
        record: CallRecord,
        caller: Option<Uid>,
        now: Millis,
        done: &mut Vec<CallRecord>,
    ) {
        if record.direction != Direction::Inbound {
            return done.push(record);
        }
        let same = |open: &Open| open.record.call == record.call && open.record.extension == record.extension;
        let before = self.open.get_mut(&key).and_then(|opens| {
            let place = opens.iter().position(same)?;
            Some(opens.swap_remove(place))
        });
        let silent = record.started.plus(record.ring_ms);
        if !unanswered_here(&record) {
            let told = Told { extension: record.extension.clone(), ended: now };
            self.told.entry(record.call.clone()).or_default().push(told);
            self.order.push_back((now, record.call.clone()));
            return done.push(match before {
                Some(before) => before.and(record),
                None => record,
            });
        }
        let late = self.told.get(&record.call).into_iter().flatten();
        let late =
            late.into_iter().any(|told| told.extension == record.extension && record.started <= told.ended);
        if late {
            return;
        }
        let caller = caller.or(before.as_ref().and_then(|before| before.caller.clone()));
        let elsewhere = |caller: &&Uid| model.channels.get(caller).is_some_and(|caller| caller.call != key);
        if let Some(caller) = caller.as_ref().filter(elsewhere) {
            self.waits(key, caller);
        }
        self.open.entry(key).or_default().push(match before {
            None => Open { record, caller, silent, until: None },
            Some(before) => {
                Open { silent: silent.max(before.silent), caller, until: None, record: before.and(record) }
            }
        });
    }

    /// When the next record is told at the latest.
    pub(crate) fn deadline(&self) -> Option<Millis> {
        self.due
    }
}

impl Open {
    /// Whether it can be told now.
    fn look(&mut self, model: &Model, now: Millis) -> bool {
        let of_this_call = |channel: &Channel| {
            model.calls.get(&channel.call).is_some_and(|call| call.id == self.record.call)
        };
        // Another phone of the extension rings for the same call, or has taken it.
        let mut phones = model.at.get(&self.record.extension).into_iter().flatten();
        let twin = phones.any(|key| {
            let channel = model.channels.at(*key).filter(|channel| of_this_call(channel));
            channel.is_some_and(|channel| channel.direction() == Direction::Inbound)
        });
        let caller = self.caller.as_ref().and_then(|uid| model.channels.get(uid));
        if twin || caller.is_some_and(|caller| caller.place.queue.is_some()) {
            self.until = None;
            return false;
        }
        let Some(caller) = caller.filter(|_| self.record.outcome == HistoryOutcome::Missed) else {
            return true;
        };
        let peer = caller.shown.as_ref().and_then(|shown| shown.peer.as_ref());
        if peer.is_some_and(|peer| peer.kind == PartyKind::Service(Service::Voicemail)) {
            self.record.outcome = HistoryOutcome::Voicemail;
            return true;
        }
        *self.until.get_or_insert(now.plus(WAIT_MS)) <= now
    }

    /// One row of this one and the one that followed, which decides.
    fn and(self, next: CallRecord) -> CallRecord {
        let from = next.started.max(self.silent);
        let until = next.started.plus(next.ring_ms);
        // A phone may ring on for a moment after another one took the call.
        let over = if unanswered_here(&next) { 0 } else { self.silent.since(until) };
        CallRecord {
            started: self.record.started.min(next.started),
            ring_ms: (self.record.ring_ms + until.since(from)).saturating_sub(over),
            queue: next.queue.clone().or(self.record.queue),
            ..next
        }
    }
}

/// Whether no further phone of an extension whose row was told then falls silent any more.
fn is_late(told: Millis, now: Millis) -> bool {
    now.since(told) >= LATE_MS
}

fn unanswered_here(record: &CallRecord) -> bool {
    match record.outcome {
        HistoryOutcome::Missed
        | HistoryOutcome::Busy
        | HistoryOutcome::Ignored
        | HistoryOutcome::AnsweredElsewhere => true,
        HistoryOutcome::Answered
        | HistoryOutcome::Voicemail
        | HistoryOutcome::Transferred { .. }
        | HistoryOutcome::Interrupted => false,
    }
}

/// The records of what ended while there was no link, as far as it was known when the link was lost at `lost`. Only
/// for an office that has just been read anew.
pub(crate) fn interrupted(model: &mut Model, lost: Millis) -> Vec<CallRecord> {
    let mut records: Vec<CallRecord> = Vec::new();
    for ended in model.lost() {
        let Some(mut record) = record(model, &ended, lost) else { continue };
        if !matches!(record.outcome, HistoryOutcome::Transferred { .. }) {
            record.outcome = HistoryOutcome::Interrupted;
        }
        // Several phones of an extension that rang together are one row.
        let twin = records.iter_mut().find(|other| {
            other.call == record.call
                && other.extension == record.extension
                && other.direction == record.direction
                && (other.talk_ms == 0 || record.talk_ms == 0)
        });
        match twin {
            Some(twin) if twin.talk_ms < record.talk_ms => *twin = record,
            Some(_) => {}
            None => records.push(record),
        }
    }
    records.sort_by_key(|record| record.started);
    records
}

fn record(model: &Model, ended: &Ended, now: Millis) -> Option<CallRecord> {
    let channel = &ended.channel;
    let extension = channel.extension()?.clone();
    let past = &channel.past;
    // A phone that declines at once, or is busy, never rang.
    let refused = (direction_in(channel) && ended.cause != 0).then_some(past.seen);
    let started = past.rang.or(past.answered).or(refused)?;
    let party = past.party.as_deref().cloned().unwrap_or_else(|| unknown(model, channel));
    let direction = channel.direction();
    let outcome = match (&past.handed_to, past.answered) {
        (Some(to), _) => HistoryOutcome::Transferred { to: to.to_string() },
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
    Party::clone(
        &model.registry.party_of_number(number, &channel.facts.connected_name, &model.settings).party(),
    )
}
