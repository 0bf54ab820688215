//! A view that measures itself while it is used: the page's side is `probe.js`. Not what the figures are for.

use anyhow::Result;
use frontdesk_tests::big::{BigOffice, USER};
use frontdesk_tests::browser::Browser;
use frontdesk_tests::desktop::DesktopSession;
use frontdesk_tests::stage::{PASSWORD, Stage};
use frontdesk_tests::until::within;
use serde::Deserialize;
use std::fmt;
use std::time::Duration;
use tempfile::TempDir;

const PROBE: &str = include_str!("probe.js");
/// How long a busy machine may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// Scrolls as one turn of the wheel after the other does.
const SCROLLS: &str = "
const pane = document.querySelector('.tiles');
const go = () => { pane.scrollTop += 30; if (probe.running) requestAnimationFrame(go); };
go();";

/// Where the view is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In Chromium.
    Page,
    /// In the desktop program's window.
    Window,
}

/// How long the first office took, in milliseconds.
#[derive(Debug, Deserialize)]
pub struct Painted {
    /// Reading it and drawing it as elements.
    pub script: f64,
    /// Until the browser had painted it.
    pub all: f64,
}

/// What was counted between [`View::begin`] and [`View::end`], in milliseconds.
#[derive(Debug, Deserialize)]
pub struct Counted {
    /// From one frame to the next.
    pub gaps: Vec<f64>,
    /// Tasks over 50 ms.
    pub long: Vec<f64>,
    /// What the script of each frame cost that had any.
    pub scripts: Vec<f64>,
    /// Tiles in the page.
    pub tiles: usize,
    /// Elements in it.
    pub elements: usize,
}

/// An open view.
#[derive(Debug)]
pub struct View {
    /// The page or the window.
    pub page: Browser,
    _desktop: Option<DesktopSession>,
    _profile: TempDir,
}

/// Opens it, has it measure itself and logs in.
pub async fn open(place: Place, office: &BigOffice) -> Result<View> {
    enter(place, office, Some(PROBE)).await
}

/// Opens the window of Anna, who is the receptionist at 1001, and runs a script in it.
pub async fn reception(stage: &Stage, watch: &str) -> Result<(Browser, DesktopSession)> {
    stage.user("anna", "receptionist", &["1001"]).await?;
    let mut desktop = DesktopSession::open().await?;
    desktop.log_as_usual();
    let page = Browser::window(&desktop, &[]).await?;
    page.log_in(Some(stage.address()?), "anna", PASSWORD).await?;
    page.find("#connection[data-state='live']").await?;
    let _: Option<bool> = page.run(watch).await?;
    Ok((page, desktop))
}

/// Opens the window and logs in, with nothing in it that is not there in an office.
pub async fn unwatched(office: &BigOffice) -> Result<View> {
    enter(Place::Window, office, None).await
}

async fn enter(place: Place, office: &BigOffice, script: Option<&str>) -> Result<View> {
    let (profile, address) = (tempfile::tempdir()?, format!("http://{}", office.server.address));
    let mut desktop = if place == Place::Window { Some(DesktopSession::open().await?) } else { None };
    if let Some(desktop) = &mut desktop {
        desktop.log_as_usual();
        // As in an office; without one a note about it stands on the desk.
        desktop.unlock_keyring().await?;
    }
    let page = match &desktop {
        Some(desktop) => Browser::window(desktop, &[]).await?,
        None => Browser::chromium(profile.path(), &format!("{address}/")).await?,
    };
    page.find("#login-user").await?;
    if let Some(script) = script {
        let _: Option<bool> = page.run(script).await?;
    }
    page.log_in(desktop.as_ref().map(|_| address.as_str()), USER, PASSWORD).await?;
    Ok(View { page, _desktop: desktop, _profile: profile })
}

impl View {
    /// Waits until everybody is there.
    pub async fn filled(&self, phones: u32) -> Result<()> {
        let everybody = format!(
            "return document.querySelector('[data-pane=users] .count')?.textContent === '{}'",
            phones - 1
        );
        within(PATIENCE, "everybody is there", async || {
            Ok(self.page.run::<bool>(&everybody).await?.then_some(()))
        })
        .await
    }

    /// How long it took until the first office was painted.
    pub async fn painted(&self) -> Result<Painted> {
        within(PATIENCE, "the office is painted", async || {
            self.page.run::<Option<Painted>>("return probe.painted").await
        })
        .await
    }

    /// Counts from now on.
    pub async fn begin(&self, scrolling: bool) -> Result<()> {
        let more = if scrolling { SCROLLS } else { "" };
        let _: Option<bool> = self.page.run(&format!("probe.begin(); {more}")).await?;
        Ok(())
    }

    /// Counts no longer.
    pub async fn end(&self) -> Result<Counted> {
        self.page.run("return probe.end()").await
    }

    /// Ends it in order.
    pub async fn close(self) -> Result<()> {
        self.page.close().await
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Page => "Chromium",
            Self::Window => "WebKitGTK",
        })
    }
}
