//! The moment in which the set time is up and the colleague answers, sought out again and again on the real Asterisk:
//! whoever wins, the caller is with exactly one of the two and both sides say the same.

use crate::safe::{handed, stage, to_bob};
use crate::scene::Case;
use anyhow::{Context, Result, ensure};
use frontdesk_lab::{Policy, State};
use frontdesk_protocol::{HandedState, Outcome, Return, TransferMode};
use frontdesk_tests::desk::Desk;
use frontdesk_tests::stage::Stage;
use std::time::Duration;

/// Who had the caller in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Winner {
    Bob,
    Me,
    /// Bob had answered, and the caller came back all the same.
    MeAfterBob,
}

#[tokio::test]
async fn the_caller_is_with_one_of_us_when_the_answer_and_the_end_of_the_time_meet() -> Result<()> {
    let (stage, _) = stage(1).await?;
    let mut after = 1_000_000_i64;
    let mut step = 32_000_i64;
    let mut won = Vec::new();
    for round in 0..16 {
        let wait = Duration::from_micros(u64::try_from(after)?);
        let mut desk = stage.desk_of("anna").await?;
        let winner =
            play(&stage, &mut desk, wait).await.with_context(|| format!("round {round}, {wait:?}"))?;
        won.push((wait, winner));
        // An answer that came in time may come later, and the other way round, until both meet.
        after += if winner == Winner::Bob { step } else { -step };
        step = (step * 2 / 3).max(1_000);
    }
    let count = |wanted| won.iter().filter(|(_, winner)| *winner == wanted).count();
    let (bob, me, both) = (count(Winner::Bob), count(Winner::Me), count(Winner::MeAfterBob));
    eprintln!(
        "{bob} times the colleague, {me} times me, {both} times me though the colleague had answered: {won:?}"
    );
    ensure!(bob > 0 && me + both > 0, "the two never met: {won:?}");
    Ok(())
}

async fn play(stage: &Stage, desk: &mut Desk, after: Duration) -> Result<Winner> {
    let bob = stage.office.phone("1002");
    let scene = Case::Talking.set(stage, desk).await?;
    bob.policy(Policy::AnswerAfter(after));
    let outcome = to_bob(desk, &scene, TransferMode::Safe).await?;
    ensure!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    let ringing = bob.incoming().await?;
    let over = |state: &HandedState| {
        matches!(state, HandedState::Answered { .. } | HandedState::Back { why: Return::NoAnswer })
    };
    // What is said first may be said of an answer that is undone in the same moment: it has to hold.
    handed(desk, &scene, "somebody has the caller", over).await?;
    scene.outside.wait_sound(25).await?;
    let entry = handed(desk, &scene, "somebody has the caller for good", over).await?;
    ensure!(scene.outside.state() == State::Up, "the caller is lost: {entry:?}");
    let winner = if matches!(entry.state, HandedState::Answered { .. }) {
        let talks = stage.pbx().talks(&[&["1002", "trunk"]]).await;
        talks.with_context(|| format!("the list says {:?}, then {:?}", entry, desk.office.handed))?;
        Winner::Bob
    } else {
        stage.pbx().talks(&[&["1001", "trunk"]]).await?;
        ringing.wait(State::Down).await?;
        // 487 is the end of a call that was never answered.
        if ringing.end_code() == Some(487) { Winner::Me } else { Winner::MeAfterBob }
    };
    scene.end(stage, desk).await?;
    Ok(winner)
}
