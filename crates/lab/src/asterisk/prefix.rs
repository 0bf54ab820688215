//! Asterisk's programs and data, unpacked into the user's cache: fetched once, then only read.
//!
//! It needs no root and changes nothing outside the cache folder. It is deliberately not an installation: the
//! system's package list never hears of it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{LabError, apt, io};

/// What the names of files depend on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Machine {
    pub debian: &'static str,
    pub triplet: &'static str,
    pub loader: &'static str,
}

pub(super) fn machine() -> Result<Machine, LabError> {
    match std::env::consts::ARCH {
        "x86_64" => {
            Ok(Machine { debian: "amd64", triplet: "x86_64-linux-gnu", loader: "ld-linux-x86-64.so.2" })
        }
        "aarch64" => {
            Ok(Machine { debian: "arm64", triplet: "aarch64-linux-gnu", loader: "ld-linux-aarch64.so.1" })
        }
        other => Err(LabError::Machine(format!(
            "The lab's Asterisk is to be had for amd64 and arm64, and this machine is {other}. \
             Run the lab on one of those two, or in a virtual machine of that kind."
        ))),
    }
}

/// The folder of the unpacked Asterisk, fetched if it is not there.
pub(super) fn ensure(progress: fn(&str)) -> Result<PathBuf, LabError> {
    let machine = machine()?;
    let cache = cache()?;
    let prefix = cache.join("asterisk-prefix");
    if prefix.join("asterisk").exists() {
        return Ok(prefix);
    }
    debian()?;
    fs::create_dir_all(&cache).map_err(io(format!("The folder {} could not be made", cache.display())))?;
    let lock =
        File::create(cache.join("asterisk-prefix.lock")).map_err(io("The cache could not be locked"))?;
    lock.lock().map_err(io("The cache could not be locked"))?;
    if prefix.join("asterisk").exists() {
        return Ok(prefix); // Another process fetched it while we waited.
    }
    let part = cache.join("asterisk-prefix.part");
    let _ = fs::remove_dir_all(&part);
    let work = cache.join("asterisk-apt");
    let packages = apt::download(&work, machine.debian, progress)?;
    progress(&format!("Unpacking {} packages.", packages.len()));
    for package in packages.iter().filter(|p| is_wanted(p)) {
        unpack(package, &part)?;
    }
    finish(&part, &prefix, machine)?;
    let _ = fs::remove_dir_all(&work);
    let version = version(&prefix)?;
    progress(&format!("{version} is ready."));
    Ok(prefix)
}

fn cache() -> Result<PathBuf, LabError> {
    let set = |name| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    set("XDG_CACHE_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".cache")))
        .map(|c| c.join("frontdesk"))
        .ok_or_else(|| {
            LabError::Machine(
                "Neither XDG_CACHE_HOME nor HOME is set. Set one, so that the lab has a cache.".to_owned(),
            )
        })
}

fn debian() -> Result<(), LabError> {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    if release.lines().any(|line| line == "ID=debian") {
        return Ok(());
    }
    Err(LabError::Machine(
        "The lab takes Asterisk from Debian's packages, and this system is not Debian. \
         Run it on Debian 12 or newer, or in a container of it."
            .to_owned(),
    ))
}

/// Leaves out what only the packaging needs.
fn is_wanted(package: &Path) -> bool {
    let name = package.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let left_out = [
        "perl", "libperl", "gnupg", "gpg", "dirmngr", "pinentry", "passwd_", "login", "debconf", "adduser",
        "tzdata", "pci.ids", "libpam-",
    ];
    !left_out.iter().any(|start| name.starts_with(start)) && !name.contains("-doc_")
}

fn unpack(package: &Path, into: &Path) -> Result<(), LabError> {
    fs::create_dir_all(into).map_err(io("The lab's prefix could not be made"))?;
    let out = Command::new("dpkg-deb").arg("-x").arg(package).arg(into).output();
    let out = out.map_err(io("dpkg-deb could not be started; install the package dpkg"))?;
    if out.status.success() {
        return Ok(());
    }
    Err(LabError::Packages(format!(
        "The package {} could not be unpacked; is the disk full? dpkg-deb says: {}",
        package.display(),
        String::from_utf8_lossy(&out.stderr).trim()
    )))
}

/// The last steps, the rename last of all, so that a prefix with this name is always complete.
fn finish(part: &Path, prefix: &Path, machine: Machine) -> Result<(), LabError> {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let path = prefix.display();
    let Machine { triplet, loader, .. } = machine;
    // A newer libc comes with its own loader; --library-path does not leak into children (LD_LIBRARY_PATH would),
    // and --argv0 makes `core restart now` come back through this script.
    let script = format!(
        "#!/bin/sh\nL='{path}/usr/lib/{triplet}'\n\
         exec \"$L/{loader}\" --library-path \"$L\" --argv0 '{path}/asterisk' '{path}/usr/sbin/asterisk' \"$@\"\n"
    );
    let done = || -> std::io::Result<()> {
        fs::write(part.join("asterisk"), script)?;
        fs::set_permissions(part.join("asterisk"), fs::Permissions::from_mode(0o755))?;
        // What the package's installation does: the prompts of the default language.
        symlink("en_US_f_Allison", part.join("usr/share/asterisk/sounds/en"))?;
        fs::rename(part, prefix)
    };
    done().map_err(io("The unpacked Asterisk could not be put in its place"))
}

fn version(prefix: &Path) -> Result<String, LabError> {
    let out = Command::new(prefix.join("asterisk")).arg("-V").output();
    match out {
        Ok(out) if out.status.success() => Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned()),
        Ok(out) => {
            let _ = fs::remove_dir_all(prefix);
            Err(LabError::Packages(format!(
                "The fetched Asterisk does not run on this machine: {}",
                String::from_utf8_lossy(&out.stderr).trim()
            )))
        }
        Err(e) => Err(io("The fetched Asterisk could not be started")(e)),
    }
}
