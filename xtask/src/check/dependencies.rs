//! Asks cargo-deny about the licences, duplicates and sources of the dependencies, and about known holes in them. It
//! installs nothing; where it cannot ask, it says so loudly instead of passing in silence.

use anyhow::{Context as _, Result, bail};

use crate::{job, steps::Outcome, workspace};

const INSTALL: &str = "cargo-deny is not installed; `cargo install --locked cargo-deny` gets it";
const OUT_OF_REACH: &str = "the database of advisories is out of reach; run it again with the network";

/// Fails on a licence, ban or source that `deny.toml` does not allow.
pub fn policy() -> Result<Outcome> {
    if !installed() {
        return Ok(Outcome::NotRun(INSTALL.to_owned()));
    }
    deny(&["bans", "licenses", "sources"]).context("deny.toml does not allow this")?;
    Ok(Outcome::Passed)
}

/// Fails on a known hole in a dependency.
pub fn advisories() -> Result<Outcome> {
    if !installed() {
        return Ok(Outcome::NotRun(INSTALL.to_owned()));
    }
    match deny(&["advisories"]) {
        Ok(()) => Ok(Outcome::Passed),
        Err(error) if is_out_of_reach(&format!("{error:#}")) => Ok(Outcome::NotRun(OUT_OF_REACH.to_owned())),
        Err(error) => bail!("a dependency has a known fault: {error:#}"),
    }
}

fn installed() -> bool {
    workspace::which("cargo-deny").is_some()
}

fn deny(checks: &[&str]) -> Result<()> {
    let mut cargo = workspace::cargo();
    cargo.args(["deny", "--color", "never", "check", "--hide-inclusion-graph"]).args(checks);
    job::output(&mut cargo).map(drop)
}

/// Whether cargo-deny complains of the way to its database and not of what is in it.
fn is_out_of_reach(complaint: &str) -> bool {
    [
        "failed to fetch advisory database",
        "failed to load advisory database",
        "unable to load advisory database",
    ]
    .iter()
    .any(|words| complaint.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_out_of_reach_is_told_from_a_finding() {
        assert!(is_out_of_reach(
            "cargo deny ended with 1: [ERROR] failed to fetch advisory database https://x"
        ));
        assert!(!is_out_of_reach("error[vulnerability]: a hole in some-crate"));
    }
}
