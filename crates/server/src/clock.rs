//! The one place where the server reads the wall clock. Everything behind it takes time as an argument.

use frontdesk_protocol::Millis;
use std::time::{SystemTime, UNIX_EPOCH};

/// The present, by this machine's clock; zero where the clock stands before 1970.
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
