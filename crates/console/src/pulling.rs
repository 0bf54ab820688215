//! Where the way back of a caller who was handed over stands: pressed, dragged, or chosen for a click on My Stream. Which
//! order comes of it is decided in `console`.

use crate::moving::{Before, Over, far};
use frontdesk_protocol::HandedId;

/// A row on its way back to My Stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Pulling {
    /// None.
    #[default]
    Idle,
    /// A button is down on a row that has not moved yet.
    Pressed {
        /// The row.
        handed: HandedId,
        /// Where, in pixels of the window.
        at: (i32, i32),
        /// Whether it was chosen before, so that a click undoes it.
        before: Before,
    },
    /// The row follows the pointer.
    Dragging {
        /// The row.
        handed: HandedId,
        /// What lies under the pointer.
        over: Over,
    },
    /// The row waits for a click on My Stream.
    Chosen {
        /// The row.
        handed: HandedId,
    },
}

impl Pulling {
    /// The row that is being moved, or waits for it.
    pub fn row(&self) -> Option<&HandedId> {
        match self {
            Self::Idle | Self::Pressed { .. } => None,
            Self::Dragging { handed, .. } | Self::Chosen { handed } => Some(handed),
        }
    }

    /// Any row that it is about, a pressed one too.
    pub fn about(&self) -> Option<&HandedId> {
        match self {
            Self::Idle => None,
            Self::Pressed { handed, .. } | Self::Dragging { handed, .. } | Self::Chosen { handed } => {
                Some(handed)
            }
        }
    }

    /// The row under the pointer's button, pressed or dragged.
    pub fn held(&self) -> Option<&HandedId> {
        match self {
            Self::Pressed { handed, .. } | Self::Dragging { handed, .. } => Some(handed),
            Self::Idle | Self::Chosen { .. } => None,
        }
    }

    /// A button went down on a row.
    pub fn press(&mut self, handed: HandedId, at: (i32, i32)) {
        let again = matches!(self, Self::Chosen { handed: chosen } if *chosen == handed);
        *self = Self::Pressed { handed, at, before: if again { Before::Chosen } else { Before::Idle } };
    }

    /// The pointer moved. A pressed row becomes a dragged one beyond the threshold.
    pub fn drag(&mut self, to: (i32, i32), over: Over) {
        match self {
            Self::Pressed { handed, at, .. } if far(*at, to) => {
                *self = Self::Dragging { handed: handed.clone(), over };
            }
            Self::Dragging { over: now, .. } => *now = over,
            Self::Idle | Self::Pressed { .. } | Self::Chosen { .. } => {}
        }
    }
}
