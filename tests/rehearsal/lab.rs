//! Scenarios on a real Asterisk with real phones: a step is taken, and then the office is waited for.

use super::board::Board;
use anyhow::{Context, Result, bail, ensure};
use frontdesk_ami::action::{Action, ActionId};
use frontdesk_ami::client::{Link, LinkConfig, Progress};
use frontdesk_lab::phone::{Call, Phone, Policy, State};
use frontdesk_lab::{LabOptions, Office};
use frontdesk_protocol::Millis;
use frontdesk_rehearsal::LAB_RING_MS;
use frontdesk_rehearsal::scenario::{Order, Scenario, Step};
use frontdesk_tests::until::DEADLINE;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::{Instant, sleep_until, timeout_at};

/// The outside line.
const TRUNK: &str = "trunk";

/// A real office and the switchboard on it.
pub struct Real {
    office: Office,
    link: Link,
    pub board: Board,
    /// What each phone takes part in, the newest last.
    calls: BTreeMap<&'static str, Vec<Part>>,
    orders: u32,
    /// The answers to our orders that are not looked at yet.
    answers: BTreeMap<String, (String, String)>,
}

struct Part {
    call: Call,
    holds: bool,
}

impl Real {
    /// An office whose lists have been read.
    pub async fn open() -> Result<Self> {
        let ring = Duration::from_millis(LAB_RING_MS);
        let office = Office::with(LabOptions { ring, ..LabOptions::for_tests() }).await?;
        let ami = office.lab.ami();
        let link =
            Link::new(LinkConfig::new(ami.ip().to_string(), ami.port(), "frontdesk", office.lab.secret()));
        let mut real = Self {
            office,
            link,
            board: Board::new(now()),
            calls: BTreeMap::new(),
            orders: 0,
            answers: BTreeMap::new(),
        };
        real.until("the lists are read", |real| real.board.synced.then_some(())).await?;
        Ok(real)
    }

    /// All phones ring when they are called.
    pub fn all_ring(&mut self) {
        for number in ["1001", "1002", "1003", "1004", "1005", "1006", TRUNK] {
            self.phone(number).policy(Policy::Ring);
        }
        self.calls.clear();
    }

    fn phone(&self, at: &str) -> &Phone {
        if at == TRUNK { &self.office.provider } else { self.office.phone(at) }
    }

    /// Follows the PBX until something is so.
    pub async fn until<T>(&mut self, what: &str, wanted: impl Fn(&mut Self) -> Option<T>) -> Result<T> {
        let end = Instant::now() + DEADLINE;
        loop {
            if let Some(found) = wanted(self) {
                return Ok(found);
            }
            if timeout_at(end, self.follow()).await.is_err() {
                bail!("{what}: not within {DEADLINE:?}");
            }
        }
    }

    /// Takes in what the PBX says next, or what time has made of it.
    async fn follow(&mut self) {
        for (id, action) in std::mem::take(&mut self.board.acts) {
            self.link.send(&id, &action);
        }
        let deadline =
            self.board.deadline().map(|at| Instant::now() + Duration::from_millis(at.since(now())));
        let due = async {
            match deadline {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            progress = self.link.drive() => match progress {
                Progress::Up => self.board.link_up(now()),
                Progress::Messages => self.messages(),
                other => {
                    if let Some(reason) = other.down() {
                        panic!("the link went down: {reason}");
                    }
                }
            },
            () = due => self.board.tick(now()),
        }
    }

    fn messages(&mut self) {
        while let Some(message) = self.link.next_message() {
            if message.event().is_none() && message.action_id().starts_with("order-") {
                let text = (message.field("Response").to_owned(), message.field("Message").to_owned());
                self.answers.insert(message.action_id().to_owned(), text);
            }
            self.board.message(&message, now());
        }
    }

    /// Takes a step.
    pub async fn take(&mut self, step: Step) -> Result<()> {
        match step {
            Step::CallIn { number, name, did } => {
                let call = self.office.call_in(name, number, did).await?;
                self.add(TRUNK, call);
            }
            Step::Dial { from, exten } => {
                let call = self.phone(from).call(exten).await?;
                self.add(from, call);
            }
            Step::Answer(at) => {
                let call = self.phone(at).incoming().await?;
                call.answer()?;
                call.wait(State::Up).await?;
                self.add(at, call);
            }
            Step::Hold(at) => {
                let part = self.newest(at, |part| !part.holds)?;
                part.call.wait(State::Up).await?;
                part.call.hold().await?;
                part.holds = true;
            }
            Step::Resume(at) => {
                let part = self.newest(at, |part| part.holds)?;
                part.call.resume().await?;
                part.holds = false;
            }
            Step::HangUp(at) => self.newest(at, |_| true)?.call.hang_up(),
            Step::Refer { at, exten } => self.newest(at, |_| true)?.call.refer(exten).await?,
            Step::Join(at) => {
                let parts = self.calls.get(at).context("no calls")?;
                let alive = |part: &&Part| part.call.state() != State::Down;
                let held = parts.iter().filter(alive).find(|part| part.holds).context("nobody is held")?;
                let asked = parts.iter().filter(alive).find(|part| !part.holds).context("nobody is asked")?;
                asked.call.wait(State::Up).await?;
                held.call.refer_replaces(&asked.call).await?;
            }
            Step::Behave { at, policy } => self.phone(at).policy(match policy {
                frontdesk_rehearsal::Policy::Ring => Policy::Ring,
                frontdesk_rehearsal::Policy::Busy => Policy::Busy,
                frontdesk_rehearsal::Policy::Decline => Policy::Decline,
            }),
            Step::SwitchOff(at) => self.phone(at).unregister().await?,
            Step::SwitchOn(at) => self.phone(at).register_again().await?,
            Step::LeaveMessage { mailbox } => {
                let before = self.office.lab.messages(mailbox).len();
                let part = self.calls.get(TRUNK).and_then(|calls| calls.last()).context("nobody calls")?;
                part.call.wait(State::Up).await?;
                self.office.leave_message(&part.call, mailbox, before).await?;
            }
            Step::Pass(_) => {}
            Step::Order(order) => self.order(order).await?,
        }
        Ok(())
    }

    fn add(&mut self, at: &'static str, call: Call) {
        self.calls.entry(at).or_default().push(Part { call, holds: false });
    }

    fn newest(&mut self, at: &'static str, fits: impl Fn(&Part) -> bool) -> Result<&mut Part> {
        let parts = self.calls.entry(at).or_default().iter_mut().rev();
        let mut alive = parts.filter(|part| part.call.state() != State::Down);
        alive.find(|part| fits(part)).with_context(|| format!("no fitting call at {at}"))
    }

    async fn order(&mut self, order: Order) -> Result<()> {
        let channel = |of: &str| {
            let start = format!("PJSIP/{of}-");
            self.board
                .channels
                .iter()
                .rev()
                .find(|name| name.starts_with(&start))
                .cloned()
                .unwrap_or_default()
        };
        let fields = order.fields(channel);
        let mut action = Action::new(order.name());
        for (key, value) in fields.into_iter().skip(1) {
            action = action.with(key, value)?;
        }
        self.orders += 1;
        let id = format!("order-{}", self.orders);
        self.link.send(&ActionId::new(&id)?, &action);
        let (response, message) = self.until(&format!("{order:?}"), |real| real.answers.remove(&id)).await?;
        ensure!(response == "Success", "{order:?}: {message}");
        Ok(())
    }
}

fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Millis(i64::try_from(since.as_millis()).unwrap())
}

/// The names of all scenarios, for what a failing test says.
pub fn title(scenario: &Scenario) -> String {
    format!("{} ({})", scenario.name, scenario.title)
}
