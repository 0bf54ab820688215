//! The one place where the server reads clocks. Everything behind it takes time as an argument.
//!
//! Facts, orders and deadlines live by the steady clock, which is the wall clock as it stood when the server began and
//! then goes on evenly: whoever sets the computer's clock makes no order wait for an hour. What is kept in the database
//! has the wall clock's time.

use frontdesk_protocol::{HistoryEntry, Millis};
use std::sync::OnceLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The present, by this machine's wall clock; zero where the clock stands before 1970.
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The present by the steady clock: the one that desks are told.
pub fn steady() -> Millis {
    static BEGAN: OnceLock<(Instant, Millis)> = OnceLock::new();
    let (began, at) = BEGAN.get_or_init(|| (Instant::now(), now()));
    at.plus(u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX))
}

/// How far the wall clock is ahead of the steady one, in milliseconds.
pub fn lead() -> i64 {
    let lead = now().0.saturating_sub(steady().0);
    // The two are read one after the other.
    if lead.abs() < 1_000 { 0 } else { lead }
}

/// A row by another clock, which is so many milliseconds ahead of its own.
pub fn shifted(mut row: HistoryEntry, by: i64) -> HistoryEntry {
    row.started = Millis(row.started.0.saturating_add(by));
    row
}
