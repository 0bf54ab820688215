//! The people file: people whose names are one line and whose numbers can be dialled, or a sentence with the line.

use crate::config::mistake;
use crate::hearing::dialable;
use frontdesk_protocol::{Person, text};
use frontdesk_server::config::{PeopleFormat, parse_people};
use std::collections::BTreeSet;
use std::path::Path;

pub fn body(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    for (format, name) in [(PeopleFormat::Csv, "people.csv"), (PeopleFormat::Toml, "people.toml")] {
        match parse_people(text, format, Path::new(name)) {
            Ok(people) => taken(&people),
            Err(error) => mistake(&error, text),
        }
    }
}

fn taken(people: &[Person]) {
    let mut ids = BTreeSet::new();
    let mut extensions = BTreeSet::new();
    for person in people {
        assert!(ids.insert(&person.id), "two people are {}", person.id);
        assert!(!person.name.is_empty(), "somebody has no name");
        for words in [&person.name, &person.group].into_iter().chain(person.numbers.iter().map(|n| &n.label))
        {
            assert_eq!(words, &*text::line(words, text::NAME), "a name leaves its line");
        }
        for extension in person.extensions.iter().collect::<BTreeSet<_>>() {
            dialable(extension.as_str());
            assert!(extensions.insert(extension), "two people have {extension}");
        }
        person.numbers.iter().for_each(|labelled| dialable(labelled.number.as_str()));
        let told = serde_json::to_string(person).map(|text| serde_json::from_str::<Person>(&text));
        assert!(
            matches!(told, Ok(Ok(told)) if &told == person),
            "a desk is told another person than {person:?}"
        );
    }
}
