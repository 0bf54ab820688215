//! A replayed trace of which any beginning is missing shows, after the lists are read, what a whole replay shows. Not
//! outages after which the PBX has no calls; those are in `properties`.

use super::mirror::Mirror;
use super::traces::{Recorded, Source, made, recordings};
use super::{Fields, office};
use crate::orders::Order;
use crate::settings::Settings;
use crate::sound::sound;
use crate::switchboard::Switchboard;
use frontdesk_protocol::{Call, Hold, Leg, LegState, Millis, Office, Party, PartyKind, PbxLink, Status};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a desk shows, without what no list can tell: since when and who began it, whether somebody pressed hold, and
/// whether a line that was sent on had been dialled, so that its number has the digits for the outside line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    /// The lamp of each extension, with whom.
    lamps: BTreeMap<String, String>,
    /// The legs of each call.
    calls: BTreeSet<Vec<String>>,
    waiting: BTreeSet<(String, String)>,
    parked: BTreeSet<(String, String)>,
}

fn shown(office: &Office, unsaid: &BTreeSet<String>) -> Shown {
    let settings = Settings::default();
    let number = |party: &Option<Arc<Party>>| {
        let number = party.as_ref().and_then(|party| party.number.as_deref()).unwrap_or_default();
        settings.undialled(number).to_owned()
    };
    // Which of several others is named is said by who came first.
    let crowd = |call: &Call| call.legs.iter().filter(|leg| leg.state == LegState::Talking).count() > 2;
    let leg = |leg: &Leg, crowd: bool| {
        let at = leg.extension.as_ref().map_or("line", |extension| extension.as_str());
        let peer = if crowd { String::new() } else { number(&leg.peer) };
        // Two devices of an extension that ring for one call are one leg, by the name of the first that is told.
        let ringing = leg.extension.is_some() && leg.state == LegState::Ringing;
        let id = if ringing { "a phone" } else { leg.id.as_str() };
        format!("{id} at {at} {:?} {peer}", leg.state)
    };
    // Whoever met in a conference is one call afterwards, too; but that is history.
    let met = |leg: &Leg| leg.peer.as_ref().is_some_and(|peer| matches!(peer.kind, PartyKind::Service(_)));
    let calls = office.calls.values().flat_map(|call| {
        let mut legs: Vec<String> = call.legs.iter().map(|one| leg(one, crowd(call))).collect();
        legs.sort();
        let apart = call.legs.iter().any(met);
        if apart { legs.into_iter().map(|leg| vec![leg]).collect() } else { vec![legs] }
    });
    let lamps = office.extensions.values().map(|state| {
        let mine = [state.extension.clone()];
        let legs: Vec<(&Call, &Leg)> = office.legs_at(&mine).collect();
        // Which of several legs decides is said by which is newer.
        let unsaid =
            legs.len() > 1 || legs.iter().any(|(call, leg)| crowd(call) || unsaid.contains(leg.id.as_str()));
        let lamp = match state.status {
            Status::Held | Status::Inside | Status::Outside | Status::Queue if unsaid => "talks".to_owned(),
            other if unsaid => format!("{other:?}"),
            other => format!("{other:?} {}", number(&state.with)),
        };
        (state.extension.as_str().to_owned(), lamp)
    });
    let waiting = office.queues.values().flat_map(|queue| {
        queue.waiting.iter().map(|waiting| (queue.name.as_str().to_owned(), waiting.leg.as_str().to_owned()))
    });
    let parked = office.lots.values().flat_map(|lot| {
        lot.parked.iter().map(|parked| (parked.space.as_str().to_owned(), parked.leg.as_str().to_owned()))
    });
    Shown {
        lamps: lamps.collect(),
        calls: calls.collect(),
        waiting: waiting.collect(),
        parked: parked.collect(),
    }
}

/// The legs of which one of the two cannot know whether they are held.
fn holding(office: &Office) -> BTreeSet<String> {
    let legs = office.calls.values().flat_map(|call| &call.legs);
    let held = legs.filter(|leg| leg.hold != Hold::None && leg.state == LegState::Talking);
    held.map(|leg| leg.id.as_str().to_owned()).collect()
}

fn pass(board: &mut Switchboard, until: i64) {
    let mut turns = 0;
    while let Some(due) = board.deadline().filter(|due| due.0 <= until) {
        // Nobody answers when it asks whether the channels are there; that is not what is tried here.
        board.tick(due);
        turns += 1;
        assert!(turns < 1_000, "the deadline does not move");
    }
}

/// Where a channel is that no event places.
fn place(board: &mut Switchboard, mirror: &Mirror, now: i64) {
    let asked: Vec<_> = board.sent.drain(..).collect();
    for (id, order) in asked {
        if let Order::Status { channel } = order {
            for packet in mirror.status(&id, &channel) {
                board.packet(&packet, Millis(now));
            }
        }
    }
    board.outputs.clear();
}

/// The times at which nothing is going to happen for a while, and what a whole replay shows then.
fn whole(packets: &[(i64, Fields)]) -> BTreeMap<usize, Office> {
    let mut board = office();
    let mut mirror = Mirror::default();
    let mut seen = BTreeMap::new();
    for (place_in, (at, packet)) in packets.iter().enumerate() {
        pass(&mut board, *at);
        board.packet(packet, Millis(*at));
        mirror.sent(packet);
        place(&mut board, &mirror, *at);
        if let Some(quiet) = quiet(packets, place_in) {
            settle(&mut board, &mirror, quiet);
            seen.insert(place_in, board.office().clone());
        }
    }
    seen
}

fn settle(board: &mut Switchboard, mirror: &Mirror, until: i64) {
    for part in [3, 2, 1, 0] {
        pass(board, until - part);
        place(board, mirror, until - part);
    }
}

/// The moment just before the next event, where that is far enough away for everything to have settled.
fn quiet(packets: &[(i64, Fields)], after: usize) -> Option<i64> {
    let at = packets[after].0;
    let next = packets.get(after + 1).map_or(at + 10_000, |(next, _)| *next);
    (next - at > 600).then_some((next - 1).min(at + 5_000))
}

/// How the lists come: what is read between two questions, and what the lists say that the events say later.
#[derive(Debug, Clone, Copy)]
struct Reading {
    /// Events between two answers.
    between: usize,
    /// How many events the answers overtake.
    overtaken: usize,
}

/// Replays what comes after `missing`, with the lists of then, and compares at every quiet moment.
fn converges(recorded: &Recorded, whole: &BTreeMap<usize, Office>, missing: usize, reading: Reading) {
    let (name, packets) = recorded;
    let mut truth = Mirror::default();
    packets.iter().take(missing).for_each(|(_, packet)| truth.sent(packet));
    let start = packets.get(missing.saturating_sub(1)).map_or(0, |(at, _)| *at);
    let mut board = Switchboard::new(Settings::default(), Millis(0));
    board.link_up(Millis(start));
    let mut next = missing;
    let mut ahead = truth.clone();
    packets.iter().skip(missing).take(reading.overtaken).for_each(|(_, packet)| ahead.sent(packet));
    loop {
        let asked: Vec<(String, Order)> = board.sent.drain(..).collect();
        board.outputs.clear();
        if asked.is_empty() {
            break;
        }
        for (id, order) in asked {
            let now = packets.get(next.max(1) - 1).map_or(start, |(at, _)| *at);
            ahead.answer(&id, &order).iter().for_each(|packet| board.packet(packet, Millis(now)));
            for _ in 0..reading.between {
                let Some((at, packet)) = packets.get(next) else { break };
                board.packet(packet, Millis(*at));
                if let Some((_, packet)) = packets.get(next + reading.overtaken) {
                    ahead.sent(packet);
                }
                next += 1;
            }
        }
    }
    assert!(matches!(board.office().link, PbxLink::Up { .. }), "{name}: not read");
    sound(&board);
    let mut truth = Mirror::default();
    packets.iter().take(next).for_each(|(_, packet)| truth.sent(packet));
    let mut last = next.checked_sub(1);
    loop {
        let caught_up = next >= missing + reading.overtaken;
        if caught_up {
            same(&board, &truth);
        }
        if let Some(last) = last
            && caught_up
            && let (Some(quiet), Some(whole)) = (quiet(packets, last), whole.get(&last))
        {
            settle(&mut board, &truth, quiet);
            let mut unsaid = holding(whole);
            unsaid.extend(holding(board.office()));
            let (left, right) = (shown(board.office(), &unsaid), shown(whole, &unsaid));
            assert_eq!(left, right, "{name} without its first {missing}, {reading:?}, after {last}");
        }
        let Some((at, packet)) = packets.get(next) else { break };
        pass(&mut board, *at);
        board.packet(packet, Millis(*at));
        truth.sent(packet);
        place(&mut board, &truth, *at);
        sound(&board);
        last = Some(next);
        next += 1;
    }
}

/// The model has exactly the channels and bridges of the PBX.
fn same(board: &Switchboard, truth: &Mirror) {
    let model = &board.model;
    let up = model.channels.keys().map(AsRef::as_ref).collect();
    assert_eq!(truth.up(), up);
    let bridged =
        model.channels.values().filter_map(|c| Some((c.uid.as_ref(), model.bridge_of(c)?.id.as_ref())));
    assert_eq!(truth.bridged(), bridged.collect());
}

/// Every recording from every beginning, with the readings for each; how often that is.
fn from_every_beginning(readings: impl Fn(usize) -> Vec<Reading>) -> usize {
    let mut tried = 0;
    for recorded in recordings() {
        let whole = whole(&recorded.1);
        for missing in 0..=recorded.1.len() {
            for reading in readings(missing) {
                converges(recorded, &whole, missing, reading);
                tried += 1;
            }
        }
    }
    tried
}

#[test]
fn a_recording_without_any_beginning_converges() {
    let tried = from_every_beginning(|_| vec![Reading { between: 0, overtaken: 0 }]);
    assert!(tried > 1_500, "{tried}");
}

/// With every number of events that the lists overtake; how many come between two lists takes turns.
#[test]
fn so_it_does_where_events_come_between_the_lists() {
    let reading = |missing, overtaken| Reading { between: (missing + overtaken) % 4, overtaken };
    let tried = from_every_beginning(|missing| (0..6).map(|overtaken| reading(missing, overtaken)).collect());
    assert!(tried > 9_000, "{tried}");
}

/// Every step of a made up office is followed by a quiet moment.
fn timed(steps: &[(u8, u8, u8)]) -> Recorded {
    let mut packets = Vec::new();
    let mut known = 0;
    for upto in 1..=steps.len() {
        let all = Source::Made(steps[..upto].to_vec()).packets();
        let at = i64::try_from(upto).unwrap() * 1_000;
        packets.extend(all.into_iter().skip(known).map(|packet| (at, packet)));
        known = packets.len();
    }
    ("a made up office".into(), packets)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, max_shrink_iters: 5_000, ..ProptestConfig::default() })]

    /// What made up calls show depends on their past in more ways than those of a real PBX; who is up does not.
    #[test]
    fn a_made_up_office_without_any_beginning_has_its_channels(steps in made(), missing in any::<u16>(), between in 0_usize..4) {
        let recorded = timed(&steps);
        let missing = usize::from(missing) % (recorded.1.len() + 1);
        converges(&recorded, &BTreeMap::new(), missing, Reading { between, overtaken: 0 });
    }
}
