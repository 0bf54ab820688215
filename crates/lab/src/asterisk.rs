//! A real Asterisk 22, run by an ordinary user in a folder of its own on a loopback address of its own.
//!
//! Several labs run side by side, in one process or in many. It is deliberately not a way to run a phone system:
//! most of its secrets are public and it listens on loopback only.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

mod address;
mod apt;
mod conf;
mod prefix;
mod process;

use address::Addresses;
use process::Process;

use crate::recorder::{AmiUser, Tap};

/// The secret of the AMI user that prepares tests; that of the product's is another one in each lab, [`Lab::secret`].
pub const RECORDER_SECRET: &str = "lab";
/// The SIP password of every extension.
pub const SIP_SECRET: &str = "secret";
/// The extensions of the lab with the names that Asterisk has for them.
pub const PEOPLE: [(&str, &str); 6] = [
    ("1001", "Alice"),
    ("1002", "Bob"),
    ("1003", "Carol"),
    ("1004", "Dave"),
    ("1005", "Erin"),
    ("1006", "Frank"),
];

/// Why there is no Asterisk; each is a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// The machine cannot run Debian's packages.
    #[error("{0}")]
    Machine(String),
    /// The packages could not be had.
    #[error("{0}")]
    Packages(String),
    /// A file or a process failed.
    #[error("{what}: {why}")]
    Io {
        /// What was being done.
        what: String,
        /// What the system said.
        why: std::io::Error,
    },
    /// Asterisk started and ended again, or never became ready.
    #[error("Asterisk did not start; look at the end of its output:\n{0}")]
    NotStarted(String),
    /// The Manager Interface did not work.
    #[error("Asterisk's Manager Interface did not work in the lab: {0}")]
    Ami(String),
    /// A command of the command line did not work.
    #[error("Asterisk did not take the command {command:?}: {answer}")]
    Cli {
        /// The command.
        command: String,
        /// What came back.
        answer: String,
    },
}

pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> LabError {
    let what = what.into();
    move |why| LabError::Io { what, why }
}

/// How the lab's Asterisk is configured.
#[derive(Debug, Clone)]
pub struct LabOptions {
    /// How long a phone rings before its mailbox answers, and a queue member before the next one is tried.
    pub ring: Duration,
    /// How long a parked call waits before it comes back.
    pub parking: Duration,
    /// How often Asterisk asks each phone whether it is there; zero is never.
    pub qualify: Duration,
    /// Where lines about the download and the start go.
    pub progress: fn(&str),
}

impl Default for LabOptions {
    fn default() -> Self {
        Self {
            ring: Duration::from_secs(15),
            parking: Duration::from_secs(45),
            qualify: Duration::ZERO,
            progress: |_| {},
        }
    }
}

impl LabOptions {
    /// What tests use: three seconds of ringing, so that "no answer" is soon there.
    #[must_use]
    pub fn for_tests() -> Self {
        Self { ring: Duration::from_secs(3), ..Self::default() }
    }
}

/// A running Asterisk. It is killed, and its folder removed, when this is dropped or the process that holds it dies.
#[derive(Debug)]
pub struct Lab {
    prefix: PathBuf,
    run: RunFolder,
    addresses: Addresses,
    secret: String,
    process: Option<Process>,
}

#[derive(Debug)]
struct RunFolder(PathBuf);

impl Drop for RunFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Lab {
    /// Fetches Asterisk if it is not in the user's cache yet.
    ///
    /// # Errors
    /// When the machine is not a Debian on amd64 or arm64, or the registry is out of reach.
    pub async fn fetch(progress: fn(&str)) -> Result<PathBuf, LabError> {
        tokio::task::spawn_blocking(move || prefix::ensure(progress))
            .await
            .map_err(|e| LabError::Packages(format!("The download of Asterisk was cut off: {e}.")))?
    }

    /// Starts an Asterisk and waits until it is fully booted.
    ///
    /// # Errors
    /// As [`Lab::fetch`], and when Asterisk ends before it is booted.
    pub async fn start(options: LabOptions) -> Result<Self, LabError> {
        let prefix = Self::fetch(options.progress).await?;
        let addresses = Addresses::claim()?;
        let run = RunFolder(conf::run_folder()?);
        let secret = format!("secret-{}", crate::phone::token());
        crate::planted::secret(&secret);
        conf::write(&run.0, &prefix, &addresses, &secret, &options)?;
        let mut lab = Self { prefix, run, addresses, secret, process: None };
        (options.progress)("Starting Asterisk.");
        lab.boot().await?;
        lab.name_people().await?;
        Ok(lab)
    }

    /// Where phones register and calls are sent (UDP).
    #[must_use]
    pub fn sip(&self) -> SocketAddr {
        SocketAddr::new(IpAddr::V4(self.addresses.host), self.addresses.sip_port)
    }

    /// Where the Manager Interface listens (TCP). Users `frontdesk`, with
    /// [`Lab::secret`], and `recorder`, with [`RECORDER_SECRET`].
    #[must_use]
    pub fn ami(&self) -> SocketAddr {
        SocketAddr::new(IpAddr::V4(self.addresses.host), self.addresses.ami_port)
    }

    /// The secret of the AMI user `frontdesk`.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The address that Asterisk takes for the outside line.
    #[must_use]
    pub fn provider(&self) -> SocketAddr {
        SocketAddr::new(IpAddr::V4(self.addresses.provider), self.addresses.sip_port)
    }

    /// The folder of this Asterisk: `etc`, `log`, `var/spool/voicemail` and so on.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.run.0
    }

    /// The recorded messages (`*.wav`) in the inbox of a mailbox.
    #[must_use]
    pub fn messages(&self, mailbox: &str) -> Vec<PathBuf> {
        let inbox = self.run.0.join("var/spool/voicemail/default").join(mailbox).join("INBOX");
        let Ok(entries) = std::fs::read_dir(inbox) else { return Vec::new() };
        let mut found: Vec<PathBuf> = entries
            .filter_map(|e| e.ok().map(|e| e.path()))
            .filter(|p| p.extension().is_some_and(|e| e == "wav"))
            .collect();
        found.sort();
        found
    }

    /// Runs one command of Asterisk's command line and returns what it printed.
    ///
    /// # Errors
    /// When Asterisk does not answer.
    pub async fn cli(&self, command: &str) -> Result<String, LabError> {
        let out = tokio::process::Command::new(self.prefix.join("asterisk"))
            .arg("-C")
            .arg(self.run.0.join("etc/asterisk.conf"))
            .arg("-rx")
            .arg(command)
            .stdin(std::process::Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .map_err(io("Asterisk's command line could not be started"))?;
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        if out.status.success() {
            Ok(text)
        } else {
            let answer = format!("{text}{}", String::from_utf8_lossy(&out.stderr));
            Err(LabError::Cli { command: command.to_owned(), answer })
        }
    }

    /// Restarts Asterisk within its process, as an administrator does (`core restart now`), and waits for the boot.
    ///
    /// # Errors
    /// When it does not come back.
    pub async fn restart(&mut self) -> Result<(), LabError> {
        // The old one still answers "fully booted" for a moment; that it is gone shows on a connection to it.
        let mut tap = self.tap().await?;
        // The connection often breaks before the command's answer.
        let _ = self.cli("core restart now").await;
        tap.closed().await.map_err(|e| LabError::Ami(e.to_string()))?;
        self.wait_booted().await
    }

    /// Kills Asterisk without a word to anybody, as a power cut does. [`Lab::revive`] starts it again.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Starts a killed or stopped Asterisk again, in the same folder and on the same addresses.
    ///
    /// # Errors
    /// When it does not boot.
    pub async fn revive(&mut self) -> Result<(), LabError> {
        self.process = None;
        self.boot().await
    }

    /// Stops Asterisk in an orderly way: it says goodbye on AMI.
    ///
    /// # Errors
    /// When its process does not end.
    pub async fn stop(&mut self) -> Result<(), LabError> {
        let _ = self.cli("core stop now").await;
        let Some(process) = self.process.take() else { return Ok(()) };
        process.ended().await
    }

    async fn boot(&mut self) -> Result<(), LabError> {
        self.process = Some(Process::spawn(&self.prefix, &self.run.0)?);
        self.wait_booted().await
    }

    async fn wait_booted(&mut self) -> Result<(), LabError> {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
        let mut ticks = tokio::time::interval(Duration::from_millis(30));
        while tokio::time::Instant::now() < deadline {
            ticks.tick().await;
            if self.process.as_mut().is_none_or(Process::has_ended) {
                break;
            }
            let booted =
                self.cli("core waitfullybooted").await.is_ok_and(|said| said.contains("fully booted"));
            if booted {
                return Ok(());
            }
        }
        self.process = None;
        Err(LabError::NotStarted(process::tail(&self.run.0)))
    }

    async fn tap(&self) -> Result<Tap, LabError> {
        Tap::login(self.ami(), AmiUser::Recorder, RECORDER_SECRET)
            .await
            .map_err(|e| LabError::Ami(e.to_string()))
    }

    /// What FreePBX keeps in Asterisk's database: the names of its extensions.
    async fn name_people(&self) -> Result<(), LabError> {
        let mut tap = self.tap().await?;
        for (number, name) in PEOPLE {
            for (key, value) in
                [("cidname", name), ("cidnum", number), ("device", number), ("voicemail", "default")]
            {
                let key = format!("{number}/{key}");
                tap.action("DBPut", &[("Family", "AMPUSER"), ("Key", &key), ("Val", value)])
                    .await
                    .map_err(|e| LabError::Ami(e.to_string()))?;
            }
        }
        Ok(())
    }
}

/// The loopback address that phones send from.
pub(crate) const PHONES: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
