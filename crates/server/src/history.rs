//! From ended legs and calls in progress to rows of the history. Not how rows are kept.

use frontdesk_protocol::{Call, HistoryEntry, HistoryId, HistoryOutcome, Millis, Party};
use frontdesk_switchboard::CallRecord;

/// The row of an ended leg.
pub fn row(id: HistoryId, record: CallRecord) -> HistoryEntry {
    let CallRecord { call, extension, direction, party, started, ring_ms, talk_ms, outcome, queue } = record;
    HistoryEntry { id, call, extension, direction, party, started, ring_ms, talk_ms, outcome, queue }
}

/// How a call would be recorded if the server stopped `now`: a row for each leg at an extension. The rows' ids are
/// given by `id`.
pub fn interrupted(call: &Call, now: Millis, mut id: impl FnMut() -> HistoryId) -> Vec<HistoryEntry> {
    let legs = call.legs.iter().filter_map(|leg| leg.extension.clone().map(|extension| (leg, extension)));
    legs.map(|(leg, extension)| {
        let began = if leg.answered.is_some() { call.started } else { leg.since };
        HistoryEntry {
            id: id(),
            call: call.id.clone(),
            extension,
            direction: leg.direction,
            party: Party::clone(leg.peer.as_ref().unwrap_or(&call.origin)),
            started: began,
            ring_ms: leg.answered.unwrap_or(now).since(began),
            talk_ms: leg.answered.map_or(0, |answered| now.since(answered)),
            outcome: HistoryOutcome::Interrupted,
            queue: call.via.queue.clone(),
        }
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen;

    #[test]
    fn a_call_in_progress_gives_a_row_for_each_extension_and_none_for_the_line() {
        let call = specimen::call("c", &[("mine", Some("1001")), ("trunk", None), ("theirs", Some("1002"))]);
        let mut next = 6;
        let rows = interrupted(&call, Millis(9_000), || {
            next += 1;
            HistoryId(next)
        });
        let shown: Vec<_> =
            rows.iter().map(|row| (row.id.0, row.extension.as_str(), row.ring_ms, row.talk_ms)).collect();
        assert_eq!(shown, [(7, "1001", 4_000, 4_000), (8, "1002", 4_000, 4_000)]);
        assert!(rows.iter().all(|row| row.outcome == HistoryOutcome::Interrupted));
    }
}
