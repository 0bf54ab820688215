//! Extensions, their devices and registration, names, mailboxes and people. Not calls; those are `model`.

mod face;
mod people;
mod roll;

pub(crate) use face::{Face, Who};
pub(crate) use people::NameSource;

use crate::channel::{End, Facts, device_of};
use crate::maps::Map;
use crate::model::Dirty;
use crate::registry::roll::Roll;
use crate::settings::Settings;
use frontdesk_ami::event::Contact;
use frontdesk_protocol::text::{NAME, line};
use frontdesk_protocol::{
    Extension, Mailbox, MailboxId, Millis, Party, PartyKind, Person, PersonId, Registration, Service,
};
use smallvec::SmallVec;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The names one extension is known by; the best known one is shown.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    ampuser: String,
    endpoint: String,
    mailbox: String,
    heard: String,
}

/// One extension of the office.
#[derive(Debug, Clone, Default)]
pub(crate) struct Station {
    /// Its devices, `PJSIP/1001`; the one that is called like the extension first.
    pub devices: Vec<String>,
    pub names: Names,
    pub mailbox: Option<MailboxId>,
    pub registration: Registration,
    pub since: Option<Millis>,
}

/// What is known about whether one device is there.
#[derive(Debug, Clone, Default)]
struct Device {
    /// Its contacts, and whether each answers.
    contacts: BTreeMap<String, bool>,
    /// What the PBX says in sum.
    sum: Option<bool>,
}

/// Whoever has an extension, and the party that they are there.
#[derive(Debug)]
struct Seat {
    person: Arc<Person>,
    party: Arc<Party>,
}

/// Everything about the office that outlives a call.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    pub stations: Map<Extension, Station>,
    pub mailboxes: BTreeMap<MailboxId, Mailbox>,
    pub directory: Vec<Person>,
    /// People as shown, by extension and by further number.
    pub people: BTreeMap<PersonId, Arc<Person>>,
    by_extension: Map<Extension, Seat>,
    /// How often people changed: what was made of them before may be otherwise now.
    edition: u64,
    by_number: Map<String, Arc<Person>>,
    by_device: Map<String, Extension>,
    devices: Map<String, Device>,
    /// Whom the lists have named, while they are being read.
    pub roll: Option<Roll>,
    /// The mailboxes of the last list of them.
    listed_mailboxes: BTreeSet<MailboxId>,
}

const MACHINERY: [&str; 14] = [
    "Message",
    "AsyncGoto",
    "Announcer",
    "Recorder",
    "CBAnn",
    "CBRec",
    "Surrogate",
    "Bridge",
    "Snoop",
    "UnicastRTP",
    "MulticastRTP",
    "Null",
    "Parked",
    "Console",
];

impl Registry {
    /// What a channel of this name leads to.
    pub(crate) fn end_of(&self, name: &str, settings: &Settings) -> End {
        let device = device_of(name);
        let Some((technology, endpoint)) = device.split_once('/') else { return End::Machinery };
        if technology == "Local" {
            return End::Local;
        }
        if MACHINERY.contains(&technology) {
            return End::Machinery;
        }
        if settings.is_trunk(endpoint) {
            return End::Trunk;
        }
        if let Some(extension) = self.by_device.get(device) {
            return End::Phone(extension.clone());
        }
        match Extension::parse(endpoint) {
            Ok(extension)
                if self.stations.contains_key(&extension) || settings.looks_like_extension(endpoint) =>
            {
                End::Phone(extension)
            }
            _ => End::Trunk,
        }
    }

    /// The extension exists.
    pub(crate) fn station(&mut self, extension: &Extension, dirty: &mut Dirty) -> &mut Station {
        if !self.stations.contains_key(extension) {
            dirty.people = true;
            dirty.extensions.insert(extension.clone());
        }
        self.stations.entry(extension.clone()).or_default()
    }

    /// A hint says which devices an extension has. Hints of feature codes, parking and conferences are none.
    /// Says whether a device changed its owner.
    pub(crate) fn hint(
        &mut self,
        exten: &str,
        devices: &str,
        status: i32,
        settings: &Settings,
        dirty: &mut Dirty,
        now: Millis,
    ) -> bool {
        // Of one device that is the extension's own, nothing is new but that it has gone.
        if self.roll.is_none()
            && status != 4
            && self.by_device.get(devices).is_some_and(|owner| owner.as_str() == exten)
        {
            return false;
        }
        if !exten.bytes().all(|b| b.is_ascii_digit()) {
            return false;
        }
        let known = self.stations.get_key_value(exten).map(|(extension, _)| extension.clone());
        let Some(extension) = known.or_else(|| Extension::parse(exten).ok()) else { return false };
        let devices: SmallVec<[&str; 4]> = devices
            .split(['&', ','])
            .filter(|device| {
                is_device(device) && !settings.is_trunk(device.split_once('/').map_or("", |d| d.1))
            })
            .collect();
        if matches!(status, -1 | -2) {
            return false;
        }
        let mut changed = false;
        for device in &devices {
            self.claimed(&extension, device);
            changed |= self.owns(&extension, device, dirty);
        }
        if !devices.is_empty() && status == 4 {
            for device in devices {
                self.unavailable(device);
            }
            self.register(&extension, dirty, now);
        }
        changed
    }

    /// The device belongs to the extension. Says whether that is new.
    pub(crate) fn owns(&mut self, extension: &Extension, device: &str, dirty: &mut Dirty) -> bool {
        let same = device.split_once('/').is_some_and(|(_, endpoint)| endpoint == extension.as_str());
        let owner = self.by_device.get(device);
        // The extension that is called like the endpoint has it, whatever further hints name it as well.
        let taken = owner.is_some_and(|owner| owner != extension && !same);
        if owner == Some(extension) || taken {
            return false;
        }
        let before = self.by_device.insert(device.to_owned(), extension.clone());
        if let Some(station) = before.and_then(|before| self.stations.get_mut(&before)) {
            station.devices.retain(|other| other != device);
        }
        let station = self.station(extension, dirty);
        if !station.devices.iter().any(|other| other == device) {
            let place = if same { 0 } else { station.devices.len() };
            station.devices.insert(place, device.to_owned());
        }
        true
    }

    /// An endpoint exists: an extension where it looks like one. Says whether something changed.
    pub(crate) fn endpoint(&mut self, device: &str, settings: &Settings, dirty: &mut Dirty) -> bool {
        match self.end_of(device, settings) {
            End::Phone(extension) => self.owns(&extension, device, dirty),
            End::Trunk | End::Local | End::Machinery => false,
        }
    }

    /// What the PBX says of a device in sum. Says whether something changed.
    pub(crate) fn device_state(
        &mut self,
        device: &str,
        state: &str,
        settings: &Settings,
        dirty: &mut Dirty,
        now: Millis,
    ) -> bool {
        let usable =
            !matches!(state, "UNAVAILABLE" | "Unavailable" | "UNKNOWN" | "INVALID" | "Unknown" | "Invalid");
        if (usable && self.is_registered(device)) || !is_device(device) {
            return false;
        }
        // What is said of a device that is being removed does not bring it back.
        if !usable && self.roll.is_none() && !self.by_device.contains_key(device) {
            return false;
        }
        let changed = self.endpoint(device, settings, dirty);
        self.named_device(device, usable);
        match state {
            "UNAVAILABLE" | "Unavailable" => self.unavailable(device),
            "UNKNOWN" | "INVALID" | "Unknown" | "Invalid" => {}
            _ => self.devices.entry(device.to_owned()).or_default().sum = Some(true),
        }
        self.registered(device, dirty, now);
        changed
    }

    /// Whether all that a device which works could change is so already: then nothing has to be gone through.
    fn is_registered(&self, device: &str) -> bool {
        self.roll.is_none()
            && self.devices.get(device).is_some_and(|device| device.sum == Some(true))
            && self
                .by_device
                .get(device)
                .and_then(|extension| self.stations.get(extension))
                .is_some_and(|station| station.registration == Registration::Registered)
    }

    /// The PBX has just said that no contact of the device answers; new ones will be announced.
    fn unavailable(&mut self, device: &str) {
        let entry = self.devices.entry(device.to_owned()).or_default();
        *entry = Device { sum: Some(false), ..Device::default() };
    }

    /// A contact of an endpoint came, went or changed: `ContactStatus`, or the list item `ContactList`.
    pub(crate) fn contact(&mut self, contact: &Contact<'_>, dirty: &mut Dirty, now: Millis) {
        if contact.endpoint.is_empty() {
            return;
        }
        let device = format!("PJSIP/{}", contact.endpoint);
        let uri = contact.uri.to_owned();
        let entry = self.devices.entry(device.clone()).or_default();
        match contact.status {
            "Removed" => {
                entry.contacts.remove(&uri);
            }
            "Unreachable" => {
                entry.contacts.insert(uri, false);
                if !entry.contacts.values().any(|reachable| *reachable) {
                    entry.sum = Some(false);
                }
            }
            _ => {
                entry.contacts.insert(uri, true);
                entry.sum = Some(true);
            }
        }
        self.registered(&device, dirty, now);
    }

    /// The sum of an endpoint: `PeerStatus`.
    pub(crate) fn peer(&mut self, device: &str, status: &str, dirty: &mut Dirty, now: Millis) {
        let entry = self.devices.entry(device.to_owned()).or_default();
        match status {
            "Unreachable" | "Unregistered" | "Rejected" => {
                *entry = Device { sum: Some(false), ..Device::default() }
            }
            "Reachable" | "Registered" | "Lagged" => entry.sum = Some(true),
            _ => {}
        }
        self.registered(device, dirty, now);
    }

    fn registered(&mut self, device: &str, dirty: &mut Dirty, now: Millis) {
        if let Some(extension) = self.by_device.get(device).cloned() {
            self.register(&extension, dirty, now);
        }
    }

    fn register(&mut self, extension: &Extension, dirty: &mut Dirty, now: Millis) {
        let Some(station) = self.stations.get_mut(extension) else { return };
        let mut sum = Registration::Unknown;
        for device in station.devices.iter().filter_map(|device| self.devices.get(device)) {
            match device.registered() {
                Some(true) => sum = Registration::Registered,
                Some(false) if sum == Registration::Unknown => sum = Registration::Unregistered,
                Some(false) | None => {}
            }
        }
        if sum != station.registration {
            station.since = (station.registration != Registration::Unknown).then_some(now);
            station.registration = sum;
            dirty.extensions.insert(extension.clone());
        }
    }

    /// Nothing is known any more about what changes by itself.
    pub(crate) fn forget_registrations(&mut self, dirty: &mut Dirty) {
        self.devices.clear();
        for (extension, station) in &mut self.stations {
            station.registration = Registration::Unknown;
            station.since = None;
            dirty.extensions.insert(extension.clone());
        }
    }

    /// A mailbox with its messages; its owner's name where the list says it.
    pub(crate) fn mailbox(&mut self, id: &str, new: u32, old: u32, name: &str, dirty: &mut Dirty) {
        let Ok(id) = MailboxId::parse(id) else { return };
        let owner = id.as_str().split_once('@').map_or(id.as_str(), |(owner, _)| owner);
        if let Some(station) = self.stations.get_mut(owner) {
            if station.mailbox.is_none() {
                station.mailbox = Some(id.clone());
                dirty.people = true;
            }
            let name = line(name, NAME);
            if !name.is_empty() && station.names.mailbox != name {
                station.names.mailbox = name.into_owned();
                dirty.people = true;
            }
        }
        dirty.mailboxes.insert(id.clone());
        self.mailboxes.insert(id.clone(), Mailbox { id, new, old });
    }

    /// The device to ring for a call that this extension places.
    pub(crate) fn device(&self, extension: &Extension) -> String {
        let devices =
            self.stations.get(extension).map(|station| station.devices.as_slice()).unwrap_or_default();
        let there = devices
            .iter()
            .find(|device| self.devices.get(*device).and_then(Device::registered) == Some(true));
        there.or(devices.first()).cloned().unwrap_or_else(|| format!("PJSIP/{extension}"))
    }

    pub(crate) fn registration(&self, extension: &Extension) -> Registration {
        self.stations.get(extension).map(|station| station.registration).unwrap_or_default()
    }

    /// Whom a click to call rings for, before it is dialled: only the caller id tells.
    pub(crate) fn unknown_target(&self, facts: &Facts, settings: &Settings) -> Arc<Party> {
        let number = facts.connected_number.as_str();
        let own = device_of(&facts.name).split_once('/').is_some_and(|(_, endpoint)| endpoint == number);
        if number.is_empty() || own {
            let kind = PartyKind::Service(Service::Feature);
            return Arc::new(Party { name: None, number: None, kind, person: None });
        }
        self.party_of_number(number, &facts.connected_name, settings).party()
    }
}

impl Device {
    fn registered(&self) -> Option<bool> {
        if self.contacts.values().any(|reachable| *reachable) {
            return Some(true);
        }
        self.sum
    }
}

/// Whether this is the name of a device with a technology, and not one of the PBX's own lamps.
fn is_device(device: &str) -> bool {
    let Some((technology, endpoint)) = device.split_once('/') else { return false };
    !endpoint.is_empty()
        && !technology.contains(':')
        && technology != "Local"
        && !MACHINERY.contains(&technology)
}
