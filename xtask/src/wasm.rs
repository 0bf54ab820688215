//! Makes sure that there is a Rust which builds for `wasm32-unknown-unknown`. It installs nothing outside the user's
//! toolchain and cache, and builds no part of this project.

mod debian;

use std::{fmt, path::PathBuf, process::Command};

use anyhow::{Context as _, Result};
use clap::ValueEnum;

use crate::{
    job::{self, say},
    workspace,
};

/// The target that the view is built for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Which way to get the standard library for [`TARGET`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// What is there already, else rustup, else Debian's rustc-web.
    Auto,
    /// `rustup target add` only.
    Rustup,
    /// Debian's rustc-web in the user's cache, even where rustup would do.
    Debian,
}

/// The compiler to build the view with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WasmRust {
    /// The toolchain that built this program has the target.
    Toolchain,
    /// A compiler of its own, in the user's cache.
    Cached(PathBuf),
}

impl WasmRust {
    /// Makes cargo use this compiler.
    pub fn apply(&self, cargo: &mut Command) {
        if let Self::Cached(rustc) = self {
            cargo.env("RUSTC", rustc);
        }
    }
}

impl fmt::Display for WasmRust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Toolchain => f.write_str("the installed toolchain"),
            Self::Cached(rustc) => write!(f, "{}", rustc.display()),
        }
    }
}

/// Finds or makes a Rust for [`TARGET`]; quick when there is one.
///
/// # Errors
/// When every way failed. The sentence says what each needs.
pub fn ensure(way: Way) -> Result<WasmRust> {
    if way == Way::Debian {
        return debian::ensure().map(WasmRust::Cached);
    }
    if toolchain_has_it()? {
        return Ok(WasmRust::Toolchain);
    }
    let rustup = rustup();
    if rustup.is_ok() || way == Way::Rustup {
        return rustup.map(|()| WasmRust::Toolchain);
    }
    let why = rustup.err().map(|error| format!("{error:#}")).unwrap_or_default();
    say(&format!("rustup cannot add {TARGET} ({}); trying Debian's packages", first_line(&why)));
    debian::ensure().map(WasmRust::Cached).with_context(|| {
        format!(
            "no Rust for {TARGET}. Either let rustup reach its server and run `rustup target add {TARGET}` ({}), \
             or use Debian 12 or newer with its security archive enabled",
            first_line(&why)
        )
    })
}

fn toolchain_has_it() -> Result<bool> {
    let lib = sysroot()?.join("lib/rustlib").join(TARGET).join("lib");
    let Ok(files) = lib.read_dir() else { return Ok(false) };
    Ok(files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("libcore-")))
}

fn sysroot() -> Result<PathBuf> {
    let text =
        job::output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(workspace::root()))?;
    Ok(PathBuf::from(text.trim()))
}

fn rustup() -> Result<()> {
    say(&format!("rustup target add {TARGET}"));
    job::output(Command::new("rustup").args(["target", "add", TARGET]).current_dir(workspace::root()))
        .map(drop)
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
