//! What desks are fed with, as they would take it in.
#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;
use crate::specimen;
use frontdesk_protocol::{CallId, Millis, PbxLink, Replica, ResyncCause, Step};

fn hub() -> Hub {
    Hub::new(Epoch::parse("e").unwrap())
}

fn full(hub: &Hub, resume: Option<&Resume>) -> Start {
    hub.start(resume, Sight::Full, Millis(1))
}

fn up(since: i64) -> Vec<Change> {
    vec![Change::Link(PbxLink::Up { since: Millis(since) })]
}

fn replica(first: &[Utf8Bytes]) -> (Seq, Office) {
    let (mut at, mut office) = (Seq(0), Office::default());
    for text in first {
        match ServerMessage::read(text).unwrap() {
            ServerMessage::Snapshot { seq, office: whole, .. } => (at, office) = (seq, (*whole).clone()),
            ServerMessage::Delta(delta) => {
                at = delta.seq;
                delta.changes.into_iter().for_each(|change| office.apply(change));
            }
            other => panic!("{other:?}"),
        }
    }
    (at, office)
}

#[tokio::test]
async fn snapshot_and_deltas_give_the_office() {
    let hub = hub();
    hub.publish(Office::default().changes_to(&specimen::office()));
    let mut start = full(&hub, None);
    assert!(!start.resumed);
    hub.publish(vec![Change::CallGone(CallId::parse("c").unwrap())]);
    let Delivery::Frame(delta) = start.feed.next().await else { panic!("no delta") };
    let mut all = start.first.clone();
    all.push(delta);
    assert_eq!(replica(&all), (Seq(2), hub.office(Clone::clone)));
}

#[test]
fn who_returns_gets_the_missed_deltas_while_the_ring_reaches() {
    let hub = hub();
    for n in 0..=RING {
        hub.publish(up(i64::try_from(n).unwrap()));
    }
    let newest = Seq(RING as u64 + 1);
    let back = |seq| full(&hub, Some(&Resume { epoch: Epoch::parse("e").unwrap(), seq }));
    assert_eq!(back(newest).first.len(), 0);
    assert_eq!(back(Seq(newest.0 - 3)).first.len(), 3);
    assert_eq!(back(Seq(1)).first.len(), RING);
    assert!(back(Seq(1)).resumed);
    assert!(!back(Seq(0)).resumed, "the ring no longer reaches");
    assert!(!back(Seq(newest.0 + 1)).resumed, "from the future");
    let other = Resume { epoch: Epoch::parse("other").unwrap(), seq: newest };
    assert!(!full(&hub, Some(&other)).resumed, "of another epoch");
}

#[tokio::test]
async fn who_does_not_keep_up_gets_a_snapshot_and_no_queue() {
    let hub = hub();
    let mut slow = full(&hub, None);
    for n in 0..10 * LAG {
        hub.publish(up(i64::try_from(n).unwrap()));
    }
    assert!(matches!(slow.feed.next().await, Delivery::Lagged));
    let again = full(&hub, None);
    assert_eq!(replica(&again.first), (Seq(10 * LAG as u64), hub.office(Clone::clone)));
}

#[test]
fn of_several_changes_of_one_thing_the_last_is_sent() {
    let hub = hub();
    hub.publish([up(1), up(2), up(3)].concat());
    let start = full(&hub, Some(&Resume { epoch: Epoch::parse("e").unwrap(), seq: Seq(0) }));
    let ServerMessage::Delta(delta) = ServerMessage::read(&start.first[0]).unwrap() else { panic!() };
    assert_eq!(delta.changes, up(3));
}

#[test]
fn the_hash_stands_in_its_place_among_the_deltas_and_a_replica_that_differs_is_found() {
    let hub = hub();
    let mut start = full(&hub, None);
    hub.publish(Office::default().changes_to(&specimen::office()));
    hub.check();
    hub.publish(up(1));
    let mut heard = start.first.clone();
    while let Some(Delivery::Frame(text)) = start.feed.take() {
        heard.push(text);
    }
    let heard: Vec<ServerMessage> = heard.iter().map(|text| ServerMessage::read(text).unwrap()).collect();
    let ServerMessage::Check { seq: Seq(1), hash } = heard[2] else { panic!("{:?}", heard[2]) };
    assert_eq!(hash, specimen::office().hash());

    let (mut right, mut wrong) = (Replica::default(), Replica::default());
    for message in &heard {
        assert_eq!(right.take(message), Step::Taken);
    }
    assert_eq!(**right.office(), hub.office(Clone::clone));
    for message in &heard[..2] {
        let mut message = message.clone();
        if let ServerMessage::Delta(delta) = &mut message {
            delta.changes.pop();
        }
        wrong.take(&message);
    }
    assert_eq!(wrong.take(&heard[2]), Step::Resync(ResyncCause::Differs));
    wrong.take(&ServerMessage::read(&full(&hub, None).first[0]).unwrap());
    assert_eq!(wrong.office(), right.office());
}
