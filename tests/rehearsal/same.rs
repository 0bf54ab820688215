//! The same scenarios in the simulated and in the real office: after each step a desk sees the same, and each lamp goes
//! through the same states on the way.

use super::lab::{Real, title};
use super::simulated::Simulated;
use anyhow::{Context as _, Result};
use frontdesk_rehearsal::scenario::{SCENARIOS, Scenario};

#[tokio::test]
async fn the_model_goes_through_the_same_states_in_both() -> Result<()> {
    let mut simulated = Simulated::open();
    let mut real = Real::open().await?;
    assert_eq!(simulated.board.picture(), real.board.picture(), "when the office opens");
    for scenario in &SCENARIOS {
        play(scenario, &mut simulated, &mut real).await.with_context(|| title(scenario))?;
    }
    Ok(())
}

async fn play(scenario: &Scenario, simulated: &mut Simulated, real: &mut Real) -> Result<()> {
    simulated.all_ring();
    real.all_ring();
    simulated.board.forget();
    real.board.forget();
    for step in scenario.steps {
        simulated.take(*step);
        let wanted = simulated.board.picture();
        real.take(*step).await.with_context(|| format!("{step:?}"))?;
        let same =
            real.until("the same is seen", |real| (real.board.picture() == wanted).then_some(())).await;
        same.with_context(|| {
            format!("after {step:?}\nsimulated:\n{wanted}\nreal:\n{}", real.board.picture())
        })?;
        simulated.board.keep();
        real.board.keep();
    }
    assert_eq!(simulated.board.path(), real.board.path(), "{}", title(scenario));
    Ok(())
}
