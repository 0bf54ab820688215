//! Callers who were handed on, and pulled back from wherever they wait; and what neither a desk nor a server that goes
//! away does to them.

use crate::safe::{self, back, handed, stage, to_bob};
use crate::scene::{self, Case, done, refused, to_extension, to_mailbox};
use anyhow::{Context, Result, ensure};
use frontdesk_lab::{LabOptions, Policy, State};
use frontdesk_protocol::{
    Command, Destination, Handed, HandedState, Outcome, Reason, Return, Status, TransferMode,
};
use frontdesk_tests::desk::Desk;
use frontdesk_tests::stage::Stage;
use std::time::Duration;

async fn pull(desk: &mut Desk, entry: &Handed) -> Result<Outcome> {
    desk.order(Command::PullBack { handed: entry.id.clone() }).await
}

/// Where a caller waits whom nobody has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Ringing,
    Mailbox,
    Queue,
    Parking,
    Music,
}

impl Place {
    const ALL: [Self; 5] = [Self::Ringing, Self::Mailbox, Self::Queue, Self::Parking, Self::Music];

    fn destination(self) -> Destination {
        match self {
            Self::Ringing => to_extension("1002"),
            Self::Mailbox => to_mailbox("1002@default"),
            Self::Queue => to_extension("600"),
            Self::Parking => to_extension("700"),
            Self::Music => to_extension("501"),
        }
    }

    fn is(self, state: &HandedState) -> bool {
        match self {
            Self::Ringing => *state == HandedState::Ringing,
            Self::Mailbox => *state == HandedState::Mailbox { why: None },
            Self::Queue | Self::Parking | Self::Music => *state == HandedState::Waiting,
        }
    }

    /// Sends the caller there, until the list says so.
    async fn send(self, stage: &Stage, desk: &mut Desk, scene: &scene::Scene) -> Result<Handed> {
        for phone in ["1002", "1003", "1004"] {
            stage.office.phone(phone).policy(Policy::Ring);
        }
        let order =
            Command::Transfer { leg: scene.leg.clone(), to: self.destination(), mode: TransferMode::Usual };
        done(desk.order(order).await?)?;
        handed(desk, scene, "the caller is there", |state| self.is(state)).await
    }
}

#[tokio::test]
async fn a_caller_is_pulled_back_from_wherever_nobody_has_answered() -> Result<()> {
    // Longer than the set time: who waits where they were sent is not brought back by itself.
    let (stage, _) = stage(20).await?;
    for place in Place::ALL {
        let tried = async {
            let mut desk = stage.desk_of("anna").await?;
            let scene = Case::Talking.set(&stage, &mut desk).await?;
            let entry = place.send(&stage, &mut desk, &scene).await?;
            stage.office.phone("1001").policy(Policy::Ring);
            let said = done(pull(&mut desk, &entry).await?)?;
            ensure!(said == "Jane Roe rings at your phone again.", "{said}");
            let ringing = back(&stage, &mut desk, &scene, Return::PulledBack).await?;
            ringing.answer()?;
            stage.pbx().talks(&[&["1001", "trunk"]]).await?;
            let why = Return::PulledBack;
            let entry =
                handed(&mut desk, &scene, "back", |state| *state == HandedState::Back { why }).await?;
            refused(pull(&mut desk, &entry).await?, Reason::Gone)?;
            scene.outside.wait_sound(5).await?;
            scene.end(&stage, &mut desk).await
        };
        tried.await.with_context(|| format!("{place:?}"))?;
    }
    Ok(())
}

#[tokio::test]
async fn a_caller_who_was_answered_is_not_taken_away() -> Result<()> {
    let (stage, mut desk) = stage(20).await?;
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    done(to_bob(&mut desk, &scene, TransferMode::Usual).await?)?;
    let entry =
        handed(&mut desk, &scene, "answered", |state| matches!(state, HandedState::Answered { .. })).await?;
    let text = refused(pull(&mut desk, &entry).await?, Reason::Gone)?;
    ensure!(text.starts_with("Bob Brown has answered"), "{text}");
    stage.pbx().talks(&[&["1002", "trunk"]]).await?;
    scene.end(&stage, &mut desk).await
}

#[tokio::test]
async fn a_queue_a_ring_group_and_a_conference_keep_their_callers() -> Result<()> {
    let (stage, mut desk) = stage(1).await?;
    for (number, answering) in [("600", Some("1003")), ("602", Some("1003")), ("800", None)] {
        let kept = async {
            let scene = Case::Talking.set(&stage, &mut desk).await?;
            for phone in ["1001", "1002", "1003", "1004"] {
                stage.office.phone(phone).policy(Policy::Ring);
            }
            let order = Command::Transfer {
                leg: scene.leg.clone(),
                to: to_extension(number),
                mode: TransferMode::Usual,
            };
            done(desk.order(order).await?)?;
            match answering {
                Some(phone) => {
                    let ringing = stage.office.phone(phone).incoming().await?;
                    if number == "600" {
                        // Longer than the set time, in which a phone would have lost the caller.
                        scene.outside.wait_sound(100).await?;
                        handed(&mut desk, &scene, "waits", |state| *state == HandedState::Waiting).await?;
                    }
                    ringing.answer()?;
                    stage.pbx().talks(&[&[phone, "trunk"]]).await?;
                    let answered = |state: &HandedState| matches!(state, HandedState::Answered { .. });
                    let entry = handed(&mut desk, &scene, "answered", answered).await?;
                    let HandedState::Answered { with } = entry.state else { return Ok(()) };
                    ensure!(with.number.as_deref() == Some(phone), "{with:?}");
                }
                None => {
                    handed(&mut desk, &scene, "waits", |state| *state == HandedState::Waiting).await?;
                    scene.outside.wait_sound(150).await?;
                    let waits =
                        handed(&mut desk, &scene, "still waits", |state| *state == HandedState::Waiting)
                            .await?;
                    ensure!(!waits.safe, "nobody brings them back by themselves");
                    let joined = stage.office.phone("1005").call("800").await?;
                    joined.wait(State::Up).await?;
                    handed(&mut desk, &scene, "talks", |state| matches!(state, HandedState::Answered { .. }))
                        .await?;
                    joined.hang_up();
                }
            }
            scene.end(&stage, &mut desk).await?;
            Ok(())
        };
        kept.await.with_context(|| number.to_owned())?;
    }
    Ok(())
}

#[tokio::test]
async fn a_ring_group_that_nobody_answers_gives_the_caller_back() -> Result<()> {
    let (stage, mut desk) = stage(1).await?;
    let scene = Case::Queue.set(&stage, &mut desk).await?;
    for phone in ["1001", "1002", "1003"] {
        stage.office.phone(phone).policy(Policy::Ring);
    }
    let order =
        Command::Transfer { leg: scene.leg.clone(), to: to_extension("602"), mode: TransferMode::Usual };
    done(desk.order(order).await?)?;
    handed(&mut desk, &scene, "it comes back", |state| {
        *state == HandedState::Returning { why: Return::NoAnswer }
    })
    .await?;
    stage.pbx().idle("1002").await?;
    let (_, leg) = desk.leg("1003", |leg| leg.state == frontdesk_protocol::LegState::Ringing).await?;
    ensure!(leg.peer.is_some_and(|peer| peer.number.as_deref() == Some(scene.number())));
    scene.end(&stage, &mut desk).await
}

#[tokio::test]
async fn a_caller_whom_nobody_took_without_return_is_at_the_mailbox_and_still_mine_to_have() -> Result<()> {
    let options = LabOptions { ring: Duration::from_secs(1), ..LabOptions::for_tests() };
    let stage = Stage::with(options).await?;
    let mut desk = stage.desk("anna", "receptionist", &["1001", "1003"]).await?;
    let bob = stage.office.phone("1002");
    for (policy, why) in
        [(Policy::Ring, Return::NoAnswer), (Policy::Busy, Return::Busy), (Policy::Decline, Return::Refused)]
    {
        let scene = Case::Talking.set(&stage, &mut desk).await?;
        bob.policy(policy);
        to_bob(&mut desk, &scene, TransferMode::Blind).await?;
        let there = HandedState::Mailbox { why: Some(why) };
        handed(&mut desk, &scene, "at the mailbox", |state| *state == there).await?;
        stage.pbx().in_mailbox("trunk", "1002@default").await?;
        scene.end(&stage, &mut desk).await?;
        handed(&mut desk, &scene, "over", |state| *state == HandedState::NotTaken { why }).await?;
    }
    bob.unregister().await?;
    desk.lamp("1002", Status::Offline).await?;
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    to_bob(&mut desk, &scene, TransferMode::Blind).await?;
    let there = HandedState::Mailbox { why: Some(Return::Unreachable) };
    let entry = handed(&mut desk, &scene, "at the mailbox", |state| *state == there).await?;
    stage.office.phone("1001").policy(Policy::Ring);
    done(pull(&mut desk, &entry).await?)?;
    let ringing = back(&stage, &mut desk, &scene, Return::PulledBack).await?;
    // My own phone does not take it: the caller goes on as the PBX says, and can be had again.
    ringing.wait(State::Down).await?;
    stage.pbx().in_mailbox("trunk", "1001@default").await?;
    let there = HandedState::Mailbox { why: Some(Return::NoAnswer) };
    let entry = handed(&mut desk, &scene, "at my mailbox", |state| *state == there).await?;
    stage.office.phone("1001").policy(Policy::Answer);
    done(pull(&mut desk, &entry).await?)?;
    stage.pbx().talks(&[&["1001", "trunk"]]).await?;
    scene.outside.hang_up();
    stage.pbx().quiet().await
}

#[tokio::test]
async fn a_caller_whom_a_colleague_sends_on_is_told_to_be_sent_on() -> Result<()> {
    let (stage, mut desk) = stage(3).await?;
    let mut bob = stage.desk("bob", "colleague", &["1002"]).await?;
    stage.office.phone("1002").policy(Policy::Ring);
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    done(to_bob(&mut desk, &scene, TransferMode::Safe).await?)?;
    let (_, leg) = bob.leg("1002", |leg| leg.peer.is_some()).await?;
    let order = Command::Transfer { leg: leg.id, to: to_extension("1005"), mode: TransferMode::Usual };
    done(bob.order(order).await?)?;
    stage.pbx().talks(&[&["1005", "trunk"]]).await?;
    let sent_on = |state: &HandedState| matches!(state, HandedState::SentOn { .. });
    desk.until("the list says so", |office| {
        office
            .handed
            .values()
            .find(|handed| handed.by.as_str() == "1001")
            .filter(|handed| sent_on(&handed.state))
            .map(drop)
    })
    .await?;
    // The time that was set for me moves nobody any more.
    scene.outside.wait_sound(200).await?;
    stage.pbx().talks(&[&["1005", "trunk"]]).await?;
    scene.end(&stage, &mut desk).await
}

#[tokio::test]
async fn neither_a_desk_nor_a_server_that_goes_away_ends_a_caller() -> Result<()> {
    let (mut stage, mut desk) = safe::stage(20).await?;
    for place in Place::ALL {
        desk = lives_on(&mut stage, desk, place).await.with_context(|| format!("{place:?}"))?;
    }
    Ok(())
}

/// Sends a caller there, and takes desk and server away; gives the desk that comes back.
async fn lives_on(stage: &mut Stage, mut desk: Desk, place: Place) -> Result<Desk> {
    let scene = Case::Talking.set(stage, &mut desk).await?;
    place.send(stage, &mut desk, &scene).await?;
    drop(desk);
    let lives = |channels: &[frontdesk_tests::pbx::Channel]| {
        channels.iter().any(|channel| channel.endpoint() == "trunk").then_some(())
    };
    stage.pbx().until("the caller's line lives without a desk", lives).await?;
    stage.kill_server();
    stage.pbx().until("the caller's line lives without a server", lives).await?;
    stage.start_server().await?;
    let mut desk = stage.desk_of("anna").await?;
    ensure!(desk.office.handed.is_empty(), "nothing is made up: {:?}", desk.office.handed);
    desk.until("the caller is seen again", |office| (!office.calls.is_empty()).then_some(())).await?;
    ensure!(scene.outside.state() == State::Up, "the caller is lost");
    stage.pbx().until("the caller's line lives on", lives).await?;
    scene.end(stage, &mut desk).await?;
    Ok(desk)
}
