//! The session bus of a Linux desktop: `org.freedesktop.Notifications` (Desktop Notifications Specification 1.2) and
//! the presence of `org.kde.StatusNotifierWatcher`, which is the tray.

#[cfg(test)]
mod tests;

use super::Order;
use crate::event::{Event, TrayPlace};
use crate::notice::{Notice, NoticeChoice, escaped};
use crate::shell::Inbox;
use frontdesk_protocol::CallId;
use futures_util::StreamExt as _;
use std::collections::{BTreeMap, HashMap};
use tokio::sync::mpsc;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;
use zbus::zvariant::Value;
use zbus::{Connection, proxy};

const TRAY: &str = "org.kde.StatusNotifierWatcher";

#[proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Notifications {
    #[expect(clippy::too_many_arguments, reason = "the signature is that of the specification")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;
    fn close_notification(&self, id: u32) -> zbus::Result<()>;
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: &str) -> zbus::Result<()>;
    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// What became of a call's notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It is on the screen.
    Shown(u32),
    /// The person put it away; it does not come back for the same call.
    PutAway,
}

/// Serves until the bell is taken down.
///
/// # Errors
/// When the bus goes away.
pub(super) async fn serve(
    connection: &Connection,
    inbox: &Inbox,
    orders: &mut mpsc::Receiver<Order>,
) -> zbus::Result<()> {
    let bus = DBusProxy::new(connection).await?;
    let daemon = NotificationsProxy::new(connection).await?;
    let mut owners = bus.receive_name_owner_changed_with_args(&[(0, TRAY)]).await?;
    let mut chosen = daemon.receive_action_invoked().await?;
    let mut closed = daemon.receive_notification_closed().await?;
    let there = bus.name_has_owner(BusName::try_from(TRAY)?).await?;
    inbox.tell(Event::Tray(place(there))).await;

    let mut places: BTreeMap<CallId, Place> = BTreeMap::new();
    loop {
        tokio::select! {
            // What the person did comes before what we want of them.
            biased;
            Some(signal) = closed.next() => {
                if let Some(call) = call_of(&places, *signal.args()?.id()) {
                    places.insert(call, Place::PutAway);
                }
            }
            Some(signal) = owners.next() => {
                let there = signal.args()?.new_owner().is_some();
                inbox.tell(Event::Tray(place(there))).await;
            }
            Some(signal) = chosen.next() => {
                let signal = signal.args()?;
                let choice = NoticeChoice::of_key(signal.action_key());
                if let (Some(call), Some(choice)) = (call_of(&places, *signal.id()), choice) {
                    inbox.tell(Event::Noticed { call, choice }).await;
                }
            }
            order = orders.recv() => match order {
                Some(order) => carry_out(&daemon, order, &mut places).await,
                None => return Ok(()),
            },
            else => return Ok(()),
        }
    }
}

fn place(there: bool) -> TrayPlace {
    if there { TrayPlace::There } else { TrayPlace::Missing }
}

fn call_of(places: &BTreeMap<CallId, Place>, id: u32) -> Option<CallId> {
    places.iter().find(|(_, place)| **place == Place::Shown(id)).map(|(call, _)| call.clone())
}

/// A daemon that fails costs the notification and nothing else.
async fn carry_out(daemon: &NotificationsProxy<'_>, order: Order, places: &mut BTreeMap<CallId, Place>) {
    let done = match order {
        Order::Show(notice) => show(daemon, notice, places).await,
        Order::Withdraw(call) => match places.remove(&call) {
            Some(Place::Shown(id)) => daemon.close_notification(id).await,
            Some(Place::PutAway) | None => Ok(()),
        },
        Order::Silence(_done) => {
            for (_, place) in std::mem::take(places) {
                if let Place::Shown(id) = place
                    && let Err(error) = daemon.close_notification(id).await
                {
                    tracing::debug!(%error, "a notification could not be withdrawn");
                }
            }
            Ok(())
        }
    };
    if let Err(error) = done {
        tracing::warn!(%error, "the notification daemon did not do it");
    }
}

async fn show(
    daemon: &NotificationsProxy<'_>,
    notice: Notice,
    places: &mut BTreeMap<CallId, Place>,
) -> zbus::Result<()> {
    let replaces = match places.get(&notice.call) {
        Some(Place::Shown(id)) => *id,
        Some(Place::PutAway) => return Ok(()),
        None => 0,
    };
    // Asked each time, because daemons are exchanged while we run; it costs less than a millisecond.
    let can = daemon.get_capabilities().await?;
    let can = |what: &str| can.iter().any(|capability| capability == what);
    let body = if can("body-markup") { escaped(&notice.body) } else { notice.body };
    // The specification's name for a click on the notification itself is "default".
    let mut actions = vec!["default", NoticeChoice::Show.label()];
    actions.extend(NoticeChoice::ALL.iter().flat_map(|choice| [choice.key(), choice.label()]));
    if !can("actions") {
        actions.clear();
    }
    let hints = HashMap::from([
        ("category", Value::from("call.incoming")),
        ("desktop-entry", Value::from("frontdesk")),
        ("transient", Value::from(true)),
        ("urgency", Value::from(1_u8)),
    ]);
    // 0: it stays until it is withdrawn, which is when the ringing ends.
    let id =
        daemon.notify("Frontdesk", replaces, "frontdesk", &notice.summary, &body, &actions, hints, 0).await?;
    places.insert(notice.call, Place::Shown(id));
    Ok(())
}
