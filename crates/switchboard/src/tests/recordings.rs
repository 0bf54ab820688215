//! Every recording of a real Asterisk, replayed to the sequence of states that a desk would see.

use super::traces::names;
use super::{Entry, office, parse, pass, recording, told};
use frontdesk_protocol::{Millis, Office, Status};

/// What a desk sees while the recording runs, and five seconds after it.
fn replay(name: &str) -> (String, Office) {
    let text = recording(name);
    let mut board = office();
    let mut seen = format!("{}\n", text.lines().next().unwrap_or_default());
    let mut last = 0;
    for entry in parse(&text) {
        match entry {
            Entry::Sent(action) => {
                let pairs: Vec<String> = action
                    .0
                    .iter()
                    .filter(|(key, _)| key != "ActionID")
                    .map(|(key, value)| format!("{key}={value}"))
                    .collect();
                seen.push_str(&format!("        >>> {}\n", pairs.join(" ")));
            }
            Entry::Came(at, packet) => {
                last = at.max(last);
                seen.push_str(&pass(&mut board, last));
                board.packet(&packet, Millis(last));
                seen.push_str(&told(&mut board, last));
            }
        }
    }
    seen.push_str(&pass(&mut board, last + 5_000));
    (seen, board.office().clone())
}

#[test]
fn every_recording_shows_what_its_first_line_says() {
    for name in &names() {
        let (seen, _) = replay(name);
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name.replace('/', "_"), seen);
        });
    }
}

#[test]
fn when_all_have_hung_up_nothing_is_left() {
    for name in &names() {
        let text = recording(name);
        let (_, office) = replay(name);
        let came = parse(&text);
        let count = |kind: &str| {
            let mut found: Vec<&str> = came
                .iter()
                .filter_map(|entry| match entry {
                    Entry::Came(_, packet) if packet.raw("Event") == kind => Some(packet.raw("Uniqueid")),
                    _ => None,
                })
                .collect();
            found.sort_unstable();
            found.dedup();
            found.len()
        };
        if count("Newchannel") == count("Hangup") {
            assert!(office.calls.is_empty(), "{name} leaves {:?}", office.calls);
            for state in office.extensions.values() {
                assert!(matches!(state.status, Status::Free | Status::Offline), "{name} leaves {state:?}");
            }
        }
    }
}

/// The user with the least rights sees the same states as the one who sees every event.
#[test]
fn the_least_rights_show_the_same() {
    for name in ["a_internal", "b_redirect", "g_hold", "h2_queue_local", "i2_originate_fail"] {
        let states = |seen: String| -> Vec<String> {
            let untimed =
                seen.lines().skip(1).filter(|line| !line.contains(">>>") && !line.contains("history"));
            let mut lines: Vec<String> =
                untimed.map(|line| line.get(8..).unwrap_or_default().to_owned()).collect();
            lines.dedup();
            lines
        };
        let few = states(replay(&format!("{name}.frontdesk")).0);
        assert_eq!(states(replay(name).0), few, "{name}");
    }
}
