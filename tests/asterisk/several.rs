//! Two receptionists at one telephone, and several desks that look at the same office.

use crate::scene::{self, Case, to_extension};
use anyhow::{Result, ensure};
use frontdesk_lab::State;
use frontdesk_protocol::{Command, LegState, Outcome, Reason, Status, TransferMode};

#[tokio::test]
async fn of_two_who_move_the_same_call_at_once_one_does_it_and_the_other_is_told() -> Result<()> {
    let (stage, mut anna) = scene::anna().await?;
    let mut ben = stage.desk("ben", "receptionist", &["1001", "1003"]).await?;
    for case in [Case::Talking, Case::Ringing, Case::Queue] {
        let scene = case.set(&stage, &mut anna).await?;
        ben.leg(case.me(), |leg| leg.id == scene.leg).await?;
        let to = |extension| Command::Transfer {
            leg: scene.leg.clone(),
            to: to_extension(extension),
            mode: TransferMode::Blind,
        };
        let rung = ["1002", "1005"].map(|extension| stage.office.phone(extension).requests("INVITE"));
        let (first, second) = tokio::join!(anna.order(to("1002")), ben.order(to("1005")));
        let (first, second) = (first?, second?);
        let winner = match (&first, &second) {
            (Outcome::Done { .. }, Outcome::Failed { reason, .. }) => {
                ensure!(matches!(reason, Reason::InProgress | Reason::Gone), "{case:?}: {second:?}");
                "1002"
            }
            (Outcome::Failed { reason, .. }, Outcome::Done { .. }) => {
                ensure!(matches!(reason, Reason::InProgress | Reason::Gone), "{case:?}: {first:?}");
                "1005"
            }
            _ => anyhow::bail!("{case:?}: not one of them: {first:?}, {second:?}"),
        };
        stage.pbx().talks(&[&[winner, "trunk"]]).await?;
        scene.mine.wait(State::Down).await?;
        anna.lamp(winner, case.talking_lamp()).await?;
        ben.lamp(winner, case.talking_lamp()).await?;
        let now = ["1002", "1005"].map(|extension| stage.office.phone(extension).requests("INVITE"));
        let loser = usize::from(winner == "1002");
        ensure!(now[loser] == rung[loser], "{case:?}: the other phone never rings");
        scene.end(&stage, &mut anna).await?;
    }
    Ok(())
}

#[tokio::test]
async fn every_desk_sees_the_same_office_whenever_it_came() -> Result<()> {
    let (stage, mut early) = scene::anna().await?;
    let scene = Case::Queue.set(&stage, &mut early).await?;
    let inside = stage.office.phone("1005").call("1002").await?;
    inside.wait(State::Up).await?;
    early.lamp("1005", Status::Inside).await?;
    early.lamp("1002", Status::Inside).await?;
    // Of a colleague some numbers would be kept back.
    let mut late = stage.desk("ben", "receptionist", &["1002"]).await?;
    late.leg("1002", |leg| leg.state == LegState::Talking).await?;
    // One more change, which both have to hear of, and the replica made of deltas is the snapshot.
    scene.mine.wait_sound(5).await?;
    scene.mine.hold().await?;
    early.lamp("1003", Status::Held).await?;
    late.lamp("1003", Status::Held).await?;
    let wanted = early.at.seq.max(late.at.seq);
    for desk in [&mut early, &mut late] {
        desk.reaches(wanted).await?;
    }
    assert_eq!(early.at, late.at);
    assert_eq!(early.office, late.office);
    inside.hang_up();
    scene.end(&stage, &mut early).await
}
