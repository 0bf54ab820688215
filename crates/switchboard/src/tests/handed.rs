//! Callers who were handed on: what the list says of them, when they come back, and what is never ordered. The PBX is
//! played here by hand; what the real one does is tried in `tests/asterisk`.

mod grace;
mod lost;
mod stage;

use crate::orders::Order;
use frontdesk_protocol::{HandedState, Outcome, Reason, Return, TransferMode};
use stage::{BOB, CALLER, MINE, Stage};

#[test]
fn a_caller_whom_the_colleague_takes_is_listed_as_answered() {
    let mut stage = Stage::talking();
    stage.sends(TransferMode::Usual);
    assert_eq!(stage.state(), HandedState::Sent);
    stage.rings(BOB);
    assert_eq!(stage.state(), HandedState::Ringing);
    stage.answers(BOB);
    let HandedState::Answered { with } = stage.state() else { panic!("{:?}", stage.state()) };
    assert_eq!(with.display(), "Bob");
    stage.pass(60_000);
    assert!(stage.moves().is_empty(), "who was answered is never moved: {:?}", stage.moves());
    let text = stage.refused(Reason::Gone);
    assert!(text.starts_with("Bob has answered"), "{text}");
    stage.hangs_up(BOB, 16);
    stage.hangs_up(CALLER, 16);
    assert!(matches!(stage.state(), HandedState::Answered { .. }));
    stage.pass(300_001);
    assert!(stage.board.office().handed.is_empty(), "the list tells it for five minutes");
    assert_eq!(stage.board.deadline(), None);
}

#[test]
fn a_caller_whom_nobody_takes_comes_back_after_the_set_time() {
    let mut stage = Stage::talking();
    stage.sends(TransferMode::Usual);
    stage.rings(BOB);
    stage.pass(19_000);
    assert!(stage.moves().is_empty());
    stage.pass(1_100);
    stage.is_brought_back("");
    assert_eq!(stage.state(), HandedState::Returning { why: Return::NoAnswer });
    stage.not_taken(BOB, "CANCEL", 0);
    stage.rings(stage::BACK);
    assert_eq!(stage.state(), HandedState::Returning { why: Return::NoAnswer });
    stage.answers(stage::BACK);
    assert_eq!(stage.state(), HandedState::Back { why: Return::NoAnswer });
    stage.pass(60_000);
    assert_eq!(stage.moves().len(), 1);
}

#[test]
fn busy_and_declined_and_not_reached_bring_the_caller_back_at_once_with_the_reason() {
    for (status, cause, why) in [
        ("BUSY", 17, Return::Busy),
        ("NOANSWER", 21, Return::Refused),
        ("NOANSWER", 19, Return::Refused),
        ("NOANSWER", 0, Return::NoAnswer),
        ("CHANUNAVAIL", 20, Return::Unreachable),
        ("CONGESTION", 34, Return::Unreachable),
    ] {
        let mut stage = Stage::talking();
        stage.sends(TransferMode::Usual);
        stage.rings(BOB);
        stage.not_taken(BOB, status, cause);
        stage.pass(100);
        stage.is_brought_back("");
        assert_eq!(stage.state(), HandedState::Returning { why }, "{status} {cause}");

        // The same where the dialplan was quicker than we are.
        let mut stage = Stage::talking();
        stage.sends(TransferMode::Usual);
        stage.rings(BOB);
        stage.not_taken(BOB, status, cause);
        stage.at_a_mailbox();
        stage.is_brought_back("");
        stage.pass(20);
        stage.rings(stage::BACK);
        assert_eq!(stage.state(), HandedState::Returning { why }, "{status} {cause}, from the mailbox");
        stage.answers(stage::BACK);
        assert_eq!(stage.state(), HandedState::Back { why });
    }
}

#[test]
fn the_end_of_my_own_leg_is_not_why_the_next_phone_does_not_take_the_call() {
    let mut stage = Stage::talking();
    stage.moves_away(TransferMode::Usual);
    stage.rings(BOB);
    // Told late: the caller already rings at Bob's.
    stage.hangs_up(MINE, 16);
    stage.dial_ends(BOB, "NOANSWER");
    stage.pass(100);
    assert!(stage.moves().is_empty(), "why is not told yet");
    stage.hangs_up(BOB, 21);
    stage.pass(100);
    stage.is_brought_back("");
    assert_eq!(stage.state(), HandedState::Returning { why: Return::Refused });
}

#[test]
fn what_is_said_of_a_safe_transfer_that_is_refused_at_once_is_that_the_caller_comes_back() {
    let mut stage = Stage::talking();
    stage.sends(TransferMode::Safe);
    stage.dials(BOB);
    stage.not_taken(BOB, "BUSY", 17);
    stage.pass(100);
    stage.is_brought_back("");
    let text = stage.outcome();
    assert!(
        matches!(&text, Some(Outcome::Failed { reason: Reason::NotReached, text })
            if text == "Bob (1002) is busy. The caller comes back to your phone."),
        "{text:?}"
    );
}

#[test]
fn a_further_phone_that_the_dialplan_tries_is_waited_for() {
    let mut stage = Stage::talking();
    stage.sends(TransferMode::Usual);
    stage.rings(BOB);
    stage.not_taken(BOB, "BUSY", 17);
    stage.rings(stage::CAROL);
    stage.pass(5_000);
    assert!(stage.moves().is_empty());
    assert_eq!(stage.state(), HandedState::Ringing);
    stage.answers(stage::CAROL);
    assert!(matches!(stage.state(), HandedState::Answered { with } if with.display() == "Carol"));
}

#[test]
fn a_blind_transfer_leaves_the_caller_to_the_pbx_and_tells_the_reason() {
    let mut stage = Stage::talking();
    stage.sends(TransferMode::Blind);
    stage.rings(BOB);
    stage.not_taken(BOB, "NOANSWER", 0);
    stage.at_a_mailbox();
    let why = Some(Return::NoAnswer);
    assert_eq!(stage.state(), HandedState::Mailbox { why });
    stage.pass(60_000);
    assert!(stage.moves().is_empty());
    stage.hangs_up(CALLER, 16);
    assert_eq!(stage.state(), HandedState::NotTaken { why: Return::NoAnswer });
}

#[test]
fn a_caller_who_hangs_up_while_it_rings_has_ended_it() {
    let mut stage = Stage::talking();
    stage.sends(TransferMode::Usual);
    stage.rings(BOB);
    stage.not_taken(BOB, "CANCEL", 0);
    stage.hangs_up(CALLER, 127);
    assert_eq!(stage.state(), HandedState::Ended);
    stage.pass(60_000);
    assert!(stage.moves().is_empty());
    stage.refused(Reason::Gone);
}

#[test]
fn an_answer_that_is_on_its_way_when_the_time_is_up_is_not_taken_away() {
    let mut stage = Stage::talking();
    stage.sends(TransferMode::Usual);
    stage.rings(BOB);
    stage.pass(20_000);
    stage.says_yes();
    stage.says_where("a-bridge-that-nobody-knows-yet");
    assert!(stage.moves().is_empty());
    stage.answers(BOB);
    assert!(matches!(stage.state(), HandedState::Answered { .. }));
    stage.pass(60_000);
    assert!(stage.moves().is_empty());
}

#[test]
fn who_answered_in_the_very_moment_of_the_move_does_not_count_as_having_them() {
    let mut stage = Stage::talking();
    stage.sends(TransferMode::Usual);
    stage.rings(BOB);
    stage.pass(20_000);
    stage.says_yes();
    stage.says_where("");
    stage.answers(BOB);
    stage.reply("Response: Success\nMessage: Redirect successful");
    assert_eq!(stage.state(), HandedState::Returning { why: Return::NoAnswer });
    stage.hangs_up(BOB, 16);
    stage.rings(stage::BACK);
    stage.answers(stage::BACK);
    assert_eq!(stage.state(), HandedState::Back { why: Return::NoAnswer });
}

#[test]
fn a_move_back_that_the_pbx_refuses_is_tried_again() {
    let mut stage = Stage::talking();
    stage.sends(TransferMode::Usual);
    stage.rings(BOB);
    stage.pass(20_000);
    stage.says_yes();
    stage.says_where("");
    stage.reply("Response: Error\nMessage: Redirect failed");
    assert_eq!(stage.state(), HandedState::Ringing, "it still rings there");
    stage.pass(1_100);
    stage.is_brought_back("");
    assert_eq!(stage.state(), HandedState::Returning { why: Return::NoAnswer });
}

#[test]
fn a_caller_is_pulled_back_while_it_rings_and_at_a_mailbox() {
    let mut stage = Stage::talking();
    stage.sends(TransferMode::Blind);
    stage.rings(BOB);
    stage.pulls_back();
    stage.is_brought_back("");
    let said = stage.outcome();
    assert!(
        matches!(&said, Some(Outcome::Done { text }) if text == "Jane rings at your phone again."),
        "{said:?}"
    );
    assert_eq!(stage.state(), HandedState::Returning { why: Return::PulledBack });
    stage.refused(Reason::InProgress);

    let mut stage = Stage::talking();
    stage.sends(TransferMode::Blind);
    stage.rings(BOB);
    stage.not_taken(BOB, "NOANSWER", 0);
    stage.at_a_mailbox();
    stage.pulls_back();
    stage.is_brought_back("");
    stage.rings(stage::BACK);
    assert_eq!(stage.state(), HandedState::Returning { why: Return::PulledBack });
    // My own phone does not take it: the caller goes on as the PBX says, and can be had back again.
    stage.not_taken(stage::BACK, "NOANSWER", 0);
    stage.at_a_mailbox();
    assert_eq!(stage.state(), HandedState::Mailbox { why: Some(Return::NoAnswer) });
    stage.pass(60_000);
    assert_eq!(stage.moves().len(), 1, "there is no going to and fro");
}

#[test]
fn a_pbx_that_takes_its_time_with_the_way_back_does_not_confuse_the_list() {
    for slow in [20, 100, 2_000] {
        let mut stage = Stage::talking();
        stage.sends(TransferMode::Blind);
        stage.rings(BOB);
        stage.not_taken(BOB, "NOANSWER", 0);
        stage.at_a_mailbox();
        stage.pulls_back();
        stage.is_brought_back("");
        stage.pass(slow);
        stage.rings(stage::BACK);
        assert_eq!(stage.state(), HandedState::Returning { why: Return::PulledBack }, "{slow}");
        stage.answers(stage::BACK);
        assert_eq!(stage.state(), HandedState::Back { why: Return::PulledBack }, "{slow}");
    }
}

#[test]
fn a_caller_whom_a_colleague_sends_on_is_no_longer_mine_to_watch() {
    let mut stage = Stage::talking();
    stage.sends(TransferMode::Usual);
    stage.rings(BOB);
    stage.outcome();
    stage.bob_sends_on();
    assert_eq!(stage.state(), HandedState::SentOn { to: "Carol (1003)".into() });
    assert_eq!(stage.board.office().handed.len(), 2);
    let text = stage.refused(Reason::Gone);
    assert!(text.contains("sent this caller on to Carol (1003)"), "{text}");
}

#[test]
fn nobody_elses_caller_is_pulled_back() {
    let mut stage = Stage::talking();
    stage.sends(TransferMode::Usual);
    stage.rings(BOB);
    stage.outcome();
    stage.pulls_back_as("1002");
    assert!(matches!(stage.outcome(), Some(Outcome::Failed { reason: Reason::NotPermitted, .. })));
    assert!(stage.moves().is_empty());
}

#[test]
fn a_phone_that_is_known_not_to_be_there_is_not_even_tried_safely() {
    let mut stage = Stage::talking();
    stage.event("DeviceStateChange", "Device: PJSIP/1002\nState: UNAVAILABLE");
    stage.orders(TransferMode::Usual);
    let said = stage.outcome();
    assert!(
        matches!(&said, Some(Outcome::Failed { reason: Reason::NotReached, text }) if text.contains("still with you")),
        "{said:?}"
    );
    assert!(stage.board.office().handed.is_empty());
}

#[test]
fn nobody_is_brought_back_to_a_phone_that_is_not_there() {
    let mut stage = Stage::talking();
    stage.sends(TransferMode::Usual);
    stage.rings(BOB);
    stage.event("DeviceStateChange", "Device: PJSIP/1001\nState: UNAVAILABLE");
    stage.pass(60_000);
    assert_eq!(stage.state(), HandedState::Ringing);
    let text = stage.refused(Reason::NotReached);
    assert!(text.contains("stays where they are"), "{text}");
    stage.event("DeviceStateChange", "Device: PJSIP/1001\nState: NOT_INUSE");
    stage.is_brought_back("");
    assert_eq!(stage.state(), HandedState::Returning { why: Return::NoAnswer });
}

#[test]
fn a_link_that_is_lost_and_back_goes_on_watching_whom_it_finds() {
    let mut stage = Stage::talking();
    stage.sends(TransferMode::Usual);
    stage.rings(BOB);
    stage.outcome();
    stage.loses_the_link();
    stage.finds(&[(CALLER, "4", "Dial", ""), (BOB, "5", "AppDial", "")]);
    assert_eq!(stage.state(), HandedState::Ringing);
    stage.pass(20_000);
    stage.is_brought_back("");
    assert_eq!(stage.state(), HandedState::Returning { why: Return::NoAnswer });
    stage.loses_the_link();
    stage.finds(&[]);
    assert_eq!(stage.state(), HandedState::Unknown);
    assert!(!stage.board.sent.iter().any(|(_, order)| matches!(order, Order::Hangup { .. })));
}
