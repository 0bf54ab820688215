//! The stage: one lab Asterisk with its phones, and one `frontdesk-server` process on it, configured and given its
//! users as an administrator does it. What a desk does on it is `desk`, what the PBX says of itself is `pbx`.

use crate::desk::Desk;
use crate::journal;
use crate::pbx::Pbx;
use crate::server::{self, Server};
use crate::until::until;
use anyhow::{Context, Result, ensure};
use frontdesk_lab::{LabOptions, Office, planted};
use frontdesk_protocol::PbxLink;
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::http::{Request, StatusCode};

/// The password of every user on a stage.
pub const PASSWORD: &str = "correct horse battery";

/// Who sits in the office beyond what the PBX knows: Bob has further numbers, Erin two extensions, and the door no
/// mailbox.
const PEOPLE: &str = r#"
[[person]]
id = "bob"
name = "Bob Brown"
extensions = ["1002"]
group = "Sales"
numbers = [{ label = "Mobile", number = "+49 170 1234567" }, { label = "Home", number = "5550188" }]

[[person]]
id = "erin"
name = "Erin East"
extensions = ["1005", "1006"]

[[person]]
id = "door"
name = "Front door"
extensions = ["1010"]
"#;

/// Asterisk, phones and server.
#[derive(Debug)]
pub struct Stage {
    /// Asterisk and the phones.
    pub office: Office,
    server: Option<Server>,
    folder: TempDir,
    starts: u32,
    /// Of the server that was started last.
    log: PathBuf,
    /// The words before the server's own when it is started.
    launcher: Vec<OsString>,
}

impl Stage {
    /// An office with everybody at their phones, and a server that is ready for desks.
    ///
    /// # Errors
    /// When one of them does not start.
    pub async fn open() -> Result<Self> {
        Self::with(LabOptions::for_tests()).await
    }

    /// The same with an Asterisk of these options.
    ///
    /// # Errors
    /// As [`Stage::open`].
    pub async fn with(options: LabOptions) -> Result<Self> {
        let mut stage = Self::without_server(options).await?;
        stage.start_server().await?;
        Ok(stage)
    }

    /// An office with a configured server that is not running yet.
    ///
    /// # Errors
    /// When Asterisk does not start.
    pub async fn without_server(options: LabOptions) -> Result<Self> {
        let office = Office::with(options).await?;
        let stage = Self {
            office,
            server: None,
            folder: tempfile::tempdir()?,
            starts: 0,
            log: PathBuf::new(),
            launcher: Vec::new(),
        };
        let ami = stage.office.lab.ami();
        let configuration = format!(
            "[pbx]\nhost = \"{}\"\nport = {}\nsecret_file = \"ami-secret\"\n\n[listen]\naddress = \"127.0.0.1:0\"\n\n\
             [people]\nfile = \"people.toml\"\n",
            ami.ip(),
            ami.port(),
        );
        std::fs::write(stage.configuration(), configuration)?;
        std::fs::write(stage.folder().join("people.toml"), PEOPLE)?;
        stage.secret(stage.office.lab.secret())?;
        Ok(stage)
    }

    /// The folder of the server: its configuration, its database, its logs.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The configuration file.
    pub fn configuration(&self) -> PathBuf {
        self.folder().join("frontdesk.toml")
    }

    /// Writes the secret with which the server logs in to the PBX from its next start on.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn secret(&self, secret: &str) -> Result<()> {
        planted::secret(secret);
        Ok(std::fs::write(self.folder().join("ami-secret"), format!("{secret}\n"))?)
    }

    /// Writes `key = value` into the `[pbx]` part of the configuration; it counts from the server's next start on.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn set_pbx(&self, key: &str, value: &str) -> Result<()> {
        let text = std::fs::read_to_string(self.configuration())?;
        let others = text.lines().filter(|line| !line.starts_with(&format!("{key} =")));
        let lines: Vec<_> = others.map(|line| format!("{line}\n")).collect();
        let text = lines.concat().replacen("[pbx]\n", &format!("[pbx]\n{key} = {value}\n"), 1);
        Ok(std::fs::write(self.configuration(), text)?)
    }

    /// Has the server started through another program, which becomes it: these are the words before its own.
    pub fn launch_through(&mut self, words: Vec<OsString>) {
        self.launcher = words;
    }

    /// Starts the server and waits until desks can connect. Its port is another one every time.
    ///
    /// # Errors
    /// When it ends instead; the sentence holds what it said.
    pub async fn start_server(&mut self) -> Result<()> {
        ensure!(self.server.is_none(), "the server runs already");
        self.starts += 1;
        let here = self.folder().join(format!("server-{}.log", self.starts));
        self.log = journal::path("server")?.unwrap_or(here);
        self.server =
            Some(Server::start(&self.launcher, &self.configuration(), &self.log, journal::LEVEL.1).await?);
        Ok(())
    }

    /// Asks the server to stop, as a service manager does, and waits for its end.
    ///
    /// # Errors
    /// When it does not end, or not well.
    pub async fn stop_server(&mut self) -> Result<()> {
        let Some(Server { mut running, .. }) = self.server.take() else { return Ok(()) };
        running.signal(Signal::SIGTERM)?;
        let status: ExitStatus = until("the server ends", async || Ok(running.child().try_wait()?)).await?;
        ensure!(status.success(), "the server ended with {status}: {}", self.server_log());
        Ok(())
    }

    /// Kills the server, as a power cut does.
    pub fn kill_server(&mut self) {
        self.server = None;
    }

    /// Sends the server a signal: `SIGSTOP` for one that hangs, `SIGCONT` to let it go on.
    ///
    /// # Errors
    /// When the server is not running.
    pub fn signal_server(&self, signal: Signal) -> Result<()> {
        self.server.as_ref().context("the server is not running")?.running.signal(signal)
    }

    /// The process id of the server.
    ///
    /// # Errors
    /// When the server is not running.
    pub fn server_id(&self) -> Result<u32> {
        Ok(self.server.as_ref().context("the server is not running")?.running.id())
    }

    /// Where desks connect, `127.0.0.1:40123`.
    ///
    /// # Errors
    /// When the server is not running.
    pub fn address(&self) -> Result<&str> {
        Ok(&self.server.as_ref().context("the server is not running")?.address)
    }

    /// What the server that was started last has logged.
    pub fn server_log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// What the PBX says of itself.
    pub fn pbx(&self) -> Pbx<'_> {
        Pbx::new(&self.office.lab)
    }

    /// Runs `frontdesk-server` with these arguments and the stage's configuration, gives it a line on its standard
    /// input, and returns what it printed.
    ///
    /// # Errors
    /// When it fails; the sentence holds what it said.
    pub async fn command(&self, arguments: &[&str], input: &str) -> Result<String> {
        planted::secret(input);
        server::command(&self.configuration(), arguments, input).await
    }

    /// Adds a user with [`PASSWORD`].
    ///
    /// # Errors
    /// When the server's program refuses.
    pub async fn user(&self, name: &str, role: &str, extensions: &[&str]) -> Result<()> {
        server::add_user(&self.configuration(), name, role, extensions).await
    }

    /// Sends a login; gives the status and the answer.
    ///
    /// # Errors
    /// When the server does not answer with JSON.
    pub async fn log_in(&self, user: &str, password: &str) -> Result<(StatusCode, Value)> {
        planted::secret(password);
        let body = json!({ "user": user, "password": password }).to_string();
        let request = Request::post(format!("http://{}/api/login", self.address()?))
            .header("content-type", "application/json")
            .body(body)?;
        let response = Client::builder(TokioExecutor::new()).build_http().request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        Ok((status, serde_json::from_slice(&body).context("an answer in JSON")?))
    }

    /// Logs out of the session of a token.
    ///
    /// # Errors
    /// When the server does not say that this was done.
    pub async fn log_out(&self, token: &str) -> Result<()> {
        let request = Request::post(format!("http://{}/api/logout", self.address()?))
            .header("authorization", format!("Bearer {token}"))
            .body(String::new())?;
        let response = Client::builder(TokioExecutor::new()).build_http().request(request).await?;
        ensure!(
            response.status() == StatusCode::NO_CONTENT,
            "a log-out is answered by {}",
            response.status()
        );
        Ok(())
    }

    /// Adds a user and opens their desk.
    ///
    /// # Errors
    /// As [`Stage::user`] and [`Stage::desk_of`].
    pub async fn desk(&self, name: &str, role: &str, extensions: &[&str]) -> Result<Desk> {
        self.user(name, role, extensions).await?;
        self.desk_of(name).await
    }

    /// Opens a desk of a user who was added before, and waits until it sees the PBX connected.
    ///
    /// # Errors
    /// When the login or the socket is refused.
    pub async fn desk_of(&self, name: &str) -> Result<Desk> {
        let mut desk = self.desk_at_once(name).await?;
        desk.until("the PBX is connected", |office| matches!(office.link, PbxLink::Up { .. }).then_some(()))
            .await
            .with_context(|| format!("the server says: {}", self.server_log()))?;
        Ok(desk)
    }

    /// The same without waiting for the PBX.
    ///
    /// # Errors
    /// When the login or the socket is refused.
    pub async fn desk_at_once(&self, name: &str) -> Result<Desk> {
        Desk::open(self.address()?, &self.token(name).await?).await
    }

    /// Logs in a user who was added before; gives the session's token.
    ///
    /// # Errors
    /// When the login is refused.
    pub async fn token(&self, name: &str) -> Result<String> {
        let (status, answer) = self.log_in(name, PASSWORD).await?;
        ensure!(status == StatusCode::OK, "the login of {name} is answered by {status}: {answer}");
        Ok(answer["token"].as_str().context("a token for a program")?.to_owned())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("The server said:\n{}", self.server_log());
        }
    }
}
