//! How often something may come: ten orders at once and a second over all sockets of a session, frames of one socket.
//! Pure but for the shared cell.

use crate::store::SessionKey;
use frontdesk_protocol::Millis;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// How many orders may come at once, and per second.
const ORDERS: u64 = 10;

/// The pace of each session that has a socket.
#[derive(Debug, Default)]
pub struct Paces(Mutex<BTreeMap<SessionKey, Weak<Pace>>>);

/// One pace: of a session's orders, or of a socket's frames.
#[derive(Debug)]
pub struct Pace(Mutex<Bucket>);

#[derive(Debug)]
struct Bucket {
    /// How many may come at once, and per second.
    rate: u64,
    /// Thousandths of one.
    level: u64,
    at: Millis,
}

impl Paces {
    /// The pace that all sockets of a session share.
    pub fn of(&self, session: SessionKey, now: Millis) -> Arc<Pace> {
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        paces.retain(|_, pace| pace.strong_count() > 0);
        if let Some(pace) = paces.get(&session).and_then(Weak::upgrade) {
            return pace;
        }
        let pace = Arc::new(Pace::new(ORDERS, now));
        paces.insert(session, Arc::downgrade(&pace));
        pace
    }
}

impl Pace {
    /// A pace of so many at once, and per second.
    pub fn new(rate: u64, now: Millis) -> Self {
        Self(Mutex::new(Bucket { rate, level: rate.saturating_mul(1_000), at: now }))
    }

    /// Takes one where the pace allows it.
    pub fn allows(&self, now: Millis) -> bool {
        let mut bucket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gained = now.since(bucket.at).saturating_mul(bucket.rate);
        bucket.level = bucket.level.saturating_add(gained).min(bucket.rate.saturating_mul(1_000));
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
        let (one, other) = (paces.of(key, Millis(0)), paces.of(key, Millis(0)));
        let taken = (0..20).filter(|n| [&one, &other][n % 2].allows(Millis(0))).count();
        assert_eq!(taken, 10);
        assert!(!one.allows(Millis(99)));
        assert!(one.allows(Millis(199)));
        assert!(paces.of(SessionKey([2; 32]), Millis(0)).allows(Millis(0)));
    }
}
