//! How one desk sees what all are told. What colleagues see alike is made once, text and hash; only what is at a desk's own
//! extensions is made for that desk. Not who may see what; that is `privacy`.

use super::{Published, text};
use crate::privacy::{Left, Sight};
use frontdesk_protocol::hash::of_change;
use frontdesk_protocol::{Change, Delta, Digest, Extension, Office, ServerMessage, StateHash};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// A text for each kind of colleague, made when the first of them needs it.
pub type Texts = [OnceLock<Utf8Bytes>; 2];
/// The hash of what each kind of colleague sees alike, where there is one.
pub type Hashes = [Option<StateHash>; 2];

/// What one desk sees.
#[derive(Debug)]
pub struct View {
    sight: Sight,
    /// By how much the hash of a fact differs for this desk from that for all colleagues.
    mine: BTreeMap<(u8, Arc<str>), u64>,
}

/// The office as each kind of colleague sees it who has no extension; kept where there is one.
#[derive(Debug, Default)]
pub struct Commons([Option<Digest>; 2]);

impl View {
    /// That of a desk at the present office.
    pub fn new(sight: Sight, office: &Office) -> Self {
        let mut view = Self { sight, mine: BTreeMap::new() };
        if view.sight != Sight::Full {
            office.facts().for_each(|fact| view.correct(&fact));
        }
        view
    }

    /// How it sees.
    pub fn sight(&self) -> &Sight {
        &self.sight
    }

    /// A delta as this desk sees it.
    pub fn see(&mut self, published: &Published) -> Utf8Bytes {
        let Sight::Masked { left, own } = &self.sight else { return published.text.clone() };
        let (left, concerned) = (*left, own.iter().any(|own| published.concerned().contains(own)));
        if concerned || !self.mine.is_empty() {
            published.delta.changes.iter().for_each(|change| self.correct(change));
        }
        if concerned { seen(&published.delta, &self.sight) } else { published.common(left) }
    }

    /// The hash of what this desk sees, where all colleagues see this.
    pub fn hash(&self, hashes: &Hashes) -> Option<StateHash> {
        let Sight::Masked { left, .. } = &self.sight else { return None };
        let common = hashes.get(place(*left)).copied().flatten()?;
        Some(StateHash(self.mine.values().fold(common.0, |sum, more| sum.wrapping_add(*more))))
    }

    fn correct(&mut self, change: &Change) {
        let (kind, key) = change.subject();
        let key = (kind, Arc::from(key));
        if self.sight.is_own(change) {
            let common = of_change(&self.sight.common().change(change));
            self.mine.insert(key, of_change(&self.sight.change(change)).wrapping_sub(common));
        } else {
            self.mine.remove(&key);
        }
    }
}

impl Commons {
    /// Begins to keep what somebody who sees so sees alike with others.
    pub fn keep(&mut self, sight: &Sight, office: &Office) {
        if let Sight::Masked { left, .. } = sight
            && let Some(digest @ None) = self.0.get_mut(place(*left))
        {
            *digest = Some(Digest::of(&sight.common().office(office)));
        }
    }

    /// Follows a change.
    pub fn apply(&mut self, change: &Change) {
        for left in [Left::Names, Left::Nothing] {
            if let Some(Some(digest)) = self.0.get_mut(place(left)) {
                digest.apply(&Sight::Masked { left, own: Vec::new() }.change(change));
            }
        }
    }

    /// What they come to.
    pub fn hashes(&self) -> Hashes {
        [0, 1].map(|at| self.0.get(at)?.as_ref().map(Digest::hash))
    }
}

impl Published {
    /// Whose extensions it tells of.
    fn concerned(&self) -> &BTreeSet<Extension> {
        self.concerned.get_or_init(|| self.delta.changes.iter().flat_map(Sight::owners).cloned().collect())
    }

    /// As all colleagues see it who are not concerned.
    fn common(&self, left: Left) -> Utf8Bytes {
        let make = || seen(&self.delta, &Sight::Masked { left, own: Vec::new() });
        self.commons.get(place(left)).map_or_else(make, |text| text.get_or_init(make).clone())
    }

    /// As somebody sees it who was not here when it was told.
    pub fn to(&self, sight: &Sight) -> Utf8Bytes {
        match sight {
            Sight::Full => self.text.clone(),
            Sight::Masked { .. } => seen(&self.delta, sight),
        }
    }
}

fn seen(delta: &Delta, sight: &Sight) -> Utf8Bytes {
    let changes = delta.changes.iter().map(|change| sight.change(change)).collect();
    text(&ServerMessage::Delta(Delta { seq: delta.seq, changes }))
}

fn place(left: Left) -> usize {
    match left {
        Left::Names => 0,
        Left::Nothing => 1,
    }
}
