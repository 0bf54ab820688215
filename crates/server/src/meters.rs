//! What is counted and measured for a monitor. Atomic numbers only, so that counting costs the reading of the PBX
//! nothing; no label holds anything that a caller, a client or a person said. Who may read them is `http`'s.

use crate::audit::Entry;
use crate::password;
use crate::store::Depth;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use std::borrow::Cow;
use std::sync::LazyLock;
use std::time::Duration;

/// From bytes of the PBX to the delta, in seconds. Ordinary changes are gathered for 25 ms.
const LAG: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];
/// From an action to the PBX's answer, in seconds.
const ROUND_TRIP: [f64; 10] = [0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 2.5];
/// From an order to its result, in seconds.
const COMMAND: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// What the program has logged, over all servers in it.
static LOGGED: LazyLock<Logged> = LazyLock::new(Logged::default);

/// What desks were sent.
#[derive(Debug, Clone, Default)]
pub struct Served {
    /// Deltas that were published; one goes to every desk.
    pub deltas: Counter,
    /// Snapshots that were made for a desk.
    pub snapshots: Counter,
    /// Desks that came back and were sent only what they had missed.
    pub resumes: Counter,
    /// Snapshots because a desk did not keep up.
    pub lagged: Counter,
    resyncs: Family<Why, Counter>,
}

/// What goes on between PBX and desks.
#[derive(Debug, Clone)]
pub struct Traffic {
    /// Messages that the PBX sent.
    pub messages: Counter,
    /// How often the PBX was connected.
    pub connects: Counter,
    lag: Histogram,
    round_trip: Histogram,
    commands: Family<Ordered, Counter>,
    seconds: Family<Act, Histogram>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Why {
    why: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Act {
    command: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ordered {
    command: &'static str,
    result: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Origin {
    level: &'static str,
    module: &'static str,
}

#[derive(Debug, Default)]
struct Logged {
    messages: Family<Origin, Counter>,
    last: Family<Origin, Gauge>,
}

impl Served {
    /// A desk asked for a snapshot.
    pub fn resync(&self, why: &'static str) {
        self.resyncs.get_or_create(&Why { why }).inc();
    }
}

impl Default for Traffic {
    fn default() -> Self {
        Self {
            messages: Counter::default(),
            connects: Counter::default(),
            lag: Histogram::new(LAG),
            round_trip: Histogram::new(ROUND_TRIP),
            commands: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(COMMAND)),
        }
    }
}

impl Traffic {
    /// What was read so long ago has just been published.
    pub fn published(&self, after: Duration) {
        self.lag.observe(after.as_secs_f64());
    }

    /// The PBX took so long to answer.
    pub fn answered(&self, after: Duration) {
        self.round_trip.observe(after.as_secs_f64());
    }

    /// An order has come to its end.
    pub fn concluded(&self, entry: &Entry, after: Duration) {
        let command = known(&entry.act);
        self.commands.get_or_create(&Ordered { command, result: known(&entry.result) }).inc();
        self.seconds.get_or_create(&Act { command }).observe(after.as_secs_f64());
    }
}

/// Notes that something was logged that somebody should look at; `module` is the part of the program.
pub fn logged(level: &'static str, module: &'static str, at: Duration) {
    let origin = Origin { level, module };
    LOGGED.messages.get_or_create(&origin).inc();
    LOGGED.last.get_or_create(&origin).set(i64::try_from(at.as_secs()).unwrap_or(i64::MAX));
}

/// A word of the program's own; what is read back from the database is none.
#[expect(clippy::ptr_arg, reason = "whose the word is decides")]
fn known(word: &Cow<'static, str>) -> &'static str {
    match word {
        Cow::Borrowed(word) => word,
        Cow::Owned(_) => "other",
    }
}

/// What is looked at only when a monitor asks.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether the PBX is connected.
    pub pbx_up: bool,
    /// Connected desks.
    pub desks: usize,
    /// What waits for the disk.
    pub depth: Depth,
}

/// Everything, as it is given to a monitor.
#[derive(Debug)]
pub struct Meters {
    registry: Registry,
    pbx_up: Gauge,
    desks: Gauge,
    backlog: Family<Kept, Gauge>,
    lost: Family<Kept, Gauge>,
    passwords: Gauge,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kept {
    table: &'static str,
}

impl Meters {
    /// Gathers what the parts of the server count.
    pub fn new(traffic: &Traffic, served: &Served) -> Self {
        let mut registry = Registry::with_prefix("frontdesk");
        let meters = Self {
            registry: Registry::default(),
            pbx_up: Gauge::default(),
            desks: Gauge::default(),
            backlog: Family::default(),
            lost: Family::default(),
            passwords: Gauge::default(),
        };
        let it = &mut registry;
        it.register(
            "build",
            "The version of the server",
            Info::new([("version", env!("CARGO_PKG_VERSION"))]),
        );
        it.register("ami_up", "1 while the PBX is connected and speaks", meters.pbx_up.clone());
        it.register("ami_connects", "How often the PBX was connected", traffic.connects.clone());
        it.register("ami_messages", "Events and answers that the PBX sent", traffic.messages.clone());
        it.register(
            "ami_lag_seconds",
            "From reading what the PBX says to publishing what it changed",
            traffic.lag.clone(),
        );
        it.register(
            "ami_round_trip_seconds",
            "From an action to the PBX's answer",
            traffic.round_trip.clone(),
        );
        it.register("desks", "Connected desks", meters.desks.clone());
        it.register("deltas", "Changes of the office that were published", served.deltas.clone());
        it.register("snapshots", "Whole offices that were sent to a desk", served.snapshots.clone());
        it.register("resumes", "Desks that came back and had missed little", served.resumes.clone());
        it.register("lagged", "Snapshots because a desk did not keep up", served.lagged.clone());
        it.register("resyncs", "Snapshots that a desk asked for", served.resyncs.clone());
        it.register("commands", "Orders by what became of them", traffic.commands.clone());
        it.register("command_seconds", "From an order to its result", traffic.seconds.clone());
        it.register("backlog", "What waits to be saved", meters.backlog.clone());
        it.register("lost", "What could not be saved and was given up", meters.lost.clone());
        it.register("passwords_waiting", "Logins that wait for their turn", meters.passwords.clone());
        it.register("log_messages", "Warnings and errors that were logged", LOGGED.messages.clone());
        it.register(
            "last_error_timestamp_seconds",
            "When each part last logged a warning or an error",
            LOGGED.last.clone(),
        );
        Self { registry, ..meters }
    }

    /// The text that a monitor reads.
    ///
    /// # Errors
    /// Never for what is registered here.
    pub fn text(&self, look: Look) -> Result<String, std::fmt::Error> {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let Depth { rows, entries, sessions, ended, lost_rows, lost_entries } = look.depth;
        self.pbx_up.set(i64::from(look.pbx_up));
        self.desks.set(number(look.desks));
        self.passwords.set(number(password::waiting()));
        let (history, audit) = (Kept { table: "history" }, Kept { table: "audit" });
        self.backlog.get_or_create(&history).set(number(rows));
        self.backlog.get_or_create(&audit).set(number(entries));
        self.backlog.get_or_create(&Kept { table: "sessions" }).set(number(sessions + ended));
        self.lost.get_or_create(&history).set(i64::try_from(lost_rows).unwrap_or(i64::MAX));
        self.lost.get_or_create(&audit).set(i64::try_from(lost_entries).unwrap_or(i64::MAX));
        let mut out = String::new();
        text::encode(&mut out, &self.registry)?;
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::audit::{Act as Done, Entry};
    use frontdesk_protocol::Millis;

    #[test]
    fn what_is_counted_is_what_a_monitor_reads() {
        let (traffic, served) = (Traffic::default(), Served::default());
        let meters = Meters::new(&traffic, &served);
        traffic.messages.inc_by(20_000);
        traffic.published(Duration::from_millis(7));
        traffic.answered(Duration::from_micros(700));
        served.deltas.inc();
        served.resync("gap");
        let mut entry = Entry::done(Done::LogIn, "here", Millis(1));
        entry.act = "transfer".into();
        traffic.concluded(&entry, Duration::from_millis(30));
        entry.act = "a caller's name".to_owned().into();
        traffic.concluded(&entry, Duration::from_millis(30));
        logged("error", "frontdesk_server::store", Duration::from_secs(1_700_000_000));
        let depth = Depth { rows: 3, entries: 4, sessions: 1, ended: 1, lost_rows: 0, lost_entries: 5 };
        let text = meters.text(Look { pbx_up: true, desks: 2, depth }).unwrap();
        for line in [
            "frontdesk_ami_up 1",
            "frontdesk_ami_messages_total 20000",
            "frontdesk_ami_lag_seconds_bucket{le=\"0.005\"} 0",
            "frontdesk_ami_lag_seconds_bucket{le=\"0.01\"} 1",
            "frontdesk_ami_round_trip_seconds_bucket{le=\"0.0005\"} 0",
            "frontdesk_ami_round_trip_seconds_bucket{le=\"0.001\"} 1",
            "frontdesk_desks 2",
            "frontdesk_deltas_total 1",
            "frontdesk_resyncs_total{why=\"gap\"} 1",
            "frontdesk_commands_total{command=\"transfer\",result=\"done\"} 1",
            "frontdesk_commands_total{command=\"other\",result=\"done\"} 1",
            "frontdesk_command_seconds_count{command=\"transfer\"} 1",
            "frontdesk_backlog{table=\"history\"} 3",
            "frontdesk_backlog{table=\"audit\"} 4",
            "frontdesk_backlog{table=\"sessions\"} 2",
            "frontdesk_lost{table=\"audit\"} 5",
            "frontdesk_passwords_waiting 0",
            "frontdesk_last_error_timestamp_seconds{level=\"error\",module=\"frontdesk_server::store\"} 1700000000",
            "# EOF",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
        }
        assert!(!text.contains("caller"), "{text}");
    }
}
