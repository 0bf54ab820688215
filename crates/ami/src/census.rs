//! How many events of each kind came. It is bounded: a PBX that makes up names cannot make it grow.

use foldhash::fast::RandomState;
use std::collections::HashMap;

/// How many kinds are told apart.
const KINDS: usize = 512;
/// The longest name that is kept, in bytes.
const NAME: usize = 64;

/// Counts by kind of event.
#[derive(Debug, Clone, Default)]
pub struct Census {
    kinds: HashMap<Box<str>, u64, RandomState>,
    other: u64,
}

impl Census {
    /// Counts one event. Only the first of a kind allocates.
    pub fn count(&mut self, kind: &str) {
        if let Some(count) = self.kinds.get_mut(kind) {
            *count += 1;
        } else if self.kinds.len() < KINDS && kind.len() <= NAME {
            self.kinds.insert(kind.into(), 1);
        } else {
            self.other += 1;
        }
    }

    /// The kinds with their counts, by name.
    pub fn kinds(&self) -> impl Iterator<Item = (&str, u64)> {
        let mut kinds: Vec<_> = self.kinds.iter().map(|(kind, count)| (kind.as_ref(), *count)).collect();
        kinds.sort_unstable();
        kinds.into_iter()
    }

    /// How many events had a kind that is not told apart.
    pub fn other(&self) -> u64 {
        self.other
    }

    /// How many events were counted.
    pub fn sum(&self) -> u64 {
        self.kinds.values().sum::<u64>() + self.other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_kinds_are_counted_but_not_kept() {
        let mut census = Census::default();
        for number in 0..10_000 {
            census.count(&format!("Kind{number}"));
        }
        census.count("Kind7");
        assert_eq!((census.kinds().count(), census.sum()), (KINDS, 10_001));
        assert_eq!(census.kinds().find(|(kind, _)| *kind == "Kind7"), Some(("Kind7", 2)));
        assert_eq!(census.other(), 10_000 - KINDS as u64);
    }
}
