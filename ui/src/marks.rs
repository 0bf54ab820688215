//! Two marks on the page's timeline: when a desk as the person left it was on the screen for the first time, and when it
//! showed what is so now. For whoever looks at how long a start takes; nothing depends on them.

use crate::dom;
use std::collections::BTreeSet;

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
        if self.0.insert(mark) {
            dom::after_frame(move || note(mark));
        }
    }
}

fn note(mark: Mark) {
    if let Some(timeline) = dom::window().and_then(|window| window.performance()) {
        // The mark is for whoever measures; the view has no use for an error of it.
        let _ = timeline.mark(mark.name());
    }
}
