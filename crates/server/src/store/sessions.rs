//! Sessions as SQL: who is logged in, since when, and the end of it. Not the check of a password.

use super::accounts::{self, COLUMNS, User, user};
use anyhow::{Result, bail};
use frontdesk_protocol::{Millis, UserName};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::fmt;

/// How many characters of a session's name are shown.
const SHOWN: usize = 12;
/// A day in milliseconds.
const DAY: i64 = 86_400_000;

/// SHA-256 of a session's token: what the database knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey(pub [u8; 32]);

/// How long a session lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// Days without use after which it ends.
    pub idle_days: u32,
    /// Days after which it ends in any case.
    pub absolute_days: u32,
}

/// A session and whose it is.
#[derive(Debug)]
pub struct Session {
    /// Whose.
    pub user: User,
    /// When it was last used.
    pub used: Millis,
}

/// A session as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What the database knows of its token; its [`fmt::Display`] is the name to end it by.
    pub key: SessionKey,
    /// Whose.
    pub user: UserName,
    /// When they logged in.
    pub created: Millis,
    /// When it was last used, to the minute.
    pub used: Millis,
}

impl fmt::Display for SessionKey {
    /// The beginning of it: enough to tell sessions apart, and of no use for logging in.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().take(SHOWN / 2).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

pub fn open(connection: &Connection, key: SessionKey, user: &UserName, now: Millis) -> Result<()> {
    connection
        .execute("INSERT INTO sessions VALUES (?1, ?2, ?3, ?3)", params![&key.0[..], user.as_str(), now.0])?;
    Ok(())
}

/// A session that could not be saved when it was opened.
#[derive(Clone, PartialEq, Eq)]
pub struct Unsaved {
    /// Of its token.
    pub key: SessionKey,
    /// Whose, as the account was at the login.
    pub user: User,
    /// When they logged in.
    pub created: Millis,
}

/// Saves it, unless the account was closed or has got another password since.
pub fn save(connection: &Connection, session: &Unsaved) -> Result<()> {
    let Unsaved { key, user, created } = session;
    connection.execute(
        "INSERT OR IGNORE INTO sessions
         SELECT ?1, name, ?3, ?3 FROM users WHERE name = ?2 AND password = ?4 AND disabled = 0",
        params![&key.0[..], user.name.as_str(), created.0, user.password],
    )?;
    Ok(())
}

/// Its user as the account is now, where it still stands.
pub fn of_unsaved(
    connection: &Connection,
    session: &Unsaved,
    now: Millis,
    lifetime: Lifetime,
) -> Result<Option<User>> {
    let (_, absolute) = lifetime.since(now);
    let user = accounts::find(connection, &session.user.name)?;
    let same = |user: &User| !user.disabled && user.password == session.user.password;
    Ok(user.filter(|user| same(user) && session.created.0 > absolute))
}

pub fn find(
    connection: &Connection,
    key: SessionKey,
    now: Millis,
    lifetime: Lifetime,
) -> Result<Option<Session>> {
    let (idle, absolute) = lifetime.since(now);
    // The limits are no part of the question: with other ones each time, SQLite would plan it anew each time.
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS}, used, sessions.created FROM sessions JOIN users ON name = user
             WHERE token = ?1 AND disabled = 0"
        ))?
        .query_row([&key.0[..]], |row| {
            let (used, created): (i64, i64) = (row.get(5)?, row.get(6)?);
            let stands = used > idle && created > absolute;
            Ok(stands.then(|| user(row).map(|user| Session { user, used: Millis(used) })))
        })
        .optional()?
        .flatten()
        .transpose()
}

/// Notes that they are used now.
pub fn touch(connection: &mut Connection, keys: &[SessionKey], now: Millis) -> Result<()> {
    let change = connection.transaction()?;
    for key in keys {
        change
            .prepare_cached("UPDATE sessions SET used = ?2 WHERE token = ?1")?
            .execute(params![&key.0[..], now.0])?;
    }
    change.commit()?;
    Ok(())
}

/// All that are neither idle for too long nor too old, by user and age.
pub fn all(connection: &Connection, now: Millis, lifetime: Lifetime) -> Result<Vec<Listed>> {
    let (idle, absolute) = lifetime.since(now);
    connection
        .prepare(
            "SELECT token, user, sessions.created, used FROM sessions JOIN users ON name = user
             WHERE disabled = 0 AND used > ?1 AND sessions.created > ?2 ORDER BY user, sessions.created, token",
        )?
        .query_map([idle, absolute], |row| Ok(listed(row)))?
        .map(|row| row?)
        .collect()
}

pub fn end(connection: &Connection, key: SessionKey) -> Result<()> {
    connection.execute("DELETE FROM sessions WHERE token = ?1", [&key.0[..]])?;
    Ok(())
}

/// Ends the one whose name begins so.
pub fn end_named(connection: &mut Connection, name: &str) -> Result<UserName> {
    let hex = name.len() >= 4 && name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !hex {
        bail!(
            "`{name}` is not the name of a session. `sessions list` shows them, as twelve digits and letters"
        );
    }
    let change = connection.transaction()?;
    let found: Vec<(Vec<u8>, String)> = change
        .prepare("SELECT token, user FROM sessions WHERE hex(token) LIKE ?1 || '%' LIMIT 2")?
        .query_map([name], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let [(token, user)] = &found[..] else {
        match found.len() {
            0 => bail!("there is no session {name}. `sessions list` shows all of them"),
            _ => bail!("several sessions begin with {name}. Give more of its name"),
        }
    };
    change.execute("DELETE FROM sessions WHERE token = ?1", [token])?;
    let user = UserName::parse(user)?;
    change.commit()?;
    Ok(user)
}

/// Ends all of a user; answers how many there were.
pub fn end_of(connection: &Connection, user: &UserName) -> Result<usize> {
    Ok(connection.execute("DELETE FROM sessions WHERE user = ?1", [user.as_str()])?)
}

/// Ends all of everybody; answers how many there were.
pub fn end_all(connection: &Connection) -> Result<usize> {
    Ok(connection.execute("DELETE FROM sessions", [])?)
}

/// Takes those out that have ended by themselves.
pub fn forget(connection: &Connection, now: Millis, lifetime: Lifetime) -> Result<usize> {
    let (idle, absolute) = lifetime.since(now);
    Ok(connection.execute("DELETE FROM sessions WHERE used <= ?1 OR created <= ?2", [idle, absolute])?)
}

impl Lifetime {
    fn since(self, now: Millis) -> (i64, i64) {
        let before = |days: u32| now.0 - i64::from(days) * DAY;
        (before(self.idle_days), before(self.absolute_days))
    }
}

fn listed(row: &Row<'_>) -> Result<Listed> {
    let token: Vec<u8> = row.get(0)?;
    let Ok(key) = token.try_into() else { bail!("the database holds a session without a proper key") };
    Ok(Listed {
        key: SessionKey(key),
        user: UserName::parse(&row.get::<_, String>(1)?)?,
        created: Millis(row.get(2)?),
        used: Millis(row.get(3)?),
    })
}
