//! Who is who: people from the directory and those discovered, and parties by extension, number or channel.

use super::{Face, Registry};
use crate::channel::{Channel, End, Facts};
use crate::model::Dirty;
use crate::settings::Settings;
use frontdesk_protocol::text::{NAME, line};
use frontdesk_protocol::{Extension, LabelledNumber, MailboxId, PartyKind, Person, PersonId};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// Where a name of an extension was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameSource {
    /// FreePBX's `AMPUSER/<extension>/cidname`.
    Ampuser,
    /// The endpoint's caller id.
    Endpoint,
}

impl Registry {
    /// A phone of this extension has a channel: the extension exists, and its caller id may name it.
    pub(crate) fn heard(&mut self, extension: &Extension, facts: &Facts, dirty: &mut Dirty) {
        self.station(extension, dirty);
        if facts.caller_number != extension.as_str() || facts.caller_name.is_empty() {
            return;
        }
        let Some(station) = self.stations.get_mut(extension) else { return };
        if station.names.heard.is_empty() {
            station.names.heard = facts.caller_name.to_string();
            // It is the last name that is taken, so it changes nobody who has one.
            let named = self
                .by_extension
                .get(extension)
                .is_some_and(|person| !person.name.is_empty() && person.name != extension.as_str());
            dirty.people |= !named;
        }
    }

    /// A name of an extension was found.
    pub(crate) fn named(&mut self, extension: &Extension, source: NameSource, name: &str, dirty: &mut Dirty) {
        let Some(station) = self.stations.get_mut(extension) else { return };
        let place = match source {
            NameSource::Ampuser => &mut station.names.ampuser,
            NameSource::Endpoint => &mut station.names.endpoint,
        };
        let name = line(name, NAME);
        if *place != name {
            *place = name.into_owned();
            dirty.people = true;
        }
    }

    /// An extension's mailbox was found.
    pub(crate) fn has_mailbox(&mut self, extension: &Extension, mailbox: &str, dirty: &mut Dirty) {
        let first = mailbox.split(',').next().unwrap_or_default().trim();
        let full = if first.contains('@') { first.to_owned() } else { format!("{first}@default") };
        let Some(station) = self.stations.get_mut(extension) else { return };
        if let (false, Ok(id)) = (first.is_empty(), MailboxId::parse(&full)) {
            station.mailbox = Some(id);
            dirty.people = true;
        }
    }

    /// People by the directory and by what was discovered, as they are now.
    pub(crate) fn draw_people(&self) -> BTreeMap<PersonId, Arc<Person>> {
        let mut people = BTreeMap::new();
        for listed in &self.directory {
            let mut person = listed.clone();
            let first = person.extensions.first().and_then(|extension| self.stations.get(extension));
            if person.mailbox.is_none() {
                person.mailbox = first.and_then(|station| station.mailbox.clone());
            }
            if person.name.is_empty() {
                person.name = person
                    .extensions
                    .first()
                    .map(|e| self.best_name(e.as_str()).to_owned())
                    .unwrap_or_default();
            }
            people.insert(person.id.clone(), Arc::new(person));
        }
        let listed: HashSet<&Extension> =
            self.directory.iter().flat_map(|person| &person.extensions).collect();
        for (extension, station) in &self.stations {
            if listed.contains(extension) {
                continue;
            }
            let Ok(id) = PersonId::parse(extension.as_str()) else { continue };
            people.entry(id.clone()).or_insert_with(|| {
                Arc::new(Person {
                    id,
                    name: self.best_name(extension.as_str()).to_owned(),
                    extensions: vec![extension.clone()],
                    numbers: Vec::<LabelledNumber>::new(),
                    mailbox: station.mailbox.clone(),
                    group: String::new(),
                })
            });
        }
        people
    }

    /// Takes these people as the ones that are shown and found.
    pub(crate) fn adopt_people(&mut self, people: BTreeMap<PersonId, Arc<Person>>) {
        self.by_extension.clear();
        self.by_number.clear();
        for person in people.values() {
            for extension in &person.extensions {
                self.by_extension.entry(extension.clone()).or_insert_with(|| Arc::clone(person));
            }
            for number in &person.numbers {
                self.by_number.entry(number.number.as_str().to_owned()).or_insert_with(|| Arc::clone(person));
            }
        }
        self.people = people;
    }

    fn best_name<'a>(&'a self, extension: &'a str) -> &'a str {
        let Some(names) = self.stations.get(extension).map(|station| &station.names) else {
            return extension;
        };
        [&names.ampuser, &names.endpoint, &names.mailbox, &names.heard]
            .into_iter()
            .find(|name| !name.is_empty())
            .map_or(extension, String::as_str)
    }

    /// Somebody at an extension.
    pub(crate) fn party_at<'a>(&'a self, extension: &'a Extension) -> Face<'a> {
        let person = self.by_extension.get(extension);
        let extension = extension.as_str();
        let name = match person {
            Some(person) => person.name.as_str(),
            None => self.best_name(extension),
        };
        Face {
            name: (!name.is_empty() && name != extension).then_some(Cow::Borrowed(name)),
            number: Some(Cow::Borrowed(extension)),
            kind: PartyKind::Inside,
            person: person.map(|person| &person.id),
        }
    }

    /// Somebody by a number as the PBX shows it.
    pub(crate) fn party_of_number<'a>(
        &'a self,
        number: &'a str,
        name: &'a str,
        settings: &Settings,
    ) -> Face<'a> {
        if let Some(extension) = self.is_extension(number) {
            return self.party_at(extension);
        }
        self.outside(settings.undialled(number), name)
    }

    fn outside<'a>(&'a self, number: &'a str, name: &'a str) -> Face<'a> {
        let person = if self.by_number.is_empty() { None } else { self.by_number.get(number) };
        let name = person.map_or(name, |person| person.name.as_str());
        let withheld = number.is_empty() || number.eq_ignore_ascii_case("anonymous");
        Face {
            // A caller id whose name repeats the number has no name.
            name: (!name.is_empty() && name != number).then_some(Cow::Borrowed(name)),
            number: (!withheld).then_some(Cow::Borrowed(number)),
            kind: PartyKind::Outside,
            person: person.map(|person| &person.id),
        }
    }

    /// Who sits at a channel.
    pub(crate) fn party_at_channel<'a>(&'a self, channel: &'a Channel, settings: &Settings) -> Face<'a> {
        match &channel.end {
            End::Phone(extension) => self.party_at(extension),
            End::Trunk | End::Local | End::Machinery => {
                let facts = &channel.facts;
                if channel.ties.dialled == crate::channel::Dialled::Not {
                    self.outside(&facts.caller_number, &facts.caller_name)
                } else {
                    // The name in a dialled line's caller id is the caller's own.
                    self.outside(settings.undialled(&facts.caller_number), "")
                }
            }
        }
    }

    /// The person with this id.
    pub(crate) fn person(&self, id: &PersonId) -> Option<&Arc<Person>> {
        self.people.get(id)
    }

    /// Whether this number is dialled inside.
    pub(crate) fn is_extension(&self, number: &str) -> Option<&Extension> {
        self.stations.get_key_value(number).map(|(extension, _)| extension)
    }
}

impl Registry {
    /// The extension of a queue member: `PJSIP/1003`, `Local/1003@from-queue/n`, `hint:1003@hints`.
    pub(crate) fn extension_of_interface(
        &self,
        interface: &str,
        state: &str,
        settings: &Settings,
    ) -> Option<Extension> {
        let local = interface.strip_prefix("Local/").or_else(|| state.strip_prefix("hint:"));
        if let Some(rest) = local {
            return Extension::parse(rest.split(['@', '/']).next().unwrap_or_default()).ok();
        }
        match self.end_of(interface, settings) {
            End::Phone(extension) => Some(extension),
            End::Trunk | End::Local | End::Machinery => None,
        }
    }
}
