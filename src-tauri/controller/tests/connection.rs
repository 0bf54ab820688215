//! Snapshot, deltas, gaps, silence, coming back; and orders meanwhile.

use super::desk::{Desk, beat, delta, ready, ringing_call, snapshot};
use crate::connection::Fault;
use crate::event::{Event, View};
use crate::report::Condition;
use frontdesk_protocol::{
    Change, ClientMessage, Command, CommandId, LegId, Millis, Office, Outcome, PbxLink, Resume, ResyncCause,
    Seq, ServerMessage,
};
use serde_json::Value;

fn order(desk: &mut Desk, id: &str) {
    let command = Command::HangUp { leg: LegId::parse("l1").unwrap(), grace: false };
    desk.takes(Event::Order { id: CommandId::parse(id).unwrap(), command });
}

fn results(desk: &Desk) -> Vec<&Value> {
    let told = desk.done.told.iter().map(|told| &told["message"]);
    told.filter(|message| message["type"] == "result").collect()
}

#[test]
fn online_is_said_only_when_the_facts_are_there() {
    let mut desk = Desk::opening();
    desk.connects("e1", false);
    assert_eq!(desk.condition(), Condition::Connecting);
    desk.hears(snapshot("e1", 4));
    assert_eq!(desk.condition(), Condition::Online);
    assert_eq!(desk.told(), ["ready", "snapshot"]);
    assert_eq!(desk.text(), "", "a good connection needs no words");
}

#[test]
fn a_page_that_loads_late_is_told_everything_first() {
    let mut desk = Desk::online();
    desk.hears(delta(1, [Change::Call(ringing_call("c1"))]));
    desk.hears(ServerMessage::Notice { text: Some("The history cannot be saved.".into()) });
    desk.done.told.clear();
    desk.takes(Event::Subscribed(View::new(|_| {})));
    assert_eq!(desk.told(), ["ready", "snapshot", "notice"]);
    let snapshot = &desk.done.told[1]["message"];
    assert_eq!(snapshot["seq"], 1);
    assert!(snapshot["office"]["calls"]["c1"].is_object());
    let read = ServerMessage::read(&snapshot.to_string()).unwrap();
    assert!(matches!(read, ServerMessage::Snapshot { .. }));
    let ready = ServerMessage::read(&desk.done.told[0]["message"].to_string()).unwrap();
    assert!(matches!(ready, ServerMessage::Ready { resumed: false, .. }));
    assert_eq!(desk.done.told[3]["state"], "online");
}

#[test]
fn a_retold_clock_goes_on_with_the_server() {
    let mut desk = Desk::online();
    desk.waits(500);
    desk.done.told.clear();
    desk.takes(Event::Resync);
    assert_eq!(desk.done.told[0]["message"]["now"], 2_000_500);
}

#[test]
fn a_gap_asks_for_one_snapshot_and_the_view_sees_no_wrong_delta() {
    let mut desk = Desk::online();
    desk.hears(delta(1, []));
    desk.hears(delta(3, [Change::Call(ringing_call("c1"))]));
    desk.hears(delta(4, []));
    let resyncs = desk
        .done
        .sent
        .iter()
        .filter(|sent| **sent == ClientMessage::Resync { why: ResyncCause::Gap })
        .count();
    assert_eq!(resyncs, 1);
    assert_eq!(desk.told(), ["ready", "snapshot", "delta"]);
    desk.hears(snapshot("e1", 4));
    desk.hears(delta(5, []));
    assert_eq!(desk.told()[3..], ["snapshot", "delta"]);
}

#[test]
fn a_beat_that_is_ahead_uncovers_a_lost_delta() {
    let mut desk = Desk::online();
    desk.hears(beat(0));
    assert!(!desk.done.sent.contains(&ClientMessage::Resync { why: ResyncCause::Gap }));
    desk.hears(beat(1));
    assert!(desk.done.sent.contains(&ClientMessage::Resync { why: ResyncCause::Gap }));
}

#[test]
fn a_replica_that_differs_from_the_server_is_found_and_healed() {
    let mut desk = Desk::online();
    let office = Office { link: PbxLink::Up { since: Millis(1) }, ..Office::default() };
    desk.hears(ServerMessage::Check { seq: Seq(0), hash: office.hash() });
    assert!(desk.done.sent.is_empty());
    // What the server has since is not what was told here.
    desk.hears(delta(1, []));
    let mut theirs = office.clone();
    theirs.apply(Change::Call(ringing_call("c1")));
    let check = |seq| ServerMessage::Check { seq: Seq(seq), hash: theirs.hash() };
    desk.hears(check(1));
    assert_eq!(desk.done.sent, [ClientMessage::Resync { why: ResyncCause::Differs }]);
    desk.hears(delta(2, []));
    let (epoch, now) = ("e1".try_into().unwrap(), Millis(2_000_000));
    let office = theirs.clone().into();
    desk.hears(ServerMessage::Snapshot { epoch, seq: Seq(2), now, office });
    desk.hears(check(2));
    assert_eq!(desk.done.sent.len(), 1);
    assert_eq!(desk.done.tray.as_ref().unwrap().icon, crate::menu::Icon::Ringing);
    assert_eq!(desk.told(), ["ready", "snapshot", "check", "delta", "snapshot", "check"]);
}

#[test]
fn a_delta_that_comes_twice_is_applied_once() {
    let mut desk = Desk::online();
    desk.hears(delta(1, []));
    desk.hears(delta(1, []));
    assert_eq!(desk.told(), ["ready", "snapshot", "delta"]);
}

#[test]
fn three_seconds_of_silence_are_said_at_once_and_the_desk_comes_back_where_it_was() {
    let mut desk = Desk::online();
    desk.hears(delta(1, []));
    desk.waits(2_999);
    assert_eq!(desk.condition(), Condition::Online);
    desk.waits(1);
    assert_eq!(desk.condition(), Condition::Offline);
    assert!(desk.text().contains("3 seconds") && desk.text().contains("last known"), "{}", desk.text());
    desk.waits(500);
    assert_eq!(desk.done.opened.len(), 2);
    assert_eq!(desk.done.opened[1].1, Some(Resume { epoch: "e1".try_into().unwrap(), seq: Seq(1) }));
    desk.connects("e1", true);
    assert_eq!(desk.condition(), Condition::Online);
    desk.hears(delta(2, []));
    assert_eq!(desk.told().last().unwrap(), "delta");
}

#[test]
fn beats_keep_a_quiet_connection_alive_and_are_answered_by_signs_of_life() {
    let mut desk = Desk::online();
    for _ in 0..10 {
        desk.waits(1_000);
        desk.hears(beat(0));
    }
    assert_eq!(desk.condition(), Condition::Online);
    assert_eq!(desk.done.sent.iter().filter(|sent| **sent == ClientMessage::Beat).count(), 10);
}

#[test]
fn a_new_epoch_voids_what_was_known() {
    let mut desk = Desk::online();
    desk.loses(Fault::Broken);
    desk.waits(1_000);
    desk.connects("e2", false);
    desk.hears(delta(1, []));
    assert_eq!(desk.told(), ["ready", "snapshot", "ready"], "a delta before the snapshot is not for us");
    desk.hears(snapshot("e2", 7));
    assert_eq!(desk.condition(), Condition::Online);
}

#[test]
fn an_epoch_that_was_never_known_cannot_be_resumed() {
    let mut desk = Desk::opening();
    desk.takes(Event::Opened { attempt: desk.attempt() });
    desk.hears(ready("e9", true));
    assert!(desk.done.sent.contains(&ClientMessage::Resync { why: ResyncCause::Gap }));
}

#[test]
fn the_waits_between_attempts_grow_and_the_time_of_the_loss_stays() {
    let mut desk = Desk::online();
    desk.loses(Fault::Broken);
    let lost = desk.controller.shown.report.since;
    let mut waits = Vec::new();
    for _ in 0..8 {
        let wait = desk.controller.wake().unwrap() - desk.now.at;
        waits.push(wait);
        desk.waits(u64::try_from(wait.as_millis()).unwrap() + 1);
        desk.loses(Fault::Refused { server: "pbx.example:8090".into() });
    }
    assert!(waits[0].as_millis() <= 500, "{waits:?}");
    assert!(waits[3..].iter().all(|wait| (1_250..=2_500).contains(&wait.as_millis())), "{waits:?}");
    assert_eq!(desk.controller.shown.report.since, lost);
    assert!(desk.text().contains("nothing listens there"), "{}", desk.text());
}

#[test]
fn what_an_older_connection_still_says_is_not_heard() {
    let mut desk = Desk::online();
    let old = desk.attempt();
    desk.loses(Fault::Broken);
    desk.waits(1_000);
    desk.takes(Event::Lost { attempt: old, fault: Fault::SessionEnded });
    assert_eq!(desk.condition(), Condition::Offline);
    let message = delta(1, []);
    let text = serde_json::to_string(&message).unwrap();
    desk.takes(Event::Received { attempt: old, message: Box::new(message), text });
    assert_eq!(desk.told(), ["ready", "snapshot"]);
}

#[test]
fn an_order_is_sent_once_and_its_result_reaches_the_view() {
    let mut desk = Desk::online();
    order(&mut desk, "o1");
    assert_eq!(desk.done.sent.len(), 1);
    let outcome = Outcome::Done { text: "Hung up.".into() };
    desk.hears(ServerMessage::Result { id: CommandId::parse("o1").unwrap(), outcome });
    assert_eq!(results(&desk)[0]["outcome"]["outcome"], "done");
    desk.loses(Fault::Broken);
    assert_eq!(results(&desk).len(), 1, "what was answered is not answered again");
}

#[test]
fn an_order_without_a_connection_is_refused_with_a_sentence_and_never_sent_later() {
    let mut desk = Desk::online();
    desk.loses(Fault::Broken);
    order(&mut desk, "o1");
    let refused = results(&desk)[0].clone();
    assert_eq!(refused["id"], "o1");
    assert_eq!(refused["outcome"]["reason"], "noLink");
    desk.waits(1_000);
    desk.connects("e1", true);
    assert!(desk.done.sent.is_empty());
}

#[test]
fn an_order_whose_answer_is_lost_is_not_called_done_or_failed() {
    let mut desk = Desk::online();
    order(&mut desk, "o1");
    desk.waits(3_000);
    assert_eq!(results(&desk)[0]["outcome"]["reason"], "timeout");
}

#[test]
fn a_server_that_stops_says_when_to_come_back() {
    let mut desk = Desk::online();
    let text = "The server is being restarted.".to_owned();
    desk.hears(ServerMessage::Bye { text, again: true, after_ms: Some(2_400) });
    let opened = desk.done.opened.len();
    desk.waits(2_399);
    assert_eq!(desk.done.opened.len(), opened, "not before");
    desk.waits(1);
    assert_eq!(desk.done.opened.len(), opened + 1);
    let text = "Much later.".to_owned();
    desk.connects("e1", true);
    desk.hears(ServerMessage::Bye { text, again: true, after_ms: Some(u32::MAX) });
    desk.waits(60_000);
    assert_eq!(desk.done.opened.len(), opened + 2, "nobody is sent away for weeks");
}

#[test]
fn a_farewell_decides_whether_the_desk_comes_back() {
    let mut desk = Desk::online();
    let text = "The server is being restarted.".to_owned();
    desk.hears(ServerMessage::Bye { text, again: true, after_ms: None });
    assert_eq!(desk.condition(), Condition::Offline);
    assert!(desk.text().starts_with("The server is being restarted."), "{}", desk.text());
    desk.waits(1_000);
    desk.connects("e1", true);
    let text = "Your account was disabled.".to_owned();
    desk.hears(ServerMessage::Bye { text, again: false, after_ms: None });
    assert_eq!((desk.condition(), desk.text()), (Condition::Login, "Your account was disabled."));
    assert_eq!(desk.done.forgotten, 0, "only a session that is known to be over is forgotten");
}
