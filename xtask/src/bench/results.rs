//! What was measured so far, in `docs/performance.json`: each part with its rows, when, of which version and where. A run
//! replaces the parts that it measured and leaves the others. Not how it is shown.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// Every part that was ever measured, by its name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Results(pub BTreeMap<String, Measured>);

/// What one part came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Measured {
    /// The day; empty where it was never measured.
    pub on: String,
    /// The version of Frontdesk.
    pub version: String,
    /// The machine and its versions.
    pub machine: String,
    /// The rows.
    pub rows: Vec<Row>,
    /// Why a later run did not measure it, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

/// One row, as the part hands it over: `frontdesk_bench::figures::Figure`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// P1, P2, …
    pub id: String,
    /// What was measured.
    pub what: String,
    /// What is to be reached.
    pub line: String,
    /// What was.
    pub found: String,
    /// Whether it was.
    pub reached: Option<bool>,
    /// Whether a quick run may fail by it.
    pub binding: bool,
    /// What a quick run holds it to while the line is not reached.
    pub held: Option<String>,
    /// Whether a quick run fails by it.
    pub fails: bool,
}

impl Results {
    /// Those of the file; none where it is not there.
    ///
    /// # Errors
    /// When it cannot be read or was changed by hand.
    pub fn read(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Ok(Self::default());
        }
        serde_json::from_str(&fs::read_to_string(path)?).with_context(|| {
            format!("{} is not what `cargo xtask bench` writes; take it away to begin anew", path.display())
        })
    }

    /// Writes them.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Takes what a part came to; one that failed keeps what it measured before.
    pub fn put(&mut self, part: &str, come: Result<Measured, String>) {
        match come {
            Ok(measured) => {
                self.0.insert(part.to_owned(), measured);
            }
            Err(why) => self.0.entry(part.to_owned()).or_default().failed = Some(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_fails_keeps_what_it_measured_before_and_touches_no_other() {
        let measured = |on: &str| Measured { on: on.to_owned(), ..Measured::default() };
        let mut results = Results::default();
        results.put("P1", Ok(measured("monday")));
        results.put("P2", Ok(measured("monday")));
        results.put("P1", Err("no disk".to_owned()));
        assert_eq!((&*results.0["P1"].on, results.0["P1"].failed.as_deref()), ("monday", Some("no disk")));
        results.put("P1", Ok(measured("tuesday")));
        assert_eq!((&*results.0["P1"].on, results.0["P1"].failed.as_deref()), ("tuesday", None));
        assert_eq!(results.0["P2"], measured("monday"));
    }
}
