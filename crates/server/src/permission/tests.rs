//! Every cell of the permission matrix: who × what × to what is whose; kept readable in `docs/permissions.md`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::specimen;
use frontdesk_protocol::{
    CallId, Change, Destination, Handed, HandedId, HandedState, LegId, LegState, MailboxId, Millis, Number,
    Party, PartyKind, Person, TransferMode, UserName,
};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

const PAPER: &str = "../../docs/permissions.md";

/// Whom the matrix has a column for: each role with the extension 1001 of its own, one without any, closed accounts.
fn users() -> Vec<(String, User)> {
    let mut users = Vec::new();
    for role in [Role::Admin, Role::Receptionist, Role::Colleague] {
        // Another role does not compile without a name, and without a column the list above is not whole.
        let name = match role {
            Role::Admin => "admin",
            Role::Receptionist => "receptionist",
            Role::Colleague => "colleague",
        };
        let user = specimen::user("anna", role, "1001");
        users.push((name.to_owned(), user.clone()));
        users.push((format!("{name} without extensions"), User { extensions: vec![], ..user.clone() }));
        users.push((format!("{name}, account closed"), User { disabled: true, ..user }));
    }
    users
}

/// One leg of each kind that a desk can name.
const LEGS: [(&str, &str); 9] = [
    ("mine", "talking at my phone"),
    ("ringing", "ringing at my phone"),
    ("queue", "at my phone, out of a queue"),
    ("parked", "of my phone, parked"),
    ("theirs", "at a colleague's phone"),
    ("theirs-parked", "of a colleague's phone, parked"),
    ("trunk", "of an outside line"),
    ("waiting", "of an outside caller who waits in a queue"),
    ("gone", "that is gone"),
];

fn office() -> Office {
    let mut office = specimen::office();
    let mut call = specimen::call(
        "d",
        &[
            ("ringing", Some("1001")),
            ("queue", Some("1001")),
            ("parked", Some("1001")),
            ("theirs-parked", Some("1002")),
            ("waiting", None),
        ],
    );
    for leg in &mut call.legs {
        leg.state = match leg.id.as_str() {
            "ringing" => LegState::Ringing,
            "parked" | "theirs-parked" => LegState::Parked,
            "waiting" => LegState::Queued,
            _ => LegState::Talking,
        };
    }
    call.via.queue = Some("support".try_into().unwrap());
    office.apply(Change::Call(Arc::new(call)));
    for (id, by) in [("h-mine", "1001"), ("h-theirs", "1002")] {
        let party = Arc::new(Party { name: None, number: None, kind: PartyKind::Outside, person: None });
        office.apply(Change::Handed(Arc::new(Handed {
            id: HandedId::parse(id).unwrap(),
            by: Extension::parse(by).unwrap(),
            call: CallId::parse("c").unwrap(),
            party,
            to: None,
            label: String::new(),
            safe: false,
            at: Millis(1),
            state: HandedState::Sent,
            since: Millis(1),
        })));
    }
    let shared = ["1001", "1002"].map(|extension| Extension::parse(extension).unwrap()).to_vec();
    office.apply(Change::Person(Arc::new(Person {
        id: PersonId::parse("both").unwrap(),
        name: "Both".into(),
        extensions: shared,
        numbers: vec![],
        mailbox: None,
        group: String::new(),
    })));
    office
}

fn destinations() -> [Destination; 3] {
    [
        Destination::Extension { extension: Extension::parse("1002").unwrap() },
        Destination::Number {
            person: PersonId::parse("bob").unwrap(),
            number: Number::parse("030123").unwrap(),
        },
        Destination::Voicemail { mailbox: MailboxId::parse("1002@default").unwrap() },
    ]
}

/// A row's first cell. A new command, destination or mode does not compile without one.
fn what(command: &Command) -> String {
    match command {
        Command::Transfer { leg: _, to, mode } => {
            let to = match to {
                Destination::Extension { .. } => "an extension",
                Destination::Number { .. } => "a number",
                Destination::Voicemail { .. } => "a mailbox",
            };
            match mode {
                TransferMode::Usual | TransferMode::Safe | TransferMode::Blind => format!("transfer to {to}"),
            }
        }
        Command::HangUp { leg: _, grace: true | false } => "hang up".into(),
        Command::Ignore { leg: _ } => "ignore".into(),
        Command::PullBack { handed: _ } => "pull back".into(),
        Command::Originate { from: _, to: _ } => "call".into(),
    }
}

/// Every command on everything it can be about.
fn commands() -> Vec<(&'static str, Command)> {
    let mut all = Vec::new();
    for (id, whose) in LEGS {
        let leg = LegId::parse(id).unwrap();
        for to in destinations() {
            for mode in [TransferMode::Usual, TransferMode::Safe, TransferMode::Blind] {
                all.push((whose, Command::Transfer { leg: leg.clone(), to: to.clone(), mode }));
            }
        }
        for grace in [false, true] {
            all.push((whose, Command::HangUp { leg: leg.clone(), grace }));
        }
        all.push((whose, Command::Ignore { leg }));
    }
    for (id, whose) in [
        ("h-mine", "whom I handed on"),
        ("h-theirs", "whom a colleague handed on"),
        ("h-gone", "who is on no list any more"),
    ] {
        all.push((whose, Command::PullBack { handed: HandedId::parse(id).unwrap() }));
    }
    for (from, whose) in [
        ("1001", "from my phone"),
        ("1002", "from a colleague's phone"),
        ("4711", "from a phone that nobody has"),
    ] {
        let (from, to) = (Extension::parse(from).unwrap(), Number::parse("030123").unwrap());
        all.push((whose, Command::Originate { from, to }));
    }
    all
}

fn reason(outcome: Outcome) -> String {
    let Outcome::Failed { reason, text } = outcome else { panic!("a refusal that is none") };
    assert!(text.ends_with('.') && text.len() > 20, "{text}");
    serde_json::to_value(reason).unwrap().as_str().unwrap().to_owned()
}

/// The rows: what, to what, and a cell for each user.
fn matrix() -> Vec<(String, String, Vec<String>)> {
    let (office, users) = (office(), users());
    let mut rows: Vec<(String, String, Vec<String>)> = Vec::new();
    for (whose, command) in commands() {
        let cell = |user: &User| may_order(user, &command, &office).map_or_else(reason, |()| "yes".into());
        let row =
            (what(&command), whose.to_owned(), users.iter().map(|(_, user)| cell(user)).collect::<Vec<_>>());
        match rows.iter().find(|known| known.0 == row.0 && known.1 == row.1) {
            // Modes of the same order: a way of doing it gives no right of its own.
            Some(known) => assert_eq!(known.2, row.2, "{command:?}"),
            None => rows.push(row),
        }
    }
    rows.sort_by_key(|(what, ..)| commands().iter().position(|(_, command)| self::what(command) == *what));
    for (person, whose) in [
        (None, "of no person in particular"),
        (Some("anna"), "of myself"),
        (Some("bob"), "of a colleague"),
        (Some("both"), "of a colleague with whom I share a phone"),
        (Some("nobody"), "of somebody unknown"),
    ] {
        let person = person.map(|id| PersonId::parse(id).unwrap());
        let query = HistoryQuery { person, before: None, limit: 10, text: None };
        let cell = |user: &User| match may_read(user, &query, &office) {
            Ok(extensions) if extensions.is_empty() => "nothing".to_owned(),
            Ok(extensions) => extensions.iter().map(Extension::as_str).collect::<Vec<_>>().join(" "),
            Err(outcome) => reason(outcome),
        };
        rows.push((
            "read the history".into(),
            whose.into(),
            users.iter().map(|(_, user)| cell(user)).collect(),
        ));
    }
    for (extension, whose) in [("1001", "of my phone"), ("1002", "of a colleague's phone")] {
        let extension = Extension::parse(extension).unwrap();
        let cell = |user: &User| match may_see_row(user, &extension) {
            true => "yes".to_owned(),
            false => "no".to_owned(),
        };
        let cells = users.iter().map(|(_, user)| cell(user)).collect();
        rows.push(("be told of a new row".into(), whose.into(), cells));
    }
    rows
}

fn paper() -> String {
    let mut text = String::from(
        "# Who may what\n\n\
         Every order and question, on everything it can be about, for everyone. Made by a test from the table in\n\
         `crates/server/src/permission.rs` (`UPDATE_PAPERS=1 cargo test -p frontdesk-server permission` renews it);\n\
         what is not named there is not permitted. Each message is checked, with the user as they are in the\n\
         database at most a second earlier. My phone is the extension 1001, the colleague's is 1002.\n\n\
         How an order is carried out (with or without a way back, at once or after three seconds) gives no right of its\n\
         own. A refused order says why in a sentence; here stands its `reason`. In the rows about reading stand the\n\
         extensions whose rows are given.\n\n",
    );
    let names: Vec<String> = users().into_iter().map(|(name, _)| name).collect();
    writeln!(text, "| | | {} |", names.join(" | ")).unwrap();
    writeln!(text, "|---|---|{}", "---|".repeat(names.len())).unwrap();
    for (what, whose, cells) in matrix() {
        writeln!(text, "| {what} | {whose} | {} |", cells.join(" | ")).unwrap();
    }
    text
}

#[test]
fn the_matrix_in_the_papers_is_that_of_the_program() {
    let made = paper();
    if std::env::var_os("UPDATE_PAPERS").is_some() {
        std::fs::write(PAPER, &made).unwrap();
    }
    let kept = std::fs::read_to_string(PAPER).unwrap();
    assert!(
        kept == made,
        "docs/permissions.md is stale: `UPDATE_PAPERS=1 cargo test -p frontdesk-server permission` renews it"
    );
}

/// The values of a tag in the schema of a type of the wire.
fn tags(of: &str, tag: &str) -> BTreeSet<String> {
    let schema: serde_json::Value = serde_json::from_str(&crate::schema::text()).unwrap();
    let variants = schema["$defs"][of]["oneOf"].as_array().unwrap().clone();
    variants.iter().map(|it| it["properties"][tag]["const"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn no_command_destination_or_role_is_left_out() {
    let tag = |value: serde_json::Value, tag: &str| value[tag].as_str().unwrap().to_owned();
    let said: BTreeSet<_> =
        commands().iter().map(|(_, command)| tag(serde_json::to_value(command).unwrap(), "do")).collect();
    assert_eq!(said, tags("Command", "do"));
    let to: BTreeSet<_> =
        destinations().iter().map(|to| tag(serde_json::to_value(to).unwrap(), "to")).collect();
    assert_eq!(to, tags("Destination", "to"));
    let roles: BTreeSet<_> = users().iter().map(|(_, user)| crate::store::role_name(user.role)).collect();
    let schema: serde_json::Value = serde_json::from_str(&crate::schema::text()).unwrap();
    let known = schema["$defs"]["Role"]["oneOf"].as_array().unwrap().clone();
    assert_eq!(roles, known.iter().map(|role| role["const"].as_str().unwrap()).collect());
}

/// What the matrix must say whatever the table becomes.
#[test]
fn nobody_gets_more_than_theirs() {
    let users = users();
    for (what, whose, cells) in matrix() {
        for ((name, user), cell) in users.iter().zip(&cells) {
            let place = format!("{what} {whose}: {name}");
            if user.disabled {
                assert!(cell == "notPermitted" || cell == "no", "{place}: {cell}");
                continue;
            }
            let own = ["my phone", "of myself", "whom I handed on"].iter().any(|mine| whose.contains(mine));
            if own && !user.extensions.is_empty() {
                assert!(cell == "yes" || cell == "1001", "{place}: {cell}");
            }
            if whose.contains("outside") {
                assert_eq!(cell, "notPermitted", "{place}: an outside line is nobody's own");
            }
            if whose.contains("gone") || whose.contains("no list") {
                assert_eq!(cell, "gone", "{place}");
            }
            if whose.contains("a colleague") && user.role == Role::Colleague {
                assert!(cell == "notPermitted" || cell == "no", "{place}: {cell}");
            }
            let reads = what.contains("history") || what.contains("row");
            if whose.contains("a colleague") && user.role == Role::Receptionist && !reads {
                assert_eq!(cell, "notPermitted", "{place}");
            }
        }
    }
}

#[test]
fn a_user_of_the_protocol_is_without_secrets() {
    let user = User {
        password: "$argon2id$hash".into(),
        name: UserName::parse("anna").unwrap(),
        ..specimen::user("anna", Role::Admin, "1001")
    };
    let viewer = serde_json::to_string(&viewer(&user, &office())).unwrap();
    assert_eq!(viewer, r#"{"user":"anna","role":"admin","extensions":["1001"],"person":"anna"}"#);
}
