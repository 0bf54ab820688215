//! The real `frontdesk-server` as a process of its own, with users who are logged in already, so that what it costs is its
//! own and nothing of whoever drives it. Not the load.

use crate::office::Office;
use anyhow::{Context, Result, bail, ensure};
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long a server may take to be ready.
const READY: Duration = Duration::from_secs(300);
/// A login of `Served::token`.
const AGE_MS: u128 = 1_000;

/// Who sits at the desks: the first so many are receptionists, who see all; the others see of others' calls only names.
#[derive(Debug, Clone, Copy)]
pub struct Staff {
    /// How many users there are, each at an extension of their own.
    pub users: u32,
    /// How many of them are receptionists.
    pub receptionists: u32,
}

/// A running server.
pub struct Served {
    child: Child,
    folder: PathBuf,
    /// Where desks connect.
    pub address: SocketAddr,
    /// What its certificate is trusted by, where it has one.
    pub tls: Option<Arc<rustls::ClientConfig>>,
}

impl Served {
    /// Starts a server for this office at the PBX on this port; `prepare` may change its database before.
    pub fn start(
        office: &Office,
        pbx: u16,
        staff: Staff,
        encrypted: bool,
        prepare: impl FnOnce(&mut Connection) -> Result<()>,
    ) -> Result<Self> {
        let unique = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
        let folder = std::env::temp_dir().join(format!("frontdesk-bench-{}-{unique}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let made = Self::start_in(&folder, office, pbx, staff, encrypted, prepare);
        if made.is_err() {
            fs::remove_dir_all(&folder).ok();
        }
        made
    }

    fn start_in(
        folder: &Path,
        office: &Office,
        pbx: u16,
        staff: Staff,
        encrypted: bool,
        prepare: impl FnOnce(&mut Connection) -> Result<()>,
    ) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut config = format!(
            "[pbx]\nhost = \"127.0.0.1\"\nport = {pbx}\nusername = \"bench\"\nsecret = \"bench\"\n\
             [store]\npath = \"f.db\"\n[people]\nfile = \"people.csv\"\n[listen]\naddress = \"{address}\"\n"
        );
        let tls = if encrypted {
            config.push_str("tls_cert = \"cert.pem\"\ntls_key = \"key.pem\"\n");
            Some(certify(folder)?)
        } else {
            None
        };
        fs::write(folder.join("f.toml"), config)?;
        let mut people = String::from("name,extensions\n");
        for number in office.extensions() {
            writeln!(people, "Person {number},{number}")?;
        }
        fs::write(folder.join("people.csv"), people)?;
        let program = std::env::current_exe()?.with_file_name("frontdesk-server");
        ensure!(program.is_file(), "{} is not built", program.display());
        // The database is made by whoever knows its schema.
        let mut list = Command::new(&program);
        list.args(["user", "list", "--config"]).arg(folder.join("f.toml"));
        let output = list.output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut database = Connection::open(folder.join("f.db"))?;
        hire(&mut database, office, staff)?;
        prepare(&mut database)?;
        database.close().map_err(|(_, error)| error)?;
        let log = fs::File::create(folder.join("log"))?;
        let child = Command::new(&program)
            .args(["serve", "--config"])
            .arg(folder.join("f.toml"))
            .env("RUST_LOG", "warn")
            .stdout(log.try_clone()?)
            .stderr(log)
            .stdin(Stdio::null())
            .spawn()?;
        let mut served = Self { child, folder: folder.to_owned(), address, tls };
        served.wait()?;
        Ok(served)
    }

    fn wait(&mut self) -> Result<()> {
        let begun = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            if self.child.try_wait()?.is_some() || begun.elapsed() > READY {
                bail!("the server is not ready: {}", self.log());
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
        Ok(())
    }

    /// The token of a user by their number.
    pub fn token(user: u32) -> String {
        format!("bench-{user}")
    }

    /// What it said that somebody should look at.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Processor time so far, in seconds: of all its threads, in the program and in the kernel for it.
    pub fn cpu(&self) -> Result<f64> {
        let nanos = self.threads("schedstat", |text| text.split_whitespace().next()?.parse().ok())?;
        Ok(nanos / 1e9)
    }

    /// Its memory, in bytes: its own, and its share of what it shares.
    pub fn memory(&self) -> Result<f64> {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()))?;
        kib(&text, "Pss:").map(|kib| kib * 1024.0)
    }

    /// How often any of its threads was woken so far.
    pub fn wakes(&self) -> Result<f64> {
        self.threads("status", |text| {
            text.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")?.trim().parse().ok())
        })
    }

    fn threads(&self, file: &str, read: impl Fn(&str) -> Option<f64>) -> Result<f64> {
        let mut sum = 0.0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            // A thread may end meanwhile.
            let text = fs::read_to_string(thread?.path().join(file)).unwrap_or_default();
            sum += read(&text).unwrap_or(0.0);
        }
        Ok(sum)
    }

    /// One of its own numbers, as a monitor reads it.
    pub fn metric(&self, name: &str) -> Result<f64> {
        use std::io::Write as _;
        let mut stream = TcpStream::connect(self.address)?;
        write!(stream, "GET /metrics HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address)?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let found = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
        found.with_context(|| format!("the server has no number {name}"))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}

fn kib(text: &str, key: &str) -> Result<f64> {
    let found =
        text.lines().find_map(|line| line.strip_prefix(key)?.trim().strip_suffix("kB")?.trim().parse().ok());
    found.with_context(|| format!("the kernel does not say {key}"))
}

/// Users with a session each. Their password is none, so that nobody's processor time goes into hashing it.
fn hire(database: &mut Connection, office: &Office, staff: Staff) -> Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let now = i64::try_from(now - AGE_MS)?;
    let change = database.transaction()?;
    let extensions: Vec<String> = office.extensions().collect();
    for (number, extension) in (0..staff.users).zip(extensions.iter().cycle()) {
        let name = format!("user{number}");
        let role = if number < staff.receptionists { "receptionist" } else { "colleague" };
        change.execute(
            "INSERT INTO users VALUES (?1, 'none', ?2, ?3, 0, ?4)",
            params![name, role, format!("[\"{extension}\"]"), now],
        )?;
        let key: [u8; 32] = Sha256::digest(Served::token(number).as_bytes()).into();
        change.execute("INSERT INTO sessions VALUES (?1, ?2, ?3, ?3)", params![&key[..], name, now])?;
    }
    change.commit()?;
    Ok(())
}

/// A certificate for the server, and a client that trusts it.
fn certify(folder: &Path) -> Result<Arc<rustls::ClientConfig>> {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
    fs::write(folder.join("cert.pem"), made.cert.pem())?;
    fs::write(folder.join("key.pem"), made.signing_key.serialize_pem())?;
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone())?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(client))
}
