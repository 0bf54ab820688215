//! When the history is read: not before the server takes questions, and again whenever rows may have been missed.

use crate::stage::{self, Desk};
use frontdesk_console::{Effect, Event, Step};
use frontdesk_protocol::{
    CommandId, HistoryId, HistoryPage, HistoryQuery, Millis, Outcome, Reason, ServerMessage,
};

fn asked(effects: &[Effect]) -> Option<(&CommandId, &HistoryQuery)> {
    effects.iter().find_map(|effect| match effect {
        Effect::AskHistory(id, query) => Some((id, query)),
        _ => None,
    })
}

fn ids(desk: &Desk) -> Vec<i64> {
    desk.console.rows().iter().map(|row| row.id.0).collect()
}

#[test]
fn the_history_is_asked_for_after_the_snapshot_and_at_once_where_none_follows() {
    let mut desk = Desk::live();
    assert_eq!(asked(&desk.hears(stage::ready(false))), None, "the core takes no question yet");
    assert!(asked(&desk.hears(stage::snapshot(7))).is_some());
    assert!(asked(&desk.hears(stage::ready(true))).is_some(), "no snapshot follows");
}

#[test]
fn a_snapshot_reads_the_same_person_s_rows_again_and_keeps_them_until_they_come() {
    let mut desk = Desk::live();
    desk.does(Event::ChooseTile(stage::person("bob")));
    desk.history();
    desk.does(Event::RowStep(Step::Last, 10));
    let effects = desk.hears(stage::snapshot(30));
    let (id, query) = asked(&effects).unwrap();
    assert_eq!((query.person.clone(), query.before), (Some(stage::person("bob")), None));
    assert_eq!(ids(&desk), [3, 2, 1], "nothing flickers");
    let newer = HistoryPage { entries: vec![stage::row(9, Some("1")), stage::row(3, None)], more: true };
    desk.hears(ServerMessage::History { id: id.clone(), page: newer });
    assert_eq!(ids(&desk), [9, 3]);
    assert!(desk.console.rows().iter().any(|row| row.tab), "Tab reaches a row that is there");
}

#[test]
fn a_row_that_is_added_while_the_rows_are_read_is_not_lost() {
    let mut desk = Desk::live();
    desk.hears(ServerMessage::HistoryAdded { entry: stage::row(4, Some("0123")) });
    desk.history();
    assert_eq!(ids(&desk), [4, 3, 2, 1]);
}

#[test]
fn a_refused_history_says_so_and_is_read_with_the_next_snapshot() {
    let mut desk = Desk::live();
    let (id, _) = desk.console.history.asked.clone().unwrap();
    let text = "The history is busy.".to_owned();
    desk.hears(ServerMessage::Result { id, outcome: Outcome::Failed { reason: Reason::Timeout, text } });
    assert!(desk.console.history.error.as_ref().unwrap().ends_with("The history is busy."));
    desk.hears(stage::snapshot(8));
    desk.history();
    assert_eq!((desk.console.history.error.as_ref(), ids(&desk)), (None, vec![3, 2, 1]));
    assert_eq!(desk.console.rows()[0].id, HistoryId(3));
}

#[test]
fn a_long_call_stands_where_it_began_and_older_ones_are_asked_for_by_their_numbers() {
    let mut desk = Desk::live();
    let (id, _) = desk.console.history.asked.clone().unwrap();
    let mut long = stage::row(9, Some("1"));
    let (mut second, third) = (stage::row(8, Some("2")), stage::row(7, Some("3")));
    long.started = Millis(third.started.0 + 1_000);
    second.started = Millis(third.started.0 + 2_000);
    let page = HistoryPage { entries: vec![long, second, third], more: true };
    desk.hears(ServerMessage::History { id, page });
    assert_eq!(ids(&desk), [8, 9, 7], "the one that ended last had begun before");
    let effects = desk.does(Event::OlderHistory);
    assert_eq!(asked(&effects).map(|(_, query)| query.before), Some(Some(HistoryId(7))));
}
