//! Hanging up with three seconds in which it can be undone, on the real Asterisk: the line is closed then and not
//! before, and where the server dies meanwhile the PBX itself brings the caller back.

use crate::safe::handed;
use crate::scene::{self, Case, Scene, done, refused, row};
use anyhow::{Context, Result, ensure};
use frontdesk_lab::{LabOptions, Policy, State};
use frontdesk_protocol::{Command, HandedState, HistoryOutcome, Reason, Return};
use frontdesk_tests::desk::Desk;
use frontdesk_tests::stage::Stage;
use std::time::{Duration, Instant};

async fn hang_up(desk: &mut Desk, scene: &Scene) -> Result<String> {
    done(desk.order(Command::HangUp { leg: scene.leg.clone(), grace: true }).await?)
}

async fn closing(stage: &Stage, desk: &mut Desk, scene: &Scene) -> Result<()> {
    let said = hang_up(desk, scene).await?;
    ensure!(said == "The line will be closed in 3 seconds.", "{said}");
    scene.mine.wait(State::Down).await?;
    stage.pbx().idle(scene.case.me()).await?;
    let entry = handed(desk, scene, "closing", |state| matches!(state, HandedState::Closing { .. })).await?;
    ensure!(entry.to.is_none() && entry.party.number.as_deref() == Some(scene.number()), "{entry:?}");
    Ok(())
}

#[tokio::test]
async fn the_line_is_closed_after_three_seconds_and_the_row_is_that_of_a_normal_call() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    for case in Case::ANSWERED {
        let closed = async {
            let scene = case.set(&stage, &mut desk).await?;
            let began = Instant::now();
            closing(&stage, &mut desk, &scene).await?;
            ensure!(scene.outside.state() == State::Up, "closed at once");
            scene.outside.wait(State::Down).await?;
            ensure!(began.elapsed() >= Duration::from_millis(2_900), "after {:?}", began.elapsed());
            handed(&mut desk, &scene, "ended", |state| *state == HandedState::Ended).await?;
            scene::quiet(&stage, &mut desk).await?;
            row(&mut desk, &scene.call, case.me(), HistoryOutcome::Answered, scene.number()).await?;
            Ok::<_, anyhow::Error>(())
        };
        closed.await.with_context(|| format!("{case:?}"))?;
    }
    Ok(())
}

#[tokio::test]
async fn whoever_was_hung_up_on_is_pulled_back_and_the_line_stays_open() -> Result<()> {
    let (stage, _) = scene::anna().await?;
    for case in Case::ANSWERED {
        let back = async {
            let mut desk = stage.desk_of("anna").await?;
            let scene = case.set(&stage, &mut desk).await?;
            closing(&stage, &mut desk, &scene).await?;
            let entry =
                handed(&mut desk, &scene, "closing", |state| matches!(state, HandedState::Closing { .. }))
                    .await?;
            done(desk.order(Command::PullBack { handed: entry.id.clone() }).await?)?;
            stage.pbx().talks(&[&[case.me(), "trunk"]]).await?;
            let back = HandedState::Back { why: Return::PulledBack };
            handed(&mut desk, &scene, "back", |state| *state == back).await?;
            // Longer than the three seconds: nobody closes the line any more.
            scene.outside.wait_sound(200).await?;
            stage.pbx().talks(&[&[case.me(), "trunk"]]).await?;
            refused(desk.order(Command::PullBack { handed: entry.id }).await?, Reason::Gone)?;
            scene.end(&stage, &mut desk).await
        };
        back.await.with_context(|| format!("{case:?}"))?;
    }
    Ok(())
}

#[tokio::test]
async fn a_server_that_dies_in_the_three_seconds_loses_nobody() -> Result<()> {
    let (mut stage, mut desk) = scene::anna().await?;
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    closing(&stage, &mut desk, &scene).await?;
    stage.kill_server();
    stage.office.phone("1001").policy(Policy::Ring);
    let ringing = stage.office.phone("1001").incoming().await?;
    ringing.wait(State::Incoming).await?;
    ensure!(scene.outside.state() == State::Up, "the caller is lost");
    ringing.answer()?;
    stage.pbx().talks(&[&["1001", "trunk"]]).await?;
    stage.start_server().await?;
    let mut desk = stage.desk_of("anna").await?;
    desk.leg("1001", |leg| leg.peer.is_some()).await?;
    scene.outside.wait_sound(200).await?;
    stage.pbx().talks(&[&["1001", "trunk"]]).await?;
    scene.end(&stage, &mut desk).await
}

#[tokio::test]
async fn a_colleague_and_a_call_that_rings_are_hung_up_on_at_once() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let theirs = stage.office.phone("1005").call("1001").await?;
    theirs.wait(State::Up).await?;
    let (_, leg) = desk.leg("1001", |leg| leg.answered.is_some()).await?;
    let said = done(desk.order(Command::HangUp { leg: leg.id, grace: true }).await?)?;
    ensure!(said == "The call is ended.", "{said}");
    theirs.wait(State::Down).await?;
    ensure!(desk.office.handed.is_empty());
    scene::quiet(&stage, &mut desk).await
}

#[tokio::test]
async fn where_the_parking_lot_is_full_the_line_is_closed_at_once_and_that_is_said() -> Result<()> {
    let stage = Stage::without_server(LabOptions::for_tests()).await?;
    let file = stage.office.lab.folder().join("etc/res_parking.conf");
    let text = std::fs::read_to_string(&file)?;
    ensure!(text.contains("701-720"), "the lot of the lab is another one: {text}");
    std::fs::write(&file, text.replace("701-720", "701-701"))?;
    let mut stage = stage;
    stage.office.lab.cli("module reload res_parking.so").await?;
    stage.start_server().await?;
    let mut desk = stage.desk("anna", "receptionist", &["1001", "1003"]).await?;
    let first = Case::Talking.set(&stage, &mut desk).await?;
    closing(&stage, &mut desk, &first).await?;
    let second = Case::Talking.set(&stage, &mut desk).await?;
    let said = hang_up(&mut desk, &second).await?;
    ensure!(said.contains("ended at once"), "{said}");
    second.outside.wait(State::Down).await?;
    first.outside.wait(State::Down).await?;
    stage.pbx().quiet().await
}
