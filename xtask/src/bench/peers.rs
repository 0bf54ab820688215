//! The published AMI clients, made ready: each language apart, so that what one lacks says nothing of the others. They are
//! pinned in `bench/peers`, and kept in the user's cache, so that a registry is asked once for each change of the pins.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context as _, Result};

use crate::{job, packages, pinned, workspace};

/// Where the clients of each language are, or why they are not there.
pub struct Ready {
    /// The program with the Rust clients.
    pub rust: Result<PathBuf, String>,
    /// The Python with the Python clients.
    pub python: Result<PathBuf, String>,
    /// The folder with the Node clients.
    pub node: Result<PathBuf, String>,
}

impl Ready {
    /// Fetches and builds what is not there yet, and says loudly what cannot be had.
    pub fn make() -> Self {
        let told = |language: &str, made: Result<PathBuf>| {
            made.map_err(|error| {
                let why = format!("{error:#}");
                job::loud(&format!("NOT RUN: P3, the published {language} clients: {why}"));
                why.lines().next().unwrap_or_default().to_owned()
            })
        };
        Self { rust: told("Rust", rust()), python: told("Python", python()), node: told("Node", node()) }
    }

    /// Why any of them is not there.
    pub fn missing(&self) -> Option<String> {
        let missing: Vec<&str> = [&self.rust, &self.python, &self.node]
            .into_iter()
            .filter_map(|made| made.as_ref().err())
            .map(String::as_str)
            .collect();
        (!missing.is_empty()).then(|| missing.join("; "))
    }

    /// What the bench is told of them.
    pub fn tell(&self, bench: &mut Command) {
        for (name, made) in [("rust", &self.rust), ("python", &self.python), ("node", &self.node)] {
            match made {
                Ok(path) => bench.arg(format!("--peers-{name}")).arg(path),
                Err(why) => bench.arg(format!("--without-{name}")).arg(why),
            };
        }
    }
}

fn folder() -> PathBuf {
    workspace::root().join("bench/peers")
}

fn rust() -> Result<PathBuf> {
    let target = workspace::cache()?.join("peers/rust");
    let mut build = workspace::cargo();
    build.current_dir(folder()).env("CARGO_TARGET_DIR", &target);
    build.args(["build", "--quiet", "--release", "--locked"]);
    job::run("building the published Rust clients", &mut build)?;
    Ok(target.join("release").join("frontdesk-bench-peers"))
}

fn python() -> Result<PathBuf> {
    let has_venv = || job::output(Command::new("python3").args(["-c", "import ensurepip, venv"])).is_ok();
    packages::provide(has_venv, &["python3", "python3-venv"])?;
    let python = workspace::which("python3").context("there is no python3 on this machine")?;
    let pins = fs::read_to_string(folder().join("requirements.txt"))?;
    let home = pinned::kept("peers/python", &pins, |home| {
        job::run("making a Python of its own", Command::new(python).args(["-m", "venv"]).arg(home))?;
        let mut pip = Command::new(home.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
        pip.arg(folder().join("requirements.txt"));
        job::run("installing the published Python clients", &mut pip)
    })?;
    Ok(home.join("bin/python"))
}

fn node() -> Result<PathBuf> {
    Ok(pinned::npm("published Node clients", "peers", "peers/node")?.join("node_modules"))
}
