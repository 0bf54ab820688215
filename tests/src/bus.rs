//! Stand-ins for the desktop's notification daemon and its tray, on a real D-Bus.
//!
//! They keep what programs tell them and can act as the user: choose a notification's action, choose a menu item.
#![allow(missing_docs, reason = "the macro of zbus writes methods without a word about them")]
#![allow(clippy::type_complexity, reason = "the signature is that of com.canonical.dbusmenu")]

use crate::until::until;
use anyhow::{Context, Result};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, connection, interface, proxy};

const NOTIFICATIONS: &str = "/org/freedesktop/Notifications";

/// A notification as the daemon got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The daemon's number for it.
    pub id: u32,
    /// The title.
    pub summary: String,
    /// The text.
    pub body: String,
    /// Keys and labels, alternating.
    pub actions: Vec<String>,
    /// Whether the program has withdrawn it.
    pub withdrawn: bool,
}

/// The stand-in for `org.freedesktop.Notifications`.
#[derive(Debug)]
pub struct Notifications {
    shown: Arc<Mutex<Vec<Shown>>>,
    connection: Connection,
}

struct Daemon {
    shown: Arc<Mutex<Vec<Shown>>>,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Daemon {
    #[expect(
        clippy::too_many_arguments,
        reason = "the signature is that of the Desktop Notifications Specification"
    )]
    fn notify(
        &self,
        _app_name: String,
        replaces_id: u32,
        _app_icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = shown.iter_mut().find(|known| known.id == replaces_id) {
            *known = Shown { id: replaces_id, summary, body, actions, withdrawn: false };
            return replaces_id;
        }
        let id = u32::try_from(shown.len()).unwrap_or(u32::MAX - 1) + 1;
        shown.push(Shown { id, summary, body, actions, withdrawn: false });
        id
    }

    async fn close_notification(&self, id: u32, #[zbus(signal_emitter)] emitter: SignalEmitter<'_>) {
        for known in self.shown.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            known.withdrawn |= known.id == id;
        }
        // A program that has gone does not hear it; that is its right.
        let _ = Self::notification_closed(&emitter, id, 3).await;
    }

    fn get_capabilities(&self) -> Vec<String> {
        ["body", "actions"].map(str::to_owned).to_vec()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("stand-in".into(), "Frontdesk".into(), "1".into(), "1.2".into())
    }

    /// Tells programs that a notification is gone.
    #[zbus(signal)]
    async fn notification_closed(emitter: &SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;

    /// Tells programs what the user chose.
    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action_key: &str) -> zbus::Result<()>;
}

impl Notifications {
    /// Serves on the bus at `address`.
    ///
    /// # Errors
    /// When the bus cannot be reached.
    pub async fn serve(address: &str) -> Result<Self> {
        let shown = Arc::new(Mutex::new(Vec::new()));
        let daemon = Daemon { shown: Arc::clone(&shown) };
        let connection = connection::Builder::address(address)?
            .serve_at(NOTIFICATIONS, daemon)?
            .name("org.freedesktop.Notifications")?
            .build()
            .await
            .context("the notification daemon's name on the bus")?;
        Ok(Self { shown, connection })
    }

    /// All notifications so far, withdrawn ones too.
    pub fn all(&self) -> Vec<Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The first notification that fits.
    ///
    /// # Errors
    /// When none comes in time; the sentence lists what came.
    pub async fn wait(&self, what: &str, fits: impl Fn(&Shown) -> bool) -> Result<Shown> {
        until(what, async || Ok(self.all().into_iter().find(&fits)))
            .await
            .with_context(|| format!("notifications so far: {:?}", self.all()))
    }

    /// Waits for a keyring on the same bus, and says how many secrets it holds.
    ///
    /// # Errors
    /// When none is there in time.
    pub async fn secrets(&self) -> Result<usize> {
        let keyring = SecretServiceProxy::new(&self.connection).await?;
        until("a keyring is on the bus", async || {
            let found = keyring.search_items(HashMap::new()).await.ok();
            Ok(found.map(|(unlocked, locked)| unlocked.len() + locked.len()))
        })
        .await
    }

    /// The user chooses an action of a notification.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn choose(&self, id: u32, action: &str) -> Result<()> {
        let daemon = self.connection.object_server().interface::<_, Daemon>(NOTIFICATIONS).await?;
        Ok(Daemon::action_invoked(daemon.signal_emitter(), id, action).await?)
    }
}

/// The stand-in for `org.kde.StatusNotifierWatcher`, and a reader of the registered item's menu.
#[derive(Debug)]
pub struct Tray {
    items: Arc<Mutex<Vec<String>>>,
    connection: Connection,
}

struct Watcher {
    items: Arc<Mutex<Vec<String>>>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(
        &self,
        service: String,
        #[zbus(header)] header: zbus::message::Header<'_>,
    ) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let item = if service.starts_with('/') { format!("{sender}{service}") } else { service };
        self.items.lock().unwrap_or_else(PoisonError::into_inner).push(item);
    }

    fn register_status_notifier_host(&self, _service: String) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

#[proxy(
    interface = "org.freedesktop.Secret.Service",
    default_service = "org.freedesktop.secrets",
    default_path = "/org/freedesktop/secrets"
)]
trait SecretService {
    fn search_items(
        &self,
        attributes: HashMap<&str, &str>,
    ) -> zbus::Result<(Vec<OwnedObjectPath>, Vec<OwnedObjectPath>)>;
}

#[proxy(interface = "com.canonical.dbusmenu")]
trait DbusMenu {
    fn get_layout(
        &self,
        parent: i32,
        depth: i32,
        properties: &[&str],
    ) -> zbus::Result<(u32, (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>))>;
    fn event(&self, id: i32, kind: &str, data: &Value<'_>, timestamp: u32) -> zbus::Result<()>;
}

#[proxy(interface = "org.kde.StatusNotifierItem")]
trait StatusNotifierItem {
    #[zbus(property)]
    fn menu(&self) -> zbus::Result<OwnedObjectPath>;
    #[zbus(property)]
    fn icon_name(&self) -> zbus::Result<String>;
}

impl Tray {
    /// Serves on the bus at `address`.
    ///
    /// # Errors
    /// When the bus cannot be reached.
    pub async fn serve(address: &str) -> Result<Self> {
        let items = Arc::new(Mutex::new(Vec::new()));
        let watcher = Watcher { items: Arc::clone(&items) };
        let connection = connection::Builder::address(address)?
            .serve_at("/StatusNotifierWatcher", watcher)?
            .name("org.kde.StatusNotifierWatcher")?
            .build()
            .await
            .context("the tray's name on the bus")?;
        Ok(Self { items, connection })
    }

    /// The labels of the item's menu, separators left out.
    ///
    /// # Errors
    /// When no item is registered in time or its menu cannot be read.
    pub async fn menu(&self) -> Result<Vec<(i32, String)>> {
        let (service, path) = self.item().await?;
        let item = StatusNotifierItemProxy::builder(&self.connection)
            .destination(service.clone())?
            .path(path)?
            .build()
            .await?;
        let menu = DbusMenuProxy::builder(&self.connection)
            .destination(service)?
            .path(item.menu().await?)?
            .build()
            .await?;
        let (_, (_, _, children)) = menu.get_layout(0, 1, &["label", "type"]).await?;
        let mut labels = Vec::new();
        for child in children {
            let (id, properties, _): (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>) =
                child.try_into()?;
            if let Some(label) = properties.get("label") {
                labels.push((id, String::try_from(label.try_clone()?)?.replace('_', "")));
            }
        }
        Ok(labels)
    }

    /// The item's menu once it contains a label that fits.
    ///
    /// # Errors
    /// When that does not happen in time.
    pub async fn wait_for_label(&self, what: &str, fits: impl Fn(&str) -> bool) -> Result<i32> {
        until(what, async || {
            Ok(self.menu().await?.into_iter().find(|(_, label)| fits(label)).map(|(id, _)| id))
        })
        .await
    }

    /// The user chooses a menu item.
    ///
    /// # Errors
    /// When the program is gone.
    pub async fn choose(&self, id: i32) -> Result<()> {
        let (service, path) = self.item().await?;
        let item = StatusNotifierItemProxy::builder(&self.connection)
            .destination(service.clone())?
            .path(path)?
            .build()
            .await?;
        let menu = DbusMenuProxy::builder(&self.connection)
            .destination(service)?
            .path(item.menu().await?)?
            .build()
            .await?;
        Ok(menu.event(id, "clicked", &Value::from(0_i32), 0).await?)
    }

    /// Service and object path of the first registered item.
    ///
    /// # Errors
    /// When no program registers one in time.
    pub async fn item(&self) -> Result<(String, String)> {
        let registered = until("a tray item is registered", async || {
            Ok(self.items.lock().unwrap_or_else(PoisonError::into_inner).first().cloned())
        })
        .await?;
        let at = registered.find('/').context("an item with an object path")?;
        Ok((registered[..at].to_owned(), registered[at..].to_owned()))
    }
}
