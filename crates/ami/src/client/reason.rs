//! Why a link is down, in sentences for the person at the desk and the one who runs the PBX. Never a secret.

/// Why the link is down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// No connection.
    #[error(
        "The phone system at {address} cannot be reached ({why}). Calls go on; the console tries again by itself."
    )]
    Unreachable {
        /// Where it was looked for.
        address: String,
        /// What the operating system says.
        why: String,
    },
    /// The certificate is not trusted, or the other side does not speak TLS.
    #[error(
        "The phone system at {address} cannot be trusted ({why}). Check `tls_ca` and `tls_name` in the server's \
         configuration, and the certificate on the phone system."
    )]
    Tls {
        /// Where.
        address: String,
        /// What is wrong with it.
        why: String,
    },
    /// Something else answers there.
    #[error(
        "What answers at {address} is not an Asterisk Manager Interface. Check host and port of the phone system."
    )]
    NotAsterisk {
        /// Where.
        address: String,
    },
    /// The account was refused.
    #[error(
        "The phone system refuses the account `{username}` ({message}). Check its name, secret and `permit` lines in \
         manager.conf, and the secret in the server's configuration."
    )]
    Refused {
        /// The account.
        username: String,
        /// What the PBX says.
        message: String,
    },
    /// The login was not answered in time.
    #[error(
        "The phone system took the connection but does not answer the login. The console tries again by itself."
    )]
    NoAnswer,
    /// It never said that it has booted.
    #[error(
        "The phone system has not said that it has booted. It may be starting; if this stays, the account lacks the \
         read class `system` in manager.conf."
    )]
    NotBooted,
    /// It says nothing any more.
    #[error("The phone system does not answer any more. Calls may go on; the console tries again by itself.")]
    Silent,
    /// It ended the session.
    #[error("The phone system ended the connection. It may be restarting; the console comes back by itself.")]
    Closed,
    /// The connection broke.
    #[error(
        "The connection to the phone system broke ({0}). Calls may go on; the console tries again by itself."
    )]
    Broken(String),
    /// It takes nothing any more.
    #[error("The phone system does not take orders any more. The console connects anew.")]
    Deaf,
    /// Name or secret cannot be sent.
    #[error(
        "The account's name or secret cannot be sent to the phone system: {0}. Correct the server's configuration."
    )]
    Unsayable(String),
}

impl Reason {
    /// Whether the account was refused: asking again soon would not help, and looks like an attack. Whatever else is in
    /// the way may be gone the next moment.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::Unsayable(_) => true,
            Self::Unreachable { .. }
            | Self::Tls { .. }
            | Self::NotAsterisk { .. }
            | Self::NoAnswer
            | Self::NotBooted
            | Self::Silent
            | Self::Closed
            | Self::Broken(_)
            | Self::Deaf => false,
        }
    }
}
