//! What is known late or never: dials that no event has told yet, calls that were up before the link, lines that say
//! nothing until they refuse.

use super::{answer, fields, office, told};
use crate::api::{Actor, Output, Ticket};
use crate::orders::Order;
use crate::switchboard::Switchboard;
use frontdesk_protocol::{
    Command, Destination, Direction, Extension, LabelledNumber, Millis, Number, Outcome, Person, PersonId,
    Reason, Role, Status, TransferMode,
};

const TRUNK: &str =
    "Channel: PJSIP/trunk-01\nCallerIDNum: 030123456\nExten: 5551001\nUniqueid: 1.1\nLinkedid: 1.1";
const PHONE: &str =
    "Channel: PJSIP/1001-02\nCallerIDNum: 1001\nConnectedLineNum: 030123456\nUniqueid: 1.2\nLinkedid: 1.1";

fn hear(board: &mut Switchboard, text: &str, at: i64) {
    board.packet(&fields(text), Millis(at));
}

fn dest(channel: &str) -> String {
    channel.lines().map(|line| format!("Dest{line}\n")).collect()
}

#[test]
fn a_phone_that_rings_before_anything_dials_it_is_being_called() {
    let mut board = office();
    hear(&mut board, &format!("Event: Newchannel\nChannelState: 4\n{TRUNK}"), 1_000);
    hear(&mut board, &format!("Event: Newchannel\nChannelState: 0\n{PHONE}"), 1_000);
    hear(&mut board, &format!("Event: Newstate\nChannelState: 5\n{PHONE}"), 1_001);
    let shown = |board: &Switchboard| {
        let mine = [Extension::parse("1001").unwrap()];
        let (call, leg) = board.office().legs_at(&mine).next().expect("a leg");
        (call.direction, leg.direction, board.office().extensions["1001"].status)
    };
    let wanted = (Direction::Inbound, Direction::Inbound, Status::Ringing);
    assert_eq!(shown(&board), wanted);
    hear(
        &mut board,
        &format!("Event: DialBegin\nChannelState: 4\n{TRUNK}\nDestChannelState: 5\n{}", dest(PHONE)),
        1_002,
    );
    assert_eq!(shown(&board), wanted);
}

/// A phone that rings at 1.000 s, before anything dials it, and an order for its caller at 1.001 s.
fn ordered_before_the_dial() -> Switchboard {
    let mut board = office();
    hear(&mut board, &format!("Event: Newchannel\nChannelState: 4\n{TRUNK}"), 1_000);
    hear(&mut board, &format!("Event: Newchannel\nChannelState: 5\n{PHONE}"), 1_000);
    let mine = Extension::parse("1001").unwrap();
    let leg = board.office().legs_at(std::slice::from_ref(&mine)).next().expect("a leg").1.id.clone();
    let me = Actor { extensions: vec![mine], role: Role::Receptionist };
    let to = Destination::Extension { extension: Extension::parse("1002").unwrap() };
    board.command(Ticket(1), &me, Command::Transfer { leg, to, mode: TransferMode::Blind }, Millis(1_001));
    board
}

fn dialled(board: &mut Switchboard, at: i64) {
    let event = format!("Event: DialBegin\nChannelState: 4\n{TRUNK}\nDestChannelState: 5\n{}", dest(PHONE));
    hear(board, &event, at);
}

fn target_exists(board: &mut Switchboard, at: i64) {
    let id = board.sent.last().expect("a question").0.clone();
    hear(board, &format!("Response: Success\nValue: 1\nActionID: {id}"), at);
}

fn caller_is_moved(board: &Switchboard) -> bool {
    let last = &board.sent.last().expect("an action").1;
    matches!(last, Order::Redirect { channel, .. } if channel == "PJSIP/trunk-01")
}

#[test]
fn a_caller_who_is_not_known_yet_when_the_order_comes_is_moved_once_they_are() {
    let mut board = ordered_before_the_dial();
    dialled(&mut board, 1_002);
    assert!(!caller_is_moved(&board));
    target_exists(&mut board, 1_003);
    assert!(caller_is_moved(&board));

    let mut board = ordered_before_the_dial();
    target_exists(&mut board, 1_003);
    assert!(!caller_is_moved(&board));
    dialled(&mut board, 2_002);
    assert!(caller_is_moved(&board));
    assert_eq!(outcome(&mut board), None, "nothing is done before somebody rings");
}

#[test]
fn a_caller_who_does_not_become_known_stays_where_they_ring() {
    let mut board = ordered_before_the_dial();
    target_exists(&mut board, 1_003);
    let due = board.deadline().expect("a look");
    assert_eq!(outcome(&mut board), None);
    board.tick(due);
    assert_eq!(due, Millis(2_003));
    let Some(Outcome::Failed { reason: Reason::Invalid, text }) = outcome(&mut board) else { panic!() };
    assert!(text.starts_with("It cannot be seen yet who is calling. The caller still rings"), "{text}");

    let mut board = ordered_before_the_dial();
    target_exists(&mut board, 1_003);
    hear(&mut board, &format!("Event: Hangup\nCause: 16\n{PHONE}"), 1_500);
    assert!(matches!(outcome(&mut board), Some(Outcome::Failed { reason: Reason::Gone, .. })));
    assert!(!caller_is_moved(&board));
}

/// A cold start whose list of channels has these items.
fn start_with(items: &[String]) -> Switchboard {
    let mut board = office();
    board.link_down("It was closed.".into(), Millis(1_000));
    board.link_up(Millis(2_000));
    loop {
        let asked: Vec<(String, Order)> = board.sent.drain(..).collect();
        if asked.is_empty() {
            return board;
        }
        for (id, order) in asked {
            if !matches!(order, Order::List("CoreShowChannels")) {
                answer(&id, &order).iter().for_each(|packet| board.packet(packet, Millis(2_000)));
                continue;
            }
            for item in items {
                hear(
                    &mut board,
                    &format!("Event: CoreShowChannel\nActionID: {id}\nDuration: 00:00:10\n{item}"),
                    2_000,
                );
            }
            let end = format!("Event: CoreShowChannelsComplete\nActionID: {id}\nEventList: Complete");
            hear(&mut board, &end, 2_000);
        }
    }
}

#[test]
fn a_call_from_the_queue_that_was_up_before_is_still_orange() {
    let board = start_with(&[
        format!(
            "ChannelState: 6\nBridgeId: b\nApplication: Queue\nApplicationData: support,tTkK,,,60\n{TRUNK}"
        ),
        format!(
            "ChannelState: 6\nBridgeId: b\nApplication: AppQueue\nApplicationData: (Outgoing Line)\n{PHONE}"
        ),
    ]);
    assert_eq!(board.office().extensions["1001"].status, Status::Queue);
    let call = board.office().calls.values().next().expect("the call");
    assert_eq!(call.via.queue.as_ref().map(ToString::to_string).as_deref(), Some("support"));
}

#[test]
fn a_call_to_the_outside_that_was_up_before_goes_out() {
    let phone = "Channel: PJSIP/1001-01\nCallerIDNum: 1001\nExten: 95550177\nUniqueid: 2.1\nLinkedid: 2.1";
    let line = "Channel: PJSIP/trunk-02\nCallerIDNum: 95550177\nUniqueid: 2.2\nLinkedid: 2.1";
    let board = start_with(&[
        format!("ChannelState: 6\nBridgeId: b\nApplication: Dial\n{phone}"),
        format!("ChannelState: 6\nBridgeId: b\nApplication: AppDial\n{line}"),
    ]);
    let call = board.office().calls.values().next().expect("the call");
    assert_eq!(call.direction, Direction::Outbound);
    assert_eq!(board.office().extensions["1001"].status, Status::Outside);
}

fn bob(mobile: &Number) -> Person {
    Person {
        id: PersonId::parse("bob").unwrap(),
        name: "Bob".into(),
        extensions: vec![Extension::parse("1002").unwrap()],
        numbers: vec![LabelledNumber { label: "Mobile".into(), number: mobile.clone() }],
        mailbox: None,
        group: String::new(),
    }
}

/// A caller at 1001 who was sent to Bob's mobile; the line is being dialled since 1.1 s.
fn sent_to_a_mobile() -> Switchboard {
    let mut board = office();
    for channel in [TRUNK, PHONE] {
        hear(&mut board, &format!("Event: Newchannel\nChannelState: 6\n{channel}"), 500);
        hear(&mut board, &format!("Event: BridgeEnter\nBridgeUniqueid: b\nChannelState: 6\n{channel}"), 500);
    }
    let number = Number::parse("5550188").unwrap();
    let bob = bob(&number);
    board.set_directory(vec![bob.clone()], Millis(500));
    let mine = Extension::parse("1001").unwrap();
    let leg = board.office().legs_at(std::slice::from_ref(&mine)).next().expect("a leg").1.id.clone();
    let me = Actor { extensions: vec![mine], role: Role::Receptionist };
    let to = Destination::Number { person: bob.id, number };
    board.command(Ticket(1), &me, Command::Transfer { leg, to, mode: TransferMode::Blind }, Millis(1_000));
    for reply in ["Response: Success\nValue: 1", "Response: Success"] {
        let id = board.sent.last().expect("an action").0.clone();
        hear(&mut board, &format!("{reply}\nActionID: {id}"), 1_050);
    }
    for channel in [TRUNK, PHONE] {
        hear(
            &mut board,
            &format!("Event: BridgeLeave\nBridgeUniqueid: b\nChannelState: 6\n{channel}"),
            1_060,
        );
    }
    hear(&mut board, &format!("Event: Hangup\nCause: 16\n{PHONE}"), 1_060);
    let line = "Channel: PJSIP/trunk-03\nCallerIDNum: 95550188\nUniqueid: 1.3\nLinkedid: 1.1";
    hear(&mut board, &format!("Event: Newchannel\nChannelState: 0\n{line}"), 1_100);
    hear(
        &mut board,
        &format!("Event: DialBegin\nChannelState: 6\n{TRUNK}\nDestChannelState: 0\n{}", dest(line)),
        1_100,
    );
    board
}

fn outcome(board: &mut Switchboard) -> Option<Outcome> {
    std::iter::from_fn(|| board.poll()).find_map(|output| match output {
        Output::Concluded(_, outcome) => Some(outcome),
        _ => None,
    })
}

#[test]
fn a_line_that_is_busy_is_not_said_to_have_been_reached() {
    let mut board = sent_to_a_mobile();
    assert_eq!(outcome(&mut board), None, "the line has said nothing yet");
    let line = "Channel: PJSIP/trunk-03\nCallerIDNum: 95550188\nUniqueid: 1.3\nLinkedid: 1.1";
    let end = format!(
        "Event: DialEnd\nDialStatus: BUSY\nChannelState: 6\n{TRUNK}\nDestChannelState: 0\n{}",
        dest(line)
    );
    hear(&mut board, &end, 1_400);
    let Some(Outcome::Failed { reason: Reason::NotReached, text }) = outcome(&mut board) else {
        panic!("{}", told(&mut board, 1_400))
    };
    assert!(text.starts_with("Bob (5550188) is busy."), "{text}");
}

#[test]
fn a_line_that_says_nothing_counts_as_reached_after_a_while() {
    let mut board = sent_to_a_mobile();
    while let Some(due) = board.deadline().filter(|due| due.0 < 2_500) {
        board.tick(due);
        assert_eq!(outcome(&mut board), None, "at {due:?}");
    }
    let due = board.deadline().expect("a look");
    board.tick(due);
    assert_eq!(outcome(&mut board), Some(Outcome::Done { text: "Sent to Bob (5550188).".into() }));
    assert!(due.0 <= 2_600, "{due:?}");
}

#[test]
fn a_caller_is_known_by_their_number_however_it_is_written() {
    for written in ["+49301234", "0049301234"] {
        for told in ["+49301234", "0049301234"] {
            let mut board = office();
            let bob = bob(&Number::parse(written).unwrap());
            board.set_directory(vec![bob.clone()], Millis(100));
            let caller = TRUNK.replace("030123456", told);
            assert_ne!(caller, TRUNK);
            hear(&mut board, &format!("Event: Newchannel\nChannelState: 4\n{caller}"), 500);
            let ring = dest(PHONE);
            hear(&mut board, &format!("Event: Newchannel\nChannelState: 5\n{PHONE}"), 500);
            hear(
                &mut board,
                &format!("Event: DialBegin\nChannelState: 4\n{caller}\nDestChannelState: 5\n{ring}"),
                500,
            );
            let mine = [Extension::parse("1001").unwrap()];
            let (_, leg) = board.office().legs_at(&mine).next().expect("a leg");
            let peer = leg.peer.as_ref().expect("a caller");
            assert_eq!((peer.person.as_ref(), peer.name.as_deref()), (Some(&bob.id), Some("Bob")), "{told}");
            assert_eq!(peer.number.as_deref(), Some(told), "shown as it was told");
        }
    }
}

#[test]
fn who_is_dialled_is_shown_with_the_number_that_the_people_file_has() {
    let mut board = office();
    board.set_directory(vec![bob(&Number::parse("+49301234").unwrap())], Millis(100));
    let line = "Channel: PJSIP/trunk-03\nCallerIDNum: 0049301234\nUniqueid: 1.2\nLinkedid: 1.1";
    let phone = "Channel: PJSIP/1001-02\nCallerIDNum: 1001\nExten: 90049301234\nUniqueid: 1.1\nLinkedid: 1.1";
    hear(&mut board, &format!("Event: Newchannel\nChannelState: 4\n{phone}"), 500);
    hear(&mut board, &format!("Event: Newchannel\nChannelState: 0\n{line}"), 500);
    hear(
        &mut board,
        &format!("Event: DialBegin\nChannelState: 4\n{phone}\nDestChannelState: 5\n{}", dest(line)),
        500,
    );
    let mine = [Extension::parse("1001").unwrap()];
    let (_, leg) = board.office().legs_at(&mine).next().expect("a leg");
    let peer = leg.peer.as_ref().expect("whom it calls");
    assert_eq!((peer.name.as_deref(), peer.number.as_deref()), (Some("Bob"), Some("+49301234")));
}
