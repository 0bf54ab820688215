//! Takes the README's pictures of the real window on the rehearsal office: `screenshots FOLDER THEME`, where THEME only
//! names the files. `cargo xtask screenshots` runs it once per theme. It asserts nothing.

use std::path::Path;

use anyhow::{Context as _, Result};
use fantoccini::{
    Locator,
    actions::{InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
};
use frontdesk_tests::{browser::Browser, desktop::DesktopSession, until::until};

/// As many busy tiles as make a picture of an ordinary morning.
const BUSY: usize = 3;

const CARD: &str = "[data-call]";
const IDLE: &str = "[data-person][data-extension][data-status='free']";

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

/// Waits until calls have come: one at my desk and some at the others.
async fn morning(window: &Browser) -> Result<()> {
    window.find(CARD).await?;
    until("some colleagues are on the telephone", async || {
        let all = window.count("[data-person][data-status]").await?;
        let quiet = window.count("[data-person]:is([data-status='free'],[data-status='offline'])").await?;
        Ok((all >= quiet + BUSY).then_some(()))
    })
    .await
}

/// Takes the first card over the first free colleague and leaves it there.
async fn drag_onto_a_colleague(window: &Browser) -> Result<()> {
    let card = window.find(CARD).await?;
    let tile = window.find(IDLE).await?;
    let over = |element| PointerAction::MoveToElement { element, duration: Some(DRAG), x: 0.0, y: 0.0 };
    let mouse = MouseActions::new("mouse".into())
        .then(over(card))
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        .then(over(tile));
    window.client.perform_actions(mouse).await?;
    until("the colleague's targets are open", async || {
        Ok(window.client.find(Locator::Css("[data-target]")).await.ok().map(drop))
    })
    .await
}

const DRAG: std::time::Duration = std::time::Duration::from_millis(150);
