//! Session tokens: 256 random bits to the client, their SHA-256 to the database. Not what a session may do.

use crate::store::SessionKey;
use anyhow::{Result, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::fmt;

/// A session's token; opaque to the client.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// When the machine gives no randomness.
    pub fn random() -> Result<Self> {
        Ok(Self(URL_SAFE_NO_PAD.encode(random::<32>()?)))
    }

    /// Takes what a client sent; anything is taken, and only a known one opens a session.
    pub fn from_client(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The token itself, for the one who logs in.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database knows of it.
    pub fn key(&self) -> SessionKey {
        SessionKey(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Random bytes from the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("the machine gives no randomness ({error})"))?;
    Ok(bytes)
}
