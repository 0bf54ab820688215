//! A wire that a test can break: it stands between two programs and relays, holds, loses, cuts, resets, and slips bytes
//! in between two messages. It does not know what it relays, but for the empty line behind an AMI message.

use anyhow::{Context, Result};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

/// How much is taken at once.
const CHUNK: usize = 16 * 1024;

/// A wire to one address.
#[derive(Debug)]
pub struct Proxy {
    /// Where it is reached.
    pub address: SocketAddr,
    state: watch::Sender<State>,
    injections: Arc<Mutex<Option<mpsc::Sender<Injection>>>>,
    task: JoinHandle<()>,
}

/// What happens to the connections that were made up to a moment, and to those that are made later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    /// Connections with a number up to this have the fate.
    until: u64,
    fate: Fate,
    /// Later ones have to wait.
    held: bool,
    /// How many were made.
    made: u64,
    /// Where new ones go.
    target: SocketAddr,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Live,
    /// Whatever is sent is lost, and neither side learns of it.
    Lost,
    /// Half of what comes next from the far end is relayed, then the connection ends.
    Cut,
    /// The connection ends at once, with a reset to both sides.
    Reset,
}

struct Injection {
    bytes: Box<dyn Iterator<Item = Vec<u8>> + Send>,
    done: oneshot::Sender<()>,
}

impl Proxy {
    /// Opens a wire to `target` on a free port of loopback.
    ///
    /// # Errors
    /// When there is none.
    pub async fn open(target: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (state, _) = watch::channel(State { until: 0, fate: Fate::Live, held: false, made: 0, target });
        let injections = Arc::new(Mutex::new(None));
        let task = tokio::spawn(accept(listener, state.clone(), Arc::clone(&injections)));
        Ok(Self { address, state, injections, task })
    }

    /// Half of what the far end says next is relayed; then the connections that there are end.
    pub fn cut(&self) {
        self.doom(Fate::Cut, false);
    }

    /// The connections that there are end with a reset.
    pub fn reset(&self) {
        self.doom(Fate::Reset, false);
    }

    /// A half-open link, as when a firewall forgets its table: what is sent on the connections that there are is lost
    /// for good, and new ones do not get through before [`Proxy::heal`].
    pub fn lose(&self) {
        self.doom(Fate::Lost, true);
    }

    /// New connections get through again.
    pub fn heal(&self) {
        self.state.send_modify(|state| state.held = false);
    }

    /// New connections go there from now on.
    pub fn lead_to(&self, target: SocketAddr) {
        self.state.send_modify(|state| state.target = target);
    }

    /// How many connections were made so far.
    pub fn made(&self) -> u64 {
        self.state.borrow().made
    }

    /// Says something in the far end's name, behind its next whole message, on the newest connection; waits until it
    /// is sent.
    ///
    /// # Errors
    /// When the connection ends before that.
    pub async fn inject(&self, bytes: impl Iterator<Item = Vec<u8>> + Send + 'static) -> Result<()> {
        let (done, sent) = oneshot::channel();
        let injections = self.injections.lock().await.clone().context("a connection")?;
        injections.send(Injection { bytes: Box::new(bytes), done }).await.ok().context("the connection")?;
        sent.await.context("the connection ended before all was said")
    }

    fn doom(&self, fate: Fate, held: bool) {
        self.state.send_modify(|state| {
            (state.until, state.fate, state.held) = (state.made, fate, held);
        });
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(
    listener: TcpListener,
    state: watch::Sender<State>,
    injections: Arc<Mutex<Option<mpsc::Sender<Injection>>>>,
) {
    while let Ok((near, _)) = listener.accept().await {
        state.send_modify(|state| state.made += 1);
        let number = state.borrow().made;
        let (inject, injected) = mpsc::channel(1);
        *injections.lock().await = Some(inject);
        tokio::spawn(relay(near, number, state.subscribe(), injected));
    }
}

async fn relay(
    near: TcpStream,
    number: u64,
    mut state: watch::Receiver<State>,
    injected: mpsc::Receiver<Injection>,
) {
    // A far end that is not there, or a wire that is taken away: the near end is told by the end of its connection.
    let Ok(target) = state.wait_for(|state| !state.held).await.map(|state| state.target) else { return };
    let Ok(far) = TcpStream::connect(target).await else { return };
    for stream in [&near, &far] {
        let _ = stream.set_nodelay(true);
    }
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    let up = Way { from: near_in, to: far_out, number, state: state.clone() };
    let down = Way { from: far_in, to: near_out, number, state };
    // Whichever way ends takes the other with it.
    tokio::select! {
        () = up.run(None) => {}
        () = down.run(Some(injected)) => {}
    }
}

/// One direction of a connection.
struct Way {
    from: OwnedReadHalf,
    to: OwnedWriteHalf,
    number: u64,
    state: watch::Receiver<State>,
}

impl Way {
    /// Relays until an end; only from the far end something can be slipped in or cut.
    async fn run(mut self, mut injected: Option<mpsc::Receiver<Injection>>) {
        let from_far = injected.is_some();
        let mut chunk = vec![0; CHUNK];
        let mut last = [0; 4];
        let mut waiting: Option<Injection> = None;
        loop {
            let fate = self.fate();
            if fate == Fate::Reset {
                for stream in [self.from.as_ref(), self.to.as_ref()] {
                    let _ = stream.set_zero_linger();
                }
                return;
            }
            if last == *b"\r\n\r\n"
                && let Some(Injection { bytes, done }) = waiting.take()
            {
                for bytes in bytes {
                    if self.to.write_all(&bytes).await.is_err() {
                        return;
                    }
                }
                let _ = done.send(());
            }
            let came = tokio::select! {
                biased;
                changed = self.state.changed() => match changed {
                    Ok(()) => continue,
                    Err(_) => return,
                },
                Some(injection) = next(&mut injected), if waiting.is_none() => {
                    waiting = Some(injection);
                    continue;
                }
                came = self.from.read(&mut chunk) => came.unwrap_or(0),
            };
            let bytes = &chunk[..came];
            match fate {
                // Its end is lost as well: the other side is not told.
                Fate::Lost if came == 0 => std::future::pending().await,
                Fate::Lost => continue,
                _ if came == 0 => return,
                Fate::Cut if from_far => {
                    let _ = self.to.write_all(&bytes[..came.div_ceil(2)]).await;
                    return;
                }
                Fate::Live | Fate::Cut | Fate::Reset => {}
            }
            if self.to.write_all(bytes).await.is_err() {
                return;
            }
            for byte in bytes.iter().skip(came.saturating_sub(4)) {
                last.rotate_left(1);
                last[3] = *byte;
            }
        }
    }

    fn fate(&self) -> Fate {
        let state = *self.state.borrow();
        if self.number <= state.until { state.fate } else { Fate::Live }
    }
}

async fn next(injected: &mut Option<mpsc::Receiver<Injection>>) -> Option<Injection> {
    match injected {
        Some(injected) => injected.recv().await,
        None => None,
    }
}
