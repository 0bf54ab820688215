//! A party that is only looked at: it borrows what it says, so that whether anything is new costs nothing. Not the party
//! that is told; [`Who::party`] makes that, where it is not there already.

use frontdesk_protocol::{Extension, Party, PartyKind, PersonId, Service};
use std::borrow::Cow;
use std::sync::Arc;

/// Somebody, or something, at the end of a leg.
#[derive(Debug, Clone)]
pub(crate) enum Who<'a> {
    /// One who is kept as they are told.
    Told(&'a Arc<Party>),
    /// One of whom only the parts are known.
    Seen(Face<'a>),
}

impl Who<'_> {
    /// The party as it is told.
    pub(crate) fn party(&self) -> Arc<Party> {
        match self {
            Self::Told(party) => Arc::clone(party),
            Self::Seen(face) => Arc::new(face.party()),
        }
    }

    /// Its name, where it has one.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Told(party) => party.name.as_deref(),
            Self::Seen(face) => face.name.as_deref(),
        }
    }

    /// Whether this is the party.
    pub(crate) fn is(&self, party: &Arc<Party>) -> bool {
        match self {
            // The same one, nearly always.
            Self::Told(told) => *told == party,
            Self::Seen(face) => face.is(party),
        }
    }
}

/// The parts of a party.
#[derive(Debug, Clone)]
pub(crate) struct Face<'a> {
    pub name: Option<Cow<'a, str>>,
    pub number: Option<Cow<'a, str>>,
    pub kind: PartyKind,
    pub person: Option<&'a PersonId>,
}

impl<'a> Face<'a> {
    /// A service of the PBX. What is empty, or the dialplan's start, is no name and no number.
    pub(crate) fn service(kind: Service, name: impl Into<Cow<'a, str>>, number: &'a str) -> Self {
        let name = Some(name.into()).filter(|name| says_something(name));
        let number = says_something(number).then_some(Cow::Borrowed(number));
        Self { name, number, kind: PartyKind::Service(kind), person: None }
    }

    /// Somebody at an extension; a name that repeats it is none.
    pub(super) fn at(extension: &'a Extension, name: &'a str, person: Option<&'a PersonId>) -> Self {
        let extension = extension.as_str();
        let name = (!name.is_empty() && name != extension).then_some(Cow::Borrowed(name));
        Self { name, number: Some(Cow::Borrowed(extension)), kind: PartyKind::Inside, person }
    }

    /// The party as it is told.
    pub(super) fn party(&self) -> Party {
        Party {
            name: self.name.as_deref().map(ToOwned::to_owned),
            number: self.number.as_deref().map(ToOwned::to_owned),
            kind: self.kind.clone(),
            person: self.person.cloned(),
        }
    }

    /// Whether this is the party.
    pub(super) fn is(&self, party: &Party) -> bool {
        let Party { name, number, kind, person } = party;
        self.number.as_deref() == number.as_deref()
            && self.name.as_deref() == name.as_deref()
            && self.kind == *kind
            && self.person == person.as_ref()
    }
}

fn says_something(text: &str) -> bool {
    !text.is_empty() && text != "s"
}
