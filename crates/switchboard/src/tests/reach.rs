//! Where what a client sends can reach the PBX: the number that is dialled, the question whether it exists, and what my
//! phone shows. Never an application, its data, a variable's name, a device, a context or a file.

use super::{Entry, office, parse, pass, recording};
use crate::api::{Actor, Output, Ticket};
use crate::orders::Order;
use crate::switchboard::Switchboard;
use frontdesk_ami::action::Originate;
use frontdesk_protocol::{
    Command, Destination, Extension, LegId, MailboxId, Millis, Number, Outcome, Person, PersonId, Reason,
    Role, TransferMode,
};

/// Alice talks to somebody outside.
fn talking() -> (Switchboard, LegId) {
    let mut board = office();
    for entry in parse(&recording("b_redirect")) {
        match entry {
            Entry::Came(at, packet) if at <= 1_200 => {
                pass(&mut board, at);
                board.packet(&packet, Millis(at));
            }
            _ => {}
        }
    }
    board.sent.clear();
    let mine = [Extension::parse("1001").unwrap()];
    let leg = board.office().legs_at(&mine).next().expect("a leg").1.id.clone();
    (board, leg)
}

fn order(board: &mut Switchboard, command: Command) -> Option<Outcome> {
    let me = Actor { extensions: vec![Extension::parse("1001").unwrap()], role: Role::Admin };
    board.command(Ticket(1), &me, command, Millis(1_200));
    std::iter::from_fn(|| board.poll()).find_map(|output| match output {
        Output::Concluded(_, outcome) => Some(outcome),
        _ => None,
    })
}

/// The fields of an action that may not hold a client's text. A new action does not compile without them.
fn closed(order: &Order) -> Vec<&str> {
    match order {
        Order::List(name) | Order::DbTree(name) => vec![name],
        Order::Get(question) => {
            let inside = question.strip_prefix("DIALPLAN_EXISTS(").and_then(|rest| rest.strip_suffix(",1)"));
            let (context, exten) = inside.and_then(|it| it.split_once(',')).unwrap_or((question, ""));
            assert!(!exten.contains([',', '(', ')', '$', '{', '}', '"', '\\', ' ']), "{question}");
            vec![context]
        }
        Order::Status { channel } | Order::Hangup { channel } => vec![channel],
        Order::Redirect { channel, context, exten: _ }
        | Order::BlindTransfer { channel, context, exten: _ } => {
            vec![channel, context]
        }
        Order::Park { channel, back_to, timeout_ms: _, lot } => vec![channel, back_to, lot],
        Order::Originate(originate) => {
            let Originate { device, context, exten: _, uniqueid, timeout_ms: _, variables } = &**originate;
            // What my phone shows while it calls is the number; of a variable's name a client says nothing.
            let shown = |name: &str| name == "CONNECTEDLINE(num,i)";
            let values = variables.iter().filter(|(name, _)| !shown(name)).map(|(_, value)| value.as_str());
            let names = variables.iter().map(|(name, _)| name.as_str());
            [device.as_str(), context, uniqueid].into_iter().chain(names).chain(values).collect()
        }
    }
}

#[test]
fn what_a_client_sends_is_dialled_and_reaches_nothing_else() {
    let marker = "*#+98765";
    let number = Number::parse(marker).unwrap();
    let person = Person {
        id: PersonId::parse("bob").unwrap(),
        name: "Bob".into(),
        extensions: vec![Extension::parse("1002").unwrap()],
        numbers: vec![frontdesk_protocol::LabelledNumber { label: "Mobile".into(), number: number.clone() }],
        mailbox: None,
        group: String::new(),
    };
    let destinations = [
        Destination::Extension { extension: Extension::parse(marker).unwrap() },
        Destination::Number { person: person.id.clone(), number: number.clone() },
        Destination::Voicemail { mailbox: MailboxId::parse("98765@98765").unwrap() },
    ];
    let mut reached = 0;
    for to in destinations.map(Some).into_iter().chain([None]) {
        let (mut board, leg) = talking();
        board.set_directory(vec![person.clone()], Millis(1_200));
        let command = match to {
            Some(to) => Command::Transfer { leg, to, mode: TransferMode::Blind },
            None => Command::Originate { from: Extension::parse("1001").unwrap(), to: number.clone() },
        };
        order(&mut board, command);
        assert!(!board.sent.is_empty());
        for (_, order) in &board.sent {
            reached += usize::from(format!("{order:?}").contains("98765"));
            for text in closed(order) {
                assert!(!text.contains("98765"), "{order:?}");
            }
        }
    }
    assert!(reached >= 4, "the marker is somewhere: {reached}");
}

#[test]
fn a_mailbox_is_a_word_or_nothing_is_asked_and_nobody_moved() {
    for hostile in [
        "1002,1)}${SHELL(id)}@default",
        "../../etc/passwd@default",
        "1002&PJSIP/1003@default",
        "1 002@default",
        "10\"02@default",
        "(){}@default",
        "@default",
    ] {
        let (mut board, leg) = talking();
        let to = Destination::Voicemail { mailbox: MailboxId::parse(hostile).unwrap() };
        let outcome = order(&mut board, Command::Transfer { leg, to, mode: TransferMode::Blind });
        match outcome {
            Some(Outcome::Failed { reason: Reason::NoSuchDestination, .. }) => {}
            other => panic!("{hostile}: {other:?}, {:?}", board.sent),
        }
        assert!(board.sent.is_empty(), "{hostile}: {:?}", board.sent);
    }
    assert!(MailboxId::parse("1002\u{202e}@default").is_err(), "what turns the writing is in no id");
}
