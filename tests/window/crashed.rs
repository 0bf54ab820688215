//! The process in which WebKit has the page ends, as by a crash: the window is not left empty. Its driver ends with it, so
//! what comes after is looked at on the screen.

use crate::acts::tile;
use anyhow::{Context, Result, ensure};
use frontdesk_lab::{Policy, State};
use frontdesk_tests::browser::Browser;
use frontdesk_tests::screen::Screen;
use frontdesk_tests::stage::Stage;
use frontdesk_tests::until::until;

/// The lamp of somebody who talks to the outside.
const OUTSIDE: [u8; 3] = [155, 227, 168];

/// The page is loaded again in another process, and its lamps are what is so.
pub async fn comes_back(stage: &Stage, page: &Browser, screen: &Screen) -> Result<()> {
    stage.office.phone("1002").policy(Policy::Answer);
    let jane = stage.office.call_in("Jane Roe", "5550123", "5551002").await?;
    jane.wait(State::Up).await?;
    page.tile("1002", "outside").await?;
    let lamp = page.find(&tile("1002")).await?;
    let [red, green, blue] = OUTSIDE;
    let painted = page.colour(&lamp).await?;
    ensure!(painted == format!("rgb({red}, {green}, {blue})"), "the lamp has another colour: {painted}");
    let lit = until("the lamp is on the screen", async || {
        Ok(Some(screen.pixels(OUTSIDE)?).filter(|it| *it > 1_000))
    });
    let lit = lit.await?;

    let first = page.page_process()?;
    first.crash()?;
    until("another process has the page", async || {
        Ok(page.page_process().ok().filter(|now| now.process() != first.process()))
    })
    .await?;
    until("it is there again", async || Ok((screen.pixels(OUTSIDE)? > lit / 2).then_some(()))).await?;

    // What is seen is no old picture: it goes with the call.
    jane.hang_up();
    until("the lamp goes out", async || Ok((screen.pixels(OUTSIDE)? < lit / 2).then_some(()))).await?;
    stage.pbx().quiet().await.context("after the call")
}
