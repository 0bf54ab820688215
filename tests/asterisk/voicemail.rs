//! R5: dropping a card on a colleague's mailbox brings the party to its greeting at once; no phone rings.

use crate::scene::{self, BOB, Case, done, row, to_mailbox};
use anyhow::{Context, Result};
use frontdesk_lab::State;
use frontdesk_protocol::{Command, HistoryOutcome, LegState, PartyKind, Service, Status, TransferMode};
use frontdesk_tests::desk::Desk;
use frontdesk_tests::stage::Stage;

#[tokio::test]
async fn a_caller_to_my_phone_leaves_a_message_from_every_kind_of_call() -> Result<()> {
    each([Case::Talking, Case::Held, Case::Ringing]).await
}

#[tokio::test]
async fn a_caller_from_the_queue_and_one_whom_i_called_leave_a_message_as_well() -> Result<()> {
    each([Case::Queue, Case::QueueRinging, Case::Placed]).await
}

async fn each(cases: [Case; 3]) -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    for case in cases {
        to_mailbox_of_bob(&stage, &mut desk, case).await.with_context(|| format!("{case:?}"))?;
    }
    Ok(())
}

async fn to_mailbox_of_bob(stage: &Stage, desk: &mut Desk, case: Case) -> Result<()> {
    let scene = case.set(stage, desk).await?;
    let rung = stage.office.phone("1002").requests("INVITE");
    let before = stage.office.lab.messages("1002").len();
    let order = Command::Transfer {
        leg: scene.leg.clone(),
        to: to_mailbox("1002@default"),
        mode: TransferMode::Blind,
    };
    assert_eq!(done(desk.order(order).await?)?, format!("Sent to the mailbox of {BOB}."));

    scene.mine.wait(State::Down).await?;
    stage.pbx().in_mailbox("trunk", "1002@default").await?;
    desk.lamp(case.me(), Status::Free).await?;
    desk.until("the caller is at the mailbox", |office| {
        let call = office.calls.get(&scene.call)?;
        let leg = call.legs.iter().find(|leg| leg.extension.is_none())?;
        let there = leg.peer.as_ref().is_some_and(|peer| peer.kind == PartyKind::Service(Service::Voicemail));
        (leg.state == LegState::Talking && there).then_some(())
    })
    .await?;
    stage.office.leave_message(&scene.outside, "1002", before).await?;
    assert_eq!(stage.office.lab.messages("1002").len(), before + 1);
    assert_eq!(stage.office.phone("1002").requests("INVITE"), rung, "Bob's phone does not ring");
    let new = u32::try_from(before + 1)?;
    desk.until("Bob's mailbox has one more", |office| {
        office.mailboxes.get("1002@default").filter(|mailbox| mailbox.new == new).map(drop)
    })
    .await?;
    let handed = HistoryOutcome::Transferred { to: format!("the mailbox of {BOB}") };
    row(desk, &scene.call, case.me(), handed, scene.number()).await?;
    scene::quiet(stage, desk).await
}
