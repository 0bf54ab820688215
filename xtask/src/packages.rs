//! The system packages that each purpose needs on Debian and Ubuntu, and how they get there. On other systems it only
//! says what is needed; it never changes apt's sources and removes nothing.

use std::{
    collections::BTreeSet,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use crate::{
    job::{self, loud},
    workspace,
};

/// What the packages are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Compiling the server alone.
    Compile,
    /// Compiling the desktop program.
    Build,
    /// Running it.
    Run,
    /// Running the suites on a real Asterisk, in the real window and in a browser.
    Test,
    /// A real Asterisk with phones, by hand.
    Lab,
    /// Pictures of the real window.
    Pictures,
    /// Making the package for Debian.
    Package,
    /// Getting the program that checks the dependencies.
    Check,
}

const COMPILE: &[&str] = &["build-essential", "pkg-config"];
const BUILD: &[&str] = &["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev", "libdbus-1-dev"];
const RUN: &[&str] = &["libayatana-appindicator3-1", "fonts-dejavu-core"];
const LAB: &[&str] = &["apt", "dpkg", "debian-archive-keyring"];
const TEST: &[&str] = &[
    "webkit2gtk-driver",
    "xvfb",
    "dbus",
    "gnome-keyring",
    "fonts-dejavu-core",
    "chromium",
    "chromium-driver",
];
const PICTURES: &[&str] = &["webkit2gtk-driver", "xvfb", "dbus", "fonts-dejavu-core"];
const PACKAGE: &[&str] = &["libayatana-appindicator3-dev", "binutils", "dpkg"];
const CHECK: &[&str] = &["python3-pip"];

impl Purpose {
    /// The names of its packages, as Debian 12 has them.
    pub fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Compile => COMPILE,
            Self::Build => BUILD,
            Self::Run => RUN,
            Self::Test => TEST,
            Self::Lab => LAB,
            Self::Pictures => PICTURES,
            Self::Package => PACKAGE,
            Self::Check => CHECK,
        }
    }
}

/// Makes sure that the packages of these purposes are installed; quick when they are.
///
/// # Errors
/// When some are missing and this user may not install them. The sentence holds the one line to run.
pub fn ensure(purposes: &[Purpose]) -> Result<()> {
    let wanted: BTreeSet<&str> = purposes.iter().flat_map(|purpose| purpose.packages()).copied().collect();
    if workspace::which("dpkg-query").is_none() || workspace::which("apt-get").is_none() {
        if std::env::consts::OS == "linux" {
            loud(&format!(
                "This is not a Debian system, so nothing was installed. If the build fails, install what these Debian \
                 packages hold: {}",
                join(&wanted)
            ));
        }
        return Ok(());
    }
    let mut query = Command::new("dpkg-query");
    query.args(["-W", "-f=${Package} ${db:Status-Status}\n"]).args(&wanted).stderr(Stdio::null());
    // dpkg-query ends with a failure when it does not know one of them; what it printed still counts.
    let known =
        query.output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let missing = missing(&wanted, &known);
    if missing.is_empty() { Ok(()) } else { install(&available(missing)) }
}

/// Makes sure that a program is there which may also have come by another way than apt: it is installed where `is_there`
/// says that it is not. Elsewhere than on Debian nothing happens.
///
/// # Errors
/// When this user may not install it. The sentence holds the one line to run.
pub fn provide(is_there: impl FnOnce() -> bool, packages: &[&'static str]) -> Result<()> {
    if workspace::which("apt-get").is_none() || is_there() {
        return Ok(());
    }
    install(&packages.iter().copied().collect())
}

/// Those of `wanted` that dpkg does not list as installed.
fn missing<'a>(wanted: &BTreeSet<&'a str>, known: &str) -> BTreeSet<&'a str> {
    let installed: BTreeSet<&str> =
        known.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    wanted.iter().filter(|name| !installed.contains(*name)).copied().collect()
}

/// Ubuntu has Chromium as a snap only, under other names, and it does not run without a desktop's confinement.
fn available(mut missing: BTreeSet<&str>) -> BTreeSet<&str> {
    let ubuntu = std::fs::read_to_string("/etc/os-release").is_ok_and(|text| text.contains("ID=ubuntu"));
    if ubuntu && missing.remove("chromium") | missing.remove("chromium-driver") {
        loud(
            "Ubuntu has no Chromium package for apt: put `chromium` and `chromedriver` on the PATH for the browser suite.",
        );
    }
    missing
}

fn install(missing: &BTreeSet<&str>) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let Some(rights) = Rights::of_this_user() else {
        bail!(
            "some system packages are missing, and installing them needs an administrator. Run this line, then the \
             same command again:\n\n    sudo apt-get update && sudo apt-get install --no-install-recommends {}\n",
            join(missing)
        );
    };
    rights.refresh()?;
    let mut command =
        rights.apt(&["-qq", "-y", "-o", "Dpkg::Use-Pty=0", "install", "--no-install-recommends"]);
    job::run(&format!("installing {}", join(missing)), command.args(missing))
}

/// Makes apt know what there is, for those who only look.
///
/// # Errors
/// When this user may not, or the archive is out of reach.
pub fn refresh() -> Result<()> {
    Rights::of_this_user()
        .context("an administrator has to run `apt-get update`")
        .and_then(|rights| rights.refresh())
}

/// How this user may install packages.
enum Rights {
    Root,
    Sudo,
}

impl Rights {
    fn of_this_user() -> Option<Self> {
        let user = job::output(Command::new("id").arg("-u")).ok()?;
        if user.trim() == "0" {
            return Some(Self::Root);
        }
        job::output(Command::new("sudo").args(["-n", "true"])).ok().map(|_| Self::Sudo)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(match self {
            Self::Root => "env",
            Self::Sudo => "sudo",
        });
        if matches!(self, Self::Sudo) {
            command.args(["-n", "env"]);
        }
        command.arg("DEBIAN_FRONTEND=noninteractive").arg(program);
        command
    }

    fn apt(&self, arguments: &[&str]) -> Command {
        let mut command = self.command("apt-get");
        command.args(arguments).stdin(Stdio::null());
        command
    }

    fn refresh(&self) -> Result<()> {
        job::run("refreshing the list of packages", &mut self.apt(&["-qq", "update"]))
    }
}

fn join(names: &BTreeSet<&str>) -> String {
    names.iter().copied().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_dpkg_lists_as_installed_counts() {
        let wanted = BTreeSet::from(["xvfb", "dbus", "chromium", "openbox"]);
        let known = "xvfb installed\ndbus config-files\nchromium installed\n";
        assert_eq!(missing(&wanted, known), BTreeSet::from(["dbus", "openbox"]));
    }

    #[test]
    fn every_name_is_one_package() {
        for purpose in [
            Purpose::Compile,
            Purpose::Build,
            Purpose::Run,
            Purpose::Test,
            Purpose::Lab,
            Purpose::Pictures,
            Purpose::Check,
        ] {
            for name in purpose.packages() {
                let plain =
                    name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.+".contains(c));
                assert!(plain, "{name}");
            }
        }
    }
}
