//! WebKit runs the page in a process of its own. What the core says goes there as the argument of a call, and where that
//! process ends by itself, the window would stay empty: the page is loaded again. What a page does whose view stops is in
//! `boot.js`.

use crate::event::Event;
use crate::shell::Inbox;
use gtk::{gio, glib};
use std::cell::Cell;
use std::time::{Duration, Instant};
use tauri::{AppHandle, Manager as _, WebviewWindow};
use tokio::sync::oneshot;
use webkit2gtk::WebViewExt as _;

/// What the page is called with: always the same text, which WebKit compiles once. What goes wrong in the page is its own
/// affair, as if it had heard of it in an event. It ends with a word that is thrown: for a value that is returned WebKit would
/// make a JavaScript machine of its own in the page's process and in this one, and keep both (50 ms at the start, and memory).
const CALL: &str =
    "try { globalThis.frontdeskHear?.(lines) } catch (error) { reportError(error) } throw 'heard'";

/// The word that says that the page has read.
const HEARD: &str = "heard";

/// The window, by its name in `tauri.conf.json`.
const WINDOW: &str = "main";

/// A page that ends again is loaded no sooner than so long after the last time.
const AGAIN: Duration = Duration::from_secs(5);

const BACK: &str = "The window's page ended because of an error and was loaded again. Your calls were not touched; what you \
    were typing or moving has to be done again.";

/// Loads the page again from now on where its process ends.
///
/// # Errors
/// When the window is closing already.
pub(in crate::shell) fn bring_back(app: &AppHandle, inbox: Inbox) -> tauri::Result<()> {
    let Some(window) = app.get_webview_window(WINDOW) else { return Ok(()) };
    window.with_webview(move |webview| {
        let last = Cell::new(None::<Instant>);
        webview.inner().connect_web_process_terminated(move |page, why| {
            tracing::error!(?why, "the page's process ended; the page is loaded again");
            inbox.report(Event::PageGone(BACK.into()));
            let now = Instant::now();
            let at = last.get().map_or(now, |last| now.max(last + AGAIN));
            last.set(Some(at));
            let page = page.clone();
            glib::timeout_add_local_once(at - now, move || page.reload());
        });
    })
}

/// Calls the page with what the core says; done once it has read it. Where no page listens, nobody reads it.
///
/// # Errors
/// When there is no page that could be called: its process has ended, or the window is closing.
pub(in crate::shell) async fn hear(window: &WebviewWindow, lines: String) -> Result<(), String> {
    let (read, done) = oneshot::channel();
    let asked = window.with_webview(move |webview| {
        let arguments = glib::VariantDict::new(None);
        arguments.insert("lines", lines);
        webview.inner().call_async_javascript_function(
            CALL,
            Some(&arguments.end()),
            None,
            None,
            gio::Cancellable::NONE,
            move |outcome| {
                let outcome = match outcome {
                    // Before the word there may be a place in the script.
                    Err(thrown) if !thrown.message().ends_with(HEARD) => Err(thrown.to_string()),
                    Ok(_) | Err(_) => Ok(()),
                };
                // Nobody waits for it any more only when the program ends.
                drop(read.send(outcome));
            },
        );
    });
    asked.map_err(|error| error.to_string())?;
    done.await.unwrap_or_else(|_| Err("The window is closing.".into()))
}
