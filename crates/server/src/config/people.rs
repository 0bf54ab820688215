//! The people file, TOML or CSV: names, numbers and mailboxes that the PBX does not know. Not who may log in.

use super::ConfigError;
use frontdesk_protocol::text::{NAME, into_line};
use frontdesk_protocol::{Extension, LabelledNumber, MailboxId, Number, Person, PersonId};
use serde::Deserialize;
use std::path::Path;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    person: Vec<toml::Spanned<Entry>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Entry {
    id: Option<String>,
    name: String,
    extensions: Vec<String>,
    mailbox: Option<String>,
    group: String,
    numbers: Vec<EntryNumber>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryNumber {
    label: String,
    number: String,
}

/// How a people file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeopleFormat {
    /// One line a person.
    Csv,
    /// One `[[person]]` a person.
    Toml,
}

/// Reads a people file; a name that ends in `.csv` is read as CSV, any other as TOML.
///
/// # Errors
/// A sentence with the file, the line and what to write instead.
pub fn read_people(path: &Path) -> Result<Vec<Person>, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::unreadable(path, &error))?;
    let csv = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv"));
    parse_people(&text, if csv { PeopleFormat::Csv } else { PeopleFormat::Toml }, path)
}

/// Reads the text of a people file; `path` is what mistakes call it.
///
/// CSV needs a heading line. `name`, `extensions` (several parted by blanks or `;`), `mailbox`, `group` and `id`
/// are known; every other column is a number whose label is the column's heading.
///
/// # Errors
/// A sentence with the file, the line and what to write instead.
pub fn parse_people(text: &str, format: PeopleFormat, path: &Path) -> Result<Vec<Person>, ConfigError> {
    match format {
        PeopleFormat::Csv => from_csv(text, path),
        PeopleFormat::Toml => from_toml(text, path),
    }
}

pub(super) fn from_toml(text: &str, path: &Path) -> Result<Vec<Person>, ConfigError> {
    let file: File = toml::from_str(text).map_err(|error| ConfigError::from_toml(path, text, &error))?;
    let entries = file.person.into_iter().map(|entry| {
        let start = entry.span().start.min(text.len());
        let line = text.get(..start).unwrap_or(text).matches('\n').count() + 1;
        (line, entry.into_inner())
    });
    people(entries.map(Ok), path)
}

pub(super) fn from_csv(text: &str, path: &Path) -> Result<Vec<Person>, ConfigError> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text.as_bytes());
    let wrong = |error: &csv::Error| {
        let line = error.position().map_or(1, |at| usize::try_from(at.line()).unwrap_or(1));
        ConfigError::at(path, line, format!("this line does not fit the heading ({error})."))
    };
    let heading = reader.headers().map_err(|error| wrong(&error))?.clone();
    if !heading.iter().any(|column| column.eq_ignore_ascii_case("name")) {
        return Err(ConfigError::at(
            path,
            1,
            "the first line must name the columns, and one of them must be `name`; for example \
             `name,extensions,mailbox,group,Mobile`.",
        ));
    }
    let entries = reader.records().map(|record| {
        let record = record.map_err(|error| wrong(&error))?;
        let line = record.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or(0));
        let mut entry = Entry::default();
        for (column, value) in heading.iter().zip(&record).filter(|(_, value)| !value.is_empty()) {
            match column.to_ascii_lowercase().as_str() {
                "name" => value.clone_into(&mut entry.name),
                "id" => entry.id = Some(value.to_owned()),
                "extension" | "extensions" => {
                    entry.extensions = value
                        .split([' ', ';', '|'])
                        .filter(|part| !part.is_empty())
                        .map(str::to_owned)
                        .collect();
                }
                "mailbox" => entry.mailbox = Some(value.to_owned()),
                "group" => value.clone_into(&mut entry.group),
                _ => entry.numbers.push(EntryNumber { label: column.to_owned(), number: value.to_owned() }),
            }
        }
        Ok((line, entry))
    });
    people(entries, path)
}

fn people(
    entries: impl Iterator<Item = Result<(usize, Entry), ConfigError>>,
    path: &Path,
) -> Result<Vec<Person>, ConfigError> {
    let mut people: Vec<Person> = Vec::new();
    for entry in entries {
        let (line, entry) = entry?;
        let person = person(entry).map_err(|text| ConfigError::at(path, line, text))?;
        if people.iter().any(|other| other.id == person.id) {
            return Err(ConfigError::at(
                path,
                line,
                format!("there are two people with the id `{}`. Give one of them another id.", person.id),
            ));
        }
        if let Some((extension, other)) = person.extensions.iter().find_map(|extension| {
            people.iter().find(|p| p.extensions.contains(extension)).map(|other| (extension, other))
        }) {
            return Err(ConfigError::at(
                path,
                line,
                format!("extension {extension} already belongs to {}. Keep it at one person.", other.name),
            ));
        }
        people.push(person);
    }
    Ok(people)
}

fn person(entry: Entry) -> Result<Person, String> {
    let Entry { id, name, extensions, mailbox, group, numbers } = entry;
    let (name, group) = (into_line(name, NAME), into_line(group, NAME));
    if name.is_empty() {
        return Err("this person has no name. Write name = \"…\".".into());
    }
    let extensions = extensions
        .iter()
        .map(|text| {
            Extension::parse(text)
                .map_err(|why| format!("`{text}` is not an extension ({why}). Digits, *, # and + only."))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let id = id.as_deref().or_else(|| extensions.first().map(Extension::as_str)).unwrap_or(&name);
    let id = PersonId::parse(id).map_err(|why| format!("`{id}` cannot be an id ({why})."))?;
    let numbers = numbers
        .into_iter()
        .map(|EntryNumber { label, number }| {
            let bare: String =
                number.chars().filter(|c| !matches!(c, ' ' | '-' | '/' | '(' | ')' | '.')).collect();
            let number = Number::parse(&bare).map_err(|why| {
                format!("the number `{number}` ({label}) cannot be dialled ({why}). Digits, *, # and + only.")
            })?;
            Ok(LabelledNumber { label: into_line(label, NAME), number })
        })
        .collect::<Result<Vec<_>, String>>()?;
    let mailbox = mailbox
        .map(|text| {
            let full = if text.contains('@') { text } else { format!("{text}@default") };
            MailboxId::parse(&full).map_err(|why| format!("`{full}` is not a mailbox ({why})."))
        })
        .transpose()?;
    Ok(Person { id, name, extensions, numbers, mailbox, group })
}
