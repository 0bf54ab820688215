//! No number or name of others' calls reaches a masked desk, and what it is told adds up to what it may see.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::hub::{Delivery, Hub, Start};
use crate::specimen;
use frontdesk_protocol::*;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

const NUMBER: &str = "0305550199";
const NAME: &str = "Planted Caller";

fn outside(named: u8) -> Arc<Party> {
    let name = match named % 4 {
        0 => Some(NAME.to_owned()),
        1 => Some(NUMBER.to_owned()),
        2 => Some(format!("Caller {NUMBER}")),
        _ => None,
    };
    Arc::new(Party { name, number: Some(NUMBER.into()), kind: PartyKind::Outside, person: None })
}

fn extension(number: u32) -> Extension {
    Extension::parse(&number.to_string()).unwrap()
}

fn call() -> impl Strategy<Value = Change> {
    (0..4u8, proptest::collection::vec(1000..1004u32, 0..3), any::<u8>()).prop_map(|(id, legs, named)| {
        let leg = |at: &u32| Leg {
            id: LegId::parse(&format!("{id}.{at}")).unwrap(),
            extension: Some(extension(*at)),
            party: outside(named),
            direction: Direction::Inbound,
            state: LegState::Talking,
            hold: Hold::None,
            peer: Some(outside(named.wrapping_add(1))),
            since: Millis(2),
            answered: None,
        };
        Change::Call(Arc::new(Call {
            id: CallId::parse(&id.to_string()).unwrap(),
            origin: outside(named),
            direction: Direction::Outbound,
            via: Via { dialled: Some(NUMBER.into()), queue: None },
            started: Millis(1),
            legs: legs.iter().map(leg).collect(),
        }))
    })
}

fn change() -> impl Strategy<Value = Change> {
    let lamp = (1000..1004u32, any::<u8>()).prop_map(|(at, named)| {
        Change::Extension(Arc::new(ExtensionState {
            extension: extension(at),
            registration: Registration::Registered,
            status: Status::Outside,
            mark: None,
            with: Some(outside(named)),
            call: CallId::parse("1").ok(),
            leg: LegId::parse("1.1").ok(),
            since: Some(Millis(i64::from(named))),
        }))
    });
    let queue = any::<u8>().prop_map(|named| {
        let waiting = Waiting { leg: LegId::parse("9").unwrap(), party: outside(named), since: Millis(3) };
        let name = QueueName::parse("support").unwrap();
        Change::Queue(Arc::new(Queue { name, waiting: vec![waiting], members: vec![] }))
    });
    let lot = any::<u8>().prop_map(|named| {
        let leg = LegId::parse("8").unwrap();
        let parked = ParkedCaller { space: extension(701), leg, party: outside(named), since: Millis(3) };
        Change::Lot(Arc::new(ParkingLot { name: LotName::parse("default").unwrap(), parked: vec![parked] }))
    });
    let handed = (1000..1004u32, any::<u8>()).prop_map(|(by, named)| {
        Change::Handed(Arc::new(Handed {
            id: HandedId::parse(&format!("h{}", named % 3)).unwrap(),
            by: extension(by),
            call: CallId::parse("1").unwrap(),
            party: outside(named),
            to: Number::parse(NUMBER)
                .ok()
                .map(|number| Destination::Number { person: PersonId::parse("p").unwrap(), number }),
            label: format!("{NAME} ({NUMBER})"),
            safe: true,
            at: Millis(1),
            state: HandedState::Ringing,
            since: Millis(1),
        }))
    });
    let gone = (0..4u8).prop_map(|id| Change::CallGone(CallId::parse(&id.to_string()).unwrap()));
    prop_oneof![4 => call(), 2 => lamp, 1 => queue, 1 => lot, 2 => handed, 1 => gone]
}

/// What a desk has taken in so far, from the texts it was sent.
fn take(replica: &mut Replica, text: &str) {
    let message = ServerMessage::read(text).unwrap();
    assert_eq!(replica.take(&message), Step::Taken, "{text}");
}

fn colleague(at: u32) -> User {
    specimen::user("bob", Role::Colleague, &at.to_string())
}

/// The planted texts that may not stand anywhere.
fn planted(others: Others) -> &'static [&'static str] {
    match others {
        Others::Numbers => &[],
        Others::Names => &[NUMBER],
        Others::Nothing => &[NUMBER, NAME],
    }
}

fn others() -> impl Strategy<Value = Others> {
    prop_oneof![Just(Others::Numbers), Just(Others::Names), Just(Others::Nothing)]
}

proptest! {
    #[test]
    fn what_a_desk_is_told_adds_up_to_what_it_may_see(
        deltas in proptest::collection::vec(proptest::collection::vec(change(), 1..4), 1..12),
        others in others(),
        own in 1000..1006u32,
        begin in 0..12usize,
        back in 0..12usize,
    ) {
        let hub = Hub::new(Epoch::parse("e").unwrap());
        let sight = Sight::of(&colleague(own), others);
        // 1000 to 1003 have calls: to somebody at 1004 or 1005 all of them are others'.
        let nothing_is_own = own >= 1004;
        let mut replica = Replica::default();
        let mut feed = None;
        let mut heard: Vec<String> = Vec::new();
        for (at, changes) in deltas.into_iter().enumerate() {
            if at == begin || (at == back && feed.is_some()) {
                let resume = replica.cursor().resume();
                let Start { first, feed: rest, resumed, .. } =
                    hub.start(resume.as_ref(), sight.clone(), Millis(1));
                prop_assert_eq!(resumed, resume.is_some());
                first.iter().for_each(|text| take(&mut replica, text));
                heard.extend(first.iter().map(ToString::to_string));
                feed = Some(rest);
            }
            hub.publish(changes);
            hub.check();
            while let Some(Delivery::Frame(text)) =
                feed.as_mut().filter(|_| at % 3 != 0).and_then(crate::hub::Feed::take)
            {
                take(&mut replica, &text);
                heard.push(text.to_string());
            }
        }
        while let Some(Delivery::Frame(text)) = feed.as_mut().and_then(crate::hub::Feed::take) {
            take(&mut replica, &text);
            heard.push(text.to_string());
        }
        if feed.is_some() {
            let whole = hub.office(Clone::clone);
            prop_assert_eq!(&**replica.office(), &sight.office(&whole));
        }
        for planted in planted(others).iter().filter(|_| nothing_is_own) {
            prop_assert!(!heard.iter().any(|text| text.contains(planted)), "{planted}: {heard:?}");
        }
    }

    #[test]
    fn of_others_calls_nothing_is_left_but_what_the_setting_says(
        changes in proptest::collection::vec(change(), 1..20),
        others in others(),
    ) {
        let mut office = Office::default();
        changes.into_iter().for_each(|change| office.apply(change));
        let own = BTreeSet::from([extension(1001)]);
        let seen = Sight::of(&colleague(1001), others).office(&office);
        let mut rest = seen.clone();
        rest.calls.retain(|_, call| {
            !call.legs.iter().any(|leg| leg.extension.as_ref().is_some_and(|at| own.contains(at)))
        });
        rest.extensions.retain(|at, _| !own.contains(at));
        rest.handed.retain(|_, handed| !own.contains(&handed.by));
        let text = serde_json::to_string(&rest).unwrap();
        for planted in planted(others) {
            prop_assert!(!text.contains(planted), "{text}");
        }
        // What is theirs is told in full, whatever the setting.
        for (id, call) in &office.calls {
            if call.legs.iter().any(|leg| leg.extension == Some(extension(1001))) {
                prop_assert_eq!(seen.calls.get(id), Some(call));
            }
        }
        prop_assert_eq!(seen.extensions.get("1001"), office.extensions.get("1001"));
        // Every lamp has its colour.
        for (at, state) in &office.extensions {
            let lamp = seen.extensions.get(at).map(|seen| (seen.status, seen.mark, seen.since));
            prop_assert_eq!(lamp, Some((state.status, state.mark, state.since)));
        }
    }
}

#[test]
fn those_who_answer_for_all_see_all() {
    for role in [Role::Admin, Role::Receptionist] {
        for others in [Others::Numbers, Others::Names, Others::Nothing] {
            assert_eq!(Sight::of(&specimen::user("anna", role, "1001"), others), Sight::Full);
        }
    }
    assert_eq!(Sight::of(&colleague(1001), Others::Numbers), Sight::Full);
}

#[test]
fn what_was_seen_otherwise_is_not_resumed() {
    let hub = Hub::new(Epoch::parse("9f3c5a71e0d2b846").unwrap());
    let sight = |at, others| Sight::of(&colleague(at), others);
    let start = hub.start(None, sight(1001, Others::Names), Millis(1));
    let resume = Resume { epoch: start.epoch, seq: start.feed.seq() };
    assert!(hub.start(Some(&resume), sight(1001, Others::Names), Millis(1)).resumed);
    for other in [sight(1002, Others::Names), sight(1001, Others::Nothing), Sight::Full] {
        assert!(!hub.start(Some(&resume), other, Millis(1)).resumed);
    }
}
