//! The lab proves itself: a real Asterisk, phones that call each other, and what AMI says of it.
//!
//! Every test opens an office of its own, side by side with the others; every wait is for a condition.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use frontdesk_lab::recorder::AmiUser;
use frontdesk_lab::{Office, Policy, State};

#[tokio::test]
async fn two_phones_call_each_other_and_both_hear_the_other() {
    let office = Office::open().await.unwrap();
    let call = office.phone("1001").call("1002").await.unwrap();
    call.wait(State::Up).await.unwrap();
    let other = office.phone("1002").incoming().await.unwrap();
    assert_eq!((other.remote_identity().name.as_str(), other.dialled()), ("Alice", "1002"));
    assert_eq!(call.wait_number("1002").await.unwrap().name, "Bob");
    call.wait_sound(20).await.unwrap();
    other.wait_sound(20).await.unwrap();
    call.hang_up();
    other.wait(State::Down).await.unwrap();
}

#[tokio::test]
async fn hold_and_resume_are_events_on_ami() {
    let office = Office::open().await.unwrap();
    let tap = office.tap(AmiUser::Frontdesk).await.unwrap();
    let call = office.phone("1001").call("1002").await.unwrap();
    call.wait(State::Up).await.unwrap();
    call.hold().await.unwrap();
    let hold = tap.event("Hold", |_| true).await.unwrap();
    assert!(hold.field("Channel").starts_with("PJSIP/1001-"));
    call.resume().await.unwrap();
    tap.event("Unhold", |packet| packet.field("Uniqueid") == hold.field("Uniqueid")).await.unwrap();
    call.press("5").await.unwrap();
}

#[tokio::test]
async fn a_caller_leaves_a_message_that_is_recorded_and_announced() {
    let office = Office::open().await.unwrap();
    let tap = office.tap(AmiUser::Frontdesk).await.unwrap();
    let caller = office.call_in("Jane Roe", "5550123", "5551001").await.unwrap();
    caller.wait(State::Up).await.unwrap();
    caller.hang_up();
    let direct = office.phone("1003").call("*1002").await.unwrap();
    direct.wait(State::Up).await.unwrap();
    office.leave_message(&direct, "1002", 0).await.unwrap();
    let mwi = tap.event("MessageWaiting", |p| p.field("Mailbox") == "1002@default").await.unwrap();
    assert_eq!(mwi.field("New"), "1");
    assert_eq!(office.lab.messages("1002").len(), 1);
}

#[tokio::test]
async fn a_refusal_outside_has_the_cause_of_the_phone_system() {
    let office = Office::open().await.unwrap();
    for (policy, cause, code) in
        [(Policy::Busy, "17", "486"), (Policy::Decline, "21", "603"), (Policy::Unavailable, "19", "480")]
    {
        let tap = office.tap(AmiUser::Frontdesk).await.unwrap();
        office.provider.policy(policy);
        let call = office.phone("1001").call("95550199").await.unwrap();
        assert!(call.wait(State::Up).await.is_err());
        let hangup = tap.event("Hangup", |p| p.field("Channel").starts_with("PJSIP/trunk-")).await.unwrap();
        assert_eq!((hangup.field("Cause"), hangup.field("TechCause")), (cause, code));
        tap.quiet().await.unwrap();
    }
}

#[tokio::test]
async fn the_outside_line_works_both_ways() {
    let office = Office::open().await.unwrap();
    let caller = office.call_in("Jane Roe", "5550123", "5551001").await.unwrap();
    let here = office.phone("1001").incoming().await.unwrap();
    let shown = here.remote_identity();
    assert_eq!((shown.name.as_str(), shown.number.as_str()), ("Jane Roe", "5550123"));
    caller.wait(State::Up).await.unwrap();
    here.hang_up();
    caller.wait(State::Down).await.unwrap();

    let call = office.phone("1002").call("95550199").await.unwrap();
    let outside = office.provider.incoming().await.unwrap();
    assert_eq!(outside.dialled(), "5550199");
    call.wait(State::Up).await.unwrap();
    outside.wait_sound(20).await.unwrap();
}

#[tokio::test]
async fn a_phone_transfers_by_itself_and_the_display_follows() {
    let office = Office::open().await.unwrap();
    let caller = office.phone("1004").call("1001").await.unwrap();
    let mine = office.phone("1001").incoming().await.unwrap();
    caller.wait(State::Up).await.unwrap();
    mine.wait_sound(10).await.unwrap();
    mine.refer("1002").await.unwrap();
    assert_eq!(mine.wait_referred().await.unwrap(), 200);
    mine.wait(State::Down).await.unwrap();
    let next = office.phone("1002").incoming().await.unwrap();
    assert_eq!(next.wait_number("1004").await.unwrap().name, "Dave");
    assert_eq!(caller.wait_number("1002").await.unwrap().name, "Bob");
    next.wait_sound(20).await.unwrap();
}

#[tokio::test]
async fn a_caller_who_gives_up_stops_the_ringing() {
    let office = Office::open().await.unwrap();
    office.phone("1002").policy(Policy::Ring);
    let caller = office.phone("1001").call("1002").await.unwrap();
    let ringing = office.phone("1002").incoming().await.unwrap();
    caller.wait(State::Ringing).await.unwrap();
    caller.hang_up();
    caller.wait(State::Down).await.unwrap();
    ringing.wait(State::Down).await.unwrap();
    assert_eq!((caller.end_code(), ringing.end_code()), (Some(487), Some(487)));
}

#[tokio::test]
async fn asterisk_restarts_is_killed_and_comes_back_with_the_registrations() {
    let mut office = Office::open().await.unwrap();
    office.lab.restart().await.unwrap();
    let call = office.phone("1001").call("1002").await.unwrap();
    call.wait(State::Up).await.unwrap();
    let mut tap = office.tap(AmiUser::Frontdesk).await.unwrap();
    office.lab.kill();
    tap.closed().await.unwrap();
    office.lab.revive().await.unwrap();
    let call = office.phone("1003").call("1004").await.unwrap();
    call.wait(State::Up).await.unwrap();
    office.lab.stop().await.unwrap();
}

#[tokio::test]
async fn names_are_kept_as_freepbx_keeps_them() {
    let office = Office::open().await.unwrap();
    let mut tap = office.tap(AmiUser::Frontdesk).await.unwrap();
    tap.action("DBGet", &[("Family", "AMPUSER"), ("Key", "1002/cidname")]).await.unwrap();
    let value = tap.event("DBGetResponse", |_| true).await.unwrap();
    assert_eq!(value.field("Val"), "Bob");
}
