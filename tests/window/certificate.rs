//! A server with a certificate of its own: the form asks whether to trust it, once; another one is refused.

use crate::acts::live;
use anyhow::{Context, Result, bail, ensure};
use frontdesk_lab::planted;
use frontdesk_tests::browser::Browser;
use frontdesk_tests::desktop::DesktopSession;
use frontdesk_tests::journal;
use frontdesk_tests::process::{Running, built};
use frontdesk_tests::until::until;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

/// A rehearsal that is open to other machines.
struct Server {
    _running: Running,
    port: u16,
    fingerprint: String,
}

impl Server {
    async fn start(folder: &Path, port: u16) -> Result<Self> {
        let log = journal::path("server")?.unwrap_or_else(|| folder.join("server.log"));
        let mut command = Command::new(built("frontdesk-server")?);
        command.args(["serve", "--rehearsal", "--listen", &format!("0.0.0.0:{port}")]);
        command.env(journal::LEVEL.0, journal::LEVEL.1).env("TMPDIR", folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log)?);
        let mut running = Running::start(&mut command)?;
        let (port, fingerprint) = until("the server says its fingerprint", async || {
            let said = std::fs::read_to_string(&log)?;
            if let Some(status) = running.child().try_wait()? {
                bail!("frontdesk-server ended ({status}): {said}");
            }
            let after = |before: &str| said.lines().find_map(|line| line.strip_prefix(before));
            let port = after("The console is at https://0.0.0.0:");
            let fingerprint = after("Its certificate has the SHA-256 fingerprint ");
            Ok(port
                .zip(fingerprint)
                .map(|(port, print)| (port.trim_end_matches('/').to_owned(), print.to_owned())))
        })
        .await?;
        note_key(folder)?;
        Ok(Self { _running: running, port: port.parse().context("a port")?, fingerprint })
    }
}

/// Notes the server's private key, which it keeps below its temporary folder, as what no log may hold.
fn note_key(folder: &Path) -> Result<()> {
    let mut lines = 0;
    for entry in std::fs::read_dir(folder)? {
        let kept = std::fs::read_to_string(entry?.path().join("frontdesk.tls.pem")).unwrap_or_default();
        let key = kept.split_once("-----BEGIN PRIVATE KEY-----").map_or("", |(_, key)| key);
        for line in key.lines().filter(|line| !line.is_empty() && !line.starts_with('-')) {
            planted::secret(line);
            lines += 1;
        }
    }
    ensure!(lines > 0, "the server keeps its key somewhere else than in {}", folder.display());
    Ok(())
}

/// Asked once, kept over a restart of the desktop, and never given to another server.
pub async fn is_trusted_once() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(folder.path(), 0).await?;
    let address = format!("https://localhost:{}", server.port);
    let desktop = DesktopSession::open().await?;
    let page = Browser::window(&desktop, &[]).await?;
    page.log_in(Some(&address), "demo", "rehearsal").await?;
    page.says("#login-error", "no authority that this computer knows vouches for its certificate").await?;
    page.says("#login-certificate", &server.fingerprint).await?;
    // Sent again without the yes, it is asked again; what was typed is still there.
    page.find("#login-submit").await?.click().await?;
    page.says("#login-certificate", &server.fingerprint).await?;
    page.find("#login-trust").await?.click().await?;
    page.find("#login-submit").await?.click().await?;
    live(&page).await?;
    page.close().await?;

    let page = Browser::window(&desktop, &[]).await?;
    page.log_in(None, "demo", "rehearsal").await?;
    live(&page).await?;
    page.close().await?;

    let port = server.port;
    drop(server);
    let other = Server::start(folder.path(), port).await?;
    let page = Browser::window(&desktop, &[]).await?;
    page.log_in(None, "demo", "rehearsal").await?;
    let refused =
        page.says("#login-error", "shows another certificate than the one that was trusted").await?;
    ensure!(refused.contains(&other.fingerprint), "{refused}");
    page.gone("#login-trust").await?;
    page.close().await?;

    let page = Browser::window(&desktop, &["--forget-certificate"]).await?;
    page.log_in(None, "demo", "rehearsal").await?;
    page.says("#login-certificate", &other.fingerprint).await?;
    page.find("#login-trust").await?.click().await?;
    page.find("#login-submit").await?.click().await?;
    live(&page).await?;
    page.close().await
}
