//! Calls that the person places: her own phone rings first, which must never look like somebody calling her.

use crate::orders;
use crate::stage::{self, Desk, leg, person};
use frontdesk_console::{CardAction, CardState, Effect, Event};
use frontdesk_protocol::{Change, Command, Direction, ExtensionState, LegState, Status};
use std::sync::Arc;

#[test]
fn my_phone_that_rings_for_my_own_call_is_calling_and_can_be_hung_up() {
    let mut desk = Desk::live();
    let effects = desk.change(stage::placed("out", LegState::Ringing));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Notify { .. })), "{effects:?}");
    assert_eq!(desk.console.said.now.text, "", "nobody is announced as calling");
    let cards = desk.console.cards();
    let card = cards.iter().find(|card| card.leg == leg("out")).unwrap();
    assert_eq!((card.state, card.title.as_str(), card.word), (CardState::Calling, "Miriam", "Calling"));
    assert_eq!(card.label, "Miriam, 0123, Outgoing, Calling");
    assert_eq!(card.actions, [CardAction::HangUp]);
    let effects = desk.does(Event::Act(leg("out"), CardAction::HangUp));
    assert_eq!(orders(&effects), [&Command::HangUp { leg: leg("out") }]);
}

#[test]
fn a_call_that_is_still_being_placed_cannot_be_moved_and_says_why() {
    for (state, why) in [
        (LegState::Ringing, "Your own phone still rings for this call; pick it up first, or hang up"),
        (LegState::Calling, "They have not answered yet; wait, or hang up"),
    ] {
        let mut desk = Desk::live();
        desk.change(stage::placed("out", state));
        desk.does(Event::ChooseCard(leg("out")));
        let targets = desk.console.targets_for(&person("bob"));
        assert!(targets.iter().all(|target| target.order == Err(why.into())), "{targets:?}");
    }
}

#[test]
fn a_colleague_whose_phone_rings_for_their_own_call_is_calling() {
    for (direction, word) in [(Direction::Outbound, "Calling"), (Direction::Inbound, "Ringing")] {
        let mut desk = Desk::live();
        desk.change(stage::a_call("bobs", LegState::Ringing, 500, "1002", direction));
        let Change::Extension(lamp) = stage::ringing_bob() else { panic!("a lamp") };
        let lamp = ExtensionState { leg: Some(leg("bobs")), mark: None, ..(*lamp).clone() };
        desk.change(Change::Extension(Arc::new(lamp)));
        let tile = &desk.console.tiles()[0];
        assert_eq!((tile.status, tile.word.as_str()), (Status::Ringing, word));
    }
}
