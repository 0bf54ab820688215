//! A caller who is sent to an extension safely, and what the real Asterisk makes of it: whatever the other phone does,
//! they end with somebody. Each test asserts on the PBX that the outside party's line lives.

use crate::scene::{self, CALLER, Case, Scene, done, row, to_extension};
use anyhow::{Context, Result, ensure};
use frontdesk_lab::{Call, LabOptions, Policy, State};
use frontdesk_protocol::{
    Command, Handed, HandedState, HistoryOutcome, LegState, Office, Outcome, PbxLink, Reason, Return, Status,
    TransferMode,
};
use frontdesk_tests::desk::Desk;
use frontdesk_tests::stage::Stage;
use std::time::Duration;

/// A stage on which phones ring for 20 seconds before the dialplan gives up, and callers come back after `seconds`.
pub async fn stage(seconds: u32) -> Result<(Stage, Desk)> {
    let options = LabOptions { ring: Duration::from_secs(20), ..LabOptions::for_tests() };
    let mut stage = Stage::without_server(options).await?;
    stage.set_pbx("return_seconds", &seconds.to_string())?;
    stage.start_server().await?;
    let mut desk = stage.desk("anna", "receptionist", &["1001", "1003"]).await?;
    // 1003 is the only member of the queue whose phone is there.
    stage.office.phone("1004").unregister().await?;
    desk.lamp("1004", Status::Offline).await?;
    Ok((stage, desk))
}

/// Waits until the list says something that fits of the caller of this scene.
pub async fn handed(
    desk: &mut Desk,
    scene: &Scene,
    what: &str,
    fits: impl Fn(&HandedState) -> bool,
) -> Result<Handed> {
    desk.until(what, |office| {
        let of_this_call = office.handed.values().filter(|handed| handed.call == scene.call);
        let handed = of_this_call.max_by_key(|handed| handed.at)?;
        fits(&handed.state).then(|| handed.as_ref().clone())
    })
    .await
    .with_context(|| format!("the list says {:?}", desk.office.handed))
}

/// Orders the caller to Bob.
pub async fn to_bob(desk: &mut Desk, scene: &Scene, mode: TransferMode) -> Result<Outcome> {
    desk.order(Command::Transfer { leg: scene.leg.clone(), to: to_extension("1002"), mode }).await
}

/// The caller rings at my phone again; gives the call there.
pub async fn back(stage: &Stage, desk: &mut Desk, scene: &Scene, why: Return) -> Result<Call> {
    let me = scene.case.me();
    handed(desk, scene, "the caller comes back", |state| *state == HandedState::Returning { why }).await?;
    let ringing = stage.office.phone(me).incoming().await?;
    let (call, leg) = desk.leg(me, |leg| leg.state == LegState::Ringing && leg.peer.is_some()).await?;
    let listed = handed(desk, scene, "it is said of this call", |state| {
        matches!(state, HandedState::Returning { .. })
    })
    .await?;
    ensure!(call.id == listed.call, "{} is not {}", call.id, listed.call);
    ensure!(leg.peer.as_ref().and_then(|peer| peer.number.as_deref()) == Some(scene.number()), "{leg:?}");
    ensure!(scene.outside.state() != State::Down, "the caller is lost");
    Ok(ringing)
}

#[tokio::test]
async fn a_caller_whom_nobody_answers_or_takes_comes_back_with_the_reason() -> Result<()> {
    let (stage, _) = stage(1).await?;
    let bob = stage.office.phone("1002");
    for case in [Case::Talking, Case::Ringing, Case::Queue, Case::Placed] {
        for (policy, why) in [
            (Policy::Ring, Return::NoAnswer),
            (Policy::Busy, Return::Busy),
            (Policy::Decline, Return::Refused),
            (Policy::Unavailable, Return::Refused),
        ] {
            let tried = async {
                let mut desk = stage.desk_of("anna").await?;
                bob.policy(policy.clone());
                let scene = case.set(&stage, &mut desk).await?;
                stage.office.phone(case.me()).policy(Policy::Ring);
                let outcome = to_bob(&mut desk, &scene, TransferMode::Usual).await?;
                let said = match &outcome {
                    Outcome::Done { text } | Outcome::Failed { text, .. } => text.clone(),
                };
                if why == Return::NoAnswer {
                    ensure!(said == format!("Sent to {}.", scene::BOB), "{said}");
                    bob.incoming().await?;
                } else {
                    ensure!(said.ends_with("The caller comes back to your phone."), "{said}");
                }
                let ringing = back(&stage, &mut desk, &scene, why).await?;
                stage.pbx().idle("1002").await?;
                ringing.answer()?;
                stage.pbx().talks(&[&[case.me(), "trunk"]]).await?;
                handed(&mut desk, &scene, "the caller is back", |state| *state == HandedState::Back { why })
                    .await?;
                scene.outside.wait_sound(5).await?;
                stage.office.phone(case.me()).policy(Policy::Answer);
                scene.end(&stage, &mut desk).await
            };
            tried.await.with_context(|| format!("{case:?} {why:?}"))?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_caller_whom_the_colleague_answers_stays_there() -> Result<()> {
    let (stage, mut desk) = stage(1).await?;
    let bob = stage.office.phone("1002");
    bob.policy(Policy::Answer);
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    done(to_bob(&mut desk, &scene, TransferMode::Safe).await?)?;
    stage.pbx().talks(&[&["1002", "trunk"]]).await?;
    let entry =
        handed(&mut desk, &scene, "answered", |state| matches!(state, HandedState::Answered { .. })).await?;
    let HandedState::Answered { with } = &entry.state else { anyhow::bail!("{entry:?}") };
    ensure!(with.display() == "Bob Brown", "{with:?}");
    // Longer than the set time.
    scene.outside.wait_sound(100).await?;
    stage.pbx().talks(&[&["1002", "trunk"]]).await?;
    // Who has answered has the caller, also when they hang up.
    bob.incoming().await?.hang_up();
    scene.outside.wait(State::Down).await?;
    scene::quiet(&stage, &mut desk).await?;
    handed(&mut desk, &scene, "still answered", |state| matches!(state, HandedState::Answered { .. }))
        .await?;
    row(&mut desk, &scene.call, "1002", HistoryOutcome::Answered, CALLER.1).await?;
    Ok(())
}

#[tokio::test]
async fn a_phone_that_is_not_there_gets_nobody_and_one_that_goes_dead_gives_the_caller_back() -> Result<()> {
    let (stage, mut desk) = stage(2).await?;
    let bob = stage.office.phone("1002");
    // Asterisk believes that it is there, but it does not answer.
    bob.policy(Policy::Deaf);
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    // Until the desk has seen it ring.
    stage.office.phone("1001").policy(Policy::Ring);
    to_bob(&mut desk, &scene, TransferMode::Safe).await?;
    let ringing = back(&stage, &mut desk, &scene, Return::NoAnswer).await?;
    ringing.answer()?;
    ringing.wait(State::Up).await?;
    scene.end(&stage, &mut desk).await?;

    bob.unregister().await?;
    desk.lamp("1002", Status::Offline).await?;
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    let outcome = to_bob(&mut desk, &scene, TransferMode::Safe).await?;
    let text = scene::refused(outcome, Reason::NotReached)?;
    ensure!(text.contains("is still with you"), "{text}");
    stage.pbx().talks(&[&["1001", "trunk"]]).await?;
    scene.outside.hang_up();
    stage.pbx().quiet().await
}

#[tokio::test]
async fn a_caller_who_hangs_up_while_it_rings_has_ended_it() -> Result<()> {
    let (stage, mut desk) = stage(5).await?;
    stage.office.phone("1002").policy(Policy::Ring);
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    done(to_bob(&mut desk, &scene, TransferMode::Safe).await?)?;
    handed(&mut desk, &scene, "it rings", |state| *state == HandedState::Ringing).await?;
    scene.end(&stage, &mut desk).await?;
    handed(&mut desk, &scene, "ended", |state| *state == HandedState::Ended).await?;
    Ok(())
}

#[tokio::test]
async fn a_dialplan_that_is_quicker_than_the_set_time_gives_the_caller_back_from_its_mailbox() -> Result<()> {
    let options = LabOptions { ring: Duration::from_secs(1), ..LabOptions::for_tests() };
    let stage = Stage::with(options).await?;
    let mut desk = stage.desk("anna", "receptionist", &["1001", "1003"]).await?;
    stage.office.phone("1002").policy(Policy::Ring);
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    let before = stage.office.lab.messages("1002").len();
    done(to_bob(&mut desk, &scene, TransferMode::Usual).await?)?;
    let why = Return::NoAnswer;
    handed(&mut desk, &scene, "the caller is back", |state| *state == HandedState::Back { why }).await?;
    stage.pbx().talks(&[&["1001", "trunk"]]).await?;
    scene.end(&stage, &mut desk).await?;
    ensure!(stage.office.lab.messages("1002").len() == before, "the mailbox has kept something");
    Ok(())
}

#[tokio::test]
async fn a_link_that_is_cut_while_it_rings_does_not_make_the_caller_forgotten() -> Result<()> {
    let (stage, mut desk) = stage(3).await?;
    stage.office.phone("1002").policy(Policy::Ring);
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    done(to_bob(&mut desk, &scene, TransferMode::Safe).await?)?;
    let entry = handed(&mut desk, &scene, "it rings", |state| *state == HandedState::Ringing).await?;
    let sessions = stage.office.lab.cli("manager show connected").await?;
    let ours = sessions.lines().find(|line| line.trim_start().starts_with("frontdesk"));
    let number = ours.and_then(|line| line.split_whitespace().nth(4)).context(sessions.clone())?;
    stage.office.lab.cli(&format!("manager kick session {number}")).await?;
    desk.until("the link is down", |office| (!up(office)).then_some(())).await?;
    desk.until("the link is up", |office| up(office).then_some(())).await?;
    stage.office.phone("1001").policy(Policy::Ring);
    let ringing = back(&stage, &mut desk, &scene, Return::NoAnswer).await?;
    ensure!(desk.office.handed.contains_key(&entry.id), "it is the same entry");
    ringing.answer()?;
    handed(&mut desk, &scene, "back", |state| matches!(state, HandedState::Back { .. })).await?;
    stage.office.phone("1001").policy(Policy::Answer);
    scene.outside.hang_up();
    stage.pbx().quiet().await
}

fn up(office: &Office) -> bool {
    matches!(office.link, PbxLink::Up { .. })
}
