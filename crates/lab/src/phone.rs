//! A small SIP phone over UDP: what a desk phone does, driven by a test.
//!
//! One socket and one task per phone; every message is handled to its end under one lock, so that an order of calls
//! is an order of messages. It speaks SIP as Asterisk does on loopback and is deliberately not a general user agent:
//! no TCP, no TLS, no proxies, no route sets, one codec.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

mod call;
mod dialog;
mod digest;
mod media;
mod message;
mod receive;
mod registration;
mod transaction;

pub use call::{Call, Progress, State};
pub use message::Identity;

use dialog::Dialog;
use message::Message;
use transaction::{Resend, Transactions};

/// How long anything here is waited for before it counts as failed.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What went wrong with a phone or a call.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// The socket could not be had or used.
    #[error("The phone has no network: {0}")]
    Network(#[from] std::io::Error),
    /// Asterisk refused a request.
    #[error("Asterisk answered {1} to the phone's {0}")]
    Refused(&'static str, u16),
    /// Nothing came within [`PATIENCE`] or the deadline that was given.
    #[error("Waited in vain for {0}")]
    TooLate(String),
    /// The call ended before it came to what was waited for; the SIP status tells how, where there was one.
    #[error("The call ended (SIP {code:?}) before it was {wanted:?}")]
    Ended {
        /// What was waited for.
        wanted: State,
        /// Why it ended.
        code: Option<u16>,
    },
    /// The call is not in a state that allows this.
    #[error("The call cannot do this now: {0}")]
    NotNow(&'static str),
}

/// What a phone does when it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Policy {
    /// Rings and answers at once.
    Answer,
    /// Rings, and answers after this time.
    AnswerAfter(Duration),
    /// Rings until somebody calls [`Call::answer`], or `Call-Info: answer-after=0` asks to answer at once.
    Ring,
    /// 486 Busy Here.
    Busy,
    /// 603 Decline.
    Decline,
    /// 480 Temporarily Unavailable: do not disturb.
    Unavailable,
    /// 302 Moved Temporarily to this number.
    Forward(String),
    /// No answer at all, as if the cable were out.
    Deaf,
}

/// A SIP phone. It is cut off, without a word to Asterisk, when it is dropped.
#[derive(Debug)]
pub struct Phone {
    shared: Arc<Shared>,
    incoming: tokio::sync::Mutex<mpsc::Receiver<Call>>,
    task: AbortHandle,
}

/// Whom a request of ours belongs to.
#[derive(Debug)]
struct Owner {
    call: Option<String>,
    done: Option<oneshot::Sender<u16>>,
}

#[derive(Debug)]
struct Book {
    calls: HashMap<String, Dialog>,
    transactions: Transactions<Owner>,
    policy: Policy,
    /// Request counts by method, of everything that came in.
    requests: BTreeMap<String, u32>,
    registrations: u32,
}

#[derive(Debug)]
struct Shared {
    socket: Arc<UdpSocket>,
    server: SocketAddr,
    local: SocketAddr,
    user: String,
    password: String,
    registration: String,
    rings: mpsc::Sender<Call>,
    book: Mutex<Book>,
}

impl Phone {
    /// Registers the extension `user` at `server` from a free port of 127.0.0.1 and returns the phone, which answers.
    ///
    /// # Errors
    /// When the registration is refused or not answered.
    pub async fn register(user: &str, password: &str, server: SocketAddr) -> Result<Self, PhoneError> {
        let phone = Self::open(user, password, SocketAddr::new(crate::asterisk::PHONES, 0), server).await?;
        phone.register_again().await?;
        Ok(phone)
    }

    /// Opens the far end of an outside line: it needs no registration, because Asterisk knows it by its address.
    ///
    /// # Errors
    /// When the address is taken.
    pub async fn provider(at: SocketAddr, server: SocketAddr) -> Result<Self, PhoneError> {
        Self::open("provider", "", at, server).await
    }

    async fn open(
        user: &str,
        password: &str,
        at: SocketAddr,
        server: SocketAddr,
    ) -> Result<Self, PhoneError> {
        let socket = Arc::new(UdpSocket::bind(at).await?);
        let local = socket.local_addr()?;
        let (rings, incoming) = mpsc::channel(64);
        let book = Book {
            calls: HashMap::new(),
            transactions: Transactions::default(),
            policy: Policy::Answer,
            requests: BTreeMap::new(),
            registrations: 0,
        };
        let shared = Arc::new(Shared {
            socket,
            server,
            local,
            user: user.to_owned(),
            password: password.to_owned(),
            registration: token(),
            rings,
            book: Mutex::new(book),
        });
        let task = tokio::spawn(receive::run(Arc::clone(&shared))).abort_handle();
        Ok(Self { shared, incoming: tokio::sync::Mutex::new(incoming), task })
    }

    /// The extension, or `provider`.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.shared.user
    }

    /// What this phone does with calls that come from now on.
    pub fn policy(&self, policy: Policy) {
        self.shared.book().policy = policy;
    }

    /// How many requests of a method have come in so far, not counting those that came again.
    #[must_use]
    pub fn requests(&self, method: &str) -> u32 {
        self.shared.book().requests.get(method).copied().unwrap_or_default()
    }

    /// How many calls the phone has, in any state.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.shared.book().calls.len()
    }

    /// Dials a number; the call is [`State::Calling`] when this returns.
    ///
    /// # Errors
    /// When there is no socket for the sound.
    pub async fn call(&self, number: &str) -> Result<Call, PhoneError> {
        let from = format!("<sip:{}@{}>", self.shared.user, self.shared.server.ip());
        call::place(&self.shared, from, number)
    }

    /// Dials a number as this caller; Asterisk believes it only from a provider.
    ///
    /// # Errors
    /// As [`Phone::call`].
    pub async fn call_as(&self, caller: &Identity, number: &str) -> Result<Call, PhoneError> {
        let from = format!(
            "\"{}\" <sip:{}@{}>",
            caller.name.replace('"', ""),
            caller.number,
            self.shared.local.ip()
        );
        call::place(&self.shared, from, number)
    }

    /// The next call that rings here (or was answered by the policy), waiting up to [`PATIENCE`]; those that are over
    /// by now are passed over.
    ///
    /// # Errors
    /// When none comes.
    pub async fn incoming(&self) -> Result<Call, PhoneError> {
        let mut incoming = self.incoming.lock().await;
        let next = async {
            loop {
                match incoming.recv().await {
                    Some(call) if call.state() == State::Down => {}
                    other => break other,
                }
            }
        };
        let late = || PhoneError::TooLate(format!("a call at {}", self.shared.user));
        let call = tokio::time::timeout(PATIENCE, next).await.ok().flatten().ok_or_else(late)?;
        crate::planted::number(call.dialled());
        Ok(call)
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        self.task.abort();
        let mut book = self.shared.book();
        book.calls.clear();
        book.transactions = Transactions::default();
    }
}

impl Shared {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, datagram: &[u8]) {
        // A datagram that does not fit now is one lost on the way: it is sent again.
        let _ = self.socket.try_send_to(datagram, self.server);
    }

    /// Sends a request until it is answered; `done` gets the final status.
    fn begin(&self, book: &mut Book, request: Message, owner: Owner) {
        let resend = Resend::start(&self.socket, self.server, request.to_bytes());
        book.transactions.begin(request, owner, resend);
    }

    fn ip(&self) -> IpAddr {
        self.local.ip()
    }

    fn contact(&self) -> String {
        format!("<sip:{}@{}>", self.user, self.local)
    }

    fn via(&self) -> String {
        format!("SIP/2.0/UDP {};branch=z9hG4bK{};rport", self.local, token())
    }
}

/// Something that does not come twice: a tag, a branch, a Call-ID.
pub(crate) fn token() -> String {
    // Each RandomState has other keys.
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

fn header(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}
