//! The tables, and the way from each older form to the present one.

use super::words;
use anyhow::{Result, bail};
use rusqlite::Connection;
use std::collections::BTreeMap;

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
", "
    CREATE VIRTUAL TABLE history_words USING fts5
        (words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
"];

/// The version that made the words of the history searchable: those of the rows that were there are filled in.
const WORDS: usize = 3;

/// The version of the present schema.
pub const NEWEST: usize = STEPS.len();

/// What a database is to this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// One of the present or of an older version, with all its tables.
    Known,
    /// Of a newer version.
    Newer {
        /// Which.
        version: usize,
    },
    /// Another program's, an empty one, or one that was changed by hand.
    Foreign,
}

/// What a database is to this program, by its version and its tables.
pub fn standing(connection: &Connection) -> Result<Standing> {
    let version = version_of(connection)?;
    if version > NEWEST {
        return Ok(Standing::Newer { version });
    }
    let meant = Connection::open_in_memory()?;
    STEPS.iter().take(version).try_for_each(|step| meant.execute_batch(step))?;
    let same = version > 0 && tables(connection)? == tables(&meant)?;
    Ok(if same { Standing::Known } else { Standing::Foreign })
}

/// Every table and index with the words that made it; how they are spaced does not count.
fn tables(connection: &Connection) -> Result<BTreeMap<String, String>> {
    let mut statement = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    let spaced = rows.map(|row| {
        let (name, sql) = row?;
        Ok((name, sql.split_whitespace().collect::<Vec<_>>().join(" ")))
    });
    spaced.collect()
}

/// Brings the schema up to date, one version a transaction.
pub fn migrate(connection: &mut Connection) -> Result<()> {
    let mut version = version_of(connection)?;
    if version > NEWEST {
        bail!(
            "it was written by a newer frontdesk-server (schema {version}, this one knows {}). Install that version \
             again, or give another [store] path",
            NEWEST
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
        if version == WORDS {
            words::fill(&change)?;
        }
        change.pragma_update(None, "user_version", i64::try_from(version)?)?;
        change.commit()?;
    }
    Ok(())
}

/// The version that the database says it has; 0 for an empty one.
pub fn version_of(connection: &Connection) -> Result<usize> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(usize::try_from(version)?)
}
