//! The maps of the model: the standard library's, with a fast hash that is keyed anew in each process, for a busy PBX is a
//! dozen look-ups per event. Not an order: whoever shows something sorts it.

use crate::channel::{CallKey, ChannelKey};
use foldhash::fast::RandomState;
use smallvec::SmallVec;
use std::collections::{HashMap, HashSet};

pub(crate) type Map<K, V> = HashMap<K, V, RandomState>;
pub(crate) type Set<K> = HashSet<K, RandomState>;

/// A few channels: those of a call, in a bridge, at an extension.
pub(crate) type Channels = SmallVec<[ChannelKey; 2]>;

/// From how many calls on it is looked whether some of them stand there twice.
const MANY: usize = 64;

/// A few calls, mostly the same one many times over.
#[derive(Debug, Default)]
pub(crate) struct Calls(SmallVec<[CallKey; 4]>);

impl Calls {
    pub(crate) fn insert(&mut self, key: CallKey) {
        // The one before is nearly always the same.
        if self.0.last() == Some(&key) {
            return;
        }
        // However long nobody takes them, they are not more than there are calls.
        if self.0.len() >= MANY && self.0.len() == self.0.capacity() {
            self.tidy();
        }
        self.0.push(key);
    }

    fn tidy(&mut self) {
        if self.0.len() > 1 {
            self.0.sort_unstable();
            self.0.dedup();
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, each once, the oldest first.
    pub(crate) fn take(&mut self) -> SmallVec<[CallKey; 4]> {
        self.tidy();
        std::mem::take(&mut self.0)
    }
}

impl Extend<CallKey> for Calls {
    fn extend<I: IntoIterator<Item = CallKey>>(&mut self, keys: I) {
        keys.into_iter().for_each(|key| self.insert(key));
    }
}

impl<'a> Extend<&'a CallKey> for Calls {
    fn extend<I: IntoIterator<Item = &'a CallKey>>(&mut self, keys: I) {
        self.extend(keys.into_iter().copied());
    }
}
