//! History rows as SQL. Not when they are written.

use anyhow::Result;
use frontdesk_protocol::{CallId, Extension, HistoryEntry, HistoryId, Millis, QueueName};
use rusqlite::{Connection, Row, Transaction, params, params_from_iter, types::Value};

const COLUMNS: &str = "id, call, extension, direction, party, started, ring_ms, talk_ms, outcome, queue";

/// Writes one row; a row that is already there stays.
pub fn insert(change: &Transaction<'_>, row: &HistoryEntry) -> Result<()> {
    let HistoryEntry { id, call, extension, direction, party, started, ring_ms, talk_ms, outcome, queue } =
        row;
    change
        .prepare_cached("INSERT OR IGNORE INTO history VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
        .execute(params![
            id.0,
            call.as_str(),
            extension.as_str(),
            serde_json::to_string(direction)?,
            serde_json::to_string(party)?,
            started.0,
            i64::try_from(*ring_ms)?,
            i64::try_from(*talk_ms)?,
            serde_json::to_string(outcome)?,
            queue.as_ref().map(QueueName::as_str),
        ])?;
    Ok(())
}

/// Keeps how a call in progress stands; an empty list takes it away.
pub fn put_live(change: &Transaction<'_>, call: &CallId, rows: &[HistoryEntry]) -> Result<()> {
    if rows.is_empty() {
        change.prepare_cached("DELETE FROM live WHERE call = ?1")?.execute([call.as_str()])?;
    } else {
        change
            .prepare_cached("INSERT OR REPLACE INTO live VALUES (?1, ?2)")?
            .execute(params![call.as_str(), serde_json::to_string(rows)?])?;
    }
    Ok(())
}

/// Turns every call in progress into history rows; answers how many rows that gave.
pub fn close_interrupted(connection: &mut Connection) -> Result<usize> {
    let change = connection.transaction()?;
    let live: Vec<String> = change
        .prepare("SELECT entries FROM live ORDER BY call")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut next = last_id(&change)? + 1;
    let mut closed = 0;
    for text in live {
        for mut entry in serde_json::from_str::<Vec<HistoryEntry>>(&text)? {
            entry.id = HistoryId(next);
            next += 1;
            closed += 1;
            insert(&change, &entry)?;
        }
    }
    change.execute("DELETE FROM live", [])?;
    change.commit()?;
    Ok(closed)
}

/// The greatest row key so far, 0 without rows.
pub fn last_id(connection: &Connection) -> Result<i64> {
    Ok(connection.query_row("SELECT coalesce(max(id), 0) FROM history", [], |row| row.get(0))?)
}

/// Rows of these extensions, newest first.
pub fn read(
    connection: &Connection,
    extensions: &[Extension],
    before: Option<HistoryId>,
    limit: usize,
) -> Result<Vec<HistoryEntry>> {
    if extensions.is_empty() {
        return Ok(Vec::new());
    }
    let marks = vec!["?"; extensions.len()].join(", ");
    let sql = format!(
        "SELECT {COLUMNS} FROM history \
         WHERE extension IN ({marks}) AND id < ? ORDER BY id DESC LIMIT ?"
    );
    let values = extensions
        .iter()
        .map(|extension| Value::from(extension.as_str().to_owned()))
        .chain([Value::from(before.map_or(i64::MAX, |id| id.0)), Value::from(i64::try_from(limit)?)]);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(entry(row)?);
    }
    Ok(entries)
}

/// Rows of all extensions after `after`, of calls that began since `since`, oldest first.
pub fn after(
    connection: &Connection,
    after: HistoryId,
    since: Millis,
    limit: usize,
) -> Result<Vec<HistoryEntry>> {
    let sql = format!("SELECT {COLUMNS} FROM history WHERE id > ?1 AND started >= ?2 ORDER BY id LIMIT ?3");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![after.0, since.0, i64::try_from(limit)?])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(entry(row)?);
    }
    Ok(entries)
}

/// Deletes rows of calls that began before `until`.
pub fn forget(connection: &Connection, until: i64) -> Result<usize> {
    Ok(connection.execute("DELETE FROM history WHERE started < ?1", [until])?)
}

fn entry(row: &Row<'_>) -> Result<HistoryEntry> {
    let text = |at: usize| row.get::<_, String>(at);
    Ok(HistoryEntry {
        id: HistoryId(row.get(0)?),
        call: CallId::parse(&text(1)?)?,
        extension: Extension::parse(&text(2)?)?,
        direction: serde_json::from_str(&text(3)?)?,
        party: serde_json::from_str(&text(4)?)?,
        started: Millis(row.get(5)?),
        ring_ms: u64::try_from(row.get::<_, i64>(6)?)?,
        talk_ms: u64::try_from(row.get::<_, i64>(7)?)?,
        outcome: serde_json::from_str(&text(8)?)?,
        queue: row.get::<_, Option<String>>(9)?.map(|name| QueueName::parse(&name)).transpose()?,
    })
}
