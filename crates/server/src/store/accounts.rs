//! Users as SQL. Not their sessions, and not the check of a password.

use super::{role_name, sessions};
use anyhow::{Context, Result, bail};
use frontdesk_protocol::{Extension, Millis, Role, UserName};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Somebody who may log in.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Login name.
    pub name: UserName,
    /// Argon2id hash of the password, as a PHC string.
    pub password: String,
    /// What they may do.
    pub role: Role,
    /// Their own extensions, the preferred one first.
    pub extensions: Vec<Extension>,
    /// Whether the account is closed.
    pub disabled: bool,
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, password: _, role, extensions, disabled } = self;
        f.debug_struct("User")
            .field("name", name)
            .field("role", role)
            .field("extensions", extensions)
            .field("disabled", disabled)
            .finish_non_exhaustive()
    }
}

pub(super) const COLUMNS: &str = "name, password, role, extensions, disabled";

pub fn add(connection: &Connection, user: &User, now: Millis) -> Result<()> {
    if find(connection, &user.name)?.is_some() {
        bail!("there already is a user {}. Use `user password` or another name", user.name);
    }
    put(connection, user, now)
}

pub fn put(connection: &Connection, user: &User, now: Millis) -> Result<()> {
    // A new password ends what the old one had opened.
    sessions::end_of(connection, &user.name)?;
    let User { name, password, role, extensions, disabled } = user;
    connection.execute(
        "INSERT INTO users (name, password, role, extensions, disabled, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (name) DO UPDATE SET password = ?2, role = ?3, extensions = ?4, disabled = ?5",
        params![name.as_str(), password, role_name(*role), serde_json::to_string(extensions)?, disabled, now.0],
    )?;
    Ok(())
}

pub fn find(connection: &Connection, name: &UserName) -> Result<Option<User>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM users WHERE name = ?1"))?
        .query_row([name.as_str()], |row| Ok(user(row)))
        .optional()?
        .transpose()
}

pub fn all(connection: &Connection) -> Result<Vec<User>> {
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM users ORDER BY name"))?;
    let mut rows = statement.query([])?;
    let mut users = Vec::new();
    while let Some(row) = rows.next()? {
        users.push(user(row)?);
    }
    Ok(users)
}

pub fn change_password(connection: &mut Connection, name: &UserName, hash: &str) -> Result<()> {
    let change = connection.transaction()?;
    let changed =
        change.execute("UPDATE users SET password = ?2 WHERE name = ?1", params![name.as_str(), hash])?;
    found(changed, name)?;
    sessions::end_of(&change, name)?;
    change.commit()?;
    Ok(())
}

pub fn disable(connection: &mut Connection, name: &UserName) -> Result<()> {
    let change = connection.transaction()?;
    let changed = change.execute("UPDATE users SET disabled = 1 WHERE name = ?1", [name.as_str()])?;
    found(changed, name)?;
    sessions::end_of(&change, name)?;
    change.commit()?;
    Ok(())
}

pub fn enable(connection: &Connection, name: &UserName) -> Result<()> {
    let changed = connection.execute("UPDATE users SET disabled = 0 WHERE name = ?1", [name.as_str()])?;
    found(changed, name)
}

pub(super) fn found(changed: usize, name: &UserName) -> Result<()> {
    if changed == 0 {
        bail!("there is no user {name}. `user list` shows all of them");
    }
    Ok(())
}

pub(super) fn user(row: &Row<'_>) -> Result<User> {
    let role: String = row.get(2)?;
    let role = [Role::Admin, Role::Receptionist, Role::Colleague]
        .into_iter()
        .find(|known| role_name(*known) == role)
        .with_context(|| format!("the database holds the unknown role {role}"))?;
    Ok(User {
        name: UserName::parse(&row.get::<_, String>(0)?)?,
        password: row.get(1)?,
        role,
        extensions: serde_json::from_str(&row.get::<_, String>(3)?)?,
        disabled: row.get(4)?,
    })
}
