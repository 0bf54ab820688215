//! Many desks on WebSockets, with and without TLS, each noting when each delta came. Not what a desk shows.

use crate::pbx::Mark;
use crate::served::Served;
use anyhow::{Context, Result, bail};
use frontdesk_protocol::{Change, ClientMessage, LegState, SUBPROTOCOL, ServerMessage};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Message, protocol::WebSocketConfig};

/// How many connect at once.
const AT_ONCE: usize = 32;

trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Duplex for T {}
type Socket = WebSocketStream<Box<dyn Duplex>>;

/// Desks that are connected and listen.
pub struct Desks {
    desks: Vec<Desk>,
    seen: Arc<Mutex<Seen>>,
}

struct Desk {
    noted: Arc<Mutex<Noted>>,
    out: Arc<tokio::sync::Mutex<SplitSink<Socket, Message>>>,
    task: JoinHandle<()>,
}

/// What one desk got.
#[derive(Default)]
struct Noted {
    /// Each delta and when it came, in order.
    deltas: Vec<(u64, Instant)>,
    snapshots: u32,
    bytes: u64,
    answers: BTreeMap<String, (Instant, ServerMessage)>,
    gone: bool,
}

/// Which delta first told what.
#[derive(Default)]
struct Seen {
    upto: u64,
    marks: BTreeMap<(u64, Mark), u64>,
    answered: BTreeSet<u64>,
}

impl Desks {
    /// Connects a desk for each of the first so many users, and waits until each has its snapshot.
    pub async fn connect(served: &Served, users: u32) -> Result<Self> {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        let mut waiting = Vec::new();
        for user in 0..users {
            let (address, tls) = (served.address, served.tls.clone());
            let (turns, seen) = (Arc::clone(&turns), Arc::clone(&seen));
            waiting.push(tokio::spawn(async move {
                let _turn = turns.acquire_owned().await?;
                Desk::connect(address, tls, user, seen).await
            }));
        }
        let mut desks = Vec::new();
        for desk in waiting {
            desks.push(desk.await??);
        }
        Ok(Self { desks, seen })
    }

    /// Has a desk say something.
    pub async fn say(&self, user: usize, message: &ClientMessage) -> Result<()> {
        let desk = self.desks.get(user).context("no such desk")?;
        let text = serde_json::to_string(message)?;
        desk.out.lock().await.send(Message::text(text)).await?;
        Ok(())
    }

    /// When an answer to this came to a desk, and what it was.
    pub fn answer(&self, user: usize, id: &str) -> Option<(Instant, ServerMessage)> {
        lock(&self.desks.get(user)?.noted).answers.get(id).cloned()
    }

    /// Calls that were answered at some phone, as far as any desk knows.
    pub fn answered(&self) -> BTreeSet<u64> {
        lock(&self.seen).answered.clone()
    }

    /// Forgets what came so far.
    pub fn forget(&self) {
        for desk in &self.desks {
            let mut noted = lock(&desk.noted);
            noted.deltas.clear();
            (noted.snapshots, noted.bytes) = (0, 0);
        }
    }

    /// Deltas and bytes of all desks together, and how often one had to begin anew or was cut off.
    pub fn sums(&self) -> (u64, u64, u64) {
        self.desks.iter().fold((0, 0, 0), |(deltas, bytes, trouble), desk| {
            let noted = lock(&desk.noted);
            let bad = u64::from(noted.snapshots) + u64::from(noted.gone);
            (deltas + noted.deltas.len() as u64, bytes + noted.bytes, trouble + bad)
        })
    }

    /// How long each thing took until the last desk had it, in milliseconds, and how many did not come to all.
    pub fn last(&self, sent: &BTreeMap<(u64, Mark), Instant>) -> (Vec<(Mark, f64)>, u64) {
        let marks = lock(&self.seen).marks.clone();
        let (mut times, mut missing) = (Vec::new(), 0);
        for (mark, at) in sent {
            let came = marks.get(mark).map(|seq| self.desks.iter().map(|desk| desk.got(*seq)));
            let last = came.and_then(|came| came.collect::<Option<Vec<_>>>()?.into_iter().max());
            match last {
                Some(last) => times.push((mark.1, ms(*at, last))),
                None => missing += 1,
            }
        }
        (times, missing)
    }

    /// How long each ringing took until the desk had it at whose phone it rings.
    pub fn own(&self, sent: &BTreeMap<(u64, Mark), Instant>, extensions: u64) -> Vec<f64> {
        let marks = lock(&self.seen).marks.clone();
        let rings = sent.iter().filter(|((_, mark), _)| *mark == Mark::Rings);
        let own = rings.filter_map(|((n, mark), at)| {
            let desk = self.desks.get(usize::try_from(n % extensions).ok()?)?;
            Some(ms(*at, desk.got(*marks.get(&(*n, *mark))?)?))
        });
        own.collect()
    }
}

impl Drop for Desks {
    fn drop(&mut self) {
        self.desks.iter().for_each(|desk| desk.task.abort());
    }
}

impl Desk {
    async fn connect(
        address: std::net::SocketAddr,
        tls: Option<Arc<rustls::ClientConfig>>,
        user: u32,
        seen: Arc<Mutex<Seen>>,
    ) -> Result<Self> {
        let tcp = TcpStream::connect(address).await?;
        tcp.set_nodelay(true)?;
        let stream: Box<dyn Duplex> = match tls {
            None => Box::new(tcp),
            Some(tls) => Box::new(TlsConnector::from(tls).connect("localhost".try_into()?, tcp).await?),
        };
        let mut request = format!("ws://{address}/ws").into_client_request()?;
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", SUBPROTOCOL.parse()?);
        headers.insert("authorization", format!("Bearer {}", Served::token(user)).parse()?);
        let config = WebSocketConfig::default().read_buffer_size(8 * 1024);
        let (socket, _) = tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await?;
        let (mut out, mut socket) = socket.split();
        let hello = serde_json::to_string(&ClientMessage::Hello { resume: None })?;
        out.send(Message::text(hello)).await?;
        loop {
            let Some(message) = socket.next().await else { bail!("the server hung up on a desk") };
            if let Message::Text(text) = message?
                && is(&text, "snapshot")
            {
                break;
            }
        }
        let noted = Arc::new(Mutex::new(Noted::default()));
        let task = tokio::spawn(listen(socket, Arc::clone(&noted), seen));
        Ok(Self { noted, out: Arc::new(tokio::sync::Mutex::new(out)), task })
    }

    fn got(&self, seq: u64) -> Option<Instant> {
        let noted = lock(&self.noted);
        let at = noted.deltas.binary_search_by_key(&seq, |(seq, _)| *seq).ok()?;
        Some(noted.deltas.get(at)?.1)
    }
}

async fn listen(mut socket: SplitStream<Socket>, noted: Arc<Mutex<Noted>>, seen: Arc<Mutex<Seen>>) {
    while let Some(Ok(message)) = socket.next().await {
        let at = Instant::now();
        let Message::Text(text) = message else { continue };
        let mut note = lock(&noted);
        note.bytes += text.len() as u64;
        if is(&text, "delta") {
            let Some(seq) = seq(&text) else { continue };
            note.deltas.push((seq, at));
            drop(note);
            lock(&seen).take(seq, &text);
        } else if is(&text, "snapshot") {
            note.snapshots += 1;
        } else if is(&text, "result") || is(&text, "history\"") {
            let Ok(message) = ServerMessage::read(&text) else { continue };
            if let ServerMessage::Result { id, .. } | ServerMessage::History { id, .. } = &message {
                note.answers.insert(id.to_string(), (at, message));
            }
        }
    }
    lock(&noted).gone = true;
}

impl Seen {
    /// The first desk that gets a delta looks what is in it, for all others.
    fn take(&mut self, seq: u64, text: &str) {
        if seq <= self.upto {
            return;
        }
        self.upto = seq;
        let Ok(ServerMessage::Delta(delta)) = ServerMessage::read(text) else { return };
        for change in &delta.changes {
            match change {
                Change::Call(call) => {
                    let Some(n) = number(call.id.as_str()) else { continue };
                    for leg in call.legs.iter().filter(|leg| leg.extension.is_some()) {
                        match leg.state {
                            LegState::Ringing => _ = self.marks.entry((n, Mark::Rings)).or_insert(seq),
                            LegState::Talking => {
                                self.marks.entry((n, Mark::Answered)).or_insert(seq);
                                self.answered.insert(n);
                            }
                            _ => {}
                        }
                    }
                }
                Change::CallGone(id) => {
                    let Some(n) = number(id.as_str()) else { continue };
                    self.marks.entry((n, Mark::Gone)).or_insert(seq);
                    self.answered.remove(&n);
                }
                _ => {}
            }
        }
    }
}

/// The number of a call from outside, by the id of its line.
fn number(id: &str) -> Option<u64> {
    Some(id.rsplit_once('.')?.1.parse::<u64>().ok()? / 2)
}

fn is(text: &str, kind: &str) -> bool {
    text.strip_prefix("{\"type\":\"").is_some_and(|rest| rest.starts_with(kind))
}

fn seq(text: &str) -> Option<u64> {
    let rest = text.split_once("\"seq\":")?.1;
    rest.get(..rest.find(|c: char| !c.is_ascii_digit())?)?.parse().ok()
}

fn ms(from: Instant, to: Instant) -> f64 {
    to.saturating_duration_since(from).as_secs_f64() * 1e3
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
