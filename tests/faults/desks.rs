//! Faults between desks and server: a wire that breaks, a server that hangs, two hundred desks that come back at once,
//! and twenty of them that stop reading. The calls on the PBX go on, and the other desks notice nothing.

use crate::line::Line;
use crate::report::{Row, told};
use crate::traffic::Story;
use crate::watch::{Seen, Watch};
use anyhow::{Result, ensure};
use frontdesk_lab::State;
use frontdesk_protocol::Status;
use frontdesk_tests::desk::{Desk, status_of};
use nix::sys::signal::Signal;
use std::time::Duration;
use tokio::time::Instant;

/// How many desks an office may have.
const DESKS: usize = 200;

#[tokio::test]
async fn a_cut_in_the_middle_of_a_frame_is_mended_at_once() -> Result<()> {
    broken("desk-1", "desk: TCP cut in the middle of a frame", |line| line.desks.cut()).await
}

#[tokio::test]
async fn a_reset_is_mended_at_once() -> Result<()> {
    broken("desk-2", "desk: TCP reset", |line| line.desks.reset()).await
}

async fn broken(place: &str, fault: &str, breaks: impl Fn(&Line)) -> Result<()> {
    let mut line = Line::open().await?;
    let talk = line.talk().await?;
    breaks(&line);
    let since = Instant::now();
    talk.outside.hang_up();
    talk.mine.wait(State::Down).await?;
    line.desk.until(Duration::from_secs(15), "the break", |seen| !seen.told.is_empty()).await?;
    let back = line.back(since, &[("1001", Status::Free)]).await?;
    let seen = told(&line.desk.now().told);
    Row { place, fault, seen, back: Some(back), peak: line.peak()?, also: String::new() }.hand_over()
}

#[tokio::test]
async fn a_half_open_desk_is_stale_within_three_seconds_and_then_comes_back() -> Result<()> {
    let mut line = Line::open().await?;
    let talk = line.talk().await?;
    line.desks.lose();
    let lost = Instant::now();
    line.desk.until(Duration::from_secs(15), "stale", |seen| seen.silent().is_some()).await?;
    let stale = lost.elapsed();
    talk.outside.hang_up();
    talk.mine.wait(State::Down).await?;
    ensure!(status_of(&line.desk.now().office, "1001") == Some(Status::Outside), "what was last known stays");
    line.desks.heal();
    let back = line.back(Instant::now(), &[("1001", Status::Free)]).await?;
    Row {
        place: "desk-3",
        fault: "desk: half-open link, what is sent is lost and neither side is told",
        seen: told(&line.desk.now().told),
        back: Some(back),
        peak: line.peak()?,
        also: format!("stale after {} ms", stale.as_millis()),
    }
    .hand_over()
}

#[tokio::test]
async fn a_server_that_hangs_for_half_a_minute_is_stale_and_then_true_at_once() -> Result<()> {
    let mut line = Line::open().await?;
    let talk = line.talk().await?;
    line.stage.signal_server(Signal::SIGSTOP)?;
    let frozen = Instant::now();
    line.desk.until(Duration::from_secs(15), "stale", |seen| seen.silent().is_some()).await?;
    let stale = frozen.elapsed();
    // Meanwhile one call goes on, and another one begins.
    let other = line.stage.office.phone("1003").call("1002").await?;
    other.wait(State::Up).await?;
    let what = "stale for half a minute";
    let long = |seen: &Seen| seen.silent().is_some_and(|silent| silent >= Duration::from_secs(30));
    line.desk.until(Duration::from_secs(45), what, long).await?;
    ensure!(talk.lives());
    line.stage.signal_server(Signal::SIGCONT)?;
    let since = Instant::now();
    let back = line.back(since, &[("1001", Status::Outside), ("1002", Status::Inside)]).await?;
    ensure!(talk.lives() && other.state() == State::Up);
    Row {
        place: "desk-4",
        fault: "the server hangs for 30 s (SIGSTOP); another call begins meanwhile",
        seen: told(&line.desk.now().told),
        back: Some(back),
        peak: line.peak()?,
        also: format!("stale after {} ms", stale.as_millis()),
    }
    .hand_over()
}

/// So many desks more, all of Anna's session.
async fn crowd(line: &Line, count: usize) -> Result<Vec<Watch>> {
    let mut desks = Vec::new();
    for _ in 0..count {
        desks.push(Watch::open(line.desks.address.to_string(), line.token.clone()).await?);
    }
    Ok(desks)
}

#[tokio::test]
async fn two_hundred_desks_come_back_at_once_after_the_server_died() -> Result<()> {
    let mut line = Line::open().await?;
    let talk = line.talk().await?;
    let mut desks = crowd(&line, DESKS).await?;
    line.stage.kill_server();
    for desk in &mut desks {
        desk.until(Duration::from_secs(15), "stale", |seen| seen.silent().is_some()).await?;
    }
    talk.outside.hang_up();
    talk.mine.wait(State::Down).await?;
    line.start_server().await?;
    let since = Instant::now();
    let free = |seen: &Seen| seen.is_true() && status_of(&seen.office, "1001") == Some(Status::Free);
    for desk in &mut desks {
        desk.until(Duration::from_secs(30), "the truth", free).await?;
    }
    let back = since.elapsed();
    line.agrees().await?;
    let peak = line.peak()?;
    ensure!(peak < 400 * 1024, "the server had {peak} KiB");
    Row {
        place: "desk-5",
        fault: &format!("the server is killed; {DESKS} desks come back at once when it is there again"),
        seen: told(&desks[0].now().told),
        back: Some(back),
        peak,
        also: "until the last of them shows the truth".into(),
    }
    .hand_over()
}

#[tokio::test]
async fn twenty_desks_that_stop_reading_cost_the_others_nothing() -> Result<()> {
    let mut line = Line::open().await?;
    let talk = line.talk().await?;
    let rest = line.peak()?;
    let mut desks = crowd(&line, DESKS - DESKS / 10).await?;
    let mut deaf = Vec::new();
    for _ in 0..DESKS / 10 {
        deaf.push(Desk::open_narrow(line.stage.address()?, &line.token).await?);
    }
    // Far more than the system keeps for one who does not read, and than the server does.
    let story = Story::read();
    for number in 0..150 {
        let call = [story.begins(number), story.ends(number)];
        line.pbx.inject(call.into_iter()).await?;
    }
    let quiet = |seen: &Seen| seen.is_true() && seen.office.calls.len() == 1;
    for desk in &mut desks {
        let seen = desk.until(Duration::from_secs(60), "the one real call", quiet).await?;
        ensure!(seen.told.is_empty(), "a desk that reads noticed: {:?}", seen.told);
    }
    talk.outside.hang_up();
    talk.mine.wait(State::Down).await?;
    line.shows(&[("1001", Status::Free)]).await?;
    // They read again.
    let since = Instant::now();
    for desk in &mut deaf {
        desk.until("the call is over", |office| office.calls.is_empty().then_some(())).await?;
    }
    let back = since.elapsed();
    let peak = line.peak()?;
    ensure!(peak < 400 * 1024, "the server had {peak} KiB, {rest} before");
    Row {
        place: "desk-7",
        fault: &format!("{} of {DESKS} desks stop reading while 150 calls come and go", DESKS / 10),
        seen: told(&desks[0].now().told),
        back: Some(back),
        peak,
        also: "until the last of those shows the truth after it reads again".into(),
    }
    .hand_over()
}
