//! Faults of the disk below the server's database: the power fails again and again while calls are written down, there
//! is no room, another program holds the file. The desks go on, are told, and what they were shown is kept.

use crate::line::Line;
use crate::report::{Row, told};
use crate::room::Room;
use crate::traffic::Story;
use crate::watch::Seen;
use anyhow::{Context, Result, ensure};
use frontdesk_lab::State;
use frontdesk_protocol::{HistoryEntry, Status};
use frontdesk_tests::desk::Desk;
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;
use tokio::time::Instant;

/// How often the power fails.
const POWER_CUTS: u32 = 100;
/// How many calls are written down each time, at most.
const CALLS: u32 = 60;
/// How many rows one transaction takes at most; `BATCH` of the server's writer.
const BATCH: usize = 500;

#[tokio::test]
async fn a_hundred_power_cuts_during_writes_leave_a_whole_database_and_cost_at_most_one_batch() -> Result<()>
{
    let mut line = Line::open().await?;
    let talk = line.talk().await?;
    let story = Story::read();
    let (mut shown, mut lost, mut worst, mut slowest) = (0, 0, 0, Duration::ZERO);
    for cut in 0..POWER_CUTS {
        let mut desk = Desk::open(line.stage.address()?, &line.token).await?;
        desk.until("the office is there", |office| (!office.calls.is_empty()).then_some(())).await?;
        let calls: Vec<_> = (0..CALLS).map(|n| cut * CALLS + n).collect();
        let calls: Vec<_> = calls.into_iter().flat_map(|n| [story.begins(n), story.ends(n)]).collect();
        // Each time a little later: sometimes before the first row, sometimes when all are shown.
        let when = usize::try_from(cut * CALLS / POWER_CUTS)?;
        let told = async {
            let end = Instant::now() + Duration::from_secs(20);
            while desk.added.len() < when {
                ensure!(Instant::now() < end, "only {} rows are shown", desk.added.len());
                desk.step(end).await?;
            }
            Ok(())
        };
        let (said, told) = tokio::join!(line.pbx.inject(calls.into_iter()), told);
        told.with_context(|| format!("{when} rows before the cut; {said:?}"))?;
        line.stage.kill_server();
        let missing = missing(&line.stage.folder().join("frontdesk.db"), &desk.added)?;
        (shown, lost, worst) = (shown + desk.added.len(), lost + missing, worst.max(missing));
        let begun = Instant::now();
        line.start_server().await?;
        slowest = slowest.max(begun.elapsed());
    }
    ensure!(shown > 1_000, "hardly anything was written: {shown} rows");
    ensure!(worst <= BATCH, "{worst} rows were lost at once");
    let back = line.back(Instant::now(), &[("1001", Status::Outside)]).await?;
    ensure!(talk.lives(), "the caller was lost");
    Row {
        place: "disk-1",
        fault: &format!("kill -9 of the server {POWER_CUTS} times while history is written"),
        seen: "stale, then fresh again".into(),
        back: Some(back),
        peak: line.peak()?,
        also: format!(
            "integrity ok each time; of {shown} rows that a desk was shown {lost} were lost, at most {worst} at once; \
             ready again after at most {} ms",
            slowest.as_millis()
        ),
    }
    .hand_over()
}

/// How many rows that a desk was shown are not in the database, which has to be whole. Only the newest may be missing.
fn missing(path: &Path, shown: &[HistoryEntry]) -> Result<usize> {
    let saved = saved(path)?;
    let missing: Vec<_> = shown.iter().filter(|row| !saved.contains(&row.id.0)).collect();
    if let Some(first) = missing.first() {
        let later = shown.iter().filter(|row| row.id > first.id && saved.contains(&row.id.0));
        ensure!(later.count() == 0, "older rows are lost than are kept");
    }
    Ok(missing.len())
}

/// The rows in the database, which has to be whole.
fn saved(path: &Path) -> Result<BTreeSet<i64>> {
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let whole: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    ensure!(whole == "ok", "{whole}");
    let mut all = database.prepare("SELECT id FROM history")?;
    Ok(all.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// How many sessions are in the database.
fn sessions(path: &Path) -> Result<i64> {
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    Ok(database.query_row("SELECT count(*) FROM sessions", [], |row| row.get(0))?)
}

/// What the desk's history says of the real calls, newest first: who called and what became of it.
async fn history(line: &Line) -> Result<Vec<HistoryEntry>> {
    let mut desk = Desk::open(line.stage.address()?, &line.token).await?;
    let query = frontdesk_protocol::HistoryQuery { person: None, before: None, limit: 200, text: None };
    Ok(desk.history(query).await?.entries)
}

#[tokio::test]
async fn a_full_disk_is_told_and_what_happened_meanwhile_is_saved_when_there_is_room() -> Result<()> {
    let mut room = None;
    let mut line = Line::with(|stage| {
        room = Some(Room::give(stage)?);
        Ok(())
    })
    .await?;
    let room = room.context("a disk")?;
    let server = line.stage.server_id()?;
    let early = line.stage.token("anna").await?;
    Desk::open(line.stage.address()?, &early).await?;
    room.fill_up(server)?;
    // Until what the server had set aside is used up as well.
    let story = Story::read();
    let calls: Vec<_> = (0..300).flat_map(|n| [story.begins(n), story.ends(n)]).collect();
    line.pbx.inject(calls.into_iter()).await?;
    let what = "the desk is told that it cannot be saved";
    let told_so = |seen: &Seen| seen.notice.as_ref().is_some_and(|text| text.contains("cannot be saved"));
    let seen = line.desk.until(Duration::from_secs(60), what, told_so).await?;
    let notice = seen.notice.context("a notice")?;
    line.desk.until(Duration::from_secs(60), "all are over", |seen| seen.rows >= 300).await?;
    // The telephone goes on: a real call comes, is shown, and is in the history at once.
    let talk = line.talk().await?;
    talk.outside.hang_up();
    talk.mine.wait(State::Down).await?;
    line.shows(&[("1001", Status::Free)]).await?;
    line.agrees().await?;
    let entries = history(&line).await?;
    ensure!(
        entries[0].party.name.as_deref() == Some("Jane Roe"),
        "the real call is the newest: {:?}",
        entries[0]
    );
    let unsaved = saved(&room.copy(server, line.stage.folder())?)?;
    ensure!(!unsaved.contains(&entries[0].id.0), "it was saved on a full disk");

    // Who comes to work now gets in.
    let late = line.stage.token("anna").await?;
    Desk::open(line.stage.address()?, &late).await?;
    ensure!(line.stage.server_log().contains("a session cannot be saved and is kept in memory"));
    // And who goes home now is logged out, also where that cannot be written down.
    line.stage.log_out(&early).await?;
    ensure!(
        line.stage.server_log().contains("a session has ended and cannot be taken out of the database yet")
    );
    ensure!(Desk::open(line.stage.address()?, &early).await.is_err(), "a session outlives its log-out");

    room.make_room(server)?;
    let since = Instant::now();
    line.desk.until(Duration::from_secs(30), "the notice is gone", |seen| seen.notice.is_none()).await?;
    let back = since.elapsed();
    let shown = line.desk.now();
    let saved = saved(&room.copy(server, line.stage.folder())?)?;
    ensure!(
        saved.contains(&entries[0].id.0) && saved.len() >= shown.rows && shown.rows >= 300,
        "{}",
        shown.rows
    );
    // The session that was opened meanwhile is saved as well, and the one that was ended is gone.
    let left = sessions(&room.copy(server, line.stage.folder())?)?;
    ensure!(left == 2, "{left} sessions are left");
    Desk::open(line.stage.address()?, &late).await?;
    Row {
        place: "disk-2",
        fault: &format!("disk full ({}); a real call meanwhile", room.describe()),
        seen: told(&shown.told),
        back: Some(back),
        peak: line.peak()?,
        also: format!(
            "“{notice}” Who logs in gets in, who logs out is out. Afterwards all {} rows are saved",
            saved.len()
        ),
    }
    .hand_over()
}

#[tokio::test]
async fn a_database_that_another_program_holds_for_half_a_minute_stops_no_desk() -> Result<()> {
    let mut line = Line::open().await?;
    let talk = line.talk().await?;
    let path = line.stage.folder().join("frontdesk.db");
    let other = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    other.busy_timeout(Duration::from_secs(10))?;
    other.execute_batch("BEGIN IMMEDIATE")?;
    let held = Instant::now();
    talk.outside.hang_up();
    talk.mine.wait(State::Down).await?;
    line.shows(&[("1001", Status::Free)]).await?;
    let told_so = |seen: &Seen| seen.notice.as_ref().is_some_and(|text| text.contains("another program"));
    line.desk.until(Duration::from_secs(15), "the desk is told", told_so).await?;
    let half_a_minute = |_: &_| held.elapsed() >= Duration::from_secs(30);
    line.desk.until(Duration::from_secs(45), "half a minute", half_a_minute).await?;
    let meanwhile = line.desk.now();
    ensure!(meanwhile.is_true(), "{}", meanwhile.picture());
    ensure!(
        !meanwhile.told.iter().any(|told| told.contains("stale")),
        "a desk stood still: {:?}",
        meanwhile.told
    );
    other.execute_batch("ROLLBACK")?;
    drop(other);
    let since = Instant::now();
    line.desk.until(Duration::from_secs(30), "the notice is gone", |seen| seen.notice.is_none()).await?;
    let back = since.elapsed();
    let (peak, seen) = (line.peak()?, told(&line.desk.now().told));
    line.stage.kill_server();
    line.start_server().await?;
    let entries = history(&line).await?;
    ensure!(entries.len() == 1 && entries[0].party.name.as_deref() == Some("Jane Roe"), "{entries:#?}");
    Row {
        place: "disk-3",
        fault: "the database is held by another program for 30 s",
        seen,
        back: Some(back),
        peak,
        also: "the call that ended meanwhile is there after a kill -9".into(),
    }
    .hand_over()
}
