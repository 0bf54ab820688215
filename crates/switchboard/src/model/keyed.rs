//! What the PBX names by a text, and the model by a key of its own: the text is looked up once for an event, and whatever is
//! tied together names each other by the key, which finds its place without a hash. Not what is kept.
//!
//! A key finds nothing once its thing is gone, also where another one has taken the place.

use crate::maps::Map;
use slotmap::{Key, SlotMap};
use std::sync::Arc;

/// What has a name of the PBX's.
pub(crate) trait Named {
    /// That name; it stays the same.
    fn known_as(&self) -> &Arc<str>;
}

/// Things by key and by name.
#[derive(Debug)]
pub(crate) struct Keyed<K: Key, V> {
    things: SlotMap<K, V>,
    keys: Map<Arc<str>, K>,
}

impl<K: Key, V> Default for Keyed<K, V> {
    fn default() -> Self {
        Self { things: SlotMap::with_key(), keys: Map::default() }
    }
}

impl<K: Key, V: Named> Keyed<K, V> {
    /// The key of this name.
    pub(crate) fn key(&self, name: &str) -> Option<K> {
        self.keys.get(name).copied()
    }

    /// The thing with this key.
    pub(crate) fn at(&self, key: K) -> Option<&V> {
        self.things.get(key)
    }

    pub(crate) fn at_mut(&mut self, key: K) -> Option<&mut V> {
        self.things.get_mut(key)
    }

    /// The thing of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&V> {
        self.at(self.key(name)?)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        self.at_mut(self.key(name)?)
    }

    pub(crate) fn contains_key(&self, name: &str) -> bool {
        self.keys.contains_key(name)
    }

    /// Keeps a thing that is made with its key. One of the same name goes.
    pub(crate) fn insert(&mut self, thing: impl FnOnce(K) -> V) -> K {
        let key = self.things.insert_with_key(thing);
        let name = self.things.get(key).map(|thing| Arc::clone(thing.known_as()));
        if let Some(before) = name.and_then(|name| self.keys.insert(name, key)) {
            self.things.remove(before);
        }
        key
    }

    pub(crate) fn remove(&mut self, key: K) -> Option<V> {
        let thing = self.things.remove(key)?;
        self.keys.remove(thing.known_as().as_ref());
        Some(thing)
    }

    /// Takes all out. Their keys find nothing any more.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = V> {
        self.keys.clear();
        self.things.drain().map(|(_, thing)| thing)
    }

    /// The names.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Arc<str>> {
        self.keys.keys()
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.things.values()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.things.is_empty()
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.things.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::BridgeKey;
    use crate::maps::Channels;
    use crate::model::{Bridge, BridgeKind};

    fn bridge(id: &str) -> Bridge {
        Bridge { id: id.into(), kind: BridgeKind::Talk, name: Arc::default(), members: Channels::new() }
    }

    #[test]
    fn a_key_finds_nothing_once_its_thing_is_gone_also_where_another_one_stands_there() {
        let mut bridges: Keyed<BridgeKey, Bridge> = Keyed::default();
        let one = bridges.insert(|_| bridge("one"));
        assert_eq!((bridges.key("one"), bridges.len()), (Some(one), 1));
        bridges.remove(one);
        let two = bridges.insert(|_| bridge("two"));
        assert!(bridges.at(one).is_none() && bridges.get("one").is_none());
        assert!(bridges.at(two).is_some_and(|it| it.id.as_ref() == "two"));
        bridges.drain().for_each(drop);
        let again = bridges.insert(|_| bridge("two"));
        assert!(bridges.at(two).is_none() && bridges.at(again).is_some());
        // The same name anew is another one.
        let newer = bridges.insert(|_| bridge("two"));
        assert_eq!((bridges.key("two"), bridges.len()), (Some(newer), 1));
        assert!(bridges.at(again).is_none());
    }
}
