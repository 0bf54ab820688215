//! What goes wrong at the desk: each trouble is a sentence that says what happened, where the caller is, what to do.

use crate::stage::{self, Desk, leg};
use frontdesk_console::link::LOOK_MS;
use frontdesk_console::{CardAction, Connection, Event, Known, Lamp, Message, Tone};
use frontdesk_protocol::{
    Change, Direction, ExtensionState, Hold, LegState, Millis, Outcome, PbxLink, Seq, ServerMessage, Status,
};
use std::sync::Arc;

/// What the desktop core or the page's socket says of the connection.
fn connection(state: Connection, text: &str) -> Event {
    Event::Message(Message::Connection {
        state,
        text: Some(text.into()).filter(|_| !text.is_empty()),
        since: None,
        server: None,
        user: None,
    })
}

fn remark(text: &str) -> Event {
    Event::Message(Message::Remark { text: text.into() })
}

#[test]
fn a_remark_is_said_once_and_stays_until_it_is_put_away() {
    let mut desk = Desk::live();
    let text = "This computer has no keyring.";
    desk.does(remark(text));
    assert_eq!(desk.console.said.now.text, text);
    let said = desk.console.said.now.count;
    desk.does(remark(text));
    assert_eq!(desk.console.said.now.count, said, "the same is not said twice");
    desk.does(remark("Your settings could not be kept."));
    for _ in 0..300 {
        desk.tick(1_000);
    }
    let notes = desk.console.loose_notes();
    let texts: Vec<_> = notes.iter().map(|note| (note.tone, note.text.as_str())).collect();
    assert_eq!(texts, [(Tone::Failed, text), (Tone::Failed, "Your settings could not be kept.")]);
    desk.does(Event::Dismiss(notes[0].subject.clone()));
    assert_eq!(desk.console.loose_notes(), notes[1..]);
}

#[test]
fn settings_that_cannot_be_read_are_told_and_it_stays_through_the_login() {
    let mut desk = Desk::live();
    desk.does(Event::SettingsLoaded(Err("line 1".into())));
    desk.does(connection(Connection::Login, ""));
    let remarks = desk.console.remarks();
    assert!(remarks[0].text.starts_with("Your settings could not be read (line 1)."), "{remarks:?}");
}

#[test]
fn a_silent_server_is_seen_within_three_seconds_although_the_time_is_only_looked_at_now_and_then() {
    let mut desk = Desk::live();
    desk.tick(137);
    desk.hears(ServerMessage::Beat { now: Millis(0), seq: Seq(7) });
    let mut waited = 0;
    while desk.console.light().lamp == Lamp::Live {
        desk.tick(i64::from(LOOK_MS));
        waited += LOOK_MS;
    }
    assert!((2_500..=3_000).contains(&waited), "{waited}");
}

#[test]
fn a_lost_phone_system_leaves_the_last_colours_under_unknown_since() {
    let mut desk = Desk::live();
    let busy = ExtensionState { status: Status::Outside, ..stage::lamp("1003", Status::Free) };
    desk.change(Change::Extension(Arc::new(busy)));
    desk.tick(60_000);
    let reason = "It does not answer.".to_owned();
    desk.hears(ServerMessage::Beat { now: Millis(61_000), seq: Seq(0) });
    desk.change(Change::Link(PbxLink::Down { since: Millis(61_000), reason }));
    let carla = &desk.console.tiles()[1];
    assert_eq!((carla.status, carla.ground), (Status::Unknown, Status::Outside));
    assert_eq!((carla.word.as_str(), carla.since), ("Unknown since 00:01", None));
    let card = &desk.console.cards()[0];
    assert_eq!((card.known, card.word.as_str()), (Known::Before, "Unknown since 00:01"));
    assert!(card.label.ends_with("Incoming, Unknown since 00:01"), "{}", card.label);

    desk.change(Change::Link(PbxLink::Starting));
    assert_eq!(desk.console.tiles()[1].word, "Unknown since 00:01", "while it is read anew too");
    desk.change(Change::Link(PbxLink::Up { since: Millis(62_000) }));
    let card = &desk.console.cards()[0];
    assert_eq!((card.known, card.word.as_str()), (Known::Now, "Talking"));
}

#[test]
fn a_call_that_was_up_before_the_server_came_says_that_its_hold_is_not_known() {
    let mut desk = Desk::live();
    for (id, at) in [("talk", "1001"), ("bobs", "1002")] {
        let Change::Call(call) = stage::a_call(id, LegState::Talking, 100, at, Direction::Inbound) else {
            panic!("a call")
        };
        let mut call = (*call).clone();
        call.legs[0].hold = Hold::Unknown;
        desk.change(Change::Call(Arc::new(call)));
    }
    let card = &desk.console.cards()[0];
    assert_eq!(card.word, "Talking, hold not known");
    assert!(card.label.ends_with("Talking, hold not known"), "{}", card.label);
    let lamp = ExtensionState { leg: Some(leg("bobs")), ..stage::lamp("1002", Status::Outside) };
    desk.change(Change::Extension(Arc::new(lamp)));
    assert_eq!(
        desk.console.tiles()[0].label,
        "Bob Baker, 1002, Outside call, hold not known, 2 new messages"
    );
}

#[test]
fn the_next_person_does_not_see_what_the_last_one_did() {
    let mut desk = Desk::live();
    let id = desk.order_id(Event::Act(leg("talk"), CardAction::HangUp));
    desk.does(connection(Connection::Login, "You are logged out."));
    assert_eq!(desk.console.loose_notes(), []);
    let outcome = Outcome::Done { text: "Hung up.".into() };
    desk.hears(ServerMessage::Result { id: id.clone(), outcome });
    assert_eq!(desk.console.loose_notes(), [], "a late answer is not for them either");
    desk.hears(stage::ready(false));
    desk.hears(stage::snapshot(7));
    assert_ne!(desk.order_id(Event::Act(leg("talk"), CardAction::HangUp)), id, "no id is given twice");
}
