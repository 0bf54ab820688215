//! The program around the controller: Tauri's window and tray, the settings file, the keyring, notifications. Carries
//! out effects and turns what happens into events; decides nothing.

mod bell;
mod commands;
mod keys;
mod mailbox;
mod page;
mod rehearsal;
mod settings;
mod signals;
mod tray;

use crate::account::Account;
use crate::cli::Cli;
use crate::connection::{Attempt, Fingerprint, Network, NotSent, ServerAddress, TrustBook, system_roots};
use crate::controller::{Controller, Start};
use crate::core_loop;
use crate::desktop::Desktop;
use crate::event::{Event, Remember, View};
use crate::menu::Tray;
use crate::notice::Notice;
use crate::secret::Secret;
use anyhow::Context as _;
use bell::Bell;
use frontdesk_protocol::{CallId, ClientMessage, Resume};
use rehearsal::Rehearsal;
use settings::Settings;
use std::time::Duration;
use tauri::{AppHandle, Manager as _, WindowEvent};
use tauri_plugin_window_state::{AppHandleExt as _, StateFlags};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

const NO_WINDOW: &str =
    "Frontdesk could not open its window. Start it from a desktop session, with a display";

/// How many events may wait for the loop.
const EVENTS: usize = 1024;

/// How long the end of the program may take.
const TIDY: Duration = Duration::from_secs(5);

/// What is kept of the window: where it was, but never that it was hidden.
const WINDOW: StateFlags = StateFlags::all().difference(StateFlags::VISIBLE);

/// The way into the loop, for everyone who has something to report.
#[derive(Debug, Clone)]
pub(crate) struct Inbox(pub(crate) mpsc::Sender<Event>);

impl Inbox {
    /// Reports from a place that cannot wait. Only a loop that hangs would let the queue fill up; then the event is lost.
    pub(crate) fn report(&self, event: Event) {
        if self.0.try_send(event).is_err() {
            tracing::error!("the core does not take events any more; one is lost");
        }
    }

    /// Reports from a place that can wait.
    pub(crate) async fn tell(&self, event: Event) {
        if self.0.send(event).await.is_err() {
            tracing::error!("the core has ended; an event is lost");
        }
    }
}

/// The effects of the controller, carried out.
struct Shell {
    app: AppHandle,
    inbox: Inbox,
    network: Network,
    view: Option<View>,
    settings: Settings,
    bell: Bell,
    tray: tray::Drawn,
    rehearsal: Option<Rehearsal>,
}

/// Opens the window and stays until the person quits.
///
/// # Errors
/// When the desktop has no display, or the web view cannot be started.
pub(crate) fn run(cli: Cli) -> anyhow::Result<()> {
    look_for_a_display()?;
    let password = cli.password(std::io::stdin().lock())?;
    let (sender, events) = mpsc::channel(EVENTS);
    let inbox = Inbox(sender);
    let again = inbox.clone();
    let closing = inbox.clone();
    let mut window = tauri_plugin_window_state::Builder::new().with_state_flags(WINDOW);
    if let Some(folder) = &cli.data_dir {
        window = window.with_filename(folder.join("window.json").to_string_lossy());
    }
    tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(move |_, words, _| {
            let (wish, link) = Cli::again(words);
            again.report(Event::StartedAgain(wish));
            if let Some(link) = link {
                again.report(Event::Tel(link));
            }
        }))
        .plugin(window.build())
        .plugin(tauri_plugin_store::Builder::default().build())
        .manage(inbox.clone())
        .manage(mailbox::Mailboxes::default())
        .invoke_handler(tauri::generate_handler![
            commands::subscribe,
            commands::log_in,
            commands::log_out,
            commands::order,
            commands::ask_history,
            commands::resync,
            commands::load_settings,
            commands::save_settings,
            commands::report_error,
        ])
        .on_window_event(move |_, event| {
            if let WindowEvent::CloseRequested { api, .. } = event {
                api.prevent_close();
                closing.report(Event::CloseAsked);
            }
        })
        .setup(move |app| {
            let app = app.handle().clone();
            let (settings, remark) = Settings::open(&app, cli.data_dir.as_deref())?;
            app.manage(settings.clone());
            let start = start(&cli, &settings);
            if let Some(remark) = remark {
                inbox.report(Event::Remark(remark));
            }
            if let Some(link) = cli.link() {
                inbox.report(Event::Tel(link));
            }
            if let Some(password) = password {
                inbox.report(log_in(&cli, password));
            }
            #[cfg(target_os = "linux")]
            page::bring_back(&app, inbox.clone())?;
            let book = trust_book(&cli, &settings, inbox.clone());
            tauri::async_runtime::spawn(signals::heed(inbox.clone()));
            tauri::async_runtime::spawn(async move {
                let shell = Shell {
                    bell: Bell::hang(inbox.clone()),
                    network: Network::new(inbox.0.clone(), book),
                    tray: tray::Drawn::default(),
                    view: None,
                    rehearsal: None,
                    app,
                    inbox,
                    settings,
                };
                let controller = Controller::new(fastrand::u64(..), core_loop::now());
                core_loop::run(controller, start, events, shell).await;
            });
            Ok(())
        })
        .run(tauri::generate_context!())
        .context(NO_WINDOW)
}

/// Tauri's own way of saying that there is none is a panic.
fn look_for_a_display() -> anyhow::Result<()> {
    #[cfg(target_os = "linux")]
    gtk::init().context(NO_WINDOW)?;
    Ok(())
}

/// How to begin, by the command line first and by what was noted the last time second.
fn start(cli: &Cli, settings: &Settings) -> Start {
    if cli.rehearsal {
        return Start::Rehearsal;
    }
    let (last_server, last_user) = settings.account().unwrap_or_default();
    let server = cli.connect.clone().unwrap_or(last_server);
    let user = cli.user.clone().unwrap_or(last_user);
    match ServerAddress::parse(&server) {
        Ok(address) if !user.is_empty() && !cli.password_stdin => {
            Start::Account(Account { server: address, user })
        }
        Ok(_) | Err(_) => Start::Form { server, user },
    }
}

/// Which servers are trusted, as it was kept the last time.
fn trust_book(cli: &Cli, settings: &Settings, inbox: Inbox) -> TrustBook {
    let kept = settings.clone();
    let book = TrustBook::new(system_roots(), settings.trusted(), move |all| {
        if let Err(sentence) = kept.note_trusted(&all) {
            inbox.report(Event::Remark(sentence));
        }
    });
    if cli.forget_certificate {
        let server = cli.connect.clone().or_else(|| settings.account().map(|(server, _)| server));
        match server.map(|server| ServerAddress::parse(&server)) {
            Some(Ok(server)) => book.forget(&server),
            Some(Err(_)) | None => tracing::warn!("there is no server whose certificate could be forgotten"),
        }
    }
    book
}

/// The login form of the command line.
fn log_in(cli: &Cli, password: Secret) -> Event {
    Event::LogIn {
        server: cli.connect.clone().unwrap_or_default(),
        user: cli.user.clone().unwrap_or_default(),
        password,
        remember: Remember::No,
        trust: None,
        // Nobody waits for the answer: what came of it stands in the form, or is to be seen.
        reply: oneshot::channel().0,
    }
}

impl Desktop for Shell {
    fn attach(&mut self, view: View) {
        self.view = Some(view);
    }

    fn tell_view(&mut self, json: String) {
        if let Some(view) = &self.view {
            view.tell(json);
        }
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

    fn recall(&mut self, account: &Account) {
        keys::recall(self.inbox.clone(), account.clone());
    }

    fn keep(&mut self, account: &Account, token: Secret) {
        keys::keep(self.inbox.clone(), account.clone(), token);
    }

    fn forget(&mut self, account: &Account) {
        keys::forget(account.clone());
    }

    fn note_account(&mut self, account: &Account) {
        if let Err(sentence) = self.settings.note_account(&account.server.to_string(), &account.user) {
            self.inbox.report(Event::Remark(sentence));
        }
    }

    fn rehearse(&mut self) {
        self.rehearsal = Some(rehearsal::open(self.inbox.clone()));
    }

    fn draw_tray(&mut self, tray: &Tray) {
        self.tray.draw(&self.app, &self.inbox, tray);
    }

    fn notify(&mut self, notice: &Notice) {
        self.bell.show(notice.clone());
    }

    fn withdraw(&mut self, call: &CallId) {
        self.bell.withdraw(call.clone());
    }

    fn raise(&mut self) {
        with_window(&self.app, |window| {
            window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus())
        });
    }

    fn hide(&mut self) {
        // On the main thread, because the plug-in holds its lock there too while it asks the window where it is: asked
        // from here, each would wait for the other.
        let app = self.app.clone();
        let posted = self.app.run_on_main_thread(move || {
            // A desktop that shuts down may end the program without asking; where the window was is kept now.
            if let Err(error) = app.save_window_state(WINDOW) {
                tracing::warn!(%error, "the place of the window cannot be kept");
            }
            with_window(&app, tauri::WebviewWindow::hide);
        });
        if let Err(error) = posted {
            tracing::warn!(%error, "the window cannot be hidden");
        }
    }

    fn quit(&mut self) {
        self.settings.close();
        let (silent, closed, app) = (self.bell.silence(), self.rehearsal.take(), self.app.clone());
        tokio::spawn(async move {
            let tidy = async {
                // It ends in either case; there is nobody left to be told.
                let _ = silent.await;
                if let Some(rehearsal) = closed {
                    rehearsal.close().await;
                }
            };
            if timeout(TIDY, tidy).await.is_err() {
                tracing::warn!("not everything could be tidied up before the end");
            }
            app.exit(0);
        });
    }
}

fn with_window(app: &AppHandle, act: impl FnOnce(&tauri::WebviewWindow) -> tauri::Result<()>) {
    let Some(window) = app.get_webview_window("main") else { return };
    if let Err(error) = act(&window) {
        tracing::warn!(%error, "the window does not do as it is told");
    }
}
