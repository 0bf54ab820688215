//! The bell on a real session bus of its own, with a notification daemon that keeps what it is told.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod daemon;

use super::{TRAY, serve};
use crate::event::{Event, TrayPlace};
use crate::notice::{Notice, NoticeChoice};
use crate::shell::Inbox;
use crate::shell::bell::Order;
use daemon::{Bus, Daemon};
use frontdesk_protocol::CallId;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(20);

/// A bell that hangs on a bus of its own.
struct Hung {
    bus: Bus,
    daemon: Daemon,
    orders: mpsc::Sender<Order>,
    events: mpsc::Receiver<Event>,
}

impl Hung {
    async fn with(capabilities: &[&str]) -> Self {
        let bus = Bus::start();
        let daemon = Daemon::serve(&bus, capabilities).await;
        let (inbox, events) = mpsc::channel(16);
        let (orders, mut ordered) = mpsc::channel(16);
        let connection = bus.connect().await;
        tokio::spawn(async move { serve(&connection, &Inbox(inbox), &mut ordered).await });
        let mut hung = Self { bus, daemon, orders, events };
        assert!(matches!(hung.event().await, Event::Tray(TrayPlace::Missing)));
        hung
    }

    async fn order(&self, order: Order) {
        self.orders.send(order).await.unwrap();
    }

    async fn event(&mut self) -> Event {
        timeout(DEADLINE, self.events.recv()).await.expect("an event comes").unwrap()
    }
}

fn call() -> CallId {
    CallId::parse("c1").unwrap()
}

fn notice(body: &str) -> Notice {
    Notice { call: call(), summary: "Mario is calling".into(), body: body.into() }
}

#[tokio::test]
async fn a_notification_is_shown_replaced_and_withdrawn() {
    let mut hung = Hung::with(&["body", "body-markup", "actions"]).await;
    hung.order(Order::Show(notice("<b>& Co"))).await;
    let first = hung.daemon.told().await;
    assert_eq!((first.replaces, first.summary.as_str()), (0, "Mario is calling"));
    assert_eq!(first.body, "&lt;b&gt;&amp; Co", "a caller's text is no markup");
    assert_eq!(first.actions, ["default", "Show", "ignore", "Ignore", "show", "Show"]);
    hung.order(Order::Show(notice("Rings at 1001"))).await;
    let second = hung.daemon.told().await;
    assert_eq!(second.replaces, first.id);
    hung.order(Order::Withdraw(call())).await;
    assert_eq!(hung.daemon.withdrawn().await, first.id);
}

#[tokio::test]
async fn what_the_person_chooses_comes_back_with_the_call() {
    let mut hung = Hung::with(&["body", "actions"]).await;
    hung.order(Order::Show(notice("<b>"))).await;
    let shown = hung.daemon.told().await;
    assert_eq!(shown.body, "<b>", "a daemon without markup shows the text as it is");
    for (key, meant) in [("ignore", NoticeChoice::Ignore), ("default", NoticeChoice::Show)] {
        hung.daemon.chooses(shown.id, key).await;
        let Event::Noticed { call: about, choice } = hung.event().await else { panic!("a choice") };
        assert_eq!((about, choice), (call(), meant));
    }
}

#[tokio::test]
async fn a_daemon_without_buttons_gets_none() {
    let mut hung = Hung::with(&["body"]).await;
    hung.order(Order::Show(notice("x"))).await;
    assert_eq!(hung.daemon.told().await.actions, [""; 0]);
}

#[tokio::test]
async fn what_the_person_puts_away_does_not_come_back_for_the_same_call() {
    let mut hung = Hung::with(&["body", "actions"]).await;
    hung.order(Order::Show(notice("x"))).await;
    let shown = hung.daemon.told().await;
    hung.daemon.puts_away(shown.id).await;
    // The tray's news travel behind the putting away; when they have arrived, so has the other.
    let _tray = hung.bus.own(TRAY).await;
    assert!(matches!(hung.event().await, Event::Tray(TrayPlace::There)));
    hung.order(Order::Show(notice("y"))).await;
    let other = Notice { call: CallId::parse("c2").unwrap(), ..notice("z") };
    hung.order(Order::Show(other)).await;
    assert_eq!(hung.daemon.told().await.body, "z", "only the other call is shown");
}

#[tokio::test]
async fn a_tray_that_comes_and_goes_is_noticed() {
    let mut hung = Hung::with(&[]).await;
    let tray = hung.bus.own(TRAY).await;
    assert!(matches!(hung.event().await, Event::Tray(TrayPlace::There)));
    tray.close().await.unwrap();
    assert!(matches!(hung.event().await, Event::Tray(TrayPlace::Missing)));
}

#[tokio::test]
async fn the_end_withdraws_everything_and_says_when() {
    let mut hung = Hung::with(&[]).await;
    hung.order(Order::Show(notice("x"))).await;
    let shown = hung.daemon.told().await;
    let (done, silent) = tokio::sync::oneshot::channel();
    hung.order(Order::Silence(done)).await;
    assert!(timeout(DEADLINE, silent).await.unwrap().is_err(), "the sender is dropped when it is done");
    assert_eq!(hung.daemon.withdrawn().await, shown.id);
}
