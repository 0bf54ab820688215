//! How often something may come: orders over all sockets of a session, frames of one socket.
//! Pure but for the shared cell.

use crate::store::SessionKey;
use frontdesk_protocol::Millis;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// How often.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// How many may come at once, after a while in which none came.
    pub at_once: u64,
    /// How many come to that in each second.
    pub per_second: u64,
}

/// The pace of each session that has a socket.
#[derive(Debug, Default)]
pub struct Paces(Mutex<BTreeMap<SessionKey, Weak<Pace>>>);

/// One pace: of a session's orders, or of a socket's frames.
#[derive(Debug)]
pub struct Pace(Mutex<Bucket>);

#[derive(Debug)]
struct Bucket {
    rate: Rate,
    /// Thousandths of one.
    level: u64,
    at: Millis,
}

impl Paces {
    /// The pace that all sockets of a session share.
    pub fn of(&self, session: SessionKey, orders: Rate, now: Millis) -> Arc<Pace> {
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        paces.retain(|_, pace| pace.strong_count() > 0);
        if let Some(pace) = paces.get(&session).and_then(Weak::upgrade) {
            return pace;
        }
        let pace = Arc::new(Pace::new(orders, now));
        paces.insert(session, Arc::downgrade(&pace));
        pace
    }
}

impl Pace {
    /// A pace of which nothing is taken yet.
    pub fn new(rate: Rate, now: Millis) -> Self {
        Self(Mutex::new(Bucket { rate, level: rate.at_once.saturating_mul(1_000), at: now }))
    }

    /// Takes one where the pace allows it.
    pub fn allows(&self, now: Millis) -> bool {
        let mut bucket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gained = now.since(bucket.at).saturating_mul(bucket.rate.per_second);
        bucket.level = bucket.level.saturating_add(gained).min(bucket.rate.at_once.saturating_mul(1_000));
        bucket.at = now;
        let Some(rest) = bucket.level.checked_sub(1_000) else { return false };
        bucket.level = rest;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_orders_a_second_over_all_sockets_of_a_session() {
        let paces = Paces::default();
        let key = SessionKey([1; 32]);
        let ten = Rate { at_once: 10, per_second: 10 };
        let (one, other) = (paces.of(key, ten, Millis(0)), paces.of(key, ten, Millis(0)));
        let taken = (0..20).filter(|n| [&one, &other][n % 2].allows(Millis(0))).count();
        assert_eq!(taken, 10);
        assert!(!one.allows(Millis(99)));
        assert!(one.allows(Millis(199)));
        assert!(paces.of(SessionKey([2; 32]), ten, Millis(0)).allows(Millis(0)));
    }
}
