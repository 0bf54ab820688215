//! The connection light: honest within three seconds when the server hangs or is gone, and on again by itself.

use crate::acts::{CARD, TALKING, ends, keep_address, live, talks, tile};
use anyhow::{Result, ensure};
use frontdesk_tests::browser::Browser;
use frontdesk_tests::stage::Stage;
use nix::sys::signal::Signal;
use std::time::{Duration, Instant};

/// Three seconds, and what it takes to ask the page.
const AT_MOST: Duration = Duration::from_millis(3_500);

/// A server that hangs, then one that is killed. Nothing is ordered meanwhile, and the call goes on.
pub async fn goes_out_and_on(stage: &mut Stage, page: &Browser) -> Result<()> {
    keep_address(stage)?;
    let jane = talks(stage, page, "Jane Roe", "5550123").await?;

    stage.signal_server(Signal::SIGSTOP)?;
    goes_out(page).await?;
    page.find(&format!("{}[data-status='unknown']", tile("1002"))).await?;
    page.says(&tile("1002"), "Unknown since").await?;
    page.says(".banner", "since").await?;
    page.click(&format!("{TALKING} [data-action='hangup']")).await?;
    page.says(&format!("{TALKING} [data-tone='failed']"), "Not done:").await?;
    stage.signal_server(Signal::SIGCONT)?;
    live(page).await?;
    page.tile("1002", "free").await?;

    stage.kill_server();
    goes_out(page).await?;
    stage.pbx().talks(&[&["1001", "trunk"]]).await?;
    stage.start_server().await?;
    live(page).await?;
    page.says(CARD, "Jane Roe").await?;
    ends(stage, page, &jane).await
}

async fn goes_out(page: &Browser) -> Result<()> {
    let begun = Instant::now();
    page.find("#connection:is([data-state='stale'], [data-state='offline'])").await?;
    let took = begun.elapsed();
    ensure!(took < AT_MOST, "the light went out after {took:?}");
    Ok(())
}
