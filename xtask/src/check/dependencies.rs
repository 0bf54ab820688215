//! Asks cargo-deny about the licences, duplicates and sources of the dependencies, and about known holes in them. It
//! installs nothing; where it cannot ask, it says so loudly instead of passing in silence.

use anyhow::{Context as _, Result, bail};

use crate::{
    job::{self, loud},
    workspace,
};

const INSTALL: &str = "cargo install --locked cargo-deny";

/// Fails on a licence, ban or source that `deny.toml` does not allow, and on a known hole.
pub fn check() -> Result<()> {
    if workspace::which("cargo-deny").is_none() {
        loud(&format!(
            "NOT CHECKED: licences and advisories, cargo-deny is not installed. `{INSTALL}` gets it."
        ));
        return Ok(());
    }
    deny(&["bans", "licenses", "sources"]).context("deny.toml does not allow this")?;
    match deny(&["advisories"]) {
        Ok(()) => Ok(()),
        Err(error) if is_out_of_reach(&format!("{error:#}")) => {
            loud(
                "NOT CHECKED: advisories, their database is out of reach from here. Run it again with the network.",
            );
            Ok(())
        }
        Err(error) => bail!("a dependency has a known fault: {error:#}"),
    }
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
