//! A party that is only looked at: it borrows what it says, so that whether anything is new costs nothing. Not the party
//! that is told; [`Face::party`] makes that.

use frontdesk_protocol::{Party, PartyKind, PersonId, Service};
use std::borrow::Cow;

/// Somebody, or something, at the end of a leg.
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

    /// That of a party.
    pub(crate) fn of(party: &'a Party) -> Self {
        Self {
            name: party.name.as_deref().map(Cow::Borrowed),
            number: party.number.as_deref().map(Cow::Borrowed),
            kind: party.kind.clone(),
            person: party.person.as_ref(),
        }
    }

    /// The party as it is told.
    pub(crate) fn party(&self) -> Party {
        Party {
            name: self.name.as_deref().map(ToOwned::to_owned),
            number: self.number.as_deref().map(ToOwned::to_owned),
            kind: self.kind.clone(),
            person: self.person.cloned(),
        }
    }

    /// Whether this is the party.
    pub(crate) fn is(&self, party: &Party) -> bool {
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
