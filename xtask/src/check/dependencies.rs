//! Asks cargo-deny about the licences, duplicates and sources of the dependencies, and about known holes in them. Where
//! it cannot ask, it says so loudly instead of passing in silence.

mod cargo_deny;

use anyhow::{Context as _, Result, bail};

use crate::{job, steps::Outcome};

const OUT_OF_REACH: &str = "the database of advisories is out of reach; run it again with the network";

/// Fails on a licence, a ban, a source or a second version of a crate that `deny.toml` does not allow.
pub fn policy() -> Result<Outcome> {
    let tool = match cargo_deny::ensure() {
        Ok(tool) => tool,
        Err(error) => return Ok(Outcome::NotRun(format!("{error:#}"))),
    };
    // An exception that is needed no more is a fault, so that the list of them stays true.
    let rules = ["-D", "unmatched-skip", "-D", "unnecessary-skip", "bans", "licenses", "sources"];
    job::output(&mut tool.check(&rules)).context("deny.toml does not allow this")?;
    Ok(Outcome::Passed)
}

/// Fails on a known hole in a dependency.
pub fn advisories() -> Result<Outcome> {
    let tool = match cargo_deny::ensure() {
        Ok(tool) => tool,
        Err(error) => return Ok(Outcome::NotRun(format!("{error:#}"))),
    };
    match job::output(&mut tool.check(&["advisories"])) {
        Ok(_) => Ok(Outcome::Passed),
        Err(error) if is_out_of_reach(&format!("{error:#}")) => Ok(Outcome::NotRun(OUT_OF_REACH.to_owned())),
        Err(error) => bail!("a dependency has a known fault: {error:#}"),
    }
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
