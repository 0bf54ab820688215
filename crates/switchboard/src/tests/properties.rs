//! Whatever arrives, in whatever order: no panic, nothing left over, and the deltas tell the whole truth.

use super::{Entry, Fields, office, parse, recording};
use crate::api::Output;
use crate::switchboard::Switchboard;
use frontdesk_protocol::{Millis, Office};
use proptest::prelude::*;
use std::sync::OnceLock;

const NAMES: [&str; 8] = [
    "b_redirect",
    "c_blindtransfer",
    "d3_atxfer_cancel",
    "d4_bridge",
    "h2_queue_local",
    "k_park",
    "m_confbridge",
    "o_ringgroup",
];

fn packets() -> &'static [Vec<Fields>] {
    static ALL: OnceLock<Vec<Vec<Fields>>> = OnceLock::new();
    ALL.get_or_init(|| {
        let came = |name: &&str| {
            parse(&recording(name))
                .into_iter()
                .filter_map(|entry| match entry {
                    Entry::Came(_, packet) => Some(packet),
                    Entry::Sent(_) => None,
                })
                .filter(|packet| {
                    !matches!(packet.raw("Event"), "VarSet" | "Newexten" | "TestEvent" | "RTCPSent" | "")
                })
                .collect()
        };
        NAMES.iter().map(came).collect()
    })
}

/// Everything that must hold between two messages.
fn sound(board: &Switchboard) {
    let model = &board.model;
    for (key, call) in &model.calls {
        assert!(!call.channels.is_empty(), "a call without channels");
        for uid in &call.channels {
            assert_eq!(
                model.channels.get(uid).map(|channel| channel.call),
                Some(*key),
                "a channel in two calls"
            );
        }
    }
    for channel in model.channels.values() {
        assert!(model.calls.contains_key(&channel.call), "a channel without a call");
        let bridges = model.bridges.values().filter(|bridge| bridge.members.contains(&channel.uid)).count();
        assert_eq!(bridges, usize::from(channel.ties.bridge.is_some()), "one bridge per channel");
    }
    for call in board.office().calls.values() {
        assert!(!call.legs.is_empty(), "a call without legs");
    }
}

fn follow(board: &mut Switchboard, replica: &mut Office) {
    while let Some(output) = board.poll() {
        if let Output::Changed(changes) = output {
            for change in changes {
                replica.apply(change);
            }
        }
    }
}

fn run(order: &[Fields], step: i64) {
    let mut board = office();
    let mut replica = board.office().clone();
    let mut now = 0;
    for packet in order {
        now += step;
        while let Some(due) = board.deadline().filter(|due| due.0 <= now) {
            board.tick(due);
        }
        board.packet(packet, Millis(now));
        sound(&board);
        follow(&mut board, &mut replica);
        assert_eq!(&replica, board.office(), "snapshot and deltas differ");
    }
    for uid in board.model.channels.keys().cloned().collect::<Vec<_>>() {
        now += step;
        let name =
            board.model.channels.get(&uid).map(|channel| channel.facts.name.to_string()).unwrap_or_default();
        let hangup = super::fields(&format!("Event: Hangup\nChannel: {name}\nUniqueid: {uid}\nCause: 16"));
        board.packet(&hangup, Millis(now));
    }
    // What is late about channels that have ended wakes none of them.
    for packet in order {
        board.packet(packet, Millis(now));
    }
    while let Some(due) = board.deadline().filter(|due| due.0 <= now + 60_000) {
        board.tick(due);
    }
    sound(&board);
    follow(&mut board, &mut replica);
    assert_eq!(&replica, board.office());
    let known: Vec<&str> = order.iter().map(|packet| packet.raw("Uniqueid")).collect();
    let left = board.model.channels.values().filter(|channel| known.contains(&channel.uid.as_ref())).count();
    assert_eq!(left, 0, "a channel came back");
    assert!(
        board.model.bridges.values().all(|bridge| bridge.members.is_empty())
            || !board.model.channels.is_empty()
    );
}

/// An outage after `until` packets, after which the PBX has no calls any more.
fn outage(order: &[Fields], until: usize, step: i64) {
    let mut board = office();
    let mut now = 0;
    for packet in order.iter().take(until) {
        now += step;
        board.packet(packet, Millis(now));
    }
    let mut rows = Vec::new();
    let mut replica = board.office().clone();
    board.outputs.clear();
    board.link_down("It was closed.".into(), Millis(now));
    let known: Vec<_> = (board.office().calls.values())
        .flat_map(|call| call.legs.iter().map(|leg| (call.id.clone(), leg.extension.clone())))
        .filter_map(|(call, extension)| Some((call, extension?)))
        .collect();
    board.sent.clear();
    board.link_up(Millis(now + 1_000));
    loop {
        while let Some(output) = board.poll() {
            match output {
                Output::Changed(changes) => changes.into_iter().for_each(|change| replica.apply(change)),
                Output::Ended(row) => rows.push((row.call, row.extension)),
                _ => {}
            }
        }
        let asked: Vec<(String, crate::orders::Order)> = board.sent.drain(..).collect();
        if asked.is_empty() {
            break;
        }
        for (id, order) in asked {
            super::answer(&id, &order).iter().for_each(|packet| board.packet(packet, Millis(now + 1_000)));
        }
    }
    sound(&board);
    assert_eq!(&replica, board.office(), "snapshot and deltas differ");
    assert!(board.office().calls.is_empty(), "a ghost: {:?}", board.office().calls);
    for lost in known {
        assert!(rows.contains(&lost), "{lost:?} has no row in {rows:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_order_is_survived(which in 0..NAMES.len(), keys in proptest::collection::vec(any::<u16>(), 400), step in 0_i64..200) {
        let mut order: Vec<(u16, Fields)> = packets()[which].iter().cloned().zip(keys.into_iter().cycle()).map(|(p, k)| (k, p)).collect();
        order.sort_by_key(|(key, _)| *key);
        let order: Vec<Fields> = order.into_iter().map(|(_, packet)| packet).collect();
        run(&order, step);
    }

    #[test]
    fn an_outage_at_any_moment_leaves_no_ghost_and_loses_no_row(which in 0..NAMES.len(), until in 0_usize..400, step in 0_i64..200) {
        let packets = &packets()[which];
        outage(packets, until % packets.len(), step);
    }

    #[test]
    fn repeated_and_missing_events_are_survived(which in 0..NAMES.len(), how in proptest::collection::vec(0_u8..8, 400), step in 0_i64..200) {
        let mut order = Vec::new();
        for (packet, how) in packets()[which].iter().zip(how.iter().cycle()) {
            match how {
                0 => {}
                1 => order.extend([packet.clone(), packet.clone()]),
                2 => order.push(Fields(packet.0.iter().take(packet.0.len() / 2).cloned().collect())),
                _ => order.push(packet.clone()),
            }
        }
        run(&order, step);
    }
}
