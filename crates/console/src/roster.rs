//! The other people in the order of their tiles, and which of them fit the search. It is kept from one event to the
//! next: an office has thousands of people, and they change seldom. What their tiles say is in `tiles`.

use frontdesk_protocol::number::normal;
use frontdesk_protocol::text::fold;
use frontdesk_protocol::{Office, Person, PersonId, Viewer};
use std::cmp::Ordering;
use std::sync::Arc;

/// The people beside the viewer.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    /// By name.
    all: Vec<Entry>,
    /// Which of them fit the search, in their order.
    found: Vec<usize>,
}

#[derive(Debug, Clone)]
struct Entry {
    person: Arc<Person>,
    /// As it is sorted.
    name: String,
    /// What a word is looked for in, beside extensions and numbers: a line each.
    text: String,
}

impl Roster {
    /// Everybody but the viewer.
    pub fn of(office: &Office, viewer: &Viewer, search: &str) -> Self {
        let others = office.people.values().filter(|person| !is_viewer(person, viewer));
        let mut all: Vec<Entry> = others.map(Entry::of).collect();
        all.sort_by(Entry::order);
        let mut roster = Self { found: Vec::new(), all };
        roster.search(search);
        roster
    }

    /// Looks for people: all words of the text fit.
    pub fn search(&mut self, text: &str) {
        let words: Vec<String> = text.split_whitespace().map(fold).collect();
        self.found.clear();
        self.found.extend((0..self.all.len()).filter(|at| self.all[*at].fits(&words)));
    }

    /// How many fit.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether nobody fits.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Who stands at a place.
    pub fn get(&self, at: usize) -> Option<&Arc<Person>> {
        self.found.get(at).and_then(|at| self.all.get(*at)).map(|entry| &entry.person)
    }

    /// Where somebody stands.
    pub fn place(&self, office: &Office, id: &PersonId) -> Option<usize> {
        let sought = Entry::of(office.people.get(id)?);
        self.found.binary_search_by(|at| self.all[*at].order(&sought)).ok()
    }
}

impl Entry {
    fn of(person: &Arc<Person>) -> Self {
        let name = fold(&person.name);
        let mut text = format!("{name}\n{}", fold(&person.group));
        for number in &person.numbers {
            text.push('\n');
            text.push_str(&fold(&number.label));
        }
        Self { person: Arc::clone(person), name, text }
    }

    fn order(&self, other: &Self) -> Ordering {
        self.name.cmp(&other.name).then_with(|| self.person.id.cmp(&other.person.id))
    }

    fn fits(&self, words: &[String]) -> bool {
        words.iter().all(|word| {
            self.text.contains(word.as_str())
                || self.person.extensions.iter().any(|e| e.as_str().starts_with(word.as_str()))
                || self.person.numbers.iter().any(|n| holds(n.number.as_str(), word))
        })
    }
}

/// Whether a word is in a number, however either is written.
fn holds(number: &str, word: &str) -> bool {
    number.contains(word) || normal(number).contains(normal(word).as_ref())
}

fn is_viewer(person: &Person, viewer: &Viewer) -> bool {
    viewer.person.as_ref() == Some(&person.id)
        || person.extensions.iter().any(|e| viewer.extensions.contains(e))
}
