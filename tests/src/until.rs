//! Waiting for a condition with a deadline. The only place in the suites where time passes on purpose.

use anyhow::{Result, bail};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// How long a condition may take before it counts as never true.
pub const DEADLINE: Duration = Duration::from_secs(15);

/// Asks `question` until it answers `Some`, looking again every 20 ms.
///
/// # Errors
/// A sentence with `what` when the answer does not come within [`DEADLINE`]; an error of the question itself ends
/// the waiting at once.
pub async fn until<T>(what: &str, question: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    within(DEADLINE, what, question).await
}

/// The same with another deadline.
///
/// # Errors
/// As [`until`].
pub async fn within<T>(
    deadline: Duration,
    what: &str,
    mut question: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let begun = Instant::now();
    let mut look = interval(Duration::from_millis(20));
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        look.tick().await;
        if let Some(answer) = question().await? {
            return Ok(answer);
        }
        if begun.elapsed() > deadline {
            bail!("{what}: not within {deadline:?}");
        }
    }
}
