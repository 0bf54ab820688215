//! What a link needs to know. Not where that is configured.

use crate::decoder::Limits;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::rustls::{ClientConfig, pki_types::ServerName};

/// Where a PBX is and how to log in.
#[derive(Clone)]
pub struct LinkConfig {
    /// Its name or address.
    pub host: String,
    /// Its port: 5038 without TLS and 5039 with it, as Asterisk has it.
    pub port: u16,
    /// The account of `manager.conf`.
    pub username: String,
    pub(super) secret: String,
    /// TLS, where the PBX speaks it.
    pub tls: Option<LinkTls>,
    /// How the secret is proven.
    pub login: Login,
    /// How much of one message is kept.
    pub limits: Limits,
    /// How long things may take.
    pub timing: Timing,
}

/// TLS to the PBX.
#[derive(Clone)]
pub struct LinkTls {
    /// Which certificates are trusted.
    pub config: Arc<ClientConfig>,
    /// The name that stands on the certificate.
    pub name: ServerName<'static>,
}

/// How the secret is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Login {
    /// By the MD5 of a challenge and the secret: the secret itself is not sent.
    #[default]
    Challenge,
    /// By the secret itself; only for TLS or loopback.
    Plain,
}

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Until the host's name is found.
    pub lookup: Duration,
    /// Until the connection to one of its addresses is made.
    pub connect: Duration,
    /// Until the PBX answers the login.
    pub login: Duration,
    /// From the login until the PBX says that it has booted.
    pub boot: Duration,
    /// After so much silence the PBX is asked whether it is there.
    pub quiet: Duration,
    /// Until it answers that; then it counts as silent.
    pub pong: Duration,
    /// How long it may be silent before the link is given up and made anew.
    pub silence: Duration,
    /// The first wait before another attempt.
    pub first_retry: Duration,
    /// The longest one.
    pub last_retry: Duration,
    /// The first wait after a refused login.
    pub after_refusal: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            lookup: Duration::from_secs(10),
            // The operating system knocks at once, after 1 and after 3 s; with the wait below never 3 s pass between
            // two knocks, and so long it may take at most to be back after the way is free again.
            connect: Duration::from_millis(3_500),
            login: Duration::from_secs(5),
            boot: Duration::from_secs(30),
            // Together less than three seconds: no longer may a light be wrong.
            quiet: Duration::from_millis(800),
            pong: Duration::from_millis(1_800),
            silence: Duration::from_secs(12),
            first_retry: Duration::from_millis(250),
            last_retry: Duration::from_millis(2_000),
            after_refusal: Duration::from_secs(15),
        }
    }
}

impl LinkConfig {
    /// A link without TLS that proves the secret by a challenge.
    pub fn new(
        host: impl Into<String>,
        port: u16,
        username: impl Into<String>,
        secret: impl Into<String>,
    ) -> Self {
        Self {
            host: host.into(),
            port,
            username: username.into(),
            secret: secret.into(),
            tls: None,
            login: Login::default(),
            limits: Limits::default(),
            timing: Timing::default(),
        }
    }

    pub(super) fn address(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }
}

/// Without the secret.
impl fmt::Debug for LinkConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkConfig")
            .field("address", &self.address())
            .field("username", &self.username)
            .field("tls", &self.tls.is_some())
            .field("login", &self.login)
            .finish_non_exhaustive()
    }
}
