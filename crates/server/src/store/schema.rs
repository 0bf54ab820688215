//! The tables, and the way from each older form to the present one.

use anyhow::{Result, bail};
use rusqlite::Connection;

/// Each step leads from its index to the next version; a released one is never changed.
const STEPS: &[&str] = &["
    CREATE TABLE users (
        name TEXT PRIMARY KEY, password TEXT NOT NULL, role TEXT NOT NULL, extensions TEXT NOT NULL,
        disabled INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE sessions (
        token BLOB PRIMARY KEY, user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
        created INTEGER NOT NULL, used INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX sessions_of_user ON sessions (user);
    CREATE TABLE history (
        id INTEGER PRIMARY KEY, call TEXT NOT NULL, extension TEXT NOT NULL, direction TEXT NOT NULL,
        party TEXT NOT NULL, started INTEGER NOT NULL, ring_ms INTEGER NOT NULL, talk_ms INTEGER NOT NULL,
        outcome TEXT NOT NULL, queue TEXT
    ) STRICT;
    CREATE INDEX history_of_extension ON history (extension, id);
    CREATE INDEX history_by_start ON history (started);
    CREATE TABLE live (call TEXT PRIMARY KEY, entries TEXT NOT NULL) STRICT;
", "
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY, at INTEGER NOT NULL, user TEXT, origin TEXT NOT NULL, act TEXT NOT NULL, call TEXT,
        extension TEXT, party TEXT, target TEXT, result TEXT NOT NULL, text TEXT NOT NULL, times INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX audit_by_time ON audit (at, id);
"];

/// Brings the schema up to date, one version a transaction.
pub fn migrate(connection: &mut Connection) -> Result<()> {
    let mut version = version_of(connection)?;
    if version > STEPS.len() {
        bail!(
            "it was written by a newer frontdesk-server (schema {version}, this one knows {}). Install that version \
             again, or give another [store] path",
            STEPS.len()
        );
    }
    while let Some(step) = STEPS.get(version) {
        let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Another process may have made the step while this one waited for the lock.
        let now = version_of(&change)?;
        if now != version {
            version = now;
            continue;
        }
        change.execute_batch(step)?;
        version += 1;
        change.pragma_update(None, "user_version", i64::try_from(version)?)?;
        change.commit()?;
    }
    Ok(())
}

fn version_of(connection: &Connection) -> Result<usize> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(usize::try_from(version)?)
}
