//! The eye on the sessions whose desks are connected: revoked, closed account, new password, too old. Also when that was
//! done by another program on the same database. All are looked up together. Not what a desk is told then.

use crate::http::App;
use crate::login::{Looked, Session};
use crate::stop::farewell;
use crate::store::SessionKey;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

/// How often the sessions are looked up. With the second that a desk has to take the farewell, its socket is closed
/// within two.
const LOOK: Duration = Duration::from_millis(800);

/// A session as it was last looked up; nothing once it is over.
pub type Standing = watch::Receiver<Option<Session>>;

/// The sessions that are watched.
#[derive(Debug, Default)]
pub struct Vigil(Mutex<BTreeMap<SessionKey, watch::Sender<Option<Session>>>>);

impl Vigil {
    /// Watches a session that has just been looked up, as long as the answer is kept.
    pub fn watch(&self, session: &Session) -> Standing {
        let mut watched = self.lock();
        let told = watched.entry(session.key).or_insert_with(|| watch::Sender::new(None));
        told.send_if_modified(|held| held.replace(session.clone()).as_ref() != Some(session));
        told.subscribe()
    }

    fn keys(&self) -> Vec<SessionKey> {
        let mut watched = self.lock();
        watched.retain(|_, told| told.receiver_count() > 0);
        watched.keys().copied().collect()
    }

    /// Tells what was found; gives the key where nothing could be read. A database that cannot be read for a moment throws
    /// nobody out, and is warned of once.
    fn take(&self, (key, found): Looked, warned: &BTreeSet<SessionKey>) -> Option<SessionKey> {
        match found {
            Ok(now) => {
                self.tell(key, now);
                None
            }
            Err(error) => {
                if !warned.contains(&key) {
                    tracing::warn!(error = %format!("{error:#}"), session = %key, "a session cannot be looked up and stands");
                }
                Some(key)
            }
        }
    }

    fn tell(&self, key: SessionKey, now: Option<Session>) {
        if let Some(told) = self.lock().get(&key) {
            told.send_if_modified(|held| {
                let news = *held != now;
                *held = now;
                news
            });
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<SessionKey, watch::Sender<Option<Session>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks the watched sessions up until the server ends.
pub async fn keep(app: Arc<App>) {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stop = app.stop.clone();
    let mut unread = BTreeSet::new();
    loop {
        tokio::select! {
            _ = farewell(&mut stop) => return,
            _ = looks.tick() => {}
        }
        let keys = app.vigil.keys();
        if keys.is_empty() {
            continue;
        }
        unread = match app.door.sessions(keys).await {
            Ok(looked) => looked.into_iter().filter_map(|looked| app.vigil.take(looked, &unread)).collect(),
            Err(error) => {
                tracing::warn!(error = %format!("{error:#}"), "the sessions cannot be looked up");
                unread
            }
        };
    }
}
