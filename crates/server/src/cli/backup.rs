//! `frontdesk-server backup` and `restore`. How a copy is made is the store's.

use super::ConfigFile;
use crate::audit::Act;
use crate::clock;
use crate::config::Config;
use crate::store::{Holds, back_up, restore};
use anyhow::Result;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// Which file, and which server's.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file of the backup.
    backup: PathBuf,
    #[command(flatten)]
    file: ConfigFile,
}

/// Copies the database into a new file.
///
/// # Errors
/// A sentence for the person at the terminal.
pub fn save(order: Backup) -> Result<ExitCode> {
    let Backup { backup, file } = order;
    let config = Config::read(&file.config)?;
    let holds = back_up(&config.path(&config.store.path), &backup)?;
    println!(
        "{} holds {}. Whoever can read it can read the history: keep it safe.",
        backup.display(),
        counted(holds)
    );
    Ok(ExitCode::SUCCESS)
}

/// Puts a backup in the place of the database.
///
/// # Errors
/// A sentence for the person at the terminal.
pub fn bring_back(order: Backup) -> Result<ExitCode> {
    let Backup { backup, file } = order;
    let config = Config::read(&file.config)?;
    let path = config.path(&config.store.path);
    let mut entry = super::done(Act::Restore, backup.display());
    entry.id = clock::now().0;
    let aside = format!(".before-restore-{}", clock::now().0);
    let (holds, old) = restore(&backup, &path, &aside, &entry)?;
    println!("{} is restored and holds {}. Everybody has to log in again.", path.display(), counted(holds));
    if let Some(old) = old {
        println!("What was there before is kept as {}.", old.display());
    }
    Ok(ExitCode::SUCCESS)
}

fn counted(holds: Holds) -> String {
    let Holds { users, rows, entries } = holds;
    format!("{users} users, {rows} rows of the history and {entries} entries of the audit")
}
