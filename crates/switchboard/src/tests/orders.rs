//! Orders against scripted answers of the PBX, on states taken from recordings.

use super::{Entry, Fields, fields, office, parse, pass, recording, told};
use crate::api::{Actor, Output, Ticket};
use crate::orders::Order;
use crate::switchboard::Switchboard;
use frontdesk_protocol::{
    Command, Destination, Extension, LegId, LegState, MailboxId, Millis, Number, Outcome, Person, PersonId,
    Reason, Role, TransferMode,
};

/// A board as it was in a recording at `until`, with the packets that follow.
fn at(name: &str, until: i64) -> (Switchboard, Vec<(i64, Fields)>) {
    let mut board = office();
    let mut rest = Vec::new();
    for entry in parse(&recording(name)) {
        let Entry::Came(at, packet) = entry else { continue };
        if at <= until {
            pass(&mut board, at);
            board.packet(&packet, Millis(at));
        } else {
            rest.push((at, packet));
        }
    }
    pass(&mut board, until);
    board.outputs.clear();
    board.sent.retain(|(_, order)| matches!(order, Order::Status { .. }));
    (board, rest)
}

fn extension(text: &str) -> Extension {
    Extension::parse(text).unwrap()
}

fn user(text: &str) -> Actor {
    Actor { extensions: vec![extension(text)], role: Role::Receptionist }
}

fn leg(board: &Switchboard, at: &str) -> LegId {
    board.office().legs_at(&[extension(at)]).next().map(|(_, leg)| leg.id.clone()).expect("a leg")
}

fn transfer(board: &mut Switchboard, from: &str, to: Destination, now: i64) {
    let leg = leg(board, from);
    board.command(
        Ticket(1),
        &user(from),
        Command::Transfer { leg, to, mode: TransferMode::Blind },
        Millis(now),
    );
}

fn to_bob() -> Destination {
    Destination::Extension { extension: extension("1002") }
}

/// Answers the last action.
fn reply(board: &mut Switchboard, text: &str, now: i64) {
    let (id, _) = board.sent.last().cloned().expect("an action");
    board.packet(&fields(&format!("{text}\nActionID: {id}")), Millis(now));
}

fn outcome(board: &mut Switchboard) -> Option<Outcome> {
    let mut found = None;
    while let Some(output) = board.poll() {
        if let Output::Concluded(_, outcome) = output {
            assert!(found.is_none(), "an order ends once");
            found = Some(outcome);
        }
    }
    found
}

fn failed(board: &mut Switchboard, wanted: Reason) -> String {
    match outcome(board) {
        Some(Outcome::Failed { reason, text }) => {
            assert_eq!(reason, wanted, "{text}");
            text
        }
        other => panic!("{other:?}"),
    }
}

fn sent(board: &Switchboard) -> &Order {
    &board.sent.last().expect("an action").1
}

#[test]
fn the_target_is_asked_for_before_a_talking_caller_is_moved() {
    let (mut board, rest) = at("c_blindtransfer", 1_000);
    transfer(&mut board, "1001", to_bob(), 1_000);
    assert_eq!(*sent(&board), Order::Get("DIALPLAN_EXISTS(internal,1002,1)".into()));
    reply(&mut board, "Response: Success\nValue: 1", 1_001);
    assert!(
        matches!(sent(&board), Order::BlindTransfer { channel, exten, .. } if channel.starts_with("PJSIP/1001-") && exten == "1002")
    );
    reply(&mut board, "Response: Success\nMessage: Transfer succeeded", 1_002);
    assert_eq!(outcome(&mut board), None, "nothing is done before somebody rings");
    let mut text = String::new();
    for (at, packet) in rest {
        text.push_str(&pass(&mut board, at));
        board.packet(&packet, Millis(at));
        text.push_str(&told(&mut board, at));
    }
    assert!(text.contains("order 1: Done { text: \"Sent to Bob (1002).\" }"), "{text}");
    assert!(text.contains("Transferred { to: \"Bob"), "{text}");
}

#[test]
fn a_target_that_does_not_exist_moves_nobody() {
    let (mut board, _) = at("b_redirect", 1_200);
    transfer(&mut board, "1001", Destination::Extension { extension: extension("4711") }, 1_200);
    reply(&mut board, "Response: Success\nValue: 0", 1_201);
    assert!(failed(&mut board, Reason::NoSuchDestination).contains("still with you"));
    assert_eq!(board.sent.len(), 1);
}

#[test]
fn an_answer_that_is_refused_is_not_a_yes() {
    let (mut board, _) = at("b_redirect", 1_200);
    transfer(&mut board, "1001", to_bob(), 1_200);
    reply(&mut board, "Response: Error\nMessage: Permission denied", 1_201);
    failed(&mut board, Reason::Refused);
    assert_eq!(board.sent.len(), 1);
}

#[test]
fn a_ringing_caller_is_redirected_and_not_the_phone() {
    let (mut board, rest) = at("b2_redirect_ringing", 900);
    transfer(&mut board, "1001", to_bob(), 900);
    reply(&mut board, "Response: Success\nValue: 1", 901);
    assert!(matches!(sent(&board), Order::Redirect { channel, .. } if channel.starts_with("PJSIP/trunk-")));
    reply(&mut board, "Response: Success\nMessage: Redirect successful", 902);
    let mut text = String::new();
    for (at, packet) in rest {
        board.packet(&packet, Millis(at));
        text.push_str(&told(&mut board, at));
    }
    assert!(text.contains("Sent to Bob (1002)."), "{text}");
}

#[test]
fn a_held_caller_is_moved_like_a_talking_one() {
    let (mut board, _) = at("g_hold", 1_500);
    let (_, shown) = board.office().leg(&leg(&board, "1001")).expect("the leg");
    assert_eq!(shown.hold, frontdesk_protocol::Hold::Here);
    transfer(&mut board, "1001", to_bob(), 1_500);
    reply(&mut board, "Response: Success\nValue: 1", 1_501);
    assert!(
        matches!(sent(&board), Order::BlindTransfer { channel, .. } if channel.starts_with("PJSIP/1001-"))
    );
}

#[test]
fn a_queue_caller_behind_local_channels_is_redirected() {
    for until in [500, 2_000] {
        let (mut board, _) = at("h2_queue_local", until);
        transfer(&mut board, "1003", to_bob(), until);
        reply(&mut board, "Response: Success\nValue: 1", until + 1);
        assert!(
            matches!(sent(&board), Order::Redirect { channel, .. } if channel.starts_with("PJSIP/trunk-")),
            "at {until}"
        );
    }
}

/// What becomes of a call that 1001 placed and sends to Carol while it still rings at the far end.
fn sent_on_while_it_rings(name: &str, far: &str, until: i64) -> String {
    let (mut board, rest) = at(name, until);
    let (_, shown) = board.office().leg(&leg(&board, "1001")).expect("the leg");
    assert_eq!(shown.state, LegState::Calling);
    transfer(&mut board, "1001", Destination::Extension { extension: extension("1003") }, until);
    reply(&mut board, "Response: Success\nValue: 1", until);
    assert!(
        matches!(sent(&board), Order::Redirect { channel, .. } if channel.starts_with(far)),
        "{:?}",
        board.sent
    );
    reply(&mut board, "Response: Success\nMessage: Redirect successful", until);
    // A phone inside would go on in the dialplan, to the mailbox of the one it called.
    assert!(matches!(sent(&board), Order::Hangup { channel } if channel.starts_with("PJSIP/1001-")));
    let mut text = String::new();
    for (at, packet) in rest {
        text.push_str(&pass(&mut board, at));
        board.packet(&packet, Millis(at));
        text.push_str(&told(&mut board, at));
    }
    text
}

#[test]
fn a_call_that_i_place_is_handed_on_while_it_rings() {
    let outside = "lab/transfer_placed_ringing.frontdesk";
    for (name, far, until) in
        [(outside, "PJSIP/trunk-", 3), ("lab/transfer_placed_inside.frontdesk", "PJSIP/1002-", 7)]
    {
        let text = sent_on_while_it_rings(name, far, until);
        assert!(text.contains("order 1: Done { text: \"Sent to Carol (1003).\" }"), "{text}");
        assert!(text.contains("Transferred { to: \"Carol (1003)\" }"), "{text}");
        let lamp = if name == outside { "lamp 1003 Outside" } else { "lamp 1003 Inside" };
        let (waits, talks) = (text.find("1003< Calling"), text.find(lamp));
        assert!(waits.is_some() && waits < talks, "who takes it waits for the answer: {text}");
    }
}

#[test]
fn a_call_that_i_place_goes_to_no_mailbox_before_it_is_answered() {
    let (mut board, _) = at("i4_originate_out", 300);
    let mailbox = MailboxId::parse("1002@default").unwrap();
    transfer(&mut board, "1001", Destination::Voicemail { mailbox }, 300);
    assert!(failed(&mut board, Reason::Invalid).contains("a mailbox would talk to nobody"));
    transfer(&mut board, "1001", Destination::Extension { extension: extension("1001") }, 300);
    failed(&mut board, Reason::Invalid);
    assert_eq!(board.sent.len(), 0);
}

/// My line ends once the call that I place is handed on; not while somebody outside talks to it, who would go with it.
#[test]
fn whoever_talks_to_me_is_not_hung_up_on_for_somebody_whom_i_call() {
    let talking = |board: &mut Switchboard, at: i64| {
        let line = |event: &str, uid: &str, name: &str| {
            fields(&format!(
                "Event: {event}\nChannel: {name}\nChannelState: 6\nUniqueid: {uid}\nLinkedid: {uid}\n\
                 BridgeUniqueid: b-1\nBridgeType: basic"
            ))
        };
        let mine = leg(board, "1001").as_str().to_owned();
        let name = board.model.channels.get(mine.as_str()).unwrap().facts.name.as_ref().to_owned();
        for packet in [
            line("Newchannel", "9.9", "PJSIP/trunk-000000aa"),
            line("BridgeEnter", "9.9", "PJSIP/trunk-000000aa"),
            line("BridgeEnter", &mine, &name),
        ] {
            board.packet(&packet, Millis(at));
        }
    };
    let carol = || Destination::Extension { extension: extension("1003") };
    let name = "lab/transfer_placed_inside.frontdesk";
    let ringing = || at(name, 7).0;

    // That I talk and that I call somebody come in the wrong order.
    let mut board = ringing();
    talking(&mut board, 7);
    let calls = parse(&recording(name)).into_iter().find_map(|entry| match entry {
        Entry::Came(_, packet) if packet.raw("Event") == "DialBegin" => Some(packet),
        Entry::Came(..) | Entry::Sent(_) => None,
    });
    board.packet(&calls.expect("a call"), Millis(7));
    transfer(&mut board, "1001", carol(), 7);
    assert!(failed(&mut board, Reason::Invalid).contains("several people"));

    let mut board = ringing();
    transfer(&mut board, "1001", carol(), 7);
    reply(&mut board, "Response: Success\nValue: 1", 7);
    talking(&mut board, 7);
    reply(&mut board, "Response: Success\nMessage: Redirect successful", 7);
    assert!(matches!(sent(&board), Order::Redirect { .. }), "{:?}", board.sent);
}

#[test]
fn a_call_to_several_phones_is_not_handed_on_before_one_answers() {
    let (mut board, _) = at("o_ringgroup", 500);
    transfer(&mut board, "1004", Destination::Extension { extension: extension("1005") }, 500);
    assert!(failed(&mut board, Reason::Invalid).contains("not answered yet"));
}

#[test]
fn a_call_that_i_placed_moves_the_other_side_once_it_talks() {
    let (mut board, _) = at("i4_originate_out", 1_500);
    transfer(&mut board, "1001", to_bob(), 1_500);
    reply(&mut board, "Response: Success\nValue: 1", 1_501);
    assert!(
        matches!(sent(&board), Order::BlindTransfer { channel, .. } if channel.starts_with("PJSIP/1001-"))
    );
}

#[test]
fn a_mailbox_and_a_further_number_are_dialled_as_the_settings_say() {
    let (mut board, _) = at("b_redirect", 1_200);
    let mailbox = MailboxId::parse("1002@default").unwrap();
    transfer(&mut board, "1001", Destination::Voicemail { mailbox }, 1_200);
    assert_eq!(*sent(&board), Order::Get("DIALPLAN_EXISTS(internal,*1002,1)".into()));

    let (mut board, _) = at("b_redirect", 1_200);
    let number = Number::parse("+495551234").unwrap();
    let person = Person {
        id: PersonId::parse("bob").unwrap(),
        name: "Bob".into(),
        extensions: vec![extension("1002")],
        numbers: vec![frontdesk_protocol::LabelledNumber { label: "Mobile".into(), number: number.clone() }],
        mailbox: None,
        group: String::new(),
    };
    board.set_directory(vec![person.clone()], Millis(1_200));
    transfer(&mut board, "1001", Destination::Number { person: person.id, number }, 1_200);
    assert_eq!(*sent(&board), Order::Get("DIALPLAN_EXISTS(internal,900495551234,1)".into()));
}

#[test]
fn a_caller_who_is_gone_after_the_transfer_is_said_to_be() {
    let (mut board, _) = at("b_redirect", 1_200);
    transfer(&mut board, "1001", to_bob(), 1_200);
    reply(&mut board, "Response: Success\nValue: 1", 1_201);
    reply(&mut board, "Response: Success", 1_202);
    let callers: Vec<String> = board
        .model
        .channels
        .values()
        .filter(|c| c.extension().is_none())
        .map(|c| c.uid.to_string())
        .collect();
    let name = board.model.channels.get(callers[0].as_str()).unwrap().facts.name.to_string();
    board.packet(
        &fields(&format!("Event: Hangup\nChannel: {name}\nUniqueid: {}\nCause: 16", callers[0])),
        Millis(1_203),
    );
    assert!(failed(&mut board, Reason::NotReached).contains("the caller is gone"));
}

#[test]
fn a_target_that_takes_its_time_is_not_called_too_late() {
    let (mut board, _) = at("b_redirect", 1_200);
    transfer(&mut board, "1001", to_bob(), 1_200);
    reply(&mut board, "Response: Success\nValue: 1", 1_201);
    reply(&mut board, "Response: Success", 1_202);
    pass_to(&mut board, 3_000);
    assert_eq!(outcome(&mut board), None, "nothing is said before anything can be said");
    pass_to(&mut board, 5_000);
    assert_eq!(outcome(&mut board), Some(Outcome::Done { text: "Sent to Bob (1002).".into() }));
    assert_eq!(board.deadline(), board.audit.due(), "nothing is left to wait for but the next look");
}

#[test]
fn a_mailbox_has_the_caller_as_soon_as_my_phone_has_not() {
    let (mut board, rest) = at("f_direct_vm", 900);
    let mailbox = MailboxId::parse("1002@default").unwrap();
    transfer(&mut board, "1001", Destination::Voicemail { mailbox }, 900);
    reply(&mut board, "Response: Success\nValue: 1", 901);
    reply(&mut board, "Response: Success", 902);
    let mut text = String::new();
    for (at, packet) in rest.into_iter().filter(|(at, _)| *at < 2_000) {
        text.push_str(&pass(&mut board, at));
        board.packet(&packet, Millis(at));
        text.push_str(&told(&mut board, at));
    }
    text.push_str(&pass(&mut board, 1_300));
    assert!(text.contains("Sent to the mailbox of Bob (1002)."), "{text}");
    assert!(text.contains("line> Talking Voicemail"), "{text}");
}

#[test]
fn a_phone_that_is_not_there_is_said_not_to_be() {
    let (mut board, _) = at("b_redirect", 1_200);
    board.packet(&fields("Event: DeviceStateChange\nDevice: PJSIP/1002\nState: UNAVAILABLE"), Millis(1_200));
    transfer(&mut board, "1001", to_bob(), 1_200);
    reply(&mut board, "Response: Success\nValue: 1", 1_201);
    reply(&mut board, "Response: Success", 1_202);
    let leave: Vec<_> = board.model.channels.values().map(|channel| channel.key).collect();
    for key in leave {
        board.model.leave_bridge(key);
    }
    pass_to(&mut board, 2_000);
    assert!(failed(&mut board, Reason::NotReached).contains("is not connected"));
}

#[test]
fn ignore_hangs_up_my_phone_alone() {
    let (mut board, rest) = at("e1_hangup_callee", 600);
    let ringing = leg(&board, "1001");
    board.command(Ticket(1), &user("1001"), Command::HangUp { leg: ringing, grace: false }, Millis(600));
    assert!(matches!(sent(&board), Order::Status { channel } if channel.starts_with("PJSIP/1001-")));
    still(&mut board, 5, 600);
    assert!(matches!(sent(&board), Order::Hangup { channel } if channel.starts_with("PJSIP/1001-")));
    assert_eq!(board.sent.len(), 2);
    let mut text = String::new();
    for (at, packet) in rest {
        text.push_str(&pass(&mut board, at));
        board.packet(&packet, Millis(at));
        text.push_str(&told(&mut board, at));
    }
    assert!(
        text.contains("order 1: Done")
            && text.contains("history 1001 Inbound 5559876(out) ring 705 talk 0 Ignored"),
        "{text}"
    );
}

/// The PBX says how far the channel is that was asked about last.
fn still(board: &mut Switchboard, state: u8, now: i64) {
    let (id, order) = board.sent.last().cloned().unwrap();
    let Order::Status { channel } = order else { panic!("{order:?}") };
    let uid = board.model.channels.values().find(|c| *c.facts.name == *channel).unwrap().uid.clone();
    for text in [
        format!("Response: Success\nActionID: {id}\nEventList: start"),
        format!("Event: Status\nActionID: {id}\nChannel: {channel}\nChannelState: {state}\nUniqueid: {uid}"),
        format!("Event: StatusComplete\nActionID: {id}\nEventList: Complete"),
    ] {
        board.packet(&fields(&text), Millis(now));
    }
}

#[test]
fn ignore_ends_no_call_that_was_just_picked_up() {
    let (mut board, _) = at("e1_hangup_callee", 600);
    let ringing = leg(&board, "1001");
    board.command(Ticket(1), &user("1001"), Command::Ignore { leg: ringing }, Millis(600));
    still(&mut board, 6, 620);
    let text = failed(&mut board, Reason::Invalid);
    assert!(text.contains("just picked up, so the caller is not sent away"), "{text}");
    assert_eq!(board.sent.len(), 1, "nothing was hung up on");
}

#[test]
fn only_my_own_legs_obey_and_one_order_at_a_time() {
    let (mut board, _) = at("b_redirect", 1_200);
    let mine = leg(&board, "1001");
    let order = || Command::HangUp { leg: mine.clone(), grace: false };
    board.command(Ticket(1), &user("1002"), order(), Millis(1_200));
    failed(&mut board, Reason::NotPermitted);
    board.command(Ticket(2), &user("1001"), order(), Millis(1_200));
    assert_eq!(outcome(&mut board), None);
    board.command(Ticket(3), &user("1001"), order(), Millis(1_200));
    failed(&mut board, Reason::InProgress);
    assert!(board.deadline().is_some());
    pass_to(&mut board, 10_000);
    failed(&mut board, Reason::Timeout);
    let gone = LegId::parse("1.1").unwrap();
    board.command(Ticket(4), &user("1001"), Command::HangUp { leg: gone, grace: false }, Millis(10_000));
    failed(&mut board, Reason::Gone);
    board.command(Ticket(5), &user("1001"), order(), Millis(10_000));
    board.link_down("The PBX restarts.".into(), Millis(10_001));
    failed(&mut board, Reason::NoLink);
    assert!(!board.office().calls.is_empty(), "the card stays as it was last known");
    for (ticket, order) in [(6, order()), (7, Command::Ignore { leg: mine.clone() })] {
        let asked = board.sent.len();
        board.command(Ticket(ticket), &user("1001"), order, Millis(10_002));
        let text = failed(&mut board, Reason::NoLink);
        assert!(text.contains("no connection to the phone system, so nothing was done"), "{text}");
        assert_eq!(board.sent.len(), asked);
    }
}

fn pass_to(board: &mut Switchboard, at: i64) {
    while let Some(due) = board.deadline().filter(|due| due.0 <= at) {
        board.tick(due);
    }
}

fn placed(name: Option<&str>) -> (Switchboard, String) {
    let mut board = office();
    board.outputs.clear();
    let to = Number::parse("1002").unwrap();
    board.command(Ticket(1), &user("1001"), Command::Originate { from: extension("1001"), to }, Millis(0));
    let Order::Originate(order) = sent(&board).clone() else { panic!("no call") };
    assert_eq!((order.device.as_str(), order.exten.as_str()), ("PJSIP/1001", "1002"));
    reply(&mut board, "Response: Success\nMessage: Originate successfully queued", 1);
    if let Some(name) = name {
        let uid = &order.uniqueid;
        let channel =
            format!("Channel: {name}\nUniqueid: {uid}\nLinkedid: {uid}\nContext: internal\nExten: s");
        board.packet(&fields(&format!("Event: Newchannel\nChannelState: 0\n{channel}")), Millis(2));
        let dest = channel
            .replace("Channel", "DestChannel")
            .replace("Uniqueid", "DestUniqueid")
            .replace("Linkedid", "DestLinkedid");
        board.packet(&fields(&format!("Event: DialBegin\nDestChannelState: 0\n{dest}")), Millis(3));
        board.packet(&fields(&format!("Event: Newstate\nChannelState: 5\n{channel}")), Millis(4));
        let (_, shown) = board.office().leg(&leg(&board, "1001")).expect("my leg");
        assert_eq!((shown.state, shown.peer.as_ref().map(|p| p.display())), (LegState::Ringing, Some("Bob")));
    }
    (board, order.uniqueid)
}

#[test]
fn my_phone_shows_whom_it_calls_and_says_when_it_was_picked_up() {
    let (mut board, uid) = placed(Some("PJSIP/1001-00000001"));
    reply(
        &mut board,
        &format!("Event: OriginateResponse\nResponse: Success\nReason: 4\nUniqueid: {uid}"),
        500,
    );
    assert_eq!(outcome(&mut board), Some(Outcome::Done { text: "Calling Bob.".into() }));
}

#[test]
fn why_my_phone_did_not_take_the_call_is_in_its_hangup() {
    for (cause, words) in [(17, "busy"), (21, "declined"), (19, "does not take calls")] {
        let (mut board, uid) = placed(Some("PJSIP/1001-00000001"));
        let hangup = format!(
            "Event: Hangup\nChannel: PJSIP/1001-00000001\nUniqueid: {uid}\nLinkedid: {uid}\nCause: {cause}"
        );
        let refused = "Event: OriginateResponse\nResponse: Failure\nReason: 0\nUniqueid: <unknown>";
        if cause == 17 {
            board.packet(&fields(&hangup), Millis(100));
            reply(&mut board, refused, 101);
        } else {
            reply(&mut board, refused, 100);
            assert_eq!(outcome(&mut board), None);
            board.packet(&fields(&hangup), Millis(101));
        }
        assert!(failed(&mut board, Reason::NotReached).contains(words), "{cause}");
    }
    let (mut board, _) = placed(None);
    reply(&mut board, "Event: OriginateResponse\nResponse: Failure\nReason: 0\nUniqueid: <unknown>", 100);
    assert!(failed(&mut board, Reason::NotReached).contains("not connected"));
}

#[test]
fn a_call_that_i_place_can_be_taken_back() {
    let (mut board, uid) = placed(Some("PJSIP/1001-00000001"));
    let mine = leg(&board, "1001");
    board.command(Ticket(2), &user("1001"), Command::HangUp { leg: mine, grace: false }, Millis(200));
    assert!(matches!(sent(&board), Order::Hangup { channel } if channel == "PJSIP/1001-00000001"));
    reply(&mut board, "Response: Success", 201);
    let hangup =
        format!("Event: Hangup\nChannel: PJSIP/1001-00000001\nUniqueid: {uid}\nLinkedid: {uid}\nCause: 0");
    board.packet(&fields(&hangup), Millis(202));
    assert!(matches!(outcome(&mut board), Some(Outcome::Done { .. })));
    board.packet(
        &fields(&format!(
            "Event: OriginateResponse\nResponse: Failure\nReason: 0\nUniqueid: <unknown>\nActionID: {}",
            first_id(&board)
        )),
        Millis(203),
    );
    assert!(failed(&mut board, Reason::Gone).contains("You ended the call"));
}

fn first_id(board: &Switchboard) -> String {
    board
        .sent
        .iter()
        .find(|(_, order)| matches!(order, Order::Originate(_)))
        .map(|(id, _)| id.clone())
        .unwrap()
}

#[test]
fn where_no_event_says_where_a_caller_is_the_pbx_is_asked() {
    let (mut board, _) = at("b6_checks", 1_000);
    let (id, order) = board.sent.last().cloned().unwrap_or_else(|| panic!("nobody asked"));
    let Order::Status { channel } = order else { panic!("{order:?}") };
    assert!(channel.starts_with("PJSIP/trunk-"));
    let uid = board
        .model
        .channels
        .values()
        .find(|c| c.facts.name.as_ref() == channel)
        .map(|c| c.uid.to_string())
        .unwrap();
    let status = format!(
        "Event: Status\nActionID: {id}\nChannel: {channel}\nChannelState: 6\nCallerIDNum: 5559876\nContext: vm-b\nExten: 1002\nUniqueid: {uid}\nLinkedid: {uid}\nApplication: VoiceMail"
    );
    board.packet(&fields(&status), Millis(1_001));
    let text = told(&mut board, 1_001);
    assert!(text.contains("Voicemail"), "{text}");
}
