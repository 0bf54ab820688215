//! Who is named while the lists are read: what none of them names is no longer on the PBX. Not the asking; that is
//! `sync`.

use super::Registry;
use crate::model::{Dirty, Model};
use crate::sync;
use frontdesk_protocol::{Extension, LotName, MailboxId, Person, QueueName};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What the lists have named so far.
#[derive(Debug, Default)]
pub(crate) struct Roll {
    /// Extensions that a hint, the list of endpoints or a usable device names.
    listed: BTreeSet<Extension>,
    /// Extensions of which a device has any state at all. The PBX remembers the state of devices that are no more.
    mentioned: BTreeSet<Extension>,
    /// Extensions of which the PBX said that there is no such endpoint.
    absent: BTreeSet<Extension>,
    /// Devices that a hint names.
    claimed: BTreeSet<String>,
    pub mailboxes: BTreeSet<MailboxId>,
    /// Queues and the interfaces of their members.
    pub queues: BTreeMap<QueueName, BTreeSet<String>>,
    pub lots: BTreeSet<LotName>,
}

impl Registry {
    /// The lists are going to be read.
    pub(crate) fn call_the_roll(&mut self) {
        self.roll = Some(Roll::default());
    }

    /// A hint of this extension names the device. The first hint of a reading may take it from another extension,
    /// unless that one is called like the device.
    pub(super) fn claimed(&mut self, extension: &Extension, device: &str) {
        let Some(roll) = &mut self.roll else { return };
        roll.listed.insert(extension.clone());
        if !roll.claimed.insert(device.to_owned()) {
            return;
        }
        let taken = self.by_device.get(device).filter(|owner| {
            *owner != extension && device.split_once('/').is_none_or(|(_, name)| name != owner.as_str())
        });
        if let Some(station) = taken.cloned().and_then(|owner| self.stations.get_mut(&owner)) {
            station.devices.retain(|other| other != device);
            self.by_device.remove(device);
        }
    }

    /// A list or an event says something of this device.
    pub(super) fn named_device(&mut self, device: &str, usable: bool) {
        let (Some(roll), Some(extension)) = (&mut self.roll, self.by_device.get(device)) else { return };
        let set = if usable { &mut roll.listed } else { &mut roll.mentioned };
        set.insert(extension.clone());
    }

    /// The list of endpoints has this device.
    pub(crate) fn listed_endpoint(&mut self, device: &str) {
        self.named_device(device, true);
    }

    /// There is no such endpoint.
    pub(crate) fn absent(&mut self, extension: Extension) {
        if let Some(roll) = &mut self.roll {
            roll.absent.insert(extension);
        }
    }

    /// Whether the lists say that this extension is there.
    pub(crate) fn is_listed(&self, extension: &Extension) -> bool {
        self.roll.as_ref().is_some_and(|roll| roll.listed.contains(extension))
    }

    fn remove(&mut self, extension: &Extension, dirty: &mut Dirty) {
        self.stations.remove(extension);
        let devices = &mut self.devices;
        self.by_device.retain(|device, owner| {
            let stays = owner != extension;
            if !stays {
                devices.remove(device);
            }
            stays
        });
        dirty.extensions.insert(extension.clone());
        dirty.people = true;
    }

    fn sweep_mailboxes(&mut self, listed: BTreeSet<MailboxId>, dirty: &mut Dirty) {
        let gone: Vec<MailboxId> = self.listed_mailboxes.difference(&listed).cloned().collect();
        self.listed_mailboxes = listed;
        for id in gone {
            self.mailboxes.remove(&id);
            for station in self.stations.values_mut().filter(|station| station.mailbox.as_ref() == Some(&id))
            {
                station.mailbox = None;
                station.names.mailbox.clear();
                dirty.people = true;
            }
            dirty.mailboxes.insert(id);
        }
    }
}

impl Model {
    /// Takes these people as those of the directory. What only the directory knew before goes with it.
    pub(crate) fn replace_directory(&mut self, people: Vec<Person>) {
        let before = std::mem::replace(&mut self.registry.directory, people);
        self.dirty.people = true;
        let now: HashSet<Extension> =
            self.registry.directory.iter().flat_map(|person| person.extensions.iter().cloned()).collect();
        for extension in before.iter().flat_map(|person| &person.extensions) {
            let unknown =
                self.registry.stations.get(extension).is_some_and(|station| station.devices.is_empty());
            if unknown && !now.contains(extension) && !self.at.contains_key(extension) {
                self.registry.remove(extension, &mut self.dirty);
            }
        }
    }

    /// The lists are read: what those that were `read` in full did not name is gone. People of the directory stay, and
    /// so does whoever has a call.
    pub(crate) fn sweep(&mut self, read: impl Fn(&str) -> bool) {
        let Some(roll) = self.registry.roll.take() else { return };
        let dirty = &mut self.dirty;
        if read(sync::MAILBOXES) {
            self.registry.sweep_mailboxes(roll.mailboxes, dirty);
        }
        if read(sync::HINTS) && read(sync::DEVICES) {
            let staying: HashSet<&Extension> = self
                .registry
                .directory
                .iter()
                .flat_map(|person| &person.extensions)
                .chain(self.at.keys())
                .chain(&roll.listed)
                .collect();
            let gone = self.registry.stations.iter().filter(|(extension, station)| {
                let asked = station.devices.iter().any(|device| device.starts_with("PJSIP/"));
                let absent = roll.absent.contains(*extension);
                let unsaid = !asked && !roll.mentioned.contains(*extension);
                !staying.contains(extension) && (absent || unsaid)
            });
            let gone: Vec<Extension> = gone.map(|(extension, _)| extension.clone()).collect();
            for extension in &gone {
                self.registry.remove(extension, dirty);
            }
        }
        if read(sync::LOTS) {
            // Somebody waits there: it is a lot, whatever the list says.
            self.lots.retain(|name, spaces| {
                let stays = roll.lots.contains(name) || !spaces.is_empty();
                if !stays {
                    dirty.lots.insert(name.clone());
                }
                stays
            });
        }
        if read(sync::QUEUES) {
            let none = BTreeSet::new();
            self.queues.retain(|name, queue| {
                let members = match roll.queues.get(name) {
                    Some(members) => members,
                    None if queue.waiting.is_empty() => {
                        dirty.queues.insert(name.clone());
                        return false;
                    }
                    None => &none,
                };
                let before = queue.members.len();
                queue.members.retain(|interface, _| members.contains(interface));
                if queue.members.len() != before {
                    dirty.queues.insert(name.clone());
                }
                true
            });
        }
    }
}
