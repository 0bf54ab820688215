//! The system's wish that the program ends (Ctrl-C, the end of the desktop session), as if the person chose Quit.

use super::Inbox;
use crate::event::Event;
use crate::menu::Choice;

/// Waits for it.
pub(super) async fn heed(inbox: Inbox) {
    if let Err(error) = end_is_wanted().await {
        tracing::warn!(%error, "the system's signals cannot be heard");
        return;
    }
    inbox.tell(Event::Chosen(Choice::Quit)).await;
}

#[cfg(unix)]
async fn end_is_wanted() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn end_is_wanted() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
