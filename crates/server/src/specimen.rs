//! A small office for the tests of this crate.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::store::User;
use frontdesk_protocol::{
    Call, CallId, Change, Direction, Extension, Hold, Leg, LegId, LegState, Millis, Office, Party, PartyKind,
    Person, PersonId, Role, UserName, Via,
};
use std::sync::Arc;

/// A user with one extension.
pub fn user(name: &str, role: Role, extension: &str) -> User {
    User {
        name: UserName::parse(name).unwrap(),
        password: String::new(),
        role,
        extensions: vec![Extension::parse(extension).unwrap()],
        disabled: false,
    }
}

/// Anna at 1001 with the leg `mine`, Bob at 1002 with the leg `theirs`, and the line `trunk`.
pub fn office() -> Office {
    let mut office = Office::default();
    for (id, extension) in [("anna", "1001"), ("bob", "1002")] {
        office.apply(Change::Person(Arc::new(Person {
            id: PersonId::parse(id).unwrap(),
            name: id.into(),
            extensions: vec![Extension::parse(extension).unwrap()],
            numbers: vec![],
            mailbox: None,
            group: String::new(),
        })));
    }
    let legs = [("mine", Some("1001")), ("theirs", Some("1002")), ("trunk", None)];
    office.apply(Change::Call(Arc::new(call("c", &legs))));
    office
}

/// A talking call with these legs: id and extension.
pub fn call(id: &str, legs: &[(&str, Option<&str>)]) -> Call {
    let party =
        Arc::new(Party { name: None, number: Some("030123".into()), kind: PartyKind::Outside, person: None });
    let leg = |(id, extension): &(&str, Option<&str>)| Leg {
        id: LegId::parse(id).unwrap(),
        extension: extension.map(|extension| Extension::parse(extension).unwrap()),
        party: party.clone(),
        direction: Direction::Inbound,
        state: LegState::Talking,
        hold: Hold::None,
        peer: Some(party.clone()),
        since: Millis(5_000),
        answered: Some(Millis(5_000)),
    };
    Call {
        id: CallId::parse(id).unwrap(),
        origin: party.clone(),
        direction: Direction::Inbound,
        via: Via::default(),
        started: Millis(1_000),
        legs: legs.iter().map(leg).collect(),
    }
}
