//! Where the programs that a suite starts write their logs, at the most talkative level: with `cargo xtask test` into
//! one folder, which is searched afterwards for what `frontdesk_lab::planted` has noted; otherwise where their test
//! wants them.

use anyhow::{Context, Result};
use frontdesk_lab::planted;
use frontdesk_server::logs::{self, LogFormat};
use std::fs::File;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// The variable that sets how much our programs say, and everything.
pub const LEVEL: (&str, &str) = ("FRONTDESK_LOG", "trace");

/// A file that is not there yet, named after the running test and the program: `server`, `desktop`; where there is a
/// folder for it.
///
/// # Errors
/// When the folder cannot be made.
pub fn path(program: &str) -> Result<Option<PathBuf>> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let Some(folder) = planted::folder() else { return Ok(None) };
    std::fs::create_dir_all(&folder).with_context(|| format!("the folder {}", folder.display()))?;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let thread = std::thread::current();
    let test: String = thread
        .name()
        .unwrap_or_default()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect();
    Ok(Some(folder.join(format!("{number:04}-{test}-{program}.log"))))
}

/// Such a file for a program to write to, and nothing where there is no folder.
///
/// # Errors
/// When it cannot be made.
pub fn output(program: &str) -> Result<Stdio> {
    match path(program)? {
        Some(path) => Ok(File::create(&path).with_context(|| format!("the log {}", path.display()))?.into()),
        None => Ok(Stdio::null()),
    }
}

/// Keeps in the same way what a server says that runs in this process.
///
/// # Errors
/// When the file cannot be made.
pub fn of_this_process() -> Result<()> {
    static BEGUN: Mutex<bool> = Mutex::new(false);
    // Tests begin beside each other; one file is made.
    let mut begun = BEGUN.lock().unwrap_or_else(PoisonError::into_inner);
    if *begun {
        return Ok(());
    }
    let Some(path) = path("server")? else { return Ok(()) };
    let file = File::create(&path).with_context(|| format!("the log {}", path.display()))?;
    logs::begin_into(file, LogFormat::Text, LEVEL.1);
    *begun = true;
    Ok(())
}
