//! Where a move of a card stands: pressed, dragged, or chosen for click-click and keys. Which command comes of it is
//! decided in one place, by `targets`, for all three ways.

use frontdesk_protocol::{LegId, PersonId};

/// A press becomes a drag after this many pixels.
const THRESHOLD: i32 = 6;

/// A move.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Moving {
    /// None.
    #[default]
    Idle,
    /// A button is down on a card that has not moved yet.
    Pressed {
        /// The card.
        leg: LegId,
        /// Where, in pixels of the window.
        at: (i32, i32),
        /// Whether it was chosen before, so that a click undoes it.
        before: Before,
    },
    /// The card follows the pointer.
    Dragging {
        /// The card.
        leg: LegId,
        /// What lies under the pointer.
        over: Over,
    },
    /// The card waits for a person and a target.
    Chosen {
        /// The card.
        leg: LegId,
        /// The open tile and its target with the focus.
        open: Option<(PersonId, usize)>,
    },
}

/// Whether the pressed card was already chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// It was.
    Chosen,
    /// It was not.
    Idle,
}

/// What lies under the pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// Nothing that takes a card.
    Nothing,
    /// A person's tile, but none of its targets.
    Tile(PersonId),
    /// A target of a person's tile, by its place there.
    Target(PersonId, usize),
    /// The cards of My Stream, which take back whom I handed over, and no card.
    Stream,
}

impl Moving {
    /// The card that is being moved or waits for it.
    pub fn leg(&self) -> Option<&LegId> {
        match self {
            Self::Idle | Self::Pressed { .. } => None,
            Self::Dragging { leg, .. } | Self::Chosen { leg, .. } => Some(leg),
        }
    }

    /// Any card that it is about, pressed ones too.
    pub fn about(&self) -> Option<&LegId> {
        match self {
            Self::Pressed { leg, .. } => Some(leg),
            Self::Idle | Self::Dragging { .. } | Self::Chosen { .. } => self.leg(),
        }
    }

    /// The card under the pointer's button, pressed or dragged.
    pub fn held(&self) -> Option<&LegId> {
        match self {
            Self::Pressed { leg, .. } | Self::Dragging { leg, .. } => Some(leg),
            Self::Idle | Self::Chosen { .. } => None,
        }
    }

    /// The tile whose targets are open, and the target that Enter or a drop would take.
    pub fn open(&self) -> Option<(&PersonId, usize)> {
        match self {
            Self::Dragging { over: Over::Tile(person), .. } => Some((person, 0)),
            Self::Dragging { over: Over::Target(person, at), .. } => Some((person, *at)),
            Self::Chosen { open: Some((person, at)), .. } => Some((person, *at)),
            Self::Idle | Self::Pressed { .. } | Self::Dragging { .. } | Self::Chosen { .. } => None,
        }
    }

    /// A button went down on a card.
    pub fn press(&mut self, leg: LegId, at: (i32, i32)) {
        let before = match self {
            Self::Chosen { leg: chosen, .. } if *chosen == leg => Before::Chosen,
            Self::Idle | Self::Pressed { .. } | Self::Dragging { .. } | Self::Chosen { .. } => Before::Idle,
        };
        *self = Self::Pressed { leg, at, before };
    }

    /// The pointer moved. A pressed card becomes a dragged one beyond the threshold.
    pub fn drag(&mut self, to: (i32, i32), over: Over) {
        match self {
            Self::Pressed { leg, at, .. } if far(*at, to) => {
                *self = Self::Dragging { leg: leg.clone(), over };
            }
            Self::Dragging { over: now, .. } => *now = over,
            Self::Idle | Self::Pressed { .. } | Self::Chosen { .. } => {}
        }
    }
}

/// Whether a press is a drag by now.
pub(crate) fn far(a: (i32, i32), b: (i32, i32)) -> bool {
    let (x, y) = (i64::from(a.0 - b.0), i64::from(a.1 - b.1));
    x * x + y * y >= i64::from(THRESHOLD * THRESHOLD)
}
