//! The scripted scenarios in the simulated office against what a real Asterisk said when the lab played the same.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use frontdesk_rehearsal::scenario::{SCENARIOS, Scenario};
use std::collections::BTreeMap;

/// What is compared of one event: who it is about and what it says of them.
const COMPARED: [&str; 14] = [
    "ChannelStateDesc",
    "CallerIDNum",
    "CallerIDName",
    "ConnectedLineNum",
    "ConnectedLineName",
    "Context",
    "Exten",
    "DestExten",
    "DestConnectedLineNum",
    "DialStatus",
    "Cause",
    "TechCause",
    "BridgeNumChannels",
    "ParkingSpace",
];

/// Events that come from other threads of Asterisk, whose place among the others is chance.
const ASIDE: [&str; 7] = [
    "DeviceStateChange",
    "ExtensionStatus",
    "QueueMemberStatus",
    "Cdr",
    "PeerStatus",
    "ContactStatus",
    "MessageWaiting",
];

type Fields = Vec<(String, String)>;

fn field<'a>(fields: &'a Fields, key: &str) -> &'a str {
    fields.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value)
}

fn parse(text: &str) -> Vec<Fields> {
    let line = |line: &str| {
        let (key, value) = line.split_once(':')?;
        Some((key.to_owned(), value.trim().to_owned()))
    };
    let block = |block: &str| block.lines().filter(|l| !l.starts_with('#')).filter_map(line).collect();
    text.replace("\r\n", "\n").split("\n\n").map(block).filter(|fields: &Fields| !fields.is_empty()).collect()
}

/// The events of each channel in order, by the channel's place among those of its phone.
fn by_channel(packets: &[Fields]) -> BTreeMap<String, Vec<String>> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for packet in packets {
        let (event, channel) = (field(packet, "Event"), field(packet, "Channel"));
        if event.is_empty() || ASIDE.contains(&event) || channel.is_empty() {
            continue;
        }
        let endpoint = channel.rsplit_once('-').unwrap().0.to_owned();
        let name = names.entry(channel.to_owned()).or_insert_with(|| {
            let count = counts.entry(endpoint.clone()).or_default();
            *count += 1;
            format!("{endpoint} #{count}")
        });
        let dest = field(packet, "DestChannel").rsplit_once('-').map_or("", |(dest, _)| dest);
        let facts = COMPARED.iter().filter_map(|key| match field(packet, key) {
            "" => None,
            // Who of two leaves first is chance where each has its thread.
            _ if event == "BridgeLeave" && *key == "BridgeNumChannels" => None,
            value => Some(format!("{key}={value}")),
        });
        let facts: Vec<String> = facts.collect();
        told.entry(name.clone()).or_default().push(format!("{event} {dest} {}", facts.join(" ")));
    }
    for lines in told.values_mut() {
        // Which of several phones rings first is chance as well.
        for run in
            lines.chunk_by_mut(|one, other| one.starts_with("DialState") && other.starts_with("DialState"))
        {
            run.sort();
        }
    }
    told
}

fn played(scenario: &Scenario) -> Vec<Fields> {
    let mut office = Scenario::office(1_795_500_000_000);
    let text: String = scenario
        .play(&mut office)
        .iter()
        .flat_map(|taken| &taken.packets)
        .map(|packet| packet.text())
        .collect();
    assert_eq!(office.channels(), 0, "{}", scenario.name);
    parse(&text)
}

#[test]
fn every_channel_hears_what_a_real_one_hears() {
    let mut wrong = String::new();
    let mut compared = 0;
    for scenario in &SCENARIOS {
        let path = format!(
            "{}/../../tests/recordings/lab/{}.frontdesk.txt",
            env!("CARGO_MANIFEST_DIR"),
            scenario.name
        );
        let Ok(text) = std::fs::read_to_string(path) else { continue };
        compared += 1;
        let (real, ours) = (by_channel(&parse(&text)), by_channel(&played(scenario)));
        let names: std::collections::BTreeSet<&String> = real.keys().chain(ours.keys()).collect();
        for name in names {
            let none = Vec::new();
            let (real, ours) = (real.get(name).unwrap_or(&none), ours.get(name).unwrap_or(&none));
            if real != ours {
                wrong.push_str(&format!(
                    "{} {name}\n  real {}\n  ours {}\n",
                    scenario.name,
                    real.join("\n       "),
                    ours.join("\n       ")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert_eq!(compared, 13);
}
