//! The configuration file: one TOML file, every key with a default. Not the people in it, and not what it starts.

mod mistake;
mod people;
mod secret;

pub use mistake::ConfigError;
pub use people::{PeopleFormat, parse_people, read_people};
pub use secret::Secret;

use crate::privacy::Others;
use frontdesk_switchboard::{AutoAnswer, Settings};
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// Everything the server can be told. An empty file is nearly enough: only the secret of the manager account is
/// needed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The phone system.
    pub pbx: Pbx,
    /// Where desks connect.
    pub listen: Listen,
    /// Where history, users and sessions are kept.
    pub store: StorePlace,
    /// Names and numbers that the phone system does not know.
    pub people: PeopleFile,
    /// How long calls are remembered.
    pub history: History,
    /// How long a login lasts.
    pub sessions: Sessions,
    /// Who may read the server's numbers.
    pub metrics: Metrics,
    /// Who sees what.
    pub privacy: Privacy,
    /// The folder of the file itself; relative paths start here.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// `[pbx]`: the phone system and how it is wired.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pbx {
    /// Which defaults the dialplan settings have.
    pub kind: PbxKind,
    /// Name or address of the PBX.
    pub host: String,
    /// AMI port; 5038, or 5039 with `tls`.
    pub port: Option<u16>,
    /// Whether AMI is spoken over TLS.
    pub tls: bool,
    /// The authority that signed the PBX's certificate, as a PEM file; the well-known ones without it.
    pub tls_ca: Option<PathBuf>,
    /// The name on the PBX's certificate, where it is not `host`.
    pub tls_name: Option<String>,
    /// Manager account.
    pub username: String,
    /// Its secret, in the file itself (discouraged).
    pub secret: Option<String>,
    /// A file that holds the secret alone.
    pub secret_file: Option<PathBuf>,
    /// An environment variable that holds the secret.
    pub secret_env: Option<String>,
    /// The context in which extensions are dialled.
    pub context: Option<String>,
    /// What is dialled before an outside number.
    pub outside_prefix: Option<String>,
    /// The context in which outside numbers are dialled; `context` without it.
    pub outside_context: Option<String>,
    /// What a leading `+` becomes, `00` for instance.
    pub outside_plus: Option<String>,
    /// Leading digits of outside numbers that are replaced, each `["0049", "0"]`; the first that fits.
    pub outside_replace: Vec<(String, String)>,
    /// The context that sends a caller straight to a mailbox.
    pub voicemail_context: Option<String>,
    /// What is dialled there; `{box}` stands for the mailbox, `{context}` for its voicemail context.
    pub voicemail_exten: Option<String>,
    /// Endpoints that are outside lines, `*` for any run of characters, where they are not found by themselves.
    pub trunks: Vec<String>,
    /// Whether my phone is asked to answer by itself when I place a call (`Call-Info: answer-after=0`).
    pub auto_answer: bool,
    /// How long a phone rings on a click to call, in seconds.
    pub ring_seconds: u32,
    /// How long a caller who was handed on safely waits for an answer before they come back, in seconds.
    pub return_seconds: u32,
}

/// Which phone system it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PbxKind {
    /// Asterisk with a dialplan of its own.
    #[default]
    Asterisk,
    /// FreePBX.
    Freepbx,
}

/// `[listen]`: where desks connect.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listen {
    /// Address and port.
    pub address: SocketAddr,
    /// The server's certificate chain, a PEM file. Without it, and open to other machines, the server makes its own
    /// certificate beside the database.
    pub tls_cert: Option<PathBuf>,
    /// Its private key, a PEM file.
    pub tls_key: Option<PathBuf>,
    /// Allows unencrypted connections from other machines.
    pub insecure_plaintext: bool,
    /// Web pages (`https://desk.example.org`) that may connect besides the server's own.
    pub origins: Vec<String>,
    /// A folder with the page, instead of the one inside the program.
    pub ui: Option<PathBuf>,
}

/// `[store]`: where the database is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StorePlace {
    /// The SQLite file; it is made when it is not there.
    pub path: PathBuf,
}

/// `[people]`: names and numbers that the phone system does not know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PeopleFile {
    /// A TOML or CSV file.
    pub file: Option<PathBuf>,
}

/// `[history]`: how long calls are remembered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct History {
    /// Days until a call is forgotten; 0 keeps all.
    pub keep_days: u32,
}

/// `[metrics]`: who may read the server's numbers besides its own machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// From these addresses.
    pub allow: Vec<IpAddr>,
    /// With the token in this file, from anywhere.
    pub token_file: Option<PathBuf>,
}

/// `[sessions]`: how long a login lasts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sessions {
    /// Days without use after which one has to log in again.
    pub idle_days: u32,
    /// Days after which one has to log in again in any case.
    pub absolute_days: u32,
}

/// `[privacy]`: who sees what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Privacy {
    /// What colleagues see of calls that are not at their own extensions.
    pub others: Others,
}

impl Default for Pbx {
    fn default() -> Self {
        Self {
            kind: PbxKind::Asterisk,
            host: "127.0.0.1".into(),
            port: None,
            tls: false,
            tls_ca: None,
            tls_name: None,
            username: "frontdesk".into(),
            secret: None,
            secret_file: None,
            secret_env: None,
            context: None,
            outside_prefix: None,
            outside_context: None,
            outside_plus: None,
            outside_replace: Vec::new(),
            voicemail_context: None,
            voicemail_exten: None,
            trunks: Vec::new(),
            auto_answer: false,
            ring_seconds: 30,
            return_seconds: 20,
        }
    }
}

impl Pbx {
    /// The AMI port.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.tls { 5039 } else { 5038 })
    }

    /// The layout of the PBX for the model.
    pub fn settings(&self) -> Settings {
        let mut settings = match self.kind {
            PbxKind::Asterisk => Settings::default(),
            PbxKind::Freepbx => Settings::freepbx(),
        };
        if let Some(context) = &self.context {
            settings.internal_context.clone_from(context);
            if self.kind == PbxKind::Asterisk {
                settings.voicemail.context.clone_from(context);
            }
        }
        if let Some(prefix) = &self.outside_prefix {
            settings.outside.prefix.clone_from(prefix);
        }
        settings.outside.context.clone_from(&self.outside_context);
        if self.outside_plus.is_some() {
            settings.outside.plus.clone_from(&self.outside_plus);
        }
        settings.outside.replace.clone_from(&self.outside_replace);
        if let Some(context) = &self.voicemail_context {
            settings.voicemail.context.clone_from(context);
        }
        if let Some(exten) = &self.voicemail_exten {
            settings.voicemail.exten.clone_from(exten);
        }
        settings.trunks.clone_from(&self.trunks);
        settings.originate_timeout_ms = u64::from(self.ring_seconds) * 1_000;
        settings.safe_transfer_ms = u64::from(self.return_seconds) * 1_000;
        settings.auto_answer = if self.auto_answer { AutoAnswer::CallInfo } else { AutoAnswer::Off };
        settings
    }
}

impl Sessions {
    /// How long a session lasts.
    pub(crate) fn lifetime(&self) -> crate::store::Lifetime {
        crate::store::Lifetime { idle_days: self.idle_days, absolute_days: self.absolute_days }
    }
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8090),
            tls_cert: None,
            tls_key: None,
            insecure_plaintext: false,
            origins: Vec::new(),
            ui: None,
        }
    }
}

impl Default for StorePlace {
    fn default() -> Self {
        Self { path: "frontdesk.db".into() }
    }
}

impl Default for History {
    fn default() -> Self {
        Self { keep_days: 730 }
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self { idle_days: 14, absolute_days: 60 }
    }
}

impl Config {
    /// Reads and checks a configuration file.
    ///
    /// # Errors
    /// A sentence with the file, the line and what to write instead.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::unreadable(path, &error))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse(&text, path, folder)
    }

    /// Parses and checks the text of a configuration file; `name` is what mistakes call it.
    ///
    /// # Errors
    /// A sentence with the file, the line and what to write instead.
    pub fn parse(text: &str, name: &Path, folder: &Path) -> Result<Self, ConfigError> {
        let mut config: Self =
            toml::from_str(text).map_err(|error| ConfigError::from_toml(name, text, &error))?;
        folder.clone_into(&mut config.folder);
        config.check(name, text)?;
        Ok(config)
    }

    /// A path of the file, from the file's own folder.
    pub fn path(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    /// The token with which a monitor may read the numbers from anywhere, where there is one.
    ///
    /// # Errors
    /// When its file cannot be read or holds less than 16 characters.
    pub fn metrics_token(&self) -> Result<Option<Secret>, ConfigError> {
        let Some(file) = &self.metrics.token_file else { return Ok(None) };
        let file = self.path(file);
        let text = std::fs::read_to_string(&file).map_err(|error| ConfigError::unreadable(&file, &error))?;
        let token = text.trim();
        if token.len() < 16 {
            let why = "the token of the monitor is too short. Write 16 characters or more, for example from: \
                       openssl rand -base64 24.";
            return Err(ConfigError::whole(&file, why));
        }
        Ok(Some(Secret::new(token)))
    }

    /// The secret of the manager account.
    ///
    /// # Errors
    /// When it is given nowhere, twice, or cannot be read.
    pub fn secret(&self) -> Result<Secret, ConfigError> {
        secret::find(self)
    }

    fn check(&self, name: &Path, source: &str) -> Result<(), ConfigError> {
        let wrong = |section: &str, key: &str, text: &str| {
            Err(ConfigError::setting(name, source, section, key, text))
        };
        if self.pbx.host.trim().is_empty() {
            return wrong(
                "pbx",
                "host",
                "[pbx] host is empty. Write the name or address of the phone system.",
            );
        }
        let secrets =
            [self.pbx.secret.is_some(), self.pbx.secret_file.is_some(), self.pbx.secret_env.is_some()];
        if secrets.iter().filter(|given| **given).count() > 1 {
            return wrong(
                "pbx",
                "secret",
                "[pbx] has more than one of secret, secret_file and secret_env. Keep one of them.",
            );
        }
        if self.listen.tls_cert.is_some() != self.listen.tls_key.is_some() {
            let key = if self.listen.tls_cert.is_some() { "tls_cert" } else { "tls_key" };
            return wrong(
                "listen",
                key,
                "[listen] has only one of tls_cert and tls_key. TLS needs both, each a PEM file.",
            );
        }
        if let Some(origin) = self.listen.origins.iter().find(|origin| !is_origin(origin)) {
            let text = format!(
                "[listen] origins holds `{origin}`, which is not an origin. Write scheme and host only, in \
                 small letters and without the usual port, for example `https://desk.example.org`."
            );
            return wrong("listen", "origins", &text);
        }
        if self.pbx.voicemail_exten.as_ref().is_some_and(|exten| !exten.contains("{box}")) {
            return wrong(
                "pbx",
                "voicemail_exten",
                "[pbx] voicemail_exten has no {box} in it. Write for example `*{box}`.",
            );
        }
        for (key, value) in
            [("outside_prefix", &self.pbx.outside_prefix), ("outside_plus", &self.pbx.outside_plus)]
        {
            if value.as_ref().is_some_and(|digits| !is_dialable(digits)) {
                return wrong("pbx", key, &format!("[pbx] {key} may hold digits, *, # and + only."));
            }
        }
        if self.pbx.outside_replace.iter().any(|(from, to)| !is_dialable(from) || !is_dialable(to)) {
            return wrong(
                "pbx",
                "outside_replace",
                "[pbx] outside_replace may hold digits, *, # and + only.",
            );
        }
        for (key, value) in [
            ("context", &self.pbx.context),
            ("outside_context", &self.pbx.outside_context),
            ("voicemail_context", &self.pbx.voicemail_context),
        ] {
            if value.as_ref().is_some_and(|name| !is_context(name)) {
                let text = format!(
                    "[pbx] {key} is not the name of a dialplan context: letters, digits, - and _ only."
                );
                return wrong("pbx", key, &text);
            }
        }
        if !(5..=40).contains(&self.pbx.ring_seconds) {
            return wrong(
                "pbx",
                "ring_seconds",
                "[pbx] ring_seconds is the time in which a phone is picked up: write 5 to 40.",
            );
        }
        if !(1..=300).contains(&self.pbx.return_seconds) {
            return wrong(
                "pbx",
                "return_seconds",
                "[pbx] return_seconds is the time after which a caller comes back: write 1 to 300.",
            );
        }
        Ok(())
    }
}

fn is_context(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 79
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

fn is_dialable(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '#' | '+'))
}

fn is_origin(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, host)| {
        // Browsers write it in small letters and leave the usual port out; written otherwise it would never fit.
        let usual = if scheme == "https" { ":443" } else { ":80" };
        matches!(scheme, "http" | "https")
            && !host.is_empty()
            && !host.ends_with(usual)
            && !host.contains(|c: char| "/?#@,*\\".contains(c) || c.is_whitespace() || c.is_uppercase())
    })
}

#[cfg(test)]
mod tests;
