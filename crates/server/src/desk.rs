//! One desk's WebSocket: hello, snapshot, deltas, orders, questions, signs of life. It ends when the desk is silent,
//! loud or slow beyond patience, or its session is over. Not what is sent to all; that is `hub`.

mod hearing;
mod vigil;

use crate::clock;
use crate::exchange::Order;
use crate::http::App;
use crate::hub::{Delivery, Feed, Start, text};
use crate::login::Session;
use crate::pace::Pace;
use crate::permission;
use crate::privacy::Sight;
use crate::stop::{Stop, farewell};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use frontdesk_protocol::{
    BEAT_MS, ClientMessage, CommandId, HistoryQuery, Outcome, Reason, Resume, ResyncCause, ServerMessage,
};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use hearing::{Heard, understand};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until, timeout};

/// How often a desk is pinged.
const PING: Duration = Duration::from_secs(10);
/// How long a frame may take to leave.
const PATIENCE: Duration = Duration::from_secs(25);
const TOO_MANY: &str = "Too many orders at once. This one was not carried out; wait a moment and try again.";
/// How many orders and questions of one desk may be open.
const OPEN: usize = 32;

/// What a client is given time and room for.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long a request may take to arrive; head and body each.
    pub request: Duration,
    /// How long a desk may take to say hello.
    pub hello: Duration,
    /// How long it may be silent; it is pinged well before.
    pub silence: Duration,
    /// How many frames of any kind it may send at once, and per second.
    pub frames: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(5),
            hello: Duration::from_secs(5),
            silence: Duration::from_secs(25),
            frames: 50,
        }
    }
}

/// Serves a desk until it goes, its session ends, or the server does.
pub async fn serve(socket: WebSocket, app: Arc<App>, session: Session) {
    let _here = app.present.enter();
    let user = session.user.name.clone();
    tracing::info!(%user, "a desk connects");
    let pace = app.paces.of(session.key, clock::now());
    let now = Instant::now();
    let key = session.key;
    let (renewed, session) = watch::channel(session);
    let mut desk = Desk {
        wire: Wire { socket, sent: now, heard: now, frames: Pace::new(app.limits.frames, clock::now()) },
        stop: app.stop.clone(),
        trouble: app.store.trouble(),
        app: Arc::clone(&app),
        session,
        pace,
        told: None,
        open: FuturesUnordered::new(),
    };
    let end = tokio::select! {
        // First, so that a desk that is never silent, or that takes nothing any more, cannot put it off.
        biased;
        () = vigil::until_over(&app, key, &renewed) => {
            bye("Your session has ended. Log in again.", Again::No, close_code::POLICY)
        }
        Err(end) = desk.run() => end,
    };
    tracing::info!(%user, ?end, "a desk goes");
    desk.wire.leave(end).await;
}

/// Why a desk's connection ends.
#[derive(Debug)]
enum End {
    /// The desk went, or cannot be reached.
    Gone,
    /// The server ends it, and says why.
    Bye { text: String, again: Again, code: u16 },
}

/// Whether the client should come back by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    Yes,
    No,
}

/// Never: a desk's connection only ends with an [`End`].
enum Never {}

struct Desk {
    wire: Wire,
    app: Arc<App>,
    /// As it was last looked up.
    session: watch::Receiver<Session>,
    pace: Arc<Pace>,
    stop: Stop,
    trouble: watch::Receiver<Option<String>>,
    /// The notice that stands at the desk.
    told: Option<String>,
    /// Orders and questions that are not answered yet.
    open: FuturesUnordered<BoxFuture<'static, Utf8Bytes>>,
}

impl Desk {
    async fn run(&mut self) -> Result<Never, End> {
        let resume = match timeout(self.app.limits.hello, self.hello()).await {
            Ok(resume) => resume?,
            Err(_) => {
                return Err(bye("The client did not say hello in time.", Again::Yes, close_code::POLICY));
            }
        };
        let mut rest = self.begin(resume).await?;
        self.trouble.mark_changed();
        let mut ping = tokio::time::interval_at(Instant::now() + PING, PING);
        loop {
            let beat = self.wire.sent + Duration::from_millis(BEAT_MS);
            let silent = self.wire.heard + self.app.limits.silence;
            tokio::select! {
                biased;
                text = farewell(&mut self.stop) => return Err(bye(&text, Again::Yes, close_code::AWAY)),
                message = self.wire.hear() => match message? {
                    Heard::Message(message) => self.answer(message, &mut rest).await?,
                    Heard::Unclear { id: Some(id), text } => self.unclear(&id, &text).await?,
                    Heard::Unclear { id: None, text } => return Err(bye(&text, Again::No, close_code::POLICY)),
                    Heard::Life => {}
                },
                Some(answer) = self.open.next(), if !self.open.is_empty() => self.wire.send(answer).await?,
                delivery = rest.next() => match delivery {
                    Delivery::Frame(text) => self.wire.send(text).await?,
                    Delivery::Row(extension, text) => {
                        let shown = permission::may_see_row(&self.session.borrow().user, &extension);
                        if shown {
                            self.wire.send(text).await?;
                        }
                    }
                    Delivery::Lagged => rest = self.snapshot().await?,
                    Delivery::End => return Err(bye("The server stops.", Again::Yes, close_code::AWAY)),
                },
                Ok(()) = self.trouble.changed() => {
                    let now = self.trouble.borrow_and_update().clone();
                    if now != self.told {
                        self.told.clone_from(&now);
                        self.wire.send(text(&ServerMessage::Notice { text: now })).await?;
                    }
                }
                () = sleep_until(beat) => {
                    let beat = ServerMessage::Beat { now: clock::now(), seq: rest.seq() };
                    self.wire.send(text(&beat)).await?;
                }
                _ = ping.tick() => self.wire.ping().await?,
                Ok(()) = self.session.changed() => {
                    // What this desk may see has changed: what it knows is void.
                    if *rest.sight() != self.sight() {
                        rest = self.begin(None).await?;
                    }
                }
                () = sleep_until(silent) => return Err(End::Gone),
            }
        }
    }

    async fn hello(&mut self) -> Result<Option<Resume>, End> {
        loop {
            match self.wire.hear().await? {
                Heard::Message(ClientMessage::Hello { resume }) => return Ok(resume),
                Heard::Life | Heard::Message(ClientMessage::Beat) => {}
                Heard::Message(_) => {
                    let text = "The client's first message must be hello. Update the client.";
                    return Err(bye(text, Again::No, close_code::POLICY));
                }
                Heard::Unclear { text, .. } => return Err(bye(&text, Again::No, close_code::POLICY)),
            }
        }
    }

    async fn begin(&mut self, resume: Option<Resume>) -> Result<Feed, End> {
        let start = self.app.hub.start(resume.as_ref(), self.sight(), clock::now());
        let viewer = self.app.hub.office(|office| permission::viewer(&self.session.borrow().user, office));
        let epoch = start.epoch.clone();
        let ready = ServerMessage::Ready { epoch, now: clock::now(), viewer, resumed: start.resumed };
        self.wire.send(text(&ready)).await?;
        self.first(start).await
    }

    async fn snapshot(&mut self) -> Result<Feed, End> {
        let start = self.app.hub.start(None, self.sight(), clock::now());
        self.first(start).await
    }

    async fn first(&mut self, start: Start) -> Result<Feed, End> {
        for frame in start.first {
            self.wire.send(frame).await?;
        }
        Ok(start.feed)
    }

    fn sight(&self) -> Sight {
        Sight::of(&self.session.borrow().user, self.app.others)
    }

    async fn resync(&mut self, why: ResyncCause) -> Result<Feed, End> {
        let user = self.session.borrow().user.name.clone();
        match why {
            ResyncCause::Gap => tracing::info!(%user, "a desk asks for a snapshot: it misses a change"),
            ResyncCause::Differs => {
                tracing::warn!(%user, "a desk asks for a snapshot: its office differs from the server's");
            }
        }
        self.snapshot().await
    }

    async fn answer(&mut self, message: ClientMessage, rest: &mut Feed) -> Result<(), End> {
        match message {
            ClientMessage::Beat => Ok(()),
            ClientMessage::Hello { .. } => {
                let text = "The client said hello twice. Update the client.";
                Err(bye(text, Again::No, close_code::POLICY))
            }
            ClientMessage::Resync { why } if self.pace.allows(clock::now()) => {
                *rest = self.resync(why).await?;
                Ok(())
            }
            ClientMessage::Resync { .. } => {
                Err(bye("The client asks for too many snapshots.", Again::Yes, close_code::POLICY))
            }
            ClientMessage::Command { id, .. } | ClientMessage::History { id, .. }
                if self.open.len() >= OPEN || !self.pace.allows(clock::now()) =>
            {
                self.refuse(&id, Reason::Refused, TOO_MANY).await
            }
            ClientMessage::Command { id, command } => {
                let (reply, outcome) = oneshot::channel();
                let Session { key, user } = self.session.borrow().clone();
                let order = Order { session: key, user, id: id.clone(), command, reply };
                match self.app.orders.try_send(order) {
                    Ok(()) => {
                        self.open.push(Box::pin(async move {
                            let outcome = outcome.await.unwrap_or_else(|_| stopped());
                            text(&ServerMessage::Result { id, outcome })
                        }));
                        Ok(())
                    }
                    Err(mpsc::error::TrySendError::Full(_)) => {
                        let text = "The server is too busy. This was not carried out; try again in a moment.";
                        self.refuse(&id, Reason::Refused, text).await
                    }
                    Err(mpsc::error::TrySendError::Closed(_)) => {
                        self.wire.send(text(&ServerMessage::Result { id, outcome: stopped() })).await
                    }
                }
            }
            ClientMessage::History { id, query } => self.history(id, query).await,
        }
    }

    async fn history(&mut self, id: CommandId, query: HistoryQuery) -> Result<(), End> {
        let extensions =
            self.app.hub.office(|office| permission::may_read(&self.session.borrow().user, &query, office));
        let extensions = match extensions {
            Ok(extensions) => extensions,
            Err(outcome) => return self.wire.send(text(&ServerMessage::Result { id, outcome })).await,
        };
        let app = Arc::clone(&self.app);
        self.open.push(Box::pin(async move {
            match app.store.page(extensions, query.before, query.limit).await {
                Ok(page) => text(&ServerMessage::History { id, page }),
                Err(error) => {
                    tracing::error!(error = %format!("{error:#}"), "the history cannot be read");
                    let outcome = Outcome::Failed {
                        reason: Reason::Refused,
                        text: "The call history cannot be read at the moment. Try again, or tell your administrator."
                            .into(),
                    };
                    text(&ServerMessage::Result { id, outcome })
                }
            }
        }));
        Ok(())
    }

    /// Answers an order that is not understood; it counts like one that is.
    async fn unclear(&mut self, id: &CommandId, text: &str) -> Result<(), End> {
        match self.pace.allows(clock::now()) {
            true => self.refuse(id, Reason::Invalid, text).await,
            false => self.refuse(id, Reason::Refused, TOO_MANY).await,
        }
    }

    async fn refuse(&mut self, id: &CommandId, reason: Reason, why: &str) -> Result<(), End> {
        let outcome = Outcome::Failed { reason, text: why.to_owned() };
        self.wire.send(text(&ServerMessage::Result { id: id.clone(), outcome })).await
    }
}

/// The socket, with when it was last used in each direction.
struct Wire {
    socket: WebSocket,
    sent: Instant,
    heard: Instant,
    /// How often it may be heard.
    frames: Pace,
}

impl Wire {
    async fn hear(&mut self) -> Result<Heard, End> {
        let message = match self.socket.recv().await {
            None => return Err(End::Gone),
            Some(Ok(message)) => message,
            Some(Err(error)) => {
                tracing::debug!(%error, "a desk's message cannot be read");
                let text = "The server could not read the client's message: it is too large or broken.";
                return Err(bye(text, Again::Yes, close_code::SIZE));
            }
        };
        self.heard = Instant::now();
        if !self.frames.allows(clock::now()) {
            let text = "The client sent more messages than the server takes. Update the client.";
            return Err(bye(text, Again::Yes, close_code::POLICY));
        }
        Ok(match message {
            Message::Text(text) => understand(&text),
            Message::Binary(_) => {
                Heard::Unclear { id: None, text: "Messages are JSON text frames. Update the client.".into() }
            }
            Message::Ping(_) | Message::Pong(_) => Heard::Life,
            Message::Close(_) => return Err(End::Gone),
        })
    }

    async fn send(&mut self, text: Utf8Bytes) -> Result<(), End> {
        self.put(Message::Text(text)).await?;
        self.sent = Instant::now();
        Ok(())
    }

    async fn ping(&mut self) -> Result<(), End> {
        self.put(Message::Ping(Default::default())).await
    }

    async fn put(&mut self, message: Message) -> Result<(), End> {
        match timeout(PATIENCE, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }

    async fn leave(mut self, end: End) {
        let End::Bye { text: why, again, code } = end else { return };
        let message = ServerMessage::Bye { text: why, again: again == Again::Yes };
        let frame = CloseFrame { code, reason: Utf8Bytes::from_static("") };
        let farewell = async {
            self.socket.send(Message::Text(text(&message))).await?;
            self.socket.send(Message::Close(Some(frame))).await
        };
        // A desk that no longer takes the farewell finds out by itself.
        let _ = timeout(Duration::from_secs(1), farewell).await;
    }
}

fn bye(text: &str, again: Again, code: u16) -> End {
    End::Bye { text: text.to_owned(), again, code }
}

fn stopped() -> Outcome {
    Outcome::Failed {
        reason: Reason::NoLink,
        text: "The server stopped before this was confirmed. Look at the call before you try again.".into(),
    }
}

#[cfg(test)]
mod tests;
