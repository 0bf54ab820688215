//! How much comes in one read of the socket is chance: what is told in the end does not depend on it. Not what is told.

use super::traces::{edits, names, source, spoil};
use super::{Entry, Fields, office, parse, pass, recording, told};
use crate::api::Output;
use crate::switchboard::Switchboard;
use frontdesk_protocol::{Millis, Office};
use proptest::prelude::*;

/// A board that is polled after so many messages, and what came of it but for the changes.
struct Reader {
    board: Switchboard,
    replica: Office,
    others: Vec<String>,
}

impl Reader {
    fn new() -> Self {
        let board = office();
        let replica = board.office().clone();
        Self { board, replica, others: Vec::new() }
    }

    fn poll(&mut self) {
        while let Some(output) = self.board.poll() {
            match output {
                Output::Changed(changes) => changes.into_iter().for_each(|change| self.replica.apply(change)),
                other => self.others.push(format!("{other:?}")),
            }
        }
    }

    fn pass(&mut self, until: i64) {
        while let Some(due) = self.board.deadline().filter(|due| due.0 <= until) {
            self.board.tick(due);
        }
    }
}

/// What comes of a trace where each read holds so many messages, in turn.
fn read(packets: &[Fields], step: i64, reads: &[usize]) -> (Office, Vec<String>) {
    let mut reader = Reader::new();
    let (mut now, mut left) = (0, 0);
    let mut reads = reads.iter().cycle();
    for packet in packets {
        now += step;
        reader.pass(now);
        reader.board.take(packet, Millis(now));
        if left == 0 {
            reader.poll();
            left = *reads.next().unwrap();
        } else {
            left -= 1;
        }
    }
    reader.pass(now + 10_000);
    reader.poll();
    assert_eq!(&reader.replica, reader.board.office(), "snapshot and deltas differ");
    (reader.replica, reader.others)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn how_much_comes_in_one_read_changes_nothing(
        source in source(),
        edits in edits(),
        step in 0_i64..60,
        reads in prop::collection::vec(0_usize..40, 1..8),
    ) {
        let packets = spoil(source.packets(), &edits);
        prop_assert_eq!(read(&packets, step, &reads), read(&packets, step, &[0]));
    }
}

/// The rows of the history, and the office in the end, of a recording: at its own times, or all of it in one read.
fn rows(name: &str, at_once: bool) -> (Vec<String>, Office) {
    let (mut board, mut last) = (office(), 0);
    let mut seen = String::new();
    for entry in parse(&recording(name)) {
        let Entry::Came(at, packet) = entry else { continue };
        if !at_once {
            last = at.max(last);
            seen.push_str(&pass(&mut board, last));
        }
        board.take(&packet, Millis(last));
        if !at_once {
            seen.push_str(&told(&mut board, last));
        }
    }
    seen.push_str(&told(&mut board, last));
    seen.push_str(&pass(&mut board, last + 5_000));
    let rows = seen.lines().filter_map(|line| Some(line.split_once("history ")?.1));
    // How long it rang and talked is not known, nor whether a channel stayed long enough at a mailbox to be there.
    let untimed = |row: &str| {
        let (who, rest) = row.split_once(" ring ").unwrap();
        let outcome = rest.splitn(4, ' ').nth(3).unwrap();
        format!("{who} {}", outcome.replace("Voicemail", "Missed"))
    };
    let mut rows: Vec<String> = rows.map(untimed).collect();
    rows.sort();
    (rows, board.office().clone())
}

/// After a long silence of the PBX everything comes at once: then nobody knows how long anything took, but every call that
/// began, rang and ended meanwhile has its row.
#[test]
fn what_comes_all_at_once_is_in_the_history_as_well() {
    for name in &names() {
        let (slow, fast) = (rows(name, false), rows(name, true));
        assert_eq!(fast.0, slow.0, "{name}");
        assert_eq!(fast.1.calls.len(), slow.1.calls.len(), "{name}");
    }
}
