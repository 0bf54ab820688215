//! The lab proves itself: a real Asterisk, phones that call each other, and what AMI says of it.
//!
//! One office serves all steps of a test; every wait is for a condition.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use frontdesk_lab::{Office, State};

#[tokio::test]
async fn two_phones_call_each_other_and_both_hear_the_other() {
    let office = Office::open().await.unwrap();
    let call = office.phone("1001").call("1002").await.unwrap();
    call.wait(State::Up).await.unwrap();
    let other = office.phone("1002").incoming().await.unwrap();
    assert_eq!(other.remote_identity().name, "Alice");
    call.wait_sound(20).await.unwrap();
    other.wait_sound(20).await.unwrap();
    call.hang_up();
    other.wait(State::Down).await.unwrap();
}
