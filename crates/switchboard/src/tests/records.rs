//! Which rows the history gets of calls that come to one extension more than once.

use super::{fields, office, pass, told};
use crate::switchboard::Switchboard;
use frontdesk_protocol::Millis;

const CALLER: &str =
    "Channel: PJSIP/trunk-01\nCallerIDNum: 030123456\nExten: 600\nUniqueid: 1.1\nLinkedid: 1.1";

/// A channel of a phone of 1001 in the caller's call.
fn phone(n: u32) -> String {
    format!(
        "Channel: PJSIP/1001-{n:02}\nCallerIDNum: 1001\nConnectedLineNum: 030123456\nUniqueid: 1.{n}\nLinkedid: 1.1"
    )
}

/// A board with a clock, and what it told.
struct Played {
    board: Switchboard,
    text: String,
}

impl Played {
    fn begin() -> Self {
        let mut played = Self { board: office(), text: String::new() };
        played.event(0, "Newchannel", &format!("ChannelState: 4\n{CALLER}"));
        played
    }

    fn event(&mut self, at: i64, kind: &str, rest: &str) {
        self.text.push_str(&pass(&mut self.board, at));
        self.board.packet(&fields(&format!("Event: {kind}\n{rest}")), Millis(at));
        self.text.push_str(&told(&mut self.board, at));
    }

    fn dial(&mut self, at: i64, kind: &str, n: u32, status: &str) {
        let dest = phone(n).replace('\n', "\nDest");
        let rest =
            format!("DialStatus: {status}\nChannelState: 4\n{CALLER}\nDestChannelState: 5\nDest{dest}");
        self.event(at, kind, &rest);
    }

    fn ring(&mut self, at: i64, n: u32) {
        self.event(at, "Newchannel", &format!("ChannelState: 5\n{}", phone(n)));
        self.dial(at, "DialBegin", n, "");
    }

    fn take(&mut self, at: i64, n: u32) {
        self.dial(at, "DialEnd", n, "ANSWER");
        for channel in [CALLER, &phone(n)] {
            self.event(at, "BridgeEnter", &format!("BridgeUniqueid: b{n}\nChannelState: 6\n{channel}"));
        }
    }

    fn hang_up(&mut self, at: i64, channel: &str, cause: u32) {
        self.event(at, "Hangup", &format!("ChannelState: 6\nCause: {cause}\n{channel}"));
    }

    fn rows(mut self, at: i64) -> Vec<String> {
        self.text.push_str(&pass(&mut self.board, at));
        let rows = self.text.lines().filter_map(|line| line.split_once("history "));
        rows.map(|(_, row)| row.to_owned()).collect()
    }
}

#[test]
fn two_phones_of_one_extension_are_one_row_for_the_one_that_took_it() {
    let mut played = Played::begin();
    played.ring(0, 2);
    played.ring(0, 3);
    played.take(4_000, 2);
    played.hang_up(4_010, &phone(3), 26);
    played.hang_up(14_000, &phone(2), 16);
    played.hang_up(14_000, CALLER, 16);
    assert_eq!(played.rows(60_000), ["1001 Inbound 030123456(out) ring 4000 talk 10000 Answered"]);
}

#[test]
fn a_phone_that_falls_silent_after_the_call_adds_no_row() {
    let mut played = Played::begin();
    played.ring(0, 2);
    played.ring(0, 3);
    played.take(4_000, 2);
    played.hang_up(4_300, &phone(2), 16);
    played.hang_up(4_310, &phone(3), 26);
    played.hang_up(4_320, CALLER, 16);
    assert_eq!(played.rows(60_000), ["1001 Inbound 030123456(out) ring 4000 talk 300 Answered"]);
}

#[test]
fn two_phones_that_nobody_picks_up_are_one_missed_call() {
    let mut played = Played::begin();
    played.ring(0, 2);
    played.ring(0, 3);
    for n in [2, 3] {
        played.dial(20_000, "DialEnd", n, "NOANSWER");
        played.hang_up(20_000, &phone(n), 16);
    }
    played.hang_up(20_000, CALLER, 16);
    assert_eq!(played.rows(60_000), ["1001 Inbound 030123456(out) ring 20000 talk 0 Missed"]);
}

#[test]
fn a_phone_that_declines_leaves_the_row_to_the_one_that_still_rings() {
    let mut played = Played::begin();
    played.ring(0, 2);
    played.ring(0, 3);
    played.dial(1_000, "DialEnd", 2, "BUSY");
    played.hang_up(1_000, &phone(2), 21);
    played.take(5_000, 3);
    played.hang_up(8_000, &phone(3), 16);
    played.hang_up(8_000, CALLER, 16);
    assert_eq!(played.rows(60_000), ["1001 Inbound 030123456(out) ring 5000 talk 3000 Answered"]);
}

/// The queue rings 1001 for three seconds each time.
fn queue(attempts: u32) -> Played {
    let mut played = Played::begin();
    played.event(0, "QueueCallerJoin", &format!("Queue: support\nPosition: 1\nChannelState: 6\n{CALLER}"));
    for n in 2..2 + attempts {
        let from = i64::from(n - 2) * 8_000;
        played.ring(from, n);
        played.dial(from + 3_000, "DialEnd", n, "NOANSWER");
        played.hang_up(from + 3_000, &phone(n), 16);
    }
    played
}

#[test]
fn a_queue_that_rings_again_and_again_is_one_missed_call() {
    let mut played = queue(3);
    played.event(25_000, "QueueCallerLeave", &format!("Queue: support\nChannelState: 6\n{CALLER}"));
    played.hang_up(25_000, CALLER, 16);
    assert_eq!(played.rows(60_000), ["1001 Inbound 030123456(out) ring 9000 talk 0 Missed queue support"]);
}

#[test]
fn a_queue_call_that_is_taken_at_last_is_one_answered_call() {
    let mut played = queue(2);
    played.ring(16_000, 9);
    played.event(17_000, "QueueCallerLeave", &format!("Queue: support\nChannelState: 6\n{CALLER}"));
    played.take(17_000, 9);
    played.hang_up(20_000, &phone(9), 16);
    played.hang_up(20_000, CALLER, 16);
    assert_eq!(
        played.rows(60_000),
        ["1001 Inbound 030123456(out) ring 7000 talk 3000 Answered queue support"]
    );
}

#[test]
fn who_hands_a_call_on_and_gets_it_again_has_two_rows() {
    let mut played = Played::begin();
    played.ring(0, 2);
    played.take(2_000, 2);
    played.hang_up(5_000, &phone(2), 16);
    played.ring(9_000, 3);
    played.take(10_000, 3);
    played.hang_up(12_000, &phone(3), 16);
    played.hang_up(12_000, CALLER, 16);
    assert_eq!(
        played.rows(60_000),
        [
            "1001 Inbound 030123456(out) ring 2000 talk 3000 Answered",
            "1001 Inbound 030123456(out) ring 1000 talk 2000 Answered"
        ]
    );
}

const WAITING: &str =
    "Channel: PJSIP/1002-07\nCallerIDNum: 1002\nContext: internal\nExten: 600\nUniqueid: 1.7\nLinkedid: 1.7";

/// Bob calls the queue; the dialplan answers and lets him hear something for a second before he waits.
fn bob_waits() -> Played {
    let mut played = Played { board: office(), text: String::new() };
    played.event(0, "Newchannel", &format!("ChannelState: 4\n{WAITING}"));
    played.event(500, "Newstate", &format!("ChannelState: 6\n{WAITING}"));
    played.event(
        1_500,
        "QueueCallerJoin",
        &format!("Queue: support\nPosition: 1\nChannelState: 6\n{WAITING}"),
    );
    played
}

#[test]
fn who_waits_in_a_queue_was_not_answered_by_its_announcement() {
    let mut played = bob_waits();
    played.event(9_000, "QueueCallerAbandon", &format!("Queue: support\nChannelState: 6\n{WAITING}"));
    played.hang_up(9_001, WAITING, 16);
    let rows = played.rows(20_000);
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert!(rows[0].contains(" talk 0 ") && rows[0].contains("Missed"), "{rows:?}");
}

#[test]
fn the_talk_with_the_member_of_a_queue_begins_when_they_answer() {
    let mut played = bob_waits();
    let member = phone(1).replace("1.1", "1.7");
    played.event(5_000, "Newchannel", &format!("ChannelState: 5\n{member}"));
    let dest = member.replace('\n', "\nDest");
    let dial = format!("DialStatus: ANSWER\nChannelState: 6\n{WAITING}\nDestChannelState: 5\nDest{dest}");
    played.event(5_000, "DialBegin", &dial);
    played.event(7_000, "QueueCallerLeave", &format!("Queue: support\nChannelState: 6\n{WAITING}"));
    played.event(7_000, "DialEnd", &dial);
    for channel in [WAITING, &member] {
        played.event(7_000, "BridgeEnter", &format!("BridgeUniqueid: b1\nChannelState: 6\n{channel}"));
    }
    played.hang_up(10_000, WAITING, 16);
    played.hang_up(10_000, &member, 16);
    let rows = played.rows(20_000);
    let bob = rows.iter().find(|row| row.starts_with("1002")).expect("a row of Bob's");
    assert!(bob.contains(" talk 3000 ") && bob.contains("Answered"), "{rows:?}");
}
