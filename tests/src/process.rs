//! Programs that end with the test: each in a process group of its own, killed as a group when dropped.

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

/// A running program.
#[derive(Debug)]
pub struct Running {
    child: Child,
}

impl Running {
    /// Starts `command` in a process group of its own.
    ///
    /// # Errors
    /// When the program is not there or cannot be started; the sentence names it.
    pub fn start(command: &mut Command) -> Result<Self> {
        let program = command.get_program().to_owned();
        let child = command.process_group(0).spawn().with_context(|| {
            format!("{} does not start; `cargo xtask test` installs what the suites need", program.display())
        })?;
        Ok(Self { child })
    }

    /// The child's process id, which is also that of its group.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal to the whole group.
    ///
    /// # Errors
    /// When the group is already gone.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        killpg(self.group(), signal).with_context(|| format!("signal {signal} to {}", self.child.id()))
    }

    /// Access to pipes and exit status.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    fn group(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap_or(i32::MAX))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A group that has already ended is what we want; there is nobody to tell.
        let _ = killpg(self.group(), Signal::SIGKILL);
        let _ = self.child.wait();
    }
}

/// The path of a program that this workspace builds, beside the running test.
///
/// # Errors
/// When it was not built; the sentence says which command builds it.
pub fn built(name: &str) -> Result<PathBuf> {
    let test = std::env::current_exe().context("where this test is")?;
    let folder = test.parent().and_then(Path::parent).context("the target folder of this test")?;
    let program = folder.join(name);
    anyhow::ensure!(
        program.exists(),
        "{name} is not built beside this test; run `cargo xtask test`, or `cargo build -p frontdesk -p frontdesk-server`"
    );
    Ok(program)
}
