//! One desk's conversation, without its socket and any clock: what it says and what comes for it go in, what is said to
//! it and done for it comes out. The simulation drives it as the server does.

use super::Limits;
use super::end::{Again, End, bye, code};
use super::hearing::Heard;
use crate::hub::{Delivery, Feed, Hub, Start, text};
use crate::login::Session;
use crate::pace::Pace;
use crate::permission;
use crate::privacy::{Others, Sight};
use frontdesk_protocol::{
    BEAT_MS, ClientMessage, Command, CommandId, Extension, HistoryQuery, Millis, Outcome, Reason, Resume,
    ResyncCause, ServerMessage,
};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// How often a desk is pinged, in milliseconds.
const PING_MS: u64 = 10_000;
const TOO_MANY: &str = "Too many orders at once. This one was not carried out; wait a moment and try again.";
/// How many orders and questions of one desk may be open.
const OPEN: usize = 32;

/// What is to be done for a desk, in order.
#[derive(Debug)]
pub enum Say {
    /// Send it this.
    Text(Utf8Bytes),
    /// Ask it for a sign of life.
    Ping,
    /// Have this done; [`Talk::answered`] takes the outcome.
    Order(CommandId, Command),
    /// Look up these extensions' rows; [`Talk::answered`] takes them.
    Ask(CommandId, Vec<Extension>, HistoryQuery),
}

/// A conversation.
#[derive(Debug)]
pub struct Talk {
    hub: Arc<Hub>,
    others: Others,
    limits: Limits,
    session: Session,
    /// How often the session may order.
    pace: Arc<Pace>,
    /// How often the desk may be heard.
    frames: Pace,
    /// What it is fed with, once it has said hello.
    feed: Option<Feed>,
    /// The notice that stands, and the one that stands at the desk.
    notice: Option<String>,
    told: Option<String>,
    /// How many orders and questions are not answered yet.
    open: usize,
    begun: Millis,
    sent: Millis,
    heard: Millis,
    pinged: Millis,
    out: VecDeque<Say>,
}

impl Talk {
    /// A conversation in which nothing was said yet.
    pub fn new(
        hub: Arc<Hub>,
        others: Others,
        limits: Limits,
        session: Session,
        pace: Arc<Pace>,
        now: Millis,
    ) -> Self {
        Self {
            hub,
            others,
            limits,
            session,
            pace,
            frames: Pace::new(limits.frames, now),
            feed: None,
            notice: None,
            told: None,
            open: 0,
            begun: now,
            sent: now,
            heard: now,
            pinged: now,
            out: VecDeque::new(),
        }
    }

    /// The desk says something.
    ///
    /// # Errors
    /// When the conversation is over.
    pub fn hear(&mut self, heard: Heard, now: Millis) -> Result<(), End> {
        self.heard = now;
        if !self.frames.allows(now) {
            let text = "The client sent more messages than the server takes. Update the client.";
            return Err(bye(text, Again::Yes, code::POLICY));
        }
        match heard {
            Heard::Life | Heard::Message(ClientMessage::Beat) => Ok(()),
            Heard::Message(ClientMessage::Hello { resume }) if self.feed.is_none() => {
                self.begin(resume.as_ref(), now);
                self.tell();
                Ok(())
            }
            Heard::Message(ClientMessage::Hello { .. }) => {
                let text = "The client said hello twice. Update the client.";
                Err(bye(text, Again::No, code::POLICY))
            }
            Heard::Message(message) if self.feed.is_some() => self.answer(message, now),
            Heard::Message(_) => {
                let text = "The client's first message must be hello. Update the client.";
                Err(bye(text, Again::No, code::POLICY))
            }
            Heard::Unclear { id: Some(id), text } if self.feed.is_some() => {
                let (reason, text) = match self.pace.allows(now) {
                    true => (Reason::Invalid, &*text),
                    false => (Reason::Refused, TOO_MANY),
                };
                self.refuse(id, reason, text);
                Ok(())
            }
            Heard::Unclear { text, .. } => Err(bye(&text, Again::No, code::POLICY)),
        }
    }

    /// What it is fed with, once it has said hello: what comes of it goes to [`Talk::deliver`].
    pub fn feed(&mut self) -> Option<&mut Feed> {
        self.feed.as_mut()
    }

    /// Something for all desks.
    ///
    /// # Errors
    /// When the conversation is over.
    pub fn deliver(&mut self, delivery: Delivery, now: Millis) -> Result<(), End> {
        match delivery {
            Delivery::Frame(text) => self.say(text, now),
            Delivery::Row(extension, text) => {
                if permission::may_see_row(&self.session.user, &extension) {
                    self.say(text, now);
                }
            }
            Delivery::Lagged => {
                self.hub.served.lagged.inc();
                self.snapshot(now);
            }
            Delivery::End => return Err(bye("The server stops.", Again::Yes, code::AWAY)),
        }
        Ok(())
    }

    /// An order or a question has its answer.
    pub fn answered(&mut self, answer: Utf8Bytes, now: Millis) {
        self.open = self.open.saturating_sub(1);
        self.say(answer, now);
    }

    /// An order could not even be passed on, or its question not looked up.
    pub fn refused(&mut self, id: CommandId, outcome: Outcome, now: Millis) {
        self.answered(text(&ServerMessage::Result { id, outcome }), now);
    }

    /// What the person should know though it is no fact of the office.
    pub fn notice(&mut self, notice: Option<String>) {
        self.notice = notice;
        self.tell();
    }

    /// The session as it was looked up anew.
    pub fn session(&mut self, session: Session, now: Millis) {
        self.session = session;
        // What this desk may see has changed: what it knows is void.
        if self.feed.as_ref().is_some_and(|feed| *feed.sight() != self.sight()) {
            self.begin(None, now);
        }
    }

    /// Time has passed; see [`Talk::due`].
    ///
    /// # Errors
    /// When the conversation is over.
    pub fn tick(&mut self, now: Millis) -> Result<(), End> {
        let Some(feed) = &self.feed else {
            return match self.due() <= now {
                true => Err(bye("The client did not say hello in time.", Again::Yes, code::POLICY)),
                false => Ok(()),
            };
        };
        if now.since(self.heard) >= millis(self.limits.silence) {
            return Err(End::Gone);
        }
        if now.since(self.sent) >= BEAT_MS {
            let beat = ServerMessage::Beat { now, seq: feed.seq() };
            self.say(text(&beat), now);
        }
        if now.since(self.pinged) >= PING_MS {
            self.pinged = now;
            self.out.push_back(Say::Ping);
        }
        Ok(())
    }

    /// When [`Talk::tick`] has something to do at the latest.
    pub fn due(&self) -> Millis {
        if self.feed.is_none() {
            return self.begun.plus(millis(self.limits.hello));
        }
        let (beat, ping) = (self.sent.plus(BEAT_MS), self.pinged.plus(PING_MS));
        beat.min(ping).min(self.heard.plus(millis(self.limits.silence)))
    }

    /// What is to be done next, if anything.
    pub fn poll(&mut self) -> Option<Say> {
        self.out.pop_front()
    }

    /// Who is at the desk.
    pub fn who(&self) -> &Session {
        &self.session
    }

    fn begin(&mut self, resume: Option<&Resume>, now: Millis) {
        let start = self.hub.start(resume, self.sight(), now);
        let viewer = self.hub.office(|office| permission::viewer(&self.session.user, office));
        let (epoch, resumed) = (start.epoch.clone(), start.resumed);
        self.say(text(&ServerMessage::Ready { epoch, now, viewer, resumed }), now);
        self.first(start, now);
    }

    fn snapshot(&mut self, now: Millis) {
        let start = self.hub.start(None, self.sight(), now);
        self.first(start, now);
    }

    fn first(&mut self, start: Start, now: Millis) {
        start.first.into_iter().for_each(|frame| self.say(frame, now));
        self.feed = Some(start.feed);
    }

    fn sight(&self) -> Sight {
        Sight::of(&self.session.user, self.others)
    }

    fn answer(&mut self, message: ClientMessage, now: Millis) -> Result<(), End> {
        match message {
            ClientMessage::Beat | ClientMessage::Hello { .. } => {}
            ClientMessage::Resync { why } if self.pace.allows(now) => self.resync(why, now),
            ClientMessage::Resync { .. } => {
                return Err(bye("The client asks for too many snapshots.", Again::Yes, code::POLICY));
            }
            ClientMessage::Command { id, .. } | ClientMessage::History { id, .. }
                if self.open >= OPEN || !self.pace.allows(now) =>
            {
                self.refuse(id, Reason::Refused, TOO_MANY);
            }
            ClientMessage::Command { id, command } => {
                self.open += 1;
                self.out.push_back(Say::Order(id, command));
            }
            ClientMessage::History { id, query } => {
                let may = self.hub.office(|office| permission::may_read(&self.session.user, &query, office));
                match may {
                    Ok(extensions) => {
                        self.open += 1;
                        self.out.push_back(Say::Ask(id, extensions, query));
                    }
                    Err(outcome) => self.say(text(&ServerMessage::Result { id, outcome }), now),
                }
            }
        }
        Ok(())
    }

    fn resync(&mut self, why: ResyncCause, now: Millis) {
        let user = &self.session.user.name;
        match why {
            ResyncCause::Gap => {
                self.hub.served.resync("gap");
                tracing::info!(%user, "a desk asks for a snapshot: it misses a change");
            }
            ResyncCause::Differs => {
                self.hub.served.resync("differs");
                tracing::warn!(%user, "a desk asks for a snapshot: its office differs from the server's");
            }
        }
        self.snapshot(now);
    }

    fn refuse(&mut self, id: CommandId, reason: Reason, why: &str) {
        let outcome = Outcome::Failed { reason, text: why.to_owned() };
        self.out.push_back(Say::Text(text(&ServerMessage::Result { id, outcome })));
    }

    fn tell(&mut self) {
        if self.feed.is_some() && self.notice != self.told {
            self.told.clone_from(&self.notice);
            let notice = ServerMessage::Notice { text: self.notice.clone() };
            self.out.push_back(Say::Text(text(&notice)));
        }
    }

    fn say(&mut self, text: Utf8Bytes, now: Millis) {
        self.sent = now;
        self.out.push_back(Say::Text(text));
    }
}

fn millis(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
