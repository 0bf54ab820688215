//! What is pinned in `bench` for another language's package manager, in folders of the user's cache: a registry is asked once
//! for each change of the pins.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, ensure};

use crate::{job, packages, workspace};

/// What a folder of `bench` pins for npm, in a folder of the cache, which it gives.
pub fn npm(what: &str, from: &str, into: &str) -> Result<PathBuf> {
    packages::provide(|| workspace::which("npm").is_some(), &["nodejs", "npm"])?;
    for program in ["node", "npm"] {
        ensure!(workspace::which(program).is_some(), "there is no {program} on this machine");
    }
    let from = workspace::root().join("bench").join(from);
    let pins = fs::read_to_string(from.join("package-lock.json"))?;
    kept(into, &pins, |home| {
        for file in ["package.json", "package-lock.json"] {
            fs::copy(from.join(file), home.join(file))?;
        }
        let mut npm = Command::new("npm");
        npm.current_dir(home).args(["ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]);
        job::run(&format!("installing the {what}"), &mut npm)
    })
}

/// The folder in the cache that holds what these pins name; made anew where they have changed.
pub fn kept(into: &str, pins: &str, make: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let home = workspace::cache()?.join(into);
    let made = home.join("pins");
    if fs::read_to_string(&made).is_ok_and(|made| made == pins) {
        return Ok(home);
    }
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    fs::create_dir_all(&home)?;
    make(&home)?;
    // Last: what was made by half is made again.
    fs::write(made, pins)?;
    Ok(home)
}
