//! What goes wrong at the desk: each trouble is a sentence that says what happened, where the caller is, what to do.

use crate::orders;
use crate::stage::{self, Desk, leg, person};
use frontdesk_console::event::Remember;
use frontdesk_console::link::LOOK_MS;
use frontdesk_console::{CardAction, Connection, Effect, Event, Known, Lamp, Message, Moving, Over, Tone};
use frontdesk_protocol::{
    Change, Delta, Direction, ExtensionState, HistoryId, Hold, LegState, Millis, Outcome, PbxLink, Reason,
    Seq, ServerMessage, Status,
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
fn a_clock_that_is_set_back_hides_no_silence() {
    let mut desk = Desk::live();
    desk.tick(10_000_000);
    desk.hears(ServerMessage::Beat { now: Millis(0), seq: Seq(7) });
    desk.tick(-3_600_000);
    assert_eq!(desk.console.light().lamp, Lamp::Live);
    desk.tick(3_000);
    assert_eq!(desk.console.light().lamp, Lamp::Stale);
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

/// A desk whose card is being dragged over Bob's tile.
fn dragging() -> Desk {
    let mut desk = Desk::live();
    desk.does(Event::Press(leg("talk"), (0, 0)));
    desk.does(Event::Drag((90, 90), Over::Tile(person("bob"))));
    desk
}

#[test]
fn a_call_that_ends_while_it_is_dragged_says_who_it_was_and_what_to_do() {
    let mut desk = dragging();
    desk.change(Change::CallGone(stage::call_id("talk")));
    let text =
        "The call with Miriam ended before it was moved. Nothing was sent; call back from the history.";
    assert_eq!(desk.console.loose_notes()[0].text, text);
    assert_eq!(desk.console.said.now.text, text);
    assert!(orders(&desk.does(Event::Drop(Over::Target(person("bob"), 0)))).is_empty());
}

#[test]
fn a_call_that_somebody_else_moves_while_it_is_dragged_says_with_whom_it_is() {
    let mut desk = dragging();
    let Change::Call(call) = stage::a_call("talk", LegState::Talking, 100, "1003", Direction::Inbound) else {
        panic!("a call")
    };
    let mut call = (*call).clone();
    call.legs[0].id = leg("carlas");
    desk.change(Change::Call(Arc::new(call)));
    assert_eq!(
        desk.console.loose_notes()[0].text,
        "Miriam left your phone before the call was moved, and is with Carla Díaz now. Nothing was sent."
    );
    assert_eq!(desk.console.moving, Moving::Idle);
}

#[test]
fn of_two_who_move_the_same_call_the_second_reads_what_became_of_it() {
    let mut desk = dragging();
    let id = desk.order_id(Event::Drop(Over::Target(person("bob"), 0)));
    desk.change(Change::CallGone(stage::call_id("talk")));
    let pending = desk.console.loose_notes();
    assert_eq!(pending.iter().map(|note| note.tone).collect::<Vec<_>>(), [Tone::Pending], "one note only");
    let text = "Something is already being done with this call.".to_owned();
    let outcome = Outcome::Failed { reason: Reason::InProgress, text: text.clone() };
    desk.hears(ServerMessage::Result { id, outcome });
    let notes = desk.console.loose_notes();
    assert_eq!((notes[0].tone, notes[0].text.as_str(), notes.len()), (Tone::Failed, text.as_str(), 1));
    assert_eq!(desk.console.said.now.text, text);
}

#[test]
fn a_drop_on_the_voicemail_of_somebody_without_a_mailbox_sends_nothing_and_says_so_on_the_card() {
    let mut desk = Desk::live();
    desk.does(Event::Press(leg("talk"), (0, 0)));
    desk.does(Event::Drag((90, 90), Over::Target(person("carla"), 1)));
    assert_eq!(desk.console.preview(), Some(Err("Not possible: Carla Díaz has no mailbox".into())));
    assert!(orders(&desk.does(Event::Drop(Over::Target(person("carla"), 1)))).is_empty());
    assert_eq!(
        desk.console.cards()[0].note.as_ref().unwrap().text,
        "Not possible: Carla Díaz has no mailbox. Nothing was sent, and the call is where it was; choose another \
         target."
    );
}

#[test]
fn a_drop_while_the_facts_are_old_gives_one_sentence_and_not_two() {
    let mut desk = dragging();
    desk.tick(5_000);
    assert!(orders(&desk.does(Event::Drop(Over::Target(person("bob"), 0)))).is_empty());
    let text = desk.console.cards()[0].note.as_ref().unwrap().text.clone();
    assert!(text.starts_with("Not done: Nothing heard since 00:00:01"), "{text}");
    assert!(text.ends_with("Nothing was sent; use the phone itself."), "{text}");
}

#[test]
fn a_number_with_letters_is_not_dialled_and_says_so_on_its_row() {
    let mut desk = Desk::live();
    desk.history();
    assert!(orders(&desk.does(Event::CallBack(HistoryId(2)))).is_empty());
    assert_eq!(
        desk.console.rows()[1].note.as_ref().unwrap().text,
        "\"0800-FLOWERS\" is not a number that can be dialled. Dial it by hand if you know what is meant."
    );
}

#[test]
fn what_happens_at_once_is_said_one_after_the_other() {
    let mut desk = Desk::live();
    let changes =
        ["a", "b"].map(|id| stage::a_call(id, LegState::Ringing, 500, "1001", Direction::Inbound)).to_vec();
    desk.hears(ServerMessage::Delta(Delta { seq: Seq(8), changes }));
    let one = "Miriam 0123 is calling 1001";
    assert_eq!(desk.console.said.now.text, format!("{one} {one}"));
    desk.does(remark("The disk is full."));
    assert_eq!(desk.console.said.now.text, "The disk is full.", "what was read out is not said again");
}

#[test]
fn a_certificate_that_nobody_vouches_for_stands_in_the_form_until_it_is_answered() {
    let log_in = |trust: Option<&str>| Event::LogIn {
        server: "pbx.example".into(),
        user: "ann".into(),
        password: "secret".into(),
        remember: Remember::Yes,
        trust: trust.map(Into::into),
    };
    let untrusted = || {
        let json = r#"{"kind": "untrusted", "fingerprint": "AB:CD"}"#;
        Event::Message(serde_json::from_str(json).expect("as the core says it"))
    };
    // Whichever comes first, the question or the answer to the login.
    for question_first in [true, false] {
        let mut desk = Desk::live();
        desk.does(connection(Connection::Login, ""));
        desk.does(log_in(None));
        if question_first {
            desk.does(untrusted());
        }
        desk.does(Event::LoggedIn(Err("Nobody vouches for it.".into())));
        desk.does(connection(Connection::Login, "Nobody vouches for it."));
        if !question_first {
            desk.does(untrusted());
        }
        let login = &desk.console.login;
        assert_eq!(login.certificate.as_deref(), Some("AB:CD"));
        assert_eq!((login.error.as_deref(), login.wait), (Some("Nobody vouches for it."), None));
        let asked = desk.console.update(log_in(Some("AB:CD")));
        let trust = asked.iter().find_map(|effect| match effect {
            Effect::LogIn { trust, .. } => trust.clone(),
            _ => None,
        });
        assert_eq!(trust.as_deref(), Some("AB:CD"));
        assert_eq!(desk.console.login.certificate, None, "it is answered");
    }
}
