//! Web notifications for calls that ring while the page is out of sight. The person may refuse them; then there are none.

use crate::dom;
use frontdesk_protocol::LegId;
use std::cell::RefCell;
use std::collections::BTreeMap;
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

/// Asks the person, once; only ever after a click of theirs.
pub fn ask() {
    if there() && Notification::permission() == NotificationPermission::Default {
        let _ = Notification::request_permission();
    }
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

fn there() -> bool {
    js_sys::Reflect::has(&js_sys::global(), &"Notification".into()).unwrap_or(false)
}
