//! Calls that never were, in any number: one that a real Asterisk told of, with other names. They are slipped into what
//! the PBX says; no phone knows of them.

use frontdesk_ami::recording::{Entry, entries};

/// Alice (1001) calls outside, talks, and sends the party on to 1003; everybody hangs up.
const RECORDING: &str = include_str!("../recordings/lab/transfer_placed.frontdesk.txt");
/// The epoch in its Uniqueids, and how its channels are numbered.
const EPOCH: &str = "1795531241.";
const NUMBER: &str = "-000000";

/// How such a call begins and ends, as bytes on the wire.
#[derive(Debug)]
pub struct Story {
    begin: Vec<String>,
    end: Vec<String>,
}

impl Story {
    /// The one that was recorded: up to where the two talk, and from there on.
    pub fn read() -> Self {
        let entries = entries(RECORDING);
        let half = entries.iter().position(|entry| matches!(entry, Entry::Sent(_))).unwrap_or(entries.len());
        let events = |entries: &[Entry]| -> Vec<String> {
            let came = entries.iter().filter_map(|entry| match entry {
                Entry::Came { bytes, .. } => Some(String::from_utf8_lossy(bytes).into_owned()),
                Entry::Sent(_) => None,
            });
            // Only what is about the call itself, and answers nothing.
            came.filter(|text| text.contains("\nUniqueid: ") || text.contains("\nBridgeUniqueid: "))
                .filter(|text| text.starts_with("Event: ") && !text.contains("ActionID: "))
                .collect()
        };
        let (begin, end) = entries.split_at(half);
        Self { begin: events(begin), end: events(end) }
    }

    /// How many events one call has until the two talk, and from there on.
    pub fn events(&self) -> (usize, usize) {
        (self.begin.len(), self.end.len())
    }

    /// The `number`-th call, until the two talk.
    pub fn begins(&self, number: u32) -> Vec<u8> {
        renamed(&self.begin, number)
    }

    /// Its rest.
    pub fn ends(&self, number: u32) -> Vec<u8> {
        renamed(&self.end, number)
    }
}

fn renamed(events: &[String], number: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in events.iter().flat_map(|event| event.split_inclusive("\r\n")) {
        let line = match line.split_once(": ") {
            Some(("Timestamp", _)) => line.to_owned(),
            // `5270e130-1678-…`: the second group.
            Some(("BridgeUniqueid", id)) => format!("BridgeUniqueid: {}-{number:04x}{}", &id[..8], &id[13..]),
            _ => line
                .replace(EPOCH, &format!("{}.", 1_000_000_000 + number))
                .replace(NUMBER, &format!("-{number:06x}")),
        };
        bytes.extend_from_slice(line.as_bytes());
    }
    bytes
}
