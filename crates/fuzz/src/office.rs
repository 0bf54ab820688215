//! What a PBX says and the desks order, in any order: the input is a script, one step after the other, in which nothing
//! is likely but everything is possible. It reaches states of the model and of the call control that bytes alone do not.

use crate::board::{Board, PHONES};
use crate::chance::Script;
use frontdesk_protocol::{
    Command, Destination, Extension, HandedId, LegId, MailboxId, Number, PersonId, Role, TransferMode,
};
use std::fmt::Write as _;

/// The most steps of a script.
const STEPS: usize = 150;

const NAMES: [&str; 7] = [
    "PJSIP/1001",
    "PJSIP/1002",
    "PJSIP/1003",
    "PJSIP/1004",
    "PJSIP/trunk",
    "PJSIP/trunk",
    "Local/1002@internal",
];
const EVENTS: [&str; 34] = [
    "Newchannel",
    "Newstate",
    "Newchannel",
    "Newstate",
    "DialBegin",
    "DialBegin",
    "DialState",
    "DialEnd",
    "BridgeCreate",
    "BridgeEnter",
    "BridgeEnter",
    "BridgeLeave",
    "BridgeDestroy",
    "Hangup",
    "Hangup",
    "HangupRequest",
    "Hold",
    "Unhold",
    "Rename",
    "LocalBridge",
    "Pickup",
    "BlindTransfer",
    "AttendedTransfer",
    "QueueCallerJoin",
    "QueueCallerLeave",
    "QueueMemberStatus",
    "ParkedCall",
    "UnParkedCall",
    "ParkedCallTimeOut",
    "OriginateResponse",
    "DeviceStateChange",
    "ExtensionStatus",
    "MessageWaiting",
    "Reload",
];
const EXTENS: [&str; 10] =
    ["1001", "1002", "1003", "1004", "s", "", "9030123456", "*1002", "701", "\u{202e}5551234\u{7}<b>"];
const CALLERS: [&str; 8] =
    ["1001", "1002", "5551234", "<unknown>", "", "+49301234567", "=1+1", "\u{202e}evil\u{7}"];
const APPLICATIONS: [&str; 8] =
    ["", "Dial", "Queue", "VoiceMail", "ConfBridge", "Park", "AppDial", "BackGround"];
const STATES: [&str; 6] = ["0", "4", "5", "6", "7", "99"];
const WAITS: [i64; 8] = [0, 0, 1, 60, 500, 3_100, 9_000, 30_000];

pub fn body(input: &[u8]) {
    let mut script = Script::new(input);
    let mut board = Board::started();
    for _ in 0..STEPS {
        let Some(what) = script.next() else { break };
        step(what, &mut script, &mut board);
        board.drain();
        board.check();
    }
    board.end();
}

fn step(what: u8, script: &mut Script<'_>, board: &mut Board) {
    match what % 20 {
        0..=10 => {
            let text = event(script, board);
            board.say(&text);
        }
        11 | 12 => order(script, board),
        13..=15 => answer(script, board),
        16 | 17 => board.pass(script.pick(&WAITS).unwrap_or_default()),
        18 => match script.byte() % 8 {
            0 => {
                board.link_down();
                board.pass(1_000);
                board.link_up();
            }
            1 => board.silent(),
            2 => board.speaks(),
            _ => board.answer_all(PHONES.len()),
        },
        _ => board.answer_all(usize::from(script.byte() % 5)),
    }
}

/// A channel of few, so that events meet; what is said of it may be of another moment.
fn channel(script: &mut Script<'_>, prefix: &str, out: &mut String) {
    let (which, how) = (script.byte(), script.byte());
    let name = usize::from(which % 7);
    let uid = format!("17.{}", which % 7 + 1);
    let link = if how & 3 == 0 { format!("17.{}", how / 4 % 7 + 1) } else { uid.clone() };
    let half = if name == 6 { format!(";{}", how % 2 + 1) } else { String::new() };
    let (state, exten) = (pick(script, &STATES), pick(script, &EXTENS));
    let (number, caller) = (pick(script, &CALLERS), pick(script, &CALLERS));
    let context = if how & 64 == 0 { "internal" } else { "from-trunk" };
    let application = pick(script, &APPLICATIONS);
    let lines = [
        ("Channel", format!("{}-0000000{}{half}", NAMES[name], which % 7)),
        ("ChannelState", state.to_owned()),
        ("CallerIDNum", number.to_owned()),
        ("CallerIDName", caller.to_owned()),
        ("ConnectedLineNum", caller.to_owned()),
        ("ConnectedLineName", number.to_owned()),
        ("Context", context.to_owned()),
        ("Exten", exten.to_owned()),
        ("Uniqueid", uid),
        ("Linkedid", link),
    ];
    for (key, value) in lines {
        // Writing to a string cannot fail.
        let _ = write!(out, "{prefix}{key}: {value}\r\n");
    }
    let _ = write!(out, "Application: {application}\r\n");
}

fn pick(script: &mut Script<'_>, from: &[&'static str]) -> &'static str {
    script.pick(from).unwrap_or_default()
}

fn event(script: &mut Script<'_>, board: &Board) -> String {
    let name = pick(script, &EVENTS);
    let mut text = format!("Event: {name}\r\n");
    let second = match name {
        "DialBegin" | "DialState" | "DialEnd" => Some("Dest"),
        "Pickup" => Some("Target"),
        _ => None,
    };
    let first = match name {
        "LocalBridge" => "LocalOne",
        "BlindTransfer" => "Transferer",
        "AttendedTransfer" => "OrigTransferer",
        "ParkedCall" | "UnParkedCall" | "ParkedCallTimeOut" => "Parkee",
        _ => "",
    };
    // The PBX itself may dial.
    let alone = second == Some("Dest") && script.byte().is_multiple_of(4);
    if !alone {
        channel(script, first, &mut text);
    }
    for prefix in second.into_iter().chain((name == "LocalBridge").then_some("LocalTwo")) {
        channel(script, prefix, &mut text);
    }
    if name == "AttendedTransfer" {
        channel(script, "SecondTransferer", &mut text);
    }
    let how = script.byte();
    let action = board.asked.get(usize::from(how) % board.asked.len().max(1)).map(|(id, _)| id.as_str());
    let lines = [
        ("BridgeUniqueid", format!("bridge-{}", how % 3)),
        ("BridgeType", ["basic", "holding", "confbridge"][usize::from(how / 3 % 3)].to_owned()),
        (
            "DialStatus",
            ["ANSWER", "BUSY", "NOANSWER", "CANCEL", "CHANUNAVAIL"][usize::from(how % 5)].to_owned(),
        ),
        ("Cause", ["16", "17", "19", "21", "26", "0"][usize::from(how % 6)].to_owned()),
        ("Queue", ["sales", "support"][usize::from(how % 2)].to_owned()),
        ("Position", (how % 4).to_string()),
        ("Parkinglot", ["default", "other"][usize::from(how / 2 % 2)].to_owned()),
        ("ParkingSpace", (701 + u32::from(how % 3)).to_string()),
        ("Newname", format!("{}-0000000{}", NAMES[usize::from(how % 7)], how / 7 % 7)),
        ("Result", ["Success", "Fail"][usize::from(how % 2)].to_owned()),
        ("Extension", EXTENS[usize::from(how % 4)].to_owned()),
        ("Response", ["Success", "Failure"][usize::from(how % 2)].to_owned()),
        ("Reason", (how % 9).to_string()),
        ("Device", NAMES[usize::from(how % 7)].to_owned()),
        ("State", ["NOT_INUSE", "UNAVAILABLE", "INUSE", "RINGING"][usize::from(how % 4)].to_owned()),
        ("Hint", NAMES[usize::from(how % 4)].to_owned()),
        ("Status", ["0", "1", "4", "8", "-1", "-2"][usize::from(how % 6)].to_owned()),
        ("Mailbox", format!("100{}@default", how % 5)),
        ("New", (how % 3).to_string()),
        ("MemberName", "Bob\u{202e}".to_owned()),
        ("Interface", NAMES[usize::from(how % 7)].to_owned()),
        ("Paused", (how % 2).to_string()),
    ];
    for (key, value) in lines {
        let other = name == "OriginateResponse" || !matches!(key, "Response");
        if other {
            let _ = write!(text, "{key}: {value}\r\n");
        }
    }
    // Some say whose answer they are.
    if let Some(id) = action.filter(|_| name == "OriginateResponse" || how.is_multiple_of(11)) {
        let _ = write!(text, "ActionID: {id}\r\n");
    }
    text.push_str("\r\n");
    text
}

/// Whatever the PBX was asked last or first, it answers somehow; or it says nothing.
fn answer(script: &mut Script<'_>, board: &mut Board) {
    let how = script.byte();
    let asked = if how & 1 == 0 { board.asked.pop_front() } else { board.asked.pop_back() };
    let Some((id, action)) = asked else { return };
    let id = id.as_str();
    let value = pick(script, &["1", "0", "", "PJSIP/1001", "\"Bob\" <1002>"]);
    let mut text = match how / 2 % 5 {
        0 | 1 => format!("Response: Success\r\nActionID: {id}\r\nMessage: done\r\nValue: {value}\r\n\r\n"),
        2 => format!("Response: Error\r\nActionID: {id}\r\nMessage: No such channel\r\n\r\n"),
        3 => format!("Response: Success\r\nActionID: {id}\r\nEventList: start\r\n\r\n"),
        _ => return,
    };
    if how / 2 % 5 == 3 {
        for _ in 0..script.byte() % 3 {
            let kind = if action.name() == "Status" { "Status" } else { "CoreShowChannel" };
            let _ = write!(text, "Event: {kind}\r\nActionID: {id}\r\n");
            channel(script, "", &mut text);
            let _ = write!(text, "BridgeId: bridge-{}\r\n\r\n", script.byte() % 3);
        }
        let _ = write!(text, "Event: ListComplete\r\nEventList: Complete\r\nActionID: {id}\r\n\r\n");
    }
    board.say(&text);
}

fn order(script: &mut Script<'_>, board: &mut Board) {
    let Some(command) = command(script, board) else { return };
    let at = pick(script, &PHONES);
    let role = script.pick(&[Role::Receptionist, Role::Admin, Role::Colleague]).unwrap_or(Role::Colleague);
    board.order(Extension::parse(at).ok(), role, command);
}

fn command(script: &mut Script<'_>, board: &Board) -> Option<Command> {
    let leg = LegId::parse(&format!("17.{}", script.byte() % 7 + 1)).ok()?;
    let to = pick(script, &["1001", "1002", "1003", "1004", "1009", "030123456", "*21#"]);
    Some(match script.byte() % 8 {
        0..=2 => {
            let mode = script.pick(&[TransferMode::Usual, TransferMode::Safe, TransferMode::Blind])?;
            let to = match script.byte() % 4 {
                0 | 1 => Destination::Extension { extension: Extension::parse(to).ok()? },
                2 => Destination::Voicemail { mailbox: MailboxId::parse(&format!("{to}@default")).ok()? },
                _ => Destination::Number {
                    person: PersonId::parse("1002").ok()?,
                    number: Number::parse(to).ok()?,
                },
            };
            Command::Transfer { leg, to, mode }
        }
        3 | 4 => {
            let which = usize::from(script.byte());
            let handed = &board.office().handed;
            let handed = handed.keys().nth(which % handed.len().max(1)).cloned();
            Command::PullBack { handed: handed.or_else(|| HandedId::parse("none").ok())? }
        }
        5 => Command::HangUp { leg, grace: script.byte().is_multiple_of(2) },
        6 => Command::Ignore { leg },
        _ => Command::Originate {
            from: Extension::parse(pick(script, &PHONES)).ok()?,
            to: Number::parse(to).ok()?,
        },
    })
}
