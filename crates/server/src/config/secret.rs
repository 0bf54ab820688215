//! The secret of the manager account: from a file, the environment or the configuration. Never printed.

use super::{Config, ConfigError};
use std::fmt;
use std::path::Path;

/// A secret that does not show itself in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a text as a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one who sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

pub(super) fn find(config: &Config) -> Result<Secret, ConfigError> {
    let pbx = &config.pbx;
    let text = if let Some(file) = &pbx.secret_file {
        let file = config.path(file);
        std::fs::read_to_string(&file).map_err(|error| ConfigError::unreadable(&file, &error))?
    } else if let Some(variable) = &pbx.secret_env {
        std::env::var(variable).map_err(|_| {
            ConfigError::whole(
                Path::new("[pbx] secret_env"),
                &format!("the environment variable {variable} is not set. Set it to the manager secret."),
            )
        })?
    } else {
        pbx.secret.clone().ok_or_else(|| {
            ConfigError::whole(
                Path::new("[pbx]"),
                "the secret of the manager account is missing. Write secret_file = \"FILE\" (a file that \
                 holds the secret alone) or secret_env = \"VARIABLE\".",
            )
        })?
    };
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(ConfigError::whole(Path::new("[pbx]"), "the secret of the manager account is empty."));
    }
    if text.contains(['\r', '\n', '\0']) {
        return Err(ConfigError::whole(
            Path::new("[pbx]"),
            "the secret of the manager account has more than one line. The file must hold the secret alone.",
        ));
    }
    Ok(Secret::new(text))
}
