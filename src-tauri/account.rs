//! Who logs in where. Without password or token.

use crate::connection::ServerAddress;

/// A user at a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// Where.
    pub(crate) server: ServerAddress,
    /// As typed.
    pub(crate) user: String,
}

/// Whether anything about a session is kept on this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// Server and user; the token where the person wants it.
    Normal,
    /// Nothing: a rehearsal leaves no trace.
    Nothing,
}
