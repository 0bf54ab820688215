//! The database: users, sessions, the history, the audit. One writer thread with a bounded buffer in front; not who may read.

mod accounts;
mod audit;
mod backup;
mod buffer;
mod rows;
mod schema;
mod sessions;
mod words;
mod writer;

pub use accounts::User;
pub use audit::Wanted;
pub use backup::{Holds, back_up, restore};
pub use buffer::Depth;
use sessions::Unsaved;
pub use sessions::{Lifetime, Listed, SessionKey};

use crate::clock;
use crate::token::random;
use anyhow::{Context, Result, bail};
use buffer::Shared;
use frontdesk_protocol::{CallId, Extension, HistoryEntry, HistoryId, HistoryPage, Millis, Role, UserName};
use rusqlite::Connection;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::{oneshot, watch};

/// A use of a session is noted at most so often, in milliseconds.
const NOTED: u64 = 60_000;
/// How many rows are forgotten in one go, so that what is to be saved waits no longer than for these.
const FORGOTTEN: usize = 1_000;

/// How the database is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// By the one server that keeps the history: calls that a crash left open are closed.
    Serve,
    /// By a command beside a running server: only users and sessions.
    Accounts,
}

/// The open database.
#[derive(Debug)]
pub struct Store {
    shared: Arc<Shared>,
    reader: Arc<Mutex<Connection>>,
    next_row: AtomicI64,
    next_entry: AtomicI64,
    thread: Mutex<Option<JoinHandle<()>>>,
    _lock: Option<File>,
}

impl Store {
    /// Opens or makes the database, brings its schema up to date and starts the writer.
    ///
    /// # Errors
    /// A sentence when the file cannot be made, is no database, is newer than this program, or another server
    /// already serves from it.
    pub fn open(path: &Path, purpose: Purpose) -> Result<Self> {
        let shown = path.display();
        let lock = match purpose {
            Purpose::Serve => Some(lock(path)?),
            Purpose::Accounts => None,
        };
        let mut writer = connect(path).with_context(|| {
            format!("the database {shown} cannot be opened. Check that its folder exists and may be written")
        })?;
        schema::migrate(&mut writer).with_context(|| format!("the database {shown} cannot be used"))?;
        if purpose == Purpose::Serve {
            let closed = rows::close_interrupted(&mut writer)?;
            if closed > 0 {
                tracing::warn!(
                    rows = closed,
                    "calls were up when the server last stopped; recorded as interrupted"
                );
            }
        }
        let next_row = AtomicI64::new(rows::last_id(&writer)? + 1);
        // Several programs write entries at the same time, each of them under keys of its own.
        let run = i64::from(u32::from_be_bytes(random::<4>()?) >> 1);
        let next_entry = AtomicI64::new((run << 32) + 1);
        let reader = Arc::new(Mutex::new(connect(path)?));
        let shared = Arc::new(Shared::default());
        let thread = writer::start(writer, Arc::clone(&shared))?;
        Ok(Self { shared, reader, next_row, next_entry, thread: Mutex::new(Some(thread)), _lock: lock })
    }

    /// The key for the next history row; later ones are greater.
    pub fn next_row(&self) -> HistoryId {
        HistoryId(self.next_row.fetch_add(1, Ordering::Relaxed))
    }

    /// Hands over rows of what ended, and for calls that changed how each would be recorded if the server stopped
    /// now (an empty list: the call is over). All of it reaches the disk together. Never waits.
    pub fn record(&self, rows: Vec<HistoryEntry>, live: Vec<(CallId, Vec<HistoryEntry>)>) {
        self.shared.record(rows, live);
    }

    /// How much waits to be saved, and how much was given up.
    pub fn depth(&self) -> Depth {
        self.shared.depth()
    }

    /// What is wrong with saving, for the people at the desks; `None` while all is well.
    pub fn trouble(&self) -> watch::Receiver<Option<String>> {
        self.shared.trouble.subscribe()
    }

    /// Rows of these extensions, newest first, also those that are not saved yet; only those whose party's name or number
    /// holds each word of `text`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn page(
        &self,
        extensions: Vec<Extension>,
        before: Option<HistoryId>,
        limit: u16,
        text: &str,
    ) -> Result<HistoryPage> {
        let limit = usize::from(limit.clamp(1, 200));
        let wanted = words::Wanted::of(text);
        // The unsaved are taken first: a row that is saved in between is then seen twice, not never.
        let mut unsaved = self.shared.unsaved(&extensions, before);
        unsaved.retain(|row| wanted.is_in(&row.party));
        let saved =
            self.read(move |reader| rows::read(reader, &extensions, before, limit + 1, &wanted)).await?;
        let mut all: std::collections::BTreeMap<_, _> = saved.into_iter().map(|row| (row.id, row)).collect();
        all.extend(unsaved.into_iter().map(|row| (row.id, row)));
        let more = all.len() > limit;
        Ok(HistoryPage { entries: all.into_values().rev().take(limit).collect(), more })
    }

    /// Forgets calls that began, and entries of the audit from, before `keep_days` days ago; 0 keeps all. Answers how
    /// many there were.
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn forget(&self, keep_days: u32) -> Result<usize> {
        if keep_days == 0 {
            return Ok(0);
        }
        let until = clock::now().0 - i64::from(keep_days) * 86_400_000;
        let mut forgotten = self.write(move |writer| audit::forget(writer, until)).await?;
        loop {
            let some = self.write(move |writer| rows::forget(writer, until, FORGOTTEN)).await?;
            forgotten += some;
            if some < FORGOTTEN {
                return Ok(forgotten);
            }
        }
    }

    /// Adds a user.
    ///
    /// # Errors
    /// When there already is one of that name.
    pub async fn add_user(&self, user: User) -> Result<()> {
        self.write(move |writer| accounts::add(writer, &user, clock::now())).await
    }

    /// Adds a user or replaces role, extensions and password of the one there is, whose sessions end.
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn put_user(&self, user: User) -> Result<()> {
        self.write(move |writer| accounts::put(writer, &user, clock::now())).await
    }

    /// The user of that name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn user(&self, name: &UserName) -> Result<Option<User>> {
        let name = name.clone();
        self.read(move |reader| accounts::find(reader, &name)).await
    }

    /// All users, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn users(&self) -> Result<Vec<User>> {
        self.read(accounts::all).await
    }

    /// Changes the password and ends the user's sessions.
    ///
    /// # Errors
    /// When there is no such user.
    pub async fn change_password(&self, name: &UserName, hash: String) -> Result<()> {
        let name = name.clone();
        self.write(move |writer| accounts::change_password(writer, &name, &hash)).await
    }

    /// Closes the account to logins and ends its sessions.
    ///
    /// # Errors
    /// When there is no such user.
    pub async fn disable(&self, name: &UserName) -> Result<()> {
        let name = name.clone();
        self.write(move |writer| accounts::disable(writer, &name)).await
    }

    /// Opens the account again.
    ///
    /// # Errors
    /// When there is no such user.
    pub async fn enable(&self, name: &UserName) -> Result<()> {
        let name = name.clone();
        self.write(move |writer| accounts::enable(writer, &name)).await
    }

    /// Opens a session. Where the disk refuses, it is kept in memory and saved with the rest when there is room again;
    /// until then another program on the database does not see it, and it ends with the server.
    ///
    /// # Errors
    /// When there is no such user, or too many sessions are kept already.
    pub async fn open_session(&self, key: SessionKey, user: &UserName) -> Result<()> {
        let (name, now) = (user.clone(), clock::now());
        let refused = match self.write(move |writer| sessions::open(writer, key, &name, now)).await {
            Err(error) if writer::is_of_the_disk(&error) => error,
            done => return done,
        };
        let found = self.user(user).await?.context("there is no such user")?;
        self.shared.keep_session(Unsaved { key, user: found, created: now })?;
        tracing::warn!(error = %format!("{refused:#}"), %user, "a session cannot be saved and is kept in memory");
        Ok(())
    }

    /// The user of a session that is neither idle nor too old. Marks it as used.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn session(&self, key: SessionKey, lifetime: Lifetime) -> Result<Option<User>> {
        self.users_of(vec![key], lifetime).await?.pop().transpose().map(Option::flatten)
    }

    /// The same of several, in their order. One that cannot be read takes nothing from the others.
    ///
    /// # Errors
    /// When nothing could be looked up at all.
    pub async fn users_of(
        &self,
        keys: Vec<SessionKey>,
        lifetime: Lifetime,
    ) -> Result<Vec<Result<Option<User>>>> {
        let (now, ended) = (clock::now(), self.shared.ended());
        // Those in memory first: one that is saved in between is then seen twice, not never.
        let asked: Vec<_> = keys.into_iter().map(|key| (key, self.shared.session(key))).collect();
        let (users, used) = self
            .read(move |reader| {
                let (mut users, mut used) = (Vec::with_capacity(asked.len()), Vec::new());
                for (key, unsaved) in asked {
                    if ended.contains(&key) {
                        users.push(Ok(None));
                        continue;
                    }
                    users.push(match (sessions::find(reader, key, now, lifetime), unsaved) {
                        (Ok(Some(found)), _) => {
                            if now.since(found.used) > NOTED {
                                used.push(key);
                            }
                            Ok(Some(found.user))
                        }
                        (Ok(None), Some(unsaved)) => sessions::of_unsaved(reader, &unsaved, now, lifetime),
                        (Ok(None), None) => Ok(None),
                        (Err(error), _) => Err(error),
                    });
                }
                Ok((users, used))
            })
            .await?;
        if !used.is_empty() {
            // Nobody waits for it: whether the sessions stand is known, and the disk may be slow.
            let noted = self.shared.job(Box::new(move |writer| {
                if let Err(error) = sessions::touch(writer, &used, now) {
                    tracing::warn!(error = %format!("{error:#}"), "the use of a session is not noted");
                }
            }));
            if let Err(error) = noted {
                tracing::warn!(error = %format!("{error:#}"), "the use of a session is not noted");
            }
        }
        Ok(users)
    }

    /// All sessions that stand, by user and age.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn sessions(&self, lifetime: Lifetime) -> Result<Vec<Listed>> {
        let ended = self.shared.ended();
        let all = self.read(move |reader| sessions::all(reader, clock::now(), lifetime)).await?;
        Ok(all.into_iter().filter(|it| !ended.contains(&it.key)).collect())
    }

    /// Ends a session, at once and in any case. Where the disk refuses, that it has ended is kept in memory, and it is
    /// taken out of the database as soon as that can be written. If the server is killed before that, or its end comes
    /// while the disk still refuses, the session stands again after the next start, for as long as its [`Lifetime`] had
    /// left: nobody has used it meanwhile. Whoever logged out has not kept its token; only a copy of that would be of use.
    pub async fn close_session(&self, key: SessionKey) {
        self.shared.end_session(key);
        // Until the writer has tried.
        let tried = self.write(|_| Ok(())).await;
        if self.shared.has_ended(key) {
            let error = tried.err().map(|error| format!("{error:#}"));
            tracing::warn!(session = %key, error, "a session has ended and cannot be taken out of the database yet");
        }
    }

    /// Ends the session whose name begins so, and tells whose it was.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub async fn revoke(&self, name: String) -> Result<UserName> {
        self.write(move |writer| sessions::end_named(writer, &name)).await
    }

    /// Ends all sessions of a user, or of everybody; answers how many there were.
    ///
    /// # Errors
    /// When there is no such user.
    pub async fn revoke_all(&self, user: Option<UserName>) -> Result<usize> {
        self.write(move |writer| match user {
            Some(user) => {
                accounts::found(usize::from(accounts::find(writer, &user)?.is_some()), &user)?;
                sessions::end_of(writer, &user)
            }
            None => sessions::end_all(writer),
        })
        .await
    }

    /// Takes sessions out that have ended by themselves.
    ///
    /// # Errors
    /// When the database does not take it.
    pub async fn forget_sessions(&self, lifetime: Lifetime) -> Result<usize> {
        self.write(move |writer| sessions::forget(writer, clock::now(), lifetime)).await
    }

    /// Waits until everything handed over so far is saved, or gives up with what is wrong.
    ///
    /// # Errors
    /// What keeps it from being saved.
    #[cfg(test)]
    pub async fn saved(&self) -> Result<()> {
        self.write(|_| Ok(())).await?;
        match self.shared.trouble.borrow().clone() {
            Some(text) => bail!(text),
            None => Ok(()),
        }
    }

    /// Saves all and ends the writer. Answers how many rows and entries could not be saved.
    pub fn close(&self) -> usize {
        self.shared.stop();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the history's writer had failed");
        }
        let depth = self.shared.depth();
        depth.rows + depth.entries
    }

    /// Rows of all extensions that are saved, oldest first: those after `after` of calls that began since `since`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn export(&self, after: HistoryId, since: Millis, limit: usize) -> Result<Vec<HistoryEntry>> {
        self.read(move |reader| rows::after(reader, after, since, limit)).await
    }

    async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let reader = Arc::clone(&self.reader);
        tokio::task::spawn_blocking(move || question(&lock_reader(&reader))).await?
    }

    async fn write<T: Send + 'static>(
        &self,
        order: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, done) = oneshot::channel();
        self.shared.job(Box::new(move |writer| {
            // Whoever asked may have gone; the order was still carried out.
            let _ = answer.send(order(writer));
        }))?;
        match done.await.context("the database is closed")? {
            Err(error) if writer::is_of_the_disk(&error) => {
                let why = writer::why(&error);
                Err(error.context(format!("nothing was changed: {why}")))
            }
            done => done,
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

/// The role as the database and the command line write it.
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Admin => "admin",
        Role::Receptionist => "receptionist",
        Role::Colleague => "colleague",
    }
}

fn lock_reader(reader: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    reader.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(path: &Path) -> Result<Connection> {
    made(path)?;
    let connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_millis(250))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(connection)
}

/// Makes the file where it is not there. Made by us first, so that nobody else on the machine can read it; SQLite gives
/// its other files the same mode.
fn made(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The name with something behind it.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn lock(path: &Path) -> Result<File> {
    let name = with_suffix(path, ".lock");
    let file = File::options().create(true).truncate(false).write(true).open(&name).with_context(|| {
        format!("{} cannot be made. Check that the folder exists and may be written", name.display())
    })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "another frontdesk-server already serves from {}. Stop it first, or give this one another [store] path",
            path.display()
        ),
        Err(TryLockError::Error(error)) => {
            tracing::warn!(%error, "the database cannot be locked here; take care to start only one server");
            Ok(file)
        }
    }
}

#[cfg(test)]
mod tests;
