//! The figures for `docs/reliability.md`: each test hands over one row, which is kept where `cargo xtask reliability`
//! asks for it. Without that nothing is written.

use anyhow::Result;
use frontdesk_lab::Lab;
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;

/// The variable with the folder that rows are kept in.
const FOLDER: &str = "FRONTDESK_RELIABILITY";

/// What one fault came to.
#[derive(Debug)]
pub struct Row<'a> {
    /// Where it stands in the table: `pbx-1`, `desk-2`, `disk-3`.
    pub place: &'a str,
    /// What was done.
    pub fault: &'a str,
    /// What the receptionist was shown.
    pub seen: String,
    /// How soon the truth was back after the cause was gone.
    pub back: Option<Duration>,
    /// The server's largest memory, in KiB.
    pub peak: u64,
    /// What else was found true.
    pub also: String,
}

impl Row<'_> {
    /// Hands the row over.
    ///
    /// # Errors
    /// When it is asked for and cannot be written.
    pub fn hand_over(&self) -> Result<()> {
        let Some(folder) = std::env::var_os(FOLDER) else { return Ok(()) };
        let row = json!({
            "fault": self.fault,
            "seen": self.seen,
            "backMs": self.back.map(|back| back.as_millis()),
            "peakKib": self.peak,
            "also": self.also,
        });
        Ok(std::fs::write(PathBuf::from(folder).join(format!("{}.json", self.place)), row.to_string())?)
    }
}

/// Hands over which Asterisk it is.
///
/// # Errors
/// When it is asked for and cannot be written.
pub async fn hand_over_version(lab: &Lab) -> Result<()> {
    let Some(folder) = std::env::var_os(FOLDER) else { return Ok(()) };
    let said = lab.cli("core show version").await?;
    let version = said.split(" built by").next().unwrap_or_default().trim();
    Ok(std::fs::write(PathBuf::from(folder).join("asterisk.txt"), version)?)
}

/// What was shown, as one line.
pub fn told(told: &[String]) -> String {
    if told.is_empty() { "nothing: fresh all the time".to_owned() } else { told.join(" → ") }
}
