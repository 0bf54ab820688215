//! The cold start against a PBX with calls up, with the lists of a real Asterisk.

use super::{Entry, Fields, fields, parse, recording, told};
use crate::api::Output;
use crate::orders::Order;
use crate::settings::Settings;
use crate::switchboard::Switchboard;
use frontdesk_protocol::{
    Change, Extension, HistoryOutcome, Hold, LegState, Millis, Office, PbxLink, Person, PersonId,
};
use std::collections::HashMap;

/// What a plain Asterisk refuses.
const PLAIN: &[&str] = &["AMPUSER"];

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
                None if name.contains("AMPUSER") && !refuse.contains(&"AMPUSER") => {
                    for packet in freepbx() {
                        board.packet(&under(&id, &packet), Millis(now));
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
    let (mut board, asked) = start(PLAIN);
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

/// What a FreePBX answers to `DBGetTree` of `AMPUSER`.
fn freepbx() -> Vec<Fields> {
    let item =
        |key: &str, value: &str| format!("Event: DBGetTreeResponse\nKey: /AMPUSER/{key}\nVal: {value}");
    [
        "Response: Success\nEventList: start\nMessage: Result will follow".to_owned(),
        item("1001/answermode", "disabled"),
        item("1001/cidname", "Alice of AMPUSER"),
        item("1001/cidnum", "1001"),
        item("1006/cidname", "Fred"),
        item("8000/cidname", "Nobody"),
        "Event: DBGetTreeComplete\nEventList: Complete\nListItems: 5".to_owned(),
    ]
    .map(|text| fields(&text))
    .to_vec()
}

#[test]
fn the_names_of_a_freepbx_win_over_mailboxes_and_caller_ids() {
    let (board, _) = start(&[]);
    let names = |board: &Switchboard| {
        let people = board.office().people.values();
        people.map(|person| format!("{} {}", person.id, person.name)).collect::<Vec<_>>()
    };
    let freepbx = names(&board);
    assert_eq!(freepbx[..2], ["1001 Alice of AMPUSER", "1002 Bob"]);
    assert_eq!(freepbx[5], "1006 Fred", "also over the endpoint's caller id");
    assert_eq!(freepbx.len(), 6, "a name alone is no extension");
    let (board, _) = start(&["AMPUSER"]);
    assert_eq!(names(&board)[0], "1001 Alice");
    assert_eq!(names(&board)[5], "1006 Frank");
}

#[test]
fn a_manager_without_system_rights_sees_the_same() {
    let (full, _) = start(PLAIN);
    let (least, _) = start(&["AMPUSER", "PJSIPShowEndpoints", "PJSIPShowContacts"]);
    assert_eq!(full.office().extensions, least.office().extensions);
    assert_eq!(full.office().calls, least.office().calls);
}

#[test]
fn a_list_that_never_ends_does_not_hold_up_the_office_but_the_list_of_channels() {
    let mut board = Switchboard::new(Settings::default(), Millis(0));
    board.link_up(Millis(0));
    let synced = |board: &mut Switchboard| {
        let outputs: Vec<Output> = std::iter::from_fn(|| board.poll()).collect();
        outputs.iter().any(|output| matches!(output, Output::Synced))
    };
    let mut asked = Vec::new();
    for _ in 0..20 {
        let due = board.deadline().unwrap();
        board.tick(due);
        asked.append(&mut board.sent);
    }
    assert!(!synced(&mut board) && board.office().link == PbxLink::Starting, "nothing is known of the calls");
    let again: Vec<_> = asked.iter().filter(|(_, order)| *order == Order::List("CoreShowChannels")).collect();
    assert!(again.len() > 3, "{asked:?}");
    let (id, _) = again[again.len() - 1];
    let now = Millis(1_000_000);
    board.packet(&fields(&format!("Response: Success\nActionID: {id}\nEventList: start")), now);
    board.packet(
        &fields(&format!("Event: CoreShowChannelsComplete\nActionID: {id}\nEventList: Complete")),
        now,
    );
    while let Some(due) = board.deadline() {
        board.tick(due);
    }
    assert!(synced(&mut board) && matches!(board.office().link, PbxLink::Up { .. }));
}

#[test]
fn when_the_link_goes_what_was_last_known_stays() {
    let (mut board, _) = start(PLAIN);
    told(&mut board, 0);
    let before = board.office().clone();
    assert!(!before.calls.is_empty());
    board.link_down("The PBX is being restarted.".into(), Millis(2_000_000));
    let mut outputs: Vec<Output> = std::iter::from_fn(|| board.poll()).collect();
    let only = outputs.pop();
    assert!(matches!(only, Some(Output::Changed(changes)) if matches!(changes[..], [Change::Link(_)])));
    assert!(outputs.is_empty(), "{outputs:?}");
    let link = PbxLink::Down { since: Millis(2_000_000), reason: "The PBX is being restarted.".into() };
    assert_eq!(*board.office(), Office { link, ..before });
    assert_eq!(board.deadline(), None, "nothing moves while nothing is heard");
}

#[test]
fn the_outage_keeps_its_beginning_and_tells_the_newest_reason() {
    let (mut board, _) = start(PLAIN);
    board.link_down("It was closed.".into(), Millis(2_000_000));
    board.link_down("It refuses.".into(), Millis(2_060_000));
    let down = |since, reason: &str| PbxLink::Down { since: Millis(since), reason: reason.into() };
    assert_eq!(board.office().link, down(2_000_000, "It refuses."));
    board.link_up(Millis(2_120_000));
    assert_eq!(board.office().link, PbxLink::Starting);
    board.link_down("It was closed again.".into(), Millis(2_121_000));
    assert_eq!(board.office().link, down(2_000_000, "It was closed again."));
    answer(&mut board, PLAIN, 2_200_000, |_| true);
    board.link_up(Millis(2_200_000));
    answer(&mut board, PLAIN, 2_200_000, |_| true);
    assert_eq!(board.office().link, PbxLink::Up { since: Millis(2_200_000) });
    board.link_down("Once more.".into(), Millis(2_300_000));
    assert_eq!(board.office().link, down(2_300_000, "Once more."));
}

/// The link is lost and comes back; the lists then name the channels for which `up` says so.
fn blip(board: &mut Switchboard, up: impl Fn(&str) -> bool) -> Vec<Output> {
    board.link_down("It was closed.".into(), Millis(1_000_000));
    while board.poll().is_some() {}
    board.sent.clear();
    board.link_up(Millis(1_000_000));
    answer(board, PLAIN, 1_000_000, up);
    std::iter::from_fn(|| board.poll()).filter(|output| !matches!(output, Output::Act(..))).collect()
}

#[test]
fn an_outage_leaves_no_trace_in_the_office() {
    let (mut board, _) = start(PLAIN);
    told(&mut board, 0);
    let before = board.office().clone();
    let outputs = blip(&mut board, |_| true);
    assert_eq!(*board.office(), before, "the same lists show the same office");
    let links: Vec<_> = outputs.iter().map(|output| matches!(output, Output::Changed(_))).collect();
    assert_eq!(links, [true, true, false], "starting, then everything in one publication: {outputs:?}");
    assert!(matches!(&outputs[1], Output::Changed(changes) if matches!(changes[..], [Change::Link(_)])));
}

#[test]
fn what_ended_during_an_outage_is_gone_and_recorded_once() {
    let (mut board, _) = start(PLAIN);
    told(&mut board, 0);
    let calls = board.office().calls.len();
    let gone = board.office().legs_at(&[Extension::parse("1001").unwrap()]).next().unwrap().0.clone();
    let lost: Vec<&str> = gone.legs.iter().map(|leg| leg.id.as_str()).collect();
    let outputs = blip(&mut board, |uid| !lost.contains(&uid));
    assert_eq!(board.office().calls.len(), calls - 1);
    assert!(!board.office().calls.contains_key(&gone.id));
    let rows: Vec<_> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::Ended(row) => Some((row.call.clone(), row.extension.clone(), row.outcome.clone())),
            _ => None,
        })
        .collect();
    let at = gone.legs.iter().filter_map(|leg| leg.extension.clone());
    let wanted: Vec<_> =
        at.map(|extension| (gone.id.clone(), extension, HistoryOutcome::Interrupted)).collect();
    assert_eq!(rows.len(), wanted.len(), "{rows:?}");
    assert!(wanted.iter().all(|row| rows.contains(row)), "{rows:?}");
}

#[test]
fn a_call_that_outlives_an_outage_keeps_its_past_and_has_one_row() {
    let mut board = super::office();
    let ring = |board: &mut Switchboard, text: &str, at| {
        board.packet(&fields(text), Millis(at));
    };
    let trunk =
        "Channel: PJSIP/trunk-01\nCallerIDNum: 030123456\nExten: 5551001\nUniqueid: 1.1\nLinkedid: 1.1";
    let phone = "Channel: PJSIP/1001-02\nCallerIDNum: 1001\nConnectedLineNum: 030123456\nUniqueid: 1.2\nLinkedid: 1.1";
    ring(&mut board, &format!("Event: Newchannel\nChannelState: 4\n{trunk}"), 10_000);
    ring(&mut board, &format!("Event: Newchannel\nChannelState: 5\n{phone}"), 10_000);
    let dial =
        format!("{trunk}\nChannelState: 4\nDestChannelState: 5\nDest{}", phone.replace('\n', "\nDest"));
    ring(&mut board, &format!("Event: DialBegin\n{dial}"), 10_000);
    ring(&mut board, &format!("Event: DialEnd\nDialStatus: ANSWER\n{dial}"), 15_000);
    for channel in [trunk, phone] {
        ring(
            &mut board,
            &format!("Event: BridgeEnter\nBridgeUniqueid: b\nChannelState: 6\n{channel}"),
            15_000,
        );
    }
    let queued = fields(&format!("Event: QueueCallerJoin\nQueue: support\nChannelState: 6\n{trunk}"));
    board.packet(&queued, Millis(15_000));
    let before = board.office().calls.values().next().unwrap().clone();
    board.link_down("It was closed.".into(), Millis(20_000));
    board.link_up(Millis(60_000));
    let listed = [(trunk, "Dial"), (phone, "AppDial")].map(|(channel, application)| {
        format!("ChannelState: 6\nBridgeId: b\nDuration: 00:00:50\nApplication: {application}\n{channel}")
    });
    super::answer_all_with(&mut board, Millis(60_000), &listed);
    let after = board.office().calls.values().next().unwrap().clone();
    assert_eq!((&after.id, &after.origin, &after.via), (&before.id, &before.origin, &before.via));
    assert_eq!(after.via.queue.as_ref().map(ToString::to_string).as_deref(), Some("support"));
    let mine = after.legs.iter().find(|leg| leg.extension.is_some()).unwrap();
    assert_eq!((mine.since, mine.answered, mine.hold), (Millis(15_000), Some(Millis(15_000)), Hold::Unknown));
    for channel in [phone, trunk] {
        ring(&mut board, &format!("Event: Hangup\nCause: 16\nChannelState: 6\n{channel}"), 75_000);
    }
    let text = told(&mut board, 75_000);
    assert_eq!(text.matches("history").count(), 1, "{text}");
    assert!(text.contains("history 1001 Inbound 030123456(out) ring 5000 talk 60000 Answered"), "{text}");
}

#[test]
fn who_began_a_call_is_known_again_when_a_list_has_left_them_out() {
    let mut board = super::office();
    let one = "Channel: PJSIP/1001-01\nChannelState: 6\nCallerIDNum: 1001\nExten: 1002\nUniqueid: 1.1\nLinkedid: 1.1";
    let two = "Channel: PJSIP/1002-02\nChannelState: 6\nCallerIDNum: 1002\nConnectedLineNum: 1001\nUniqueid: 1.2\nLinkedid: 1.1";
    let enters = |channel| fields(&format!("Event: BridgeEnter\nBridgeUniqueid: b\n{channel}"));
    for channel in [one, two] {
        board.packet(&enters(channel), Millis(10_000));
    }
    board.link_down("It was closed.".into(), Millis(20_000));
    board.link_up(Millis(60_000));
    let listed = format!("BridgeId: b\nDuration: 00:00:50\n{two}");
    super::answer_all_with(&mut board, Millis(60_000), &[listed]);
    board.packet(&enters(one), Millis(61_000));
    let extension = Extension::parse("1001").unwrap();
    let person = Person {
        id: PersonId::parse("anew").unwrap(),
        name: "Alice Anew".into(),
        extensions: vec![extension],
        numbers: Vec::new(),
        mailbox: None,
        group: String::new(),
    };
    board.set_directory(vec![person], Millis(62_000));
    told(&mut board, 62_000);
    let call = board.office().calls.values().next().unwrap();
    assert_eq!(call.origin.name.as_deref(), Some("Alice Anew"), "{call:?}");
    assert_eq!(call.legs.len(), 2, "{call:?}");
}

#[test]
fn a_pbx_that_is_silent_for_a_while_is_shown_as_unknown_and_then_as_it_is() {
    let (mut board, _) = start(&[]);
    told(&mut board, 0);
    let before = board.office().clone();
    board.link_silent("It does not answer.".into(), Millis(2_000_000));
    let down = |reason: &str| PbxLink::Down { since: Millis(2_000_000), reason: reason.into() };
    assert_eq!(*board.office(), Office { link: down("It does not answer."), ..before.clone() });
    board.link_speaks(Millis(2_005_000));
    assert_eq!(*board.office(), Office { link: PbxLink::Up { since: Millis(2_005_000) }, ..before });
    board.link_silent("It does not answer.".into(), Millis(2_000_000));
    board.link_down("It was closed.".into(), Millis(2_012_000));
    assert_eq!(board.office().link, down("It was closed."), "the silence was its beginning");
    board.link_speaks(Millis(2_013_000));
    assert_eq!(board.office().link, down("It was closed."), "who is gone does not speak");
}
