//! The desktop core without a window: the real loop, controller and network, and a view that keeps what it is told.

use crate::account::Account;
use crate::connection::stand_in::DEADLINE;
use crate::connection::{Attempt, Fingerprint, Network, NotSent, ServerAddress, TrustBook};
use crate::controller::{Controller, Start};
use crate::core_loop;
use crate::desktop::Desktop;
use crate::event::{Event, View};
use crate::menu::Tray;
use crate::notice::Notice;
use crate::secret::Secret;
use frontdesk_protocol::{CallId, ClientMessage, Resume};
use rustls::RootCertStore;
use serde_json::Value;
use std::collections::BTreeMap;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// A running core and what its view has heard.
pub(super) struct Headless {
    events: mpsc::Sender<Event>,
    told: mpsc::Receiver<String>,
    pub(super) heard: Vec<Value>,
}

struct Effects {
    network: Network,
    view: mpsc::Sender<String>,
}

impl Headless {
    /// Starts with the login form, and knows no server.
    pub(super) fn start() -> Self {
        Self::with(TrustBook::new(RootCertStore::empty(), BTreeMap::new(), |_| {}))
    }

    /// Starts with the login form, and trusts the certificates of `book`.
    pub(super) fn with(book: TrustBook) -> Self {
        let (events, inbox) = mpsc::channel(64);
        let (view, told) = mpsc::channel(1024);
        let effects = Effects { network: Network::new(events.clone(), book), view };
        let controller = Controller::new(1, core_loop::now());
        let start = Start::Form { server: String::new(), user: String::new() };
        tokio::spawn(core_loop::run(controller, start, inbox, effects));
        Self { events, told, heard: Vec::new() }
    }

    /// Something happens.
    pub(super) async fn tells(&self, event: Event) {
        self.events.send(event).await.unwrap();
    }

    /// Waits until the view is told something that fits.
    pub(super) async fn until(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let wait = async {
            while let Some(text) = self.told.recv().await {
                let told: Value = serde_json::from_str(&text).unwrap();
                self.heard.push(told.clone());
                if fits(&told) {
                    return Some(told);
                }
            }
            None
        };
        let found = timeout(DEADLINE, wait).await.ok().flatten();
        found.unwrap_or_else(|| panic!("{what} does not come; so far: {:#?}", self.heard))
    }
}

impl Desktop for Effects {
    fn attach(&mut self, _view: View) {}
    fn tell_view(&mut self, json: String) {
        self.view.try_send(json).unwrap();
    }
    fn trust(&mut self, server: &ServerAddress, certificate: Fingerprint) {
        self.network.trust(server, certificate);
    }
    fn log_in(&mut self, attempt: Attempt, account: &Account, password: Secret) {
        self.network.log_in(attempt, account.server.clone(), account.user.clone(), password);
    }
    fn log_out(&mut self, server: &ServerAddress, token: Secret) {
        self.network.log_out(server.clone(), token);
    }
    fn open(&mut self, attempt: Attempt, server: &ServerAddress, token: Secret, resume: Option<Resume>) {
        self.network.open(attempt, server.clone(), token, resume);
    }
    fn send(&mut self, message: ClientMessage) -> Result<(), NotSent> {
        self.network.send(message)
    }
    fn close(&mut self) {
        self.network.close();
    }
    fn recall(&mut self, _account: &Account) {}
    fn keep(&mut self, _account: &Account, _token: Secret) {}
    fn forget(&mut self, _account: &Account) {}
    fn note_account(&mut self, _account: &Account) {}
    fn rehearse(&mut self) {}
    fn draw_tray(&mut self, _tray: &Tray) {}
    fn notify(&mut self, _notice: &Notice) {}
    fn withdraw(&mut self, _call: &CallId) {}
    fn raise(&mut self) {}
    fn hide(&mut self) {}
    fn quit(&mut self) {}
}
