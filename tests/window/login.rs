//! The login form: wrong password, unknown host, nothing listening; and a settings file that was damaged.

use crate::acts::live;
use crate::reception::USER;
use crate::tel::follow;
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

    page.keyboard_is_at("login-server").await?;
    // What comes up beside the form changes nothing of where the keyboard is, what was typed, what was chosen.
    page.fill("#login-server", "half.of").await?;
    let remember = "return document.getElementById('login-remember').checked";
    ensure!(page.run::<bool>(remember).await?, "the session is not kept unasked");
    page.click("#login-remember").await?;
    page.fill("#login-user", "half").await?;
    follow(&desktop, "tel:none").await?;
    page.says("#login", "This link cannot be dialled").await?;
    page.keyboard_is_at("login-user").await?;
    let fields =
        "return ['server', 'user', 'password'].map(it => document.getElementById(`login-${it}`).value)";
    let typed: [String; 3] = page.run(fields).await?;
    ensure!(typed == ["half.of", "half", ""], "the fields hold {typed:?}");
    ensure!(!page.run::<bool>(remember).await?, "the session is kept though that was not wished");
    page.log_in(Some("no-such-host.invalid"), USER, PASSWORD).await?;
    page.says("#login-error", "There is no computer named no-such-host.invalid").await?;
    page.log_in(Some("127.0.0.1:9"), USER, PASSWORD).await?;
    page.says("#login-error", "does not answer").await?;
    page.log_in(Some(stage.address()?), USER, "wrong").await?;
    page.says("#login-error", "Name or password is wrong.").await?;
    page.keyboard_is_at("login-password").await?;
    page.fill("#login-password", PASSWORD).await?;
    page.find("#login-submit").await?.click().await?;
    live(&page).await?;
    page.close().await
}
