//! What the one loop at the PBX decides, without the PBX's socket, the desks' sockets, the disk and any clock: messages
//! and orders in; actions, rows and deltas out. The simulation drives it as the server does.

use crate::audit;
use crate::history;
use crate::hub::Hub;
use crate::ledger::Ledger;
use crate::permission;
use crate::store::{SessionKey, User};
use frontdesk_ami::{Action, ActionId, Message};
use frontdesk_protocol::{
    CHECK_MS, Call, CallId, Change, Command, CommandId, HistoryEntry, HistoryId, LegState, Millis, Office,
    Outcome, PbxLink, Person,
};
use frontdesk_switchboard::{Actor, Output, Switchboard, Ticket};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::oneshot;

/// How long ordinary changes are gathered into one delta, in milliseconds.
const TICK_MS: u64 = 25;

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

/// The link and the disk, as the core uses them. Neither may wait.
pub trait Surroundings {
    /// Says something to the PBX.
    fn act(&mut self, id: &ActionId, action: &Action);
    /// A key for a new row.
    fn next_row(&self) -> HistoryId;
    /// A key for a new entry of the audit.
    fn next_entry(&self) -> i64;
    /// Keeps an entry of the audit, in the place of the one with its key.
    fn audit(&mut self, entry: audit::Entry);
    /// Keeps rows, and how the calls that are up would be recorded now.
    fn record(&mut self, rows: Vec<HistoryEntry>, live: Vec<(CallId, Vec<HistoryEntry>)>);
}

/// The live model, the orders under way and what is not published yet.
#[derive(Debug)]
pub struct Core {
    board: Switchboard,
    hub: Arc<Hub>,
    ledger: Ledger,
    /// What the audit says of the orders that run.
    begun: BTreeMap<Ticket, audit::Entry>,
    changes: Vec<Change>,
    /// Until when the changes may wait.
    due: Option<Millis>,
    /// When the desks are told the hash of the office next.
    check: Millis,
}

impl Core {
    /// One that has no link yet.
    pub fn new(board: Switchboard, hub: Arc<Hub>, now: Millis) -> Self {
        let (ledger, begun, check) = (Ledger::default(), BTreeMap::new(), now.plus(CHECK_MS));
        Self { board, hub, ledger, begun, changes: Vec::new(), due: None, check }
    }

    /// The PBX is connected and has booted.
    pub fn link_up(&mut self, now: Millis) {
        self.board.link_up(now);
    }

    /// The PBX says something.
    pub fn message(&mut self, message: &Message<'_>, now: Millis) {
        self.board.message(message, now);
    }

    /// The PBX says nothing, though the session stands.
    pub fn link_silent(&mut self, reason: String, now: Millis) {
        self.board.link_silent(reason, now);
    }

    /// It speaks again in the same session.
    pub fn link_speaks(&mut self, now: Millis) {
        self.board.link_speaks(now);
    }

    /// The session ended, or could not be made.
    pub fn link_down(&mut self, reason: String, now: Millis) {
        self.board.link_down(reason, now);
    }

    /// The people of the file.
    pub fn people(&mut self, people: Vec<Person>, now: Millis) {
        self.board.set_directory(people, now);
    }

    /// A desk orders something.
    pub fn order(&mut self, order: Order, now: Millis, around: &mut impl Surroundings) {
        let Order { session, user, id, command, reply } = order;
        let Some(ticket) = self.ledger.take(session, &id, reply) else { return };
        tracing::info!(user = %user.name, command = kind(&command), "order");
        // Kept before it is carried out, so that also an order during which the server ends is in the audit.
        let mut entry = audit::Entry::order(&user, session, &command, self.board.office(), now);
        entry.id = around.next_entry();
        around.audit(entry.clone());
        self.begun.insert(ticket, entry);
        if let Err(outcome) = permission::may_order(&user, &command, self.board.office()) {
            return self.conclude(ticket, &outcome, around);
        }
        let actor = Actor { extensions: user.extensions, role: user.role };
        self.board.command(ticket, &actor, command, now);
    }

    /// Time has passed; see [`Core::deadline`].
    pub fn tick(&mut self, now: Millis) {
        self.board.tick(now);
    }

    /// When [`Core::tick`] and [`Core::settle`] have something to do at the latest.
    pub fn deadline(&self) -> Millis {
        let due = [self.board.deadline(), self.due].into_iter().flatten().min();
        due.map_or(self.check, |due| due.min(self.check))
    }

    /// To be called after everything else: takes what came of it out of the model, to the PBX, the desks and the disk.
    pub fn settle(&mut self, now: Millis, around: &mut impl Surroundings) {
        let (mut rows, mut live) = (Vec::new(), BTreeMap::new());
        while let Some(output) = self.board.poll() {
            match output {
                Output::Act(id, action) => around.act(&id, &action),
                Output::Changed(changes) => {
                    for change in &changes {
                        note(change, now, &mut live);
                    }
                    let at_once = changes.iter().any(rings);
                    self.changes.extend(changes);
                    let due = now.plus(if at_once { 0 } else { TICK_MS });
                    self.due = Some(self.due.map_or(due, |before| before.min(due)));
                }
                Output::Concluded(ticket, outcome) => {
                    tracing::info!(outcome = result(&outcome), "order concluded");
                    self.conclude(ticket, &outcome, around);
                }
                Output::Ended(record) => rows.push(history::row(around.next_row(), record)),
                Output::Synced => tracing::info!("the office is complete"),
            }
        }
        if !rows.is_empty() || !live.is_empty() {
            self.keep(rows, live.into_iter().collect(), around);
        }
        if self.due.is_some_and(|due| due <= now) {
            self.publish();
        }
        if self.check <= now {
            self.check = now.plus(CHECK_MS);
            self.hub.check();
        }
    }

    /// The server stops: publishes what waits and records the calls that are up as interrupted.
    pub fn stop(&mut self, now: Millis, around: &mut impl Surroundings) {
        self.publish();
        // Without a link nobody knows how long they went on.
        let now = match self.board.office().link {
            PbxLink::Down { since, .. } => since,
            PbxLink::Starting | PbxLink::Up { .. } => now,
        };
        let calls: Vec<Arc<Call>> = self.board.office().calls.values().cloned().collect();
        let rows: Vec<_> =
            calls.iter().flat_map(|call| history::interrupted(call, now, || around.next_row())).collect();
        let over = calls.iter().map(|call| (call.id.clone(), Vec::new())).collect();
        self.keep(rows, over, around);
    }

    /// Whether changes wait to be published.
    pub fn has_unpublished(&self) -> bool {
        self.due.is_some()
    }

    /// The office as the model has it.
    pub fn office(&self) -> &Office {
        self.board.office()
    }

    fn conclude(&mut self, ticket: Ticket, outcome: &Outcome, around: &mut impl Surroundings) {
        if let Some(entry) = self.begun.remove(&ticket) {
            around.audit(entry.concluded(outcome));
        }
        self.ledger.conclude(ticket, outcome);
    }

    fn keep(
        &self,
        rows: Vec<HistoryEntry>,
        live: Vec<(CallId, Vec<HistoryEntry>)>,
        around: &mut impl Surroundings,
    ) {
        for row in &rows {
            self.hub.row(row.clone());
        }
        around.record(rows, live);
    }

    fn publish(&mut self) {
        self.due = None;
        self.hub.publish(std::mem::take(&mut self.changes));
    }
}

/// Keeps how a changed call would be recorded if the server stopped now.
fn note(change: &Change, now: Millis, live: &mut BTreeMap<CallId, Vec<HistoryEntry>>) {
    match change {
        Change::Call(call) => {
            // The key is given when the row is made at the next start.
            live.insert(call.id.clone(), history::interrupted(call, now, || HistoryId(0)));
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
