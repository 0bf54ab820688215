//! Faults between the server and Asterisk. Each has a call up from before, and something on the PBX changes while the
//! link is broken: the desk says that it does not know, and soon afterwards knows again; the call never notices.

use crate::line::Line;
use crate::report::{Row, hand_over_version, told};
use anyhow::Result;
use frontdesk_lab::State;
use frontdesk_protocol::Status;
use nix::sys::signal::Signal;
use std::time::Duration;
use tokio::time::Instant;

const BUSY: [(&str, Status); 2] = [("1001", Status::Outside), ("1002", Status::Inside)];

#[tokio::test]
async fn a_cut_in_the_middle_of_a_message_is_mended_at_once() -> Result<()> {
    broken("pbx-1", "AMI: TCP cut in the middle of a message", |line| line.pbx.cut()).await
}

#[tokio::test]
async fn a_reset_is_mended_at_once() -> Result<()> {
    broken("pbx-2", "AMI: TCP reset", |line| line.pbx.reset()).await
}

async fn broken(place: &str, fault: &str, breaks: impl Fn(&Line)) -> Result<()> {
    let mut line = Line::open().await?;
    let talk = line.talk().await?;
    let made = line.pbx.made();
    breaks(&line);
    // What is cut is in the middle of this; and a reset comes before it.
    let other = line.stage.office.phone("1003").call("1002").await?;
    let since = Instant::now();
    other.wait(State::Up).await?;
    line.desk.until(Duration::from_secs(15), "the link is another one", |seen| !seen.told.is_empty()).await?;
    let back = line.back(since, &BUSY).await?;
    assert!(line.pbx.made() > made && talk.lives());
    let seen = told(&line.desk.now().told);
    Row { place, fault, seen, back: Some(back), peak: line.peak()?, also: String::new() }.hand_over()
}

#[tokio::test]
async fn an_asterisk_that_hangs_for_half_a_minute_is_unknown_and_then_known_at_once() -> Result<()> {
    let mut line = Line::open().await?;
    let talk = line.talk().await?;
    line.signal_asterisk(Signal::SIGSTOP)?;
    let frozen = Instant::now();
    let hidden = line.desk.until(Duration::from_secs(15), "unknown", |seen| seen.down().is_some()).await?;
    let unknown = frozen.elapsed();
    assert_eq!(hidden.office.calls.len(), 1, "what was last known stays: {hidden:#?}");
    // The caller gives up meanwhile: Asterisk learns of it when it goes on.
    talk.outside.hang_up();
    let half_a_minute = |_: &_| frozen.elapsed() >= Duration::from_secs(30);
    line.desk.until(Duration::from_secs(40), "half a minute", half_a_minute).await?;
    assert!(line.desk.now().down().is_some());
    line.signal_asterisk(Signal::SIGCONT)?;
    let since = Instant::now();
    talk.mine.wait(State::Down).await?;
    let back = line.back(since, &[("1001", Status::Free)]).await?;
    Row {
        place: "pbx-3",
        fault: "Asterisk hangs for 30 s (SIGSTOP); the caller hangs up meanwhile",
        seen: told(&line.desk.now().told),
        back: Some(back),
        peak: line.peak()?,
        also: format!("unknown after {} ms", unknown.as_millis()),
    }
    .hand_over()
}

#[tokio::test]
async fn a_half_open_link_is_noticed_and_made_anew() -> Result<()> {
    let mut line = Line::open().await?;
    let talk = line.talk().await?;
    line.pbx.lose();
    let lost = Instant::now();
    line.desk.until(Duration::from_secs(15), "unknown", |seen| seen.down().is_some()).await?;
    let unknown = lost.elapsed();
    let other = line.stage.office.phone("1003").call("1002").await?;
    other.wait(State::Up).await?;
    line.pbx.heal();
    let back = line.back(Instant::now(), &BUSY).await?;
    assert!(talk.lives());
    Row {
        place: "pbx-4",
        fault: "AMI: half-open link, what is sent is lost and neither side is told",
        seen: told(&line.desk.now().told),
        back: Some(back),
        peak: line.peak()?,
        also: format!("unknown after {} ms", unknown.as_millis()),
    }
    .hand_over()
}

#[tokio::test]
async fn a_restart_with_calls_up_leaves_no_ghost() -> Result<()> {
    let mut line = Line::open().await?;
    let talk = line.talk().await?;
    line.stage.office.lab.restart().await?;
    let since = Instant::now();
    // Asterisk itself ends its calls; one that is placed at once is seen at once.
    talk.mine.wait(State::Down).await?;
    let back = line.back(since, &[("1001", Status::Free), ("1002", Status::Free)]).await?;
    line.talk().await?;
    let seen = told(&line.desk.now().told);
    let fault = "Asterisk restarts with a call up (`core restart now`)";
    let also = "counted from when Asterisk says that it has booted".to_owned();
    Row { place: "pbx-5", fault, seen, back: Some(back), peak: line.peak()?, also }.hand_over()
}

#[tokio::test]
async fn a_reload_with_calls_up_changes_nothing() -> Result<()> {
    let mut line = Line::open().await?;
    let talk = line.talk().await?;
    hand_over_version(&line.stage.office.lab).await?;
    line.stage.office.lab.cli("core reload").await?;
    let since = Instant::now();
    let other = line.stage.office.phone("1003").call("1002").await?;
    other.wait(State::Up).await?;
    let back = line.back(since, &BUSY).await?;
    assert!(talk.lives());
    line.stage.pbx().talks(&[&["1001", "trunk"], &["1002", "1003"]]).await?;
    let seen = told(&line.desk.now().told);
    let fault = "Asterisk is reloaded with a call up (`core reload`), and another call begins";
    Row { place: "pbx-6", fault, seen, back: Some(back), peak: line.peak()?, also: String::new() }.hand_over()
}

#[tokio::test]
async fn a_wrong_secret_is_not_tried_again_and_again() -> Result<()> {
    let mut line = Line::open().await?;
    let talk = line.talk().await?;
    line.stage.secret("not the secret")?;
    line.stage.stop_server().await?;
    let made = line.pbx.made();
    line.start_server().await?;
    let begun = Instant::now();
    let seen = line
        .desk
        .until(Duration::from_secs(20), "the refusal", |seen| {
            seen.down().is_some_and(|why| why.contains("refuses the account"))
        })
        .await?;
    let ten = |_: &_| begun.elapsed() >= Duration::from_secs(10);
    line.desk.until(Duration::from_secs(20), "ten seconds", ten).await?;
    let refused = refusals(&line)?;
    assert_eq!((line.pbx.made() - made, refused), (1, 1), "one attempt in ten seconds");
    // Somebody corrects it.
    line.stage.secret(line.stage.office.lab.secret())?;
    line.stage.stop_server().await?;
    line.start_server().await?;
    let back = line.back(Instant::now(), &[("1001", Status::Outside)]).await?;
    assert!(talk.lives());
    Row {
        place: "pbx-7",
        fault: "wrong AMI secret",
        seen: format!("unknown: {}", seen.down().unwrap_or_default()),
        back: Some(back),
        peak: line.peak()?,
        also: format!("{refused} attempt in 10 s; counted from the server's start with the right secret"),
    }
    .hand_over()
}

/// How many logins Asterisk says that it refused.
fn refusals(line: &Line) -> Result<usize> {
    let log = std::fs::read_to_string(line.stage.office.lab.folder().join("log/security"))?;
    Ok(log
        .lines()
        .filter(|said| said.contains("ChallengeResponseFailed") || said.contains("InvalidPassword"))
        .count())
}
