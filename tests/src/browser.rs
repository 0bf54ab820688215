//! WebDriver sessions: the real desktop window by WebKitWebDriver, the web page by Chromium.

use crate::desktop::DesktopSession;
use crate::process::{Running, built};
use crate::until::until;
use anyhow::{Context, Result};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};

/// A driven browser or window.
#[derive(Debug)]
pub struct Browser {
    /// The WebDriver client.
    pub client: Client,
    _driver: Running,
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
        command.arg(format!("--port={port}"));
        let flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1280,800",
            &format!("--user-data-dir={}", profile.display()),
        ];
        let capabilities = json!({ "goog:chromeOptions": { "args": flags } });
        let browser = Self::connect(&mut command, port, capabilities).await?;
        browser.client.goto(url).await?;
        Ok(browser)
    }

    async fn connect(command: &mut Command, port: u16, capabilities: Value) -> Result<Self> {
        let driver =
            Running::start(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()))?;
        let address = format!("http://127.0.0.1:{port}");
        until("the WebDriver listens", async || {
            Ok(tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok().map(drop))
        })
        .await?;
        let capabilities = capabilities.as_object().context("capabilities are an object")?.clone();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&address)
            .await
            .context("a WebDriver session; does the program start?")?;
        Ok(Self { client, _driver: driver })
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

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
