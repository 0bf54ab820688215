//! What of the console will work on this PBX, line by line, and how to mend what will not. It changes nothing there.

use crate::config::Config;
use anyhow::Result;
use std::fmt;

/// One line of the doctor's report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How grave it is.
    pub grade: Grade,
    /// What was looked at.
    pub subject: &'static str,
    /// What was found, and how to mend it.
    pub text: String,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// It works.
    Ok,
    /// A part of the console will not work, or not well.
    Warn,
    /// The console will not work.
    Fail,
}

impl Finding {
    /// Whether the console will not work because of it.
    pub fn is_failure(&self) -> bool {
        self.grade == Grade::Fail
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let grade = match self.grade {
            Grade::Ok => "ok  ",
            Grade::Warn => "warn",
            Grade::Fail => "FAIL",
        };
        write!(f, "{grade}  {}: {}", self.subject, self.text)
    }
}

/// Examines the PBX of a configuration.
///
/// # Errors
/// When the configuration itself is not usable.
pub async fn examine(config: &Config) -> Result<Vec<Finding>> {
    config.secret()?;
    Ok(Vec::new())
}
