//! Carries out what the desk asks for, and paints the theme's properties on the page's root. It decides nothing.

use super::App;
use crate::dom;
use crate::transport::Credentials;
use frontdesk_console::{Effect, Scheme};
use std::fmt::Write as _;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, MediaQueryList};

impl App {
    pub(super) fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Order(id, command) => self.transport.order(id, command),
                Effect::AskHistory(id, query) => self.transport.ask_history(id, query),
                Effect::Resync(why) => self.transport.resync(why),
                Effect::LogIn { server, user, password, remember, trust } => {
                    self.transport.log_in(Credentials { server, user, password, remember, trust });
                }
                Effect::LogOut => self.transport.log_out(),
                Effect::Save(settings) => self.transport.save(&settings),
                Effect::Focus(focus) => self.focus = Some(focus),
                Effect::Notify { leg, title, body } => self.transport.notify(&leg, &title, &body),
                Effect::Withdraw(leg) => self.transport.withdraw(&leg),
            }
        }
    }

    /// Sets theme, status colours and sizes of the panes on the page's root, when they changed.
    pub(super) fn paint(&mut self) {
        let scheme = self.scheme();
        let name = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        let layout = self.console.settings.layout;
        let mut properties = self.console.settings.palette.properties(scheme);
        properties.push(("--left".into(), layout.left.to_string()));
        properties.push(("--stream".into(), layout.stream.to_string()));
        let mut wanted = name.to_owned();
        for (key, value) in &properties {
            let _ = write!(wanted, "{key}{value}");
        }
        if wanted == self.painted {
            return;
        }
        let root = dom::document().and_then(|document| document.document_element());
        let Some(root) = root.and_then(|root| root.dyn_into::<HtmlElement>().ok()) else { return };
        let _ = root.set_attribute("data-theme", name);
        for (key, value) in properties {
            let _ = root.style().set_property(&key, &value);
        }
        self.painted = wanted;
    }
}

/// The system's wish for a dark page.
pub(super) fn dark_query() -> Option<MediaQueryList> {
    dom::window()?.match_media("(prefers-color-scheme: dark)").ok().flatten()
}

/// Light or dark, as the system says.
pub(super) fn system_scheme() -> Scheme {
    if dark_query().is_some_and(|query| query.matches()) { Scheme::Dark } else { Scheme::Light }
}

/// Puts the focus on what Tab reaches in a pane. Nothing has to be drawn for it.
pub(super) fn focus_pane(pane: &str) -> bool {
    if let Some(document) = dom::document() {
        crate::focus_hold::focus_pane(&document, pane);
    }
    false
}
