//! The Debian way to the wasm target: rustc-web and the sources of its standard library, unpacked in the user's cache
//! (nothing is installed), and the standard library built once. Needs no root; uses the machine's own apt sources.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

use super::{TARGET, sysroot};
use crate::{
    job::{self, say},
    packages, workspace,
};

const DONE: &str = ".done";

/// The compiler in the cache, made when it is not there yet. The folder's name is the package's version.
pub fn ensure() -> Result<PathBuf> {
    if workspace::which("apt-get").is_none() || workspace::which("dpkg").is_none() {
        bail!("this is not a Debian system: apt-get or dpkg is missing");
    }
    let machine = Machine::current()?;
    let ask = || job::output(Command::new("apt-cache").args(["policy", "rustc-web"]));
    let mut policy = ask()?;
    if candidate(&policy).is_none() {
        // A machine whose packages are all there may still have no list of what else there is.
        packages::refresh().context("apt knows no package rustc-web")?;
        policy = ask()?;
    }
    let version = candidate(&policy).context(
        "apt knows no package rustc-web; see that Debian's security archive is among the sources of apt",
    )?;
    let prefix = workspace::cache()?.join("wasm-rust").join(version);
    let rustc = prefix.join("rustc");
    if prefix.join(DONE).is_file() {
        return Ok(rustc);
    }
    if prefix.exists() {
        fs::remove_dir_all(&prefix).with_context(|| format!("cannot clear {}", prefix.display()))?;
    }
    say(&format!("a Rust for {TARGET} from Debian's rustc-web {version}, once, about a minute"));
    unpack(&prefix, version)?;
    compiler(&prefix, &machine)?;
    standard_library(&prefix)?;
    fs::write(prefix.join(DONE), version)?;
    Ok(rustc)
}

/// What differs between the processors that Debian builds rustc-web for.
struct Machine {
    triplet: &'static str,
    host: &'static str,
    loader: &'static str,
}

impl Machine {
    fn current() -> Result<Self> {
        match env::consts::ARCH {
            "x86_64" => Ok(Self {
                triplet: "x86_64-linux-gnu",
                host: "x86_64-unknown-linux-gnu",
                loader: "/lib64/ld-linux-x86-64.so.2",
            }),
            "aarch64" => Ok(Self {
                triplet: "aarch64-linux-gnu",
                host: "aarch64-unknown-linux-gnu",
                loader: "/lib/ld-linux-aarch64.so.1",
            }),
            other => bail!("the Debian way is known for x86_64 and aarch64, and this machine is {other}"),
        }
    }
}

fn unpack(prefix: &Path, version: &str) -> Result<()> {
    let debs = prefix.join("debs");
    fs::create_dir_all(&debs).with_context(|| format!("cannot make {}", debs.display()))?;
    let std =
        format!("libstd-rust-web-{}", series(version).context("the version of rustc-web has no series")?);
    let depends = job::output(Command::new("apt-cache").args(["depends", &std]))?;
    let llvm = llvm(&depends).with_context(|| format!("{std} names no LLVM library that it depends on"))?;
    let mut download = Command::new("apt-get");
    download.current_dir(&debs).arg("download").arg(llvm);
    for package in ["rustc-web", "libstd-rust-web-dev", &std, "rust-web-src"] {
        download.arg(format!("{package}={version}"));
    }
    job::run("downloading the packages (140 MB)", &mut download)?;
    say("unpacking them");
    for deb in fs::read_dir(&debs)? {
        job::output(Command::new("dpkg").arg("-x").arg(deb?.path()).arg(prefix))?;
    }
    fs::remove_dir_all(&debs)?;
    Ok(())
}

/// A `rustc` that finds its own libraries, and the linker of the toolchain that is installed.
fn compiler(prefix: &Path, machine: &Machine) -> Result<()> {
    let script = format!(
        "#!/bin/sh\nP=$(dirname \"$(readlink -f \"$0\")\")\n\
         exec {} --library-path \"$P/usr/lib/{}\" \"$P/usr/bin/rustc\" \"$@\"\n",
        machine.loader, machine.triplet
    );
    let rustc = prefix.join("rustc");
    fs::write(&rustc, script)?;
    job::output(Command::new("chmod").arg("+x").arg(&rustc))?;
    let bin = Path::new("lib/rustlib").join(machine.host).join("bin");
    let linker = sysroot()?.join(&bin).join("rust-lld");
    if !linker.is_file() {
        bail!("the installed toolchain has no {}; install Rust with rustup", linker.display());
    }
    let here = prefix.join("usr").join(&bin);
    fs::create_dir_all(&here)?;
    let link = here.join("rust-lld");
    if link.symlink_metadata().is_ok() {
        fs::remove_file(&link)?;
    }
    job::output(Command::new("ln").arg("-s").arg(linker).arg(link)).map(drop)
}

fn standard_library(prefix: &Path) -> Result<()> {
    let manifest = prefix.join("usr/lib/rustlib/src/rust/library/sysroot/Cargo.toml");
    let build_dir = prefix.join("build");
    let cargo = || {
        let mut cargo = workspace::cargo();
        cargo
            .env("RUSTC", prefix.join("rustc"))
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_DIR", &build_dir)
            .env("__CARGO_DEFAULT_LIB_METADATA", "wasm-std")
            .current_dir(prefix);
        cargo
    };
    job::run(
        "fetching what the standard library needs",
        cargo().args(["fetch", "--locked", "--manifest-path"]).arg(&manifest),
    )?;
    let sources = prefix.join("usr/lib/rustlib/src/rust");
    let mut flags = vec![
        "-Cembed-bitcode=yes".to_owned(),
        "-Zforce-unstable-if-unmarked".to_owned(),
        format!("--remap-path-prefix={}=/rust", sources.display()),
    ];
    flags.extend(crate::ui::registry_remaps());
    job::run(
        "building the standard library for wasm",
        cargo()
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
            .args(["build", "--locked", "--release", "--no-default-features", "--target", TARGET])
            .arg("--manifest-path")
            .arg(&manifest),
    )?;
    let lib = prefix.join("usr/lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&lib)?;
    for file in fs::read_dir(build_dir.join(TARGET).join("release/deps"))? {
        let file = file?.path();
        if let (Some("rlib"), Some(name)) = (file.extension().and_then(|e| e.to_str()), file.file_name()) {
            fs::copy(&file, lib.join(name))?;
        }
    }
    fs::remove_dir_all(build_dir)?;
    fs::remove_dir_all(prefix.join("usr/src")).ok();
    fs::remove_dir_all(prefix.join("usr/lib/rustlib/src")).ok();
    Ok(())
}

/// The candidate version in the answer of `apt-cache policy`.
fn candidate(policy: &str) -> Option<&str> {
    let version = policy.lines().find_map(|line| line.trim().strip_prefix("Candidate:"))?.trim();
    (version != "(none)" && !version.contains('/')).then_some(version)
}

/// `1.96` of `1.96.0+dfsg1-1~deb12u2`.
fn series(version: &str) -> Option<String> {
    let mut parts = version.splitn(3, '.');
    Some(format!("{}.{}", parts.next()?, parts.next()?))
}

/// The LLVM library in the answer of `apt-cache depends`.
fn llvm(depends: &str) -> Option<&str> {
    depends.lines().filter_map(|line| line.trim().strip_prefix("Depends: ")).find(|name| {
        name.strip_prefix("libllvm").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_candidate_is_read_from_apts_answer() {
        let policy =
            "rustc-web:\n  Installed: (none)\n  Candidate: 1.96.0+dfsg1-1~deb12u2\n  Version table:\n";
        assert_eq!(candidate(policy), Some("1.96.0+dfsg1-1~deb12u2"));
        assert_eq!(candidate("rustc-web:\n  Installed: (none)\n  Candidate: (none)\n"), None);
        assert_eq!(candidate(""), None);
    }

    #[test]
    fn the_series_is_the_first_two_numbers() {
        assert_eq!(series("1.96.0+dfsg1-1~deb12u2").as_deref(), Some("1.96"));
        assert_eq!(series("1"), None);
    }

    #[test]
    fn the_llvm_library_is_told_from_the_other_dependencies() {
        let depends = "libstd-rust-web-1.96\n  Depends: libc6\n  Depends: libgcc-s1\n  Depends: libllvm22\n";
        assert_eq!(llvm(depends), Some("libllvm22"));
        assert_eq!(llvm("x\n  Depends: libllvm\n"), None);
    }
}
