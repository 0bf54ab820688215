//! A PBX whose files change: extensions, mailboxes, queues and lots come and go, with calls up.

use super::{Fields, fields, told};
use crate::api::Output;
use crate::orders::Order;
use crate::settings::Settings;
use crate::switchboard::Switchboard;
use frontdesk_protocol::{
    Change, Extension, LegState, LotName, MailboxId, Millis, Office, PbxLink, Person, PersonId, QueueName,
    Status,
};

/// What the files of the PBX say.
#[derive(Clone)]
struct Pbx {
    hints: Vec<(&'static str, &'static str)>,
    /// Devices whose state the PBX remembers.
    states: Vec<(&'static str, &'static str)>,
    endpoints: Vec<&'static str>,
    names: Vec<(&'static str, &'static str)>,
    mailboxes: Vec<&'static str>,
    queues: Vec<(&'static str, Vec<&'static str>)>,
    lots: Vec<&'static str>,
    /// Lists that are refused.
    refused: Vec<&'static str>,
}

fn pbx() -> Pbx {
    Pbx {
        hints: vec![("1001", "PJSIP/1001"), ("1002", "PJSIP/1002"), ("1009", "PJSIP/1009")],
        states: vec![("PJSIP/1001", "NOT_INUSE"), ("PJSIP/1002", "NOT_INUSE"), ("PJSIP/1009", "UNAVAILABLE")],
        endpoints: vec!["1001", "1002", "1009"],
        names: Vec::new(),
        mailboxes: vec!["1001", "1002", "1009"],
        queues: vec![("support", vec!["PJSIP/1001", "PJSIP/1009"]), ("old", vec![])],
        lots: vec!["default", "second"],
        refused: vec!["PJSIPShowEndpoints", "PJSIPShowContacts"],
    }
}

impl Pbx {
    fn items(&self, order: &Order) -> Option<Vec<String>> {
        let (Order::List(name) | Order::DbTree(name)) = order else { return None };
        if self.refused.contains(name) {
            return None;
        }
        Some(match *name {
            "ExtensionStateList" => self
                .hints
                .iter()
                .map(|(e, d)| format!("Event: ExtensionStatus\nExten: {e}\nContext: hints\nHint: {d}\nStatus: 0"))
                .collect(),
            "DeviceStateList" => self
                .states
                .iter()
                .map(|(d, state)| format!("Event: DeviceStateChange\nDevice: {d}\nState: {state}"))
                .collect(),
            "AMPUSER" => self
                .names
                .iter()
                .map(|(key, name)| format!("Event: DBGetTreeResponse\nKey: /AMPUSER/{key}\nVal: {name}"))
                .collect(),
            "VoicemailUsersList" => self
                .mailboxes
                .iter()
                .map(|b| format!("Event: VoicemailUserEntry\nVMContext: default\nVoiceMailbox: {b}\nFullname: Box {b}\nNewMessageCount: 0\nOldMessageCount: 0"))
                .collect(),
            "Parkinglots" => self.lots.iter().map(|lot| format!("Event: Parkinglot\nName: {lot}")).collect(),
            "QueueStatus" => self
                .queues
                .iter()
                .flat_map(|(queue, members)| {
                    let member = move |m: &&str| format!("Event: QueueMember\nQueue: {queue}\nName: {m}\nLocation: {m}");
                    [format!("Event: QueueParams\nQueue: {queue}")].into_iter().chain(members.iter().map(member))
                })
                .collect(),
            _ => Vec::new(),
        })
    }

    fn answer(&self, id: &str, order: &Order) -> Vec<Fields> {
        let under = |text: &str| fields(&format!("{text}\nActionID: {id}"));
        if let Order::Get(question) = order {
            let exists = self.endpoints.iter().any(|e| question.contains(&format!("({e},context)")));
            return vec![under(&format!(
                "Response: Success\nValue: {}",
                if exists { "internal" } else { "" }
            ))];
        }
        let Some(items) = self.items(order) else {
            return vec![under("Response: Error\nMessage: Permission denied")];
        };
        let begin = under("Response: Success\nEventList: start");
        let end = under("Event: ListComplete\nEventList: Complete");
        [begin].into_iter().chain(items.iter().map(|item| under(item))).chain([end]).collect()
    }

    /// Answers everything that is asked; gives the lists' names.
    fn serve(&self, board: &mut Switchboard, now: i64) -> Vec<String> {
        let mut asked = Vec::new();
        loop {
            let orders: Vec<(String, Order)> = board.sent.drain(..).collect();
            if orders.is_empty() {
                return asked;
            }
            for (id, order) in orders {
                for packet in self.answer(&id, &order) {
                    board.packet(&packet, Millis(now));
                }
                asked.push(format!("{order:?}"));
            }
        }
    }
}

fn start(pbx: &Pbx) -> Switchboard {
    let mut board = Switchboard::new(Settings::default(), Millis(0));
    board.link_up(Millis(0));
    pbx.serve(&mut board, 0);
    board.outputs.clear();
    board
}

fn reloaded(board: &mut Switchboard, now: i64) {
    board.packet(&fields("Event: Reload\nModule: All\nStatus: 0"), Millis(now));
}

fn changes(board: &mut Switchboard) -> Vec<Change> {
    let all = std::iter::from_fn(|| board.poll());
    all.filter_map(|output| if let Output::Changed(changes) = output { Some(changes) } else { None })
        .flatten()
        .collect()
}

const RINGING: &str = "Event: Newchannel\nChannel: PJSIP/1001-01\nChannelState: 5\nCallerIDNum: 1001\nConnectedLineNum: 1002\nUniqueid: 1.1\nLinkedid: 1.1";

#[test]
fn what_the_files_no_longer_name_goes_and_calls_stay() {
    let before = pbx();
    let mut board = start(&before);
    assert_eq!(board.office().people.len(), 3);
    assert_eq!(board.office().mailboxes.len(), 3);
    board.packet(&fields(RINGING), Millis(1_000));
    board.outputs.clear();

    let mut after = before;
    after.hints = vec![("1001", "PJSIP/1001"), ("1002", "PJSIP/1002"), ("1003", "PJSIP/1003")];
    // The PBX keeps the state of a device that is no more.
    after.states.push(("PJSIP/1003", "NOT_INUSE"));
    after.endpoints = vec!["1001", "1002", "1003"];
    after.mailboxes = vec!["1001", "1003"];
    after.queues = vec![("support", vec!["PJSIP/1001"]), ("sales", vec![])];
    after.lots = vec!["default"];
    after.names = vec![("1002/cidname", "Robert")];
    reloaded(&mut board, 2_000);
    let asked = after.serve(&mut board, 2_000);
    assert!(!asked.iter().any(|list| list.contains("CoreShowChannels")), "{asked:?}");

    let changes = changes(&mut board);
    for gone in [
        Change::ExtensionGone(Extension::parse("1009").unwrap()),
        Change::PersonGone(PersonId::parse("1009").unwrap()),
        Change::MailboxGone(MailboxId::parse("1009@default").unwrap()),
        Change::MailboxGone(MailboxId::parse("1002@default").unwrap()),
        Change::QueueGone(QueueName::parse("old").unwrap()),
        Change::LotGone(LotName::parse("second").unwrap()),
    ] {
        assert!(changes.contains(&gone), "{gone:?} in {changes:?}");
    }
    let office = board.office();
    let named: Vec<_> =
        office.people.values().map(|person| (person.id.as_str(), person.name.as_str())).collect();
    assert_eq!(named, [("1001", "Box 1001"), ("1002", "Robert"), ("1003", "Box 1003")]);
    assert!(office.people.values().all(|p| p.id.as_str() != "1002" || p.mailbox.is_none()));
    let queues: Vec<_> = office.queues.values().map(|q| (q.name.to_string(), q.members.len())).collect();
    assert_eq!(queues, [("sales".to_owned(), 0), ("support".to_owned(), 1)]);
    let leg =
        office.legs_at(&[Extension::parse("1001").unwrap()]).next().expect("the call goes on").1.clone();
    assert_eq!(leg.state, LegState::Ringing);
    assert!(matches!(office.link, PbxLink::Up { since: Millis(0) }), "the link was never down");

    // The same office as that of a server that starts now.
    let fresh = start(&after);
    let without_calls = |office: &Office| {
        let mut office = office.clone();
        office.calls.clear();
        office.extensions.remove(&Extension::parse("1001").unwrap());
        office
    };
    assert_eq!(without_calls(office), without_calls(fresh.office()));

    // What is still said of the device does not bring it back.
    board.packet(&fields("Event: DeviceStateChange\nDevice: PJSIP/1009\nState: INVALID"), Millis(3_000));
    reloaded(&mut board, 4_000);
    after.serve(&mut board, 4_000);
    assert_eq!(without_calls(board.office()), without_calls(fresh.office()));
}

#[test]
fn calls_are_shown_at_once_while_the_lists_are_read_again() {
    let pbx = pbx();
    let mut board = start(&pbx);
    reloaded(&mut board, 1_000);
    board.packet(&fields(RINGING), Millis(1_001));
    assert!(told(&mut board, 1_001).contains("lamp 1001 Ringing"), "before any list has come");
    pbx.serve(&mut board, 1_002);
    assert_eq!(board.office().calls.len(), 1);
    assert_eq!(board.deadline(), board.audit.due());
}

#[test]
fn a_reload_during_the_reading_is_read_afterwards() {
    let before = pbx();
    let mut board = Switchboard::new(Settings::default(), Millis(0));
    board.link_up(Millis(0));
    reloaded(&mut board, 1);
    reloaded(&mut board, 2);
    let asked = before.serve(&mut board, 3);
    let hints = asked.iter().filter(|list| list.contains("ExtensionStateList")).count();
    let channels = asked.iter().filter(|list| list.contains("CoreShowChannels")).count();
    assert_eq!((hints, channels), (2, 1), "{asked:?}");
}

#[test]
fn a_list_that_was_not_read_removes_nobody() {
    for refused in
        ["ExtensionStateList", "DeviceStateList", "VoicemailUsersList", "QueueStatus", "Parkinglots"]
    {
        let before = pbx();
        let mut board = start(&before);
        let mut after = before.clone();
        after.refused.push(refused);
        reloaded(&mut board, 1_000);
        after.serve(&mut board, 1_000);
        let gone = changes(&mut board);
        assert_eq!(gone, [], "{refused}");
    }
    let mut board = start(&pbx());
    reloaded(&mut board, 1_000);
    while let Some(due) = board.deadline() {
        board.tick(due);
    }
    assert_eq!(changes(&mut board), [], "a PBX that answers nothing");
}

#[test]
fn a_phone_without_a_hint_that_is_not_connected_stays() {
    let mut bare = pbx();
    bare.hints.clear();
    let mut board = start(&bare);
    assert_eq!(board.office().extensions.len(), 3);
    reloaded(&mut board, 1_000);
    bare.serve(&mut board, 1_000);
    assert_eq!(board.office().extensions.len(), 3);
    bare.endpoints = vec!["1001", "1002"];
    reloaded(&mut board, 2_000);
    bare.serve(&mut board, 2_000);
    assert_eq!(board.office().extensions.len(), 2);
}

#[test]
fn people_of_the_file_stay_and_so_does_whoever_talks() {
    let before = pbx();
    let mut board = start(&before);
    let anna = Person {
        id: PersonId::parse("anna").unwrap(),
        name: "Anna".into(),
        extensions: vec![Extension::parse("1009").unwrap()],
        numbers: Vec::new(),
        mailbox: None,
        group: String::new(),
    };
    board.set_directory(vec![anna], Millis(500));
    board.packet(&fields(RINGING), Millis(1_000));
    let nothing = Pbx { hints: vec![], states: vec![], endpoints: vec![], ..before };
    reloaded(&mut board, 2_000);
    nothing.serve(&mut board, 2_000);
    let left: Vec<_> =
        board.office().extensions.values().map(|e| (e.extension.to_string(), e.status)).collect();
    assert_eq!(left, [("1001".to_owned(), Status::Ringing), ("1009".to_owned(), Status::Offline)]);
    board.packet(
        &fields("Event: Hangup\nChannel: PJSIP/1001-01\nChannelState: 5\nCause: 16\nUniqueid: 1.1"),
        Millis(3_000),
    );
    reloaded(&mut board, 4_000);
    nothing.serve(&mut board, 4_000);
    let left: Vec<_> = board.office().extensions.keys().map(ToString::to_string).collect();
    assert_eq!(left, ["1009"]);
    assert_eq!(board.office().people.values().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["Anna"]);
}

#[test]
fn a_phone_that_moves_to_another_extension_moves_at_the_reload() {
    let mut pbx = pbx();
    pbx.hints = vec![("1001", "PJSIP/desk-a"), ("1002", "PJSIP/1002")];
    pbx.states = vec![("PJSIP/desk-a", "NOT_INUSE"), ("PJSIP/1002", "NOT_INUSE")];
    let mut board = start(&pbx);
    pbx.hints = vec![("1002", "PJSIP/1002&PJSIP/desk-a")];
    reloaded(&mut board, 1_000);
    pbx.serve(&mut board, 1_000);
    let ring = RINGING.replace("1001-01", "desk-a-01");
    board.packet(&fields(&ring), Millis(2_000));
    let text = told(&mut board, 2_000);
    assert!(text.contains("lamp 1002 Ringing"), "{text}");
}

#[test]
fn whom_the_people_file_names_no_more_is_again_as_the_pbx_says() {
    let mut board = start(&pbx());
    let person = |id: &str, extensions: &[&str]| Person {
        id: PersonId::parse(id).unwrap(),
        name: id.to_uppercase(),
        extensions: extensions.iter().map(|e| Extension::parse(e).unwrap()).collect(),
        numbers: Vec::new(),
        mailbox: None,
        group: String::new(),
    };
    let before = board.office().clone();
    board.set_directory(vec![person("anna", &["1001"]), person("home", &["2001"])], Millis(1_000));
    let names = |board: &Switchboard| -> Vec<String> {
        board.office().people.values().map(|person| person.name.clone()).collect()
    };
    assert_eq!(names(&board), ["Box 1002", "Box 1009", "ANNA", "HOME"]);
    board.set_directory(Vec::new(), Millis(2_000));
    assert_eq!(*board.office(), before);
}
