//! The words of the page's fixed parts: headings, fields, buttons, and what the page's own socket says.

use crate::link::Lamp;

/// The program.
pub const FRONTDESK: &str = "Frontdesk";
/// The pane with my calls.
pub const STREAM: &str = "My Stream";
/// The pane with everybody else.
pub const USERS: &str = "Users";
/// Beside its heading while a card is moved.
pub const MOVING: &str = "Drop on a person, or use arrows and Enter. Esc stops.";
/// Leads back to my history.
pub const SHOW_MINE: &str = "Show mine";
/// What of the history can be searched for.
pub const HISTORY_SEARCH_HINT: &str = "Name or number";
/// The search field of the history.
pub const HISTORY_SEARCH: &str = "Search this history";
/// Reads older rows.
pub const OLDER: &str = "Older calls";
/// What a row is good for.
pub const ROW: &str = "Double-click or Enter to call";
/// Takes a note away.
pub const PUT_AWAY: &str = "Put away";
/// The divider beside the users.
pub const WIDTH: &str = "Width of stream and history";
/// The divider below the stream.
pub const HEIGHT: &str = "Height of the stream";

/// What can be searched for.
pub const SEARCH_HINT: &str = "Search people: name, number, department";
/// The search box.
pub const SEARCH: &str = "Search people";
/// Before the extension that calls go out from.
pub const CALLS_FROM: &str = "Calls from ";
/// The same, read alone.
pub const CALLS_FROM_EXTENSION: &str = "Calls go out from extension";
/// The settings.
pub const SETTINGS: &str = "Settings";
/// Ends the session.
pub const LOG_OUT: &str = "Log out";

/// Light or dark.
pub const THEME: &str = "Theme";
/// The themes: as the system, light, dark.
pub const THEMES: [&str; 3] = ["As the system", "Light", "Dark"];
/// The group of settings about calls.
pub const CALLS: &str = "Calls";
/// Whether callers come back whom nobody takes at an extension.
pub const SAFE_TRANSFER: &str = "Bring a caller back to me if nobody takes the call at an extension";
/// Whether a caller is kept for a moment after hanging up.
pub const GRACE: &str = "Keep the caller for three seconds after I hang up";
/// The colours of the statuses.
pub const COLOURS: &str = "Status colours";
/// The presets: the usual one, and the one for colour-blind eyes.
pub const PRESETS: [&str; 2] = ["Usual", "Safe for colour-blind eyes"];
/// Forgets the person's own colours.
pub const PRESET_COLOURS: &str = "Back to the preset's colours";
/// Closes a dialog.
pub const CLOSE: &str = "Close";

/// The field for the server's address.
pub const SERVER: &str = "Server";
/// The field for the user.
pub const USER: &str = "User";
/// The field for the password.
pub const PASSWORD: &str = "Password";
/// Whether the session outlives the program.
pub const REMEMBER: &str = "Stay logged in on this computer";
/// Before the fingerprint of a certificate that nobody vouches for.
pub const FINGERPRINT: &str = "Fingerprint of the server's certificate (SHA-256)";
/// Whether it is trusted.
pub const TRUST: &str = "I have compared it: trust this certificate from now on";
/// Sends the form.
pub const LOG_IN: &str = "Log in";
/// It was sent.
pub const LOGGING_IN: &str = "Logging in …";

/// The light's word; the whole sentence stands elsewhere.
pub fn light(lamp: Lamp, since: Option<&str>) -> String {
    let word = match lamp {
        Lamp::Live => "Live",
        Lamp::Stale => "Stale",
        Lamp::Offline => "Offline",
        Lamp::Connecting => "Connecting",
    };
    since.map_or_else(|| word.into(), |since| format!("{word} since {since}"))
}

/// Through what a call came, and at which of my phones it is.
pub fn why(via: Option<&str>, extension: &str) -> String {
    via.map_or_else(|| format!("at {extension}"), |via| format!("{via} · at {extension}"))
}

/// What a countdown shows.
pub fn seconds_left(seconds: u64) -> String {
    format!("{seconds} s")
}

/// What a button of a card does, read alone.
pub fn action_for(word: &str, who: &str) -> String {
    format!("{word}: {who}")
}

/// The open targets of a person.
pub fn send_to(name: &str) -> String {
    format!("Send to {name}")
}

/// The view stopped because of an error of its own, and the page was loaded again.
pub const RESTARTED: &str = "The view stopped because of an error and was loaded again. Your calls were not touched; \
    what you were typing or moving has to be done again.";
/// A browser without WebSocket.
pub const NO_SOCKET: &str = "This browser opens no WebSocket.";
/// The server and the page are of different versions.
pub const NOT_UNDERSTOOD: &str = "The server sent something that this page does not understand; reload it.";
/// The session is over.
pub const SESSION_ENDED: &str = "Your session ended. Log in again.";
/// The socket closed.
pub const CLOSED: &str = "The server closed the connection.";
/// There is no answer.
pub const UNREACHABLE: &str = "The server cannot be reached.";
/// Nothing was heard for long.
pub const SILENT: &str = "The server has been silent.";
/// An order cannot be sent.
pub const NOT_CONNECTED: &str =
    "There is no connection to the server, so nothing was sent. Use the phone itself.";
/// A login finds no server.
pub const LOGIN_UNREACHABLE: &str = "The server cannot be reached. Check that it runs, and try again.";
/// A login was refused for what was typed.
pub const LOGIN_WRONG: &str = "User name or password is wrong. Try again, or ask your administrator.";
/// A login was refused because there were too many.
pub const LOGIN_OFTEN: &str = "Too many attempts. Wait a minute, then try again.";

/// A login was refused for another reason.
pub fn login_refused(status: u16) -> String {
    format!("The server refused the login ({status}). Try again later or ask your administrator.")
}
