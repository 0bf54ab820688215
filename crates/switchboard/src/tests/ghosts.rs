//! Events that were lost: what they would have ended is gone within a minute, what they would have begun is there.

use super::{Entry, Fields, fields, office, parse, recording, told};
use crate::orders::Order;
use crate::switchboard::Switchboard;
use frontdesk_protocol::{Millis, Status};

/// An internal call of 1001 and 1002 that talks, and whose end is never told.
fn ghost() -> (Switchboard, Vec<Fields>) {
    let mut board = office();
    let mut channels = Vec::new();
    for entry in parse(&recording("a_internal.frontdesk")) {
        let Entry::Came(at, packet) = entry else { continue };
        if matches!(packet.raw("Event"), "HangupRequest" | "BridgeLeave") {
            break;
        }
        if packet.raw("Event") == "BridgeEnter" {
            channels.push(packet.clone());
        }
        board.packet(&packet, Millis(at));
    }
    board.tick(Millis(3_000));
    told(&mut board, 3_000);
    assert_eq!((lamp(&board, "1001"), lamp(&board, "1002")), (Status::Inside, Status::Inside));
    assert_eq!(channels.len(), 2);
    (board, channels)
}

fn lamp(board: &Switchboard, extension: &str) -> Status {
    board.office().extensions[extension].status
}

/// Moves time to the next look, and answers it with these channels; gives when that was.
fn look(board: &mut Switchboard, channels: &[Fields]) -> Millis {
    board.sent.clear();
    let due = board.audit.due().expect("a look is due");
    board.tick(due);
    let asked = board.sent.iter().find(|(_, order)| *order == Order::List("CoreShowChannels"));
    let id = asked.expect("the channels are asked for").0.clone();
    board.packet(&fields(&format!("Response: Success\nActionID: {id}\nEventList: start")), due);
    for channel in channels {
        let mut item = channel.clone();
        item.0.retain(|(key, _)| key != "Event");
        item.0.insert(0, ("Event".into(), "CoreShowChannel".into()));
        item.0.push(("BridgeId".into(), channel.raw("BridgeUniqueid").into()));
        item.0.push(("ActionID".into(), id.clone()));
        board.packet(&item, due);
    }
    board.packet(
        &fields(&format!("Event: CoreShowChannelsComplete\nActionID: {id}\nEventList: Complete")),
        due,
    );
    board.tick(due.plus(1_000));
    due
}

#[test]
fn a_call_whose_end_was_never_told_is_gone_within_a_minute() {
    let (mut board, _) = ghost();
    look(&mut board, &[]);
    assert_eq!(board.office().calls.len(), 1, "it may only have overtaken the news");
    let when = look(&mut board, &[]);
    assert!(when <= Millis(60_000), "{when:?}");
    assert!(board.office().calls.is_empty() && board.model.channels.is_empty());
    assert_eq!((lamp(&board, "1001"), lamp(&board, "1002")), (Status::Free, Status::Free));
    let text = told(&mut board, 0);
    assert_eq!(text.matches("history").count(), 2, "{text}");
}

#[test]
fn a_call_that_the_pbx_has_stays() {
    let (mut board, channels) = ghost();
    let before = board.office().clone();
    for _ in 0..5 {
        look(&mut board, &channels);
        assert_eq!(*board.office(), before);
    }
    look(&mut board, &[]);
    look(&mut board, &channels);
    look(&mut board, &[]);
    assert_eq!(*board.office(), before, "only twice in a row counts");
}

#[test]
fn half_a_call_that_is_gone_takes_only_that_half() {
    let (mut board, channels) = ghost();
    look(&mut board, &channels[..1]);
    look(&mut board, &channels[..1]);
    assert_eq!(board.model.channels.len(), 1);
    assert!(board.model.channels.contains_key(channels[0].raw("Uniqueid")));
}

#[test]
fn a_channel_whose_beginning_was_never_told_appears() {
    let (mut board, channels) = ghost();
    let mut other = channels[0].clone();
    for (key, value) in &mut other.0 {
        match key.as_str() {
            "Channel" => *value = "PJSIP/1003-000000aa".into(),
            "Uniqueid" | "Linkedid" => *value = "1795487999.1".into(),
            "BridgeUniqueid" => value.clear(),
            _ => {}
        }
    }
    look(&mut board, &[channels[0].clone(), channels[1].clone(), other]);
    assert_eq!((board.office().calls.len(), lamp(&board, "1003")), (2, Status::Inside));
}

#[test]
fn a_list_that_is_refused_or_does_not_end_takes_nothing() {
    let (mut board, _) = ghost();
    for answer in ["Response: Error\nMessage: Permission denied", "Response: Success\nEventList: start"] {
        for _ in 0..4 {
            board.sent.clear();
            let due = board.audit.due().unwrap();
            board.tick(due);
            let id = board.sent[0].0.clone();
            board.packet(&fields(&format!("{answer}\nActionID: {id}")), due);
        }
    }
    assert_eq!(board.office().calls.len(), 1);
}

#[test]
fn an_office_without_calls_is_left_alone() {
    let mut board = office();
    board.sent.clear();
    assert_eq!(board.deadline(), None);
    board.tick(Millis(600_000));
    assert!(board.sent.is_empty(), "{:?}", board.sent);
}
