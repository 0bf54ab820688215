//! The eye on a desk's session while its socket is open: revoked, closed account, new password, too old. Also when that
//! was done by another program on the same database. Not what the desk is told then.

use crate::http::App;
use crate::login::Session;
use crate::store::SessionKey;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

/// How often the session is looked up. With the second that a desk has to take the farewell, its socket is closed within
/// two.
const LOOK: Duration = Duration::from_millis(800);

/// Waits until the session is over; until then `session` holds it as it was last looked up.
pub async fn until_over(app: &App, key: SessionKey, session: &watch::Sender<Session>) {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        match app.door.session(key).await {
            Ok(Some(now)) => {
                session.send_replace(now);
            }
            Ok(None) => return,
            // A database that cannot be read for a moment throws nobody out.
            Err(error) => {
                tracing::warn!(error = %format!("{error:#}"), "a session cannot be looked up");
            }
        }
    }
}
