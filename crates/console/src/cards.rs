//! The cards of My Stream as data: one per leg at my extensions. How they are ordered is in `stream`.

use crate::orders::{Note, Orders, Subject};
use crate::texts;
use frontdesk_protocol::{Call, Direction, Hold, Leg, LegId, LegState, Millis, Office, Status, status};

/// A card's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardState {
    /// My phone rings.
    Ringing,
    /// I called and wait.
    Calling,
    /// Connected.
    Talking,
    /// On hold.
    Held,
}

/// What can be done with a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardAction {
    /// My phone stops ringing; the caller goes on.
    Ignore,
    /// Choose it for moving.
    Transfer,
    /// End the call.
    HangUp,
}

/// Whether what a card says is so now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It is.
    Now,
    /// It was; nobody knows whether it still is.
    Before,
}

/// A card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardView {
    /// My leg.
    pub leg: LegId,
    /// The call.
    pub call: String,
    /// State.
    pub state: CardState,
    /// The colour: what the lamp of my extension would show for this leg alone.
    pub ground: Status,
    /// Seen from my phone.
    pub direction: Direction,
    /// Who, large.
    pub title: String,
    /// Their number, unless it is the title.
    pub number: Option<String>,
    /// Queue or number dialled.
    pub via: Option<String>,
    /// My extension.
    pub extension: String,
    /// The state's word; while facts are old, since when.
    pub word: String,
    /// Whether the facts are old.
    pub known: Known,
    /// Since when it is in this state, by the server's clock.
    pub since: Millis,
    /// What can be done.
    pub actions: Vec<CardAction>,
    /// That the caller was handed over from here and came back, and why.
    pub back: Option<String>,
    /// About the last order.
    pub note: Option<Note>,
    /// Whether it is chosen for moving or being dragged.
    pub chosen: bool,
    /// Whether Tab stops here.
    pub tab: bool,
    /// Everything in one sentence, for reading out.
    pub label: String,
}

/// The state of a card for this leg.
pub fn state(leg: &Leg) -> CardState {
    match leg.state {
        // A phone that rings because its own user placed a call.
        LegState::Ringing if leg.direction == Direction::Outbound => CardState::Calling,
        LegState::Ringing => CardState::Ringing,
        LegState::Calling => CardState::Calling,
        LegState::Talking if leg.hold == Hold::Here => CardState::Held,
        LegState::Talking | LegState::Queued | LegState::Parked => CardState::Talking,
    }
}

/// What can be done with a leg.
fn actions(leg: &Leg) -> Vec<CardAction> {
    match state(leg) {
        CardState::Ringing => vec![CardAction::Transfer, CardAction::Ignore],
        CardState::Calling if leg.state == LegState::Ringing => vec![CardAction::HangUp],
        CardState::Calling | CardState::Talking | CardState::Held => {
            vec![CardAction::Transfer, CardAction::HangUp]
        }
    }
}

/// Why a caller whom I handed over is here again.
pub fn back(office: &Office, call: &Call, leg: &Leg) -> Option<String> {
    let (handed, why) = office.came_back(&call.id, leg.extension.as_ref()?)?;
    Some(texts::handed::back(&handed.label, why))
}

/// The card of a leg. `unknown` is the text while facts are stale.
pub fn card(office: &Office, call: &Call, leg: &Leg, orders: &Orders, unknown: Option<&str>) -> CardView {
    let state = state(leg);
    let title = texts::party(leg.peer.as_deref());
    let number = leg.peer.as_deref().and_then(|p| p.number.clone()).filter(|n| !n.is_empty() && *n != title);
    let via = texts::via(call.via.queue.as_ref().map(|q| q.as_str()), call.via.dialled.as_deref());
    let extension = leg.extension.as_ref().map(ToString::to_string).unwrap_or_default();
    let word = match (unknown, state, leg.hold) {
        (Some(unknown), _, _) => unknown.to_owned(),
        (None, CardState::Talking, Hold::Unknown) => texts::talking_perhaps_held(),
        (None, _, _) => texts::card_state(state).to_owned(),
    };
    let mut label = vec![title.clone()];
    label.extend(number.clone());
    label.extend([texts::direction(leg.direction).to_owned(), word.clone()]);
    let back = back(office, call, leg);
    label.extend(back.clone());
    label.extend(via.clone());
    CardView {
        leg: leg.id.clone(),
        call: call.id.to_string(),
        state,
        ground: status::of_leg(leg, call.via.queue.as_ref()),
        direction: leg.direction,
        title,
        number,
        via,
        extension,
        word,
        known: if unknown.is_some() { Known::Before } else { Known::Now },
        since: leg.since,
        actions: actions(leg),
        back,
        note: orders.about(&Subject::Leg(leg.id.clone())).cloned(),
        chosen: false,
        tab: false,
        label: label.join(", "),
    }
}

impl CardState {
    /// Its name in attributes.
    pub fn key(self) -> &'static str {
        match self {
            Self::Ringing => "ringing",
            Self::Calling => "calling",
            Self::Talking => "talking",
            Self::Held => "held",
        }
    }
}

impl Known {
    /// Its name in attributes.
    pub fn key(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Before => "before",
        }
    }
}

impl CardAction {
    /// Its name in attributes.
    pub fn key(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Transfer => "transfer",
            Self::HangUp => "hangup",
        }
    }
}
