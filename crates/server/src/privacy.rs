//! What somebody sees of calls that are not at their own extensions: one pure projection, of a change and of the office.
//! Who may do what is `permission`.

use crate::store::User;
use frontdesk_protocol::{Call, Change, Epoch, Extension, ExtensionState, Office, Party, PartyKind, Role};
use serde::Deserialize;
use std::sync::Arc;

/// What colleagues see of calls that are not at their own extensions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Others {
    /// All of it: numbers and names.
    Numbers,
    /// Names, and no number.
    #[default]
    Names,
    /// No call at all: only the colour of each lamp and since when.
    Nothing,
}

/// How somebody sees the office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// As it is.
    Full,
    /// Without what is not theirs to know.
    Masked {
        /// What is left of others' calls.
        left: Left,
        /// The extensions whose calls are theirs.
        own: Vec<Extension>,
    },
}

/// What is left of others' calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Names.
    Names,
    /// Nothing.
    Nothing,
}

impl Sight {
    /// That of a user, where colleagues see this much of others' calls.
    pub fn of(user: &User, others: Others) -> Self {
        let left = match (user.role, others) {
            (Role::Admin | Role::Receptionist, _) | (Role::Colleague, Others::Numbers) => return Self::Full,
            (Role::Colleague, Others::Names) => Left::Names,
            (Role::Colleague, Others::Nothing) => Left::Nothing,
        };
        Self::Masked { left, own: user.extensions.clone() }
    }

    /// The name of the stream of facts that is seen so: what was seen otherwise cannot be resumed.
    pub fn epoch(&self, epoch: &Epoch) -> Epoch {
        let Self::Masked { left, own } = self else { return epoch.clone() };
        let mut seen: Vec<&str> = own.iter().map(Extension::as_str).collect();
        seen.sort_unstable();
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in seen.join(" ").bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        let kind = match left {
            Left::Names => 'n',
            Left::Nothing => 'o',
        };
        // An epoch of ours is 16 digits; the longer name is valid as well.
        Epoch::parse(&format!("{epoch}-{kind}{hash:016x}")).unwrap_or_else(|_| epoch.clone())
    }

    /// The office as it is seen.
    pub fn office(&self, office: &Office) -> Office {
        match self {
            Self::Full => office.clone(),
            Self::Masked { .. } => {
                let mut seen = Office::default();
                office.facts().for_each(|fact| seen.apply(self.change(&fact)));
                seen
            }
        }
    }

    /// The same without anything of one's own: what all colleagues see alike.
    pub fn common(&self) -> Self {
        match self {
            Self::Full => Self::Full,
            Self::Masked { left, .. } => Self::Masked { left: *left, own: Vec::new() },
        }
    }

    /// The extensions whose people see this change otherwise than all colleagues do.
    pub fn owners(change: &Change) -> impl Iterator<Item = &Extension> {
        let (one, legs) = match change {
            Change::Extension(state) => (Some(&state.extension), None),
            Change::Call(call) => (None, Some(call.legs.iter().filter_map(|leg| leg.extension.as_ref()))),
            Change::Handed(handed) => (Some(&handed.by), None),
            _ => (None, None),
        };
        one.into_iter().chain(legs.into_iter().flatten())
    }

    /// Whether this change is seen here otherwise than by all colleagues.
    pub fn is_own(&self, change: &Change) -> bool {
        match self {
            Self::Full => false,
            Self::Masked { own, .. } => Self::owners(change).any(|owner| own.contains(owner)),
        }
    }

    /// A change as it is seen. What is not seen at all is told as gone, for it may have been theirs before.
    pub fn change(&self, change: &Change) -> Change {
        let Self::Masked { left, .. } = self else { return change.clone() };
        let left = *left;
        match change {
            Change::Extension(state) if !self.is_own(change) => {
                Change::Extension(Arc::new(lamp(state, left)))
            }
            Change::Call(call) if !self.is_own(change) => match left {
                Left::Names => Change::Call(Arc::new(named(call))),
                Left::Nothing => Change::CallGone(call.id.clone()),
            },
            Change::Queue(queue) => {
                let mut queue = (**queue).clone();
                queue.waiting.iter_mut().for_each(|waiting| waiting.party = party(&waiting.party, left));
                Change::Queue(Arc::new(queue))
            }
            Change::Lot(lot) => {
                let mut lot = (**lot).clone();
                lot.parked.iter_mut().for_each(|parked| parked.party = party(&parked.party, left));
                Change::Lot(Arc::new(lot))
            }
            // Who handed somebody on, and to whom, is between them.
            Change::Handed(handed) if !self.is_own(change) => Change::HandedGone(handed.id.clone()),
            Change::Link(_)
            | Change::Person(_)
            | Change::PersonGone(_)
            | Change::Extension(_)
            | Change::ExtensionGone(_)
            | Change::Call(_)
            | Change::CallGone(_)
            | Change::QueueGone(_)
            | Change::LotGone(_)
            | Change::Mailbox(_)
            | Change::MailboxGone(_)
            | Change::Handed(_)
            | Change::HandedGone(_) => change.clone(),
        }
    }
}

fn lamp(state: &ExtensionState, left: Left) -> ExtensionState {
    let mut seen = state.clone();
    match left {
        Left::Names => seen.with = seen.with.as_ref().map(|with| party(with, left)),
        Left::Nothing => (seen.with, seen.call, seen.leg) = (None, None, None),
    }
    seen
}

fn named(call: &Call) -> Call {
    let mut seen = call.clone();
    seen.origin = party(&seen.origin, Left::Names);
    seen.via.dialled = None;
    for leg in &mut seen.legs {
        leg.party = party(&leg.party, Left::Names);
        leg.peer = leg.peer.as_ref().map(|peer| party(peer, Left::Names));
    }
    seen
}

fn party(party: &Party, left: Left) -> Arc<Party> {
    Arc::new(match left {
        Left::Names => Party {
            name: party.name.clone().filter(|name| is_name(name, party.number.as_deref())),
            number: None,
            ..party.clone()
        },
        Left::Nothing => Party { name: None, number: None, kind: PartyKind::Outside, person: None },
    })
}

/// Whether a name is one: a PBX without a name shows the number in its place, or both.
fn is_name(name: &str, number: Option<&str>) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (in_name, number) = (digits(name), digits(number.unwrap_or_default()));
    let repeats = !number.is_empty() && in_name.contains(&number);
    name.chars().any(char::is_alphabetic) && !repeats && in_name.len() < 5
}

#[cfg(test)]
mod tests;
