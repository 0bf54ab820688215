//! Who is who: people from the directory and those discovered, and parties by extension, number or channel.

use super::{Face, Registry, Seat, Who};
use crate::channel::{Channel, End, Facts, Seated};
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
                .is_some_and(|seat| !seat.person.name.is_empty() && seat.person.name != extension.as_str());
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
    pub(crate) fn adopt_people(&mut self, people: BTreeMap<PersonId, Arc<Person>>, settings: &Settings) {
        self.edition += 1;
        let before = std::mem::take(&mut self.by_extension);
        self.by_number.clear();
        for person in people.values() {
            for extension in &person.extensions {
                self.by_extension.entry(extension.clone()).or_insert_with(|| {
                    let who = Face::at(extension, &person.name, Some(&person.id));
                    let same = before.get(extension).filter(|seat| who.is(&seat.party));
                    let party = same.map_or_else(|| Arc::new(who.party()), |seat| Arc::clone(&seat.party));
                    Seat { person: Arc::clone(person), party }
                });
            }
            for number in &person.numbers {
                let number = settings.compared(number.number.as_str()).into_owned();
                self.by_number.entry(number).or_insert_with(|| Arc::clone(person));
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
    pub(crate) fn party_at<'a>(&'a self, extension: &'a Extension) -> Who<'a> {
        match self.by_extension.get(extension) {
            Some(seat) => Who::Told(&seat.party),
            None => Who::Seen(Face::at(extension, self.best_name(extension.as_str()), None)),
        }
    }

    /// Somebody by a number as the PBX shows it.
    pub(crate) fn party_of_number<'a>(
        &'a self,
        number: &'a str,
        name: &'a str,
        settings: &Settings,
    ) -> Who<'a> {
        if let Some(extension) = self.is_extension(number) {
            return self.party_at(extension);
        }
        Who::Seen(self.outside(settings.undialled(number), name, settings))
    }

    fn outside<'a>(&'a self, number: &'a str, name: &'a str, settings: &Settings) -> Face<'a> {
        let known = !self.by_number.is_empty();
        let person = known.then(|| self.by_number.get(settings.compared(number).as_ref())).flatten();
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

    /// Somebody outside who was dialled: with the number as the people file has it, however it had to be dialled.
    fn dialled<'a>(&'a self, number: &'a str, settings: &Settings) -> Face<'a> {
        let mut face = self.outside(number, "", settings);
        if let Some(person) = face.person.and_then(|person| self.people.get(person)) {
            let wanted = settings.compared(number);
            let mut written = person.numbers.iter().map(|it| it.number.as_str());
            if let Some(written) = written.find(|written| settings.compared(written) == wanted) {
                face.number = Some(Cow::Borrowed(written));
            }
        }
        face
    }

    /// Who sits at a channel.
    pub(crate) fn party_at_channel<'a>(&'a self, channel: &'a Channel, settings: &Settings) -> Who<'a> {
        match &channel.seated {
            Some(seated) if seated.holds(channel, self.edition) => Who::Told(&seated.party),
            Some(_) | None => self.seen_at_channel(channel, settings),
        }
    }

    /// Keeps who sits at a channel, so that it is not found out again until it may be somebody else.
    pub(crate) fn seat(&self, channel: &mut Channel, settings: &Settings) {
        let before = channel.seated.as_ref();
        if before.is_some_and(|seated| seated.holds(channel, self.edition)) {
            return;
        }
        let who = self.seen_at_channel(channel, settings);
        let party = match before.filter(|seated| who.is(&seated.party)) {
            Some(seated) => Arc::clone(&seated.party),
            None => who.party(),
        };
        channel.seated = Some(Seated { party, edition: self.edition, dialled: channel.was_dialled() });
    }

    fn seen_at_channel<'a>(&'a self, channel: &'a Channel, settings: &Settings) -> Who<'a> {
        let facts = &channel.facts;
        match &channel.end {
            End::Phone(extension) => self.party_at(extension),
            // The name in a dialled line's caller id is the caller's own.
            End::Trunk | End::Local | End::Machinery if channel.was_dialled() => {
                Who::Seen(self.dialled(settings.undialled(&facts.caller_number), settings))
            }
            End::Trunk | End::Local | End::Machinery => {
                Who::Seen(self.outside(&facts.caller_number, &facts.caller_name, settings))
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
