//! `frontdesk-server user …`: who may log in. Works beside a running server. Not what each role may do.

use super::{ConfigFile, done, note};
use crate::audit::Act;
use crate::config::Config;
use crate::password::{self, Cost};
use crate::store::{Purpose, Store, User, role_name};
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use frontdesk_protocol::{Extension, Role, UserName};
use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

/// What is done with users.
#[derive(Debug, Subcommand)]
pub enum Order {
    /// Adds a user.
    Add {
        /// The name to log in with.
        #[arg(value_parser = name)]
        name: UserName,
        /// What they may do.
        #[arg(long)]
        role: RoleName,
        /// One of their extensions; may be given several times, the preferred one first.
        #[arg(long = "extension", value_parser = extension)]
        extensions: Vec<Extension>,
        #[command(flatten)]
        password: PasswordInput,
        #[command(flatten)]
        file: ConfigFile,
    },
    /// Changes a user's password and ends their sessions.
    Password {
        /// Whose.
        #[arg(value_parser = name)]
        name: UserName,
        #[command(flatten)]
        password: PasswordInput,
        #[command(flatten)]
        file: ConfigFile,
    },
    /// Lists all users.
    List {
        #[command(flatten)]
        file: ConfigFile,
    },
    /// Closes an account and ends its sessions; its history stays.
    Disable {
        /// Whose.
        #[arg(value_parser = name)]
        name: UserName,
        #[command(flatten)]
        file: ConfigFile,
    },
    /// Opens a closed account again.
    Enable {
        /// Whose.
        #[arg(value_parser = name)]
        name: UserName,
        #[command(flatten)]
        file: ConfigFile,
    },
}

/// A role, as it is written on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RoleName {
    /// Everything, and for every extension.
    Admin,
    /// Moves their own calls, sees everyone's state and anyone's history.
    Receptionist,
    /// Moves their own calls and sees their own history.
    Colleague,
}

/// Where the password comes from.
#[derive(Debug, Args)]
pub struct PasswordInput {
    /// Reads the password from the first line of the standard input, without asking.
    #[arg(long)]
    password_stdin: bool,
}

/// Does it.
///
/// # Errors
/// A sentence for the person at the terminal.
pub async fn run(order: Order) -> Result<ExitCode> {
    match order {
        Order::Add { name, role, extensions, password, file } => {
            let store = open(&file)?;
            let password = password::hash(&password.read()?, Cost::Usual).await?;
            let role = role.role();
            store.add_user(User { name: name.clone(), password, role, extensions, disabled: false }).await?;
            let what = format!("Added as {}.", role_name(role));
            note(&store, done(Act::PutUser, &name).saying(what))?;
            println!("{name} can log in now.");
        }
        Order::Password { name, password, file } => {
            let store = open(&file)?;
            let hash = password::hash(&password.read()?, Cost::Usual).await?;
            store.change_password(&name, hash).await?;
            note(&store, done(Act::ChangePassword, &name))?;
            println!("{name} has a new password; the sessions of the old one have ended.");
        }
        Order::List { file } => {
            for User { name, password: _, role, extensions, disabled } in open(&file)?.users().await? {
                let extensions: Vec<_> = extensions.iter().map(Extension::as_str).collect();
                let closed = if disabled { "  disabled" } else { "" };
                println!("{name}  {}  {}{closed}", role_name(role), extensions.join(" "));
            }
        }
        Order::Disable { name, file } => {
            let store = open(&file)?;
            store.disable(&name).await?;
            note(&store, done(Act::DisableUser, &name))?;
            println!("{name} can no longer log in, and the sessions have ended.");
        }
        Order::Enable { name, file } => {
            let store = open(&file)?;
            store.enable(&name).await?;
            note(&store, done(Act::EnableUser, &name))?;
            println!("{name} can log in again.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl RoleName {
    fn role(self) -> Role {
        match self {
            Self::Admin => Role::Admin,
            Self::Receptionist => Role::Receptionist,
            Self::Colleague => Role::Colleague,
        }
    }
}

impl PasswordInput {
    fn read(&self) -> Result<String> {
        let mut line = String::new();
        if self.password_stdin {
            std::io::stdin().lock().read_line(&mut line).context("the password cannot be read")?;
        } else if std::io::stdin().is_terminal() {
            line = rpassword::prompt_password("Password: ").context("the password cannot be read")?;
        } else {
            bail!("a password is needed: give --password-stdin and write it to the standard input");
        }
        let password = line.trim_end_matches(['\r', '\n']);
        if password.is_empty() {
            bail!("the password is empty. Write it to the standard input, in one line");
        }
        Ok(password.to_owned())
    }
}

pub(super) fn open(file: &ConfigFile) -> Result<Store> {
    let config = Config::read(&file.config)?;
    Store::open(&config.path(&config.store.path), Purpose::Accounts)
}

pub(super) fn name(text: &str) -> Result<UserName, String> {
    UserName::parse(text).map_err(|why| format!("this cannot be a user's name: {why}"))
}

fn extension(text: &str) -> Result<Extension, String> {
    Extension::parse(text).map_err(|why| {
        format!("this is not an extension: {why}. Use digits, *, # and + only, for example 1001")
    })
}
