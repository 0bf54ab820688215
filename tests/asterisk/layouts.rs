//! Calls that come to a phone by way of the PBX's own doings: a queue through Local channels, a ring group, a parking
//! space, a forwarding, a pick-up, an attended transfer at the phone. The desk shows who is there and hands them on.

use crate::scene::{self, BOB, CALLER, Case, done, row, to_extension};
use anyhow::{Context, Result};
use frontdesk_lab::recorder::AmiUser;
use frontdesk_lab::{Policy, State};
use frontdesk_protocol::{Command, HistoryOutcome, LegState, PartyKind, Service, Status, TransferMode};
use frontdesk_tests::pbx::Channel;

#[tokio::test]
async fn a_queue_whose_members_are_local_channels_is_handed_on_like_any_other() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let phone = stage.office.phone("1003");
    for answered in [true, false] {
        phone.policy(if answered { Policy::Answer } else { Policy::Ring });
        let outside = stage.office.call_in(CALLER.0, CALLER.1, "5551601").await?;
        let mine = phone.incoming().await?;
        let (state, lamp) = match answered {
            true => (LegState::Talking, Status::Queue),
            false => (LegState::Ringing, Status::Ringing),
        };
        let (call, leg) = desk
            .leg("1003", |leg| {
                let caller = leg.peer.as_ref().and_then(|peer| peer.number.as_deref()) == Some(CALLER.1);
                leg.state == state && caller
            })
            .await?;
        desk.lamp("1003", lamp).await?;
        assert_eq!(call.via.queue.as_ref().map(ToString::to_string).as_deref(), Some("supportlocal"));
        assert_eq!(call.legs.len(), 2, "Local channels are not shown: {call:#?}");
        let order = Command::Transfer { leg: leg.id, to: to_extension("1002"), mode: TransferMode::Blind };
        assert_eq!(done(desk.order(order).await?)?, format!("Sent to {BOB}."));
        mine.wait(State::Down).await?;
        stage.pbx().talks(&[&["1002", "trunk"]]).await?;
        desk.lamp("1002", Status::Queue).await?;
        outside.wait_sound(5).await?;
        outside.hang_up();
        scene::quiet(&stage, &mut desk).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_ring_group_rings_at_all_and_is_handed_on_by_one() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    for member in ["1001", "1002", "1003"] {
        stage.office.phone(member).policy(Policy::Ring);
    }
    let outside = stage.office.call_in(CALLER.0, CALLER.1, "5551602").await?;
    for member in ["1001", "1002", "1003"] {
        stage.office.phone(member).incoming().await?;
        desk.lamp(member, Status::Ringing).await?;
    }
    let (call, leg) = desk.leg("1001", |leg| leg.state == LegState::Ringing).await?;
    assert_eq!(leg.peer.and_then(|peer| peer.number.clone()).as_deref(), Some(CALLER.1));
    let order = Command::Transfer { leg: leg.id, to: to_extension("1005"), mode: TransferMode::Blind };
    assert_eq!(done(desk.order(order).await?)?, "Sent to Erin East (1005).");
    stage.pbx().talks(&[&["1005", "trunk"]]).await?;
    for member in ["1001", "1002", "1003"] {
        desk.lamp(member, Status::Free).await?;
    }
    let handed = HistoryOutcome::Transferred { to: "Erin East (1005)".into() };
    row(&mut desk, &call.id, "1001", handed, CALLER.1).await?;
    outside.hang_up();
    scene::quiet(&stage, &mut desk).await
}

#[tokio::test]
async fn a_caller_who_is_sent_to_the_parking_lot_is_seen_there_and_fetched() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    let order =
        Command::Transfer { leg: scene.leg.clone(), to: to_extension("700"), mode: TransferMode::Blind };
    assert_eq!(done(desk.order(order).await?)?, "Sent to 700.");
    scene.mine.wait(State::Down).await?;
    let space = desk
        .until("the caller is parked", |office| {
            let caller = office.lots.get("default")?.parked.first()?;
            (caller.party.number.as_deref() == Some(CALLER.1)).then(|| caller.space.clone())
        })
        .await?;
    desk.lamp("1001", Status::Free).await?;
    let fetched = stage.office.phone("1002").call(space.as_str()).await?;
    fetched.wait(State::Up).await?;
    stage.pbx().talks(&[&["1002", "trunk"]]).await?;
    let (call, _) = desk
        .leg("1002", |leg| leg.peer.as_ref().and_then(|peer| peer.number.as_deref()) == Some(CALLER.1))
        .await?;
    assert_eq!(call.id, scene.call, "the older call stays");
    desk.lamp("1002", Status::Outside).await?;
    desk.until("the space is empty", |office| office.lots.get("default")?.parked.is_empty().then_some(()))
        .await?;
    scene.end(&stage, &mut desk).await
}

#[tokio::test]
async fn a_caller_is_sent_into_a_queue_and_into_a_conference() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    let order =
        Command::Transfer { leg: scene.leg.clone(), to: to_extension("600"), mode: TransferMode::Blind };
    assert_eq!(done(desk.order(order).await?)?, "Sent to 600.");
    stage.pbx().talks(&[&["1003", "trunk"]]).await?;
    desk.lamp("1003", Status::Queue).await?;
    desk.lamp("1001", Status::Free).await?;
    scene.end(&stage, &mut desk).await?;

    let scene = Case::Talking.set(&stage, &mut desk).await?;
    let order =
        Command::Transfer { leg: scene.leg.clone(), to: to_extension("800"), mode: TransferMode::Blind };
    assert_eq!(done(desk.order(order).await?)?, "Sent to 800.");
    let joined = stage.office.phone("1002").call("800").await?;
    joined.wait(State::Up).await?;
    // The room's announcer may be in the bridge as well.
    let bridge = |channels: &[Channel], endpoint: &str| {
        let there = channels.iter().find(|channel| channel.endpoint() == endpoint)?;
        Some(there.bridge.clone()).filter(|bridge| !bridge.is_empty())
    };
    let together =
        |channels: &[Channel]| (bridge(channels, "1002")? == bridge(channels, "trunk")?).then_some(());
    stage.pbx().until("both are in one bridge", together).await?;
    desk.until("both are in the conference", |office| {
        let call = office.calls.values().find(|call| call.legs.len() == 2)?;
        let room = |leg: &frontdesk_protocol::Leg| {
            let kind = leg.peer.as_ref().map(|peer| &peer.kind);
            kind == Some(&PartyKind::Service(Service::Conference)) && leg.state == LegState::Talking
        };
        call.legs.iter().all(room).then_some(())
    })
    .await?;
    desk.lamp("1002", Status::Inside).await?;
    joined.hang_up();
    scene.end(&stage, &mut desk).await
}

#[tokio::test]
async fn an_attended_transfer_at_the_phone_makes_one_call_of_two() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let scene = Case::Held.set(&stage, &mut desk).await?;
    let asking = stage.office.phone("1001").call("1002").await?;
    asking.wait(State::Up).await?;
    let asked = stage.office.phone("1002").incoming().await?;
    asked.wait_sound(5).await?;
    desk.lamp("1001", Status::Inside).await?;
    assert_eq!(desk.office.calls.len(), 2, "{}", desk.picture());
    scene.mine.refer_replaces(&asking).await?;
    scene.mine.wait(State::Down).await?;
    asking.wait(State::Down).await?;
    stage.pbx().talks(&[&["1002", "trunk"]]).await?;
    desk.lamp("1001", Status::Free).await?;
    desk.lamp("1002", Status::Outside).await?;
    let (call, leg) = desk.leg("1002", |leg| leg.state == LegState::Talking).await?;
    assert_eq!(leg.peer.and_then(|peer| peer.number.clone()).as_deref(), Some(CALLER.1));
    assert_eq!(call.id, scene.call, "the older call stays");
    desk.until("one call is left", |office| (office.calls.len() == 1).then_some(())).await?;
    scene.end(&stage, &mut desk).await
}

#[tokio::test]
async fn a_phone_that_forwards_and_one_that_picks_up_have_the_caller() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    stage.office.phone("1001").policy(Policy::Forward("1002".into()));
    let outside = stage.office.call_in(CALLER.0, CALLER.1, "5551001").await?;
    stage.pbx().talks(&[&["1002", "trunk"]]).await?;
    desk.lamp("1002", Status::Outside).await?;
    desk.lamp("1001", Status::Free).await?;
    outside.hang_up();
    scene::quiet(&stage, &mut desk).await?;

    let ringing = Case::Ringing.set(&stage, &mut desk).await?;
    let channel = stage
        .pbx()
        .until("the channel that rings", |channels| {
            channels.iter().find(|c| c.endpoint() == "1001").map(|c| c.name.clone())
        })
        .await?;
    let mut tap = stage.office.tap(AmiUser::Recorder).await?;
    let pick = [("Channel", "PJSIP/1005"), ("Application", "PickupChan"), ("Data", channel.as_str())];
    tap.action("Originate", &[&pick[..], &[("Async", "true")]].concat()).await?;
    ringing.mine.wait(State::Down).await?;
    stage.pbx().talks(&[&["1005", "trunk"]]).await?;
    desk.lamp("1005", Status::Outside).await?;
    desk.lamp("1001", Status::Free).await?;
    row(&mut desk, &ringing.call, "1001", HistoryOutcome::AnsweredElsewhere, CALLER.1).await?;
    let (_, leg) = desk.leg("1005", |leg| leg.state == LegState::Talking).await?;
    let peer = leg.peer.context("a peer")?;
    assert_eq!(peer.number.as_deref(), Some(CALLER.1));
    ringing.end(&stage, &mut desk).await
}
