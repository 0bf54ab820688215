//! Whoever waits in a queue or a parking space is shown there as what they are now, whatever else is told of them.

use super::{fields, office};
use crate::sound::drawn;
use crate::switchboard::Switchboard;
use frontdesk_protocol::{LotName, Millis, QueueName};

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
