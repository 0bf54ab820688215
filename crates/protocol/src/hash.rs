//! The hash by which a client finds out that its office differs from the server's: a sum over all facts, so that the
//! order of the facts does not matter and a changed one costs only its own part. `docs/protocol.md` says it in words.

mod bencode;

use crate::office::{Change, Office};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::iter;
use std::sync::Arc;

/// The hash of an office; on the wire 16 hexadecimal digits, for 64 bits are more than a JSON number holds everywhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", schemars(with = "String"))]
pub struct StateHash(pub u64);

/// A text that is not the hash of an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not 16 hexadecimal digits")]
pub struct InvalidHash;

/// The hash of an office that changes, kept fact by fact.
#[derive(Debug, Clone)]
pub struct Digest {
    sum: u64,
    facts: BTreeMap<(u8, Arc<str>), u64>,
}

/// The parts of the facts of an office that changes, so that only what changed is hashed again, and some facts at a time:
/// for whoever hashes the same office time and again and cannot wait long.
#[derive(Debug, Clone)]
pub struct Memo {
    sum: u64,
    parts: BTreeMap<About, u64>,
    /// What is to be hashed as it is now.
    waiting: BTreeSet<About>,
    /// Whether that is everything.
    anew: bool,
}

/// A fact, or the end of one, by what it is about.
#[derive(Debug, Clone)]
struct About(Change);

impl Memo {
    /// There is another office.
    pub fn begin(&mut self) {
        *self = Self::default();
    }

    /// Something changes in it.
    pub fn changes(&mut self, change: &Change) {
        self.waiting.replace(About(change.clone()));
    }

    /// Hashes at most so many facts that wait for it; says whether some are left.
    pub fn go_on(&mut self, office: &Office, most: usize) -> bool {
        if std::mem::take(&mut self.anew) {
            self.waiting = office.facts().map(About).collect();
        }
        for _ in 0..most {
            let Some(about) = self.waiting.pop_first() else { break };
            let before = self.parts.remove(&about).unwrap_or(0);
            let after = office.fact(&about.0).map(|fact| {
                let part = of_fact(&fact);
                self.parts.insert(About(fact), part);
                part
            });
            self.sum = self.sum.wrapping_sub(before).wrapping_add(after.unwrap_or(0));
        }
        !self.waiting.is_empty()
    }

    /// The hash of the office: that of what stands there, also where nobody said that it changed.
    pub fn hash(&mut self, office: &Office) -> StateHash {
        self.go_on(office, usize::MAX);
        let mut known = self.parts.keys().peekable();
        let mut untold = Vec::new();
        for fact in office.facts().map(About) {
            untold.extend(iter::from_fn(|| known.next_if(|known| **known < fact)).cloned());
            if known.next_if_eq(&&fact).is_none_or(|known| !is_same(&known.0, &fact.0)) {
                untold.push(fact);
            }
        }
        untold.extend(known.cloned());
        self.waiting.extend(untold);
        self.go_on(office, usize::MAX);
        StateHash(self.sum)
    }
}

/// Whether two facts are not merely equal but the same value in memory, which costs nothing to know.
fn is_same(one: &Change, other: &Change) -> bool {
    match (one, other) {
        (Change::Link(one), Change::Link(other)) => one == other,
        (Change::Person(one), Change::Person(other)) => Arc::ptr_eq(one, other),
        (Change::Extension(one), Change::Extension(other)) => Arc::ptr_eq(one, other),
        (Change::Call(one), Change::Call(other)) => Arc::ptr_eq(one, other),
        (Change::Queue(one), Change::Queue(other)) => Arc::ptr_eq(one, other),
        (Change::Lot(one), Change::Lot(other)) => Arc::ptr_eq(one, other),
        (Change::Mailbox(one), Change::Mailbox(other)) => Arc::ptr_eq(one, other),
        (Change::Handed(one), Change::Handed(other)) => Arc::ptr_eq(one, other),
        _ => false,
    }
}

impl Default for Memo {
    fn default() -> Self {
        Self { sum: 0, parts: BTreeMap::new(), waiting: BTreeSet::new(), anew: true }
    }
}

impl PartialEq for About {
    fn eq(&self, other: &Self) -> bool {
        self.0.subject() == other.0.subject()
    }
}

impl Eq for About {}

impl PartialOrd for About {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for About {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.subject().cmp(&other.0.subject())
    }
}

impl Office {
    /// The hash of all that stands here.
    pub fn hash(&self) -> StateHash {
        StateHash(self.facts().fold(0, |sum, fact| sum.wrapping_add(of_fact(&fact))))
    }
}

impl Default for Digest {
    fn default() -> Self {
        Self::of(&Office::default())
    }
}

/// What a change's fact adds to the hash; nothing where the change takes the fact away.
pub fn of_change(change: &Change) -> u64 {
    if change.takes_away() { 0 } else { of_fact(change) }
}

impl Digest {
    /// That of an office as it is.
    pub fn of(office: &Office) -> Self {
        let mut digest = Self { sum: 0, facts: BTreeMap::new() };
        office.facts().for_each(|fact| digest.apply(&fact));
        digest
    }

    /// Follows one change.
    pub fn apply(&mut self, change: &Change) {
        let (kind, key) = change.subject();
        let key = (kind, Arc::from(key));
        let before = if change.takes_away() {
            self.facts.remove(&key)
        } else {
            let fact = of_fact(change);
            self.sum = self.sum.wrapping_add(fact);
            self.facts.insert(key, fact)
        };
        self.sum = self.sum.wrapping_sub(before.unwrap_or(0));
    }

    /// The hash now.
    pub fn hash(&self) -> StateHash {
        StateHash(self.sum)
    }
}

/// The part of one fact: FNV-1a of its bytes, and then the finaliser of MurmurHash3, because a sum needs parts whose
/// bits are mixed well.
fn of_fact(fact: &Change) -> u64 {
    let mut bytes = Vec::with_capacity(512);
    // Our own types have string keys only and cannot fail to serialise.
    let _ = bencode::write(fact, &mut bytes);
    let fnv = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let mut hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, fnv);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

impl fmt::Display for StateHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl From<StateHash> for String {
    fn from(hash: StateHash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for StateHash {
    type Error = InvalidHash;
    fn try_from(text: String) -> Result<Self, InvalidHash> {
        let digits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = digits.then(|| u64::from_str_radix(&text, 16).ok()).flatten();
        number.map(Self).ok_or(InvalidHash)
    }
}

#[cfg(test)]
mod tests;
