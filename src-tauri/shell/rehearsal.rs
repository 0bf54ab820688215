//! The rehearsal office in this process, with the server that stands between it and this desk: the same line as in an
//! office of its own, over loopback.

use super::Inbox;
use crate::event::{Event, Invitation};
use crate::secret::Secret;
use anyhow::Context as _;
use frontdesk_protocol::{Extension, Role, UserName};
use frontdesk_server::{Options, RunningServer, Server};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The same seed gives the same calls, so that a person who learns, and a picture, see the same office again.
const SEED: u64 = 1;

/// Who sits at the desk, and at which telephones.
const USER: &str = "reception";
const EXTENSION: &str = "1001";

/// A rehearsal office that is open, or opening.
#[derive(Debug)]
pub(super) struct Rehearsal {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Opens the rehearsal office: [`Event::Rehearsal`].
pub(super) fn open(inbox: Inbox) -> Rehearsal {
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(async move {
        match invite().await {
            Ok((server, invitation)) => {
                inbox.tell(Event::Rehearsal(Ok(invitation))).await;
                // It ends when it is stopped, and also when nobody is left who could stop it.
                let _ = stopped.await;
                server.shutdown().await;
            }
            Err(error) => inbox.tell(Event::Rehearsal(Err(format!("{error:#}.")))).await,
        }
    });
    Rehearsal { stop, task }
}

impl Rehearsal {
    /// Closes the office, and waits until its traces are gone.
    pub(super) async fn close(self) {
        // The task may have ended by itself.
        let _ = self.stop.send(());
        if let Err(error) = self.task.await {
            tracing::warn!(%error, "the rehearsal office did not close properly");
        }
    }
}

async fn invite() -> anyhow::Result<(RunningServer, Invitation)> {
    let server = Server::start(Options::rehearsal(SEED)).await?;
    let user = UserName::parse(USER)?;
    let extension = Extension::parse(EXTENSION)?;
    // Nobody types it: the session below is opened without it.
    let password: String = std::iter::repeat_with(fastrand::alphanumeric).take(32).collect();
    server.put_user(&user, Role::Receptionist, vec![extension], &password).await.context("the demo user")?;
    let token = Secret::new(server.sign_in(&user).await?);
    let invitation = Invitation { server: server.addr().to_string(), user: USER.to_owned(), token };
    Ok((server, invitation))
}
