//! The server as a value: started from options, stopped with a farewell. The program and the desktop both use it.

use crate::audit::{Act, Entry};
use crate::clock;
use crate::config::{Config, Secret};
use crate::desk::Limits;
use crate::desk::vigil::{self, Vigil};
use crate::doorway::Doorway;
use crate::exchange::{Exchange, Order};
use crate::http::{self, App, Monitor, Page, Readers, Transport};
use crate::hub::Hub;
use crate::link;
use crate::login::Door;
use crate::meters::{Meters, Traffic};
use crate::pace::Paces;
use crate::password::{self, Cost};
use crate::people::PeopleFile;
use crate::presence::Presence;
use crate::stop::farewell;
use crate::store::{Lifetime, Purpose, Store, User};
use crate::tls::{Certificate, Source};
use crate::token::{Token, random};
use crate::watched;
use anyhow::{Context, Result};
use frontdesk_ami::client::Link;
use frontdesk_protocol::{Epoch, Extension, Role, UserName};
use frontdesk_rehearsal::{Office, RunningOffice};
use frontdesk_switchboard::Switchboard;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How many orders may wait for the one loop.
const ORDERS: usize = 256;
/// Where an act of the program itself comes from, as the audit says it.
const HERE: &str = "this program";
/// How long desks have to take the farewell.
const FAREWELL: Duration = Duration::from_secs(3);

/// What to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// The configuration.
    pub config: Config,
    /// Which phone system.
    pub office: OfficeKind,
}

/// Which phone system the server is connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfficeKind {
    /// The one of the configuration.
    Pbx,
    /// A simulated office inside this process; nothing is kept when it ends.
    Rehearsal {
        /// The same seed gives the same calls.
        seed: u64,
    },
}

/// A server in this process.
#[derive(Debug)]
pub struct Server;

/// A running server. Dropping it stops it without a farewell.
#[derive(Debug)]
pub struct RunningServer {
    address: SocketAddr,
    transport: Transport,
    app: Arc<App>,
    stop: watch::Sender<Option<String>>,
    /// Whoever reads a file again when told: people, certificate.
    again: [Arc<Notify>; 2],
    fingerprint: Option<String>,
    exchange: JoinHandle<()>,
    http: JoinHandle<()>,
    _office: Option<RunningOffice>,
    _scratch: Option<Scratch>,
}

impl Options {
    /// The server that a configuration describes.
    pub fn from_config(config: Config) -> Self {
        Self { config, office: OfficeKind::Pbx }
    }

    /// A server on the rehearsal office, on a free loopback port.
    pub fn rehearsal(seed: u64) -> Self {
        let mut config = Config::default();
        config.listen.address.set_port(0);
        Self { config, office: OfficeKind::Rehearsal { seed } }
    }
}

impl Server {
    /// Opens the database and the port and begins to connect to the PBX. It answers at once; that the PBX is not
    /// there yet is told to the desks and not an error here.
    ///
    /// # Errors
    /// A sentence when secret, people file, database, certificate or port are not usable.
    pub async fn start(options: Options) -> Result<RunningServer> {
        let Options { mut config, office } = options;
        let (office, scratch) = match office {
            OfficeKind::Pbx => (None, None),
            OfficeKind::Rehearsal { seed } => {
                let office = Office::listen(seed).await?;
                let scratch = Scratch::new()?;
                rehearse(&mut config, &office, &scratch)?;
                (Some(office), Some(scratch))
            }
        };
        let (file, people) = match &config.people.file {
            Some(file) => PeopleFile::open(config.path(file)).map(|(file, people)| (Some(file), people))?,
            None => (None, Vec::new()),
        };
        let secret = config.secret()?;
        let link = Link::new(link::config(&config, &secret)?);
        let certificate = Source::of(&config).map(Certificate::open).transpose()?;
        let tls = certificate.as_ref().map(Certificate::config).transpose()?;
        let fingerprint = certificate.as_ref().map(Certificate::fingerprint);
        let transport = if tls.is_some() { Transport::Tls } else { Transport::Plain };
        let store = Arc::new(Store::open(&config.path(&config.store.path), Purpose::Serve)?);
        let doorway = Doorway::open(config.listen.address, tls).await?;
        let address = doorway.address();

        let mut board = Switchboard::new(config.pbx.settings(), clock::steady());
        board.set_directory(people, clock::steady());
        let hub = Arc::new(Hub::new(epoch()?));
        let (orders, incoming) = mpsc::channel::<Order>(ORDERS);
        let (stop, stopped) = watch::channel(None);
        let (people, newcomers) = mpsc::channel(1);
        let again = Arc::new(Notify::new());
        if let Some(file) = file {
            tokio::spawn(file.follow(watched::LOOK, Arc::clone(&again), people, stopped.clone()));
        }
        let certificate_again = Arc::new(Notify::new());
        if let Some(certificate) = certificate {
            let again = Arc::clone(&certificate_again);
            tokio::spawn(certificate.follow(watched::LOOK, again, stopped.clone()));
        }
        let traffic = Traffic::default();
        let monitor = Monitor {
            meters: Meters::new(&traffic, &hub.served),
            readers: Readers::new(config.metrics.allow.clone(), config.metrics_token()?),
        };
        let (to_hub, to_store) = (Arc::clone(&hub), Arc::clone(&store));
        let exchange = Exchange::new(link, board, to_hub, to_store, incoming, newcomers, traffic);
        let exchange = tokio::spawn(exchange.run(stopped.clone()));
        let app = Arc::new(App {
            door: Door::new(Arc::clone(&store), config.sessions.lifetime()),
            store,
            hub,
            orders,
            paces: Paces::default(),
            vigil: Vigil::default(),
            stop: stopped.clone(),
            present: Presence::default(),
            others: config.privacy.others,
            origins: config.listen.origins.clone(),
            transport,
            limits: Limits::default(),
            monitor,
            page: config.listen.ui.as_ref().map_or(Page::Inside, |ui| Page::Folder(config.path(ui))),
        });
        let mut ended = stopped;
        let http = tokio::spawn(http::serve(doorway, Arc::clone(&app), async move {
            farewell(&mut ended).await;
        }));
        tokio::spawn(vigil::keep(Arc::clone(&app)));
        tokio::spawn(forget(Arc::clone(&app), config.history.keep_days, config.sessions.lifetime()));
        tracing::info!(%address, ?transport, fingerprint = fingerprint.as_deref(), "frontdesk-server is ready");
        Ok(RunningServer {
            address,
            transport,
            app,
            stop,
            again: [again, certificate_again],
            fingerprint,
            exchange,
            http,
            _office: office,
            _scratch: scratch,
        })
    }
}

impl RunningServer {
    /// Where desks connect.
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The address of the page.
    pub fn url(&self) -> String {
        let scheme = match self.transport {
            Transport::Plain => "http",
            Transport::Tls => "https",
        };
        format!("{scheme}://{}/", self.address)
    }

    /// What the certificate was known by at the start; `None` without encryption.
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    /// Reads the people file and the certificate again, also where they look unchanged.
    pub fn reread(&self) {
        self.again.iter().for_each(|again| again.notify_one());
    }

    /// Adds a user, or gives the one there is this role, these extensions and this password.
    ///
    /// # Errors
    /// When the password is too short or the database refuses.
    pub async fn put_user(
        &self,
        name: &UserName,
        role: Role,
        extensions: Vec<Extension>,
        password: &str,
    ) -> Result<()> {
        let password = password::hash(password, Cost::Usual).await?;
        let user = User { name: name.clone(), password, role, extensions, disabled: false };
        self.app.store.put_user(user).await?;
        self.app.store.audit(Entry::done(Act::PutUser, HERE, clock::now()).about(name));
        Ok(())
    }

    /// Opens a session without a password: for the program that runs this server inside itself. The text is the
    /// bearer token.
    ///
    /// # Errors
    /// When there is no such user.
    pub async fn sign_in(&self, name: &UserName) -> Result<String> {
        let user = self.app.store.user(name).await?;
        user.with_context(|| format!("there is no user {name}"))?;
        let token: Token = self.app.door.open(name).await?;
        let entry = Entry::done(Act::LogIn, HERE, clock::now()).by(name);
        self.app.store.audit(entry.about(format_args!("session {}", token.key())));
        Ok(token.reveal().to_owned())
    }

    /// Says good-bye to the desks, records the calls that are up, saves everything and ends.
    pub async fn shutdown(mut self) {
        let text =
            "The server is being restarted or stopped. Calls go on; this console comes back by itself.";
        self.stop.send_replace(Some(text.to_owned()));
        if let Err(error) = (&mut self.exchange).await {
            tracing::error!(%error, "the loop at the PBX had failed");
        }
        if timeout(FAREWELL, self.app.present.nobody()).await.is_err() {
            tracing::warn!("not every desk has taken the farewell");
        }
        self.http.abort();
        let store = Arc::clone(&self.app.store);
        let closed = tokio::task::spawn_blocking(move || store.close()).await;
        if let Err(error) = closed {
            tracing::error!(%error, "the database was not closed properly");
        }
        tracing::info!("frontdesk-server has stopped");
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.exchange.abort();
        self.http.abort();
    }
}

/// A folder of one's own that goes with the value.
#[derive(Debug)]
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("frontdesk-{}", hex(&random::<8>()?)));
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).with_context(|| format!("{} cannot be made", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "a temporary folder stays behind");
        }
    }
}

fn rehearse(config: &mut Config, office: &RunningOffice, scratch: &Scratch) -> Result<()> {
    let address = office.address();
    config.pbx.host = address.ip().to_string();
    config.pbx.port = Some(address.port());
    config.pbx.username = "frontdesk".into();
    config.pbx.secret = Some(Secret::new("rehearsal").reveal().to_owned());
    (config.pbx.secret_file, config.pbx.secret_env) = (None, None);
    config.store.path = scratch.0.join("frontdesk.db");
    let people = scratch.0.join("people.csv");
    std::fs::write(&people, frontdesk_rehearsal::people_file())
        .with_context(|| format!("{} cannot be written", people.display()))?;
    config.people.file = Some(people);
    Ok(())
}

async fn forget(app: Arc<App>, keep_days: u32, lifetime: Lifetime) {
    let mut day = tokio::time::interval(Duration::from_secs(24 * 3_600));
    let mut stop = app.stop.clone();
    loop {
        tokio::select! {
            _ = farewell(&mut stop) => return,
            _ = day.tick() => {
                match app.store.forget(keep_days).await {
                    Ok(0) => {}
                    Ok(rows) => tracing::info!(rows, keep_days, "old calls are forgotten"),
                    Err(error) => tracing::warn!(error = %format!("{error:#}"), "old calls cannot be forgotten now"),
                }
                if let Err(error) = app.store.forget_sessions(lifetime).await {
                    tracing::warn!(error = %format!("{error:#}"), "ended sessions cannot be forgotten now");
                }
            }
        }
    }
}

fn epoch() -> Result<Epoch> {
    Ok(Epoch::parse(&hex(&random::<8>()?))?)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
