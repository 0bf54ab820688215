//! Web notifications for calls that ring while the page is out of sight. The person may refuse them; then there are none.

use crate::dom;
use frontdesk_protocol::LegId;
use gloo_events::{EventListener, EventListenerOptions};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Notification, NotificationOptions, NotificationPermission};

/// The notifications that stand now.
#[derive(Default)]
pub struct Notices {
    standing: RefCell<BTreeMap<LegId, Standing>>,
}

struct Standing {
    notice: Notification,
    _clicked: Closure<dyn FnMut()>,
}

/// Asks the person, once, at their first click or key while they are logged in: a browser hears nobody before that, and
/// whoever comes with a session of yesterday fills in no login form.
pub fn ask_at_first_gesture(logged_in: impl Fn() -> bool + 'static) -> Vec<EventListener> {
    let Some(window) = dom::window() else { return Vec::new() };
    let asked = Cell::new(Asked::No);
    let ask_once = Rc::new(move || {
        if asked.get() == Asked::No && logged_in() {
            asked.set(Asked::Yes);
            ask();
        }
    });
    let listen = |gesture: &'static str| {
        let ask_once = Rc::clone(&ask_once);
        let options = EventListenerOptions::run_in_capture_phase();
        EventListener::new_with_options(&window, gesture, options, move |_| ask_once())
    };
    vec![listen("pointerup"), listen("keydown")]
}

/// Whether the person was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Yes,
    No,
}

impl Notices {
    /// Raises one for a ringing leg.
    pub fn raise(&self, leg: &LegId, title: &str, body: &str) {
        if !there() || Notification::permission() != NotificationPermission::Granted {
            return;
        }
        let options = NotificationOptions::new();
        options.set_body(body);
        options.set_tag(leg.as_str());
        let Ok(notice) = Notification::new_with_options(title, &options) else { return };
        let clicked = Closure::<dyn FnMut()>::new(|| {
            if let Some(window) = dom::window() {
                let _ = window.focus();
            }
        });
        notice.set_onclick(Some(clicked.as_ref().unchecked_ref()));
        self.standing.borrow_mut().insert(leg.clone(), Standing { notice, _clicked: clicked });
    }

    /// Takes it back.
    pub fn withdraw(&self, leg: &LegId) {
        if let Some(standing) = self.standing.borrow_mut().remove(leg) {
            standing.notice.close();
        }
    }
}

/// Asks the person, if they have not decided yet.
fn ask() {
    if there() && Notification::permission() == NotificationPermission::Default {
        let _ = Notification::request_permission();
    }
}

fn there() -> bool {
    js_sys::Reflect::has(&js_sys::global(), &"Notification".into()).unwrap_or(false)
}
