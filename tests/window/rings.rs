//! A ringing call outside the window: the desktop's notification and the tray; and the window that comes and goes.

use crate::acts::{CARD, NOTES, RINGING, rings};
use crate::reception::Reception;
use anyhow::{Context, Result, ensure};
use frontdesk_lab::{Policy, State};
use frontdesk_tests::browser::Browser;
use frontdesk_tests::journal;
use frontdesk_tests::process::{Running, built};
use frontdesk_tests::screen::Shown;
use frontdesk_tests::stage::Stage;
use frontdesk_tests::until::until;
use std::process::Stdio;

const TITLE: &str = "Frontdesk";

/// Notification and tray say who rings; Ignore on the notification stops it, and both are gone when it is over.
pub async fn on_the_desktop(reception: &Reception) -> Result<()> {
    let Reception { stage, page, desktop } = reception;
    let (service, _) = desktop.tray.item().await?;
    ensure!(service.starts_with(':'), "the tray item is registered by {service}");
    desktop.tray.wait_for_label("the tray says that anna is connected", |it| it == "anna: connected").await?;

    let jane = rings(stage, page, "Jane Roe", "5550123").await?;
    page.tells("Jane Roe 5550123 is calling 1001").await?;
    let notice =
        desktop.notifications.wait("the notification", |it| it.summary == "Jane Roe is calling").await?;
    ensure!(notice.body == "5550123 · Rings at 1001", "the notification says {:?}", notice.body);
    let buttons = ["default", "Show", "ignore", "Ignore", "show", "Show"];
    ensure!(notice.actions == buttons, "the notification offers {:?}", notice.actions);
    desktop.tray.wait_for_label("the tray says who rings", |it| it == "Jane Roe is calling: Show …").await?;

    desktop.notifications.choose(notice.id, "ignore").await?;
    stage.pbx().in_mailbox("trunk", "1001@default").await?;
    ensure!(jane.state() != State::Down, "the caller was lost");
    page.gone(CARD).await?;
    withdrawn(reception, "Jane Roe is calling").await?;
    jane.hang_up();
    stage.pbx().quiet().await?;

    let jim = rings(stage, page, "Jim Poe", "5550124").await?;
    desktop
        .notifications
        .wait("a second one", |it| it.summary == "Jim Poe is calling" && !it.withdrawn)
        .await?;
    let menu = desktop.tray.menu().await?;
    ensure!(menu.iter().all(|(_, label)| !label.contains("Jane Roe")), "the tray still says {menu:?}");
    jim.hang_up();
    withdrawn(reception, "Jim Poe is calling").await?;
    page.gone(RINGING).await?;
    ignored_in_the_window(stage, page).await
}

/// Closing the window hides it; the notification, the tray and a second start bring it back; Quit ends it.
pub async fn out_of_sight(reception: Reception) -> Result<()> {
    let Reception { stage, page, desktop } = &reception;
    desktop.screen.shows(TITLE, Shown::Yes).await?;
    desktop.screen.close(TITLE)?;
    desktop.screen.shows(TITLE, Shown::No).await.context("after closing the window")?;

    stage.office.phone("1001").policy(Policy::Ring);
    let jane = stage.office.call_in("Jane Roe", "5550123", "5551001").await?;
    let notice =
        desktop.notifications.wait("the notification", |it| it.summary == "Jane Roe is calling").await?;
    desktop.notifications.choose(notice.id, "show").await?;
    desktop.screen.shows(TITLE, Shown::Yes).await.context("after Show on the notification")?;
    page.says(RINGING, "Jane Roe").await?;

    desktop.screen.close(TITLE)?;
    desktop.screen.shows(TITLE, Shown::No).await?;
    let who = desktop.tray.wait_for_label("who rings", |it| it == "Jane Roe is calling: Show …").await?;
    desktop.tray.choose(who).await?;
    desktop.screen.shows(TITLE, Shown::Yes).await.context("after the tray's menu")?;
    jane.hang_up();
    page.gone(CARD).await?;

    desktop.screen.close(TITLE)?;
    desktop.screen.shows(TITLE, Shown::No).await?;
    let mut again = desktop.command(built("frontdesk")?);
    let mut again = Running::start(again.stdout(Stdio::null()).stderr(journal::output("desktop")?))?;
    let ended = until("the second start ends by itself", async || Ok(again.child().try_wait()?)).await?;
    ensure!(ended.success(), "the second start ended with {ended}");
    desktop.screen.shows(TITLE, Shown::Yes).await.context("after the second start")?;

    let quit = desktop.tray.wait_for_label("quit", |it| it == "Quit").await?;
    desktop.tray.choose(quit).await?;
    desktop.screen.shows(TITLE, Shown::No).await.context("after Quit")
}

/// The same word in the window does the same.
async fn ignored_in_the_window(stage: &Stage, page: &Browser) -> Result<()> {
    let joe = rings(stage, page, "Joe Doe", "5550125").await?;
    page.click(&format!("{RINGING} [data-action='ignore']")).await?;
    stage.pbx().in_mailbox("trunk", "1001@default").await?;
    stage.pbx().idle("1001").await?;
    page.gone(CARD).await?;
    page.find(&format!("{NOTES} [data-tone='done']")).await?;
    page.find("[data-history][data-outcome='ignored']").await?;
    ensure!(joe.state() == State::Up, "the caller is {:?} and not with the mailbox", joe.state());
    joe.hang_up();
    stage.pbx().quiet().await
}

async fn withdrawn(reception: &Reception, summary: &str) -> Result<()> {
    let what = format!("the notification {summary:?} is withdrawn");
    reception.desktop.notifications.wait(&what, |it| it.summary == summary && it.withdrawn).await.map(drop)
}
