//! A desktop session of its own: an X display, a D-Bus session, a home folder. No window manager is needed.

use crate::bus::{Notifications, Tray};
use crate::journal;
use crate::process::Running;
use crate::screen::Screen;
use anyhow::{Context, Result};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// An X display, a session bus with stand-ins for the desktop's notification daemon and tray, and a home folder.
#[derive(Debug)]
pub struct DesktopSession {
    /// What programs on this desktop find in their environment.
    environment: Vec<(String, String)>,
    /// The stand-in for the notification daemon.
    pub notifications: Notifications,
    /// The stand-in for the tray.
    pub tray: Tray,
    /// The display.
    pub screen: Screen,
    home: TempDir,
    keyring: Option<Running>,
    _display: Running,
    _bus: Running,
}

impl DesktopSession {
    /// Opens a session with a display of 1280 × 800.
    ///
    /// # Errors
    /// When Xvfb or dbus-daemon is not installed or does not come up.
    pub async fn open() -> Result<Self> {
        let home = tempfile::tempdir().context("a home folder")?;
        let (display, number) = start_display()?;
        let (bus, address) = start_bus(home.path())?;
        let notifications = Notifications::serve(&address).await?;
        let tray = Tray::serve(&address).await?;
        let screen = Screen::open(&format!(":{number}"))?;
        let path = |sub: &str| home.path().join(sub).display().to_string();
        let environment = [
            ("DISPLAY", format!(":{number}")),
            ("GDK_BACKEND", "x11".into()),
            ("DBUS_SESSION_BUS_ADDRESS", address),
            ("HOME", path("")),
            ("XDG_CONFIG_HOME", path(".config")),
            ("XDG_DATA_HOME", path(".local/share")),
            ("XDG_CACHE_HOME", path(".cache")),
            ("XDG_RUNTIME_DIR", path("run")),
            ("LC_ALL", "C.UTF-8".into()),
            ("NO_AT_BRIDGE", "1".into()),
            (journal::LEVEL.0, journal::LEVEL.1.into()),
        ];
        std::fs::create_dir_all(home.path().join("run"))?;
        let environment = environment.map(|(key, value)| (key.to_owned(), value)).to_vec();
        Ok(Self {
            environment,
            notifications,
            tray,
            screen,
            home,
            keyring: None,
            _display: display,
            _bus: bus,
        })
    }

    /// A command that runs on this desktop.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env_remove("WAYLAND_DISPLAY").envs(self.environment.iter().cloned());
        command
    }

    /// Unlocks a keyring, as the login of a desktop does. Without this there is none.
    ///
    /// # Errors
    /// When gnome-keyring is not installed or does not come up.
    pub async fn unlock_keyring(&mut self) -> Result<()> {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets"]);
        let mut keyring =
            Running::start(command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()))?;
        keyring.child().stdin.take().context("a pipe")?.write_all(b"open sesame")?;
        self.notifications.secrets().await.context("the keyring's name on the bus")?;
        self.keyring = Some(keyring);
        Ok(())
    }

    /// Lets programs log as little as they do in an office, for figures.
    pub fn log_as_usual(&mut self) {
        self.environment.retain(|(key, _)| key != journal::LEVEL.0);
    }

    /// The home folder of this desktop's user.
    pub fn home(&self) -> PathBuf {
        self.home.path().to_owned()
    }
}

fn start_display() -> Result<(Running, u32)> {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]);
    let mut display = Running::start(command.stdout(Stdio::piped()).stderr(Stdio::null()))?;
    let line = first_line(display.child().stdout.take(), "Xvfb")?;
    Ok((display, line.trim().parse().with_context(|| format!("Xvfb named no display but {line:?}"))?))
}

/// A bus that starts nothing by itself, so that a desktop has what a test gives it and no more.
fn start_bus(home: &Path) -> Result<(Running, String)> {
    let configuration = home.join("bus.conf");
    let folder = home.display();
    std::fs::write(
        &configuration,
        format!(
            "<busconfig><type>session</type><listen>unix:dir={folder}</listen><policy context=\"default\">\
             <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/>\
             </policy></busconfig>"
        ),
    )?;
    let mut command = Command::new("dbus-daemon");
    command.arg(format!("--config-file={}", configuration.display())).args(["--nofork", "--print-address=1"]);
    let mut bus = Running::start(command.stdout(Stdio::piped()).stderr(Stdio::null()))?;
    let line = first_line(bus.child().stdout.take(), "dbus-daemon")?;
    Ok((bus, line.trim().to_owned()))
}

fn first_line(output: Option<impl Read>, who: &str) -> Result<String> {
    let mut line = String::new();
    BufReader::new(output.context("a pipe")?).read_line(&mut line)?;
    anyhow::ensure!(!line.is_empty(), "{who} ended before it was ready");
    Ok(line)
}
