//! When the history is read: not before the server takes questions, and again whenever rows may have been missed.

use crate::stage::{self, Desk};
use frontdesk_console::{Effect, Event, Focus, Step};
use frontdesk_protocol::{
    CommandId, HistoryId, HistoryPage, HistoryQuery, Millis, Outcome, Reason, ServerMessage,
};

fn asked(effects: &[Effect]) -> Option<(&CommandId, &HistoryQuery)> {
    effects.iter().find_map(|effect| match effect {
        Effect::AskHistory(id, query) => Some((id, query)),
        _ => None,
    })
}

fn later(desk: &mut Desk) -> Vec<Effect> {
    after(desk, 300)
}

fn after(desk: &mut Desk, ms: i64) -> Vec<Effect> {
    let now = desk.console.clock.local;
    desk.does(Event::Tick(Millis(now.0 + ms)))
}

fn focused(effects: &[Effect]) -> Option<&Focus> {
    effects.iter().find_map(|effect| match effect {
        Effect::Focus(focus) => Some(focus),
        _ => None,
    })
}

/// An open search for `text`, and the name of its question.
fn searching(text: &str) -> (Desk, CommandId) {
    let mut desk = Desk::live();
    desk.history();
    later(&mut desk);
    let effects = desk.does(Event::SearchHistory(text.into()));
    let (id, _) = asked(&effects).unwrap();
    let id = id.clone();
    (desk, id)
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
    later(&mut desk);
    let effects = desk.does(Event::OlderHistory);
    assert_eq!(asked(&effects).map(|(_, query)| query.before), Some(Some(HistoryId(7))));
}

#[test]
fn a_search_asks_for_rows_with_its_words_also_for_the_older_ones() {
    let mut desk = Desk::live();
    desk.history();
    later(&mut desk);
    let effects = desk.does(Event::SearchHistory(" roe 0123 ".into()));
    let (id, query) = asked(&effects).unwrap();
    assert_eq!((query.text.as_deref(), query.before), (Some("roe 0123"), None));
    let page =
        HistoryPage { entries: vec![stage::row(3, Some("0123")), stage::row(2, Some("0123"))], more: true };
    desk.hears(ServerMessage::History { id: id.clone(), page });
    assert_eq!((ids(&desk), &*desk.console.said.polite.text), (vec![3, 2], "2 calls found, and more"));
    later(&mut desk);
    let effects = desk.does(Event::OlderHistory);
    let (_, query) = asked(&effects).unwrap();
    assert_eq!((query.text.as_deref(), query.before), (Some("roe 0123"), Some(HistoryId(2))));
    // A page that replaces the rows, because a snapshot came, is asked for with the same words.
    let effects = desk.hears(stage::snapshot(9));
    assert_eq!(asked(&effects).and_then(|(_, query)| query.text.as_deref()), Some("roe 0123"));
    // Whoever looks at somebody else's looks at all of them.
    let effects = desk.does(Event::ShowHistory(Some(stage::person("bob"))));
    assert_eq!(asked(&effects).map(|(_, query)| query.text.clone()), Some(None));
    assert_eq!(desk.console.history.search, "");
}

#[test]
fn a_fast_typist_has_one_question_open_and_sees_only_rows_with_all_that_was_typed() {
    let mut desk = Desk::live();
    desk.history();
    later(&mut desk);
    let first = desk.does(Event::SearchHistory("r".into()));
    let (id, _) = asked(&first).unwrap();
    for typed in ["ro", "roe"] {
        assert_eq!(asked(&desk.does(Event::SearchHistory(typed.into()))), None, "one is on its way");
    }
    let page = HistoryPage { entries: vec![stage::row(8, Some("1"))], more: false };
    let effects = desk.hears(ServerMessage::History { id: id.clone(), page });
    assert_eq!(ids(&desk), [3, 2, 1], "rows with an R only are not what stands in the field");
    assert_eq!(asked(&effects), None, "not at once");
    assert_eq!(asked(&desk.does(Event::OlderHistory)), None, "rows with other words do not follow these");
    let effects = later(&mut desk);
    let (id, query) = asked(&effects).unwrap();
    assert_eq!((query.text.as_deref(), query.before), (Some("roe"), None));
    desk.hears(ServerMessage::History { id: id.clone(), page: HistoryPage { entries: vec![], more: false } });
    assert_eq!((ids(&desk), &*desk.console.said.polite.text), (vec![], "No call found"));
    // Typed and taken back before the answer: no second question.
    desk.does(Event::SearchHistory(String::new()));
    let effects = later(&mut desk);
    assert_eq!(asked(&effects).map(|(_, query)| query.text.clone()), Some(None));
    desk.does(Event::SearchHistory("x".into()));
    desk.does(Event::SearchHistory(String::new()));
    let (id, _) = desk.console.history.asked.clone().unwrap();
    desk.hears(ServerMessage::History { id, page: stage::page() });
    assert_eq!((asked(&later(&mut desk)), ids(&desk)), (None, vec![3, 2, 1]));
}

#[test]
fn a_row_that_comes_while_one_searches_is_looked_at_by_the_server() {
    let mut desk = Desk::live();
    desk.history();
    later(&mut desk);
    let effects = desk.does(Event::SearchHistory("roe".into()));
    let (id, _) = asked(&effects).unwrap();
    let added = || ServerMessage::HistoryAdded { entry: stage::row(9, Some("0555")) };
    assert_eq!(asked(&desk.hears(added())), None, "the open question is followed by another one");
    let found = || HistoryPage { entries: vec![stage::row(2, Some("0123"))], more: false };
    desk.hears(ServerMessage::History { id: id.clone(), page: found() });
    let effects = later(&mut desk);
    let (id, query) = asked(&effects).unwrap();
    assert_eq!(query.text.as_deref(), Some("roe"));
    desk.hears(ServerMessage::History { id: id.clone(), page: found() });
    assert_eq!(ids(&desk), [2], "it has other words");
    desk.hears(added());
    assert!(asked(&later(&mut desk)).is_some());
}

#[test]
fn who_types_as_fast_as_the_answers_come_asks_far_less_than_a_desk_may() {
    let mut desk = Desk::live();
    desk.history();
    later(&mut desk);
    let (mut questions, began) = (0, desk.console.clock.local);
    let mut open = None;
    for letters in 1..=100 {
        // The page tells the time with each event.
        let mut effects = after(&mut desk, 20);
        effects.extend(desk.does(Event::SearchHistory("x".repeat(letters))));
        if let Some(id) = open.take() {
            let page = HistoryPage { entries: vec![], more: false };
            effects.extend(desk.hears(ServerMessage::History { id, page }));
        }
        open = asked(&effects).map(|(id, _)| id.clone());
        questions += usize::from(open.is_some());
    }
    assert_eq!(desk.console.clock.local.since(began), 2_000);
    assert!((6..=7).contains(&questions), "{questions} in two seconds");
    // The clock is put back: the next question is not held for as long.
    desk.does(Event::SearchHistory("y".into()));
    if let Some(id) = open {
        desk.hears(ServerMessage::History { id, page: HistoryPage { entries: vec![], more: false } });
    }
    let effects = after(&mut desk, -3_600_000);
    assert_eq!(asked(&effects).and_then(|(_, query)| query.text.as_deref()), Some("y"));
}

#[test]
fn enter_in_the_search_waits_for_the_rows_that_are_searched_for() {
    let (mut desk, id) = searching("roe");
    assert_eq!(focused(&desk.does(Event::FirstRow)), None, "the rows that are there have other words");
    let found = || HistoryPage { entries: vec![stage::row(2, Some("0123"))], more: false };
    let effects = desk.hears(ServerMessage::History { id, page: found() });
    assert_eq!(focused(&effects), Some(&Focus::Row(HistoryId(2))));
    assert_eq!(focused(&desk.does(Event::FirstRow)), Some(&Focus::Row(HistoryId(2))), "they are there now");

    // Who types on is not taken out of the field.
    let (mut desk, id) = searching("ro");
    desk.does(Event::FirstRow);
    desk.does(Event::SearchHistory("roe".into()));
    assert_eq!(focused(&desk.hears(ServerMessage::History { id, page: found() })), None);
    let effects = later(&mut desk);
    let (id, _) = asked(&effects).unwrap();
    assert_eq!(focused(&desk.hears(ServerMessage::History { id: id.clone(), page: found() })), None);
}

#[test]
fn a_row_that_comes_while_one_scrolls_in_a_search_takes_nothing_away() {
    let (mut desk, id) = searching("roe");
    let some = |ids: [i64; 2], more| HistoryPage { entries: ids.map(|id| stage::row(id, None)).into(), more };
    desk.hears(ServerMessage::History { id, page: some([8, 7], true) });
    assert_eq!(asked(&desk.does(Event::OlderHistory)), None, "not at once");
    let effects = later(&mut desk);
    let (id, query) = asked(&effects).unwrap();
    assert_eq!(query.before, Some(HistoryId(7)), "but without another turn of the wheel");
    desk.hears(ServerMessage::HistoryAdded { entry: stage::row(9, None) });
    desk.hears(ServerMessage::History { id: id.clone(), page: some([6, 5], true) });
    assert_eq!(ids(&desk), [8, 7, 6, 5], "the older ones are not dropped");
    let effects = later(&mut desk);
    let (id, query) = asked(&effects).unwrap();
    assert_eq!((query.text.as_deref(), query.before), (Some("roe"), None));
    let said = desk.console.said.polite.clone();
    desk.hears(ServerMessage::History { id: id.clone(), page: some([9, 8], true) });
    assert_eq!((ids(&desk), desk.console.said.polite.clone()), (vec![9, 8, 7, 6, 5], said));
    later(&mut desk);
    let effects = desk.does(Event::OlderHistory);
    assert_eq!(asked(&effects).and_then(|(_, query)| query.before), Some(HistoryId(5)));
}
