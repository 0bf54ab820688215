//! The question whether the number of a `tel:` link is called: one at a time, the newest. It places no call, and there is
//! no way by which one is placed without an answer.

use crate::tel::TelLink;
use frontdesk_protocol::{Extension, Millis};

/// After this long a question is put away: who comes back from lunch shall not be asked what they forgot.
pub const KEPT_MS: u64 = 600_000;

/// The question that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Tells this question from every other: an answer is to what was read, not to what has just taken its place.
    pub id: u64,
    /// What was followed.
    pub link: TelLink,
    /// When, by this machine's clock.
    pub at: Millis,
}

/// The question that is open, and how many there were.
#[derive(Debug, Clone, Default)]
pub struct Asking {
    given: u64,
    open: Option<Asked>,
}

impl Asking {
    /// Asks, in place of the question before.
    pub fn ask(&mut self, link: TelLink, at: Millis) {
        self.given += 1;
        self.open = Some(Asked { id: self.given, link, at });
    }

    /// What is asked.
    pub fn open(&self) -> Option<&Asked> {
        self.open.as_ref()
    }

    /// What is asked, if it is this question.
    pub fn this(&self, id: u64) -> Option<&Asked> {
        self.open.as_ref().filter(|asked| asked.id == id)
    }

    /// Nothing is asked any more; says whether something was.
    pub fn close(&mut self) -> bool {
        self.open.take().is_some()
    }

    /// Time passed; says whether a question was put away for its age.
    pub fn tick(&mut self, now: Millis) -> bool {
        self.open.as_ref().is_some_and(|asked| now.since(asked.at) >= KEPT_MS) && self.close()
    }
}

/// The question as it is drawn and read out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionView {
    /// Which.
    pub id: u64,
    /// The question itself: with the name, where the number is a known one.
    pub title: String,
    /// The number in groups.
    pub number: String,
    /// What will be dialled, and from where.
    pub dials: String,
    /// What else the link says, and since when it has been waiting.
    pub remarks: Vec<String>,
    /// The extension that the call goes out from.
    pub from: Option<Extension>,
    /// Those that it can go out from.
    pub extensions: Vec<Extension>,
    /// Why no call can be placed now; the question waits.
    pub held_back: Option<String>,
}
