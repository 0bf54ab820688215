//! A replica that applies changes is the office itself: `before + changes_to(after) = after`, over the wire too.
#![allow(clippy::unwrap_used, missing_docs)]

use frontdesk_protocol::*;
use proptest::prelude::*;
use std::sync::Arc;

fn party() -> impl Strategy<Value = Party> {
    (proptest::option::of(".{0,12}"), proptest::option::of("[0-9]{1,8}"), 0..3u8).prop_map(
        |(name, number, at)| {
            let kind = match at {
                0 => PartyKind::Outside,
                1 => PartyKind::Inside,
                _ => PartyKind::Service(Service::Queue(QueueName::parse("support").unwrap())),
            };
            Party { name, number, kind, person: None }
        },
    )
}

fn leg() -> impl Strategy<Value = Leg> {
    ("[0-9]{1,3}", 1000..1006u32, party(), proptest::option::of(party()), 0..5u8, 0..4u8).prop_map(
        |(id, extension, party, peer, state, hold)| Leg {
            id: LegId::parse(&id).unwrap(),
            extension: Some(Extension::parse(&extension.to_string()).unwrap()),
            party,
            direction: Direction::Inbound,
            state: [
                LegState::Ringing,
                LegState::Calling,
                LegState::Talking,
                LegState::Queued,
                LegState::Parked,
            ][usize::from(state)],
            hold: [Hold::None, Hold::Here, Hold::There, Hold::Unknown][usize::from(hold)],
            peer,
            since: Millis(i64::from(extension)),
            answered: None,
        },
    )
}

fn call() -> impl Strategy<Value = Call> {
    ("[a-d]", party(), proptest::collection::vec(leg(), 0..3)).prop_map(|(id, origin, legs)| Call {
        id: CallId::parse(&id).unwrap(),
        origin,
        direction: Direction::Internal,
        via: Via::default(),
        started: Millis(1),
        legs,
    })
}

fn person() -> impl Strategy<Value = Person> {
    ("[p-s]", ".{1,10}", proptest::collection::vec(1000..1006u32, 0..3)).prop_map(|(id, name, extensions)| {
        Person {
            id: PersonId::parse(&id).unwrap(),
            name,
            extensions: extensions.iter().map(|e| Extension::parse(&e.to_string()).unwrap()).collect(),
            numbers: vec![],
            mailbox: None,
            group: String::new(),
        }
    })
}

fn handed() -> impl Strategy<Value = Handed> {
    ("[h-k]", party(), 0..5u8, any::<bool>()).prop_map(|(id, party, state, safe)| Handed {
        id: HandedId::parse(&id).unwrap(),
        by: Extension::parse("1001").unwrap(),
        call: CallId::parse("a").unwrap(),
        party,
        to: safe.then(|| Destination::Extension { extension: Extension::parse("1002").unwrap() }),
        label: "Bob (1002)".into(),
        safe,
        at: Millis(3),
        state: [
            HandedState::Ringing,
            HandedState::Closing { at: Millis(9) },
            HandedState::Returning { why: Return::NoAnswer },
            HandedState::Back { why: Return::PulledBack },
            HandedState::Ended,
        ][usize::from(state)]
        .clone(),
        since: Millis(4),
    })
}

fn office() -> impl Strategy<Value = Office> {
    (
        proptest::collection::vec(call(), 0..4),
        proptest::collection::vec(person(), 0..4),
        proptest::collection::btree_map("[0-9]{1,2}@default", 0..9u32, 0..4),
        proptest::collection::vec(handed(), 0..4),
        any::<bool>(),
    )
        .prop_map(|(calls, people, boxes, handed, up)| {
            let mut office = Office::default();
            if up {
                office.link = PbxLink::Up { since: Millis(7) };
            }
            for handed in handed {
                office.apply(Change::Handed(Arc::new(handed)));
            }
            for call in calls {
                office.apply(Change::Call(Arc::new(call)));
            }
            for person in people {
                office.apply(Change::Person(Arc::new(person)));
            }
            for (id, new) in boxes {
                let id = MailboxId::parse(&id).unwrap();
                office.apply(Change::Mailbox(Arc::new(Mailbox { id, new, old: 0 })));
            }
            office
        })
}

proptest! {
    #[test]
    fn the_changes_from_one_office_to_another_make_a_replica_the_other(before in office(), after in office()) {
        let mut replica = before.clone();
        for change in before.changes_to(&after) {
            replica.apply(change);
        }
        prop_assert_eq!(replica, after);
    }

    #[test]
    fn changes_survive_the_wire_and_may_be_applied_twice(before in office(), after in office()) {
        let changes = before.changes_to(&after);
        let message = ServerMessage::Delta(Delta { seq: Seq(3), changes });
        let text = serde_json::to_string(&message).unwrap();
        let ServerMessage::Delta(delta) = serde_json::from_str(&text).unwrap() else { panic!("not a delta") };
        let mut replica = before;
        for change in delta.changes.iter().chain(&delta.changes) {
            replica.apply(change.clone());
        }
        prop_assert_eq!(replica, after);
    }

    #[test]
    fn equal_offices_have_no_changes(office in office()) {
        prop_assert!(office.changes_to(&office.clone()).is_empty());
    }
}
