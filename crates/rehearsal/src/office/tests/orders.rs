//! What is ordered at the desk is done, whatever else happens in the office.

use super::{act, office, until};
use crate::office::Simulation;
use crate::office::channel::{Id, Place, State};
use crate::packet::Packet;

/// Waits until the desk talks to somebody, and gives both.
fn talking(office: &mut Simulation) -> (Id, Id) {
    until(office, 60_000, |office, _| {
        let desk = office.newest("1001", |c| matches!(c.place, Place::Talking(_)))?;
        Some((desk, office.partner(desk)?))
    })
}

fn name(office: &Simulation, id: Id) -> String {
    office.channels.get(&id).unwrap().name.clone()
}

fn redirect(office: &mut Simulation, id: Id, exten: &str) {
    let channel = name(office, id);
    let order =
        format!("Action: Redirect\nChannel: {channel}\nContext: internal\nExten: {exten}\nPriority: 1");
    let answer = act(office, &order);
    assert_eq!(answer[0].field("Response"), "Success", "{answer:?}");
}

/// How somebody who was sent elsewhere fared.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Fate {
    Talks,
    Mailbox,
}

#[test]
fn a_transferred_caller_lives_on_and_is_answered_or_leaves_a_message() {
    let mut fates = std::collections::BTreeMap::new();
    for seed in 1..=40 {
        let mut office = office(seed);
        let (desk, caller) = talking(&mut office);
        let target = if seed % 4 == 0 { "1013" } else { "1004" };
        redirect(&mut office, caller, target);
        assert!(!office.channels.contains_key(&desk), "the desk is free");
        let fate = until(&mut office, 60_000, |office, _| {
            let channel = office.channels.get(&caller).expect("the caller is not lost");
            match &channel.place {
                Place::Talking(_) => {
                    let partner = office.partner(caller).unwrap();
                    assert_eq!(office.channels.get(&partner).unwrap().endpoint, target);
                    Some(Fate::Talks)
                }
                Place::Mailbox(number) => {
                    assert_eq!(number, target);
                    Some(Fate::Mailbox)
                }
                _ => None,
            }
        });
        *fates.entry((target, fate)).or_insert(0) += 1;
        until(&mut office, 300_000, |office, _| (!office.channels.contains_key(&caller)).then_some(()));
    }
    assert!(
        fates.contains_key(&("1004", Fate::Talks)) && fates.contains_key(&("1004", Fate::Mailbox)),
        "{fates:?}"
    );
    assert!(fates.contains_key(&("1013", Fate::Mailbox)), "a phone that is off: {fates:?}");
}

#[test]
fn a_ringing_caller_can_be_sent_on_before_anybody_answers() {
    let mut office = office(5);
    let ringing = until(&mut office, 60_000, |office, _| {
        let desk = office.newest("1001", |c| c.state == State::Ringing)?;
        match office.channels.get(&desk)?.place {
            Place::Called { by: Some(caller) } if !office.waits(caller) => Some((desk, caller)),
            _ => None,
        }
    });
    redirect(&mut office, ringing.1, "1002");
    assert!(!office.channels.contains_key(&ringing.0));
    assert!(office.channels.contains_key(&ringing.1));
}

#[test]
fn a_message_is_left_in_the_mailbox_to_which_somebody_is_sent() {
    let mut left = 0;
    for seed in 1..=8 {
        let mut office = office(seed);
        let (_, caller) = talking(&mut office);
        let before = office.phones.get("1014").unwrap().new;
        redirect(&mut office, caller, "*1014");
        let told = until(&mut office, 60_000, |office, events| {
            let told = |e: &&Packet| e.name() == "MessageWaiting" && e.field("Mailbox") == "1014@default";
            let new = events.iter().find(told).map(|event| event.field("New").to_owned());
            new.map(Some).or_else(|| (!office.channels.contains_key(&caller)).then_some(None))
        });
        if let Some(new) = told {
            assert_eq!(new, (before + 1).to_string());
            left += 1;
        }
    }
    assert!(left > 0, "nobody leaves a message");
}

#[test]
fn a_blind_transfer_takes_the_other_party() {
    let mut office = office(2);
    let (desk, caller) = talking(&mut office);
    let channel = name(&office, desk);
    let answer = act(
        &mut office,
        &format!("Action: BlindTransfer\nChannel: {channel}\nContext: internal\nExten: *1014"),
    );
    assert_eq!(answer[0].field("Response"), "Success");
    assert!(!office.channels.contains_key(&desk));
    assert!(
        matches!(&office.channels.get(&caller).unwrap().place, Place::Mailbox(number) if number == "1014")
    );
}

#[test]
fn a_hang_up_ends_both_sides() {
    let mut office = office(2);
    let (desk, caller) = talking(&mut office);
    let channel = name(&office, desk);
    let answer = act(&mut office, &format!("Action: Hangup\nChannel: {channel}"));
    assert_eq!(answer[0].field("Response"), "Success");
    assert!(!office.channels.contains_key(&desk) && !office.channels.contains_key(&caller));
    let again = act(&mut office, &format!("Action: Hangup\nChannel: {channel}"));
    assert_eq!((again[0].field("Response"), again[0].field("Message")), ("Error", "No such channel"));
}

#[test]
fn a_click_to_call_rings_the_desk_first_and_holds_who_talks_there() {
    let mut office = office(4);
    let (talks, _) = talking(&mut office);
    let order = "Action: Originate\nActionID: click\nChannel: PJSIP/1001\nContext: internal\nExten: 1004\n\
                 Priority: 1\nAsync: true\nChannelId: frontdesk-1.1\nTimeout: 30000";
    let answer = act(&mut office, order);
    assert_eq!(answer[0].field("Response"), "Success");
    let mut responded = false;
    let dialled = until(&mut office, 20_000, |_, events| {
        responded |= events.iter().any(|e| {
            e.name() == "OriginateResponse"
                && e.field("ActionID") == "click"
                && e.field("Response") == "Success"
        });
        let dial = |e: &&Packet| e.name() == "DialBegin" && e.field("Uniqueid") == "frontdesk-1.1";
        events.iter().find(dial).map(|event| event.field("DestCallerIDNum").to_owned())
    });
    assert!(responded);
    assert_eq!(dialled, "1004");
    assert!(office.channels.get(&talks).unwrap().holds);
    let placed = office.by_name("frontdesk-1.1").unwrap();
    office.hang_up(placed, super::super::dial::By::Phone, None);
    until(&mut office, 5_000, |office, _| (!office.channels.get(&talks)?.holds).then_some(()));
}

#[test]
fn what_cannot_be_done_is_said() {
    let mut office = office(1);
    for (order, message) in [
        (
            "Action: Redirect\nChannel: PJSIP/9-1\nContext: internal\nExten: 1002\nPriority: 1",
            "Channel does not exist",
        ),
        ("Action: Redirect\nChannel: PJSIP/9-1", "Context not specified"),
        (
            "Action: BlindTransfer\nChannel: PJSIP/9-1\nContext: internal\nExten: 1",
            "Channel specified does not exist",
        ),
        ("Action: Originate\nContext: internal\nExten: 1002", "Channel not specified"),
        ("Action: Originate\nChannel: PJSIP/1001\nApplication: System\nData: ls", "Originate failed"),
        ("Action: Command\nCommand: core show channels", "Permission denied"),
        ("Action: PJSIPShowEndpoints", "Permission denied"),
        ("Action: Park\nChannel: PJSIP/9-1", "Channel does not exist"),
        (
            "Action: Nonsense",
            "Invalid/unknown command: Nonsense. Use Action: ListCommands to show available commands.",
        ),
    ] {
        let answer = act(&mut office, order);
        assert_eq!((answer[0].field("Response"), answer[0].field("Message")), ("Error", message));
    }
}
