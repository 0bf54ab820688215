//! What the controller can have done, as one trait: the window, the tray, the keyring, the network. The program
//! implements it with Tauri; tests implement it with a list.

use crate::account::Account;
use crate::connection::{Attempt, Fingerprint, NotSent, ServerAddress};
use crate::event::View;
use crate::menu::Tray;
use crate::notice::Notice;
use crate::secret::Secret;
use frontdesk_protocol::{CallId, ClientMessage, Resume};

/// The effects of the controller. None of them waits; what comes of them comes back as an event.
pub(crate) trait Desktop {
    /// Takes the page that listens from now on.
    fn attach(&mut self, view: View);
    /// Hands the page a JSON text.
    fn tell_view(&mut self, json: String);

    /// Takes this certificate at this address from now on.
    fn trust(&mut self, server: &ServerAddress, certificate: Fingerprint);
    /// Logs in with a password.
    fn log_in(&mut self, attempt: Attempt, account: &Account, password: Secret);
    /// Ends a session at the server.
    fn log_out(&mut self, server: &ServerAddress, token: Secret);
    /// Opens the connection, in place of one that is there.
    fn open(&mut self, attempt: Attempt, server: &ServerAddress, token: Secret, resume: Option<Resume>);
    /// Sends a message on it.
    ///
    /// # Errors
    /// [`NotSent`] when there is no connection, or it does not take any more.
    fn send(&mut self, message: ClientMessage) -> Result<(), NotSent>;
    /// Closes the connection.
    fn close(&mut self);

    /// Asks the keyring for an account's token.
    fn recall(&mut self, account: &Account);
    /// Gives the keyring an account's token.
    fn keep(&mut self, account: &Account, token: Secret);
    /// Takes an account's token out of the keyring.
    fn forget(&mut self, account: &Account);
    /// Notes the account for the login form of the next start.
    fn note_account(&mut self, account: &Account);
    /// Starts the rehearsal office in this process.
    fn rehearse(&mut self);

    /// Draws the tray.
    fn draw_tray(&mut self, tray: &Tray);
    /// Shows a notification, in place of the one for the same call.
    fn notify(&mut self, notice: &Notice);
    /// Withdraws the notification for a call.
    fn withdraw(&mut self, call: &CallId);

    /// Brings the window to the front.
    fn raise(&mut self);
    /// Takes the window off the screen.
    fn hide(&mut self);
    /// Ends the program.
    fn quit(&mut self);
}
