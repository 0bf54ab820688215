//! The session's token in the system's keyring. Where there is none, nothing is kept, and the person is told once.

use super::Inbox;
use crate::account::Account;
use crate::event::Event;
use crate::secret::Secret;
use keyring::Entry;
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

const SERVICE: &str = "org.frontdesk.Frontdesk";

/// How long the keyring may take; it may be asking the person to unlock it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Looks for an account's token: [`Event::Recalled`].
pub(super) fn recall(inbox: Inbox, account: Account) {
    tokio::spawn(async move {
        let asked = account.clone();
        let token = in_time(move || entry(&asked)?.get_password()).await;
        if let Err(error) = &token {
            tracing::info!(%error, "the keyring has no session");
        }
        let token = token.ok().map(Secret::new);
        inbox.tell(Event::Recalled { account, token }).await;
    });
}

/// Keeps an account's token, or reports [`Event::NotKept`].
pub(super) fn keep(inbox: Inbox, account: Account, token: Secret) {
    tokio::spawn(async move {
        let kept = in_time(move || entry(&account)?.set_password(token.reveal())).await;
        if let Err(error) = kept {
            tracing::warn!(%error, "the keyring does not take the session");
            inbox.tell(Event::NotKept).await;
        }
    });
}

/// Takes an account's token out of the keyring, if it is there.
pub(super) fn forget(account: Account) {
    tokio::spawn(async move {
        if let Err(error) = in_time(move || entry(&account)?.delete_credential()).await {
            tracing::debug!(%error, "there was no session in the keyring");
        }
    });
}

fn entry(account: &Account) -> keyring::Result<Entry> {
    Entry::new(SERVICE, &format!("{} at {}", account.user, account.server))
}

/// The keyring blocks, so it works on a thread of its own.
async fn in_time<T: Send + 'static>(
    work: impl FnOnce() -> keyring::Result<T> + Send + 'static,
) -> Result<T, String> {
    match timeout(PATIENCE, spawn_blocking(work)).await {
        Ok(Ok(outcome)) => outcome.map_err(|error| error.to_string()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the keyring does not answer".into()),
    }
}
