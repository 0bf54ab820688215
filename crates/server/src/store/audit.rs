//! The audit as SQL, and the store's way to it. Not what an entry says.

use super::Store;
use crate::audit::Entry;
use anyhow::Result;
use frontdesk_protocol::{CallId, Extension, Millis, UserName};
use rusqlite::{Connection, Row, Transaction, params};
use std::sync::atomic::Ordering;

/// Which entries are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Those by this user, or about this account.
    pub user: Option<UserName>,
    /// Those since then.
    pub since: Option<Millis>,
    /// The newest so many; `None`: all.
    pub limit: Option<u32>,
}

impl Store {
    /// A key for an entry of the audit; later ones of this run of the program are greater.
    pub fn next_entry(&self) -> i64 {
        self.next_entry.fetch_add(1, Ordering::Relaxed)
    }

    /// Hands over an entry of the audit; one without a key gets one. It replaces what stands under its key. Never
    /// waits, and is kept while the disk refuses.
    pub fn audit(&self, mut entry: Entry) {
        if entry.id == 0 {
            entry.id = self.next_entry();
        }
        self.shared.audit(entry);
    }

    /// The newest entries that are wanted, in the order in which they happened.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn audited(&self, wanted: Wanted) -> Result<Vec<Entry>> {
        self.read(move |reader| read(reader, &wanted)).await
    }
}

/// Writes one entry, in place of the one of the same key.
pub fn put(change: &Transaction<'_>, entry: &Entry) -> Result<()> {
    let Entry { id, at, user, origin, act, call, extension, party, target, result, text, times } = entry;
    change
        .prepare_cached(
            "INSERT OR REPLACE INTO audit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            id,
            at.0,
            user.as_ref().map(UserName::as_str),
            origin,
            act,
            call.as_ref().map(CallId::as_str),
            extension.as_ref().map(Extension::as_str),
            party,
            target,
            result,
            text,
            times,
        ])?;
    Ok(())
}

/// Deletes entries from before `until`.
pub fn forget(connection: &Connection, until: i64) -> Result<usize> {
    Ok(connection.execute("DELETE FROM audit WHERE at < ?1", [until])?)
}

fn read(connection: &Connection, wanted: &Wanted) -> Result<Vec<Entry>> {
    let Wanted { user, since, limit } = wanted;
    let mut statement = connection.prepare(
        "SELECT id, at, user, origin, act, call, extension, party, target, result, text, times FROM audit
         WHERE (?1 IS NULL OR user = ?1 OR target = ?1) AND at >= ?2 ORDER BY at DESC, id DESC LIMIT ?3",
    )?;
    let mut rows = statement.query(params![
        user.as_ref().map(UserName::as_str),
        since.map_or(i64::MIN, |since| since.0),
        limit.map_or(-1, i64::from),
    ])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(entry(row)?);
    }
    entries.reverse();
    Ok(entries)
}

fn entry(row: &Row<'_>) -> Result<Entry> {
    let text = |at: usize| row.get::<_, Option<String>>(at);
    Ok(Entry {
        id: row.get(0)?,
        at: Millis(row.get(1)?),
        user: text(2)?.map(|name| UserName::parse(&name)).transpose()?,
        origin: row.get(3)?,
        act: row.get::<_, String>(4)?.into(),
        call: text(5)?.map(|call| CallId::parse(&call)).transpose()?,
        extension: text(6)?.map(|extension| Extension::parse(&extension)).transpose()?,
        party: text(7)?,
        target: text(8)?,
        result: row.get::<_, String>(9)?.into(),
        text: row.get(10)?,
        times: row.get(11)?,
    })
}
