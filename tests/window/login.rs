//! The login form: wrong password, unknown host, nothing listening; and a settings file that was damaged.

use crate::acts::live;
use crate::reception::USER;
use anyhow::{Result, ensure};
use frontdesk_tests::browser::Browser;
use frontdesk_tests::desktop::DesktopSession;
use frontdesk_tests::stage::{PASSWORD, Stage};

const DAMAGED: &str = "{\"view\": {\"theme\": \"da";

/// Each of them gives a sentence; then the right password opens the desk.
pub async fn says_what_to_do() -> Result<()> {
    let stage = Stage::open().await?;
    stage.user(USER, "receptionist", &["1001"]).await?;
    let desktop = DesktopSession::open().await?;
    let folder = desktop.home().join(".local/share/org.frontdesk.Frontdesk");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("settings.json"), DAMAGED)?;

    let page = Browser::window(&desktop, &[]).await?;
    page.says("#login", "Your settings file was damaged, so the usual settings are used.").await?;
    let kept = std::fs::read_to_string(folder.join("settings.json.broken"))?;
    ensure!(kept == DAMAGED, "the damaged file is kept as {kept:?}");

    page.log_in(Some("no-such-host.invalid"), USER, PASSWORD).await?;
    page.says("#login-error", "There is no computer named no-such-host.invalid").await?;
    page.log_in(Some("127.0.0.1:9"), USER, PASSWORD).await?;
    page.says("#login-error", "does not answer").await?;
    page.log_in(Some(stage.address()?), USER, "wrong").await?;
    page.says("#login-error", "Name or password is wrong.").await?;
    page.fill("#login-password", PASSWORD).await?;
    page.find("#login-submit").await?.click().await?;
    live(&page).await?;
    page.close().await
}
