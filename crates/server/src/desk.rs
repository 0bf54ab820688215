//! One desk's WebSocket: it carries what the conversation says to the desk and back, and ends when the desk is silent,
//! loud or slow beyond patience, or its session is over. What is said is `talk`; what is sent to all is `hub`.

pub mod end;
pub mod hearing;
mod news;
pub mod talk;
pub mod vigil;

use crate::clock;
use crate::exchange::Order;
use crate::http::{App, Socket};
use crate::hub::{Delivery, text};
use crate::login::Session;
use crate::pace::Rate;
use crate::presence::Presence;
use end::{Again, End, bye, code};
use frontdesk_protocol::{CommandId, Extension, HistoryQuery, Outcome, Reason, ServerMessage};
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{SinkExt as _, StreamExt as _};
use hearing::{Heard, understand};
use news::News;
use std::sync::Arc;
use std::time::Duration;
use talk::{Say, Talk};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame};
use tokio_tungstenite::tungstenite::{Bytes, Message, Utf8Bytes};

/// How long a frame may take to leave.
const PATIENCE: Duration = Duration::from_secs(25);

/// The longest part of a message that is sent at once, in bytes.
const PART: usize = 8 * 1024;

/// What a client is given time and room for.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long a request may take to arrive; head and body each.
    pub request: Duration,
    /// How long a desk may take to say hello.
    pub hello: Duration,
    /// How long it may be silent; it is pinged well before.
    pub silence: Duration,
    /// How many orders and questions all desks of a session may send.
    pub orders: Rate,
    /// How many frames of any kind a desk may send.
    pub frames: Rate,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(5),
            hello: Duration::from_secs(5),
            silence: Duration::from_secs(25),
            orders: Rate { at_once: 10, per_second: 10 },
            frames: Rate { at_once: 50, per_second: 50 },
        }
    }
}

/// Serves a desk until it goes, its session ends, or the server does.
pub async fn serve(socket: Socket, app: Arc<App>, session: Session) {
    let _here = app.present.enter();
    let user = session.user.name.clone();
    tracing::info!(%user, "a desk connects");
    let now = clock::steady();
    let pace = app.paces.of(session.key, app.limits.orders, now);
    let talk = Talk::new(Arc::clone(&app.hub), app.others, app.limits, session.clone(), pace, now);
    let mut standing = app.vigil.watch(&session);
    let mut desk = Desk {
        wire: Wire { socket },
        talk,
        news: news::of(&app, standing.clone()),
        app: Arc::clone(&app),
        open: FuturesUnordered::new(),
    };
    let end = tokio::select! {
        // First, so that a desk that is never silent, or that takes nothing any more, cannot put it off.
        biased;
        Ok(_) = standing.wait_for(Option::is_none) => {
            bye("Your session has ended. Log in again.", Again::No, code::POLICY)
        }
        Err(end) = desk.run() => end,
    };
    tracing::info!(%user, ?end, "a desk goes");
    desk.wire.leave(end, &app.present).await;
}

/// Never: a desk's connection only ends with an [`End`].
enum Never {}

struct Desk {
    wire: Wire,
    talk: Talk,
    app: Arc<App>,
    /// What seldom happens.
    news: news::Stream,
    /// Orders and questions that are not answered yet.
    open: FuturesUnordered<BoxFuture<'static, Utf8Bytes>>,
}

impl Desk {
    async fn run(&mut self) -> Result<Never, End> {
        let alarm = sleep_until(due(&self.talk));
        tokio::pin!(alarm);
        loop {
            self.flush().await?;
            // It mostly gets later, with each message; the alarm is set anew when it goes off.
            if due(&self.talk) < alarm.deadline() {
                alarm.as_mut().reset(due(&self.talk));
            }
            tokio::select! {
                biased;
                Some(news) = self.news.next() => match news {
                    News::End(farewell) => return Err(bye(&farewell, Again::Yes, code::AWAY)),
                    News::Trouble(trouble) => self.talk.notice(trouble),
                    News::Session(session) => self.talk.session(session, clock::steady()),
                },
                heard = self.wire.hear() => self.talk.hear(heard?, clock::steady())?,
                Some(answer) = self.open.next(), if !self.open.is_empty() => {
                    self.talk.answered(answer, clock::steady());
                }
                delivery = next(&mut self.talk) => self.talk.deliver(delivery, clock::steady())?,
                () = &mut alarm => {
                    self.talk.tick(clock::steady())?;
                    alarm.as_mut().reset(due(&self.talk));
                }
            }
        }
    }

    /// Does what the conversation came to.
    async fn flush(&mut self) -> Result<(), End> {
        while let Some(say) = self.talk.poll() {
            match say {
                Say::Text(text) => self.wire.say(text).await?,
                Say::Ping => self.wire.put(Message::Ping(Default::default())).await?,
                Say::Order(id, command) => {
                    let (reply, outcome) = oneshot::channel();
                    let Session { key, user } = self.talk.who().clone();
                    let order = Order { session: key, user, id: id.clone(), command, reply };
                    match self.app.orders.try_send(order) {
                        Ok(()) => self.open.push(Box::pin(async move {
                            let outcome = outcome.await.unwrap_or_else(|_| stopped());
                            text(&ServerMessage::Result { id, outcome })
                        })),
                        Err(mpsc::error::TrySendError::Full(_)) => {
                            self.talk.refused(id, busy(), clock::steady());
                        }
                        Err(mpsc::error::TrySendError::Closed(_)) => {
                            self.talk.refused(id, stopped(), clock::steady());
                        }
                    }
                }
                Say::Ask(id, extensions, query) => {
                    self.open.push(Box::pin(history(Arc::clone(&self.app), id, extensions, query)));
                }
            }
        }
        Ok(())
    }
}

/// When the conversation wants to know the time at the latest.
fn due(talk: &Talk) -> Instant {
    Instant::now() + Duration::from_millis(talk.due().since(clock::steady()))
}

/// What comes next for the desk; nothing before it has said hello.
async fn next(talk: &mut Talk) -> Delivery {
    match talk.feed() {
        Some(feed) => feed.next().await,
        None => std::future::pending().await,
    }
}

async fn history(app: Arc<App>, id: CommandId, extensions: Vec<Extension>, query: HistoryQuery) -> Utf8Bytes {
    match app
        .store
        .page(extensions, query.before, query.limit, query.text.as_deref().unwrap_or_default())
        .await
    {
        Ok(mut page) => {
            let lead = clock::lead();
            page.entries = page.entries.into_iter().map(|row| clock::shifted(row, -lead)).collect();
            text(&ServerMessage::History { id, page })
        }
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
}

/// The socket.
struct Wire {
    socket: Socket,
}

impl Wire {
    async fn hear(&mut self) -> Result<Heard, End> {
        let message = match self.socket.next().await {
            None => return Err(End::Gone),
            Some(Ok(message)) => message,
            Some(Err(error)) => {
                tracing::debug!(%error, "a desk's message cannot be read");
                let text = "The server could not read the client's message: it is too large or broken.";
                return Err(bye(text, Again::Yes, code::SIZE));
            }
        };
        Ok(match message {
            Message::Text(text) => understand(&text),
            Message::Binary(_) => {
                Heard::Unclear { id: None, text: "Messages are JSON text frames. Update the client.".into() }
            }
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Heard::Life,
            Message::Close(_) => return Err(End::Gone),
        })
    }

    /// Sends a text; a long one in parts, so that the socket keeps no more room than for one of them.
    async fn say(&mut self, text: Utf8Bytes) -> Result<(), End> {
        if text.len() <= PART {
            return self.put(Message::Text(text)).await;
        }
        let bytes = Bytes::from(text);
        for begin in (0..bytes.len()).step_by(PART) {
            let end = bytes.len().min(begin + PART);
            let kind = if begin == 0 { Data::Text } else { Data::Continue };
            let part = Frame::message(bytes.slice(begin..end), OpCode::Data(kind), end == bytes.len());
            self.put(Message::Frame(part)).await?;
        }
        Ok(())
    }

    async fn put(&mut self, message: Message) -> Result<(), End> {
        match timeout(PATIENCE, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }

    async fn leave(mut self, end: End, present: &Presence) {
        let End::Bye { text: why, again, code } = end else { return };
        // Only the end of the server sends all away at once.
        let after_ms = (code == code::AWAY).then(|| present.turn());
        let message = ServerMessage::Bye { text: why, again: again == Again::Yes, after_ms };
        let frame = CloseFrame { code: code.into(), reason: Utf8Bytes::from_static("") };
        let farewell = async {
            self.socket.send(Message::Text(text(&message))).await?;
            self.socket.send(Message::Close(Some(frame))).await
        };
        // A desk that no longer takes the farewell finds out by itself.
        let _ = timeout(Duration::from_secs(1), farewell).await;
    }
}

fn busy() -> Outcome {
    let text = "The server is too busy. This was not carried out; try again in a moment.".into();
    Outcome::Failed { reason: Reason::Refused, text }
}

fn stopped() -> Outcome {
    Outcome::Failed {
        reason: Reason::NoLink,
        text: "The server stopped before this was confirmed. Look at the call before you try again.".into(),
    }
}

#[cfg(test)]
mod tests;
