//! R4: dropping a card on a colleague's further number hands the party on to it, through the outside line.

use crate::scene::{self, Case, done, row, to_number};
use anyhow::{Context, Result};
use frontdesk_lab::{Policy, State};
use frontdesk_protocol::{Command, HistoryOutcome, Status, TransferMode};
use frontdesk_tests::desk::Desk;
use frontdesk_tests::stage::Stage;

#[tokio::test]
async fn a_party_goes_to_a_mobile_from_every_kind_of_call() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    for case in Case::ALL {
        to_mobile(&stage, &mut desk, case).await.with_context(|| format!("{case:?}"))?;
    }
    Ok(())
}

async fn to_mobile(stage: &Stage, desk: &mut Desk, case: Case) -> Result<()> {
    let scene = case.set(stage, desk).await?;
    let provider = &stage.office.provider;
    provider.policy(Policy::Ring);
    let order = Command::Transfer {
        leg: scene.leg.clone(),
        to: to_number("bob", "+491701234567"),
        mode: TransferMode::Blind,
    };
    assert_eq!(done(desk.order(order).await?)?, "Sent to Bob Brown (+491701234567).");

    scene.mine.wait(State::Down).await?;
    let mobile = provider.incoming().await?;
    assert_eq!(mobile.dialled(), "00491701234567", "as the outside pattern says");
    desk.lamp(case.me(), Status::Free).await?;
    mobile.answer()?;
    stage.pbx().talks(&[&["trunk", "trunk"]]).await?;
    mobile.wait_sound(10).await?;
    scene.outside.wait_sound(10).await?;
    desk.lamp("1002", Status::Free).await?;
    desk.until("the call goes on without me", |office| {
        let call = office.calls.get(&scene.call)?;
        (call.legs.len() == 2 && call.legs.iter().all(|leg| leg.extension.is_none())).then_some(())
    })
    .await?;
    let handed = HistoryOutcome::Transferred { to: "Bob Brown (+491701234567)".into() };
    row(desk, &scene.call, case.me(), handed, scene.number()).await?;
    scene.end(stage, desk).await?;
    mobile.wait(State::Down).await?;
    Ok(())
}

#[tokio::test]
async fn a_mobile_that_is_busy_is_told() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    stage.office.provider.policy(Policy::Busy);
    let order = Command::Transfer {
        leg: scene.leg.clone(),
        to: to_number("bob", "5550188"),
        mode: TransferMode::Blind,
    };
    let text = scene::refused(desk.order(order).await?, frontdesk_protocol::Reason::NotReached)?;
    assert!(text.starts_with("Bob Brown (5550188) is busy."), "{text}");
    scene.end(&stage, &mut desk).await
}
