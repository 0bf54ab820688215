//! R7: what became of each call, whose it was, and that nothing is lost when the server stops or dies.

use crate::scene::{self, CALLED, CALLER, Case, row, to_extension};
use anyhow::{Context, Result};
use frontdesk_lab::{Policy, State};
use frontdesk_protocol::{
    Command, Direction, HistoryEntry, HistoryOutcome, HistoryQuery, LegState, PersonId, Status, TransferMode,
};
use frontdesk_tests::desk::Desk;

async fn page(desk: &mut Desk, person: Option<&str>) -> Result<Vec<HistoryEntry>> {
    let person = person.map(PersonId::parse).transpose()?;
    Ok(desk.history(HistoryQuery { person, before: None, limit: 50, text: None }).await?.entries)
}

#[tokio::test]
async fn every_outcome_of_an_incoming_call_is_a_row() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let phone = stage.office.phone("1001");

    let answered = Case::Talking.set(&stage, &mut desk).await?;
    answered.outside.wait_sound(25).await?;
    answered.end(&stage, &mut desk).await?;
    let entry = row(&mut desk, &answered.call, "1001", HistoryOutcome::Answered, CALLER.1).await?;
    assert_eq!((entry.direction, entry.party.name.as_deref()), (Direction::Inbound, Some("Jane Roe")));
    assert!((400..10_000).contains(&entry.talk_ms), "talked for {} ms", entry.talk_ms);

    let missed = Case::Ringing.set(&stage, &mut desk).await?;
    missed.end(&stage, &mut desk).await?;
    let entry = row(&mut desk, &missed.call, "1001", HistoryOutcome::Missed, CALLER.1).await?;
    assert_eq!(entry.talk_ms, 0);

    let unheard = Case::Ringing.set(&stage, &mut desk).await?;
    stage.pbx().in_mailbox("trunk", "1001@default").await?;
    let entry = row(&mut desk, &unheard.call, "1001", HistoryOutcome::Voicemail, CALLER.1).await?;
    assert!((5_000..12_000).contains(&entry.ring_ms), "rang for {} ms", entry.ring_ms);
    unheard.end(&stage, &mut desk).await?;

    phone.policy(Policy::Busy);
    let caller = stage.office.call_in(CALLER.0, CALLER.1, "5551001").await?;
    let entry = desk.row("a busy one", |row| row.outcome == HistoryOutcome::Busy).await?;
    assert_eq!(entry.extension.as_str(), "1001");
    caller.hang_up();
    scene::quiet(&stage, &mut desk).await?;

    for extension in ["1001", "1002", "1003"] {
        stage.office.phone(extension).policy(Policy::Ring);
    }
    let caller = stage.office.call_in(CALLER.0, CALLER.1, "5551602").await?;
    let mine = phone.incoming().await?;
    stage.office.phone("1002").incoming().await?.answer()?;
    mine.wait(State::Down).await?;
    let entry = desk.row("taken by another", |row| row.outcome == HistoryOutcome::AnsweredElsewhere).await?;
    assert_eq!(entry.party.number.as_deref(), Some(CALLER.1));
    caller.hang_up();
    scene::quiet(&stage, &mut desk).await?;

    // Newest first, all of my extensions and of nobody else.
    let rows = page(&mut desk, None).await?;
    assert!(rows.is_sorted_by(|newer, older| newer.id > older.id));
    assert!(rows.iter().all(|row| ["1001", "1003"].contains(&row.extension.as_str())), "{rows:#?}");
    let outcomes: Vec<_> =
        rows.into_iter().filter(|row| row.extension.as_str() == "1001").map(|row| row.outcome).collect();
    assert_eq!(
        outcomes,
        [
            HistoryOutcome::AnsweredElsewhere,
            HistoryOutcome::Busy,
            HistoryOutcome::Voicemail,
            HistoryOutcome::Missed,
            HistoryOutcome::Answered
        ]
    );
    Ok(())
}

#[tokio::test]
async fn calls_that_i_place_are_rows_with_what_became_of_them() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let answered = Case::Placed.set(&stage, &mut desk).await?;
    answered.end(&stage, &mut desk).await?;
    let entry = row(&mut desk, &answered.call, "1001", HistoryOutcome::Answered, CALLED).await?;
    assert_eq!(entry.direction, Direction::Outbound);

    stage.office.provider.policy(Policy::Busy);
    stage.office.phone("1001").call(&format!("9{CALLED}")).await?.wait(State::Down).await?;
    let entry = desk.row("busy outside", |row| row.outcome == HistoryOutcome::Busy).await?;
    assert_eq!((entry.direction, entry.party.number.as_deref()), (Direction::Outbound, Some(CALLED)));
    scene::quiet(&stage, &mut desk).await?;

    stage.office.phone("1002").policy(Policy::Ring);
    let mine = stage.office.phone("1001").call("1002").await?;
    stage.office.phone("1002").incoming().await?;
    let (call, _) = desk.leg("1001", |leg| leg.state == LegState::Calling).await?;
    mine.hang_up();
    row(&mut desk, &call.id, "1001", HistoryOutcome::Missed, "1002").await?;
    row(&mut desk, &call.id, "1002", HistoryOutcome::Missed, "1001").await?;
    scene::quiet(&stage, &mut desk).await?;

    let theirs = page(&mut desk, Some("bob")).await?;
    assert_eq!(theirs.len(), 1, "a receptionist reads Bob's history: {theirs:#?}");
    assert_eq!(theirs[0].party.name.as_deref(), Some("Alice"));
    Ok(())
}

#[tokio::test]
async fn the_history_survives_a_restart_and_calls_that_were_up_are_marked() -> Result<()> {
    let (mut stage, mut desk) = scene::anna().await?;
    let over = Case::Talking.set(&stage, &mut desk).await?;
    over.end(&stage, &mut desk).await?;
    row(&mut desk, &over.call, "1001", HistoryOutcome::Answered, CALLER.1).await?;
    let up = Case::Queue.set(&stage, &mut desk).await?;
    stage.stop_server().await?;
    assert!(desk.until("the farewell", |_| None::<()>).await.is_err(), "the desk is told");
    stage.start_server().await?;

    let mut desk = stage.desk_of("anna").await?;
    let rows = page(&mut desk, None).await?;
    let told: Vec<_> = rows.iter().map(|row| (row.extension.as_str(), &row.outcome)).collect();
    assert_eq!(told, [("1003", &HistoryOutcome::Interrupted), ("1001", &HistoryOutcome::Answered)]);
    assert_eq!(rows[0].queue.as_ref().map(ToString::to_string).as_deref(), Some("support"));
    assert_eq!(rows[0].call, up.call);

    // The call itself never noticed, and is seen again.
    stage.pbx().talks(&[&["1003", "trunk"]]).await?;
    desk.lamp("1003", Status::Queue).await?;

    // A power cut loses no more than a stop does.
    stage.kill_server();
    stage.start_server().await?;
    let mut desk = stage.desk_of("anna").await?;
    let rows = page(&mut desk, None).await?;
    assert!(rows.iter().any(|row| row.id == over_id(&rows, &over.call)), "{rows:#?}");
    let interrupted = rows.iter().filter(|row| row.outcome == HistoryOutcome::Interrupted).count();
    assert!(interrupted >= 1, "{rows:#?}");
    up.outside.hang_up();
    stage.pbx().quiet().await?;
    desk.lamp("1003", Status::Free).await
}

fn over_id(rows: &[HistoryEntry], call: &frontdesk_protocol::CallId) -> frontdesk_protocol::HistoryId {
    rows.iter().find(|row| row.call == *call).map(|row| row.id).unwrap_or(frontdesk_protocol::HistoryId(0))
}

#[tokio::test]
async fn pages_follow_each_other_and_a_colleague_sees_only_their_own() -> Result<()> {
    let (stage, mut desk) = scene::anna().await?;
    let mut bob = stage.desk("bob", "colleague", &["1002"]).await?;
    for _ in 0..3 {
        let scene = Case::Talking.set(&stage, &mut desk).await?;
        let order =
            Command::Transfer { leg: scene.leg.clone(), to: to_extension("1002"), mode: TransferMode::Blind };
        scene::done(desk.order(order).await?)?;
        stage.pbx().talks(&[&["1002", "trunk"]]).await?;
        scene.end(&stage, &mut desk).await?;
        bob.row("Bob's row", |row| row.call == scene.call).await?;
    }
    let query = |before| HistoryQuery { person: None, before, limit: 2, text: None };
    let first = desk.history(query(None)).await?;
    assert_eq!((first.entries.len(), first.more), (2, true));
    let last = first.entries.last().context("a last row")?.id;
    let second = desk.history(query(Some(last))).await?;
    assert_eq!((second.entries.len(), second.more), (1, false));
    assert!(second.entries[0].id < last);

    assert!(bob.added.iter().all(|row| row.extension.as_str() == "1002"), "{:#?}", bob.added);
    assert_eq!(page(&mut bob, None).await?.len(), 3);
    let refused = page(&mut bob, Some("1001")).await.expect_err("not his to see");
    assert!(refused.to_string().contains("You can see your own history only"), "{refused}");
    Ok(())
}
