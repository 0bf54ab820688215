//! What the program remembers over a restart.

use crate::acts::live;
use crate::history::select;
use crate::reception::{Reception, USER};
use anyhow::{Context, Result, ensure};
use frontdesk_tests::browser::Browser;
use frontdesk_tests::desktop::DesktopSession;
use frontdesk_tests::screen::Shown;
use frontdesk_tests::stage::PASSWORD;
use frontdesk_tests::until::until;

const STYLE: &str = "return document.documentElement.style.getPropertyValue('--left')";

/// The server and the user stand in the form; layout, extension and colours are back after the login.
pub async fn over_a_restart(reception: Reception) -> Result<()> {
    let Reception { stage, page, desktop } = reception;
    select(&page, "1004").await?;
    page.grab(".divider.upright").await?;
    page.carry_to(640, 300).await?;
    page.let_go().await?;
    let wide: String = page.run(STYLE).await?;
    ensure!((495..=505).contains(&wide.parse::<u16>()?), "the divider is at {wide} of 1000");
    page.click("#settings").await?;
    page.click("[role='dialog'] label:has(input[name='theme']):nth-of-type(3)").await?;
    page.find(":root[data-theme='dark']").await?;
    let file = desktop.home().join(".local/share/org.frontdesk.Frontdesk/settings.json");
    until("the settings are kept", async || {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        Ok((text.contains("\"dark\"") && text.contains("\"1004\"")).then_some(()))
    })
    .await?;
    quit(page, &desktop).await?;

    let page = Browser::window(&desktop, &[]).await?;
    let server: String = value(&page, "login-server").await?;
    ensure!(server.contains(stage.address()?), "the form names the server {server:?}");
    let user = value(&page, "login-user").await?;
    ensure!(user == USER, "the form names the user {user:?}");
    page.keyboard_is_at("login-password").await?;
    page.find(":root[data-theme='dark']").await?;
    page.log_in(None, USER, PASSWORD).await?;
    live(&page).await?;
    let selected = value(&page, "selected-extension").await?;
    ensure!(selected == "1004", "calls go out from {selected}");
    let now: String = page.run(STYLE).await?;
    ensure!(now == wide, "the divider was at {wide} and is at {now}");
    page.close().await
}

/// Where the desktop has a keyring, the session is kept in it, and ends with Log out.
pub async fn with_a_keyring(reception: Reception) -> Result<()> {
    let Reception { stage, page, desktop } = reception;
    let kept = async |number: usize| {
        until(&format!("the keyring holds {number} sessions"), async || {
            Ok((desktop.notifications.secrets().await? == number).then_some(()))
        })
        .await
    };
    kept(1).await?;
    quit(page, &desktop).await?;

    let page = Browser::window(&desktop, &[]).await?;
    live(&page).await?;
    page.says(".me", USER).await?;
    page.tile("1002", "free").await?;
    page.click("#log-out").await?;
    page.keyboard_is_at("login-password").await?;
    kept(0).await?;
    page.close().await?;
    drop(stage);
    Ok(())
}

async fn quit(page: Browser, desktop: &DesktopSession) -> Result<()> {
    let quit = desktop.tray.wait_for_label("quit", |it| it == "Quit").await?;
    desktop.tray.choose(quit).await?;
    desktop.screen.shows("Frontdesk", Shown::No).await?;
    drop(page);
    Ok(())
}

async fn value(page: &Browser, id: &str) -> Result<String> {
    page.find(&format!("#{id}")).await?;
    page.run(&format!("return document.getElementById('{id}').value")).await
}

/// A disk without room: a sentence says that the settings are not kept, and those that were stay.
pub async fn on_a_full_disk(reception: Reception) -> Result<()> {
    let Reception { stage: _stage, page, desktop } = reception;
    let folder = desktop.home().join(".local/share/org.frontdesk.Frontdesk");
    let kept = || std::fs::read_to_string(folder.join("settings.json")).unwrap_or_default();
    page.click("#settings").await?;
    let theme = |which: u8| format!("[role='dialog'] label:has(input[name='theme']):nth-of-type({which})");
    page.click(&theme(3)).await?;
    until("the settings are kept", async || Ok(kept().contains("\"dark\"").then_some(()))).await?;
    let before = kept();
    // What is written to this device is answered as by a full disk.
    std::os::unix::fs::symlink("/dev/full", folder.join("settings.json.new"))?;
    page.click(&theme(2)).await?;
    page.find(":root[data-theme='light']").await?;
    page.says("body", "Your settings could not be kept in").await?;
    page.says("body", "No space left on device").await?;
    ensure!(kept() == before, "the settings were damaged: {}", kept());
    quit(page, &desktop).await?;
    ensure!(kept() == before, "the settings were damaged at the end: {}", kept());

    // Where the window was is kept in a file that such a disk leaves empty, or cut off.
    let place = desktop.home().join(".config/org.frontdesk.Frontdesk/.window-state.json");
    let whole = std::fs::read_to_string(&place).context("where the window was")?;
    for damaged in ["", whole.get(..whole.len() / 2).unwrap_or_default()] {
        std::fs::write(&place, damaged)?;
        let page = Browser::window(&desktop, &[]).await?;
        page.find(":root[data-theme='dark']").await?;
        let size: (u32, u32) = page.run("return [innerWidth, innerHeight]").await?;
        ensure!(size == (1280, 800), "the window is not of its usual size: {size:?}");
        desktop.screen.shows("Frontdesk", Shown::Yes).await?;
        page.close().await?;
    }
    Ok(())
}
