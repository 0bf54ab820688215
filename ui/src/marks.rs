//! Two marks on the page's timeline: when a desk as the person left it was on the screen for the first time, and when it
//! showed what is so now. For whoever looks at how long a start takes; nothing depends on them.

use crate::dom;
use gloo_timers::callback::Timeout;
use std::collections::BTreeSet;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// What is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// The desk with the layout and the colours of the last time.
    Desk,
    /// Live facts.
    Live,
}

impl Mark {
    fn name(self) -> &'static str {
        match self {
            Self::Desk => "frontdesk-desk",
            Self::Live => "frontdesk-live",
        }
    }
}

/// What was marked so far.
#[derive(Debug, Default)]
pub struct Marks(BTreeSet<Mark>);

impl Marks {
    /// Marks the first time, once the next frame has been painted.
    pub fn set(&mut self, mark: Mark) {
        let Some(window) = dom::window().filter(|_| self.0.insert(mark)) else { return };
        // What a frame's callback asks for comes after the frame.
        let framed = Closure::once_into_js(move || Timeout::new(0, move || note(mark)).forget());
        // A page without frames has no first one.
        let _ = window.request_animation_frame(framed.unchecked_ref());
    }
}

fn note(mark: Mark) {
    if let Some(timeline) = dom::window().and_then(|window| window.performance()) {
        // The mark is for whoever measures; the view has no use for an error of it.
        let _ = timeline.mark(mark.name());
    }
}
