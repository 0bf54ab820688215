//! What waits for the writer thread: bounded, kept while the disk refuses, never silently dropped. Not the SQL.

use super::sessions::{SessionKey, Unsaved};
use crate::audit::Entry;
use anyhow::{Result, bail};
use frontdesk_protocol::{CallId, Extension, HistoryEntry, HistoryId};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How many unsaved rows are kept while the disk refuses: at 100 calls an hour, more than ten days.
const ROWS: usize = 50_000;
/// How many unsaved entries of the audit are kept meanwhile.
const ENTRIES: usize = 50_000;
/// How many sessions are kept meanwhile; who logs in after that is refused.
const SESSIONS: usize = 1_000;
/// How many orders about users and sessions may wait.
const JOBS: usize = 256;

/// Something to do with the writer's connection.
pub type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// Between all who save and the one who writes.
#[derive(Debug)]
pub struct Shared {
    waiting: Mutex<Waiting>,
    wake: Condvar,
    /// What is wrong with saving.
    pub trouble: watch::Sender<Option<String>>,
}

impl Default for Shared {
    fn default() -> Self {
        Self { waiting: Mutex::default(), wake: Condvar::new(), trouble: watch::Sender::new(None) }
    }
}

#[derive(Default)]
struct Waiting {
    rows: BTreeMap<HistoryId, HistoryEntry>,
    /// Calls in progress whose state is not saved yet; an empty list says that the call is over.
    live: BTreeMap<CallId, Vec<HistoryEntry>>,
    /// Entries of the audit; a later state of one replaces the earlier.
    audit: BTreeMap<i64, Entry>,
    /// Sessions that were opened when the disk refused.
    sessions: BTreeMap<SessionKey, Unsaved>,
    /// Sessions that were ended and may still be in the database. There can be no more of them than it holds.
    ended: BTreeSet<SessionKey>,
    jobs: VecDeque<Job>,
    lost: u64,
    lost_entries: u64,
    stop: Stop,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Waiting")
            .field("rows", &self.rows.len())
            .field("live", &self.live.len())
            .field("audit", &self.audit.len())
            .field("sessions", &self.sessions.len())
            .field("ended", &self.ended.len())
            .field("jobs", &self.jobs.len())
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stop {
    #[default]
    No,
    Asked,
}

/// What to write in one transaction.
#[derive(Clone, Default)]
pub struct Batch {
    /// Rows of ended calls.
    pub rows: Vec<HistoryEntry>,
    /// Calls in progress, or, with an empty list, no longer.
    pub live: Vec<(CallId, Vec<HistoryEntry>)>,
    /// Entries of the audit.
    pub audit: Vec<Entry>,
    /// Sessions.
    pub sessions: Vec<Unsaved>,
    /// Sessions that are no more.
    pub ended: Vec<SessionKey>,
}

impl Batch {
    /// Whether there is nothing to write but what is taken out.
    pub fn adds_nothing(&self) -> bool {
        let Self { rows, live, audit, sessions, ended: _ } = self;
        rows.is_empty() && live.is_empty() && audit.is_empty() && sessions.is_empty()
    }
}

/// How much waits, and how much was lost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Depth {
    /// Rows of the history that wait.
    pub rows: usize,
    /// Entries of the audit that wait.
    pub entries: usize,
    /// Sessions that wait.
    pub sessions: usize,
    /// Ended sessions that wait to be taken out.
    pub ended: usize,
    /// Rows of the history that were given up.
    pub lost_rows: u64,
    /// Entries of the audit that were given up.
    pub lost_entries: u64,
}

/// What the writer does next.
pub enum Next {
    /// Writes this, and then does the jobs.
    Work(Batch, Vec<Job>),
    /// Writes this and ends.
    Stop(Batch, Vec<Job>),
}

impl Shared {
    /// Takes rows of what ended, and how calls in progress stand; both are written in one transaction.
    pub fn record(&self, rows: Vec<HistoryEntry>, live: Vec<(CallId, Vec<HistoryEntry>)>) {
        let mut waiting = self.lock();
        waiting.live.extend(live);
        waiting.rows.extend(rows.into_iter().map(|row| (row.id, row)));
        while waiting.rows.len() > ROWS {
            waiting.rows.pop_first();
            waiting.lost += 1;
            if waiting.lost.is_power_of_two() {
                tracing::error!(lost = waiting.lost, "the history cannot be saved and its buffer is full");
            }
        }
        drop(waiting);
        self.wake.notify_one();
    }

    /// Takes an entry of the audit.
    pub fn audit(&self, entry: Entry) {
        let mut waiting = self.lock();
        waiting.audit.insert(entry.id, entry);
        while waiting.audit.len() > ENTRIES {
            waiting.audit.pop_first();
            waiting.lost_entries += 1;
            if waiting.lost_entries.is_power_of_two() {
                tracing::error!(
                    lost = waiting.lost_entries,
                    "the audit cannot be saved and its buffer is full"
                );
            }
        }
        drop(waiting);
        self.wake.notify_one();
    }

    /// Keeps a session until it is saved.
    pub fn keep_session(&self, session: Unsaved) -> Result<()> {
        let mut waiting = self.lock();
        if waiting.sessions.len() >= SESSIONS {
            bail!("the disk refuses, and {SESSIONS} sessions wait for it already");
        }
        waiting.sessions.insert(session.key, session);
        drop(waiting);
        self.wake.notify_one();
        Ok(())
    }

    /// A session that is not saved yet.
    pub fn session(&self, key: SessionKey) -> Option<Unsaved> {
        self.lock().sessions.get(&key).cloned()
    }

    /// Ends a session, whether it is saved or not; it is taken out of the database when that can be written.
    pub fn end_session(&self, key: SessionKey) {
        let mut waiting = self.lock();
        waiting.sessions.remove(&key);
        waiting.ended.insert(key);
        drop(waiting);
        self.wake.notify_one();
    }

    /// The sessions that were ended and may still be in the database.
    pub fn ended(&self) -> BTreeSet<SessionKey> {
        self.lock().ended.clone()
    }

    /// Whether a session was ended and may still be in the database.
    pub fn has_ended(&self, key: SessionKey) -> bool {
        self.lock().ended.contains(&key)
    }

    /// These are in the database no more.
    pub fn taken_out(&self, ended: &[SessionKey]) {
        let mut waiting = self.lock();
        for key in ended {
            waiting.ended.remove(key);
        }
    }

    /// Takes a job.
    pub fn job(&self, job: Job) -> Result<()> {
        let mut waiting = self.lock();
        if waiting.stop == Stop::Asked {
            bail!("the database is closed");
        }
        if waiting.jobs.len() >= JOBS {
            bail!("the database does not keep up. Try again in a moment");
        }
        waiting.jobs.push_back(job);
        drop(waiting);
        self.wake.notify_one();
        Ok(())
    }

    /// Asks the writer to write what is there and to end.
    pub fn stop(&self) {
        self.lock().stop = Stop::Asked;
        self.wake.notify_one();
    }

    /// The rows of these extensions that are not saved yet.
    pub fn unsaved(&self, extensions: &[Extension], before: Option<HistoryId>) -> Vec<HistoryEntry> {
        let before = before.unwrap_or(HistoryId(i64::MAX));
        let waiting = self.lock();
        waiting
            .rows
            .range(..before)
            .map(|(_, row)| row)
            .filter(|row| extensions.contains(&row.extension))
            .cloned()
            .collect()
    }

    /// Waits for work, at most `patience`; the batch stays here until [`Shared::saved`].
    pub fn next(&self, patience: Option<Duration>, batch: usize) -> Next {
        let mut waiting = self.lock();
        let idle = |waiting: &mut Waiting| {
            let none = waiting.rows.is_empty()
                && waiting.live.is_empty()
                && waiting.audit.is_empty()
                && waiting.sessions.is_empty()
                && waiting.ended.is_empty();
            (none || patience.is_some()) && waiting.jobs.is_empty() && waiting.stop == Stop::No
        };
        waiting = match patience {
            None => self.wake.wait_while(waiting, idle).unwrap_or_else(PoisonError::into_inner),
            Some(patience) => {
                self.wake
                    .wait_timeout_while(waiting, patience, idle)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0
            }
        };
        let rows = waiting.rows.values().take(batch).cloned().collect();
        let live = waiting.live.iter().map(|(call, rows)| (call.clone(), rows.clone())).collect();
        let entries = waiting.audit.values().take(batch).cloned().collect();
        let jobs = waiting.jobs.drain(..).collect();
        let sessions = waiting.sessions.values().cloned().collect();
        let ended = waiting.ended.iter().copied().collect();
        let batch = Batch { rows, live, audit: entries, sessions, ended };
        match waiting.stop {
            Stop::No => Next::Work(batch, jobs),
            Stop::Asked => {
                let rows = waiting.rows.values().cloned().collect();
                let audit = waiting.audit.values().cloned().collect();
                Next::Stop(Batch { rows, audit, ..batch }, jobs)
            }
        }
    }

    /// The batch is on disk: takes it from what waits.
    pub fn saved(&self, batch: &Batch) {
        let mut waiting = self.lock();
        for row in &batch.rows {
            waiting.rows.remove(&row.id);
        }
        for (call, rows) in &batch.live {
            if waiting.live.get(call) == Some(rows) {
                waiting.live.remove(call);
            }
        }
        for entry in &batch.audit {
            if waiting.audit.get(&entry.id) == Some(entry) {
                waiting.audit.remove(&entry.id);
            }
        }
        for session in &batch.sessions {
            waiting.sessions.remove(&session.key);
        }
    }

    /// How much waits, and how much was lost.
    pub fn depth(&self) -> Depth {
        let waiting = self.lock();
        Depth {
            rows: waiting.rows.len(),
            entries: waiting.audit.len(),
            sessions: waiting.sessions.len(),
            ended: waiting.ended.len(),
            lost_rows: waiting.lost,
            lost_entries: waiting.lost_entries,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
