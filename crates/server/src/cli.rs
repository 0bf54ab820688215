//! The command line: serve, users, sessions, the audit and the history, check-config, doctor, fingerprint, schema. Every
//! failure is a sentence on stderr and exit code 1.

mod audit;
mod backup;
mod report;
mod sessions;
mod users;

use crate::audit::{Act, Entry};
use crate::clock;
use crate::config::{Config, read_people};
use crate::doctor;
use crate::logs::{self, LogFormat};
use crate::schema;
use crate::server::{OfficeKind, Options, RunningServer, Server};
use crate::store::Store;
use crate::tls::{Certificate, Source};
use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use frontdesk_protocol::{Extension, Role, UserName};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// How long a server that was told to stop may take: to say good-bye, and to save what a slow disk still takes.
const END: Duration = Duration::from_secs(20);

/// The server between an Asterisk PBX and the desks of Frontdesk.
#[derive(Debug, Parser)]
#[command(name = "frontdesk-server", version, propagate_version = true)]
pub struct Arguments {
    #[command(subcommand)]
    order: Order,
}

#[derive(Debug, Subcommand)]
enum Order {
    /// Connects to the PBX and serves the desks until it is stopped.
    Serve {
        #[command(flatten)]
        file: ConfigFile,
        /// Serves a simulated office instead of a PBX; nothing is kept.
        #[arg(long)]
        rehearsal: bool,
        /// The same seed gives the same simulated calls.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// A folder with the page, instead of the one inside the program.
        #[arg(long, env = "FRONTDESK_UI")]
        ui: Option<PathBuf>,
        /// How the log is written.
        #[arg(long, env = "FRONTDESK_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
        log_format: LogFormat,
        /// Where desks connect, instead of [listen] address.
        #[arg(long)]
        listen: Option<std::net::SocketAddr>,
    },
    /// Adds users and changes them.
    #[command(alias = "users")]
    User {
        #[command(subcommand)]
        order: users::Order,
    },
    /// Lists who is logged in, and ends sessions.
    #[command(alias = "session")]
    Sessions {
        #[command(subcommand)]
        order: sessions::Order,
    },
    /// Prints who did what to which call, when, with what result.
    Audit(audit::Audit),
    /// Prints the history of calls.
    History {
        #[command(subcommand)]
        order: audit::History,
    },
    /// Copies the database into a new file; a server may be running on it.
    Backup(backup::Backup),
    /// Puts a backup in the place of the database, which is kept aside. The server must be stopped.
    Restore(backup::Backup),
    /// Says whether the configuration is right.
    CheckConfig {
        #[command(flatten)]
        file: ConfigFile,
    },
    /// Connects to the PBX and says, line by line, what of the console will work and how to mend what will not.
    Doctor {
        #[command(flatten)]
        file: ConfigFile,
    },
    /// Prints the SHA-256 fingerprint of the certificate that desks see, to be compared with what they show.
    Fingerprint {
        #[command(flatten)]
        file: ConfigFile,
    },
    /// Prints the JSON Schema of the WebSocket's messages.
    Schema,
}

#[derive(Debug, clap::Args)]
struct ConfigFile {
    /// The configuration file.
    #[arg(long, env = "FRONTDESK_CONFIG", default_value = "frontdesk.toml")]
    config: PathBuf,
}

/// Does what was asked.
pub fn run(arguments: Arguments) -> ExitCode {
    let done = match arguments.order {
        Order::Schema => {
            print!("{}", schema::text());
            Ok(ExitCode::SUCCESS)
        }
        Order::CheckConfig { file } => check(&file.config),
        Order::Fingerprint { file } => show_fingerprint(&file.config),
        Order::User { order } => within(users::run(order)),
        Order::Sessions { order } => within(sessions::run(order)),
        Order::Audit(wanted) => within(audit::run(wanted)),
        Order::History { order } => within(audit::export(order)),
        Order::Backup(order) => backup::save(order),
        Order::Restore(order) => backup::bring_back(order),
        Order::Doctor { file } => within(examine(file.config)),
        Order::Serve { file, rehearsal, seed, ui, log_format, listen } => {
            logs::begin(log_format, "info");
            let office = if rehearsal { OfficeKind::Rehearsal { seed } } else { OfficeKind::Pbx };
            within(serve(file.config, office, ui, listen, log_format))
        }
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::FAILURE
    })
}

fn within(work: impl Future<Output = Result<ExitCode>>) -> Result<ExitCode> {
    let runtime = tokio::runtime::Runtime::new().context("the program cannot start")?;
    let done = runtime.block_on(work);
    // What still blocks a thread, a disk that hangs for instance, does not keep the program.
    runtime.shutdown_timeout(Duration::from_secs(1));
    done
}

/// Where what is done on the command line comes from, as the audit says it.
fn here() -> String {
    #[cfg(target_os = "linux")]
    if let Ok(own) = std::fs::metadata("/proc/self") {
        return format!("command line, uid {}", std::os::unix::fs::MetadataExt::uid(&own));
    }
    "command line".to_owned()
}

/// Notes in the audit what was just done, and waits until it is saved.
fn note(store: &Store, entry: Entry) -> Result<()> {
    store.audit(entry);
    if store.close() > 0 {
        bail!("this was done, but the audit could not be written. Look for room on the disk");
    }
    Ok(())
}

/// Something done on the command line, about an account or a session.
fn done(act: Act, target: impl ToString) -> Entry {
    Entry::done(act, here(), clock::now()).about(target)
}

fn check(path: &Path) -> Result<ExitCode> {
    let config = Config::read(path)?;
    let secret = config.secret()?;
    crate::link::config(&config, &secret)?;
    config.metrics_token()?;
    if let Some(file) = &config.people.file {
        let people = read_people(&config.path(file))?;
        println!("{}: {} people", config.path(file).display(), people.len());
    }
    if let Some(source @ Source::Files { .. }) = Source::of(&config) {
        Certificate::open(source)?;
    }
    println!("{} is right.", path.display());
    Ok(ExitCode::SUCCESS)
}

fn show_fingerprint(path: &Path) -> Result<ExitCode> {
    let config = Config::read(path)?;
    let source = Source::of(&config).context(
        "desks connect without encryption, so there is no certificate. Give [listen] tls_cert and tls_key, or open \
         [listen] address to other machines without insecure_plaintext",
    )?;
    println!("{}", Certificate::open(source)?.fingerprint());
    Ok(ExitCode::SUCCESS)
}

async fn examine(path: PathBuf) -> Result<ExitCode> {
    let config = Config::read(&path)?;
    let findings = doctor::examine(&config).await?;
    let mut sick = false;
    for finding in findings {
        println!("{finding}");
        sick |= finding.is_failure();
    }
    Ok(if sick { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn serve(
    path: PathBuf,
    office: OfficeKind,
    ui: Option<PathBuf>,
    listen: Option<std::net::SocketAddr>,
    log_format: LogFormat,
) -> Result<ExitCode> {
    let mut config = match office {
        OfficeKind::Pbx => Config::read(&path)?,
        OfficeKind::Rehearsal { .. } => Config::default(),
    };
    if let Some(ui) = ui {
        // Given on the command line: from where the person stands, not from the configuration's folder.
        config.listen.ui = Some(std::path::absolute(ui)?);
    }
    if let Some(listen) = listen {
        config.listen.address = listen;
    }
    let mut signals = Signals::listen()?;
    let server = Server::start(Options { config, office }).await?;
    if let OfficeKind::Rehearsal { .. } = office {
        demonstrate(&server).await?;
    }
    // Programs read it in the log, in which each line is an object.
    if log_format == LogFormat::Text {
        eprintln!("The console is at {}", server.url());
        if let Some(fingerprint) = server.fingerprint() {
            eprintln!("Its certificate has the SHA-256 fingerprint {fingerprint}");
        }
    }
    signals.stopped(|| server.reread()).await?;
    tokio::select! {
        () = server.shutdown() => Ok(ExitCode::SUCCESS),
        done = signals.stopped(|| ()) => {
            done?;
            bail!("the server was told to stop a second time and ends at once; what was not saved yet is lost")
        }
        () = tokio::time::sleep(END) => {
            bail!("the server could not end well within {} s; what was not saved yet is lost", END.as_secs())
        }
    }
}

/// Adds the rehearsal's user and says how to log in.
async fn demonstrate(server: &RunningServer) -> Result<()> {
    let (name, password) = ("demo", "rehearsal");
    let user = UserName::parse(name)?;
    server.put_user(&user, Role::Receptionist, vec![Extension::parse("1001")?], password).await?;
    eprintln!("This is a rehearsal: log in as {name} with the password {password}");
    Ok(())
}

/// What the operating system may tell the server.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    hang_up: tokio::signal::unix::Signal,
}

impl Signals {
    /// Listens from now on; before, the signal to hang up would end the program.
    fn listen() -> Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self { terminate: signal(SignalKind::terminate())?, hang_up: signal(SignalKind::hangup())? })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits for Ctrl-C or the order to stop. The signal to hang up means, as for other servers, to read the files
    /// again.
    #[cfg(unix)]
    async fn stopped(&mut self, reread: impl Fn()) -> Result<()> {
        loop {
            tokio::select! {
                done = tokio::signal::ctrl_c() => return Ok(done?),
                _ = self.terminate.recv() => return Ok(()),
                _ = self.hang_up.recv() => reread(),
            }
        }
    }

    #[cfg(not(unix))]
    async fn stopped(&mut self, _: impl Fn()) -> Result<()> {
        Ok(tokio::signal::ctrl_c().await?)
    }
}
