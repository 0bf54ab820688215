//! One `frontdesk-server` process and its program's other commands, by the configuration file. Who the PBX is, is the
//! business of `stage` and `big`.

use crate::journal;
use crate::process::{Running, built};
use crate::until::until;
use anyhow::{Context, Result, bail, ensure};
use std::ffi::OsString;
use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use tokio::io::AsyncWriteExt;

/// A server that desks can connect to.
#[derive(Debug)]
pub struct Server {
    /// The process.
    pub running: Running,
    /// Where desks connect, `127.0.0.1:40123`.
    pub address: String,
}

impl Server {
    /// Starts it and waits until desks can connect; what it says at this level goes to the file `log`. `launcher` holds
    /// words before its own.
    ///
    /// # Errors
    /// When it ends instead; the sentence holds what it said.
    pub async fn start(launcher: &[OsString], configuration: &Path, log: &Path, level: &str) -> Result<Self> {
        let program = built("frontdesk-server")?.into_os_string();
        let mut words = launcher.iter().chain([&program]);
        let mut command = std::process::Command::new(words.next().context("a program")?);
        command.args(words).arg("serve").arg("--config").arg(configuration);
        command.env(journal::LEVEL.0, level);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(log)?);
        let mut running = Running::start(&mut command)?;
        let address = until("the server says where the console is", async || {
            let said = std::fs::read_to_string(log)?;
            if let Some(status) = running.child().try_wait()? {
                bail!("frontdesk-server ended ({status}): {said}");
            }
            Ok(said.lines().find_map(|line| {
                line.strip_prefix("The console is at http://")
                    .map(|rest| rest.trim_end_matches('/').to_owned())
            }))
        })
        .await?;
        Ok(Self { running, address })
    }
}

/// Runs `frontdesk-server` with these arguments and a configuration, gives it a line on its standard input, and returns
/// what it printed.
///
/// # Errors
/// When it fails; the sentence holds what it said.
pub async fn command(configuration: &Path, arguments: &[&str], input: &str) -> Result<String> {
    let mut command = tokio::process::Command::new(built("frontdesk-server")?);
    command.args(arguments).arg("--config").arg(configuration);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command that does not read its input may have ended before this.
        let _ = stdin.write_all(format!("{input}\n").as_bytes()).await;
    }
    let output = child.wait_with_output().await?;
    let (said, why) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "frontdesk-server {arguments:?}: {said}{why}");
    Ok(said.into_owned())
}

/// Adds a user with [`crate::stage::PASSWORD`].
///
/// # Errors
/// When the server's program refuses.
pub async fn add_user(configuration: &Path, name: &str, role: &str, extensions: &[&str]) -> Result<()> {
    let mut arguments = vec!["user", "add", name, "--role", role, "--password-stdin"];
    for extension in extensions {
        arguments.extend(["--extension", extension]);
    }
    command(configuration, &arguments, crate::stage::PASSWORD).await.map(drop)
}
