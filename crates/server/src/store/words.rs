//! The words by which the history is searched: each row under its extension and under every two and three signs in a row
//! of its party's name and number, so that any part of a word is found among a million rows. Not the rows.

use anyhow::Result;
use frontdesk_protocol::number::normal;
use frontdesk_protocol::text::fold;
use frontdesk_protocol::{Extension, Party};
use rusqlite::{Connection, Transaction, params};
use serde::Deserialize;
use std::borrow::Cow;
use std::fmt::Write as _;

/// How many characters of a name or a number are searched: strangers choose how long theirs is.
const SEARCHED: usize = 120;
/// How many characters of a question count, and how many words.
const ASKED: (usize, usize) = (100, 8);
/// No letter or digit, so that what begins with it names an extension and nothing else.
const EXTENSION: char = '\u{e000}';

/// What somebody searches for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    words: Vec<Word>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    /// Letters and digits.
    text: String,
    /// The same without the zeros, where it is the beginning of a number abroad: `49301` of `0049301`.
    abroad: Option<String>,
}

/// What is searched of a party, out of its JSON.
#[derive(Deserialize)]
struct Names<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    number: Option<Cow<'a, str>>,
}

impl Wanted {
    /// What these words ask for; without a word, everything.
    pub fn of(text: &str) -> Self {
        let short: String = text.chars().take(ASKED.0).collect();
        let words = short.split_whitespace().map(squeeze).filter(|word| !word.is_empty()).map(Word::of);
        Self { words: words.take(ASKED.1).collect() }
    }

    /// Whether everything is wanted.
    pub fn is_all(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a party is wanted.
    pub fn is_in(&self, party: &Party) -> bool {
        self.is_all() || self.fits([party.name.as_deref(), party.number.as_deref()])
    }

    /// Whether a party is wanted that is still JSON.
    pub fn holds(&self, party: &str) -> Result<bool> {
        let names: Names<'_> = serde_json::from_str(party)?;
        Ok(self.fits([names.name.as_deref(), names.number.as_deref()]))
    }

    fn fits(&self, texts: [Option<&str>; 2]) -> bool {
        let [_, number] = texts;
        let is_abroad = number.is_some_and(|number| normal(number).starts_with('+'));
        let texts = texts.map(|text| text.map(searched).unwrap_or_default());
        let [_, number] = &texts;
        self.words.iter().all(|Word { text, abroad }| {
            let begins = |digits: &String| is_abroad && number.starts_with(digits.as_str());
            texts.iter().any(|of| of.contains(text.as_str())) || abroad.as_ref().is_some_and(begins)
        })
    }

    /// The same for the index: at one of these extensions, with every part of every word. A word of one sign has no part
    /// there; the row itself decides in any case.
    pub fn expression(&self, extensions: &[Extension]) -> String {
        let any: Vec<String> = extensions.iter().map(|extension| format!("\"{}\"", at(extension))).collect();
        let mut text = format!("({})", any.join(" OR "));
        for Word { text: word, abroad } in &self.words {
            // What has the zeros has these as well.
            let word = abroad.as_ref().unwrap_or(word);
            let mut parts = Vec::new();
            // Three signs are rarer than two; two are all there is of a word of two.
            grams(word, if word.chars().count() > 2 { 3..=3 } else { 2..=2 }, &mut parts);
            for part in parts {
                // Writing to a text does not fail.
                let _ = write!(text, " AND \"{part}\"");
            }
        }
        text
    }
}

impl Word {
    fn of(text: String) -> Self {
        let abroad = normal(&text).strip_prefix('+').filter(|digits| digits.len() > 1).map(str::to_owned);
        Self { text, abroad }
    }
}

/// Makes a row findable.
pub fn put(change: &Transaction<'_>, id: i64, extension: &Extension, party: &Party) -> Result<()> {
    let words = words(extension, [party.name.as_deref(), party.number.as_deref()]);
    change
        .prepare_cached("INSERT INTO history_words (rowid, words) VALUES (?1, ?2)")?
        .execute(params![id, words])?;
    Ok(())
}

/// Makes every row findable that is there already.
pub fn fill(connection: &Connection) -> Result<()> {
    let rows: i64 = connection.query_row("SELECT count(*) FROM history", [], |row| row.get(0))?;
    if rows > 100_000 {
        tracing::info!(
            rows,
            "the history is being made searchable, once; a million rows take about a minute"
        );
    }
    let mut all = connection.prepare("SELECT id, extension, party FROM history ORDER BY id")?;
    let mut insert = connection.prepare("INSERT INTO history_words (rowid, words) VALUES (?1, ?2)")?;
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        let extension = Extension::parse(row.get_ref(1)?.as_str()?)?;
        let names: Names<'_> = serde_json::from_str(row.get_ref(2)?.as_str()?)?;
        let words = words(&extension, [names.name.as_deref(), names.number.as_deref()]);
        insert.execute(params![row.get::<_, i64>(0)?, words])?;
    }
    Ok(())
}

/// All words of a row.
fn words(extension: &Extension, texts: [Option<&str>; 2]) -> String {
    let mut parts = Vec::new();
    let texts = texts.map(|text| text.map(searched).unwrap_or_default());
    texts.iter().for_each(|text| grams(text, 2..=3, &mut parts));
    parts.sort_unstable();
    parts.dedup();
    let mut words = at(extension);
    for part in parts {
        words.push(' ');
        words.push_str(part);
    }
    words
}

/// An extension as a word of its own; as hexadecimal digits, for it may hold signs that part words.
fn at(extension: &Extension) -> String {
    extension.as_str().bytes().fold(String::from(EXTENSION), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Every run of so many signs.
fn grams<'a>(text: &'a str, lengths: std::ops::RangeInclusive<usize>, parts: &mut Vec<&'a str>) {
    let edges: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    for length in lengths {
        parts.extend(edges.windows(length + 1).filter_map(|run| text.get(*run.first()?..*run.last()?)));
    }
}

fn searched(text: &str) -> String {
    match text.char_indices().nth(SEARCHED) {
        Some((end, _)) => squeeze(text.get(..end).unwrap_or_default()),
        None => squeeze(text),
    }
}

/// Letters and digits only, folded.
fn squeeze(text: &str) -> String {
    let mut folded = fold(text);
    folded.retain(char::is_alphanumeric);
    folded
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_row_has_its_extension_and_every_part_of_its_words() {
        let extension = Extension::parse("10").unwrap();
        assert_eq!(words(&extension, [Some("Müß"), Some("+4 9")]), "\u{e000}3130 49 mu mus ss us uss");
        assert_eq!(words(&extension, [None, Some("")]), "\u{e000}3130");
    }

    #[test]
    fn a_question_is_words_of_letters_and_digits() {
        let extensions = ["10", "11"].map(|name| Extension::parse(name).unwrap());
        assert_eq!(
            Wanted::of("  O'Har-\" 5 12").expression(&extensions),
            "(\"\u{e000}3130\" OR \"\u{e000}3131\") AND \"oha\" AND \"har\" AND \"12\""
        );
        for nothing in ["", " \t", "' \" ( ) * :", "\u{e000}"] {
            assert!(Wanted::of(nothing).is_all(), "{nothing:?}");
        }
        assert_eq!(Wanted::of(&"a ".repeat(500)).words.len(), 8);
        assert_eq!(Wanted::of(&"é".repeat(500)).words, [Word::of("e".repeat(100))]);
    }
}
