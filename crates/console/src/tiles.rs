//! The tiles of all other people as data: who, their lamp, what stands beside it. Their targets are in
//! `targets`, their order in `roster`.

use crate::targets::Target;
use crate::texts;
use frontdesk_protocol::{Direction, Hold, LegState, Mark, Millis, Office, Person, PersonId, Status};
use std::rc::Rc;

/// What is shown of the users.
#[derive(Debug, Clone, Default)]
pub struct Users {
    /// The text in the search box.
    pub search: String,
    /// The tile that Tab reaches.
    pub focus: Option<PersonId>,
}

/// Tiles that stand side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileRow {
    /// Which row, from the top.
    pub at: usize,
    /// From the left.
    pub tiles: Vec<Rc<TileView>>,
}

/// A tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileView {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The extension that decides, else their first.
    pub extension: String,
    /// What the lamp says: `Unknown` while facts are stale.
    pub status: Status,
    /// The last known status: the ground under the hatch.
    pub ground: Status,
    /// What else goes on.
    pub mark: Option<Mark>,
    /// The state's word.
    pub word: String,
    /// The other party.
    pub with: Option<String>,
    /// Since when, by the server's clock; only where a clock is of use.
    pub since: Option<Millis>,
    /// Unheard messages.
    pub messages: u32,
    /// Whether their history is shown.
    pub selected: bool,
    /// Whether Tab stops here.
    pub tab: bool,
    /// Whether a card is being moved and this tile cannot take it.
    pub dim: bool,
    /// The open targets, and the one that would be taken.
    pub open: Option<(Vec<Target>, usize)>,
    /// Whether the caller who is moved is handed over the other way; of use while the targets are open.
    pub other: bool,
    /// Everything in one sentence, for reading out.
    pub label: String,
}

/// A person's tile without selection, focus and targets. `unknown` is the text while facts are stale.
pub fn tile(office: &Office, person: &Person, unknown: Option<String>) -> TileView {
    let lamp = office.status_of(person);
    let extension = lamp.deciding.map(|state| &state.extension).or(person.extensions.first());
    let leg = lamp.deciding.and_then(|state| {
        let id = state.leg.as_ref()?;
        match &state.call {
            Some(call) => office.calls.get(call)?.legs.iter().find(|leg| leg.id == *id),
            None => office.leg(id).map(|(_, leg)| leg),
        }
    });
    let dialling = leg.is_some_and(|leg| {
        leg.state == LegState::Calling
            || (leg.state == LegState::Ringing && leg.direction == Direction::Outbound)
    });
    let perhaps_held = leg.is_some_and(|leg| leg.state == LegState::Talking && leg.hold == Hold::Unknown);
    let busy = !matches!(lamp.status, Status::Free | Status::Offline | Status::Unknown);
    let deciding = lamp.deciding.filter(|_| busy);
    let stale = unknown.is_some();
    let word = match unknown {
        Some(text) => text,
        None if lamp.status == Status::Ringing && dialling => texts::CALLING.into(),
        None => texts::status(lamp.status).into(),
    };
    let messages = person.mailbox.as_ref().and_then(|id| office.mailboxes.get(id)).map_or(0, |box_| box_.new);
    let extension = extension.map(ToString::to_string).unwrap_or_default();
    let with = deciding.and_then(|state| state.with.as_ref());
    let mut label = vec![person.name.clone(), extension.clone(), word.clone()];
    label.extend((perhaps_held && !stale).then(|| texts::HOLD_UNKNOWN.to_owned()));
    label.extend(with.map(|party| texts::party_full(Some(party))));
    label.extend(lamp.mark.map(|mark| texts::mark(mark).to_owned()));
    label.extend((messages > 0).then(|| texts::messages(messages)));
    label.retain(|part| !part.is_empty());
    TileView {
        person: person.id.clone(),
        name: person.name.clone(),
        extension,
        status: if stale { Status::Unknown } else { lamp.status },
        ground: lamp.status,
        mark: lamp.mark,
        word,
        with: with.map(|party| texts::party(Some(party))),
        since: deciding.and_then(|state| state.since).filter(|_| !stale),
        messages,
        selected: false,
        tab: false,
        dim: false,
        open: None,
        other: false,
        label: label.join(", "),
    }
}
