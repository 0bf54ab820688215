//! `frontdesk-server audit` and `history export`: what is kept, read beside a running server. It changes nothing.

use super::report::{Format, Report, exact, local, printed, since};
use super::{ConfigFile, users};
use crate::audit::Entry;
use crate::clock;
use crate::store::{Store, Wanted};
use anyhow::Result;
use clap::{Args, Subcommand};
use frontdesk_protocol::{HistoryEntry, HistoryId, HistoryOutcome, Millis, UserName};
use serde::Serialize;
use std::process::ExitCode;

/// How many rows are read at once.
const PAGE: usize = 1_000;

const AUDIT: &[&str] =
    &["time", "user", "act", "extension", "party", "target", "result", "times", "from", "call", "text"];
const HISTORY: &[&str] = &[
    "started",
    "extension",
    "direction",
    "name",
    "number",
    "outcome",
    "transferred to",
    "queue",
    "ring ms",
    "talk ms",
    "call",
];

/// Which entries of the audit, and how.
#[derive(Debug, Args)]
pub struct Audit {
    /// Those by this user, or about this account.
    #[arg(long, value_parser = users::name)]
    user: Option<UserName>,
    /// Those since then: 90m, 24h, 7d, 2026-11-25, "2026-11-25 13:05".
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// The newest so many; 0 for all.
    #[arg(long, default_value_t = 200)]
    limit: u32,
    /// How they are printed.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    file: ConfigFile,
}

/// What is done with the history.
#[derive(Debug, Subcommand)]
pub enum History {
    /// Prints the history of all extensions, oldest first.
    Export {
        /// Calls that began since then: 90m, 24h, 7d, 2026-11-25, "2026-11-25 13:05".
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// How it is printed.
        #[arg(long, value_enum, default_value_t = Format::Csv)]
        format: Format,
        #[command(flatten)]
        file: ConfigFile,
    },
}

/// Prints the audit.
///
/// # Errors
/// A sentence for the person at the terminal.
pub async fn run(audit: Audit) -> Result<ExitCode> {
    let Audit { user, since: from, limit, format, file } = audit;
    let since = from.map(|text| since(&text, clock::now())).transpose()?;
    let store = existing(&file)?;
    let limit = Some(limit).filter(|limit| *limit > 0);
    let entries = store.audited(Wanted { user, since, limit }).await?;
    printed(print_audit(format, &entries))?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the history.
///
/// # Errors
/// A sentence for the person at the terminal.
pub async fn export(history: History) -> Result<ExitCode> {
    let History::Export { since: from, format, file } = history;
    let since = from.map(|text| since(&text, clock::now())).transpose()?.unwrap_or(Millis(i64::MIN));
    let store = existing(&file)?;
    let mut report = Report::new(format, HISTORY)?;
    let mut after = HistoryId(0);
    loop {
        let page = store.export(after, since, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let written = page.iter().try_for_each(|row| {
            report.row(history_cells(row, format), &At { time: exact(row.started), whole: row })
        });
        if written.is_err() {
            printed(written)?;
            return Ok(ExitCode::SUCCESS);
        }
    }
    printed(report.end())?;
    Ok(ExitCode::SUCCESS)
}

/// The store of a server that has run before; one that is not there is not made.
fn existing(file: &ConfigFile) -> Result<Store> {
    let config = crate::config::Config::read(&file.config)?;
    let path = config.path(&config.store.path);
    if !path.exists() {
        anyhow::bail!(
            "there is no database {}. Check [store] path, or start the server once",
            path.display()
        );
    }
    users::open(file)
}

/// A row for programs, with its time in words as well.
#[derive(Serialize)]
struct At<'a, T> {
    time: String,
    #[serde(flatten)]
    whole: &'a T,
}

fn print_audit(format: Format, entries: &[Entry]) -> std::io::Result<()> {
    let mut report = Report::new(format, AUDIT)?;
    for entry in entries {
        report.row(audit_cells(entry, format), &At { time: exact(entry.at), whole: entry })?;
    }
    report.end()
}

fn audit_cells(entry: &Entry, format: Format) -> Vec<String> {
    let Entry { id: _, at, user, origin, act, call, extension, party, target, result, text, times } = entry;
    vec![
        time(*at, format),
        or_nothing(user.as_ref()),
        act.to_string(),
        or_nothing(extension.as_ref()),
        or_nothing(party.as_ref()),
        or_nothing(target.as_ref()),
        result.to_string(),
        times.to_string(),
        origin.clone(),
        or_nothing(call.as_ref()),
        text.clone(),
    ]
}

fn history_cells(row: &HistoryEntry, format: Format) -> Vec<String> {
    let HistoryEntry { id: _, call, extension, direction, party, started, ring_ms, talk_ms, outcome, queue } =
        row;
    let to = match outcome {
        HistoryOutcome::Transferred { to } => to.clone(),
        _ => String::new(),
    };
    vec![
        time(*started, format),
        extension.to_string(),
        word(direction, None),
        or_nothing(party.name.as_ref()),
        or_nothing(party.number.as_ref()),
        word(outcome, Some("kind")),
        to,
        or_nothing(queue.as_ref()),
        ring_ms.to_string(),
        talk_ms.to_string(),
        call.to_string(),
    ]
}

fn time(at: Millis, format: Format) -> String {
    match format {
        Format::Table => local(at),
        Format::Csv | Format::Json => exact(at),
    }
}

/// What the protocol calls it.
fn word(value: &impl Serialize, key: Option<&str>) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    let value = key.map_or(&value, |key| &value[key]);
    value.as_str().unwrap_or_default().to_owned()
}

fn or_nothing(text: Option<&impl ToString>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}
