//! The office behind a socket, in real time. What is said there is `session`, what happens is `office`.

use crate::office::Simulation;
use crate::packet::Packet;
use crate::session::{BANNER, Session};
use crate::setup::Setup;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// How many sessions there are at most.
const SESSIONS: usize = 16;
/// How many pieces of what was read may wait for the office.
const INCOMING: usize = 64;
/// How many pieces may wait for one session; whoever does not read is cut off.
const OUTGOING: usize = 256;
/// The largest piece that is read at once.
const PIECE: usize = 4_096;
/// How long one piece may take to be written.
const WRITING: Duration = Duration::from_secs(5);
/// How much time passes at once at most, so that a computer that slept does not make up for hours of calls.
const STEP: Duration = Duration::from_secs(5);

/// Why there is no office.
#[derive(Debug, thiserror::Error)]
#[error("The rehearsal office has no port to listen on: {0}")]
pub struct ListenError(#[from] std::io::Error);

/// An office that can be opened.
#[derive(Debug)]
pub struct Office;

/// An open office. It closes when this is dropped.
#[derive(Debug)]
pub struct RunningOffice {
    address: SocketAddr,
    task: AbortHandle,
}

impl Office {
    /// Opens the rehearsal office on a free port of this computer alone. The same seed gives the same calls.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn listen(seed: u64) -> Result<RunningOffice, ListenError> {
        Self::open(Setup::office(), seed).await
    }

    /// Opens an office of this layout.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn open(setup: Setup, seed: u64) -> Result<RunningOffice, ListenError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(run(listener, setup, seed)).abort_handle();
        Ok(RunningOffice { address, task })
    }
}

impl RunningOffice {
    /// Where AMI is spoken.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for RunningOffice {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The office's own time: it starts with the real one and never leaps.
struct Clock {
    now: u64,
    at: Instant,
}

impl Clock {
    fn start() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { now: millis(since), at: Instant::now() }
    }

    fn now(&mut self) -> u64 {
        self.at(Instant::now())
    }

    fn at(&mut self, instant: Instant) -> u64 {
        let passed = instant.saturating_duration_since(self.at);
        let whole = millis(passed);
        self.at += if passed > STEP { passed } else { Duration::from_millis(whole) };
        self.now += whole.min(millis(STEP));
        self.now
    }

    fn when(&self, due: u64) -> Instant {
        self.at + Duration::from_millis(due.saturating_sub(self.now))
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// What comes from a session.
enum Heard {
    Bytes(Vec<u8>),
    Gone,
}

/// A session and the way to it.
struct Line {
    session: Session,
    out: mpsc::Sender<Arc<str>>,
}

#[derive(Default)]
struct Lines {
    made: u64,
    open: BTreeMap<u64, Line>,
}

impl Lines {
    /// Sends a text to one session, or ends the session where it does not keep up.
    fn send(&mut self, id: u64, text: &Arc<str>) {
        let Some(line) = self.open.get(&id) else { return };
        if line.out.try_send(Arc::clone(text)).is_err() {
            tracing::warn!(id, "a session of the rehearsal office does not read and is ended");
            self.open.remove(&id);
        }
    }

    fn tell_all(&mut self, events: &[Packet]) {
        if events.is_empty() {
            return;
        }
        let text: Arc<str> = text(events).into();
        let ids: Vec<u64> =
            self.open.iter().filter(|(_, line)| line.session.hears()).map(|(id, _)| *id).collect();
        for id in ids {
            self.send(id, &text);
        }
    }

    fn hear(&mut self, id: u64, bytes: &[u8], office: &mut Simulation) {
        let Some(line) = self.open.get_mut(&id) else { return };
        let answers = line.session.feed(bytes, office);
        let over = line.session.is_over();
        if !answers.is_empty() {
            self.send(id, &text(&answers).into());
        }
        if over {
            self.open.remove(&id);
        }
    }
}

fn text(packets: &[Packet]) -> String {
    packets.iter().map(Packet::text).collect()
}

async fn run(listener: TcpListener, setup: Setup, seed: u64) {
    let mut clock = Clock::start();
    let mut office = Simulation::new(setup, seed, clock.now);
    let mut lines = Lines::default();
    let mut tasks = JoinSet::new();
    let (said, mut heard) = mpsc::channel(INCOMING);
    loop {
        // Nothing due: look again after a while.
        let due = clock.when(office.next_due().unwrap_or(clock.now + 60_000));
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if lines.open.len() < SESSIONS => {
                    lines.made += 1;
                    let (out, outgoing) = mpsc::channel(OUTGOING);
                    let session = Session::new(fastrand::u32(..));
                    lines.open.insert(lines.made, Line { session, out });
                    tasks.spawn(connection(lines.made, stream, outgoing, said.clone()));
                }
                Ok(_) => tracing::warn!("the rehearsal office has as many sessions as it takes"),
                Err(error) => {
                    tracing::warn!(%error, "the rehearsal office cannot take a connection");
                    sleep(Duration::from_millis(100)).await;
                }
            },
            Some((id, what)) = heard.recv() => {
                office.advance(clock.now());
                lines.tell_all(&office.events());
                match what {
                    Heard::Bytes(bytes) => lines.hear(id, &bytes, &mut office),
                    Heard::Gone => {
                        lines.open.remove(&id);
                    }
                }
            }
            _ = tasks.join_next(), if !tasks.is_empty() => {}
            () = sleep_until(due) => office.advance(clock.now()),
        }
        lines.tell_all(&office.events());
    }
}

/// Carries bytes between a socket and the office until one of them ends it.
async fn connection(
    id: u64,
    stream: TcpStream,
    mut outgoing: mpsc::Receiver<Arc<str>>,
    said: mpsc::Sender<(u64, Heard)>,
) {
    // It is only faster.
    let _ = stream.set_nodelay(true);
    let (mut input, mut output) = stream.into_split();
    let reading = async {
        let mut piece = vec![0; PIECE];
        while let Ok(length @ 1..) = input.read(&mut piece).await {
            let bytes = piece.get(..length).unwrap_or_default().to_vec();
            if said.send((id, Heard::Bytes(bytes))).await.is_err() {
                return;
            }
        }
    };
    let writing = async {
        let mut text: Arc<str> = BANNER.into();
        loop {
            if !matches!(timeout(WRITING, output.write_all(text.as_bytes())).await, Ok(Ok(()))) {
                return;
            }
            match outgoing.recv().await {
                Some(next) => text = next,
                None => return,
            }
        }
    };
    tokio::select! {
        () = reading => {}
        () = writing => {}
    }
    // Where the office is closed already there is nobody to tell.
    let _ = said.send((id, Heard::Gone)).await;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[tokio::test]
    async fn a_session_that_does_not_read_is_ended_and_the_others_are_not() {
        let mut lines = Lines::default();
        let mut office = Simulation::new(Setup::lab(), 1, 0);
        let (mut outs, mut ins) = (Vec::new(), Vec::new());
        for (id, room) in [(1, 2), (2, OUTGOING)] {
            let (out, incoming) = mpsc::channel(room);
            lines.open.insert(id, Line { session: Session::new(1), out: out.clone() });
            lines.hear(id, b"Action: Login\nUsername: frontdesk\nSecret: rehearsal\n\n", &mut office);
            outs.push(out);
            ins.push(incoming);
        }
        for _ in 0..10 {
            office.call_in("5550123", "", "5551001");
            lines.tell_all(&office.events());
        }
        assert_eq!(lines.open.keys().copied().collect::<Vec<_>>(), [2]);
        assert_eq!(ins[0].len(), 2, "no more waits than there is room for");
        assert_eq!(ins[1].len(), 11);
    }

    #[test]
    fn a_computer_that_slept_does_not_make_up_for_it() {
        let mut clock = Clock::start();
        let (began, start) = (clock.now, clock.at);
        let mut passed = |ms| clock.at(start + Duration::from_millis(ms)) - began;
        assert_eq!(passed(1_500), 1_500);
        assert_eq!(passed(30_000_000), 6_500);
        assert_eq!(passed(30_000_250), 6_750);
    }
}
