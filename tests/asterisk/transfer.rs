//! R3: dropping a card on a colleague's extension hands the party on, whatever the call is doing.

use crate::scene::{self, BOB, Case, done, row, to_extension};
use anyhow::{Context, Result};
use frontdesk_lab::{Policy, State};
use frontdesk_protocol::{Command, HistoryOutcome, LegState, Status, TransferMode};
use frontdesk_tests::desk::Desk;
use frontdesk_tests::stage::Stage;

#[tokio::test]
async fn a_party_goes_to_a_colleague_from_every_kind_of_call() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    for case in Case::ALL {
        to_bob(&stage, &mut desk, case).await.with_context(|| format!("{case:?}"))?;
    }
    Ok(())
}

async fn to_bob(stage: &Stage, desk: &mut Desk, case: Case) -> Result<()> {
    let scene = case.set(stage, desk).await?;
    let bob = stage.office.phone("1002");
    bob.policy(Policy::Ring);
    let order =
        Command::Transfer { leg: scene.leg.clone(), to: to_extension("1002"), mode: TransferMode::Blind };
    assert_eq!(done(desk.order(order).await?)?, format!("Sent to {BOB}."));

    // My phone is free at once, and Bob's rings for the outside party.
    scene.mine.wait(State::Down).await?;
    let ringing = bob.incoming().await?;
    desk.lamp("1002", Status::Ringing).await?;
    desk.lamp(case.me(), Status::Free).await?;
    stage.pbx().idle(case.me()).await?;
    let (call, leg) = desk.leg("1002", |leg| leg.state == LegState::Ringing).await?;
    assert_eq!(call.id, scene.call, "the call keeps its identity");
    assert_eq!(leg.peer.as_ref().and_then(|peer| peer.number.as_deref()), Some(scene.number()));
    // The PBX shows a line that was dialled by what was dialled, the digit for the outside line included.
    let displayed = if case == Case::Placed { format!("9{}", scene.number()) } else { scene.number().into() };
    assert_eq!(ringing.remote_identity().number, displayed, "what Bob's phone displays");

    ringing.answer()?;
    stage.pbx().talks(&[&["1002", "trunk"]]).await?;
    desk.lamp("1002", case.talking_lamp()).await?;
    scene.outside.wait_sound(10).await?;
    ringing.wait_sound(10).await?;
    let handed = HistoryOutcome::Transferred { to: BOB.into() };
    row(desk, &scene.call, case.me(), handed, scene.number()).await?;
    scene.end(stage, desk).await?;
    row(desk, &scene.call, "1002", HistoryOutcome::Answered, scene.number()).await?;
    Ok(())
}

#[tokio::test]
async fn a_colleague_who_called_me_is_handed_on_and_one_whom_i_called_as_well() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    for (caller, called) in [("1005", "1001"), ("1001", "1005")] {
        let placed = stage.office.phone(caller).call(called).await?;
        placed.wait(State::Up).await?;
        stage.office.phone(called).incoming().await?.wait(State::Up).await?;
        let (call, leg) = desk.leg("1001", |leg| leg.state == LegState::Talking).await?;
        desk.lamp("1001", Status::Inside).await?;
        let order = Command::Transfer { leg: leg.id, to: to_extension("1002"), mode: TransferMode::Blind };
        assert_eq!(done(desk.order(order).await?)?, format!("Sent to {BOB}."));
        stage.pbx().talks(&[&["1002", "1005"]]).await?;
        desk.lamp("1002", Status::Inside).await?;
        desk.lamp("1001", Status::Free).await?;
        let handed = HistoryOutcome::Transferred { to: BOB.into() };
        row(&mut desk, &call.id, "1001", handed, "1005").await?;
        stage.office.phone("1002").incoming().await?.hang_up();
        scene::quiet(&stage, &mut desk).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_call_that_i_place_is_handed_on_while_it_rings() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    for (called, at_last) in [("95550177", Status::Outside), ("1005", Status::Inside)] {
        stage.office.provider.policy(Policy::Ring);
        stage.office.phone("1005").policy(Policy::Ring);
        let mine = stage.office.phone("1001").call(called).await?;
        mine.wait(State::Ringing).await?;
        let far = if called == "1005" { stage.office.phone("1005") } else { &stage.office.provider };
        let far = far.incoming().await?;
        let (call, leg) =
            desk.leg("1001", |leg| leg.state == LegState::Calling && leg.peer.is_some()).await?;
        // That it rings there has to have come as far as here: before, there is nobody to hand on.
        desk.until("the far end rings", |office| {
            let call = office.calls.get(&call.id)?;
            call.legs.iter().any(|leg| leg.state == LegState::Ringing).then_some(())
        })
        .await?;
        let order = Command::Transfer { leg: leg.id, to: to_extension("1002"), mode: TransferMode::Blind };
        let text = done(desk.order(order).await?).with_context(|| called.to_owned())?;
        assert_eq!(text, format!("Sent to {BOB}."));
        mine.wait(State::Down).await?;
        let theirs = stage.office.phone("1002").incoming().await?;
        theirs.wait(State::Up).await?;
        desk.leg("1002", |leg| leg.state == LegState::Calling).await?;
        desk.lamp("1001", Status::Free).await?;
        far.answer()?;
        let other = if called == "1005" { "1005" } else { "trunk" };
        stage.pbx().talks(&[&["1002", other]]).await?;
        desk.lamp("1002", at_last).await?;
        theirs.wait_sound(10).await?;
        far.wait_sound(10).await?;
        let handed = HistoryOutcome::Transferred { to: BOB.into() };
        let party = if called == "1005" { "1005" } else { "5550177" };
        row(&mut desk, &call.id, "1001", handed, party).await?;
        theirs.hang_up();
        scene::quiet(&stage, &mut desk).await?;
    }
    Ok(())
}

#[tokio::test]
async fn who_is_handed_on_twice_is_still_the_same_caller() -> Result<()> {
    let (stage, mut anna) = scene::anna().await?;
    let mut bob = stage.desk("bob", "receptionist", &["1002"]).await?;
    let scene = Case::Talking.set(&stage, &mut anna).await?;
    let order =
        Command::Transfer { leg: scene.leg.clone(), to: to_extension("1002"), mode: TransferMode::Blind };
    done(anna.order(order).await?)?;
    stage.pbx().talks(&[&["1002", "trunk"]]).await?;
    let (call, leg) = bob.leg("1002", |leg| leg.state == LegState::Talking).await?;
    let order = Command::Transfer { leg: leg.id, to: to_extension("1005"), mode: TransferMode::Blind };
    assert_eq!(done(bob.order(order).await?)?, "Sent to Erin East (1005).");
    stage.pbx().talks(&[&["1005", "trunk"]]).await?;
    let (last, leg) = anna.leg("1005", |leg| leg.state == LegState::Talking).await?;
    assert_eq!((&call.id, &last.id), (&scene.call, &scene.call));
    assert_eq!(last.origin.number.as_deref(), Some(scene.number()));
    assert_eq!(last.via.dialled.as_deref(), Some("5551001"), "what the caller dialled first");
    assert_eq!(leg.peer.and_then(|peer| peer.name.clone()).as_deref(), Some("Jane Roe"));
    scene.end(&stage, &mut anna).await
}

#[tokio::test]
async fn a_colleague_who_is_busy_declines_or_is_away_is_told_and_the_caller_goes_on() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let cases = [
        (
            Policy::Busy,
            "Bob Brown (1002) is busy. The caller goes on as the phone system says, usually to the mailbox.",
        ),
        (
            Policy::Decline,
            "Bob Brown (1002) did not take the call. The caller goes on as the phone system says, usually to the mailbox.",
        ),
    ];
    for (policy, sentence) in cases {
        let scene = Case::Talking.set(&stage, &mut desk).await?;
        stage.office.phone("1002").policy(policy);
        let order =
            Command::Transfer { leg: scene.leg.clone(), to: to_extension("1002"), mode: TransferMode::Blind };
        let text = scene::refused(desk.order(order).await?, frontdesk_protocol::Reason::NotReached)?;
        assert_eq!(text, sentence);
        stage.pbx().in_mailbox("trunk", "1002@default").await?;
        scene.end(&stage, &mut desk).await?;
    }
    stage.office.phone("1002").unregister().await?;
    desk.lamp("1002", Status::Offline).await?;
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    let order =
        Command::Transfer { leg: scene.leg.clone(), to: to_extension("1002"), mode: TransferMode::Blind };
    let text = scene::refused(desk.order(order).await?, frontdesk_protocol::Reason::NotReached)?;
    assert_eq!(
        text,
        "The phone of Bob Brown (1002) is not connected. The caller goes on as the phone system says, usually to the mailbox."
    );
    stage.pbx().in_mailbox("trunk", "1002@default").await?;
    scene.outside.hang_up();
    stage.pbx().quiet().await
}
