//! What can go wrong between desk and server, each as a sentence for the person at the desk. No technical text leaves
//! here except where it helps the person who is called for help.

use super::trust::Fingerprint;

/// A failure of the login or of the connection. Its text is a sentence, or two, that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// The name of the server is not known.
    #[error(
        "There is no computer named {host}. Check the server's address for a typing error, and that this computer is on the network."
    )]
    UnknownHost {
        /// As typed.
        host: String,
    },
    /// Nobody listens there.
    #[error(
        "{server} does not answer: nothing listens there. Check the port in the address, or ask whether the Frontdesk server is running."
    )]
    Refused {
        /// Host and port.
        server: String,
    },
    /// The network does not lead there.
    #[error("{server} cannot be reached ({why}). Check this computer's network connection.")]
    Unreachable {
        /// Host and port.
        server: String,
        /// The operating system's words.
        why: String,
    },
    /// No answer in time.
    #[error("{server} did not answer in time. Check the address and this computer's network connection.")]
    TimedOut {
        /// Host and port.
        server: String,
    },
    /// The certificate is not trusted.
    #[error(
        "The encryption with {server} cannot be trusted: {why}. Your password was not sent. Ask whoever runs the server to look at its certificate."
    )]
    Certificate {
        /// Host and port.
        server: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nobody vouches for the certificate, and the person was not asked yet.
    #[error(
        "{server} encrypts, but no authority that this computer knows vouches for its certificate. Your password was not sent. Ask whoever runs the server for the certificate's fingerprint, and trust it only where it is the one shown here."
    )]
    Unknown {
        /// Host and port.
        server: String,
        /// What it showed.
        shown: Fingerprint,
    },
    /// Another certificate than the one that the person trusted.
    #[error(
        "{server} shows another certificate than the one that was trusted on this computer, so nothing was sent. Somebody may sit in between, or the server has a new one: ask whoever runs it whether its fingerprint is {shown}. If it is, quit Frontdesk, start it with --forget-certificate, and log in again."
    )]
    Replaced {
        /// Host and port.
        server: String,
        /// What it showed.
        shown: Fingerprint,
    },
    /// The other side does not speak TLS.
    #[error(
        "{server} does not answer with encryption. Your password was not sent. If the server is meant to be used without it inside your own network, begin the address with http://."
    )]
    NotEncrypted {
        /// Host and port.
        server: String,
    },
    /// Something else answers there.
    #[error("What answers at {server} is not a Frontdesk server. Check the address and the port.")]
    NotFrontdesk {
        /// Host and port.
        server: String,
    },
    /// The two speak different versions.
    #[error(
        "The Frontdesk server at {server} and this program are of different versions and do not understand each other. Ask for the same release of both."
    )]
    OtherVersion {
        /// Host and port.
        server: String,
    },
    /// User or password is wrong.
    #[error("The user name or the password is wrong. Check both, and that Caps Lock is off.")]
    WrongPassword,
    /// The session is over.
    #[error("Your session has ended. Please log in again.")]
    SessionEnded,
    /// The server refuses, and says why in its own sentence.
    #[error("{text}")]
    ServerSays {
        /// The server's sentence.
        text: String,
        /// What helps.
        cure: Cure,
    },
    /// The server answers with an error of its own.
    #[error(
        "The Frontdesk server at {server} cannot answer at the moment (HTTP {status}). Ask whoever runs it to look at its log."
    )]
    ServerFailed {
        /// Host and port.
        server: String,
        /// HTTP status.
        status: u16,
    },
    /// The connection broke.
    #[error("The connection to the Frontdesk server broke.")]
    Broken,
    /// The server was silent for too long.
    #[error("The Frontdesk server has not been heard for {seconds} seconds.")]
    Silent {
        /// For how long.
        seconds: u64,
    },
}

/// What helps against a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cure {
    /// The program tries again by itself.
    TryAgain,
    /// The person has to log in.
    LogIn,
}

impl Fault {
    /// What helps, once a session was there.
    pub(crate) fn cure(&self) -> Cure {
        match self {
            Self::WrongPassword | Self::SessionEnded | Self::Unknown { .. } => Cure::LogIn,
            Self::ServerSays { cure, .. } => *cure,
            Self::UnknownHost { .. }
            | Self::Refused { .. }
            | Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::Certificate { .. }
            | Self::Replaced { .. }
            | Self::NotEncrypted { .. }
            | Self::NotFrontdesk { .. }
            | Self::OtherVersion { .. }
            | Self::ServerFailed { .. }
            | Self::Broken
            | Self::Silent { .. } => Cure::TryAgain,
        }
    }
}
