//! Files that may change while the server runs: when they are looked at, and whether they are others than before. Not what
//! stands in them.

use crate::stop::{Stop, farewell};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::Notify;
use tokio::time::{Interval, MissedTickBehavior};

/// How often files are looked at.
pub const LOOK: Duration = Duration::from_secs(3);

/// Some files as they were when they were last looked at.
#[derive(Debug)]
pub struct Files {
    paths: Vec<PathBuf>,
    /// When each was changed and how long it is; `None` while it is not there.
    seen: Vec<Option<(SystemTime, u64)>>,
}

impl Files {
    /// These files, as they are now.
    pub fn new<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Self {
        let mut files = Self { paths: paths.into_iter().map(Path::to_owned).collect(), seen: Vec::new() };
        files.changed();
        files
    }

    /// Whether one of them is another than when this was last asked.
    pub fn changed(&mut self) -> bool {
        let look = |path: &PathBuf| {
            std::fs::metadata(path).and_then(|about| Ok((about.modified()?, about.len()))).ok()
        };
        let before = std::mem::replace(&mut self.seen, self.paths.iter().map(look).collect());
        before != self.seen
    }
}

/// When to look.
#[derive(Debug)]
pub struct Looks {
    every: Interval,
    again: Arc<Notify>,
    stop: Stop,
}

/// Why it is time to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// Somebody said so: what is there counts, changed or not.
    Asked,
    /// Time has passed.
    Due,
}

impl Looks {
    /// Every so often, and whenever `again` says so, until the server stops.
    pub fn new(every: Duration, again: Arc<Notify>, stop: Stop) -> Self {
        let mut every = tokio::time::interval(every);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { every, again, stop }
    }

    /// Waits for the next time; `None` when the server stops.
    pub async fn next(&mut self) -> Option<Because> {
        tokio::select! {
            _ = farewell(&mut self.stop) => None,
            () = self.again.notified() => Some(Because::Asked),
            _ = self.every.tick() => Some(Because::Due),
        }
    }
}
