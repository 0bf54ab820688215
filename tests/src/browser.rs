//! WebDriver sessions: the real desktop window by WebKitWebDriver, the web page by Chromium.

use crate::desktop::DesktopSession;
use crate::journal;
use crate::process::{Running, built};
use crate::processes::Family;
use crate::until::until;
use anyhow::{Context, Result};
use fantoccini::{Client, ClientBuilder};
use hyper_timeout::TimeoutConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// What a page says first on its console, where that is kept: whoever searches it sees that everything is there.
const CONSOLE: &str = "the console begins";

/// How long a driver may take for one call before it counts as hung; the longest is the start of a program.
const PATIENCE: Duration = Duration::from_secs(90);

/// A driven browser or window.
#[derive(Debug)]
pub struct Browser {
    /// The WebDriver client.
    pub client: Client,
    driver: Running,
}

impl Browser {
    /// Opens the desktop program's window on `desktop`, with arguments for the program.
    ///
    /// # Errors
    /// When the driver or the program does not come up.
    pub async fn window(desktop: &DesktopSession, arguments: &[&str]) -> Result<Self> {
        let port = free_port()?;
        let mut command = desktop.command("WebKitWebDriver");
        command.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true");
        // The program has the outputs of its driver.
        command.stdout(Stdio::null()).stderr(journal::output("desktop")?);
        let capabilities =
            json!({ "webkitgtk:browserOptions": { "binary": built("frontdesk")?, "args": arguments } });
        Self::connect(&mut command, port, capabilities).await
    }

    /// Opens headless Chromium on a page.
    ///
    /// # Errors
    /// When chromedriver or Chromium does not come up.
    pub async fn chromium(profile: &Path, url: &str) -> Result<Self> {
        let port = free_port()?;
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
        let mut flags = vec![
            "--headless".to_owned(),
            "--no-sandbox".into(),
            "--disable-gpu".into(),
            "--disable-quic".into(),
            "--no-first-run".into(),
            "--disable-background-networking".into(),
            "--disable-component-update".into(),
            "--disable-sync".into(),
            "--window-size=1280,800".into(),
            format!("--user-data-dir={}", profile.display()),
        ];
        let log = journal::path("page")?;
        if let Some(log) = &log {
            flags.extend([
                "--enable-logging".into(),
                "--log-level=0".into(),
                format!("--log-file={}", log.display()),
            ]);
        }
        let capabilities = json!({ "goog:chromeOptions": { "args": flags } });
        let browser = Self::connect(&mut command, port, capabilities).await?;
        browser.client.goto(url).await?;
        if log.is_some() {
            browser.client.execute(&format!("console.debug('{CONSOLE}')"), Vec::new()).await?;
        }
        Ok(browser)
    }

    async fn connect(command: &mut Command, port: u16, capabilities: Value) -> Result<Self> {
        let driver = Running::start(command.stdin(Stdio::null()))?;
        until("the WebDriver listens", async || {
            Ok(tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok().map(drop))
        })
        .await?;
        let capabilities = capabilities.as_object().context("capabilities are an object")?.clone();
        Ok(Self { client: session(port, capabilities, PATIENCE).await?, driver })
    }

    /// The desktop program behind the window, with all that it started.
    ///
    /// # Errors
    /// When there is none: the page is in a browser.
    pub fn desktop(&self) -> Result<Family> {
        Family::named("frontdesk", self.driver.id())
    }

    /// The process in which WebKit has the window's page.
    ///
    /// # Errors
    /// When there is none.
    pub fn page_process(&self) -> Result<Family> {
        // Linux cuts the name.
        self.desktop()?.child("WebKitWebProces")
    }

    /// Writes a picture of the page.
    ///
    /// # Errors
    /// When the driver cannot take it.
    pub async fn picture(&self, file: &Path) -> Result<()> {
        Ok(std::fs::write(file, self.client.screenshot().await?)?)
    }

    /// Ends the session in order.
    ///
    /// # Errors
    /// When the driver is gone.
    pub async fn close(self) -> Result<()> {
        Ok(self.client.clone().close().await?)
    }
}

/// A session whose every call has an end: a driver that says nothing for so long has failed.
async fn session(port: u16, capabilities: Map<String, Value>, patience: Duration) -> Result<Client> {
    let mut connector = TimeoutConnector::new(HttpConnector::new());
    connector.set_read_timeout(Some(patience));
    connector.set_reset_reader_on_write(true);
    ClientBuilder::new(connector)
        .capabilities(capabilities)
        .connect(&format!("http://127.0.0.1:{port}"))
        .await
        .context("a WebDriver session; does the program start?")
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn adriver_that_hangs_fails_the_call_with_a_sentence() {
        let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = silent.local_addr().unwrap().port();
        let error = session(port, Map::new(), Duration::from_millis(200)).await.unwrap_err();
        let said = format!("{error:#}");
        assert!(said.starts_with("a WebDriver session; does the program start?: "), "{said}");
        assert!(said.contains("webdriver server did not respond"), "{said}");
    }
}
