//! Hanging up with three seconds in which it can be undone.

use super::stage::{CALLER, MINE, Stage};
use crate::orders::Order;
use frontdesk_protocol::{Command, HandedState, LegId, Outcome, Reason, Return};

fn lot(stage: &mut Stage) {
    let name = frontdesk_protocol::LotName::parse("default").unwrap();
    stage.board.model.lot(name.as_str());
}

fn hang_up(stage: &mut Stage) {
    let leg = LegId::parse(MINE.2).unwrap();
    stage.command("1001", Command::HangUp { leg, grace: true });
}

/// A stage on which I have hung up on Jane, who hears music now.
fn closing() -> Stage {
    let mut stage = Stage::talking();
    lot(&mut stage);
    hang_up(&mut stage);
    let Order::Park { channel, back_to, timeout_ms, lot } = stage.last().clone() else {
        panic!("{:?}", stage.last())
    };
    assert_eq!((channel.as_str(), back_to.as_str(), lot.as_str()), (CALLER.0, MINE.0, "default"));
    assert!(timeout_ms > 3_000, "the PBX does not bring her back before the line is closed");
    stage.reply("Response: Success\nMessage: Park successful");
    assert!(stage.ends().is_empty(), "the end of my phone would be hers, too");
    stage.parked();
    assert_eq!(stage.ends(), [MINE.0], "now my own phone is free");
    let said = stage.outcome();
    assert!(
        matches!(&said, Some(Outcome::Done { text }) if text == "The line will be closed in 3 seconds."),
        "{said:?}"
    );
    stage.hangs_up(MINE, 16);
    assert!(matches!(stage.state(), HandedState::Closing { .. }));
    stage
}

#[test]
fn the_line_is_closed_after_three_seconds_and_not_before() {
    let mut stage = closing();
    stage.pass(2_900);
    assert_eq!(stage.ends(), [MINE.0]);
    stage.pass(200);
    assert_eq!(stage.ends(), [MINE.0, CALLER.0]);
    stage.hangs_up(CALLER, 16);
    assert_eq!(stage.state(), HandedState::Ended);
    stage.pass(20_000);
    assert_eq!(stage.ends().len(), 2);
}

#[test]
fn whoever_was_hung_up_on_is_pulled_back_in_time() {
    let mut stage = closing();
    stage.pass(2_900);
    stage.pulls_back();
    // The time is up while the PBX is still asked.
    stage.pass(1_000);
    stage.is_brought_back("");
    assert_eq!(stage.state(), HandedState::Returning { why: Return::PulledBack });
    stage.pass(20_000);
    assert_eq!(stage.ends(), [MINE.0], "the line stays open");
}

#[test]
fn where_it_cannot_be_undone_the_line_is_closed_at_once() {
    let mut stage = Stage::talking();
    hang_up(&mut stage);
    assert_eq!(stage.ends(), [MINE.0]);
    stage.reply("Response: Success");
    stage.hangs_up(MINE, 16);
    let said = stage.outcome();
    assert!(matches!(&said, Some(Outcome::Done { text }) if text.contains("no parking lot")), "{said:?}");

    let mut stage = Stage::talking();
    lot(&mut stage);
    hang_up(&mut stage);
    stage.reply("Response: Error\nMessage: No parking space");
    assert_eq!(stage.ends(), [MINE.0]);
    stage.hangs_up(MINE, 16);
    let said = stage.outcome();
    assert!(matches!(&said, Some(Outcome::Done { text }) if text.contains("did not let")), "{said:?}");
    assert!(stage.board.office().handed.is_empty());

    // A full lot is said to have taken the caller, and hangs up.
    let mut stage = Stage::talking();
    lot(&mut stage);
    hang_up(&mut stage);
    stage.reply("Response: Success\nMessage: Park successful");
    stage.hangs_up(CALLER, 16);
    stage.hangs_up(MINE, 16);
    let said = stage.outcome();
    assert!(matches!(&said, Some(Outcome::Done { text }) if text.contains("did not let")), "{said:?}");
    assert!(stage.board.office().handed.is_empty());
}

#[test]
fn a_lost_link_closes_no_line_afterwards() {
    let mut stage = closing();
    stage.loses_the_link();
    assert_eq!(stage.state(), HandedState::Waiting);
    stage.pass(5_000);
    stage.finds(&[(CALLER, "6", "Park", "")]);
    stage.pass(20_000);
    assert_eq!(stage.ends(), [MINE.0]);
}

#[test]
fn whoever_fetches_the_caller_from_the_parking_space_keeps_them() {
    let mut stage = closing();
    let space = "Parkinglot: default\nParkingSpace: 701\nParkeeChannel: PJSIP/trunk-01\nParkeeChannelState: 6\nParkeeUniqueid: 1.1\nParkeeLinkedid: 1.1";
    stage.event("UnParkedCall", space);
    stage.dials(super::BOB);
    stage.answers(super::BOB);
    assert!(matches!(stage.state(), HandedState::Answered { .. }));
    stage.pass(20_000);
    assert_eq!(stage.ends(), [MINE.0]);
    stage.refused(Reason::Gone);
}
