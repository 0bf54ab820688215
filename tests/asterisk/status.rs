//! R10: the seven statuses and what is more important where there are several calls.

use crate::scene::{self, CALLER, Case};
use anyhow::Result;
use frontdesk_lab::{LabOptions, Policy, State};
use frontdesk_protocol::{LegState, Mark, Office, PersonId, Registration, Status};
use frontdesk_tests::desk::Desk;
use frontdesk_tests::stage::Stage;
use std::time::Duration;

#[tokio::test]
async fn a_lamp_goes_through_the_colours_of_an_outside_call() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    desk.lamp("1001", Status::Free).await?;
    let phone = stage.office.phone("1001");
    phone.policy(Policy::Ring);
    let outside = stage.office.call_in(CALLER.0, CALLER.1, "5551001").await?;
    let mine = phone.incoming().await?;
    desk.lamp("1001", Status::Ringing).await?;
    mine.answer()?;
    desk.lamp("1001", Status::Outside).await?;
    mine.wait_sound(5).await?;
    mine.hold().await?;
    desk.lamp("1001", Status::Held).await?;
    mine.resume().await?;
    desk.lamp("1001", Status::Outside).await?;
    stage.pbx().talks(&[&["1001", "trunk"]]).await?;
    mine.hang_up();
    outside.wait(State::Down).await?;
    desk.lamp("1001", Status::Free).await?;
    phone.unregister().await?;
    desk.lamp("1001", Status::Offline).await?;
    phone.register_again().await?;
    desk.lamp("1001", Status::Free).await
}

#[tokio::test]
async fn who_calls_and_who_is_called_are_both_yellow_and_then_both_green() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let bob = stage.office.phone("1002");
    bob.policy(Policy::Ring);
    let mine = stage.office.phone("1001").call("1002").await?;
    let ringing = bob.incoming().await?;
    desk.lamp("1001", Status::Ringing).await?;
    desk.lamp("1002", Status::Ringing).await?;
    ringing.answer()?;
    desk.lamp("1001", Status::Inside).await?;
    desk.lamp("1002", Status::Inside).await?;
    stage.pbx().talks(&[&["1001", "1002"]]).await?;
    // Who presses hold is grey; who is held still has the call.
    ringing.wait_sound(5).await?;
    ringing.hold().await?;
    desk.lamp("1002", Status::Held).await?;
    desk.lamp("1001", Status::Inside).await?;
    ringing.resume().await?;
    desk.lamp("1002", Status::Inside).await?;
    mine.hang_up();
    desk.lamp("1001", Status::Free).await?;
    desk.lamp("1002", Status::Free).await
}

#[tokio::test]
async fn conference_mailbox_and_feature_code_are_local() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    for code in ["800", "*97", "500", "*1002"] {
        let mine = stage.office.phone("1001").call(code).await?;
        mine.wait(State::Up).await?;
        desk.lamp("1001", Status::Inside).await?;
        mine.hang_up();
        desk.lamp("1001", Status::Free).await?;
    }
    stage.pbx().quiet().await
}

#[tokio::test]
async fn a_call_from_the_queue_is_orange_once_it_is_answered_and_stays_so_when_it_is_handed_on() -> Result<()>
{
    let (stage, mut desk) = scene::anna().await?;
    stage.office.phone("1003").policy(Policy::Ring);
    let outside = stage.office.call_in(CALLER.0, CALLER.1, "5551600").await?;
    let mine = stage.office.phone("1003").incoming().await?;
    desk.lamp("1003", Status::Ringing).await?;
    desk.until("the caller waits in the queue", |office| {
        let queue = office.queues.get("support")?;
        (queue.waiting.first()?.party.number.as_deref() == Some(CALLER.1)).then_some(())
    })
    .await?;
    mine.answer()?;
    desk.lamp("1003", Status::Queue).await?;
    desk.until("nobody waits in the queue", |office| {
        office.queues.get("support")?.waiting.is_empty().then_some(())
    })
    .await?;
    mine.wait_sound(5).await?;
    mine.refer("1002").await?;
    desk.lamp("1002", Status::Queue).await?;
    stage.pbx().talks(&[&["1002", "trunk"]]).await?;
    outside.hang_up();
    scene::quiet(&stage, &mut desk).await
}

#[tokio::test]
async fn talking_comes_before_held_and_held_before_ringing() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let first = Case::Talking.set(&stage, &mut desk).await?;
    let phone = stage.office.phone("1001");
    phone.policy(Policy::Ring);
    let second = stage.office.call_in("John Doe", "5550124", "5551001").await?;
    let second_here = phone.incoming().await?;
    shows(&mut desk, Status::Outside, Some(Mark::Ringing)).await?;
    first.mine.hold().await?;
    shows(&mut desk, Status::Held, Some(Mark::Ringing)).await?;
    second_here.answer()?;
    shows(&mut desk, Status::Outside, Some(Mark::Held)).await?;
    let number = |office: &Office| {
        office.extensions.get("1001").and_then(|lamp| lamp.with.clone()).and_then(|with| with.number.clone())
    };
    assert_eq!(number(&desk.office).as_deref(), Some("5550124"), "the lamp names whom I talk to");
    second_here.wait_sound(5).await?;
    second_here.hold().await?;
    shows(&mut desk, Status::Held, None).await?;
    first.mine.resume().await?;
    shows(&mut desk, Status::Outside, Some(Mark::Held)).await?;
    assert_eq!(number(&desk.office).as_deref(), Some(CALLER.1));
    let cards = desk.office.legs_at(&[scene::extension("1001")]).count();
    assert_eq!(cards, 2, "a card for each call");
    second.hang_up();
    shows(&mut desk, Status::Outside, None).await?;
    first.end(&stage, &mut desk).await
}

async fn shows(desk: &mut Desk, status: Status, mark: Option<Mark>) -> Result<()> {
    desk.until(&format!("1001 shows {status:?} with {mark:?}"), |office| {
        let lamp = office.extensions.get("1001")?;
        (lamp.status == status && lamp.mark == mark).then_some(())
    })
    .await
}

#[tokio::test]
async fn a_person_with_two_extensions_shows_the_most_telling_of_them() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let erin = PersonId::parse("erin")?;
    let of_erin = |office: &Office, status: Status, mark: Option<Mark>| {
        let lamp = office.status_of(office.people.get(&erin)?);
        (lamp.status == status && lamp.mark == mark).then_some(())
    };
    stage.office.phone("1006").unregister().await?;
    desk.lamp("1006", Status::Offline).await?;
    desk.until("one phone is enough", |office| of_erin(office, Status::Free, None)).await?;
    stage.office.phone("1005").unregister().await?;
    desk.until("no phone is left", |office| of_erin(office, Status::Offline, None)).await?;
    stage.office.phone("1006").register_again().await?;
    stage.office.phone("1005").register_again().await?;
    desk.lamp("1005", Status::Free).await?;
    desk.lamp("1006", Status::Free).await?;
    stage.office.phone("1006").policy(Policy::Ring);
    let caller = stage.office.phone("1002").call("1006").await?;
    desk.until("one phone rings", |office| of_erin(office, Status::Ringing, None)).await?;
    let talk = stage.office.phone("1005").call("1001").await?;
    talk.wait(State::Up).await?;
    desk.until("one talks, the other rings", |office| of_erin(office, Status::Inside, Some(Mark::Ringing)))
        .await?;
    caller.hang_up();
    talk.hang_up();
    desk.until("free again", |office| of_erin(office, Status::Free, None)).await
}

#[tokio::test]
async fn a_phone_whose_cable_is_out_is_grey_until_it_answers_again() -> Result<()> {
    let options = LabOptions { qualify: Duration::from_secs(1), ..LabOptions::for_tests() };
    let stage = Stage::with(options).await?;
    let mut desk = stage.desk("anna", "receptionist", &["1001"]).await?;
    desk.lamp("1002", Status::Free).await?;
    stage.office.phone("1002").policy(Policy::Deaf);
    desk.lamp("1002", Status::Offline).await?;
    desk.lamp("1001", Status::Free).await?;
    stage.office.phone("1002").policy(Policy::Answer);
    desk.lamp("1002", Status::Free).await?;
    let call = stage.office.phone("1001").call("1002").await?;
    call.wait(State::Up).await?;
    desk.lamp("1002", Status::Inside).await
}

#[tokio::test]
async fn registration_is_seen_as_it_changes_and_where_a_server_starts_later() -> Result<()> {
    let (mut stage, desk) = scene::anna().await?;
    let registration =
        |office: &Office, extension: &str| office.extensions.get(extension).map(|e| e.registration);
    assert_eq!(registration(&desk.office, "1004"), Some(Registration::Unregistered));
    assert_eq!(registration(&desk.office, "1001"), Some(Registration::Registered));
    stage.stop_server().await?;
    stage.office.phone("1002").unregister().await?;
    stage.office.phone("1004").register_again().await?;
    stage.start_server().await?;
    let mut desk = stage.desk_of("anna").await?;
    desk.lamp("1002", Status::Offline).await?;
    desk.lamp("1004", Status::Free).await?;
    stage.office.phone("1002").register_again().await?;
    desk.lamp("1002", Status::Free).await?;
    // A phone that moves registers its new address before the old one goes.
    let moved =
        frontdesk_lab::Phone::register("1002", frontdesk_lab::asterisk::SIP_SECRET, stage.office.lab.sip())
            .await?;
    moved.policy(Policy::Ring);
    let caller = stage.office.phone("1001").call("1002").await?;
    moved.incoming().await?.answer()?;
    desk.leg("1002", |leg| leg.state == LegState::Talking).await?;
    caller.hang_up();
    desk.lamp("1002", Status::Free).await
}
