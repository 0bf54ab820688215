//! Calls that the person places: her own phone rings first, which must never look like somebody calling her.

use crate::orders;
use crate::stage::{self, Desk, leg, person};
use frontdesk_console::{CardAction, CardState, Effect, Event, TargetKind, Tone};
use frontdesk_protocol::{
    Change, Command, Direction, ExtensionState, HistoryId, LegState, Millis, Outcome, Party, PartyKind,
    QueueName, Reason, Seq, ServerMessage, Status,
};
use std::sync::Arc;

#[test]
fn my_phone_that_rings_for_my_own_call_is_calling_and_can_be_hung_up() {
    let mut desk = Desk::live();
    let effects = desk.change(stage::placed("out", LegState::Ringing));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Notify { .. })), "{effects:?}");
    assert_eq!(desk.console.said.now.text, "", "nobody is announced as calling");
    let cards = desk.console.cards();
    let card = cards.iter().find(|card| card.leg == leg("out")).unwrap();
    assert_eq!(
        (card.state, card.title.as_str(), card.word.as_str()),
        (CardState::Calling, "Miriam", "Calling")
    );
    assert_eq!(card.label, "Miriam, 0123, Outgoing, Calling");
    assert_eq!(card.actions, [CardAction::HangUp]);
    let effects = desk.does(Event::Act(leg("out"), CardAction::HangUp));
    assert_eq!(orders(&effects), [&Command::HangUp { leg: leg("out"), grace: false }]);
}

#[test]
fn a_call_for_which_my_own_phone_still_rings_cannot_be_moved_and_says_why() {
    let mut desk = Desk::live();
    desk.change(stage::placed("out", LegState::Ringing));
    desk.does(Event::ChooseCard(leg("out")));
    let targets = desk.console.targets_for(&person("bob"));
    let why = "Your own phone still rings for this call; pick it up first, or hang up";
    assert!(targets.iter().all(|target| target.order == Err(why.into())), "{targets:?}");
}

#[test]
fn a_call_that_rings_at_the_far_end_is_handed_on_to_people_and_not_to_a_mailbox() {
    let mut desk = Desk::live();
    desk.change(stage::placed("out", LegState::Calling));
    let cards = desk.console.cards();
    let card = cards.iter().find(|card| card.leg == leg("out")).unwrap();
    assert_eq!(card.actions, [CardAction::Transfer, CardAction::HangUp]);
    desk.does(Event::ChooseCard(leg("out")));
    for target in desk.console.targets_for(&person("bob")) {
        match target.kind {
            TargetKind::Extension | TargetKind::Number => assert!(target.order.is_ok(), "{target:?}"),
            TargetKind::Voicemail => {
                let why = "They have not answered yet, so a mailbox would talk to nobody; wait";
                assert_eq!(target.order, Err(why.into()));
            }
        }
    }
}

#[test]
fn a_card_has_the_colour_that_the_lamp_has_for_it() {
    let mut desk = Desk::live();
    let ground = |desk: &Desk| {
        let cards = desk.console.cards();
        cards.iter().find(|card| card.leg == leg("out")).unwrap().ground
    };
    for (state, want) in [(LegState::Calling, Status::Ringing), (LegState::Talking, Status::Outside)] {
        desk.change(stage::placed("out", state));
        assert_eq!(ground(&desk), want);
    }
    let Change::Call(call) = stage::placed("out", LegState::Talking) else { panic!("a call") };
    let mut call = (*call).clone();
    call.via.queue = Some(QueueName::parse("support").unwrap());
    desk.change(Change::Call(Arc::new(call.clone())));
    assert_eq!(ground(&desk), Status::Queue);
    call.via.queue = None;
    let peer = Party::clone(call.legs[0].peer.as_ref().unwrap());
    call.legs[0].peer = Some(Arc::new(Party { kind: PartyKind::Inside, ..peer }));
    desk.change(Change::Call(Arc::new(call)));
    assert_eq!(ground(&desk), Status::Inside);
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

/// Answers nothing for so many seconds; the server is heard all the time.
fn waits(desk: &mut Desk, seconds: usize) {
    for _ in 0..seconds {
        desk.tick(1_000);
        desk.hears(ServerMessage::Beat { now: Millis(0), seq: Seq(0) });
    }
}

fn note_of_row(desk: &Desk) -> (Tone, String) {
    let note = desk.console.rows()[0].note.clone().unwrap();
    (note.tone, note.text)
}

#[test]
fn a_phone_may_ring_for_its_own_call_for_forty_seconds_before_that_is_called_unanswered() {
    let mut desk = Desk::live();
    desk.history();
    desk.order_id(Event::CallBack(HistoryId(3)));
    waits(&mut desk, 40);
    assert_eq!(note_of_row(&desk).0, Tone::Pending);
    waits(&mut desk, 6);
    assert_eq!(note_of_row(&desk).0, Tone::Failed);
}

#[test]
fn a_late_result_takes_the_place_of_the_note_that_none_came() {
    let mut desk = Desk::live();
    desk.history();
    let id = desk.order_id(Event::CallBack(HistoryId(3)));
    waits(&mut desk, 46);
    assert!(note_of_row(&desk).1.contains("has not answered"));
    let text = "Calling +4989555.".to_owned();
    desk.hears(ServerMessage::Result { id, outcome: Outcome::Done { text: text.clone() } });
    assert_eq!(note_of_row(&desk), (Tone::Done, text.clone()));
    assert_eq!(desk.console.said.polite.text, text);
}

#[test]
fn a_late_result_does_not_hide_a_newer_order() {
    let mut desk = Desk::live();
    let old = desk.order_id(Event::Act(leg("talk"), CardAction::HangUp));
    waits(&mut desk, 16);
    desk.order_id(Event::Act(leg("talk"), CardAction::HangUp));
    let outcome = Outcome::Failed { reason: Reason::Timeout, text: "Too late.".into() };
    desk.hears(ServerMessage::Result { id: old, outcome });
    assert_eq!(desk.console.cards()[0].note.as_ref().unwrap().tone, Tone::Pending);
    assert_eq!(desk.console.said.now.text, "Too late.", "it is still said");
}
