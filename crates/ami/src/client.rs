//! The link to one PBX over TCP or TLS: connects, logs in, waits until the PBX has booted, keeps itself alive, and
//! comes back by itself. Not what the messages mean.
//!
//! ```text
//! loop { link.drive().await → Up | Messages | Down }      link.next_message()      link.send(id, action)
//! ```
//!
//! The owner of the link is the one who reads: messages are decoded in place and handed out without a queue between.
//! What is sent waits in a bounded buffer; a PBX that does not read is a fault and not a reason to grow.

mod backoff;
mod config;
mod login;
mod reason;
mod session;

pub use config::{LinkConfig, LinkTls, Login, Timing};
pub use reason::Reason;

use crate::action::{Action, ActionId};
use crate::census::Census;
use crate::message::Message;
use backoff::Backoff;
use session::{Session, Step};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// What [`Link::drive`] came to.
#[derive(Debug)]
pub enum Progress {
    /// The link is up and the PBX has booted: whatever was known is to be asked for anew.
    Up,
    /// Messages came: take them with [`Link::next_message`] until there are none.
    Messages,
    /// The PBX says nothing, not even when asked: what is known may not be so any more. The session is kept for a while,
    /// because nothing of what it says later is lost.
    Silent {
        /// What that means, as a sentence.
        reason: Reason,
    },
    /// It speaks again, and everything that it said meanwhile follows.
    Speaks,
    /// The link is down, or could not be made. It is tried again by itself.
    Down {
        /// Why, as a sentence.
        reason: Reason,
        /// When it is tried again.
        retry_in: Duration,
    },
}

impl Progress {
    /// Why the link is down, where it is.
    pub fn down(self) -> Option<Reason> {
        match self {
            Self::Down { reason, .. } => Some(reason),
            Self::Up | Self::Messages | Self::Silent { .. } | Self::Speaks => None,
        }
    }
}

/// The link to one PBX.
pub struct Link {
    config: LinkConfig,
    phase: Phase,
    /// While the session is silent: another one, which takes its place where it is up before the old one speaks. A
    /// connection of which a firewall has lost track stays silent for ever.
    spare: Option<Pin<Box<dyn Future<Output = Session> + Send>>>,
    /// The spare has just taken the place, and that is still to be said.
    renewed: bool,
    backoff: Backoff,
    census: Census,
}

enum Phase {
    Waiting(Instant),
    Connecting(Pin<Box<dyn Future<Output = Result<Session, Reason>> + Send>>),
    /// Logged in or about to be.
    Open(Box<Session>),
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let phase = match self.phase {
            Phase::Waiting(_) => "waiting",
            Phase::Connecting(_) => "connecting",
            Phase::Open(_) => "open",
        };
        write!(f, "Link({phase}, {})", self.config.address())
    }
}

impl Link {
    /// A link that has not begun; the first [`Link::drive`] connects.
    pub fn new(config: LinkConfig) -> Self {
        let backoff = Backoff::new(config.timing.first_retry, config.timing.last_retry);
        let phase = Phase::Waiting(Instant::now());
        Self { config, phase, spare: None, renewed: false, backoff, census: Census::default() }
    }

    /// Goes on until something happened. Dropping the future loses nothing; call it again.
    pub async fn drive(&mut self) -> Progress {
        if std::mem::take(&mut self.renewed) {
            self.backoff.reset();
            return Progress::Up;
        }
        loop {
            match &mut self.phase {
                Phase::Waiting(until) => {
                    sleep_until(*until).await;
                    let config = self.config.clone();
                    self.phase = Phase::Connecting(Box::pin(session::connect(config)));
                }
                Phase::Connecting(connecting) => match connecting.as_mut().await {
                    Ok(session) => self.phase = Phase::Open(Box::new(session)),
                    Err(reason) => return self.fall(reason),
                },
                Phase::Open(session) => {
                    let step = tokio::select! {
                        biased;
                        step = session.step() => step,
                        fresh = another(&mut self.spare) => {
                            (self.spare, self.renewed) = (None, true);
                            self.phase = Phase::Open(Box::new(fresh));
                            return Progress::Down { reason: Reason::Silent, retry_in: Duration::ZERO };
                        }
                    };
                    match step {
                        Ok(Step::Up) => {
                            self.backoff.reset();
                            return Progress::Up;
                        }
                        Ok(Step::Messages) => return Progress::Messages,
                        Ok(Step::Silent) => {
                            self.spare = Some(Box::pin(session::sure(self.config.clone())));
                            return Progress::Silent { reason: Reason::Silent };
                        }
                        Ok(Step::Speaks) => {
                            self.spare = None;
                            return Progress::Speaks;
                        }
                        Err(reason) => return self.fall(reason),
                    }
                }
            }
        }
    }

    /// The next message that came; `None` until [`Link::drive`] says so again.
    pub fn next_message(&mut self) -> Option<Message<'_>> {
        let Phase::Open(session) = &mut self.phase else { return None };
        let message = session.next_message()?;
        if let Some(kind) = message.event() {
            self.census.count(kind);
        }
        Some(message)
    }

    /// Says something to the PBX. What is said while the link is down is not said: the caller learns from
    /// [`Progress::Down`] that no answer will come.
    pub fn send(&mut self, id: &ActionId, action: &Action) {
        if let Phase::Open(session) = &mut self.phase
            && session.is_up()
            && !self.renewed
        {
            session.send(id, action);
        }
    }

    /// How long the PBX took to answer one of the actions since this was asked last; `None` where none was timed.
    pub fn take_round_trip(&mut self) -> Option<Duration> {
        match &mut self.phase {
            Phase::Open(session) => session.take_round_trip(),
            Phase::Waiting(_) | Phase::Connecting(_) => None,
        }
    }

    /// How many events of each kind came so far.
    pub fn census(&self) -> &Census {
        &self.census
    }

    fn fall(&mut self, reason: Reason) -> Progress {
        self.spare = None;
        let retry_in = if reason.is_refusal() {
            self.backoff.after_refusal(self.config.timing.after_refusal)
        } else {
            self.backoff.next_wait()
        };
        tracing::debug!(%reason, ?retry_in, "the link is down");
        self.phase = Phase::Waiting(Instant::now() + retry_in);
        Progress::Down { reason, retry_in }
    }
}

async fn another(spare: &mut Option<Pin<Box<dyn Future<Output = Session> + Send>>>) -> Session {
    match spare {
        Some(spare) => spare.as_mut().await,
        None => std::future::pending().await,
    }
}
