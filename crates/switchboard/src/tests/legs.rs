//! Which channel a transfer would move, and how, at every moment of recordings of a real Asterisk.

use super::{Entry, office, parse, recording};
use crate::channel::End;
use crate::control::{How, other_party};
use crate::switchboard::Switchboard;
use frontdesk_protocol::Millis;

/// The moments at which the choice changes, for each leg at an extension.
fn choices(name: &str) -> String {
    let mut board = office();
    let mut seen = String::new();
    let mut last: Vec<String> = Vec::new();
    for entry in parse(&recording(name)) {
        let Entry::Came(at, packet) = entry else { continue };
        super::pass(&mut board, at);
        board.packet(&packet, Millis(at));
        let now = choices_now(&board);
        for line in now.iter().filter(|line| !last.contains(line)) {
            seen.push_str(line);
            seen.push('\n');
        }
        last = now;
    }
    seen
}

fn choices_now(board: &Switchboard) -> Vec<String> {
    let mut lines: Vec<String> = board
        .model
        .channels
        .values()
        .filter(|channel| channel.extension().is_some() && channel.shown.is_some())
        .map(|channel| {
            let mine = channel.facts.name.rsplit_once('-').map_or("", |(device, _)| device);
            match other_party(&board.model, channel) {
                Ok((other, how)) => {
                    let other = board.model.channels.get(&other).expect("a live channel");
                    assert_ne!(other.end, End::Local, "a Local channel is never the party");
                    assert_ne!(other.uid, channel.uid, "never my own channel");
                    if how == How::BlindTransfer {
                        assert_eq!(other.ties.bridge, channel.ties.bridge, "only within one bridge");
                    }
                    let name = other.facts.name.rsplit_once('-').map_or("", |(device, _)| device);
                    format!("{mine} {:?}: {how:?} moves {name}", channel.facts.state)
                }
                Err(why) => format!(
                    "{mine} {:?}: {}",
                    channel.facts.state,
                    why.split(['.', ',']).next().unwrap_or(why)
                ),
            }
        })
        .collect();
    lines.sort();
    lines
}

/// In each of these the outside party is the only one that may be moved, whatever the state.
#[test]
fn the_outside_party_is_moved_and_never_my_own_phone() {
    for name in [
        "b_redirect",
        "b2_redirect_ringing",
        "c_blindtransfer",
        "c3_refer",
        "e1_hangup_callee",
        "e3_redirect_vm",
        "f_direct_vm",
        "f2_blind_direct_vm",
        "g_hold",
        "g2_hold_hangup",
        "h_queue",
        "h2_queue_local",
        "h3_queue_misc",
        "r_mwi",
    ] {
        for line in choices(name).lines().filter(|line| line.contains("moves")) {
            assert!(line.ends_with("moves PJSIP/trunk"), "{name}: {line}");
        }
    }
}

#[test]
fn each_recording_has_its_choice() {
    let mut all = String::new();
    for name in [
        "a_internal",
        "b_redirect",
        "b2_redirect_ringing",
        "c_blindtransfer",
        "d3_atxfer_cancel",
        "d4_bridge",
        "g_hold",
        "h_queue",
        "h2_queue_local",
        "i_originate",
        "i4_originate_out",
        "k_park",
        "m_confbridge",
        "o_ringgroup",
        "lab/transfer_placed.frontdesk",
        "lab/transfer_placed_ringing.frontdesk",
        "lab/transfer_placed_inside.frontdesk",
        "lab/pickup.frontdesk",
        "lab/several_calls.frontdesk",
    ] {
        all.push_str(&format!("{name}\n{}\n", choices(name)));
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("choices", all);
    });
}
