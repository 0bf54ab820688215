//! The whole line on the rehearsal office: calls come by themselves to a desk, and what is ordered there is done.

use anyhow::{Context as _, Result, ensure};
use frontdesk_lab::planted;
use frontdesk_protocol::{
    Command, Destination, Extension, Leg, LegId, LegState, MailboxId, Number, Office, Outcome, PartyKind,
    PbxLink, Reason, Registration, Role, Service, Status, TransferMode, UserName,
};
use frontdesk_server::{Options, RunningServer, Server};
use frontdesk_tests::desk::Desk;
use frontdesk_tests::journal;
use frontdesk_tests::stage::PASSWORD;

const DESK: &str = "1001";

/// A server on the rehearsal office, and the desk at which calls arrive.
async fn open(seed: u64) -> Result<(RunningServer, Desk)> {
    journal::of_this_process()?;
    planted::secret(PASSWORD);
    let server = Server::start(Options::rehearsal(seed)).await?;
    let user = UserName::parse("anna")?;
    server.put_user(&user, Role::Receptionist, vec![extension(DESK)], PASSWORD).await?;
    let token = server.sign_in(&user).await?;
    let mut desk = Desk::open(&server.addr().to_string(), &token).await?;
    desk.until("the link is up", |office| matches!(office.link, PbxLink::Up { .. }).then_some(())).await?;
    Ok((server, desk))
}

fn extension(number: &str) -> Extension {
    Extension::parse(number).unwrap()
}

/// The caller whom the desk talks to, as a leg of the same call.
async fn talking(desk: &mut Desk) -> Result<(Leg, LegId)> {
    let mine = [extension(DESK)];
    desk.until("the desk talks", |office| {
        let (call, leg) =
            office.legs_at(&mine).find(|(_, leg)| leg.state == LegState::Talking && leg.peer.is_some())?;
        let other = call.legs.iter().find(|other| other.id != leg.id && other.state == LegState::Talking)?;
        Some((leg.clone(), other.id.clone()))
    })
    .await
}

/// Somebody whose phone is there and idle.
fn free(office: &Office) -> Option<Extension> {
    let idle = |lamp: &&std::sync::Arc<frontdesk_protocol::ExtensionState>| {
        lamp.status == Status::Free
            && lamp.registration == Registration::Registered
            && lamp.extension.as_str() != DESK
    };
    office.extensions.values().find(idle).map(|lamp| lamp.extension.clone())
}

#[tokio::test]
async fn calls_arrive_in_a_busy_office_and_the_phone_at_the_desk_takes_them() -> Result<()> {
    let (server, mut desk) = open(1).await?;
    ensure!(desk.office.people.len() >= 38, "{} people", desk.office.people.len());
    for (wanted, least) in [(Status::Offline, 2), (Status::Free, 15), (Status::Inside, 2)] {
        desk.until(&format!("{least} lamps show {wanted:?}"), |office| {
            let lamps = office.extensions.values().filter(|lamp| lamp.status == wanted);
            (lamps.count() >= least).then_some(())
        })
        .await?;
    }
    let amara = desk.office.person_at(&extension("1002")).context("somebody sits at 1002")?;
    ensure!(amara.name == "Amara Okafor" && amara.group == "Management", "{amara:?}");
    ensure!(amara.mailbox.is_some() && amara.numbers.len() == 1, "a mailbox and a mobile: {amara:?}");
    ensure!(desk.office.queues.len() == 3 && desk.office.lots.len() == 1, "queues and a parking lot");
    ensure!(desk.office.mailboxes.values().any(|mailbox| mailbox.new > 0), "somebody has messages");
    let (_, rings) = desk.leg(DESK, |leg| leg.state == LegState::Ringing).await?;
    ensure!(rings.peer.is_some(), "it is said who calls: {rings:?}");
    desk.leg(DESK, |leg| leg.id == rings.id && leg.state == LegState::Talking).await?;
    desk.leg(DESK, |leg| leg.id != rings.id && leg.state == LegState::Ringing).await?;
    server.shutdown().await;
    Ok(())
}

#[tokio::test]
async fn a_caller_is_handed_to_a_colleague_and_is_not_lost() -> Result<()> {
    let (server, mut desk) = open(2).await?;
    let (mine, caller) = talking(&mut desk).await?;
    let to = free(&desk.office).context("somebody is free")?;
    let order = Command::Transfer {
        leg: mine.id.clone(),
        to: Destination::Extension { extension: to.clone() },
        mode: TransferMode::Blind,
    };
    match desk.order(order).await? {
        Outcome::Done { .. } | Outcome::Failed { reason: Reason::NotReached, .. } => {}
        other => anyhow::bail!("the transfer to {to}: {other:?}"),
    }
    let what = format!("the desk is free of the call, and the caller is with {to} or at a mailbox");
    desk.until(&what, |office| {
        let (_, leg) = office.leg(&caller)?;
        let peer = leg.peer.as_ref()?;
        let arrived = peer.number.as_deref() == Some(to.as_str())
            || matches!(peer.kind, PartyKind::Service(Service::Voicemail));
        (office.leg(&mine.id).is_none() && arrived).then_some(())
    })
    .await?;
    desk.row("the call is in the history", |row| row.extension.as_str() == DESK).await?;
    server.shutdown().await;
    Ok(())
}

#[tokio::test]
async fn a_caller_is_sent_to_a_mailbox() -> Result<()> {
    let (server, mut desk) = open(3).await?;
    let (mine, caller) = talking(&mut desk).await?;
    let mailbox = MailboxId::parse("1014@default")?;
    let order = Command::Transfer {
        leg: mine.id.clone(),
        to: Destination::Voicemail { mailbox },
        mode: TransferMode::Blind,
    };
    let outcome = desk.order(order).await?;
    ensure!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    desk.until("the caller is at the mailbox", |office| {
        let (_, leg) = office.leg(&caller)?;
        let at = matches!(leg.peer.as_ref()?.kind, PartyKind::Service(Service::Voicemail));
        (at && office.leg(&mine.id).is_none()).then_some(())
    })
    .await?;
    server.shutdown().await;
    Ok(())
}

#[tokio::test]
async fn a_caller_is_sent_to_a_mobile() -> Result<()> {
    let (server, mut desk) = open(5).await?;
    let (mine, caller) = talking(&mut desk).await?;
    let amara = desk.office.person_at(&extension("1002")).context("somebody sits at 1002")?.clone();
    let number = amara.numbers.first().context("a mobile")?.number.clone();
    let order = Command::Transfer {
        leg: mine.id.clone(),
        to: Destination::Number { person: amara.id.clone(), number },
        mode: TransferMode::Blind,
    };
    match desk.order(order).await? {
        Outcome::Done { .. } | Outcome::Failed { reason: Reason::NotReached, .. } => {}
        other => anyhow::bail!("the transfer to the mobile: {other:?}"),
    }
    let what = "the desk is free of the call, and the caller is with the mobile";
    desk.until(what, |office| {
        let number = amara.numbers.first()?.number.as_str();
        let (_, leg) = office.leg(&caller)?;
        let with = leg.peer.as_ref()?.number.as_deref().is_some_and(|shown| shown.ends_with(number));
        (office.leg(&mine.id).is_none() && with).then_some(())
    })
    .await?;
    server.shutdown().await;
    Ok(())
}

#[tokio::test]
async fn a_call_is_placed_from_the_desk_and_hung_up() -> Result<()> {
    let (server, mut desk) = open(4).await?;
    let (talks, _) = talking(&mut desk).await?;
    let order = Command::Originate { from: extension(DESK), to: Number::parse("5550131")? };
    let begun = desk.begin(order).await?;
    let dialled = |leg: &Leg| {
        leg.peer.as_ref().and_then(|peer| peer.number.as_deref()?.strip_suffix("5550131").map(drop))
    };
    let (_, placed) = desk.leg(DESK, |leg| leg.id != talks.id && dialled(leg).is_some()).await?;
    let outcome = desk.outcome(&begun).await?;
    ensure!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    let outcome = desk.order(Command::HangUp { leg: placed.id.clone(), grace: false }).await?;
    ensure!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    desk.until("the placed call is over", |office| office.leg(&placed.id).is_none().then_some(())).await?;
    desk.leg(DESK, |leg| leg.id == talks.id && leg.state == LegState::Talking).await?;
    server.shutdown().await;
    Ok(())
}
