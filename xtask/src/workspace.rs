//! Where things are: the root of the project, the one target directory, the user's cache.
//! It reads the environment and the disk, and changes neither.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use anyhow::{Context as _, Result};

/// The folder that holds the project's `Cargo.toml`.
///
/// It is asked for when this runs and not when it was built: two clones that share a target directory share this very
/// program as well, and each must work on its own files.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let own = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        Path::new(&own).parent().unwrap_or(Path::new(".")).to_owned()
    })
}

/// The one directory that everything is built in: `CARGO_TARGET_DIR`, else `target` in the project.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR")
        .filter(|dir| !dir.is_empty())
        .map_or_else(|| root().join("target"), absolute)
}

/// Where the logs of the steps go.
pub fn logs() -> PathBuf {
    target().join("xtask-logs")
}

/// The project's folder in the user's cache: `$XDG_CACHE_HOME/frontdesk`, else `~/.cache/frontdesk`.
///
/// # Errors
/// When neither `XDG_CACHE_HOME` nor `HOME` is set.
pub fn cache() -> Result<PathBuf> {
    cache_from(env::var_os("XDG_CACHE_HOME"), env::var_os("HOME"))
}

fn cache_from(xdg: Option<OsString>, home: Option<OsString>) -> Result<PathBuf> {
    let base = match xdg.filter(|dir| !dir.is_empty()) {
        Some(dir) => PathBuf::from(dir),
        None => {
            let home = home.filter(|dir| !dir.is_empty());
            PathBuf::from(
                home.context("neither XDG_CACHE_HOME nor HOME is set; set HOME to your own folder")?,
            )
            .join(".cache")
        }
    };
    Ok(base.join("frontdesk"))
}

fn absolute(dir: OsString) -> PathBuf {
    std::path::absolute(&dir).unwrap_or_else(|_| PathBuf::from(dir))
}

/// A call of the cargo that started us, in the project's root.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).env("CARGO_TARGET_DIR", target());
    command
}

/// A program that a development build leaves in the target directory.
pub fn built(program: &str) -> PathBuf {
    target().join("debug").join(format!("{program}{}", env::consts::EXE_SUFFIX))
}

/// Finds a program on the `PATH`.
pub fn which(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(program)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_cache_follows_xdg_and_falls_back_to_home() {
        let cases = [
            (Some("/x"), Some("/home/a"), Some("/x/frontdesk")),
            (Some(""), Some("/home/a"), Some("/home/a/.cache/frontdesk")),
            (None, Some("/home/a"), Some("/home/a/.cache/frontdesk")),
            (None, None, None),
        ];
        for (xdg, home, want) in cases {
            let got = cache_from(xdg.map(Into::into), home.map(Into::into)).ok();
            assert_eq!(got, want.map(PathBuf::from), "{xdg:?} {home:?}");
        }
    }

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("tauri.conf.json").is_file());
    }
}
