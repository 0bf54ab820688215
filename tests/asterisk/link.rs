//! The link to the PBX: it stops, dies and comes back; it refuses the login; and the desks are told each time.

use crate::scene::{self, Case, refused, to_extension};
use anyhow::{Context, Result};
use frontdesk_lab::{LabOptions, State};
use frontdesk_protocol::{Command, HistoryOutcome, Office, PbxLink, Reason, Status, TransferMode};
use frontdesk_tests::stage::Stage;

fn down(office: &Office) -> Option<String> {
    match &office.link {
        PbxLink::Down { reason, .. } => Some(reason.clone()),
        PbxLink::Up { .. } | PbxLink::Starting => None,
    }
}

fn up(office: &Office) -> Option<()> {
    matches!(office.link, PbxLink::Up { .. }).then_some(())
}

#[tokio::test]
async fn a_pbx_that_stops_is_told_and_all_is_read_anew_when_it_is_back() -> Result<()> {
    let (mut stage, mut desk) = scene::anna().await?;
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    stage.office.lab.stop().await?;
    let reason = desk.until("the link is down", down).await?;
    assert!(reason.ends_with('.'), "a sentence: {reason}");
    // It said that the call ended before it went.
    desk.until("no call is left", |office| office.calls.is_empty().then_some(())).await?;
    scene::row(&mut desk, &scene.call, "1001", HistoryOutcome::Answered, scene.number()).await?;
    for order in [
        Command::Originate { from: scene::extension("1001"), to: scene::number("1002") },
        Command::Originate { from: scene::extension("1003"), to: scene::number("5550188") },
    ] {
        let text = refused(desk.order(order).await?, Reason::NoLink)?;
        assert!(text.contains("no connection to the phone system"), "{text}");
    }

    stage.office.lab.revive().await?;
    desk.until("the link is up", up).await?;
    for extension in ["1001", "1002", "1003", "1005", "1006"] {
        desk.lamp(extension, Status::Free).await?;
    }
    let scene = Case::Talking.set(&stage, &mut desk).await?;
    scene.end(&stage, &mut desk).await
}

#[tokio::test]
async fn a_pbx_that_dies_leaves_what_was_last_known_until_it_is_back_and_then_no_ghost() -> Result<()> {
    let (mut stage, mut desk) = scene::anna().await?;
    let lost = Case::Queue.set(&stage, &mut desk).await?;
    stage.office.lab.kill();
    desk.until("the link is down", down).await?;
    assert!(desk.office.leg(&lost.leg).is_some(), "what was last known: {}", desk.picture());
    for order in [
        Command::HangUp { leg: lost.leg.clone(), grace: false },
        Command::Transfer { leg: lost.leg.clone(), to: to_extension("1002"), mode: TransferMode::Blind },
    ] {
        refused(desk.order(order).await?, Reason::NoLink)?;
    }
    stage.office.lab.revive().await?;
    desk.until("the link is up", up).await?;
    assert!(desk.office.calls.is_empty(), "a ghost in the same moment: {}", desk.picture());
    desk.lamp("1003", Status::Free).await?;
    scene::row(&mut desk, &lost.call, "1003", HistoryOutcome::Interrupted, lost.number()).await?;
    let scene = Case::Queue.set(&stage, &mut desk).await?;
    scene.end(&stage, &mut desk).await
}

#[tokio::test]
async fn a_pbx_that_restarts_within_a_second_is_read_anew() -> Result<()> {
    let (mut stage, mut desk) = scene::anna().await?;
    Case::Queue.set(&stage, &mut desk).await?;
    let before = desk.office.link.clone();
    stage.office.lab.restart().await?;
    desk.until("the link is another one", |office| up(office).filter(|()| office.link != before)).await?;
    assert!(desk.office.calls.is_empty(), "a ghost: {}", desk.picture());
    desk.lamp("1003", Status::Free).await?;
    let scene = Case::Queue.set(&stage, &mut desk).await?;
    scene.end(&stage, &mut desk).await
}

#[tokio::test]
async fn a_refused_login_at_the_pbx_is_a_sentence_at_every_desk_and_ends_when_it_is_mended() -> Result<()> {
    let mut stage = Stage::without_server(LabOptions::for_tests()).await?;
    stage.user("anna", "receptionist", &["1001"]).await?;
    stage.secret("not the secret")?;
    stage.start_server().await?;
    let mut desk = stage.desk_at_once("anna").await?;
    let reason = desk.until("the link is down", down).await?;
    let told = reason.to_lowercase();
    assert!(told.contains("refuse") || told.contains("secret") || told.contains("password"), "{reason}");
    stage.stop_server().await?;
    stage.secret(stage.office.lab.secret())?;
    stage.start_server().await?;
    let mut desk = stage.desk_of("anna").await?;
    desk.lamp("1001", Status::Free).await
}

#[tokio::test]
async fn a_server_that_starts_before_its_pbx_waits_for_it() -> Result<()> {
    let mut stage = Stage::without_server(LabOptions::for_tests()).await?;
    stage.user("anna", "receptionist", &["1001"]).await?;
    stage.office.lab.kill();
    stage.start_server().await?;
    let mut desk = stage.desk_at_once("anna").await?;
    desk.until("the link is down", down).await?;
    stage.office.lab.revive().await?;
    desk.until("the link is up", up).await?;
    desk.lamp("1001", Status::Free).await?;
    let call = stage.office.phone("1001").call("1002").await?;
    call.wait(State::Up).await?;
    desk.lamp("1001", Status::Inside).await
}

#[tokio::test]
async fn a_pbx_that_cannot_be_reached_is_told_with_what_to_look_at() -> Result<()> {
    let mut stage = Stage::without_server(LabOptions::for_tests()).await?;
    stage.user("anna", "receptionist", &["1001"]).await?;
    let (host, port) = (stage.office.lab.ami().ip().to_string(), stage.office.lab.ami().port().to_string());
    let closed = std::net::TcpListener::bind((host.as_str(), 0))?.local_addr()?.port().to_string();
    let host = format!("\"{host}\"");
    for (key, wrong, right, word) in [
        ("host", "\"no-such-host.invalid\"", host.as_str(), "no-such-host.invalid"),
        ("port", closed.as_str(), port.as_str(), closed.as_str()),
        ("tls", "true", "false", "cannot be trusted"),
    ] {
        stage.set_pbx(key, wrong)?;
        stage.start_server().await?;
        let mut desk = stage.desk_at_once("anna").await?;
        let reason =
            desk.until("the link is down", down).await.with_context(|| format!("{key} = {wrong}"))?;
        assert!(reason.contains(word) && reason.ends_with('.'), "{key} = {wrong}: {reason}");
        stage.stop_server().await?;
        stage.set_pbx(key, right)?;
    }
    stage.start_server().await?;
    stage.desk_of("anna").await?.lamp("1001", Status::Free).await
}
