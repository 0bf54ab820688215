//! The one loop that owns the link to the PBX and the live model: messages in, deltas and rows out, orders in,
//! actions out. Nothing in it waits for a desk or for the disk. What is decided is in `core`; here are the sockets,
//! the disk and the clock.

pub mod core;

pub use core::Order;

use crate::audit;
use crate::clock;
use crate::hub::Hub;
use crate::meters::Traffic;
use crate::stop::{Stop, farewell};
use crate::store::Store;
use core::{Core, Surroundings};
use frontdesk_ami::client::{Link, Progress};
use frontdesk_ami::{Action, ActionId};
use frontdesk_protocol::{CallId, HistoryEntry, HistoryId, Millis, Person};
use frontdesk_switchboard::Switchboard;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// What the loop owns.
pub struct Exchange {
    core: Core,
    around: Around,
    orders: mpsc::Receiver<Order>,
    /// The people of the file, whenever it was read again.
    people: mpsc::Receiver<Vec<Person>>,
    /// Since when something that was read waits to be published.
    read: Option<Instant>,
}

/// The link and the disk.
struct Around {
    link: Link,
    store: Arc<Store>,
    traffic: Traffic,
}

impl Surroundings for Around {
    fn act(&mut self, id: &ActionId, action: &Action) {
        self.link.send(id, action);
    }

    fn next_row(&self) -> HistoryId {
        self.store.next_row()
    }

    fn next_entry(&self) -> i64 {
        self.store.next_entry()
    }

    fn audit(&mut self, mut entry: audit::Entry) {
        if entry.result != audit::UNFINISHED {
            self.traffic.concluded(&entry, Duration::from_millis(clock::steady().since(entry.at)));
        }
        entry.at = Millis(entry.at.0.saturating_add(clock::lead()));
        self.store.audit(entry);
    }

    fn record(&mut self, rows: Vec<HistoryEntry>, live: Vec<(CallId, Vec<HistoryEntry>)>) {
        let lead = clock::lead();
        let kept = |rows: Vec<_>| rows.into_iter().map(|row| clock::shifted(row, lead)).collect();
        self.store.record(kept(rows), live.into_iter().map(|(call, rows)| (call, kept(rows))).collect());
    }
}

enum Event {
    Link(Progress),
    Order(Order),
    People(Vec<Person>),
    Time,
    Stop,
}

impl Exchange {
    /// A loop that has not begun.
    pub fn new(
        link: Link,
        board: Switchboard,
        hub: Arc<Hub>,
        store: Arc<Store>,
        orders: mpsc::Receiver<Order>,
        people: mpsc::Receiver<Vec<Person>>,
        traffic: Traffic,
    ) -> Self {
        let core = Core::new(board, hub, clock::steady());
        Self { core, around: Around { link, store, traffic }, orders, people, read: None }
    }

    /// Runs until `stop` holds a farewell; then records the calls that are up as interrupted.
    pub async fn run(mut self, mut stop: Stop) {
        self.core.settle(clock::steady(), &mut self.around);
        loop {
            let event = self.wait(&mut stop).await;
            let now = clock::steady();
            match event {
                Event::Link(progress) => self.progress(progress, now),
                Event::Order(order) => self.core.order(order, now, &mut self.around),
                Event::People(people) => self.core.people(people, now),
                Event::Time => {}
                Event::Stop => break,
            }
            // Looked at every time: a PBX that talks without a pause would otherwise hold back whatever is due.
            if self.core.deadline() <= now {
                self.core.tick(now);
            }
            self.core.settle(now, &mut self.around);
            if let Some(read) = self.read.filter(|_| !self.core.has_unpublished()) {
                self.around.traffic.published(read.elapsed());
                self.read = None;
            }
            // And the desks on this thread want their turn.
            tokio::task::yield_now().await;
        }
        self.core.stop(clock::steady(), &mut self.around);
    }

    async fn wait(&mut self, stop: &mut Stop) -> Event {
        let next = Instant::now() + Duration::from_millis(self.core.deadline().since(clock::steady()));
        tokio::select! {
            biased;
            _ = farewell(stop) => Event::Stop,
            Some(order) = self.orders.recv() => Event::Order(order),
            Some(people) = self.people.recv() => Event::People(people),
            progress = self.around.link.drive() => Event::Link(progress),
            () = sleep_until(next) => Event::Time,
        }
    }

    fn progress(&mut self, progress: Progress, now: Millis) {
        match progress {
            Progress::Up => {
                tracing::info!("the PBX is connected");
                self.around.traffic.connects.inc();
                self.core.link_up(now);
            }
            Progress::Messages => {
                self.read.get_or_insert_with(Instant::now);
                let mut messages = 0;
                while let Some(message) = self.around.link.next_message() {
                    messages += 1;
                    self.core.message(&message, now);
                }
                self.around.traffic.messages.inc_by(messages);
                if let Some(round_trip) = self.around.link.take_round_trip() {
                    self.around.traffic.answered(round_trip);
                }
            }
            Progress::Silent { reason } => {
                tracing::warn!(%reason, "the PBX is silent");
                self.core.link_silent(reason.to_string(), now);
            }
            Progress::Speaks => {
                tracing::info!("the PBX speaks again");
                self.core.link_speaks(now);
            }
            Progress::Down { reason, retry_in } => {
                tracing::warn!(%reason, ?retry_in, "the link to the PBX is down");
                self.core.link_down(reason.to_string(), now);
            }
        }
    }
}
