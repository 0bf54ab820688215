//! Anna at a browser: a stage, and Chromium on the server's page, logged in. And what only a page does: its cookie
//! session, its own notifications.

use crate::acts::{CARD, RINGING, live, rings};
use anyhow::{Result, ensure};
use frontdesk_lab::planted;
use frontdesk_tests::browser::Browser;
use frontdesk_tests::stage::{PASSWORD, Stage};
use frontdesk_tests::until::until;
use tempfile::TempDir;

const USER: &str = "anna";

/// All of it.
pub struct Page {
    /// The browser.
    pub page: Browser,
    _profile: TempDir,
    /// Asterisk, phones, server.
    pub stage: Stage,
}

impl Page {
    /// Opens it with Anna at these extensions; the page is live when this returns.
    pub async fn open(extensions: &[&str]) -> Result<Self> {
        Self::with(Stage::open().await?, extensions).await
    }

    /// The same on a stage that is there already.
    pub async fn with(stage: Stage, extensions: &[&str]) -> Result<Self> {
        let opened = Self::at_the_form(stage, extensions).await?;
        opened.page.log_in(None, USER, PASSWORD).await?;
        live(&opened.page).await?;
        for cookie in opened.page.client.get_all_cookies().await? {
            planted::secret(cookie.value());
        }
        Ok(opened)
    }

    async fn at_the_form(stage: Stage, extensions: &[&str]) -> Result<Self> {
        stage.user(USER, "receptionist", extensions).await?;
        let profile = tempfile::tempdir()?;
        let page = Browser::chromium(profile.path(), &format!("http://{}/", stage.address()?)).await?;
        Ok(Self { page, _profile: profile, stage })
    }
}

/// A wrong password gives a sentence; a session outlives a reload, hides from scripts, and ends with Log out.
pub async fn logs_in_and_out() -> Result<()> {
    let Page { page, stage, .. } = &Page::at_the_form(Stage::open().await?, &["1001"]).await?;
    page.keyboard_is_at("login-user").await?;
    page.log_in(None, USER, "wrong").await?;
    page.says("#login-error", "Name or password is wrong.").await?;
    page.keyboard_is_at("login-password").await?;
    page.fill("#login-password", PASSWORD).await?;
    page.click("#login-submit").await?;
    live(page).await?;
    let cookies: String = page.run("return document.cookie").await?;
    ensure!(cookies.is_empty(), "the page's scripts read {cookies:?}");
    page.client.refresh().await?;
    live(page).await?;
    page.tile("1002", "free").await?;
    page.click("#log-out").await?;
    page.keyboard_is_at("login-password").await?;
    page.client.refresh().await?;
    // Whose computer it is has been kept.
    page.keyboard_is_at("login-password").await?;
    let (status, _) = stage.log_in(USER, PASSWORD).await?;
    ensure!(status.is_success(), "the account is shut after a log-out: {status}");
    Ok(())
}

/// The browser's own notification, raised while a call rings here and closed with the ringing.
pub async fn announces(opened: &Page) -> Result<()> {
    let Page { page, stage, .. } = opened;
    // Headless Chromium has nobody to ask and shows nothing; what the page hands to the browser is what counts.
    let _: Option<bool> = page
        .run(
            "window.raised = [];
             window.Notification = class {
               static permission = 'granted';
               constructor(title, options) { this.said = [title, options.body, 'open']; raised.push(this.said); }
               close() { this.said[2] = 'closed'; }
             };",
        )
        .await?;
    let jane = rings(stage, page, "Jane Roe", "5550123").await?;
    raised(page, "Jane Roe 5550123 is calling 1001", "open").await?;
    page.click(&format!("{RINGING} [data-action='ignore']")).await?;
    page.gone(CARD).await?;
    raised(page, "Jane Roe 5550123 is calling 1001", "closed").await?;
    jane.hang_up();
    stage.pbx().quiet().await
}

async fn raised(page: &Browser, title: &str, state: &str) -> Result<()> {
    until(&format!("the notification {title:?} is {state}"), async || {
        let all: Vec<[String; 3]> = page.run("return raised").await?;
        Ok((all.len() == 1 && all[0][0] == title && all[0][2] == state).then_some(()))
    })
    .await
}
