//! The one way out of the view, with two implementations: the desktop core over Tauri's IPC, and the server's WebSocket
//! in a plain browser. What comes back is told as events.

mod ipc;
mod web;

use frontdesk_console::event::Remember;
use frontdesk_console::{Event, Settings};
use frontdesk_protocol::{Command, CommandId, HistoryQuery, LegId, ResyncCause};
use std::rc::Rc;
use yew::Callback;

/// Where the view runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surroundings {
    /// In the window of the desktop program.
    Desktop,
    /// On a web page.
    Page,
}

/// The settings of the last time, where there was one, or why they cannot be read.
pub type Remembered = Result<Option<Box<Settings>>, String>;

/// A filled-in login form.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Address; empty on a web page.
    pub server: String,
    /// User.
    pub user: String,
    /// Password.
    pub password: String,
    /// Whether the session is kept.
    pub remember: Remember,
    /// The fingerprint of the certificate that the person trusts from now on.
    pub trust: Option<String>,
}

/// The way to the desktop core or to the server. Nothing here waits: answers come as events.
pub trait Transport {
    /// Where the view runs.
    fn surroundings(&self) -> Surroundings;
    /// Begins to hear messages and the state of the connection.
    fn start(&self);
    /// Logs in; answered by [`Event::LoggedIn`].
    fn log_in(&self, credentials: Credentials);
    /// Ends the session.
    fn log_out(&self);
    /// Sends an order; answered by a result, or by [`Event::NotSent`].
    fn order(&self, id: CommandId, command: Command);
    /// Asks for rows of the history.
    fn ask_history(&self, id: CommandId, query: HistoryQuery);
    /// Asks for a snapshot, for this reason.
    fn resync(&self, why: ResyncCause);
    /// Stores the settings.
    fn save(&self, settings: &Settings);
    /// Tells of a ringing call, where nobody else does.
    fn notify(&self, leg: &LegId, title: &str, body: &str);
    /// Takes that back.
    fn withdraw(&self, leg: &LegId);
}

/// The settings of the last time, where there was one.
///
/// # Errors
/// A sentence when they cannot be read.
pub async fn settings() -> Remembered {
    if ipc::is_there() { ipc::settings().await } else { web::settings() }
}

/// The transport of this page: IPC where the desktop program is, else the WebSocket of the page's server.
pub fn open(hear: Callback<Event>) -> Rc<dyn Transport> {
    if ipc::is_there() { Rc::new(ipc::Ipc::new(hear)) } else { Rc::new(web::Web::new(hear)) }
}
