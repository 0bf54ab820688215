//! Tells when a pane changes its size: the window, a divider, the zoom, a larger font. It measures nothing.

use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};
use yew::{Callback, NodeRef};

/// The observer, and what it looks at.
pub struct Sizes {
    observer: Option<ResizeObserver>,
    watched: Vec<Option<Element>>,
    _heard: Closure<dyn FnMut()>,
}

impl Sizes {
    /// Tells `changed` from now on, of nothing yet.
    pub fn new(changed: Callback<()>) -> Self {
        let later: Rc<RefCell<Option<Timeout>>> = Rc::default();
        // Not at once: what is drawn inside an observation would be observed again, and the browser calls that an error.
        let heard = Closure::<dyn FnMut()>::new(move || {
            let changed = changed.clone();
            *later.borrow_mut() = Some(Timeout::new(0, move || changed.emit(())));
        });
        let observer = ResizeObserver::new(heard.as_ref().unchecked_ref()).ok();
        Self { observer, watched: Vec::new(), _heard: heard }
    }

    /// Looks at these and at nothing else.
    pub fn watch<const N: usize>(&mut self, panes: [&NodeRef; N]) {
        let panes: Vec<_> = panes.iter().map(|pane| pane.cast::<Element>()).collect();
        if panes == self.watched {
            return;
        }
        if let Some(observer) = &self.observer {
            observer.disconnect();
            panes.iter().flatten().for_each(|pane| observer.observe(pane));
        }
        self.watched = panes;
    }
}

impl Drop for Sizes {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
