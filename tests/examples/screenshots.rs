//! Takes the README's pictures of the real window on the rehearsal office: `screenshots FOLDER THEME`, where THEME only
//! names the files. `cargo xtask screenshots` runs it once per theme. It asserts nothing.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use frontdesk_tests::{browser::Browser, desktop::DesktopSession, until::within};

/// The rehearsal office is that busy within this time.
const MORNING: Duration = Duration::from_secs(300);
/// As many busy tiles, cards and rows as make a picture of an ordinary morning.
const BUSY: usize = 5;
const CARDS: usize = 2;
const ROWS: usize = 4;

/// A card with a name and a number.
const CARD: &str = "article:is([data-state='talking'], [data-state='ringing']):not(:has(.number:empty))";
const RINGING: &str = "article[data-state='ringing']";
const TALKING: &str = "article[data-state='talking']";
const ROW: &str = "[data-history]";
const IDLE: &str = "[data-person][data-extension][data-status='free']";
const SECOND: &str = "[data-target][data-index='1']";

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(folder), Some(theme)) = (arguments.next(), arguments.next()) else {
        anyhow::bail!("usage: screenshots FOLDER THEME");
    };
    let (folder, theme) = (Path::new(&folder), theme.to_string_lossy());
    std::fs::create_dir_all(folder).with_context(|| format!("the folder {}", folder.display()))?;
    let desktop = DesktopSession::open().await?;
    let window = Browser::window(&desktop, &["--rehearsal"]).await?;
    morning(&window).await?;
    window.picture(&folder.join(format!("console-{theme}.png"))).await?;
    drag_onto_a_colleague(&window).await?;
    window.picture(&folder.join(format!("transfer-{theme}.png"))).await?;
    window.close().await
}

/// Waits until it is the middle of a morning: I talk and somebody else rings here, colleagues are on the telephone, and
/// there is a history.
async fn morning(window: &Browser) -> Result<()> {
    within(MORNING, "a busy moment", async || {
        let people = window.count("[data-person][data-status]").await?;
        let quiet = window.count("[data-person]:is([data-status='free'],[data-status='offline'])").await?;
        let mine = window.count(CARD).await? >= CARDS
            && window.count(RINGING).await? >= 1
            && window.count(TALKING).await? >= 1;
        Ok((mine && people >= quiet + BUSY && window.count(ROW).await? >= ROWS).then_some(()))
    })
    .await
}

/// Takes the first card over the first free colleague, whose targets open, and on to the second of them.
async fn drag_onto_a_colleague(window: &Browser) -> Result<()> {
    window.grab(CARD).await?;
    window.carry(IDLE).await?;
    window.carry(SECOND).await?;
    window.find(&format!("{SECOND}[data-aimed='true']")).await.map(drop)
}
