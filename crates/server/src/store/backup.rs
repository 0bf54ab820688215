//! A copy of the database while the server writes to it, and the way back. Nothing here decides when.

use super::schema::{self, Standing};
use super::{audit, lock, made, with_suffix};
use crate::audit::Entry;
use anyhow::{Context, Result, bail, ensure};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a copy waits for a database that somebody holds.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holds {
    /// Accounts.
    pub users: i64,
    /// Rows of the history.
    pub rows: i64,
    /// Entries of the audit.
    pub entries: i64,
}

/// Copies the database `from` to the new file `to`, as it stood at one moment; a server may write to it meanwhile.
///
/// # Errors
/// A sentence when `to` is there already, cannot be written, or the database is damaged.
pub fn back_up(from: &Path, to: &Path) -> Result<Holds> {
    ensure!(from.exists(), "there is no database {}. Check [store] path", from.display());
    ensure!(!to.exists(), "{} is there already. Give another name, or take it away first", to.display());
    let part = Part::new(to)?;
    copy(from, &part.0).with_context(|| format!("the backup {} cannot be written", to.display()))?;
    let holds = examine(&part.0)?;
    part.become_file(to)?;
    Ok(holds)
}

/// Puts the backup `from` in the place of the database `to`, which is kept aside under the name that is answered.
/// Everybody has to log in again: a session that was ended since the backup must not come back.
///
/// # Errors
/// A sentence when a server runs on the database, or the backup is damaged or of a newer version; then nothing was
/// changed.
pub fn restore(from: &Path, to: &Path, aside: &str, entry: &Entry) -> Result<(Holds, Option<PathBuf>)> {
    let _lock = lock(to).context("nothing was restored")?;
    examine(from)?;
    let part = Part::new(to)?;
    copy(from, &part.0).with_context(|| format!("{} cannot be copied", from.display()))?;
    let mut copied = Connection::open(&part.0)?;
    schema::migrate(&mut copied).with_context(|| format!("{} cannot be used", from.display()))?;
    let change = copied.transaction_with_behavior(TransactionBehavior::Immediate)?;
    change.execute("DELETE FROM sessions", [])?;
    audit::put(&change, entry)?;
    change.commit()?;
    drop(copied);
    let holds = examine(&part.0)?;
    let old = set_aside(to, aside)?;
    part.become_file(to)?;
    Ok((holds, old))
}

/// Whether a file is a whole database of a version that this program knows, and what it holds.
fn examine(path: &Path) -> Result<Holds> {
    let shown = path.display();
    ensure!(path.exists(), "there is no file {shown}. Check the name");
    let read = || -> Result<_> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(PATIENCE)?;
        let whole: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        Ok((connection, whole))
    };
    let Ok((connection, whole)) = read() else {
        bail!("{shown} is no database of Frontdesk, or it is damaged. Take another backup")
    };
    ensure!(whole == "ok", "{shown} is damaged ({whole}). Take another backup");
    match schema::standing(&connection)? {
        Standing::Known => {}
        Standing::Foreign => bail!("{shown} is no database of Frontdesk. Take another file"),
        Standing::Newer { version } => bail!(
            "{shown} was written by a newer frontdesk-server (schema {version}). Install that version, then restore it"
        ),
    }
    let count = |table: &str| -> Result<i64> {
        let known: bool = connection.query_row(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1",
            [table],
            |row| row.get(0),
        )?;
        if !known {
            return Ok(0);
        }
        Ok(connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?)
    };
    Ok(Holds { users: count("users")?, rows: count("history")?, entries: count("audit")? })
}

/// Copies what one moment's reader sees, with what stands in the write-ahead log; writers go on meanwhile.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .or_else(|_| Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY))?;
    source.busy_timeout(PATIENCE)?;
    let to = to.to_str().context("the name of the file is not Unicode")?;
    source.execute("VACUUM INTO ?1", [to])?;
    Ok(())
}

/// Renames the database and what SQLite keeps beside it, so that the three stay one database.
fn set_aside(path: &Path, aside: &str) -> Result<Option<PathBuf>> {
    if !path.exists() {
        return Ok(None);
    }
    let old = with_suffix(path, aside);
    for more in ["-wal", "-shm", ""] {
        let (from, to) = (with_suffix(path, more), with_suffix(&old, more));
        if from.exists() {
            std::fs::rename(&from, &to)
                .with_context(|| format!("{} cannot be renamed to {}", from.display(), to.display()))?;
        }
    }
    Ok(Some(old))
}

/// A file that is being written; it goes with the value unless it becomes the file that was meant.
struct Part(PathBuf);

impl Part {
    fn new(meant: &Path) -> Result<Self> {
        let path = with_suffix(meant, ".part");
        if path.exists() {
            // What an earlier try left behind.
            std::fs::remove_file(&path)?;
        }
        made(&path).with_context(|| {
            format!("{} cannot be made. Check that the folder exists and may be written", path.display())
        })?;
        Ok(Self(path))
    }

    fn become_file(self, meant: &Path) -> Result<()> {
        File::open(&self.0)?.sync_all()?;
        std::fs::rename(&self.0, meant).with_context(|| format!("{} cannot be written", meant.display()))?;
        #[cfg(unix)]
        if let Some(folder) = meant.parent() {
            // Without this a power cut could take the name back.
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // After a success it is no longer there under this name.
        let _ = std::fs::remove_file(&self.0);
    }
}
