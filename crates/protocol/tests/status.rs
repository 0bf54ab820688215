//! The precedence of the seven statuses on one extension and on a person with several.
#![allow(clippy::unwrap_used, missing_docs)]

use frontdesk_protocol::status::{mark, of_leg, of_person, precedence};
use frontdesk_protocol::*;
use std::sync::Arc;

fn leg(state: LegState, hold: Hold, peer: Option<PartyKind>) -> Leg {
    let peer = peer.map(|kind| Arc::new(Party { name: None, number: None, kind, person: None }));
    let party = Arc::new(Party { name: None, number: None, kind: PartyKind::Inside, person: None });
    Leg {
        id: LegId::parse("1.1").unwrap(),
        extension: None,
        party,
        direction: Direction::Inbound,
        state,
        hold,
        peer,
        since: Millis(0),
        answered: None,
    }
}

fn lamp(extension: &str, status: Status, mark: Option<Mark>) -> ExtensionState {
    ExtensionState {
        extension: Extension::parse(extension).unwrap(),
        registration: Registration::Registered,
        status,
        mark,
        with: None,
        call: None,
        leg: None,
        since: None,
    }
}

#[test]
fn a_leg_alone_gives_the_lamp_of_the_reference_product() {
    let support = QueueName::parse("support").unwrap();
    let outside = || Some(PartyKind::Outside);
    let room = || Some(PartyKind::Service(Service::Conference));
    assert_eq!(of_leg(&leg(LegState::Ringing, Hold::None, outside()), None), Status::Ringing);
    assert_eq!(of_leg(&leg(LegState::Calling, Hold::None, outside()), None), Status::Ringing);
    assert_eq!(of_leg(&leg(LegState::Talking, Hold::None, outside()), None), Status::Outside);
    assert_eq!(of_leg(&leg(LegState::Talking, Hold::None, Some(PartyKind::Inside)), None), Status::Inside);
    assert_eq!(of_leg(&leg(LegState::Talking, Hold::None, room()), None), Status::Inside);
    assert_eq!(of_leg(&leg(LegState::Talking, Hold::Here, outside()), None), Status::Held);
    assert_eq!(of_leg(&leg(LegState::Talking, Hold::There, outside()), None), Status::Outside);
    assert_eq!(of_leg(&leg(LegState::Talking, Hold::Here, outside()), Some(&support)), Status::Held);
    assert_eq!(of_leg(&leg(LegState::Talking, Hold::None, outside()), Some(&support)), Status::Queue);
    assert_eq!(
        of_leg(&leg(LegState::Ringing, Hold::None, outside()), Some(&support)),
        Status::Ringing,
        "a queue call is orange only once answered"
    );
}

#[test]
fn talking_goes_before_held_before_ringing_before_free_before_offline() {
    for pair in [
        [Status::Outside, Status::Held],
        [Status::Inside, Status::Ringing],
        [Status::Held, Status::Ringing],
        [Status::Ringing, Status::Free],
        [Status::Free, Status::Offline],
    ] {
        assert!(precedence(pair[0]) > precedence(pair[1]), "{pair:?}");
    }
}

#[test]
fn what_the_colour_leaves_out_is_marked_and_ringing_wins() {
    let (talking, held, ringing) = (Status::Outside, Status::Held, Status::Ringing);
    assert_eq!(mark(talking, [talking, held]), Some(Mark::Held));
    assert_eq!(mark(talking, [talking, held, ringing]), Some(Mark::Ringing));
    assert_eq!(mark(held, [held, ringing]), Some(Mark::Ringing));
    assert_eq!(mark(ringing, [ringing, ringing]), None);
    assert_eq!(mark(held, [held, held]), None);
}

#[test]
fn a_person_is_registered_if_any_of_their_phones_is() {
    let lamps = [lamp("1001", Status::Offline, None), lamp("1101", Status::Free, None)];
    assert_eq!(of_person(&lamps).status, Status::Free);
    assert_eq!(of_person(&lamps).deciding.unwrap().extension.as_str(), "1101");
}

#[test]
fn a_second_phone_that_rings_is_marked_on_a_person_who_talks() {
    let lamps = [lamp("1001", Status::Ringing, None), lamp("1101", Status::Inside, Some(Mark::Held))];
    let person = of_person(&lamps);
    assert_eq!((person.status, person.mark), (Status::Inside, Some(Mark::Ringing)));
}

#[test]
fn a_person_without_a_phone_is_unknown_and_not_free() {
    assert_eq!(of_person([]).status, Status::Unknown);
}
