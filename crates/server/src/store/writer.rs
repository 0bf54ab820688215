//! The one thread that writes: batches, retries with back-off, says when the disk refuses. Not what is written.

use super::buffer::{Batch, Depth, Next, Shared};
use super::sessions::{self, SessionKey};
use super::{audit, rows};
use anyhow::{Context, Result};
use rusqlite::{Connection, ErrorCode};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// How many rows one transaction takes.
const BATCH: usize = 500;
/// The waits between attempts while the disk refuses, in milliseconds; the last one repeats.
const WAITS: [u64; 5] = [100, 250, 500, 1_000, 2_000];
/// How often a stopping server tries once more.
const LAST_TRIES: usize = 5;

/// Starts the writer.
pub fn start(connection: Connection, shared: Arc<Shared>) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name("history".into())
        .spawn(move || run(connection, &shared))
        .context("the history's writer cannot be started")
}

fn run(mut connection: Connection, shared: &Shared) {
    let mut failures = 0;
    loop {
        let patience =
            (failures > 0).then(|| Duration::from_millis(WAITS[(failures - 1).min(WAITS.len() - 1)]));
        let (batch, jobs, last) = match shared.next(patience, BATCH) {
            Next::Work(batch, jobs) => (batch, jobs, false),
            Next::Stop(batch, jobs) => (batch, jobs, true),
        };
        // Alone and first: taking out needs less room than what else waits.
        let taken_out = take_out(&mut connection, &batch.ended).map(|()| shared.taken_out(&batch.ended));
        match taken_out.and_then(|()| write(&mut connection, &batch)) {
            Ok(()) => {
                shared.saved(&batch);
                if failures > 0 {
                    tracing::info!("the history is saved again");
                    shared.trouble.send_replace(None);
                }
                failures = 0;
            }
            Err(error) => {
                failures += 1;
                tell(shared, &error, failures);
            }
        }
        for job in jobs {
            job(&mut connection);
        }
        if last {
            let Depth { rows, entries, sessions, ended, .. } = shared.depth();
            if failures == 0 && rows + entries + sessions + ended == 0 {
                return;
            }
            if failures > LAST_TRIES {
                if ended > 0 {
                    tracing::error!(
                        ended,
                        "these sessions were ended and are in the database all the same: until they are revoked or too \
                         old, whoever has kept the token of one can use it after the next start"
                    );
                }
                tracing::error!(
                    rows,
                    entries,
                    sessions,
                    "these rows of the history, entries of the audit and sessions are lost with the server's end"
                );
                return;
            }
            // The stopping server has asked already, so `next` does not wait.
            std::thread::sleep(Duration::from_millis(WAITS[failures.min(WAITS.len() - 1)]));
        }
    }
}

fn take_out(connection: &mut Connection, ended: &[SessionKey]) -> Result<()> {
    if ended.is_empty() {
        return Ok(());
    }
    let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for key in ended {
        sessions::end(&change, *key)?;
    }
    change.commit()?;
    Ok(())
}

fn write(connection: &mut Connection, batch: &Batch) -> Result<()> {
    if batch.adds_nothing() {
        return Ok(());
    }
    let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for row in &batch.rows {
        rows::insert(&change, row)?;
    }
    for (call, rows) in &batch.live {
        rows::put_live(&change, call, rows)?;
    }
    for entry in &batch.audit {
        audit::put(&change, entry)?;
    }
    for session in &batch.sessions {
        sessions::save(&change, session)?;
    }
    change.commit()?;
    Ok(())
}

/// What keeps a disk, and not what was ordered, from being written to.
pub fn is_of_the_disk(error: &anyhow::Error) -> bool {
    matches!(
        code(error),
        Some(
            ErrorCode::DiskFull
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::SystemIoFailure
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::CannotOpen
        )
    )
}

fn code(error: &anyhow::Error) -> Option<ErrorCode> {
    error.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code)
}

/// The same in words, with what to do about it.
pub fn why(error: &anyhow::Error) -> &'static str {
    match code(error) {
        Some(ErrorCode::DiskFull) => "the server's disk is full. Please have room made on it",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program holds the server's database. Please have it closed"
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            "the server may not write its database. Please have its rights checked"
        }
        _ => "the server's disk refuses. Please have the server's log looked at",
    }
}

fn tell(shared: &Shared, error: &anyhow::Error, failures: usize) {
    let Depth { rows, entries, sessions: _, ended: _, lost_rows, lost_entries } = shared.depth();
    tracing::error!(rows, entries, lost_rows, lost_entries, failures, error = %format!("{error:#}"), "the history cannot be saved");
    let why = why(error);
    let kept = match (lost_rows, lost_entries) {
        (0, 0) => "Calls go on as usual, and nothing is lost as long as the server runs.".to_owned(),
        (rows, 0) => format!("Calls go on as usual, but {rows} rows of the history are lost."),
        (0, entries) => format!("Calls go on as usual, but {entries} entries of the audit are lost."),
        (rows, entries) => format!(
            "Calls go on as usual, but {rows} rows of the history and {entries} entries of the audit are lost."
        ),
    };
    let text = format!("The call history cannot be saved: {why}. {kept}");
    shared.trouble.send_if_modified(|told| {
        let new = told.as_ref() != Some(&text);
        *told = Some(text);
        new
    });
}
