//! WebKit runs the page in a process of its own. Where that one ends by itself, the window would stay empty: the page is
//! loaded again. What a page does whose view stops is in `boot.js`.

use super::Inbox;
use crate::event::Event;
use gtk::glib;
use std::cell::Cell;
use std::time::{Duration, Instant};
use tauri::{AppHandle, Manager as _};
use webkit2gtk::WebViewExt as _;

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
pub(super) fn bring_back(app: &AppHandle, inbox: Inbox) -> tauri::Result<()> {
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
