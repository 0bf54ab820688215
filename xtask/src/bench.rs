//! `cargo xtask bench`: builds the bench as a release, makes the published clients ready, and runs it. What is measured and
//! how is in `crates/bench`.

use std::{
    path::PathBuf,
    process::{Command, ExitCode},
};

use anyhow::{Context as _, Result};
use clap::Args;

use crate::{job, workspace};

/// What to measure.
#[derive(Debug, Args)]
pub struct Options {
    /// Five minutes at most; fails where a ratio falls below its line, and writes no paper.
    #[arg(long)]
    quick: bool,
    /// Only these: P1, P2, …
    only: Vec<String>,
}

/// Measures.
///
/// # Errors
/// When something cannot be built or started.
pub fn run(options: &Options) -> Result<ExitCode> {
    let mut build = workspace::cargo();
    build.args(["build", "--quiet", "--profile", "bench", "--package", "frontdesk-bench"]);
    job::run("building the bench", &mut build)?;
    let mut bench = Command::new(workspace::target().join("release").join("frontdesk-bench"));
    bench.current_dir(workspace::root());
    if options.quick {
        bench.arg("--quick");
    }
    if !options.only.is_empty() {
        bench.arg("--only").arg(options.only.join(","));
    }
    if options.only.is_empty() || options.only.iter().any(|id| id.eq_ignore_ascii_case("P3")) {
        match peers() {
            Ok((rust, python)) => {
                bench.arg("--peers-rust").arg(rust).arg("--peers-python").arg(python);
            }
            Err(error) => job::loud(&format!("NOT RUN: P3, the published clients: {error:#}")),
        }
    }
    if !options.quick && options.only.is_empty() {
        bench.args(["--paper", "docs/performance.md"]);
    }
    job::say("measuring");
    let status = bench.status().context("the bench could not be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Makes the published clients ready: the program with those in Rust, and a Python that has those in Python. Those for
/// Node stand beside their script.
fn peers() -> Result<(PathBuf, PathBuf)> {
    let folder = workspace::root().join("bench/peers");
    let target = workspace::target().join("peers");
    let mut build = workspace::cargo();
    build.current_dir(&folder).env("CARGO_TARGET_DIR", &target).args([
        "build",
        "--quiet",
        "--release",
        "--locked",
    ]);
    job::run("building the published Rust clients", &mut build)?;
    let python = target.join("python");
    if !python.join("bin/python").is_file() {
        job::run("making a Python of its own", Command::new("python3").args(["-m", "venv"]).arg(&python))?;
    }
    let mut pip = Command::new(python.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(folder.join("requirements.txt"));
    job::run("installing the published Python clients", &mut pip)?;
    let mut npm = Command::new("npm");
    npm.current_dir(&folder).args(["ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]);
    job::run("installing the published Node clients", &mut npm)?;
    Ok((target.join("release").join("frontdesk-bench-peers"), python.join("bin/python")))
}
