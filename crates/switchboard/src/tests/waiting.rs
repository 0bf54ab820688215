//! Whoever waits in a queue or a parking space is shown there as what they are now, whatever else is told of them; a
//! channel that gets another name is at the lamp of that name; and what a caller dialled is shown as one line.

use super::{fields, office};
use crate::sound::{drawn, sound};
use crate::switchboard::Switchboard;
use frontdesk_protocol::{Extension, LotName, Millis, Office, QueueName};

fn take(board: &mut Switchboard, event: &str, more: &str) {
    board.packet(&fields(&format!("Event: {event}\n{more}")), Millis(1_000));
    drawn(board, Millis(1_000));
}

fn caller(prefix: &str, name: &str) -> String {
    let lines = [
        "Channel: PJSIP/trunk-01",
        "ChannelState: 6",
        "CallerIDNum: 030123456",
        "Uniqueid: 1.1",
        "Linkedid: 1.1",
    ];
    let lines: String = lines.iter().map(|line| format!("{prefix}{line}\n")).collect();
    format!("{lines}{prefix}CallerIDName: {name}\n")
}

#[test]
fn a_caller_who_is_named_while_they_wait_is_shown_by_that_name() {
    let mut board = office();
    take(&mut board, "Newchannel", &caller("", "<unknown>"));
    take(&mut board, "QueueCallerJoin", &format!("Queue: sales\nPosition: 1\n{}", caller("", "<unknown>")));
    take(&mut board, "NewCallerid", &caller("", "Ms Visitor"));
    let queue = &board.office().queues[&QueueName::parse("sales").unwrap()];
    assert_eq!(queue.waiting[0].party.name.as_deref(), Some("Ms Visitor"));
    take(&mut board, "QueueCallerLeave", &format!("Queue: sales\n{}", caller("", "Ms Visitor")));
    let parked = "Parkinglot: default\nParkingSpace: 701\nParkingTimeout: 45\nParkingDuration: 0\n";
    take(&mut board, "ParkedCall", &format!("{parked}{}", caller("Parkee", "Ms Visitor")));
    take(&mut board, "NewCallerid", &caller("", "Mr Visitor"));
    let lot = &board.office().lots[&LotName::parse("default").unwrap()];
    assert_eq!(lot.parked[0].party.name.as_deref(), Some("Mr Visitor"));
}

#[test]
fn a_channel_that_is_renamed_is_at_the_lamp_of_its_new_name_and_of_no_other() {
    let mut board = office();
    take(
        &mut board,
        "Newchannel",
        "Channel: PJSIP/1001-01\nChannelState: 4\nCallerIDNum: 1001\nExten: 5551234\nUniqueid: 1.1",
    );
    take(&mut board, "Rename", "Channel: PJSIP/1001-01\nNewname: PJSIP/1077-02\nUniqueid: 1.1");
    sound(&board);
    let lamp = |extension: &str| &board.office().extensions[&Extension::parse(extension).unwrap()];
    assert_eq!(lamp("1077").leg.as_ref().map(|leg| leg.as_str()), Some("1.1"));
    assert_eq!(lamp("1001").leg, None);
    take(&mut board, "Rename", "Channel: PJSIP/1077-02\nNewname: PJSIP/1001-03\nUniqueid: 1.1");
    take(&mut board, "Hangup", "Channel: PJSIP/1001-03\nUniqueid: 1.1\nCause: 16");
    crate::sound::empty(&board);
}

#[test]
fn what_a_caller_dialled_is_shown_as_one_line() {
    let mut board = office();
    let caller = "Channel: PJSIP/1001-01\nChannelState: 4\nCallerIDNum: 1001\nExten: \u{202e}5551234\u{7}<b>\nUniqueid: 1.1";
    take(&mut board, "Newchannel", caller);
    let told = serde_json::to_string(board.office()).unwrap();
    assert!(told.contains("5551234") && !told.contains('\u{202e}') && !told.contains("\\u0007"), "{told}");
    assert_eq!(
        &serde_json::from_str::<Office>(&told).unwrap(),
        board.office(),
        "a desk is told another office"
    );
}
