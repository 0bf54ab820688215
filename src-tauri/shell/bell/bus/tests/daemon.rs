//! A session bus for one test, and a stand-in for the notification daemon on it.

use super::DEADLINE;
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use tokio::sync::mpsc;
use tokio::time::timeout;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, connection, interface};

const PATH: &str = "/org/freedesktop/Notifications";

/// A `dbus-daemon` that ends with the test.
pub(super) struct Bus {
    process: Child,
    address: String,
}

impl Bus {
    pub(super) fn start() -> Self {
        let mut command = Command::new("dbus-daemon");
        command
            .args(["--session", "--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = command.spawn().expect("dbus-daemon is installed");
        let output = process.stdout.take().unwrap();
        let (said, address) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = BufReader::new(output).read_line(&mut line);
            // Nobody waits any more when it is too late.
            let _ = said.send(read.map(|_| line));
        });
        let address = address.recv_timeout(DEADLINE).expect("dbus-daemon says where it listens");
        Self { process, address: address.unwrap().trim().to_owned() }
    }

    pub(super) async fn connect(&self) -> Connection {
        connection::Builder::address(self.address.as_str()).unwrap().build().await.unwrap()
    }

    /// Somebody takes a name on the bus.
    pub(super) async fn own(&self, name: &str) -> Connection {
        let builder = connection::Builder::address(self.address.as_str()).unwrap();
        builder.name(name.to_owned()).unwrap().build().await.unwrap()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A notification as the daemon got it.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) id: u32,
    pub(super) replaces: u32,
    pub(super) summary: String,
    pub(super) body: String,
    pub(super) actions: Vec<String>,
}

/// The daemon, as a test sees it.
pub(super) struct Daemon {
    connection: Connection,
    told: mpsc::Receiver<Told>,
    withdrawn: mpsc::Receiver<u32>,
}

struct Service {
    capabilities: Vec<String>,
    next: u32,
    told: mpsc::Sender<Told>,
    withdrawn: mpsc::Sender<u32>,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[expect(clippy::too_many_arguments, reason = "the signature is that of the specification")]
    async fn notify(
        &mut self,
        _app_name: String,
        replaces: u32,
        _app_icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        let id = if replaces == 0 { self.next } else { replaces };
        self.next += 1;
        self.told.send(Told { id, replaces, summary, body, actions }).await.unwrap();
        id
    }

    async fn close_notification(&self, id: u32) {
        self.withdrawn.send(id).await.unwrap();
    }

    fn get_capabilities(&self) -> Vec<String> {
        self.capabilities.clone()
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action_key: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;
}

impl Daemon {
    pub(super) async fn serve(bus: &Bus, capabilities: &[&str]) -> Self {
        let (told_to, told) = mpsc::channel(16);
        let (withdrawn_to, withdrawn) = mpsc::channel(16);
        let capabilities = capabilities.iter().map(|&capability| capability.to_owned()).collect();
        let service = Service { capabilities, next: 1, told: told_to, withdrawn: withdrawn_to };
        let builder = connection::Builder::address(bus.address.as_str()).unwrap();
        let builder = builder.serve_at(PATH, service).unwrap().name("org.freedesktop.Notifications").unwrap();
        Self { connection: builder.build().await.unwrap(), told, withdrawn }
    }

    pub(super) async fn told(&mut self) -> Told {
        timeout(DEADLINE, self.told.recv()).await.expect("a notification comes").unwrap()
    }

    pub(super) async fn withdrawn(&mut self) -> u32 {
        timeout(DEADLINE, self.withdrawn.recv()).await.expect("a notification is withdrawn").unwrap()
    }

    pub(super) async fn chooses(&self, id: u32, key: &str) {
        let service = self.connection.object_server().interface::<_, Service>(PATH).await.unwrap();
        Service::action_invoked(service.signal_emitter(), id, key).await.unwrap();
    }

    pub(super) async fn puts_away(&self, id: u32) {
        let service = self.connection.object_server().interface::<_, Service>(PATH).await.unwrap();
        Service::notification_closed(service.signal_emitter(), id, 2).await.unwrap();
    }
}
