//! The cold start against a PBX with calls up, with the lists of a real Asterisk.

use super::{Entry, Fields, fields, parse, recording, told};
use crate::api::Output;
use crate::orders::Order;
use crate::packet::Packet;
use crate::settings::Settings;
use crate::switchboard::Switchboard;
use frontdesk_protocol::{Change, Extension, HistoryOutcome, Hold, LegState, Millis, Office, PbxLink};
use std::collections::HashMap;

/// The recorded answers, by the name of the action.
fn lists() -> HashMap<String, Vec<Fields>> {
    let mut lists: HashMap<String, Vec<Fields>> = HashMap::new();
    let mut asked = String::new();
    for entry in parse(&recording("z_snapshots")) {
        match entry {
            Entry::Sent(action) => asked = action.raw("Action").to_owned(),
            Entry::Came(_, packet) => lists.entry(asked.clone()).or_default().push(packet),
        }
    }
    lists
}

fn under(id: &str, packet: &Fields) -> Fields {
    let mut packet = packet.clone();
    packet.0.retain(|(key, _)| key != "ActionID");
    packet.0.push(("ActionID".into(), id.into()));
    packet
}

fn start(refuse: &[&str]) -> (Switchboard, Vec<String>) {
    let mut board = Switchboard::new(Settings::default(), Millis(0));
    board.link_up(Millis(1_000_000));
    let asked = answer(&mut board, refuse, 1_000_000, |_| true);
    (board, asked)
}

/// Answers all questions as recorded, but names only channels for which `up` says so; gives what was asked.
fn answer(board: &mut Switchboard, refuse: &[&str], now: i64, up: impl Fn(&str) -> bool) -> Vec<String> {
    let lists = lists();
    let mut asked = Vec::new();
    loop {
        let orders: Vec<(String, Order)> = board.sent.drain(..).collect();
        if orders.is_empty() {
            return asked;
        }
        for (id, order) in orders {
            let name = match &order {
                Order::List(name) => (*name).to_owned(),
                other => format!("{other:?}"),
            };
            match lists.get(&name).filter(|_| !refuse.contains(&name.as_str())) {
                Some(packets) => {
                    let there = |packet: &&Fields| {
                        let uid = [packet.raw("Uniqueid"), packet.raw("ParkeeUniqueid")].concat();
                        uid.is_empty() || up(&uid)
                    };
                    for packet in packets.iter().filter(there) {
                        board.packet(&under(&id, packet), Millis(now));
                    }
                }
                None if name.contains("callerid") && name.contains("1006") => {
                    board.packet(
                        &fields(&format!("Response: Success\nActionID: {id}\nValue: \"Frank\" <1006>")),
                        Millis(now),
                    );
                }
                None => board.packet(
                    &fields(&format!("Response: Error\nActionID: {id}\nMessage: Permission denied")),
                    Millis(now),
                ),
            }
            asked.push(name);
        }
    }
}

#[test]
fn calls_that_are_up_are_found_by_the_lists_alone() {
    let (mut board, asked) = start(&[]);
    assert!(asked.iter().any(|name| name == "CoreShowChannels"));
    let text = told(&mut board, 1_000_000);
    assert_eq!(text.matches("synced").count(), 1, "{text}");
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("cold_start", text);
    });
    for call in board.office().calls.values() {
        for leg in call.legs.iter().filter(|leg| leg.state == LegState::Talking && leg.extension.is_some()) {
            let conference =
                matches!(leg.peer.as_ref().map(|p| &p.kind), Some(frontdesk_protocol::PartyKind::Service(_)));
            assert!(conference || leg.hold == Hold::Unknown, "hold cannot be known: {leg:?}");
        }
    }
}

#[test]
fn a_manager_without_system_rights_sees_the_same() {
    let (full, _) = start(&[]);
    let (least, _) = start(&["PJSIPShowEndpoints", "PJSIPShowContacts"]);
    assert_eq!(full.office().extensions, least.office().extensions);
    assert_eq!(full.office().calls, least.office().calls);
}

#[test]
fn a_list_that_never_ends_does_not_hold_up_the_office() {
    let mut board = Switchboard::new(Settings::default(), Millis(0));
    board.link_up(Millis(0));
    let mut turns = 0;
    while let Some(due) = board.deadline() {
        board.tick(due);
        turns += 1;
        assert!(turns < 100);
    }
    let mut synced = false;
    while let Some(output) = board.poll() {
        synced |= matches!(output, Output::Synced);
    }
    assert!(synced && matches!(board.office().link, PbxLink::Up { .. }));
}

#[test]
fn when_the_link_goes_what_was_last_known_stays() {
    let (mut board, _) = start(&[]);
    told(&mut board, 0);
    let before = board.office().clone();
    assert!(!before.calls.is_empty());
    board.link_down("The PBX is being restarted.".into(), Millis(2_000_000));
    let text = told(&mut board, 0);
    assert!(board.office().calls.is_empty());
    assert!(
        board.office().extensions.values().all(|state| state.status == frontdesk_protocol::Status::Unknown)
    );
    assert!(text.contains("Interrupted"), "{text}");
    assert!(!board.office().people.is_empty(), "people stay");
}
