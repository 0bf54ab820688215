//! Tests of the session: who gets in, and that every list has the fields that a real Asterisk sends.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::{Session, key};
use crate::office::Simulation;
use crate::packet::Packet;
use crate::scenario::{Scenario, Step};
use std::collections::BTreeMap;

fn say(session: &mut Session, office: &mut Simulation, text: &str) -> Vec<Packet> {
    session.feed(format!("{}\r\n\r\n", text.replace('\n', "\r\n")).as_bytes(), office)
}

fn inside() -> (Session, Simulation) {
    let (mut session, mut office) = (Session::new(1), Scenario::office(1_795_500_000_000));
    let answers = say(&mut session, &mut office, "Action: Login\nUsername: frontdesk\nSecret: rehearsal");
    assert_eq!(answers[1].name(), "FullyBooted");
    (session, office)
}

#[test]
fn a_login_with_the_secret_is_followed_by_fully_booted() {
    let (session, _) = inside();
    assert!(session.hears() && !session.is_over());
}

#[test]
fn a_login_by_challenge_needs_a_challenge_first() {
    let mut office = Scenario::office(0);
    let login = |key: &str| format!("Action: Login\nAuthType: MD5\nUsername: frontdesk\nKey: {key}");
    let mut session = Session::new(189_284_548);
    let answer = say(&mut session, &mut office, "Action: Challenge\nAuthType: MD5");
    assert_eq!(answer[0].field("Challenge"), "189284548");
    assert_eq!(key(189_284_548), "fa728b5df1b94b8a0943ad7a13d477d6");
    let answer = say(&mut session, &mut office, &login(&key(189_284_548)));
    assert_eq!(answer[0].field("Message"), "Authentication accepted");
    let mut session = Session::new(189_284_548);
    let answer = say(&mut session, &mut office, &login(&key(189_284_548)));
    assert_eq!(answer[0].field("Message"), "Authentication failed");
}

#[test]
fn who_does_not_know_the_secret_is_out() {
    let mut office = Scenario::office(0);
    for login in [
        "Action: Login\nUsername: frontdesk\nSecret: wrong",
        "Action: Login\nUsername: admin\nSecret: rehearsal",
        "Action: Login\nUsername: frontdesk",
        "Action: Login\nUsername: frontdesk\nAuthType: plain\nSecret: rehearsal",
    ] {
        let mut session = Session::new(1);
        let early = say(&mut session, &mut office, "Action: CoreShowChannels");
        assert_eq!(early[0].field("Message"), "Permission denied");
        let answer = say(&mut session, &mut office, &format!("{login}\n\nAction: Ping"));
        assert_eq!(answer.len(), 1, "nothing is answered after that");
        assert_eq!(answer[0].field("Message"), "Authentication failed");
        assert!(session.is_over() && !session.hears());
    }
}

#[test]
fn events_can_be_switched_off_and_a_session_can_end() {
    let (mut session, mut office) = inside();
    assert_eq!(say(&mut session, &mut office, "Action: Events\nEventMask: off")[0].field("Events"), "Off");
    assert!(!session.hears());
    assert_eq!(say(&mut session, &mut office, "Action: Events\nEventMask: on")[0].field("Events"), "On");
    assert!(session.hears());
    let ping = say(&mut session, &mut office, "Action: Ping\nActionID: 7");
    assert_eq!((ping[0].field("ActionID"), ping[0].field("Ping")), ("7", "Pong"));
    let bye = say(&mut session, &mut office, "Action: Logoff");
    assert_eq!(bye[0].field("Response"), "Goodbye");
    assert!(session.is_over());
}

#[test]
fn what_cannot_be_read_is_answered_and_the_session_goes_on() {
    let (mut session, mut office) = inside();
    let answer = say(&mut session, &mut office, &format!("Action: {}", "x".repeat(3_000)));
    assert_eq!(answer[0].field("Message"), "Failed to parse message: line too long");
    assert_eq!(say(&mut session, &mut office, "Action: Ping")[0].field("Ping"), "Pong");
}

type Keys = Vec<String>;

/// The keys of a message in order; the events that only a reader with all classes sees are left out.
fn keys(text: &str) -> Keys {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| Some(line.split_once(':')?.0.to_owned()))
        .collect()
}

fn value<'a>(text: &'a str, key: &str) -> &'a str {
    text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": ")).unwrap_or_default()
}

/// What a real Asterisk answered: by action, the keys of each kind of message, with the first line as its kind.
fn recorded() -> BTreeMap<String, BTreeMap<String, Keys>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/recordings/z_snapshots.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let mut all: BTreeMap<String, BTreeMap<String, Keys>> = BTreeMap::new();
    let mut asked = String::new();
    for block in text.split("\n\n") {
        let block: String =
            block.lines().filter(|line| !line.starts_with('#')).map(|l| format!("{l}\n")).collect();
        if let Some(action) = block.strip_prefix(">>> Action: ") {
            asked = action.lines().next().unwrap().to_owned();
        } else if !block.is_empty() && !value(&block, "Privilege").starts_with("security") {
            let kind = block.lines().next().unwrap().to_owned();
            all.entry(asked.clone()).or_default().entry(kind).or_insert_with(|| keys(&block));
        }
    }
    all
}

#[test]
fn lists_have_the_fields_of_a_real_one_in_their_order() {
    let recorded = recorded();
    let (mut session, mut office) = inside();
    let call = |number, did| Step::CallIn { number, name: "", did };
    for step in [
        call("5550005", "5551001"),
        Step::Answer("1001"),
        Step::Order(crate::scenario::Order::Park { of: "trunk", by: "1001", timeout_ms: 30_000 }),
        call("5550001", "5551001"),
        Step::Answer("1001"),
        call("5550004", "5551004"),
        call("5550006", "5551600"),
    ] {
        step.play(&mut office);
    }
    let bridge = office.act(&crate::Action::new([("Action", "BridgeList")]));
    let bridge = bridge.iter().find(|item| item.field("BridgeType") == "basic").unwrap();
    let bridge = bridge.field("BridgeUniqueid").to_owned();
    for (action, more) in [
        ("CoreStatus", String::new()),
        ("CoreSettings", String::new()),
        ("CoreShowChannels", String::new()),
        ("Status", String::new()),
        ("BridgeList", String::new()),
        ("BridgeInfo", format!("\nBridgeUniqueid: {bridge}")),
        ("DeviceStateList", String::new()),
        ("ExtensionStateList", String::new()),
        ("ExtensionState", "\nExten: 1001\nContext: internal".to_owned()),
        ("PresenceStateList", String::new()),
        ("QueueStatus", String::new()),
        ("QueueSummary", String::new()),
        ("ParkedCalls", String::new()),
        ("Parkinglots", String::new()),
        ("VoicemailUsersList", String::new()),
        ("MailboxCount", "\nMailbox: 1001@default".to_owned()),
        ("MailboxStatus", "\nMailbox: 1001@default".to_owned()),
        ("MWIGet", "\nMailbox: 1001@default".to_owned()),
        ("Ping", String::new()),
    ] {
        let real = recorded.get(action).unwrap();
        let answers = say(&mut session, &mut office, &format!("Action: {action}\nActionID: 1{more}"));
        let mut ours: BTreeMap<String, Keys> = BTreeMap::new();
        for answer in &answers {
            let text = answer.text().replace('\r', "");
            assert!(text.contains("\nActionID: 1\n"), "{action}: {text}");
            ours.entry(text.lines().next().unwrap().to_owned()).or_insert_with(|| keys(&text));
        }
        assert_eq!(&ours, real, "{action}");
    }
}

#[test]
fn the_questions_before_an_order_are_answered() {
    let (mut session, mut office) = inside();
    for (variable, value) in [
        ("DIALPLAN_EXISTS(internal,1002,1)", "1"),
        ("DIALPLAN_EXISTS(internal,*1002,1)", "1"),
        ("DIALPLAN_EXISTS(internal,95551234,1)", "1"),
        ("DIALPLAN_EXISTS(internal,700,1)", "1"),
        ("DIALPLAN_EXISTS(internal,4711,1)", "0"),
        ("DIALPLAN_EXISTS(elsewhere,1002,1)", "0"),
        ("PJSIP_ENDPOINT(1002,callerid)", "\"Bob\" <1002>"),
        ("PJSIP_ENDPOINT(1002,mailboxes)", "1002@default"),
        ("PJSIP_ENDPOINT(9,callerid)", ""),
        ("DEVICE_STATE(PJSIP/1002)", "NOT_INUSE"),
    ] {
        let answer = say(&mut session, &mut office, &format!("Action: Getvar\nVariable: {variable}"));
        let answer = &answer[0];
        assert_eq!((answer.field("Variable"), answer.field("Value")), (variable, value));
    }
    let tree = say(&mut session, &mut office, "Action: DBGetTree\nFamily: AMPUSER");
    assert_eq!((tree.len(), tree[1].name()), (2, "DBGetTreeComplete"));
}
