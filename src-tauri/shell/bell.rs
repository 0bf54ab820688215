//! Desktop notifications, and whether the desktop has a tray.
//!
//! On Linux both are the session bus. On macOS and Windows there are no notifications yet: the plug-in that would show
//! them there can neither withdraw them nor give them buttons, and a notification of a call that no longer rings is
//! worse than none. The tray is always there.

use super::Inbox;
use crate::notice::Notice;
use frontdesk_protocol::CallId;
use tokio::sync::{mpsc, oneshot};

#[cfg(target_os = "linux")]
mod bus;

/// How many orders may wait for the bus.
const ORDERS: usize = 256;

/// The way to the notification daemon.
#[derive(Debug)]
pub(super) struct Bell {
    orders: mpsc::Sender<Order>,
}

/// What the bell is told.
#[derive(Debug)]
pub(super) enum Order {
    /// Show it, in place of the one for the same call.
    Show(Notice),
    /// The ringing of this call is over.
    Withdraw(CallId),
    /// Withdraw all; then the sender is dropped.
    Silence(oneshot::Sender<()>),
}

impl Bell {
    /// Hangs the bell up: its task lives as long as the bell.
    pub(super) fn hang(inbox: Inbox) -> Self {
        let (orders, ordered) = mpsc::channel(ORDERS);
        tokio::spawn(ring(inbox, ordered));
        Self { orders }
    }

    /// Shows a notification.
    pub(super) fn show(&self, notice: Notice) {
        self.order(Order::Show(notice));
    }

    /// Withdraws a call's notification.
    pub(super) fn withdraw(&self, call: CallId) {
        self.order(Order::Withdraw(call));
    }

    /// Withdraws all notifications; the receiver ends when it is done, or cannot be done.
    pub(super) fn silence(&self) -> oneshot::Receiver<()> {
        let (done, silent) = oneshot::channel();
        self.order(Order::Silence(done));
        silent
    }

    fn order(&self, order: Order) {
        if self.orders.try_send(order).is_err() {
            tracing::warn!("the notification daemon does not keep up; an order is lost");
        }
    }
}

#[cfg(target_os = "linux")]
async fn ring(inbox: Inbox, mut orders: mpsc::Receiver<Order>) {
    let served = async {
        let connection = zbus::Connection::session().await?;
        bus::serve(&connection, &inbox, &mut orders).await
    };
    if let Err(error) = served.await {
        tracing::warn!(%error, "there is no session bus, so there are no notifications");
    }
    while orders.recv().await.is_some() {}
}

#[cfg(not(target_os = "linux"))]
async fn ring(inbox: Inbox, mut orders: mpsc::Receiver<Order>) {
    inbox.tell(crate::event::Event::Tray(crate::event::TrayPlace::There)).await;
    while orders.recv().await.is_some() {}
}
