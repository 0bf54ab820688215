//! A server that starts while calls are up sees all of them, and can hand them on.

use crate::scene::{self, BOB, CALLER, done, to_extension, to_mailbox};
use anyhow::Result;
use frontdesk_lab::{LabOptions, Policy, State};
use frontdesk_protocol::{Command, Direction, Hold, LegState, Status, TransferMode};
use frontdesk_tests::stage::Stage;
use std::time::Duration;

/// The phones here ring for as long as a server takes to start.
fn patient() -> LabOptions {
    LabOptions { ring: Duration::from_secs(20), ..LabOptions::for_tests() }
}

#[tokio::test]
async fn every_kind_of_call_that_is_up_is_seen_and_shown_as_it_is() -> Result<()> {
    let mut stage = Stage::without_server(patient()).await?;
    stage.user("anna", "receptionist", &["1001"]).await?;
    let office = &stage.office;
    // A caller from outside at 1001, who is held.
    let outside = office.call_in(CALLER.0, CALLER.1, "5551001").await?;
    outside.wait(State::Up).await?;
    // 1006 calls outside.
    let placed = office.phone("1006").call("95550177").await?;
    placed.wait(State::Up).await?;
    // A caller from the queue at the one member whose phone is there.
    office.phone("1004").unregister().await?;
    let queued = office.call_in("Max Queue", "5550124", "5551600").await?;
    office.phone("1003").incoming().await?.wait(State::Up).await?;
    // 1005 calls Bob, whose phone rings.
    office.phone("1002").policy(Policy::Ring);
    let inside = office.phone("1005").call("1002").await?;
    let ringing = office.phone("1002").incoming().await?;
    stage.pbx().talks(&[&["1001", "trunk"], &["1003", "trunk"], &["1006", "trunk"]]).await?;

    stage.start_server().await?;
    let mut desk = stage.desk_of("anna").await?;
    for (extension, status) in [
        ("1001", Status::Outside),
        ("1002", Status::Ringing),
        ("1003", Status::Queue),
        ("1004", Status::Offline),
        ("1005", Status::Ringing),
        ("1006", Status::Outside),
    ] {
        desk.lamp(extension, status).await?;
    }
    assert_eq!(desk.office.calls.len(), 4, "{}", desk.picture());
    let (call, leg) = desk.leg("1001", |leg| leg.state == LegState::Talking).await?;
    assert_eq!(leg.peer.and_then(|peer| peer.name.clone()).as_deref(), Some("Jane Roe"));
    assert_eq!(call.direction, Direction::Inbound);
    assert!(matches!(leg.hold, Hold::Unknown | Hold::None), "nobody pressed hold: {:?}", leg.hold);
    let (call, _) = desk.leg("1003", |leg| leg.state == LegState::Talking).await?;
    assert_eq!(call.via.queue.map(|queue| queue.to_string()).as_deref(), Some("support"));
    let (_, leg) = desk.leg("1002", |leg| leg.state == LegState::Ringing).await?;
    assert_eq!(leg.peer.and_then(|peer| peer.number.clone()).as_deref(), Some("1005"));
    let (call, leg) = desk.leg("1006", |leg| leg.state == LegState::Talking).await?;
    assert_eq!(call.direction, Direction::Outbound);
    assert_eq!(leg.peer.and_then(|peer| peer.number.clone()).as_deref(), Some("5550177"));

    ringing.answer()?;
    desk.lamp("1002", Status::Inside).await?;
    desk.lamp("1005", Status::Inside).await?;
    for call in [outside, placed, queued, inside] {
        call.hang_up();
    }
    scene::quiet(&stage, &mut desk).await
}

#[tokio::test]
async fn calls_that_were_up_before_are_handed_on() -> Result<()> {
    let mut stage = Stage::without_server(patient()).await?;
    stage.user("anna", "receptionist", &["1001", "1005"]).await?;
    let office = &stage.office;
    let talking = office.call_in(CALLER.0, CALLER.1, "5551001").await?;
    talking.wait(State::Up).await?;
    office.phone("1005").policy(Policy::Ring);
    let waiting = office.call_in("Max Waiting", "5550124", "5551005").await?;
    let ringing = office.phone("1005").incoming().await?;

    stage.start_server().await?;
    let mut desk = stage.desk_of("anna").await?;
    let (_, leg) = desk.leg("1005", |leg| leg.state == LegState::Ringing).await?;
    let order = Command::Transfer { leg: leg.id, to: to_mailbox("1006@default"), mode: TransferMode::Blind };
    assert_eq!(done(desk.order(order).await?)?, "Sent to the mailbox of Erin East (1006).");
    ringing.wait(State::Down).await?;
    stage.pbx().in_mailbox("trunk", "1006@default").await?;
    let (_, leg) = desk.leg("1001", |leg| leg.state == LegState::Talking).await?;
    let order = Command::Transfer { leg: leg.id, to: to_extension("1002"), mode: TransferMode::Blind };
    assert_eq!(done(desk.order(order).await?)?, format!("Sent to {BOB}."));
    stage.pbx().talks(&[&["1002", "trunk"]]).await?;
    desk.lamp("1002", Status::Outside).await?;
    talking.hang_up();
    waiting.hang_up();
    scene::quiet(&stage, &mut desk).await
}
