//! The register of what no log may hold: secrets, and the numbers and names of callers, noted where they are made up or
//! used. `cargo xtask test` names a folder for it and searches the logs in it afterwards; without a folder nothing is
//! noted. What is searched for, and how, is not decided here.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// The variable with the folder for the register and for the logs of the programs that a suite starts.
pub const FOLDER: &str = "FRONTDESK_TEST_LOGS";

/// Shorter ones stand in a log by chance.
const SHORTEST: usize = 6;

/// The folder, where there is one.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// Notes a secret: a password, a token, a key.
///
/// # Panics
/// When it cannot be written into the register, because its absence from the logs would then prove nothing.
pub fn secret(value: &str) {
    note("secret", word(value));
}

/// Notes the number of a caller, or of whom somebody calls.
///
/// # Panics
/// As [`secret`].
pub fn number(value: &str) {
    note("number", word(value));
    // However it is punctuated.
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    note("number", &digits);
}

/// Notes the name of a caller.
///
/// # Panics
/// As [`secret`].
pub fn name(value: &str) {
    note("name", word(value));
}

/// The longest part of a text that every way of writing it into a line leaves as it is.
fn word(value: &str) -> &str {
    let escaped = |c: char| !(c == ' ' || c.is_ascii_graphic()) || matches!(c, '"' | '\'' | '\\');
    value.split(escaped).map(str::trim).max_by_key(|part| part.len()).unwrap_or_default()
}

fn note(kind: &str, word: &str) {
    static KNOWN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let Some(folder) = folder() else { return };
    let line = format!("{kind} {word}\n");
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if word.len() < SHORTEST || known.contains(&line) {
        return;
    }
    let file = folder.join(format!("planted-{}.txt", std::process::id()));
    let written = std::fs::create_dir_all(&folder)
        .and_then(|()| OpenOptions::new().create(true).append(true).open(&file)?.write_all(line.as_bytes()));
    if let Err(error) = written {
        panic!("{} cannot be written ({error}), so that a leak would not be found", file.display());
    }
    known.insert(line);
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn what_is_searched_for_is_what_no_way_of_writing_changes() {
        let cases = [
            ("Jane Roe", "Jane Roe"),
            ("+49 170 1234567", "+49 170 1234567"),
            ("\u{202e}Bob Brown\u{2066}x", "Bob Brown"),
            ("say \"hello\" to O'Brien-Smith", "Brien-Smith"),
            ("two\r\nlines and more", "lines and more"),
            ("Ü", ""),
        ];
        for (value, wanted) in cases {
            assert_eq!(word(value), wanted, "{value}");
        }
    }
}
