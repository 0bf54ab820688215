//! Callers whom I handed over: what their rows say, how they come back, and what is said about them.

use crate::orders;
use crate::stage::{self, Desk, call_id, extension, leg, person};
use frontdesk_console::event::{Held, Hover};
use frontdesk_console::handed::left;
use frontdesk_console::link::LOOK_MS;
use frontdesk_console::{
    CardAction, Effect, Event, Focus, HandedRow, Known, Over, Pulling, RowClock, Settings, Step, Tone,
    Untaken,
};
use frontdesk_protocol::{
    Change, Command, Destination, Handed, HandedId, HandedState, LegState, Millis, Outcome, PbxLink, Reason,
    Return, ServerMessage, TransferMode,
};
use std::sync::Arc;

fn id(text: &str) -> HandedId {
    HandedId::parse(text).unwrap()
}

/// Miriam, whom Anna sent to Bob a second after the snapshot.
fn handed(name: &str, state: HandedState) -> Handed {
    Handed {
        id: id(name),
        by: extension("1001"),
        call: call_id("talk"),
        party: stage::outside(Some("Miriam"), Some("0123")),
        to: Some(Destination::Extension { extension: extension("1002") }),
        label: "Bob Baker (1002)".into(),
        safe: true,
        at: Millis(2_000),
        state,
        since: Millis(2_000),
    }
}

fn is(name: &str, state: HandedState) -> Change {
    Change::Handed(Arc::new(handed(name, state)))
}

/// Carla took the call.
fn answered() -> HandedState {
    HandedState::Answered { with: stage::outside(Some("Carla Díaz"), Some("1003")) }
}

/// The same of another caller, sent on so much later.
fn also(name: &str, who: &str, later: i64, state: HandedState) -> Change {
    let (at, call) = (Millis(2_000 + later), call_id(name));
    let party = stage::outside(Some(who), None);
    Change::Handed(Arc::new(Handed { at, since: at, call, party, ..handed(name, state) }))
}

fn closing(at: i64) -> Change {
    let (state, since) = (HandedState::Closing { at: Millis(at) }, Millis(at - 3_000));
    let line = Handed { to: None, label: String::new(), since, at: since, ..handed("h", state) };
    Change::Handed(Arc::new(line))
}

fn row(desk: &Desk) -> HandedRow {
    desk.console.handed_rows().into_iter().next().expect("a row")
}

fn words(desk: &Desk) -> (String, Option<String>) {
    let row = row(desk);
    (row.word, row.place)
}

fn names(desk: &Desk) -> Vec<String> {
    desk.console.handed_rows().into_iter().map(|row| row.title).collect()
}

fn back(name: &str) -> Command {
    Command::PullBack { handed: id(name) }
}

/// A desk that handed Miriam to Bob, whose phone rings.
fn ringing() -> Desk {
    let mut desk = Desk::live();
    desk.change(is("h", HandedState::Sent));
    desk.change(is("h", HandedState::Ringing));
    desk
}

#[test]
fn a_row_says_where_the_caller_is_and_what_became_of_them() {
    use HandedState::{Back, Ended, Mailbox, NotTaken, Returning, Ringing, Sent, SentOn, Unknown, Waiting};
    let mut desk = Desk::live();
    desk.change(Change::CallGone(call_id("talk")));
    let bob = "Bob Baker (1002)";
    let why = Return::Busy;
    for (state, word, place, undo) in [
        (Sent, "On the way", bob, true),
        (Ringing, "Ringing", bob, true),
        (Waiting, "Waiting", bob, true),
        (Mailbox { why: None }, "Voicemail", bob, true),
        (Mailbox { why: Some(why) }, "Voicemail: busy", bob, true),
        (Returning { why }, "Coming back: busy", bob, false),
        (answered(), "Answered", "by Carla Díaz (1003)", false),
        (
            HandedState::Answered { with: stage::outside(None, Some("0049170")) },
            "Answered",
            "by Bob Baker (1002)",
            false,
        ),
        (SentOn { to: "Dan (1004)".into() }, "Sent on", "to Dan (1004)", false),
        (NotTaken { why }, "Not taken: busy", bob, false),
        (Back { why: Return::NoAnswer }, "Came back: no answer", bob, false),
        (Back { why: Return::PulledBack }, "Brought back", bob, false),
        (Ended, "Caller hung up", bob, false),
        (Unknown, "Not known", bob, false),
    ] {
        desk.change(is("h", state.clone()));
        let row = row(&desk);
        assert_eq!((row.title.as_str(), row.number.as_deref()), ("Miriam", Some("0123")));
        assert_eq!((row.word.as_str(), row.place.as_deref(), row.undo), (word, Some(place), undo));
        assert_eq!(row.label, format!("Miriam 0123, {word}, {place}"));
        assert_eq!(row.over, handed("h", state.clone()).is_over());
        let clock = if row.over { RowClock::At("00:00".into()) } else { RowClock::Since(Millis(2_000)) };
        assert_eq!(row.clock, clock, "{state:?}");
    }
    desk.change(Change::HandedGone(id("h")));
    assert_eq!(desk.console.handed_rows(), []);
}

#[test]
fn a_caller_who_was_sent_and_is_never_listed_is_not_waited_for_without_end() {
    let mut desk = Desk::live();
    desk.does(Event::ChooseCard(leg("talk")));
    desk.does(Event::ChooseTile(person("bob")));
    let sent = desk.order_id(Event::ChooseTarget(0));
    desk.does(Event::Undo);
    desk.hears(ServerMessage::Result { id: sent, outcome: Outcome::Done { text: "Sent.".into() } });
    for _ in 0..10 {
        desk.passes(1_000);
    }
    let text = &desk.console.loose_notes()[0].text;
    assert!(text.starts_with("Miriam could not be brought back"), "{text}");
    assert!(orders(&desk.change(is("h", HandedState::Ringing))).is_empty(), "it is no wish any more");
}

#[test]
fn only_my_own_are_listed_those_under_way_first() {
    let mut desk = Desk::live();
    desk.change(also("a", "Al", 10, HandedState::Ringing));
    desk.change(also("b", "Bo", 20, answered()));
    desk.change(also("c", "Cy", 30, HandedState::Mailbox { why: None }));
    let others = Handed { by: extension("1003"), ..handed("x", HandedState::Ringing) };
    desk.change(Change::Handed(Arc::new(others)));
    assert_eq!(names(&desk), ["Cy", "Al", "Bo"]);
}

#[test]
fn rows_keep_their_places_while_the_pointer_is_inside() {
    let mut desk = Desk::live();
    desk.change(also("a", "Al", 10, HandedState::Ringing));
    desk.change(also("c", "Cy", 30, HandedState::Ringing));
    desk.does(Event::HandedHover(Hover::Inside));
    desk.change(also("c", "Cy", 30, answered()));
    desk.change(also("e", "Ed", 40, HandedState::Ringing));
    assert_eq!(names(&desk), ["Cy", "Al", "Ed"]);
    let effects = desk.does(Event::GoToHanded);
    assert!(effects.contains(&Effect::Focus(Focus::Handed(id("a")))), "the first who can come back");
    desk.does(Event::HandedHover(Hover::Outside));
    assert_eq!(names(&desk), ["Ed", "Al", "Cy"]);
}

#[test]
fn button_key_drag_and_click_bring_the_caller_back() {
    let mut by_button = ringing();
    let pressed = by_button.does(Event::BringBack(id("h")));

    let mut by_key = ringing();
    let undone = by_key.does(Event::Undo);

    let mut by_drag = ringing();
    by_drag.does(Event::PressRow(id("h"), (10, 10)));
    by_drag.does(Event::Drag((12, 11), Over::Nothing));
    assert!(matches!(by_drag.console.handed.pulling, Pulling::Pressed { .. }), "a tremble is no drag");
    by_drag.does(Event::Drag((90, 90), Over::Stream));
    assert_eq!(by_drag.console.take_back().as_deref(), Some("Bring Miriam back to your phone 1001"));
    assert_eq!(by_drag.console.said.polite.text, "Bring Miriam back to your phone 1001");
    let dropped = by_drag.does(Event::Drop(Over::Stream));

    let mut by_click = ringing();
    by_click.does(Event::PressRow(id("h"), (10, 10)));
    by_click.does(Event::Drop(Over::Nothing));
    assert!(row(&by_click).chosen);
    let clicked = by_click.does(Event::ClickStream);

    for effects in [pressed, undone, dropped, clicked] {
        assert_eq!(orders(&effects), [&back("h")]);
    }
    assert_eq!(by_drag.console.handed.pulling, Pulling::Idle);
    assert_eq!(words(&by_key).0, "Bringing back …");
    assert!(orders(&by_key.does(Event::BringBack(id("h")))).is_empty(), "one order at a time");
}

#[test]
fn a_drop_elsewhere_escape_and_a_second_click_bring_nobody_back() {
    let mut desk = ringing();
    for over in [Over::Nothing, Over::Tile(person("bob")), Over::Target(person("bob"), 0)] {
        desk.does(Event::PressRow(id("h"), (0, 0)));
        desk.does(Event::Drag((90, 90), over.clone()));
        assert!(orders(&desk.does(Event::Drop(over))).is_empty());
        assert_eq!(desk.console.said.polite.text, "Nobody was brought back.");
    }
    desk.does(Event::PressRow(id("h"), (0, 0)));
    desk.does(Event::Drag((90, 90), Over::Stream));
    desk.does(Event::Escape);
    assert!(orders(&desk.does(Event::Drop(Over::Stream))).is_empty());
    for _ in 0..2 {
        desk.does(Event::PressRow(id("h"), (0, 0)));
        desk.does(Event::Drop(Over::Nothing));
    }
    assert!(orders(&desk.does(Event::ClickStream)).is_empty());
    assert_eq!(row(&desk).word, "Ringing");
}

#[test]
fn a_card_and_a_row_are_never_moved_at_once() {
    let mut desk = ringing();
    desk.does(Event::ChooseCard(leg("talk")));
    desk.does(Event::PressRow(id("h"), (0, 0)));
    assert_eq!(desk.console.moving.leg(), None);
    desk.does(Event::Drop(Over::Nothing));
    desk.does(Event::ChooseCard(leg("talk")));
    assert_eq!(desk.console.handed.pulling, Pulling::Idle);
}

#[test]
fn a_failed_pull_back_says_so_at_its_row() {
    let mut desk = ringing();
    let order = desk.order_id(Event::Undo);
    let text = "Bob Baker has answered. Miriam is talking to him.".to_owned();
    let outcome = Outcome::Failed { reason: Reason::Gone, text: text.clone() };
    desk.hears(ServerMessage::Result { id: order, outcome });
    let note = row(&desk).note.expect("a note");
    assert_eq!((note.tone, note.text.as_str()), (Tone::Failed, text.as_str()));
    assert_eq!(desk.console.said.now.text, text);
    assert_eq!(desk.console.loose_notes(), []);
    desk.change(Change::HandedGone(id("h")));
    assert_eq!(desk.console.loose_notes()[0].text, text, "it outlives the row");
}

#[test]
fn undo_says_when_it_is_too_late_and_who_has_the_caller_and_once_more_takes_the_next() {
    let mut desk = Desk::live();
    desk.change(also("a", "Al", 10, HandedState::Waiting));
    desk.change(is("h", HandedState::Ringing));
    desk.change(also("c", "Cy", 30, HandedState::Ringing));
    desk.change(also("c", "Cy", 30, answered()));
    assert_eq!(desk.console.said.polite.text, "Cy was answered by Carla Díaz (1003).");
    assert!(orders(&desk.does(Event::Undo)).is_empty());
    let text = "Too late: Carla Díaz (1003) has answered Cy. Once more brings back Al.";
    assert_eq!(desk.console.said.now.text, text);
    let notes: Vec<_> = desk.console.handed_rows().into_iter().filter_map(|row| row.note).collect();
    assert_eq!(notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), [text]);
    assert_eq!(orders(&desk.does(Event::Undo)), [&back("a")], "the newest of those who can come back");
}

#[test]
fn what_is_long_over_does_not_stand_in_the_way_of_undo() {
    let mut desk = Desk::live();
    desk.change(also("a", "Al", 10, HandedState::Waiting));
    desk.change(also("c", "Cy", 30, answered()));
    for _ in 0..40 {
        desk.passes(1_000);
    }
    assert_eq!(orders(&desk.does(Event::Undo)), [&back("a")]);
}

#[test]
fn with_nobody_handed_over_undo_says_so() {
    let mut desk = Desk::live();
    assert!(orders(&desk.does(Event::Undo)).is_empty());
    assert!(desk.console.said.now.text.starts_with("There is nobody to bring back"));
    assert_eq!(desk.console.loose_notes()[0].tone, Tone::Failed);
}

#[test]
fn undo_while_the_transfer_is_still_on_its_way_is_done_as_soon_as_the_caller_is_listed() {
    let mut desk = Desk::live();
    desk.does(Event::ChooseCard(leg("talk")));
    desk.does(Event::ChooseTile(person("bob")));
    let sent = desk.order_id(Event::ChooseTarget(0));
    assert!(orders(&desk.does(Event::Undo)).is_empty());
    assert!(desk.console.said.now.text.starts_with("Miriam is being sent at this moment"));
    assert!(orders(&desk.change(is("h", HandedState::Sent))).is_empty(), "not before the order is answered");
    let outcome = Outcome::Done { text: "Sent to Bob Baker (1002).".into() };
    let effects = desk.hears(ServerMessage::Result { id: sent, outcome });
    assert_eq!(orders(&effects), [&back("h")]);
}

#[test]
fn undo_between_the_answer_and_the_list_is_done_as_soon_as_the_caller_is_listed() {
    let mut desk = Desk::live();
    let settings = Settings { grace: true, ..Settings::default() };
    desk.does(Event::SettingsChanged(Box::new(settings)));
    let hung_up = desk.order_id(Event::Act(leg("talk"), CardAction::HangUp));
    desk.hears(ServerMessage::Result {
        id: hung_up,
        outcome: Outcome::Done { text: "In three seconds.".into() },
    });
    assert!(orders(&desk.does(Event::Undo)).is_empty());
    assert_eq!(orders(&desk.change(closing(5_000))), [&back("h")]);
}

#[test]
fn undo_of_a_transfer_that_fails_brings_nobody_back() {
    let mut desk = Desk::live();
    desk.change(also("a", "Al", 10, HandedState::Waiting));
    desk.does(Event::ChooseCard(leg("talk")));
    desk.does(Event::ChooseTile(person("bob")));
    let sent = desk.order_id(Event::ChooseTarget(0));
    desk.does(Event::Undo);
    let outcome = Outcome::Failed { reason: Reason::Refused, text: "Refused. They are with you.".into() };
    assert!(orders(&desk.hears(ServerMessage::Result { id: sent, outcome })).is_empty());
    assert!(orders(&desk.change(is("h", HandedState::Sent))).is_empty(), "the wish is forgotten");
}

#[test]
fn the_note_of_a_transfer_gives_way_to_its_row() {
    let mut desk = Desk::live();
    desk.does(Event::ChooseCard(leg("talk")));
    desk.does(Event::ChooseTile(person("bob")));
    let sent = desk.order_id(Event::ChooseTarget(0));
    desk.change(Change::CallGone(call_id("talk")));
    let outcome = Outcome::Done { text: "Sent to Bob Baker (1002).".into() };
    desk.hears(ServerMessage::Result { id: sent, outcome });
    assert_eq!(desk.console.loose_notes().len(), 1, "without a row the note is all there is");
    desk.change(is("h", HandedState::Ringing));
    assert_eq!(desk.console.loose_notes(), []);
    assert_eq!(desk.console.said.polite.text, "Sent to Bob Baker (1002).");
}

#[test]
fn stale_facts_hold_a_pull_back_and_what_is_over_stays_true() {
    let mut desk = ringing();
    desk.change(also("c", "Cy", 30, answered()));
    desk.tick(2_800);
    desk.tick(i64::from(LOOK_MS));
    let rows = desk.console.handed_rows();
    assert_eq!((rows[0].known, rows[0].word.as_str()), (Known::Before, "Unknown since 00:00"));
    assert_eq!((rows[1].known, rows[1].word.as_str()), (Known::Now, "Answered"));
    assert!(orders(&desk.does(Event::BringBack(id("h")))).is_empty());
    let note = row(&desk).note.expect("a note at the row");
    assert!(note.text.contains("Nothing was sent"), "{}", note.text);
    assert!(orders(&desk.does(Event::Undo)).is_empty());
}

/// A phone of mine rings with Miriam.
fn rings() -> Change {
    stage::call("talk", LegState::Ringing, 100)
}

#[test]
fn a_call_that_comes_back_says_why_on_its_card_aloud_and_in_the_notification() {
    let mut desk = ringing();
    desk.change(Change::CallGone(call_id("talk")));
    desk.changes(vec![rings(), is("h", HandedState::Returning { why: Return::NoAnswer })]);
    let card = &desk.console.cards()[0];
    assert_eq!(card.back.as_deref(), Some("Back from Bob Baker (1002): no answer"));
    assert!(card.label.contains("Back from Bob Baker (1002): no answer"), "{}", card.label);
    let said = "Miriam 0123 rings at 1001. Back from Bob Baker (1002): no answer.";
    assert_eq!(desk.console.said.now.text, said);
    assert_eq!(desk.console.handed_rows(), [], "the card says it");
    desk.change(is("h", HandedState::Back { why: Return::NoAnswer }));
    desk.change(stage::call("talk", LegState::Talking, 100));
    assert!(desk.console.cards()[0].back.is_some(), "it is still of use when the caller is on the line");
    let again = Handed { at: Millis(9_000), ..handed("k", HandedState::Ringing) };
    desk.change(Change::Handed(Arc::new(again)));
    assert_eq!(desk.console.cards()[0].back, None, "handed over anew, it is of the past");
}

#[test]
fn a_transfer_that_was_declined_is_told_on_the_card_alone_once_the_caller_is_back() {
    let mut desk = Desk::live();
    desk.does(Event::ChooseCard(leg("talk")));
    desk.does(Event::ChooseTile(person("bob")));
    let sent = desk.order_id(Event::ChooseTarget(0));
    desk.change(Change::CallGone(call_id("talk")));
    desk.change(is("h", HandedState::Sent));
    let text = "Bob Baker (1002) declined. The caller comes back to your phone.".to_owned();
    let outcome = Outcome::Failed { reason: Reason::NotReached, text: text.clone() };
    desk.hears(ServerMessage::Result { id: sent, outcome });
    assert_eq!(desk.console.loose_notes()[0].text, text);
    desk.change(is("h", HandedState::Returning { why: Return::Refused }));
    assert_eq!(desk.console.loose_notes(), []);
}

#[test]
fn a_reason_that_comes_after_the_ringing_is_said_and_the_notification_says_it_too() {
    let mut desk = ringing();
    desk.change(Change::CallGone(call_id("talk")));
    desk.change(rings());
    assert_eq!(desk.console.said.now.text, "Miriam 0123 is calling 1001");
    let effects = desk.change(is("h", HandedState::Returning { why: Return::Refused }));
    let told = effects.iter().find_map(|effect| match effect {
        Effect::Notify { title, .. } => Some(title.as_str()),
        _ => None,
    });
    assert_eq!(told, Some("Miriam 0123 rings at 1001. Back from Bob Baker (1002): declined."));
    assert_eq!(desk.console.said.now.text, "Miriam: Back from Bob Baker (1002): declined");
}

#[test]
fn notifications_go_while_the_facts_are_old_and_come_again() {
    let mut desk = Desk::live();
    desk.change(stage::call("ring", LegState::Ringing, 500));
    let effects = desk.tick(5_000);
    assert!(effects.contains(&Effect::Withdraw(leg("ring"))), "{effects:?}");
    let effects = desk.beat();
    assert!(effects.iter().any(|e| matches!(e, Effect::Notify { leg: at, .. } if *at == leg("ring"))));
    let reason = "It does not answer.".to_owned();
    let effects = desk.change(Change::Link(PbxLink::Down { since: Millis(1_000), reason }));
    assert!(effects.contains(&Effect::Withdraw(leg("ring"))));
}

/// The order that a target gives for the card that is moved.
fn mode(desk: &Desk, target: usize) -> TransferMode {
    match desk.console.targets_for(&person("bob"))[target].order.clone() {
        Ok(Command::Transfer { mode, .. }) => mode,
        other => panic!("no transfer: {other:?}"),
    }
}

#[test]
fn callers_come_back_as_the_settings_say_and_the_other_way_with_the_key() {
    use TransferMode::{Blind, Safe};
    let mut desk = Desk::live();
    desk.does(Event::ChooseCard(leg("talk")));
    let modes = |desk: &Desk| [mode(desk, 0), mode(desk, 1), mode(desk, 2)];
    assert_eq!(modes(&desk), [Safe, Blind, Blind]);
    desk.does(Event::ChooseTile(person("bob")));
    desk.does(Event::OtherKey(Held::Yes));
    assert_eq!(modes(&desk), [Blind, Safe, Blind], "a mailbox takes everybody");
    assert_eq!(desk.console.said.polite.text, "Miriam goes to Bob Baker, 1002; does not come back");
    desk.does(Event::OtherKey(Held::No));
    let back = "Miriam goes to Bob Baker, 1002; back to you if nobody takes the call";
    assert_eq!(desk.console.said.polite.text, back);
    desk.does(Event::OtherWay);
    assert_eq!(modes(&desk), [Blind, Safe, Blind]);
    desk.does(Event::OtherKey(Held::Yes));
    assert_eq!(modes(&desk), [Safe, Blind, Blind], "the key turns round what was chosen");
    desk.does(Event::OtherKey(Held::No));
    desk.does(Event::Escape);
    desk.does(Event::Escape);
    desk.does(Event::ChooseCard(leg("talk")));
    assert_eq!(modes(&desk), [Safe, Blind, Blind], "a choice is for one caller");

    let settings = Settings { transfer: Untaken::GoesOn, ..Settings::default() };
    desk.does(Event::SettingsChanged(Box::new(settings)));
    assert_eq!(modes(&desk), [Blind, Blind, Blind]);
    desk.does(Event::OtherKey(Held::Yes));
    assert_eq!(modes(&desk), [Safe, Safe, Blind]);
}

#[test]
fn a_hung_up_caller_is_kept_for_three_seconds_where_the_settings_say_so() {
    let hang_up = |grace| Command::HangUp { leg: leg("talk"), grace };
    let mut desk = Desk::live();
    assert_eq!(orders(&desk.does(Event::Act(leg("talk"), CardAction::HangUp))), [&hang_up(false)]);

    let mut desk = Desk::live();
    let settings = Settings { grace: true, ..Settings::default() };
    desk.does(Event::SettingsChanged(Box::new(settings)));
    assert_eq!(orders(&desk.does(Event::Act(leg("talk"), CardAction::HangUp))), [&hang_up(true)]);
    desk.change(stage::call("dial", LegState::Calling, 200));
    let nobody_there = Command::HangUp { leg: leg("dial"), grace: false };
    assert_eq!(orders(&desk.does(Event::Act(leg("dial"), CardAction::HangUp))), [&nobody_there]);
}

#[test]
fn a_closing_line_counts_down_by_the_server_s_clock_and_is_said_once() {
    let mut desk = Desk::live();
    let now = desk.console.clock.server().0;
    desk.change(closing(now + 3_000));
    assert_eq!(
        desk.console.said.now.text,
        "The line to Miriam closes in 3 seconds. Control Z brings the caller back."
    );
    let row_now = row(&desk);
    assert_eq!((row_now.word.as_str(), row_now.undo), ("The line closes", true));
    assert_eq!(row_now.clock, RowClock::Until { since: Millis(now), at: Millis(now + 3_000) });
    let said = desk.console.said.clone();
    let mut shown = Vec::new();
    for _ in 0..17 {
        shown.push(desk.console.countdown());
        desk.passes(200);
    }
    assert_eq!(shown, [3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 0, 0]);
    assert_eq!(desk.console.said, said, "not every second");
    assert_eq!(left(Millis(2), Millis(5), Millis(900)), 0, "a late word is no negative time");
    assert_eq!(left(Millis(2_000), Millis(5_000), Millis(900)), 3, "our clock may be late");
    assert_eq!(orders(&desk.does(Event::Undo)), [&back("h")]);

    desk.change(closing(now + 9_000));
    let gone = Handed { to: None, label: String::new(), ..handed("h", HandedState::Ended) };
    desk.change(Change::Handed(Arc::new(gone)));
    assert_eq!(desk.console.said.polite.text, "The line to Miriam is closed.");
    assert_eq!(desk.console.handed_rows(), [], "what was closed as ordered is in the history");
    desk.does(Event::Undo);
    assert_eq!(
        desk.console.said.now.text,
        "Too late: the line to Miriam is closed. Call back from the history."
    );
}

#[test]
fn what_became_of_a_caller_is_told_once_and_what_was_before_is_no_news() {
    let mut desk = Desk::live();
    let said = (desk.console.said.polite.count, desk.console.said.now.count);
    desk.change(also("h", "Miriam", -60_000, answered()));
    assert_eq!((desk.console.said.polite.count, desk.console.said.now.count), said, "it was so when we came");
    desk.change(is("q", answered()));
    assert_eq!(desk.console.said.polite.text, "Miriam was answered by Carla Díaz (1003).", "at once");
    desk.change(also("b", "Bo", 5, HandedState::Ringing));
    let why = Return::NoAnswer;
    desk.change(also("b", "Bo", 5, HandedState::NotTaken { why }));
    let text = "Bob Baker (1002) did not take Bo: no answer. The caller went on as the phone system says.";
    assert_eq!(desk.console.said.now.text, text);
    let count = desk.console.said.now.count;
    desk.change(also("b", "Bo", 5, HandedState::NotTaken { why }));
    assert_eq!(desk.console.said.now.count, count);
}

#[test]
fn only_what_is_over_can_be_put_away_and_the_focus_stays_in_the_list() {
    let mut desk = ringing();
    desk.change(also("b", "Bo", -10, answered()));
    desk.change(also("c", "Cy", -20, answered()));
    desk.does(Event::PutRowAway(id("h")));
    assert_eq!(names(&desk), ["Miriam", "Bo", "Cy"]);
    let effects = desk.does(Event::PutRowAway(id("b")));
    assert!(effects.contains(&Effect::Focus(Focus::Handed(id("c")))));
    assert_eq!(names(&desk), ["Miriam", "Cy"]);
    desk.change(also("b", "Bo", -10, answered()));
    assert_eq!(names(&desk), ["Miriam", "Cy"], "it stays away");
    let effects = desk.does(Event::HandedStep(Step::First));
    assert!(effects.contains(&Effect::Focus(Focus::Handed(id("h")))));
    assert!(row(&desk).tab);
}

#[test]
fn only_the_row_that_changed_differs() {
    let mut desk = ringing();
    desk.change(also("b", "Bo", 5, HandedState::Ringing));
    desk.change(also("c", "Cy", 6, HandedState::Ringing));
    let before = desk.console.handed_rows();
    for _ in 0..3 {
        desk.passes(1_000);
    }
    assert_eq!(desk.console.handed_rows(), before, "time alone changes no row");
    desk.change(also("b", "Bo", 5, HandedState::Waiting));
    let after = desk.console.handed_rows();
    let changed: Vec<_> = before.iter().zip(&after).filter(|(a, b)| a != b).map(|(_, b)| &b.title).collect();
    assert_eq!(changed, ["Bo"]);
}
