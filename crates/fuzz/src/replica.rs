//! What a server says to a client, one message a line: written as it was read, its names in one line, the desk's copy
//! of the office the one that was told, and nothing of it stops the desk.

use frontdesk_console::console::Console;
use frontdesk_console::event::{Event, Message};
use frontdesk_protocol::{Change, Millis, Office, Party, PbxLink, Replica, ServerMessage, Step, text};
use std::sync::Arc;

pub fn body(input: &[u8]) {
    let Ok(all) = std::str::from_utf8(input) else { return };
    let mut replica = Replica::default();
    let mut console = Console::new("fuzz", |_| 0);
    for line in all.lines() {
        let Ok(message) = ServerMessage::read(line) else { continue };
        rewritten(&message);
        if let ServerMessage::Ready { now, .. } | ServerMessage::Snapshot { now, .. } = &message {
            // A clock that nobody has.
            console.update(Event::Tick(Millis(now.0 / 2)));
        }
        let before = Arc::clone(replica.office());
        let step = replica.take(&message);
        follows(&message, step, &before, replica.office());
        names(replica.office());
        console.update(Event::Message(Message::Message { message: Box::new(message) }));
    }
    console.update(Event::Tick(Millis(1_700_000_000_000)));
    whole(replica.office());
}

fn rewritten(message: &ServerMessage) {
    let again = serde_json::to_string(message).map(|text| ServerMessage::read(&text));
    match again {
        Ok(Ok(again)) => assert_eq!(&again, message, "written and read it is another message"),
        other => panic!("the message cannot be read when written: {other:?}"),
    }
}

/// The office changes by a snapshot or by the delta that follows, and by nothing else.
fn follows(message: &ServerMessage, step: Step, before: &Office, after: &Office) {
    match (message, step) {
        (ServerMessage::Snapshot { office, .. }, Step::Taken) => assert_eq!(office.as_ref(), after),
        (ServerMessage::Delta(delta), Step::Taken) => {
            for change in &delta.changes {
                // The last that is said of one thing counts.
                let last = delta.changes.iter().rev().find(|other| other.subject() == change.subject());
                let there =
                    last.is_none_or(|last| last.takes_away() || after.facts().any(|fact| &fact == last));
                assert!(there, "{last:?} was not applied");
            }
        }
        _ => assert_eq!(before, after, "{message:?} changed the office"),
    }
}

/// Built from its facts, or from the changes to it, it is the same office with the same hash.
fn whole(office: &Office) {
    let mut built = Office::default();
    office.facts().for_each(|fact| built.apply(fact));
    let mut changed = Office::default();
    Office::default().changes_to(office).into_iter().for_each(|change| changed.apply(change));
    for other in [built, changed] {
        if keyed(office) {
            assert_eq!(&other, office);
            assert_eq!(other.hash(), office.hash(), "equal offices with two hashes");
        }
    }
}

/// Whether everything stands under its own key. A hostile server may say otherwise; that is its own affair.
fn keyed(office: &Office) -> bool {
    office.people.iter().all(|(key, it)| key == &it.id)
        && office.extensions.iter().all(|(key, it)| key == &it.extension)
        && office.calls.iter().all(|(key, it)| key == &it.id)
        && office.queues.iter().all(|(key, it)| key == &it.name)
        && office.lots.iter().all(|(key, it)| key == &it.name)
        && office.mailboxes.iter().all(|(key, it)| key == &it.id)
        && office.handed.iter().all(|(key, it)| key == &it.id)
}

/// What is shown stays in its line.
fn names(office: &Office) {
    if let PbxLink::Down { reason, .. } = &office.link {
        line(reason, text::SENTENCE);
    }
    for fact in office.facts() {
        match fact {
            Change::Person(person) => {
                line(&person.name, text::NAME);
                line(&person.group, text::NAME);
                person.numbers.iter().for_each(|number| line(&number.label, text::NAME));
            }
            Change::Call(call) => {
                let legs = call.legs.iter();
                let parties = legs.flat_map(|leg| [Some(&*leg.party), leg.peer.as_deref()]).flatten();
                parties.chain([&*call.origin]).for_each(party);
                call.via.dialled.iter().for_each(|dialled| line(dialled, text::NAME));
            }
            Change::Queue(queue) => {
                line(queue.name.as_str(), text::NAME);
                queue.waiting.iter().for_each(|waiting| party(&waiting.party));
                queue.members.iter().for_each(|member| line(&member.name, text::NAME));
            }
            Change::Lot(lot) => lot.parked.iter().for_each(|parked| party(&parked.party)),
            Change::Handed(handed) => {
                party(&handed.party);
                line(&handed.label, text::SENTENCE);
            }
            _ => {}
        }
    }
}

fn party(party: &Party) {
    [&party.name, &party.number].into_iter().flatten().for_each(|words| line(words, text::NAME));
}

fn line(words: &str, longest: usize) {
    let turns = words.chars().any(|c| text::turns(c) || text::breaks(c));
    assert!(!turns && words.chars().count() <= longest + 1, "it leaves its line: {words:?}");
}
