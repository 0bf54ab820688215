//! Queue members, parked callers and contacts, under the several names that events and lists have for their fields.

use super::channel::Channel;
use super::reader::Reader;

/// A member of a queue. Lists say `Name` and `Location` where events say `MemberName` and `Interface`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member<'a> {
    /// The queue.
    pub queue: &'a str,
    /// The member's name, which may be its interface.
    pub name: &'a str,
    /// What is dialled: `PJSIP/1002`, `Local/1002@from-queue/n`.
    pub interface: &'a str,
    /// The device whose state counts.
    pub state_interface: &'a str,
    /// Whether it takes a break.
    pub paused: bool,
}

/// A caller in a parking space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parked<'a> {
    /// The caller.
    pub channel: Channel<'a>,
    /// The parking lot.
    pub lot: &'a str,
    /// The extension that gets the caller back.
    pub space: &'a str,
    /// For how long already, in seconds.
    pub seconds: u64,
}

/// Where a phone can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact<'a> {
    /// The endpoint, without `PJSIP/`.
    pub endpoint: &'a str,
    /// The address.
    pub uri: &'a str,
    /// `NonQualified`, `Reachable`, `Unreachable`, `Removed`, …
    pub status: &'a str,
}

impl<'a> Member<'a> {
    pub(super) fn read(read: &mut Reader<'a>) -> Self {
        Self {
            queue: read.text("Queue"),
            name: read.either(&["MemberName", "Name"]),
            interface: read.either(&["Interface", "Location"]),
            state_interface: read.text("StateInterface"),
            paused: read.number("Paused") != 0,
        }
    }
}

impl<'a> Parked<'a> {
    pub(super) fn read(read: &mut Reader<'a>) -> Self {
        Self {
            channel: Channel::read(read, "Parkee"),
            lot: read.text("Parkinglot"),
            space: read.text("ParkingSpace"),
            seconds: read.number("ParkingDuration").into(),
        }
    }
}

impl<'a> Contact<'a> {
    pub(super) fn read(read: &mut Reader<'a>) -> Self {
        Self {
            endpoint: read.either(&["EndpointName", "Endpoint", "AOR"]),
            uri: read.text("URI"),
            status: read.either(&["ContactStatus", "Status"]),
        }
    }
}
