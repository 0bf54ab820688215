//! The hash by which a client finds out that its office differs from the server's: a sum over all facts, so that the
//! order of the facts does not matter and a changed one costs only its own part. `docs/protocol.md` says it in words.

use crate::office::{Change, Office};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
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

/// The parts of the facts of an office that was hashed before, so that only what is another fact now is hashed again: for
/// whoever hashes the same office time and again and cannot wait long.
#[derive(Debug, Clone, Default)]
pub struct Memo {
    /// In the order of [`Office::facts`]; without a part where there was no time for it.
    facts: Vec<(Change, Option<u64>)>,
}

impl Memo {
    /// Hashes at most so many facts that are new; says whether some are left.
    pub fn go_on(&mut self, office: &Office, most: usize) -> bool {
        let mut old = std::mem::take(&mut self.facts).into_iter().peekable();
        let (mut most, mut left) = (most, false);
        for fact in office.facts() {
            while old.next_if(|(gone, _)| gone.subject() < fact.subject()).is_some() {}
            let known = old.next_if(|(before, _)| before.subject() == fact.subject());
            let part = match known.filter(|(before, _)| is_same(before, &fact)).and_then(|(_, part)| part) {
                Some(part) => Some(part),
                None if most > 0 => {
                    most -= 1;
                    Some(of_fact(&fact))
                }
                None => {
                    left = true;
                    None
                }
            };
            self.facts.push((fact, part));
        }
        left
    }

    /// The hash of the office.
    pub fn hash(&mut self, office: &Office) -> StateHash {
        self.go_on(office, usize::MAX);
        StateHash(self.facts.iter().filter_map(|(_, part)| *part).fold(0, u64::wrapping_add))
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
    // Our own types have string keys only and cannot fail to serialise.
    let value = serde_json::to_value(fact).unwrap_or_default();
    let mut fnv = Fnv(0xcbf2_9ce4_8422_2325);
    fnv.value(&value);
    let mut hash = fnv.0;
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

/// FNV-1a with 64 bits over the Bencode of JSON values.
struct Fnv(u64);

impl Fnv {
    fn value(&mut self, value: &Value) {
        match value {
            // Only members of objects can be null, and those are left out.
            Value::Null => {}
            Value::Bool(truth) => self.bytes(if *truth { b"i1e" } else { b"i0e" }),
            Value::Number(number) => self.bytes(format!("i{number}e").as_bytes()),
            Value::String(text) => self.text(text),
            Value::Array(values) => {
                self.bytes(b"l");
                values.iter().for_each(|value| self.value(value));
                self.bytes(b"e");
            }
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().filter(|(_, value)| !value.is_null()).collect();
                members.sort_unstable_by_key(|(key, _)| key.as_bytes());
                self.bytes(b"d");
                for (key, value) in members {
                    self.text(key);
                    self.value(value);
                }
                self.bytes(b"e");
            }
        }
    }

    fn text(&mut self, text: &str) {
        self.bytes(format!("{}:", text.len()).as_bytes());
        self.bytes(text.as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
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
