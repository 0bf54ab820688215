//! Everything that can happen to the desktop core, as one closed list. Nothing is decided here.

use crate::account::Account;
use crate::connection::{Attempt, Fault};
use crate::menu::Choice;
use crate::notice::NoticeChoice;
use crate::secret::Secret;
use frontdesk_protocol::{CallId, Command, CommandId, HistoryQuery, Millis, ServerMessage};
use std::fmt;
use std::time::Instant;
use tokio::sync::oneshot;

/// What time it is: once for intervals, once for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Now {
    /// For intervals; never goes back.
    pub(crate) at: Instant,
    /// This computer's clock.
    pub(crate) wall: Millis,
}

/// Where messages for the view go. The page may be loaded again; each time it brings another.
pub(crate) struct View(Box<dyn Fn(String) + Send>);

impl View {
    /// A view that takes JSON texts.
    pub(crate) fn new(take: impl Fn(String) + Send + 'static) -> Self {
        Self(Box::new(take))
    }

    /// Hands the view a JSON text.
    pub(crate) fn tell(&self, json: String) {
        (self.0)(json);
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("View")
    }
}

/// Whether the session outlives the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remember {
    /// Its token goes to the keyring.
    Yes,
    /// It is forgotten when the program ends.
    No,
}

/// Whether the desktop has a tray.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TrayPlace {
    /// There is one, so a hidden window can be brought back.
    There,
    /// There is none.
    Missing,
}

/// What somebody wanted who started the program while it was running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Again {
    /// Its window.
    Window,
    /// The rehearsal office.
    Rehearsal,
    /// A server, and perhaps a user.
    Server {
        /// As typed; `None`: the one of the last time.
        server: Option<String>,
        /// As typed.
        user: Option<String>,
    },
}

/// The answer to a login: nothing, or a sentence that says why not.
pub(crate) type LoginReply = oneshot::Sender<Result<(), String>>;

/// What happened.
#[derive(Debug)]
pub(crate) enum Event {
    /// The page is loaded and listens.
    Subscribed(View),
    /// The page that listens has missed something of what it was told.
    Missed,
    /// The person filled in the login form.
    LogIn {
        /// As typed.
        server: String,
        /// As typed.
        user: String,
        /// As typed.
        password: Secret,
        /// Whether to stay logged in.
        remember: Remember,
        /// The fingerprint that the person was shown and trusts from now on, as it was shown.
        trust: Option<String>,
        /// Who waits for the outcome.
        reply: LoginReply,
    },
    /// The person logs out.
    LogOut,
    /// The person orders something.
    Order {
        /// The view's name for it.
        id: CommandId,
        /// What.
        command: Command,
    },
    /// The view wants rows of the history.
    AskHistory {
        /// The view's name for the question.
        id: CommandId,
        /// Which.
        query: HistoryQuery,
    },
    /// The view lost its place and wants to be told all again.
    Resync,
    /// The keyring answered.
    Recalled {
        /// Whose token was asked for.
        account: Account,
        /// The token, where one is kept.
        token: Option<Secret>,
    },
    /// The keyring did not take a token.
    NotKept,
    /// Something that the person should be told once, in a sentence.
    Remark(String),
    /// The page ended by itself and is loaded anew; the sentence is for the person, once there is a page.
    PageGone(String),
    /// A login came to its end.
    LoggedIn {
        /// Which.
        attempt: Attempt,
        /// The session's token.
        outcome: Result<Secret, Fault>,
    },
    /// A connection is open.
    Opened {
        /// Which.
        attempt: Attempt,
    },
    /// The server said something.
    Received {
        /// On which connection.
        attempt: Attempt,
        /// What.
        message: Box<ServerMessage>,
        /// The same as it came: the view gets this text.
        text: String,
    },
    /// A connection ended, or could not be opened.
    Lost {
        /// Which.
        attempt: Attempt,
        /// Why.
        fault: Fault,
    },
    /// The person chose something on a notification.
    Noticed {
        /// Whose.
        call: CallId,
        /// What.
        choice: NoticeChoice,
    },
    /// The person chose something in the tray's menu.
    Chosen(Choice),
    /// The person closes the window.
    CloseAsked,
    /// The program was started a second time.
    StartedAgain(Again),
    /// Somebody followed a link to a telephone number. It is text of a stranger's; the view reads it.
    Tel(String),
    /// The desktop's tray came or went.
    Tray(TrayPlace),
    /// The rehearsal office runs in this process, or why it does not.
    Rehearsal(Result<Invitation, String>),
    /// The time that [`crate::controller::Controller::wake`] named has come.
    Tick,
}

/// How to get into the rehearsal office.
#[derive(Debug, Clone)]
pub(crate) struct Invitation {
    /// The server's address.
    pub(crate) server: String,
    /// A user of it.
    pub(crate) user: String,
    /// A session of theirs.
    pub(crate) token: Secret,
}
