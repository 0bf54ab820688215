//! The effects of the controller that go to the network, and the tasks that carry them out. At most one connection is
//! there at a time; what an older one still says carries its own number and is dropped by the controller.

use super::address::ServerAddress;
use super::trust::{Fingerprint, TrustBook};
use super::{login, socket};
use crate::event::Event;
use crate::secret::Secret;
use frontdesk_protocol::{ClientMessage, Resume};
use tokio::sync::mpsc;

/// How many of our messages may wait for the socket.
const OUTBOX: usize = 64;

/// The number of a login or of a connection; each is one more than the one before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Attempt(pub(crate) u64);

impl Attempt {
    /// The number that follows.
    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A message could not be sent: there is no connection, or it does not take any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotSent;

/// The connection to the server, as the controller's effects see it.
#[derive(Debug)]
pub(crate) struct Network {
    events: mpsc::Sender<Event>,
    outbox: Option<mpsc::Sender<ClientMessage>>,
    book: TrustBook,
}

impl Network {
    /// A network that reports to `events` and takes the certificates of `book`.
    pub(crate) fn new(events: mpsc::Sender<Event>, book: TrustBook) -> Self {
        Self { events, outbox: None, book }
    }

    /// The person trusts this certificate at this address.
    pub(crate) fn trust(&self, server: &ServerAddress, certificate: Fingerprint) {
        self.book.trust(server, certificate);
    }

    /// Logs in; the outcome comes as [`Event::LoggedIn`].
    pub(crate) fn log_in(&self, attempt: Attempt, server: ServerAddress, user: String, password: Secret) {
        let (events, book) = (self.events.clone(), self.book.clone());
        tokio::spawn(async move {
            let outcome = login::log_in(&server, &book, &user, &password).await;
            let _ = events.send(Event::LoggedIn { attempt, outcome }).await;
        });
    }

    /// Ends a session at the server.
    pub(crate) fn log_out(&self, server: ServerAddress, token: Secret) {
        let book = self.book.clone();
        tokio::spawn(async move { login::log_out(&server, &book, &token).await });
    }

    /// Opens a connection, in place of one that is there: [`Event::Opened`], [`Event::Received`] …, [`Event::Lost`].
    pub(crate) fn open(
        &mut self,
        attempt: Attempt,
        server: ServerAddress,
        token: Secret,
        resume: Option<Resume>,
    ) {
        let (outbox, orders) = mpsc::channel(OUTBOX);
        self.outbox = Some(outbox);
        let (events, book) = (self.events.clone(), self.book.clone());
        tokio::spawn(async move {
            let fault = connect(&server, &book, &token, resume, orders, &events, attempt).await;
            if let Some(fault) = fault {
                let _ = events.send(Event::Lost { attempt, fault }).await;
            }
        });
    }

    /// Sends a message.
    ///
    /// # Errors
    /// [`NotSent`] when there is no connection, or it does not take any more.
    pub(crate) fn send(&self, message: ClientMessage) -> Result<(), NotSent> {
        let outbox = self.outbox.as_ref().ok_or(NotSent)?;
        outbox.try_send(message).map_err(|_| NotSent)
    }

    /// Closes the connection, where there is one.
    pub(crate) fn close(&mut self) {
        self.outbox = None;
    }
}

async fn connect(
    server: &ServerAddress,
    book: &TrustBook,
    token: &Secret,
    resume: Option<Resume>,
    mut orders: mpsc::Receiver<ClientMessage>,
    events: &mpsc::Sender<Event>,
    attempt: Attempt,
) -> Option<super::Fault> {
    let socket = tokio::select! {
        opened = socket::open(server, book, token, resume) => match opened {
            Ok(socket) => socket,
            Err(fault) => return Some(fault),
        },
        // Nothing is ordered before the connection is there, so this is its end: the controller wants another.
        _ = orders.recv() => return None,
    };
    events.send(Event::Opened { attempt }).await.ok()?;
    socket::converse(server, socket, orders, events, attempt).await
}
