//! Downloads Asterisk's packages of a newer Debian with an apt state of our own.
//!
//! The mirror is the one that this machine's apt uses; signatures are checked with Debian's keys. It deliberately
//! installs nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{LabError, io};

/// Where Debian keeps Asterisk 22; the second is for days on which the first has dropped it.
const SUITES: [&str; 2] = ["forky", "sid"];
const PACKAGES: [&str; 3] = ["asterisk", "asterisk-core-sounds-en-gsm", "asterisk-moh-opsound-gsm"];
const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// The downloaded package files.
pub(super) fn download(work: &Path, arch: &str, progress: fn(&str)) -> Result<Vec<PathBuf>, LabError> {
    if !Path::new(KEYS).exists() {
        return Err(LabError::Machine(
            "Debian's keys are missing. Install the package debian-archive-keyring, then try again."
                .to_owned(),
        ));
    }
    let mirror = mirror()?;
    let mut why = String::new();
    for suite in SUITES {
        progress(&format!("Looking for Asterisk in Debian {suite}."));
        prepare(work, arch, &mirror, suite)?;
        let update = apt(work, &["-qq", "-o", "APT::Update::Error-Mode=any", "update"])?;
        if !update.status.success() {
            why = said(&update);
            continue;
        }
        progress("Downloading Asterisk and what it needs, about 83 MB.");
        // No lock on the system's package list, so that this runs as an ordinary user.
        let mut wanted = vec!["-qq", "-y", "-d", "-o", "Debug::NoLocking=1", "install"];
        wanted.extend(PACKAGES);
        let install = apt(work, &wanted)?;
        if install.status.success() {
            return archives(work);
        }
        why = said(&install);
    }
    Err(LabError::Packages(format!(
        "Asterisk could not be downloaded from the Debian mirror that this machine uses. Check that the machine \
         is online and that `apt-get update` works, then try again. apt says: {why}"
    )))
}

fn prepare(work: &Path, arch: &str, mirror: &str, suite: &str) -> Result<(), LabError> {
    let at = work.display();
    // An empty status file says "nothing is installed": apt then brings everything, the C library too.
    let conf = format!(
        "Dir::State \"{at}/state\";\nDir::State::status \"{at}/state/status\";\nDir::Cache \"{at}/cache\";\n\
         Dir::Etc::SourceList \"{at}/sources.list\";\nDir::Etc::SourceParts \"/dev/null\";\n\
         Dir::Etc::PreferencesParts \"/dev/null\";\nAPT::Install-Recommends \"false\";\nAPT::Architecture \"{arch}\";\n\
         APT::Sandbox::User \"\";\nAcquire::Languages \"none\";\n\
         Binary::apt-get::APT::Keep-Downloaded-Packages \"true\";\nAPT::Keep-Downloaded-Packages \"true\";\n"
    );
    let done = || -> std::io::Result<()> {
        fs::create_dir_all(work.join("state/lists/partial"))?;
        fs::create_dir_all(work.join("cache/archives/partial"))?;
        fs::write(work.join("state/status"), "")?;
        fs::write(work.join("apt.conf"), conf)?;
        fs::write(work.join("sources.list"), format!("deb [signed-by={KEYS}] {mirror} {suite} main\n"))
    };
    done().map_err(io("The folder for the download could not be made"))
}

fn apt(work: &Path, arguments: &[&str]) -> Result<Output, LabError> {
    Command::new("apt-get")
        .args(arguments)
        .env("APT_CONFIG", work.join("apt.conf"))
        .env("LC_ALL", "C")
        .output()
        .map_err(io("apt-get could not be started; install the package apt"))
}

fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(6)..].join(" ")
}

fn archives(work: &Path) -> Result<Vec<PathBuf>, LabError> {
    let folder = fs::read_dir(work.join("cache/archives")).map_err(io("The download could not be read"))?;
    let mut found: Vec<PathBuf> = folder
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "deb"))
        .collect();
    found.sort();
    Ok(found)
}

/// The address of the Debian mirror in this machine's apt sources.
fn mirror() -> Result<String, LabError> {
    let mut files: Vec<PathBuf> = fs::read_dir("/etc/apt/sources.list.d")
        .map(|folder| folder.filter_map(|e| e.ok().map(|e| e.path())).collect())
        .unwrap_or_default();
    files.sort();
    files.push(PathBuf::from("/etc/apt/sources.list"));
    let texts: Vec<String> = files.iter().filter_map(|file| fs::read_to_string(file).ok()).collect();
    let named = texts.iter().find_map(|text| mirror_in(text, |address| address.ends_with("/debian")));
    // A company's mirror may have any name.
    let any = || texts.iter().find_map(|text| mirror_in(text, |address| !address.contains("security")));
    named.or_else(any).ok_or_else(|| {
        LabError::Machine(
            "This machine's apt has no Debian mirror in its sources. Add one, so that Asterisk can be fetched from it."
                .to_owned(),
        )
    })
}

/// Reads both forms of apt's source lists; the main archive of Debian usually ends in `/debian`.
fn mirror_in(text: &str, is_it: impl Fn(&str) -> bool) -> Option<String> {
    let lines =
        text.lines().map(str::trim).filter(|line| line.starts_with("URIs:") || line.starts_with("deb "));
    lines
        .flat_map(str::split_whitespace)
        .find(|word| word.contains("://") && is_it(word.trim_end_matches('/')))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::mirror_in;

    #[test]
    fn the_mirror_is_read_from_both_forms_and_security_is_left_out() {
        let main = |address: &str| address.ends_with("/debian");
        let new = "Types: deb\nURIs: http://one.example/debian-security\n\nTypes: deb\nURIs: http://two.example/debian/\n";
        assert_eq!(mirror_in(new, main).as_deref(), Some("http://two.example/debian/"));
        let old =
            "# deb http://no.example/debian\ndeb [signed-by=/k] https://three.example/debian bookworm main\n";
        assert_eq!(mirror_in(old, main).as_deref(), Some("https://three.example/debian"));
        assert_eq!(mirror_in("deb http://four.example/debian-security x main", main), None);
    }
}
