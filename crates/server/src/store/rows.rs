//! History rows as SQL. Not when they are written.

use super::words::{self, Wanted};
use anyhow::Result;
use frontdesk_protocol::{CallId, Extension, HistoryEntry, HistoryId, Millis, QueueName};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

const COLUMNS: &str = "id, call, extension, direction, party, started, ring_ms, talk_ms, outcome, queue";

/// How many rows a search looks at before it asks the index: enough for what is frequent, and soon done.
const SCANNED: usize = 4_000;

/// Writes one row; a row that is already there stays.
pub fn insert(change: &Transaction<'_>, row: &HistoryEntry) -> Result<()> {
    let HistoryEntry { id, call, extension, direction, party, started, ring_ms, talk_ms, outcome, queue } =
        row;
    let added = change
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
    if added > 0 {
        words::put(change, id.0, extension, party)?;
    }
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

/// Rows of these extensions that hold what is wanted, newest first.
pub fn read(
    connection: &Connection,
    extensions: &[Extension],
    before: Option<HistoryId>,
    limit: usize,
    wanted: &Wanted,
) -> Result<Vec<HistoryEntry>> {
    let before = before.map_or(i64::MAX, |id| id.0);
    if wanted.is_all() {
        return newest(connection, extensions, before, limit);
    }
    match scan(connection, extensions, before, limit, wanted)? {
        Some(found) => Ok(found),
        None => search(connection, extensions, before, limit, wanted),
    }
}

/// The newest rows of these extensions. Each extension has its own place in the index; asked for all at once, SQLite would
/// sort every row that they ever had.
fn newest(
    connection: &Connection,
    extensions: &[Extension],
    before: i64,
    limit: usize,
) -> Result<Vec<HistoryEntry>> {
    let mut ids = Vec::new();
    let mut keys = connection.prepare_cached(
        "SELECT id FROM history WHERE extension = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
    )?;
    for extension in extensions {
        let mut rows = keys.query(params![extension.as_str(), before, i64::try_from(limit)?])?;
        while let Some(row) = rows.next()? {
            ids.push(row.get::<_, i64>(0)?);
        }
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids.truncate(limit);
    let mut one = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM history WHERE id = ?1"))?;
    ids.into_iter().map(|id| one.query_row([id], |row| Ok(entry(row)))?).collect()
}

/// Looks through the newest rows. `None` where that was not enough: what is wanted is rare, and [`search`] finds it sooner.
pub fn scan(
    connection: &Connection,
    extensions: &[Extension],
    before: i64,
    limit: usize,
    wanted: &Wanted,
) -> Result<Option<Vec<HistoryEntry>>> {
    let share = i64::try_from(SCANNED / extensions.len().max(1))?.max(1);
    let mut found = Vec::new();
    // Below this key not every row was looked at.
    let mut known = i64::MIN;
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM history WHERE extension = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3"
    ))?;
    for extension in extensions {
        let mut rows = statement.query(params![extension.as_str(), before, share])?;
        let (mut looked, mut last) = (0, i64::MIN);
        while let Some(row) = rows.next()? {
            (looked, last) = (looked + 1, row.get(0)?);
            if wanted.holds(row.get_ref(4)?.as_str()?)? {
                found.push(entry(row)?);
            }
        }
        if looked == share {
            known = known.max(last);
        }
    }
    found.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    found.truncate(limit);
    let enough = known == i64::MIN || (found.len() == limit && found.iter().all(|row| row.id.0 >= known));
    Ok(enough.then_some(found))
}

/// Finds rows by the index of words.
pub fn search(
    connection: &Connection,
    extensions: &[Extension],
    before: i64,
    limit: usize,
    wanted: &Wanted,
) -> Result<Vec<HistoryEntry>> {
    let mut keys = connection.prepare_cached(
        "SELECT rowid FROM history_words WHERE history_words MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC",
    )?;
    let mut one = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM history WHERE id = ?1"))?;
    let mut ids = keys.query(params![wanted.expression(extensions), before])?;
    let mut found = Vec::new();
    while let Some(id) = ids.next()? {
        let row = one.query_row([id.get::<_, i64>(0)?], |row| {
            let text = row.get_ref(4)?.as_str()?;
            Ok(wanted.holds(text).and_then(|holds| holds.then(|| entry(row)).transpose()))
        });
        // The index knows each word by its parts, and an extension too long by its beginning: the row itself decides.
        if let Some(row) = row.optional()?.transpose()?.flatten()
            && extensions.contains(&row.extension)
        {
            found.push(row);
            if found.len() == limit {
                break;
            }
        }
    }
    Ok(found)
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

/// Deletes rows of calls that began before `until`, the oldest first and no more than `most`; answers how many.
pub fn forget(connection: &mut Connection, until: i64, most: usize) -> Result<usize> {
    let old = "SELECT id FROM history WHERE started < ?1 ORDER BY started, id LIMIT ?2";
    let values = params![until, i64::try_from(most)?];
    let change = connection.transaction()?;
    change.execute(&format!("DELETE FROM history_words WHERE rowid IN ({old})"), values)?;
    let forgotten = change.execute(&format!("DELETE FROM history WHERE id IN ({old})"), values)?;
    change.commit()?;
    Ok(forgotten)
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
