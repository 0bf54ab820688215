//! The desk as a person uses it: events in, orders and drawn data out. Drag, click-click and keys are held to one result.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod asking;
mod handed;
mod placed;
mod rows;
mod stage;
mod trouble;

use frontdesk_console::event::Hover;
use frontdesk_console::link::LOOK_MS;
use frontdesk_console::{
    CardAction, Connection, Effect, Event, Focus, Lamp, Message, Moving, Over, Step, Tone,
};
use frontdesk_protocol::{
    Change, Command, CommandId, Delta, Destination, Extension, HistoryId, LegState, Millis, Number, Outcome,
    PbxLink, Reason, ResyncCause, Seq, ServerMessage, StateHash, Status, TransferMode,
};
use stage::{Desk, leg, person};

fn orders(effects: &[Effect]) -> Vec<&Command> {
    effects
        .iter()
        .filter_map(|e| if let Effect::Order(_, command) = e { Some(command) } else { None })
        .collect()
}

fn to_bob() -> Command {
    Command::Transfer {
        leg: leg("talk"),
        to: Destination::Extension { extension: Extension::parse("1002").unwrap() },
        mode: TransferMode::Safe,
    }
}

#[test]
fn drag_click_and_keys_give_the_same_order() {
    let mut by_drag = Desk::live();
    by_drag.does(Event::Press(leg("talk"), (10, 10)));
    by_drag.does(Event::Drag((12, 11), Over::Nothing));
    assert!(matches!(by_drag.console.moving, Moving::Pressed { .. }), "a tremble is no drag");
    by_drag.does(Event::Drag((300, 200), Over::Tile(person("bob"))));
    let dragged = by_drag.does(Event::Drop(Over::Target(person("bob"), 0)));

    let mut by_click = Desk::live();
    by_click.does(Event::Press(leg("talk"), (10, 10)));
    by_click.does(Event::Drop(Over::Nothing));
    by_click.does(Event::ChooseTile(person("bob")));
    let clicked = by_click.does(Event::ChooseTarget(0));

    let mut by_keys = Desk::live();
    by_keys.does(Event::ChooseCard(leg("talk")));
    by_keys.does(Event::Search("bo".into()));
    by_keys.does(Event::SearchEnter);
    let typed = by_keys.does(Event::ChooseTarget(0));

    for effects in [dragged, clicked, typed] {
        assert_eq!(orders(&effects), [&to_bob()]);
    }
    assert_eq!(by_drag.console.moving, Moving::Idle);
}

#[test]
fn every_target_of_a_person_is_one_order() {
    let mut desk = Desk::live();
    desk.does(Event::ChooseCard(leg("talk")));
    let targets = desk.console.targets_for(&person("bob"));
    let seen: Vec<_> = targets.iter().map(|t| (t.kind.key(), t.value.as_str(), t.order.is_ok())).collect();
    assert_eq!(
        seen,
        [("extension", "1002", true), ("number", "+49170", true), ("voicemail", "1002@default", true)]
    );
    assert_eq!(targets[2].sentence, "Miriam goes to Bob Baker's voicemail; no phone rings");
    let carla = desk.console.targets_for(&person("carla"));
    assert_eq!(carla.last().unwrap().order, Err("Carla Díaz has no mailbox".into()));
}

#[test]
fn escape_and_a_drop_on_nothing_change_nothing() {
    let mut desk = Desk::live();
    desk.does(Event::Press(leg("talk"), (0, 0)));
    desk.does(Event::Drag((90, 90), Over::Target(person("bob"), 2)));
    assert!(orders(&desk.does(Event::Escape)).is_empty());
    assert_eq!(desk.console.moving, Moving::Idle);
    desk.does(Event::Press(leg("talk"), (0, 0)));
    desk.does(Event::Drag((90, 90), Over::Tile(person("bob"))));
    assert!(orders(&desk.does(Event::Drop(Over::Nothing))).is_empty());
    assert_eq!(desk.console.said.polite.text, "Nothing was moved.");
}

#[test]
fn escape_goes_back_one_level_at_a_time() {
    let mut desk = Desk::live();
    desk.does(Event::ChooseCard(leg("talk")));
    desk.does(Event::ChooseTile(person("bob")));
    assert!(desk.does(Event::TargetStep(Step::Down)).contains(&Effect::Focus(Focus::Target(1))));
    assert!(desk.does(Event::Escape).contains(&Effect::Focus(Focus::Tile(person("bob")))));
    assert!(desk.does(Event::Escape).contains(&Effect::Focus(Focus::Card(leg("talk")))));
    assert_eq!(desk.console.moving, Moving::Idle);
}

#[test]
fn a_call_that_ends_while_it_is_dragged_is_said_and_nothing_is_sent() {
    let mut desk = Desk::live();
    desk.does(Event::Press(leg("talk"), (0, 0)));
    desk.does(Event::Drag((90, 90), Over::Tile(person("bob"))));
    desk.change(Change::CallGone(stage::call_id("talk")));
    assert_eq!(desk.console.moving, Moving::Idle);
    let effects = desk.does(Event::Drop(Over::Target(person("bob"), 0)));
    assert!(orders(&effects).is_empty());
    assert!(desk.console.loose_notes()[0].text.contains("ended before it was moved"));
}

#[test]
fn hanging_up_a_ringing_call_ignores_it() {
    let mut desk = Desk::live();
    desk.change(stage::call("ring", LegState::Ringing, 500));
    let cards = desk.console.cards();
    assert_eq!(cards[0].leg, leg("ring"), "what rings stands on top");
    assert_eq!(cards[0].actions, [CardAction::Transfer, CardAction::Ignore]);
    let effects = desk.does(Event::Act(leg("ring"), CardAction::Ignore));
    assert_eq!(orders(&effects), [&Command::Ignore { leg: leg("ring") }]);
    let again = desk.does(Event::Act(leg("ring"), CardAction::Ignore));
    assert!(orders(&again).is_empty(), "one order at a time for one call");
}

#[test]
fn a_ringing_call_is_announced_and_withdrawn() {
    let mut desk = Desk::live();
    let effects = desk.change(stage::call("ring", LegState::Ringing, 500));
    assert!(
        effects
            .iter()
            .any(|e| matches!(e, Effect::Notify { title, .. } if title == "Miriam 0123 is calling 1001"))
    );
    assert_eq!(desk.console.said.now.text, "Miriam 0123 is calling 1001");
    let effects = desk.change(Change::CallGone(stage::call_id("ring")));
    assert!(effects.contains(&Effect::Withdraw(leg("ring"))));
}

#[test]
fn cards_keep_their_places_while_the_pointer_is_inside() {
    let mut desk = Desk::live();
    desk.does(Event::StreamHover(Hover::Inside));
    desk.change(stage::call("ring", LegState::Ringing, 500));
    let order = |desk: &Desk| desk.console.cards().into_iter().map(|card| card.leg).collect::<Vec<_>>();
    assert_eq!(order(&desk), [leg("talk"), leg("ring")]);
    desk.does(Event::StreamHover(Hover::Outside));
    assert_eq!(order(&desk), [leg("ring"), leg("talk")]);
}

#[test]
fn silence_makes_the_facts_stale_and_holds_orders_back() {
    let mut desk = Desk::live();
    desk.tick(2_800);
    assert_eq!(desk.console.light().lamp, Lamp::Live);
    desk.tick(i64::from(LOOK_MS));
    let light = desk.console.light();
    assert_eq!((light.lamp, light.since.as_deref()), (Lamp::Stale, Some("00:00:01")));
    let tile = &desk.console.tiles()[0];
    assert_eq!(
        (tile.status, tile.ground, tile.word.as_str()),
        (Status::Unknown, Status::Free, "Unknown since 00:00")
    );
    assert!(orders(&desk.does(Event::Act(leg("talk"), CardAction::HangUp))).is_empty());
    let note = desk.console.cards()[0].note.clone().unwrap();
    assert_eq!(note.tone, Tone::Failed);
    assert!(note.text.contains("Nothing was sent"), "{}", note.text);
    desk.hears(ServerMessage::Beat { now: Millis(0), seq: Seq(7) });
    assert_eq!(desk.console.light().lamp, Lamp::Live);
}

#[test]
fn a_lost_phone_system_is_not_shown_as_live() {
    let mut desk = Desk::live();
    desk.change(Change::Link(PbxLink::Down { since: Millis(1_000), reason: "It does not answer.".into() }));
    assert_eq!(desk.console.light().lamp, Lamp::Stale);
    assert!(desk.console.tiles().iter().all(|tile| tile.status == Status::Unknown));
    desk.does(Event::ChooseCard(leg("talk")));
    assert!(desk.console.tiles().iter().all(|tile| tile.dim));
}

#[test]
fn what_is_taken_in_together_is_read_out_together() {
    let mut desk = Desk::live();
    let remark = |text: &str| Event::Message(Message::Remark { text: text.into() });
    desk.console.update_all([remark("One."), remark("Two.")]);
    assert_eq!(desk.console.said.now.text, "One. Two.");
    desk.console.update(remark("Three."));
    assert_eq!(desk.console.said.now.text, "Three.");
}

#[test]
fn a_desk_rests_where_nothing_goes_by_itself_also_beside_a_remark() {
    let mut desk = Desk::live();
    assert!(!desk.console.rests(), "the clock of a card goes on");
    desk.change(Change::CallGone(stage::call_id("talk")));
    assert!(desk.console.rests());
    desk.does(Event::Message(Message::Remark { text: "There is no keyring.".into() }));
    assert!(desk.console.rests());
    desk.change(Change::Link(PbxLink::Starting));
    assert!(!desk.console.rests(), "how long nothing is known goes on");
}

#[test]
fn a_view_that_differs_from_the_server_asks_for_a_snapshot() {
    let mut desk = Desk::live();
    let seq = desk.console.link.at.at().unwrap().seq;
    let check = |hash| ServerMessage::Check { seq, hash };
    let same = desk.console.office.hash();
    assert!(desk.hears(check(same)).is_empty());
    desk.console.office.calls.clear();
    assert!(desk.hears(check(same)).contains(&Effect::Resync(ResyncCause::Differs)));
    assert!(desk.hears(check(StateHash(1))).is_empty(), "it is asked once");
}

#[test]
fn a_gap_asks_for_a_snapshot_and_changes_nothing_meanwhile() {
    let mut desk = Desk::live();
    let gone = |seq| {
        ServerMessage::Delta(Delta { seq: Seq(seq), changes: vec![Change::CallGone(stage::call_id("talk"))] })
    };
    assert!(desk.hears(gone(9)).contains(&Effect::Resync(ResyncCause::Gap)));
    assert_eq!(desk.console.cards().len(), 1);
    assert_eq!(desk.console.light().lamp, Lamp::Connecting);
    assert!(!desk.hears(gone(10)).contains(&Effect::Resync(ResyncCause::Gap)), "it is asked once");
    desk.hears(stage::snapshot(20));
    assert_eq!(desk.console.light().lamp, Lamp::Live);
}

#[test]
fn a_result_stands_on_its_card_and_a_missing_one_is_told() {
    let mut desk = Desk::live();
    let id = desk.order_id(Event::Act(leg("talk"), CardAction::HangUp));
    let text = "The phone system refused. The caller is still on the line.".to_owned();
    desk.hears(ServerMessage::Result {
        id,
        outcome: Outcome::Failed { reason: Reason::Refused, text: text.clone() },
    });
    assert_eq!(desk.console.cards()[0].note.as_ref().unwrap().text, text);
    desk.order_id(Event::Act(leg("talk"), CardAction::HangUp));
    for _ in 0..16 {
        desk.tick(1_000);
    }
    assert!(desk.console.cards()[0].note.as_ref().unwrap().text.contains("has not answered"));
}

#[test]
fn a_double_click_calls_from_the_selected_extension() {
    let mut desk = Desk::live();
    desk.history();
    desk.does(Event::SelectExtension(Extension::parse("1099").unwrap()));
    let effects = desk.does(Event::CallBack(HistoryId(3)));
    let to = Number::parse("+4989555").unwrap();
    assert_eq!(orders(&effects), [&Command::Originate { from: Extension::parse("1099").unwrap(), to }]);
    assert!(orders(&desk.does(Event::CallBack(HistoryId(2)))).is_empty());
    let rows = desk.console.rows();
    assert!(rows[1].note.as_ref().unwrap().text.contains("\"0800-FLOWERS\" is not a number"), "letters");
    desk.does(Event::CallBack(HistoryId(1)));
    assert!(desk.console.rows()[2].note.as_ref().unwrap().text.contains("withheld"));
}

#[test]
fn the_history_pages_and_follows_the_selected_person() {
    let mut desk = Desk::live();
    desk.history();
    let now = desk.console.clock.local;
    desk.does(Event::Tick(Millis(now.0 + 300)));
    let effects = desk.does(Event::RowStep(Step::Last, 10));
    let Some(Effect::AskHistory(_, query)) = effects.iter().find(|e| matches!(e, Effect::AskHistory(..)))
    else {
        panic!("the last row asks for older ones: {effects:?}")
    };
    assert_eq!(query.before, Some(HistoryId(1)));
    let effects = desk.does(Event::ChooseTile(person("bob")));
    assert!(matches!(&effects[..], [Effect::AskHistory(_, query)] if query.person == Some(person("bob"))));
    assert_eq!(desk.console.history_title(), "History of Bob Baker");
    let stray = CommandId::parse("another").unwrap();
    desk.hears(ServerMessage::History { id: stray, page: stage::page() });
    assert!(desk.console.rows().is_empty(), "an answer to a question that is no longer open");
}

#[test]
fn the_search_folds_accents_and_finds_numbers_and_departments() {
    let mut desk = Desk::live();
    let mut found = |text: &str| {
        desk.does(Event::Search(text.into()));
        desk.console.tiles().into_iter().map(|tile| tile.name).collect::<Vec<_>>()
    };
    assert_eq!(found("diaz"), ["Carla Díaz"]);
    assert_eq!(found("1002"), ["Bob Baker"]);
    for number in ["+49170", "0049170", "9170", "004"] {
        assert_eq!(found(number), ["Bob Baker"], "{number}");
    }
    assert!(found("0170").is_empty());
    assert_eq!(found("support"), ["Carla Díaz"]);
    assert_eq!(found("bob sales"), ["Bob Baker"]);
    assert_eq!(found(""), ["Bob Baker", "Carla Díaz"], "the viewer's own tile is not among the others");
}

#[test]
fn a_tile_reads_out_all_that_it_shows() {
    let mut desk = Desk::live();
    desk.change(stage::ringing_bob());
    let tile = &desk.console.tiles()[0];
    assert_eq!(tile.label, "Bob Baker, 1002, Ringing, Anna 5551234, another call on hold, 2 new messages");
    assert_eq!(tile.status, Status::Ringing);
}

#[test]
fn a_refused_login_says_why_and_a_new_one_forgets_the_last_office() {
    let mut desk = Desk::live();
    let gone = Message::Connection {
        state: Connection::Login,
        text: Some("Your session ended.".into()),
        since: None,
        server: None,
        user: Some("anna".into()),
    };
    desk.does(Event::Message(gone));
    assert!(desk.console.needs_login());
    assert!(desk.console.cards().is_empty() && desk.console.tiles().is_empty());
    assert_eq!(desk.console.login.error.as_deref(), Some("Your session ended."));
    assert_eq!(desk.console.settings.user, "anna");
}
