//! The one loop that owns the link to the PBX and the live model: messages in, deltas and rows out, orders in,
//! actions out. Nothing in it waits for a desk or for the disk.

use crate::audit;
use crate::clock;
use crate::history;
use crate::hub::Hub;
use crate::ledger::Ledger;
use crate::permission;
use crate::stop::{Stop, farewell};
use crate::store::{SessionKey, Store, User};
use frontdesk_ami::client::{Link, Progress};
use frontdesk_protocol::{
    CHECK_MS, Call, CallId, Change, Command, CommandId, HistoryEntry, LegState, Outcome, PbxLink, Person,
};
use frontdesk_switchboard::{Actor, Output, Switchboard, Ticket};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

/// How long ordinary changes are gathered into one delta.
const TICK: Duration = Duration::from_millis(25);
/// How often the desks are told the hash of the office.
const CHECK: Duration = Duration::from_millis(CHECK_MS);

/// An order of a desk.
#[derive(Debug)]
pub struct Order {
    /// Of which session.
    pub session: SessionKey,
    /// Whose.
    pub user: User,
    /// The client's name for it.
    pub id: CommandId,
    /// What to do.
    pub command: Command,
    /// Where the outcome goes.
    pub reply: oneshot::Sender<Outcome>,
}

/// What the loop owns.
pub struct Exchange {
    link: Link,
    board: Switchboard,
    hub: Arc<Hub>,
    store: Arc<Store>,
    ledger: Ledger,
    /// What the audit says of the orders that run.
    begun: BTreeMap<Ticket, audit::Entry>,
    orders: mpsc::Receiver<Order>,
    /// The people of the file, whenever it was read again.
    people: mpsc::Receiver<Vec<Person>>,
    /// Changes that are not published yet, and until when they may wait.
    changes: Vec<Change>,
    due: Option<Instant>,
    /// When the desks are told the hash of the office next.
    check: Instant,
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
    ) -> Self {
        let ledger = Ledger::default();
        let (begun, changes, check) = (BTreeMap::new(), Vec::new(), Instant::now() + CHECK);
        Self { link, board, hub, store, ledger, begun, orders, people, changes, due: None, check }
    }

    /// Runs until `stop` holds a farewell; then records the calls that are up as interrupted.
    pub async fn run(mut self, mut stop: Stop) {
        self.drain();
        loop {
            match self.wait(&mut stop).await {
                Event::Link(progress) => self.progress(progress),
                Event::Order(order) => self.order(order),
                Event::People(people) => self.board.set_directory(people, clock::now()),
                Event::Time => self.board.tick(clock::now()),
                Event::Stop => break,
            }
            self.drain();
            if self.due.is_some_and(|due| due <= Instant::now()) {
                self.publish();
            }
            if self.check <= Instant::now() {
                self.check = Instant::now() + CHECK;
                self.hub.check();
            }
        }
        self.publish();
        self.interrupt();
    }

    async fn wait(&mut self, stop: &mut Stop) -> Event {
        let deadline =
            self.board.deadline().map(|at| Instant::now() + Duration::from_millis(at.since(clock::now())));
        let next = [deadline, self.due, Some(self.check)].into_iter().flatten().min();
        tokio::select! {
            biased;
            _ = farewell(stop) => Event::Stop,
            Some(order) = self.orders.recv() => Event::Order(order),
            Some(people) = self.people.recv() => Event::People(people),
            progress = self.link.drive() => Event::Link(progress),
            () = until(next) => Event::Time,
        }
    }

    fn progress(&mut self, progress: Progress) {
        let now = clock::now();
        match progress {
            Progress::Up => {
                tracing::info!("the PBX is connected");
                self.board.link_up(now);
            }
            Progress::Messages => {
                while let Some(message) = self.link.next_message() {
                    self.board.message(&message, now);
                }
            }
            Progress::Silent { reason } => {
                tracing::warn!(%reason, "the PBX is silent");
                self.board.link_silent(reason.to_string(), now);
            }
            Progress::Speaks => {
                tracing::info!("the PBX speaks again");
                self.board.link_speaks(now);
            }
            Progress::Down { reason, retry_in } => {
                tracing::warn!(%reason, ?retry_in, "the link to the PBX is down");
                self.board.link_down(reason.to_string(), now);
            }
        }
    }

    fn order(&mut self, order: Order) {
        let Order { session, user, id, command, reply } = order;
        let Some(ticket) = self.ledger.take(session, &id, reply) else { return };
        tracing::info!(user = %user.name, command = kind(&command), "order");
        // Kept before it is carried out, so that also an order during which the server ends is in the audit.
        let mut entry = audit::Entry::order(&user, session, &command, self.board.office(), clock::now());
        entry.id = self.store.next_entry();
        self.store.audit(entry.clone());
        self.begun.insert(ticket, entry);
        if let Err(outcome) = permission::may_order(&user, &command, self.board.office()) {
            return self.conclude(ticket, &outcome);
        }
        let actor = Actor { extensions: user.extensions, role: user.role };
        self.board.command(ticket, &actor, command, clock::now());
    }

    fn conclude(&mut self, ticket: Ticket, outcome: &Outcome) {
        if let Some(entry) = self.begun.remove(&ticket) {
            self.store.audit(entry.concluded(outcome));
        }
        self.ledger.conclude(ticket, outcome);
    }

    /// Takes everything out of the model: actions to the PBX, outcomes to desks, changes to the next delta.
    fn drain(&mut self) {
        let now = clock::now();
        let (mut rows, mut live) = (Vec::new(), BTreeMap::new());
        while let Some(output) = self.board.poll() {
            match output {
                Output::Act(id, action) => self.link.send(&id, &action),
                Output::Changed(changes) => {
                    for change in &changes {
                        note(change, now, &mut live);
                    }
                    let at_once = changes.iter().any(rings);
                    self.changes.extend(changes);
                    let due = Instant::now() + if at_once { Duration::ZERO } else { TICK };
                    self.due = Some(self.due.map_or(due, |before| before.min(due)));
                }
                Output::Concluded(ticket, outcome) => {
                    tracing::info!(outcome = result(&outcome), "order concluded");
                    self.conclude(ticket, &outcome);
                }
                Output::Ended(record) => rows.push(history::row(self.store.next_row(), record)),
                Output::Synced => tracing::info!("the office is complete"),
            }
        }
        if !rows.is_empty() || !live.is_empty() {
            for row in &rows {
                self.hub.row(row.clone());
            }
            self.store.record(rows, live.into_iter().collect());
        }
    }

    fn publish(&mut self) {
        self.due = None;
        self.hub.publish(std::mem::take(&mut self.changes));
    }

    fn interrupt(&mut self) {
        // Without a link nobody knows how long they went on.
        let now = match self.board.office().link {
            PbxLink::Down { since, .. } => since,
            PbxLink::Starting | PbxLink::Up { .. } => clock::now(),
        };
        let calls: Vec<Arc<Call>> = self.board.office().calls.values().cloned().collect();
        let rows: Vec<_> =
            calls.iter().flat_map(|call| history::interrupted(call, now, || self.store.next_row())).collect();
        for row in &rows {
            self.hub.row(row.clone());
        }
        let over = calls.iter().map(|call| (call.id.clone(), Vec::new())).collect();
        self.store.record(rows, over);
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Keeps how a changed call would be recorded if the server stopped now.
fn note(change: &Change, now: frontdesk_protocol::Millis, live: &mut BTreeMap<CallId, Vec<HistoryEntry>>) {
    match change {
        Change::Call(call) => {
            // The key is given when the row is made at the next start.
            let rows = history::interrupted(call, now, || frontdesk_protocol::HistoryId(0));
            live.insert(call.id.clone(), rows);
        }
        Change::CallGone(id) => {
            live.insert(id.clone(), Vec::new());
        }
        _ => {}
    }
}

fn rings(change: &Change) -> bool {
    match change {
        Change::Call(call) => call.legs.iter().any(|leg| leg.state == LegState::Ringing),
        _ => false,
    }
}

fn kind(command: &Command) -> &'static str {
    match command {
        Command::Transfer { .. } => "transfer",
        Command::PullBack { .. } => "pullBack",
        Command::HangUp { .. } => "hangUp",
        Command::Ignore { .. } => "ignore",
        Command::Originate { .. } => "originate",
    }
}

fn result(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done { .. } => "done".to_owned(),
        Outcome::Failed { reason, .. } => format!("{reason:?}"),
    }
}
