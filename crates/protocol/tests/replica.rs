//! A replica that applies changes is the office itself: `before + changes_to(after) = after`, over the wire too; and
//! where it is not, its hash says so.
#![allow(clippy::unwrap_used, missing_docs)]

use frontdesk_protocol::*;
use proptest::prelude::*;
use std::sync::Arc;

/// What a server sends is one line already; what a hostile one sends is made one, in `text`.
fn name() -> impl Strategy<Value = String> {
    ".{0,12}".prop_map(|name| text::line(&name, text::NAME).into_owned())
}

fn party() -> impl Strategy<Value = Arc<Party>> {
    (proptest::option::of(name()), proptest::option::of("[0-9]{1,8}"), 0..3u8).prop_map(
        |(name, number, at)| {
            let kind = match at {
                0 => PartyKind::Outside,
                1 => PartyKind::Inside,
                _ => PartyKind::Service(Service::Queue(QueueName::parse("support").unwrap())),
            };
            Arc::new(Party { name, number, kind, person: None })
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
    ("[p-s]", name(), proptest::collection::vec(1000..1006u32, 0..3)).prop_map(|(id, name, extensions)| {
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
        let ServerMessage::Delta(delta) = ServerMessage::read(&text).unwrap() else { panic!("not a delta") };
        let mut replica = before;
        for change in delta.changes.iter().chain(&delta.changes) {
            replica.apply(change.clone());
        }
        prop_assert_eq!(replica, after);
    }

    #[test]
    fn a_hash_that_is_kept_change_by_change_is_that_of_the_office(before in office(), after in office()) {
        let mut digest = Digest::of(&before);
        prop_assert_eq!(digest.hash(), before.hash());
        for change in before.changes_to(&after).iter().chain(&after.changes_to(&after)) {
            digest.apply(change);
            digest.apply(change);
        }
        prop_assert_eq!(digest.hash(), after.hash());
        prop_assert_eq!(before.hash() == after.hash(), before == after);
    }

    #[test]
    fn a_hash_with_a_memory_is_that_of_the_office_however_it_changed(
        offices in proptest::collection::vec((office(), 0..9usize, 1..4usize), 1..4),
    ) {
        let (mut memo, mut replica) = (Memo::default(), Office::default());
        for (next, most, told) in offices {
            let changes = replica.changes_to(&next);
            let gone = changes.iter().filter(|change| change.takes_away()).count();
            for (at, change) in changes.into_iter().enumerate() {
                // What nobody told it of is found all the same.
                if at % told == 0 {
                    memo.changes(&change);
                }
                replica.apply(change);
            }
            let facts = gone + replica.facts().count();
            let mut rounds = 0;
            while memo.go_on(&replica, most) && rounds < 3 {
                rounds += 1;
            }
            prop_assert!(most == 0 || rounds == 3 || rounds <= facts / most);
            prop_assert_eq!(memo.hash(&replica), next.hash());
        }
    }

    #[test]
    fn a_replica_that_was_made_to_differ_is_found_and_heals(before in office(), after in office(), lost in 0..9usize) {
        let (mut replica, epoch, now) = (Replica::default(), Epoch::parse("e").unwrap(), Millis(1));
        let snapshot = |seq, office: &Office| ServerMessage::Snapshot {
            epoch: epoch.clone(), seq: Seq(seq), now, office: Arc::new(office.clone()),
        };
        replica.take(&snapshot(1, &before));
        let mut changes = before.changes_to(&after);
        prop_assume!(lost < changes.len());
        changes.remove(lost);
        let delta = ServerMessage::Delta(Delta { seq: Seq(2), changes });
        prop_assert_eq!(replica.take(&delta), Step::Taken);
        let check = ServerMessage::Check { seq: Seq(2), hash: after.hash() };
        prop_assert_eq!(replica.take(&check), Step::Resync(ResyncCause::Differs));
        prop_assert_eq!(replica.cursor().resume(), None, "what differs is no place to go on from");
        prop_assert_eq!(replica.take(&check), Step::Dropped);
        prop_assert_eq!(replica.take(&snapshot(2, &after)), Step::Taken);
        prop_assert_eq!(replica.take(&check), Step::Taken);
        prop_assert_eq!(&**replica.office(), &after);
    }

    #[test]
    fn equal_offices_have_no_changes(office in office()) {
        prop_assert!(office.changes_to(&office.clone()).is_empty());
    }
}

#[test]
fn the_hash_is_the_one_in_the_papers() {
    let mut office = Office::default();
    assert_eq!(office.hash().to_string(), "351263fadbbf5a8e");
    office.apply(Change::Mailbox(Arc::new(Mailbox {
        id: MailboxId::parse("1002@default").unwrap(),
        new: 2,
        old: 0,
    })));
    assert_eq!(office.hash().to_string(), "1df95360ab85acdd");
}

#[test]
fn a_difference_that_no_snapshot_heals_is_compared_ever_more_seldom() {
    let mut replica = Replica::default();
    let snapshot = ServerMessage::Snapshot {
        epoch: Epoch::parse("e").unwrap(),
        seq: Seq(1),
        now: Millis(1),
        office: Arc::default(),
    };
    let check = ServerMessage::Check { seq: Seq(1), hash: StateHash(1) };
    let mut asked = Vec::new();
    for at in 0..200 {
        replica.take(&snapshot);
        if replica.take(&check) == Step::Resync(ResyncCause::Differs) {
            asked.push(at);
        }
    }
    assert_eq!(asked, [0, 1, 3, 7, 15, 31, 63, 127, 191]);
    replica.take(&snapshot);
    let right = ServerMessage::Check { seq: Seq(1), hash: Office::default().hash() };
    assert_eq!(replica.take(&right), Step::Taken);
}

#[test]
fn what_is_missing_is_asked_for_once_and_a_break_goes_on_where_it_was() {
    let epoch = Epoch::parse("e").unwrap();
    let snapshot = |seq| ServerMessage::Snapshot {
        epoch: epoch.clone(),
        seq: Seq(seq),
        now: Millis(1),
        office: Arc::default(),
    };
    let delta = |seq| ServerMessage::Delta(Delta { seq: Seq(seq), changes: vec![] });
    let gap = Step::Resync(ResyncCause::Gap);
    let mut cursor = Cursor::default();
    assert_eq!(cursor.take(&delta(1)), Step::Dropped);
    assert_eq!(cursor.take(&snapshot(4)), Step::Taken);
    assert_eq!(cursor.take(&delta(4)), Step::Dropped);
    assert_eq!(cursor.take(&delta(5)), Step::Taken);
    assert_eq!(cursor.resume(), Some(Resume { epoch: epoch.clone(), seq: Seq(5) }));
    for ahead in [
        delta(7),
        ServerMessage::Beat { now: Millis(1), seq: Seq(6) },
        ServerMessage::Check { seq: Seq(6), hash: StateHash(0) },
    ] {
        let mut cursor = cursor.clone();
        assert_eq!(cursor.take(&ahead), gap);
        assert_eq!((cursor.take(&delta(6)), cursor.resume()), (Step::Dropped, None));
        assert_eq!(cursor.take(&snapshot(6)), Step::Taken);
        assert_eq!(cursor.take(&delta(7)), Step::Taken);
    }
}
