//! R6: hang up ends a call; on one that rings and is not picked up it ignores, and the caller goes on.

use crate::scene::{self, CALLED, CALLER, Case, done, extension, row};
use anyhow::{Context, Result};
use frontdesk_lab::{Policy, State};
use frontdesk_protocol::{Command, HistoryOutcome, LegId, LegState, Status};
use frontdesk_tests::stage::Stage;

#[tokio::test]
async fn an_answered_call_of_every_kind_is_ended_for_both_sides() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    for case in Case::ANSWERED {
        let ended = async {
            let scene = case.set(&stage, &mut desk).await?;
            let order = Command::HangUp { leg: scene.leg.clone(), grace: false };
            assert_eq!(done(desk.order(order).await?)?, "The call is ended.");
            scene.mine.wait(State::Down).await?;
            scene.outside.wait(State::Down).await?;
            scene::quiet(&stage, &mut desk).await?;
            let row =
                row(&mut desk, &scene.call, case.me(), HistoryOutcome::Answered, scene.number()).await?;
            let queue = row.queue.map(|queue| queue.to_string());
            assert_eq!(queue.as_deref(), case.through_queue().then_some("support"));
            anyhow::Ok(())
        };
        ended.await.with_context(|| format!("{case:?}"))?;
    }
    Ok(())
}

#[tokio::test]
async fn a_call_that_i_placed_is_taken_back_before_it_is_answered() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    stage.office.provider.policy(Policy::Ring);
    let mine = stage.office.phone("1001").call(&format!("9{CALLED}")).await?;
    let outside = stage.office.provider.incoming().await?;
    let (call, leg) = desk.leg("1001", |leg| leg.state == LegState::Calling && leg.peer.is_some()).await?;
    desk.lamp("1001", Status::Ringing).await?;
    assert_eq!(done(desk.order(Command::HangUp { leg: leg.id, grace: false }).await?)?, "The call is ended.");
    mine.wait(State::Down).await?;
    outside.wait(State::Down).await?;
    scene::quiet(&stage, &mut desk).await?;
    row(&mut desk, &call.id, "1001", HistoryOutcome::Missed, CALLED).await?;
    Ok(())
}

#[tokio::test]
async fn a_ringing_call_is_ignored_by_either_order_and_goes_to_my_mailbox() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let orders: [fn(LegId) -> Command; 2] =
        [|leg| Command::HangUp { leg, grace: false }, |leg| Command::Ignore { leg }];
    for order in orders {
        let scene = Case::Ringing.set(&stage, &mut desk).await?;
        let before = stage.office.lab.messages("1001").len();
        let text = done(desk.order(order(scene.leg.clone())).await?)?;
        assert_eq!(text, "Your phone does not ring any more; the caller goes on as the phone system says.");
        scene.mine.wait(State::Down).await?;
        stage.pbx().in_mailbox("trunk", "1001@default").await?;
        desk.lamp("1001", Status::Free).await?;
        stage.office.leave_message(&scene.outside, "1001", before).await?;
        assert_eq!(stage.office.lab.messages("1001").len(), before + 1);
        scene::quiet(&stage, &mut desk).await?;
        row(&mut desk, &scene.call, "1001", HistoryOutcome::Ignored, CALLER.1).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_caller_from_the_queue_who_is_ignored_rings_at_the_next_member() -> Result<()> {
    let stage = Stage::open().await?;
    let mut desk = stage.desk("carol", "receptionist", &["1003", "1004"]).await?;
    for member in ["1003", "1004"] {
        stage.office.phone(member).policy(Policy::Ring);
    }
    let outside = stage.office.call_in(CALLER.0, CALLER.1, "5551600").await?;
    let mine = [extension("1003"), extension("1004")];
    let (first, leg, call) = desk
        .until("a member rings", |office| {
            let (call, leg) = office.legs_at(&mine).find(|(_, leg)| leg.state == LegState::Ringing)?;
            Some((leg.extension.clone()?, leg.id.clone(), call.id.clone()))
        })
        .await?;
    let next = if first.as_str() == "1003" { "1004" } else { "1003" };
    desk.lamp(first.as_str(), Status::Ringing).await?;
    done(desk.order(Command::Ignore { leg }).await?)?;
    let ringing = stage.office.phone(next).incoming().await?;
    stage.pbx().idle(first.as_str()).await?;
    desk.lamp(first.as_str(), Status::Free).await?;
    ringing.answer()?;
    stage.pbx().talks(&[&[next, "trunk"]]).await?;
    desk.lamp(next, Status::Queue).await?;
    let ignored = row(&mut desk, &call, first.as_str(), HistoryOutcome::Ignored, CALLER.1).await?;
    assert_eq!(ignored.queue.map(|queue| queue.to_string()).as_deref(), Some("support"));
    outside.hang_up();
    stage.pbx().quiet().await?;
    row(&mut desk, &call, next, HistoryOutcome::Answered, CALLER.1).await?;
    Ok(())
}
