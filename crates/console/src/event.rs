//! Everything that can happen to a desk, and everything it can ask for. Closed lists; what they mean is in `console`.

use crate::grid::{Shape, Step};
use crate::moving::Over;
use crate::orders::Subject;
use crate::settings::Settings;
use frontdesk_protocol::{
    Command, CommandId, Extension, HandedId, HistoryId, HistoryQuery, LegId, Millis, PersonId, ResyncCause,
    ServerMessage,
};
use serde::{Deserialize, Serialize};

/// What the desktop core (or the view's own socket) tells the view. Serde reads it but for a message of the server, which
/// is read by [`ServerMessage::read`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Message {
    /// How the connection to the server is.
    Connection {
        /// The state.
        state: Connection,
        /// Why, in a sentence, where there is something to say.
        #[serde(default)]
        text: Option<String>,
        /// Since when, by this machine's clock.
        #[serde(default)]
        since: Option<Millis>,
        /// The server's address.
        #[serde(default)]
        server: Option<String>,
        /// The user who is, or was last, logged in.
        #[serde(default)]
        user: Option<String>,
    },
    /// A message of the server.
    #[serde(skip_deserializing)]
    Message {
        /// The message.
        message: Box<ServerMessage>,
    },
    /// Something that the person should know about this computer; said once, and it stays until it is put away.
    Remark {
        /// A sentence: what is wrong, what follows.
        text: String,
    },
    /// Nobody vouches for the server's certificate: the person is asked whether they do.
    Untrusted {
        /// What it is known by, SHA-256.
        fingerprint: String,
    },
    /// Somebody followed a link to a telephone number: the person is asked whether it is called.
    Tel {
        /// The link as it came; whoever wrote it is a stranger.
        link: String,
    },
}

/// How the connection to the server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Connection {
    /// Trying.
    Connecting,
    /// Open.
    Online,
    /// Broken; it is tried again.
    Offline,
    /// Somebody has to log in.
    Login,
}

/// What happens to a desk.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Time passed. Sent about once a second, and before anything that depends on the time.
    Tick(Millis),
    /// The core or the socket says something.
    Message(Message),
    /// The stored settings were read: `None` where there are none; a sentence where they cannot be read.
    SettingsLoaded(Result<Option<Box<Settings>>, String>),
    /// The person changed the settings.
    SettingsChanged(Box<Settings>),
    /// The answer to a login: a sentence where it failed.
    LoggedIn(Result<(), String>),
    /// The form was sent.
    LogIn {
        /// The server's address; empty on the web.
        server: String,
        /// The user.
        user: String,
        /// The password.
        password: String,
        /// Whether the session is to be remembered.
        remember: Remember,
        /// The fingerprint of the certificate that the person trusts from now on.
        trust: Option<String>,
    },
    /// The person logs out.
    LogOut,
    /// An order could not even be sent.
    NotSent(CommandId, String),
    /// The text of the search changed.
    Search(String),
    /// The pointer entered or left the cards: order changes wait meanwhile.
    StreamHover(Hover),
    /// The same of the callers who were handed over.
    HandedHover(Hover),
    /// A button went down on a card, at these coordinates of the window.
    Press(LegId, (i32, i32)),
    /// A button went down on a caller who was handed over.
    PressRow(HandedId, (i32, i32)),
    /// The cards of My Stream were clicked, or what stands there while a row is moved.
    ClickStream,
    /// The caller of this row is to come back.
    BringBack(HandedId),
    /// A row about a caller who was handed over is to go.
    PutRowAway(HandedId),
    /// Ctrl+Z.
    Undo,
    /// The key for the other way of handing over is held or not.
    OtherKey(Held),
    /// The other way of handing over is chosen in the open targets, or taken back.
    OtherWay,
    /// The pointer moved, and what lies under it.
    Drag((i32, i32), Over),
    /// The button went up over this.
    Drop(Over),
    /// The system took the pointer away.
    CancelDrag,
    /// A card is chosen for moving, by click, key or its Transfer button; the same again undoes it.
    ChooseCard(LegId),
    /// A tile was clicked or Enter was pressed on it: opens its targets for a chosen card, else selects the person.
    ChooseTile(PersonId),
    /// A target of the open tile was clicked or Enter was pressed on it.
    ChooseTarget(usize),
    /// Esc.
    Escape,
    /// An action of a card.
    Act(LegId, crate::cards::CardAction),
    /// The focus goes to the callers who were handed over.
    GoToHanded,
    /// An arrow, a page, Home, End in the list of those who were handed over.
    HandedStep(Step),
    /// An arrow, a page, Home, End in the stream.
    CardStep(Step),
    /// An arrow, a page, Home, End in the grid, which has this shape now.
    TileStep(Step, Shape),
    /// An arrow in the open targets.
    TargetStep(Step),
    /// An arrow, a page, Home, End in the history, of which so many rows are seen.
    RowStep(Step, usize),
    /// Focus to the first row of the history with the words that are searched for, now or when it is there.
    FirstRow,
    /// A tile, a card, a row got the keyboard focus by other means.
    Focused(Focus),
    /// The history of this person is wanted; `None`: mine.
    ShowHistory(Option<PersonId>),
    /// More rows are wanted.
    OlderHistory,
    /// The text in the history's search field changed.
    SearchHistory(String),
    /// A row was double-clicked, or Enter was pressed on it.
    CallBack(HistoryId),
    /// Calls go out from this extension.
    SelectExtension(Extension),
    /// A note was read.
    Dismiss(Subject),
    /// Enter in the search box.
    SearchEnter,
    /// Yes to the question about a link.
    CallTel(u64),
    /// No to it.
    LeaveTel(u64),
}

/// Whether a session outlives the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remember {
    /// It does.
    Yes,
    /// It does not.
    No,
}

/// Whether a key is down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Held {
    /// It is.
    Yes,
    /// It is not.
    #[default]
    No,
}

impl std::ops::Not for Held {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
        }
    }
}

/// Whether the pointer is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hover {
    /// It is.
    Inside,
    /// It is not.
    Outside,
}

/// What the desk asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Send this order.
    Order(CommandId, Command),
    /// Ask for rows.
    AskHistory(CommandId, HistoryQuery),
    /// Ask for a snapshot, for this reason.
    Resync(ResyncCause),
    /// Log in.
    LogIn {
        /// The server's address; empty on the web.
        server: String,
        /// The user.
        user: String,
        /// The password.
        password: String,
        /// Whether the session is to be remembered.
        remember: Remember,
        /// The fingerprint of the certificate that the person trusts from now on.
        trust: Option<String>,
    },
    /// Log out.
    LogOut,
    /// Store the settings.
    Save(Box<Settings>),
    /// Put the keyboard focus there.
    Focus(Focus),
    /// A call rings here: tell, where the desktop core does not.
    Notify {
        /// The leg that rings.
        leg: LegId,
        /// One line.
        title: String,
        /// One more.
        body: String,
    },
    /// It does not ring any more.
    Withdraw(LegId),
}

/// A place for the keyboard focus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Focus {
    /// A card.
    Card(LegId),
    /// A tile.
    Tile(PersonId),
    /// A target of the open tile.
    Target(usize),
    /// A row of the history.
    Row(HistoryId),
    /// A row about a caller who was handed over.
    Handed(HandedId),
    /// The search box.
    Search,
}
