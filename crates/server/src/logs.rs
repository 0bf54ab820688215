//! The log of our programs: its form, its level, and a count of what somebody should look at. What is private is never
//! logged by them at any level; libraries, which know nothing of that, are kept to what they say in general.

use crate::meters;
use clap::ValueEnum;
use std::io::IsTerminal as _;
use std::str::FromStr as _;
use std::time::{SystemTime, UNIX_EPOCH};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets, filter_fn};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// Begins to log to the standard error, at the level that `FRONTDESK_LOG` says, or as `usual` without it.
pub fn begin(format: LogFormat, usual: &str) {
    let wanted = std::env::var("FRONTDESK_LOG").ok().filter(|wanted| Targets::from_str(wanted).is_ok());
    begin_into(std::io::stderr, format, wanted.as_deref().unwrap_or(usual));
}

/// The same to another place, at the level that is given.
pub fn begin_into(to: impl for<'w> MakeWriter<'w> + Send + Sync + 'static, format: LogFormat, level: &str) {
    let counting = Counting.with_filter(LevelFilter::WARN);
    tracing_subscriber::registry().with(written(to, format, level)).with(counting).init();
    // Of the libraries that log by the other way no more is ever printed: they need not even ask.
    log::set_max_level(log::LevelFilter::Info.min(log::max_level()));
    tracing::trace!("the log begins");
}

fn written<S: Subscriber + for<'s> tracing_subscriber::registry::LookupSpan<'s>>(
    to: impl for<'w> MakeWriter<'w> + Send + Sync + 'static,
    format: LogFormat,
    level: &str,
) -> impl Layer<S> {
    let out = fmt::layer().with_writer(to).with_ansi(std::io::stderr().is_terminal());
    let out = match format {
        LogFormat::Text => out.boxed(),
        LogFormat::Json => out.json().flatten_event(true).boxed(),
    };
    // At their lower levels the libraries of HTTP, WebSocket, TLS and the window print what is on the wire: passwords,
    // tokens, callers.
    let discreet = filter_fn(|metadata| is_own(metadata) || *metadata.level() <= Level::INFO);
    let level = Targets::from_str(level).unwrap_or_else(|_| Targets::new().with_default(LevelFilter::INFO));
    out.with_filter(level).with_filter(discreet)
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn at_the_most_talkative_level_libraries_say_only_what_they_say_in_general() {
        for format in [LogFormat::Text, LogFormat::Json] {
            let kept = Kept::default();
            let to = kept.clone();
            let log = tracing_subscriber::registry().with(written(move || to.clone(), format, "trace"));
            tracing::subscriber::with_default(log, || {
                tracing::trace!("ours, all of it");
                tracing::trace!(target: "frontdesk_desktop::link", "the desktop's, all of it");
                tracing::debug!(target: "tungstenite::protocol", "a frame with a password");
                tracing::trace!(target: "hyper::proto", "a header with a token");
                tracing::info!(target: "tao", "a window opens");
            });
            let said = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
            assert_eq!(said.lines().count(), 3, "{said}");
            for part in ["ours, all of it", "the desktop's, all of it", "a window opens"] {
                assert!(said.contains(part), "{said}");
            }
        }
    }
}
