//! The log of the program: its form, its level, and a count of what somebody should look at. What is private is never
//! logged by this program at any level; libraries, which know nothing of that, are kept to what they say in general.

use crate::meters;
use clap::ValueEnum;
use std::time::{SystemTime, UNIX_EPOCH};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// Begins to log to the standard error. The level comes from `FRONTDESK_LOG`, `info` without it.
pub fn begin(format: LogFormat) {
    let level = EnvFilter::try_from_env("FRONTDESK_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let out = fmt::layer().with_writer(std::io::stderr);
    let out = match format {
        LogFormat::Text => out.boxed(),
        LogFormat::Json => out.json().flatten_event(true).boxed(),
    };
    // At their lower levels the libraries of HTTP, WebSocket and TLS print what is on the wire: passwords, tokens,
    // callers.
    let discreet = filter_fn(|metadata| is_own(metadata) || *metadata.level() <= Level::INFO);
    let out = out.with_filter(level).with_filter(discreet);
    tracing_subscriber::registry().with(out).with(Counting).init();
}

fn is_own(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("frontdesk")
}

/// Counts warnings and errors, also where they are not printed.
struct Counting;

impl<S: Subscriber> Layer<S> for Counting {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let level = match *metadata.level() {
            Level::ERROR => "error",
            Level::WARN => "warn",
            _ => return,
        };
        let module = if is_own(metadata) { metadata.target() } else { "library" };
        meters::logged(level, module, SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default());
    }
}
