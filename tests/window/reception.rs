//! Anna at the reception: a stage, a desktop of her own, and the program's window on it, logged in.

use crate::acts::live;
use anyhow::Result;
use frontdesk_tests::browser::Browser;
use frontdesk_tests::desktop::DesktopSession;
use frontdesk_tests::stage::{PASSWORD, Stage};

/// The user at the desk.
pub const USER: &str = "anna";

/// All of it.
pub struct Reception {
    /// The window.
    pub page: Browser,
    /// The display, the bus, the home folder.
    pub desktop: DesktopSession,
    /// Asterisk, phones, server.
    pub stage: Stage,
}

impl Reception {
    /// Opens it with Anna at these extensions; the page is live when this returns.
    pub async fn open(extensions: &[&str]) -> Result<Self> {
        Self::on(DesktopSession::open().await?, extensions).await
    }

    /// The same on a desktop that is there already.
    pub async fn on(desktop: DesktopSession, extensions: &[&str]) -> Result<Self> {
        Self::with(desktop, Stage::open().await?, extensions).await
    }

    /// The same on a stage that is there already.
    pub async fn with(desktop: DesktopSession, stage: Stage, extensions: &[&str]) -> Result<Self> {
        stage.user(USER, "receptionist", extensions).await?;
        let page = Browser::window(&desktop, &[]).await?;
        page.log_in(Some(stage.address()?), USER, PASSWORD).await?;
        live(&page).await?;
        Ok(Self { page, desktop, stage })
    }
}
