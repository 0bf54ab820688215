//! `cargo xtask desktop`: the desktop program as it is shipped, and its package for Debian. `docs/performance.md` is about
//! this program.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context as _, Result};
use clap::Args;

use crate::{
    job,
    packages::{self, Purpose},
    pinned, ui, workspace,
};

/// What is made.
#[derive(Debug, Args)]
pub struct Options {
    /// Makes the package for Debian, too, with Tauri's own tool.
    #[arg(long)]
    deb: bool,
}

/// Builds it, and says where it is.
///
/// # Errors
/// When something does not build.
pub fn make(options: &Options) -> Result<()> {
    let program = build()?;
    job::say(&format!("the desktop program: {}", program.display()));
    if options.deb {
        job::say(&format!("its package for Debian: {}", package()?.display()));
    }
    Ok(())
}

/// Builds the program, with the view inside.
///
/// # Errors
/// When something does not build.
pub fn build() -> Result<PathBuf> {
    packages::ensure(&[Purpose::Build, Purpose::Run])?;
    ui::build(ui::Build { release: true })?;
    let mut build = workspace::cargo();
    build.args(["build", "--quiet", "--profile", "desktop", "-p", "frontdesk", "--bin", "frontdesk"]);
    // What Tauri's own tool sets: the window shows the page that is inside the program.
    build.args(["--features", "custom-protocol"]);
    // And what it sets for `removeUnusedCommands`: of Tauri's own commands only those that the page may use are in it.
    build.env("REMOVE_UNUSED_COMMANDS", workspace::root());
    job::run("building the desktop program; the first time takes some minutes", &mut build)?;
    Ok(workspace::target().join("desktop/frontdesk"))
}

/// Makes the package for Debian of the program that was built.
///
/// # Errors
/// When Tauri's tool cannot be had, or does not make it.
pub fn package() -> Result<PathBuf> {
    packages::ensure(&[Purpose::Package])?;
    let tool = pinned::npm("tool that makes the package", "deb", "deb")?.join("node_modules/.bin/tauri");
    // The tool looks in the folder of a release.
    let target = workspace::target().join("deb");
    let release = target.join("release");
    fs::create_dir_all(&release)?;
    fs::copy(workspace::target().join("desktop/frontdesk"), release.join("frontdesk"))?;
    let made = release.join("bundle/deb");
    if made.exists() {
        fs::remove_dir_all(&made)?;
    }
    let mut bundle = Command::new(tool);
    bundle.current_dir(workspace::root()).env("CARGO_TARGET_DIR", &target);
    job::run("making the package", bundle.args(["bundle", "--bundles", "deb", "--ci"]))?;
    let mut files = fs::read_dir(&made)?.flatten().map(|entry| entry.path());
    files
        .find(|path| path.extension() == Some("deb".as_ref()))
        .with_context(|| format!("there is no package in {}", made.display()))
}
