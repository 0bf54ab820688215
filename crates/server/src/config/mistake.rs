//! What is wrong with a configuration, as a sentence with the line and the nearest known key. Not the checks.

use frontdesk_protocol::text::into_line;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// The most characters of a mistake: it quotes the file, which may be anything.
const LONGEST: usize = 500;

/// A mistake in the configuration: where, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {text}", file.display(), line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub struct ConfigError {
    /// The file.
    pub file: PathBuf,
    /// Its line, from 1, where the mistake has one.
    pub line: Option<usize>,
    /// What is wrong and what to do.
    pub text: String,
}

impl ConfigError {
    /// A file that cannot be read.
    pub(crate) fn unreadable(file: &Path, error: &std::io::Error) -> Self {
        let advice = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file. Check the path.".to_owned(),
            std::io::ErrorKind::PermissionDenied => {
                "this user may not read it. Change its owner or its mode.".to_owned()
            }
            _ => format!("it cannot be read ({error})."),
        };
        Self { file: file.into(), line: None, text: advice }
    }

    /// A mistake without a line.
    pub(crate) fn whole(file: &Path, text: &str) -> Self {
        Self { file: file.into(), line: None, text: text.into() }
    }

    /// A mistake in the value of a setting; it has the line where the setting stands in `source`.
    pub(crate) fn setting(file: &Path, source: &str, section: &str, key: &str, text: &str) -> Self {
        Self { file: file.into(), line: line_of(source, section, key), text: into_line(text.into(), LONGEST) }
    }

    /// A mistake in a line.
    pub(crate) fn at(file: &Path, line: usize, text: impl Into<String>) -> Self {
        Self { file: file.into(), line: Some(line), text: into_line(text.into(), LONGEST) }
    }

    /// A mistake that the TOML reader found.
    pub(crate) fn from_toml(file: &Path, source: &str, error: &toml::de::Error) -> Self {
        let line = error.span().map(|span| line_at(source, span.start));
        let text = match unknown(error.message()) {
            Some((key, known)) => {
                let nearest = nearest(key, &known);
                let hint = nearest
                    .map(|near| format!(" Did you mean `{near}`?"))
                    .unwrap_or_else(|| format!(" Known here: {}.", known.join(", ")));
                format!("there is no setting `{key}`.{hint}")
            }
            None => format!("{}.", error.message().trim().trim_end_matches('.')),
        };
        Self { file: file.into(), line, text: into_line(text, LONGEST) }
    }
}

/// The line, from 1, in which a section of a TOML text sets a key, or a key that begins like it, or else begins; however
/// it is written.
fn line_of(source: &str, section: &str, key: &str) -> Option<usize> {
    let file = DeTable::parse(source).ok()?;
    let (head, section) = file.get_ref().iter().find(|(name, _)| name.get_ref() == section)?;
    let keys: Vec<_> = section.get_ref().as_table().into_iter().flat_map(|table| table.keys()).collect();
    let named = keys.iter().find(|name| name.get_ref() == key);
    let like = || keys.iter().rfind(|name| name.get_ref().starts_with(key));
    Some(line_at(source, named.or_else(like).map_or(head.span(), |name| name.span()).start))
}

/// The line, from 1, at this byte.
fn line_at(source: &str, at: usize) -> usize {
    source.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// The key and the known ones of serde's "unknown field `x`, expected one of `a`, `b`", also of its variants.
fn unknown(message: &str) -> Option<(&str, Vec<&str>)> {
    if !message.starts_with("unknown field") && !message.starts_with("unknown variant") {
        return None;
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    let key = quoted.next()?;
    Some((key, quoted.collect()))
}

fn nearest<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(key, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.len() / 2).max(2))
        .min()
        .map(|(_, candidate)| candidate)
}
