//! One connection, from the first byte to the last. Not the next one; that is `client`.

use super::backoff::Backoff;
use super::config::LinkConfig;
use super::login::{self, Next, Stage};
use super::reason::Reason;
use crate::action::{Action, ActionId};
use crate::decoder::{Decoder, Frame};
use crate::message::Message;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_rustls::{TlsConnector, rustls};

/// What the ids of the link's own actions begin with; the owner's must not.
const OWN: &str = "link-";

/// The most that waits to be sent, in bytes: some thousand actions.
const OUTGOING: usize = 1024 * 1024;

/// After so long an answer that was to be timed is not waited for any more.
const FORGOTTEN: Duration = Duration::from_secs(60);

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// What a step came to.
pub(super) enum Step {
    Up,
    Messages,
    Silent,
    Speaks,
}

pub(super) struct Session {
    config: LinkConfig,
    reader: ReadHalf<Box<dyn Duplex>>,
    writer: WriteHalf<Box<dyn Duplex>>,
    decoder: Decoder,
    /// The decoder's current message is still to be handed out.
    found: bool,
    stage: Stage,
    outgoing: Outgoing,
    /// When the current stage has taken too long, or the next ping is due.
    due: Instant,
    signs: Signs,
    own: u64,
    /// What was asked and when, until its answer is seen; one at a time.
    asked: Option<(ActionId, Instant)>,
    round_trip: Option<Duration>,
}

/// What the PBX has shown of life.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signs {
    /// It spoke a moment ago.
    Speaks,
    /// It was asked whether it is there.
    Asked,
    /// It did not answer that.
    Silent,
}

/// What waits to be sent.
#[derive(Default)]
struct Outgoing {
    text: String,
    sent: usize,
    /// TLS may hold back what was written.
    unflushed: bool,
    overflown: bool,
}

impl Outgoing {
    fn waiting(&self) -> &[u8] {
        self.text.as_bytes().get(self.sent..).unwrap_or_default()
    }

    fn push(&mut self, id: &ActionId, action: &Action) {
        if self.sent == self.text.len() {
            self.text.clear();
            self.sent = 0;
        }
        action.encode_into(id, &mut self.text);
        self.overflown |= self.waiting().len() > OUTGOING;
    }
}

/// Connects, with TLS where it is wanted.
pub(super) async fn connect(config: LinkConfig) -> Result<Session, Reason> {
    let address = config.address();
    let unreachable = |why: String| Reason::Unreachable { address: address.clone(), why };
    let tcp = reach(&config).await.map_err(unreachable)?;
    // Orders are small and must not wait for more of them.
    tcp.set_nodelay(true).map_err(|error| unreachable(error.to_string()))?;
    let stream: Box<dyn Duplex> = match &config.tls {
        None => Box::new(tcp),
        Some(tls) => {
            let connector = TlsConnector::from(tls.config.clone());
            let tls = timeout(config.timing.connect, connector.connect(tls.name.clone(), tcp))
                .await
                .map_err(|_| Reason::NoAnswer)?
                .map_err(|error| match error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
                    true => Reason::Tls { address: address.clone(), why: error.to_string() },
                    // A PBX that is being restarted is no PBX that cannot be trusted.
                    false => broken(error),
                })?;
            Box::new(tls)
        }
    };
    let (reader, writer) = tokio::io::split(stream);
    Ok(Session {
        decoder: Decoder::new(config.limits),
        found: false,
        reader,
        writer,
        stage: Stage::Banner,
        outgoing: Outgoing::default(),
        due: Instant::now() + config.timing.login,
        signs: Signs::Speaks,
        own: 0,
        asked: None,
        round_trip: None,
        config,
    })
}

/// Connects to the first of the host's addresses that answers; each has its own time, and the look-up of the name too.
async fn reach(config: &LinkConfig) -> Result<TcpStream, String> {
    let late = |_| "it does not answer".to_owned();
    let name = (config.host.as_str(), config.port);
    let addresses = timeout(config.timing.lookup, lookup_host(name)).await;
    let addresses = addresses.map_err(|_| "its name is not answered for".to_owned())?;
    let mut why = "no computer has this name".to_owned();
    for address in addresses.map_err(|error| plainly(&error))? {
        match timeout(config.timing.connect, TcpStream::connect(address)).await.map_err(late) {
            Ok(Ok(tcp)) => return Ok(tcp),
            Ok(Err(error)) => why = plainly(&error),
            Err(late) => why = late,
        }
    }
    Err(why)
}

/// Connects and logs in, as often as it takes.
pub(super) async fn sure(config: LinkConfig) -> Session {
    let mut backoff = Backoff::new(config.timing.first_retry, config.timing.last_retry);
    loop {
        match up(config.clone()).await {
            Ok(session) => return session,
            Err(reason) if reason.is_refusal() => {
                sleep(backoff.after_refusal(config.timing.after_refusal)).await;
            }
            Err(_) => sleep(backoff.next_wait()).await,
        }
    }
}

async fn up(config: LinkConfig) -> Result<Session, Reason> {
    let mut session = connect(config).await?;
    while !session.is_up() {
        session.step().await?;
    }
    Ok(session)
}

/// The operating system's words without its numbers.
fn plainly(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "nothing listens there".into(),
        io::ErrorKind::TimedOut => "it does not answer".into(),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => "there is no way to it".into(),
        _ => {
            let text = error.to_string();
            let known = text.contains("failed to lookup") || text.contains("not known");
            if known { "no computer has this name".into() } else { text }
        }
    }
}

impl Session {
    pub(super) fn is_up(&self) -> bool {
        self.stage == Stage::Up
    }

    pub(super) fn send(&mut self, id: &ActionId, action: &Action) {
        self.outgoing.push(id, action);
        // The answers to the login are not seen there, and not every other action has to be answered.
        if self.is_up() && self.asked.as_ref().is_none_or(|(_, since)| since.elapsed() > FORGOTTEN) {
            self.asked = Some((id.clone(), Instant::now()));
        }
    }

    /// How long the PBX took for the last answer that was timed; only once.
    pub(super) fn take_round_trip(&mut self) -> Option<Duration> {
        self.round_trip.take()
    }

    /// The next message for the owner; answers to the link's own actions are none.
    pub(super) fn next_message(&mut self) -> Option<Message<'_>> {
        if !self.is_up() {
            return None;
        }
        while std::mem::take(&mut self.found) || self.decoder.advance() {
            self.time_answer();
            // Its own actions are answered by one response each.
            let own = self.decoder.holds_response()
                && self.message().is_some_and(|message| message.action_id().starts_with(OWN));
            if !own {
                return self.message();
            }
        }
        None
    }

    fn time_answer(&mut self) {
        let Some((id, since)) = &self.asked else { return };
        let is_it = |message: Message<'_>| message.event().is_none() && message.action_id() == id.as_str();
        if self.message().is_some_and(is_it) {
            self.round_trip = Some(since.elapsed());
            self.asked = None;
        }
    }

    fn message(&self) -> Option<Message<'_>> {
        match self.decoder.current() {
            Some(Frame::Message(message)) => Some(message),
            Some(Frame::Banner(_)) | None => None,
        }
    }

    /// Goes on until there is something for the owner. Dropping the future loses nothing.
    pub(super) async fn step(&mut self) -> Result<Step, Reason> {
        loop {
            if self.outgoing.overflown {
                return Err(Reason::Deaf);
            }
            if self.is_up() {
                // What the owner has not taken yet comes first.
                if self.found || self.decoder.advance() {
                    self.found = true;
                    return Ok(Step::Messages);
                }
            } else if self.greet()? {
                return Ok(Step::Up);
            } else if self.due <= Instant::now() {
                // Asked for here as well: one that never stops talking leaves no time for the clock below.
                self.overdue()?;
            }
            let waiting = self.outgoing.waiting();
            let came = tokio::select! {
                biased;
                written = pump(&mut self.writer, waiting), if !waiting.is_empty() || self.outgoing.unflushed => {
                    let written = written.map_err(broken)?;
                    self.outgoing.sent += written;
                    self.outgoing.unflushed = written > 0;
                    continue;
                }
                read = self.reader.read(self.decoder.space()) => read.map_err(broken)?,
                () = sleep_until(self.due) => match self.overdue()? {
                    Some(step) => return Ok(step),
                    None => continue,
                },
            };
            if came == 0 {
                return Err(Reason::Closed);
            }
            self.decoder.filled(came);
            if self.is_up() {
                self.due = Instant::now() + self.config.timing.quiet;
                if std::mem::replace(&mut self.signs, Signs::Speaks) == Signs::Silent {
                    return Ok(Step::Speaks);
                }
            }
        }
    }

    /// Takes frames until the login is through; says whether it is.
    fn greet(&mut self) -> Result<bool, Reason> {
        while !self.is_up() && self.decoder.advance() {
            let next = match self.decoder.current() {
                Some(Frame::Banner(banner)) => {
                    if !banner.starts_with("Asterisk Call Manager/") {
                        return Err(Reason::NotAsterisk { address: self.config.address() });
                    }
                    let (action, stage) = login::open(&self.config)?;
                    Next::Say(action, stage)
                }
                Some(Frame::Message(message)) => login::next(&self.config, self.stage, &message)?,
                None => Next::Wait,
            };
            match next {
                Next::Wait => {}
                Next::Say(action, stage) => {
                    self.say(&action);
                    self.reach(stage);
                }
                Next::Go(stage) => self.reach(stage),
            }
        }
        Ok(self.is_up())
    }

    fn reach(&mut self, stage: Stage) {
        self.stage = stage;
        let timing = &self.config.timing;
        let wait = match stage {
            Stage::Banner | Stage::Challenge | Stage::Login => timing.login,
            Stage::Boot => timing.boot,
            Stage::Up => timing.quiet,
        };
        self.due = Instant::now() + wait;
    }

    /// Nothing came for too long.
    fn overdue(&mut self) -> Result<Option<Step>, Reason> {
        match self.stage {
            Stage::Banner | Stage::Challenge | Stage::Login => Err(Reason::NoAnswer),
            Stage::Boot => Err(Reason::NotBooted),
            Stage::Up => {
                let timing = &self.config.timing;
                let (signs, step, wait) = match self.signs {
                    Signs::Speaks => (Signs::Asked, None, timing.pong),
                    Signs::Asked => (Signs::Silent, Some(Step::Silent), timing.silence),
                    Signs::Silent => return Err(Reason::Silent),
                };
                self.due = Instant::now() + wait;
                self.signs = signs;
                if signs == Signs::Asked {
                    self.say(&Action::new("Ping"));
                }
                Ok(step)
            }
        }
    }

    /// Says something of the link's own.
    fn say(&mut self, action: &Action) {
        self.own += 1;
        if let Ok(id) = ActionId::new(format!("{OWN}{}", self.own)) {
            self.send(&id, action);
        }
    }
}

/// Writes some of it and says how much; without anything to write, pushes on what TLS holds back. Dropping the future
/// loses nothing: each way waits once.
async fn pump(writer: &mut WriteHalf<Box<dyn Duplex>>, waiting: &[u8]) -> io::Result<usize> {
    if waiting.is_empty() {
        return writer.flush().await.map(|()| 0);
    }
    writer.write(waiting).await
}

fn broken(error: io::Error) -> Reason {
    match error.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => Reason::Closed,
        _ => Reason::Broken(error.to_string()),
    }
}
