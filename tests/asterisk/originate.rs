//! R8: a double click on a row of the history rings my phone, and then dials the party of the row.

use crate::scene::{self, Case, done, extension, number, refused};
use anyhow::{Context, Result};
use frontdesk_lab::{Policy, State};
use frontdesk_protocol::{
    Command, Direction, HistoryQuery, LegState, Mark, Number, PartyKind, PersonId, Reason, Status,
};
use frontdesk_tests::desk::Desk;
use frontdesk_tests::stage::Stage;

fn call(from: &str, to: &str) -> Command {
    Command::Originate { from: extension(from), to: number(to) }
}

#[tokio::test]
async fn the_party_of_every_kind_of_call_is_called_back_from_its_row() -> Result<()> {
    let (stage, _) = scene::anna().await?;
    for case in Case::ALL {
        let mut desk = stage.desk_of("anna").await?;
        call_back(&stage, &mut desk, case).await.with_context(|| format!("{case:?}"))?;
    }
    Ok(())
}

async fn call_back(stage: &Stage, desk: &mut Desk, case: Case) -> Result<()> {
    let (me, phone) = (case.me(), stage.office.phone(case.me()));
    let scene = case.set(stage, desk).await?;
    scene.end(stage, desk).await?;
    desk.row("the row of the call", |row| row.call == scene.call && row.extension.as_str() == me).await?;
    let person = Some(PersonId::parse(me)?);
    let page = desk.history(HistoryQuery { person, before: None, limit: 1, text: None }).await?;
    let party = page.entries.into_iter().next().context("a row")?.party;
    let to = Number::parse(party.number.as_deref().context("a number in the row")?)?;
    assert_eq!(to.as_str(), scene.number());

    phone.policy(Policy::Ring);
    let order = desk.begin(Command::Originate { from: extension(me), to }).await?;
    let ringing = phone.incoming().await?;
    assert_eq!(ringing.remote_identity().number, scene.number(), "my phone shows whom it is calling");
    let (_, leg) = desk.leg(me, |leg| leg.state == LegState::Ringing).await?;
    assert_eq!(leg.direction, Direction::Outbound);
    assert_eq!(leg.peer.as_ref().map(|peer| &peer.kind), Some(&PartyKind::Outside));
    assert_eq!(leg.peer.and_then(|peer| peer.number.clone()).as_deref(), Some(scene.number()));
    desk.lamp(me, Status::Ringing).await?;

    ringing.answer()?;
    let outside = stage.office.provider.incoming().await?;
    assert_eq!(outside.dialled(), scene.number(), "what the outside line was asked for");
    assert_eq!(done(desk.outcome(&order).await?)?, format!("Calling {}.", scene.number()));
    stage.pbx().talks(&[&[me, "trunk"]]).await?;
    desk.lamp(me, Status::Outside).await?;
    let (_, leg) = desk.leg(me, |leg| leg.state == LegState::Talking).await?;
    assert_eq!(leg.peer.and_then(|peer| peer.number.clone()).as_deref(), Some(scene.number()));
    outside.wait_sound(10).await?;
    outside.hang_up();
    ringing.wait(State::Down).await?;
    scene::quiet(stage, desk).await
}

#[tokio::test]
async fn a_colleague_is_called_while_i_talk_to_somebody_else() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    let phone = stage.office.phone("1001");
    phone.policy(Policy::Ring);
    stage.office.phone("1002").policy(Policy::Ring);
    let order = desk.begin(call("1001", "1002")).await?;
    let second = phone.incoming().await?;
    assert_eq!(second.remote_identity().name, "Bob Brown", "my phone shows whom it is calling");
    desk.until("my lamp shows the caller, with a mark for the call that rings", |office| {
        let lamp = office.extensions.get("1001")?;
        (lamp.status == Status::Outside && lamp.mark == Some(Mark::Ringing)).then_some(())
    })
    .await?;
    scene.mine.hold().await?;
    second.answer()?;
    let bob = stage.office.phone("1002").incoming().await?;
    assert_eq!(
        (bob.remote_identity().name.as_str(), bob.remote_identity().number.as_str()),
        ("Alice", "1001")
    );
    assert_eq!(done(desk.outcome(&order).await?)?, "Calling Bob Brown.");
    let (_, leg) = desk.leg("1001", |leg| leg.state == LegState::Calling).await?;
    assert_eq!(
        leg.peer.and_then(|peer| peer.person.clone()).map(|id| id.to_string()).as_deref(),
        Some("bob")
    );
    bob.answer()?;
    stage.pbx().talks(&[&["1001", "1002"], &["1001", "trunk"]]).await?;
    desk.until("my lamp shows Bob, with a mark for the one on hold", |office| {
        let lamp = office.extensions.get("1001")?;
        (lamp.status == Status::Inside && lamp.mark == Some(Mark::Held)).then_some(())
    })
    .await?;
    desk.lamp("1002", Status::Inside).await?;
    second.hang_up();
    desk.lamp("1001", Status::Held).await?;
    scene.mine.resume().await?;
    desk.lamp("1001", Status::Outside).await?;
    scene.end(&stage, &mut desk).await
}

#[tokio::test]
async fn why_a_call_was_not_placed_is_said() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let phone = stage.office.phone("1001");
    for (policy, sentence) in [
        (Policy::Busy, "Your phone is busy. Nobody was called."),
        (Policy::Decline, "Your phone declined the call. Nobody was called."),
        (Policy::Unavailable, "Your phone does not take calls now. Nobody was called."),
    ] {
        phone.policy(policy);
        assert_eq!(refused(desk.order(call("1001", "1002")).await?, Reason::NotReached)?, sentence);
    }
    phone.policy(Policy::Ring);
    let order = desk.begin(call("1001", "1002")).await?;
    let (_, leg) = desk.leg("1001", |leg| leg.state == LegState::Ringing).await?;
    done(desk.order(Command::HangUp { leg: leg.id, grace: false }).await?)?;
    assert_eq!(
        refused(desk.outcome(&order).await?, Reason::Gone)?,
        "You ended the call before your phone was picked up. Nobody was called."
    );
    refused(desk.order(call("1001", "4711")).await?, Reason::NoSuchDestination)?;
    refused(desk.order(call("1002", "1001")).await?, Reason::NotPermitted)?;
    phone.unregister().await?;
    desk.lamp("1001", Status::Offline).await?;
    assert_eq!(
        refused(desk.order(call("1001", "1002")).await?, Reason::NotReached)?,
        "Your phone 1001 is not connected to the phone system. Check it, or choose another extension."
    );
    stage.pbx().quiet().await?;
    assert_eq!(stage.office.phone("1002").requests("INVITE"), 0, "Bob was never called");
    Ok(())
}
