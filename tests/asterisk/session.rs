//! The socket: an order that is sent again acts once, who returns misses nothing, and a closed account ends at once.

use crate::scene::{self, CALLER, Case, to_extension};
use anyhow::{Result, ensure};
use frontdesk_protocol::{Command, Outcome, Status, TransferMode};
use frontdesk_tests::desk::Desk;

#[tokio::test]
async fn an_order_that_is_sent_again_after_a_lost_connection_acts_once() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let token = stage.token("anna").await?;
    let mut first = Desk::open(stage.address()?, &token).await?;
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    first.leg("1001", |leg| leg.id == scene.leg).await?;
    let rung = stage.office.phone("1002").requests("INVITE");
    let order =
        Command::Transfer { leg: scene.leg.clone(), to: to_extension("1002"), mode: TransferMode::Blind };
    let id = first.begin(order.clone()).await?;
    let (known, at) = (first.office.clone(), first.at.clone());
    drop(first);
    let mut second = Desk::open(stage.address()?, &token).await?;
    second.begin_as(id.clone(), order).await?;
    let outcome = second.outcome(&id).await?;
    ensure!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    stage.pbx().talks(&[&["1002", "trunk"]]).await?;
    ensure!(stage.office.phone("1002").requests("INVITE") == rung + 1, "Bob's phone rang more than once");
    second.lamp("1002", Status::Outside).await?;

    // Who comes back is told what they missed, and then knows the same as who was there.
    let mut back = Desk::resume(stage.address()?, &token, known, at).await?;
    back.lamp("1002", Status::Outside).await?;
    let wanted = back.at.seq.max(second.at.seq);
    back.reaches(wanted).await?;
    second.reaches(wanted).await?;
    assert_eq!((&back.at, &back.office), (&second.at, &second.office));
    scene.end(&stage, &mut desk).await
}

#[tokio::test]
async fn a_closed_account_ends_its_desk_within_moments_and_nobody_elses() -> Result<()> {
    let (stage, mut anna) = scene::anna().await?;
    let mut bob = stage.desk("bob", "colleague", &["1002"]).await?;
    stage.command(&["user", "disable", "bob"], "").await?;
    let end = bob.until("good-bye", |_| None::<()>).await.expect_err("the socket is closed");
    ensure!(format!("{end:#}").contains("Your session has ended. Log in again."), "{end:#}");
    let scene = Case::Talking.set(&stage, &mut anna).await?;
    scene.end(&stage, &mut anna).await?;
    anna.row("the row", |row| row.party.number.as_deref() == Some(CALLER.1)).await?;
    Ok(())
}
