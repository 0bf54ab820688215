//! Links to telephone numbers: asked about and never dialled unasked, whatever the link says and however the desk is.

use crate::orders;
use crate::stage::{self, Desk, extension, leg, person};
use frontdesk_console::asking::KEPT_MS;
use frontdesk_console::{Connection, Effect, Event, Message, Over, QuestionView, Subject, Tone};
use frontdesk_protocol::{Command, Number};

/// Somebody follows a link.
fn follows(desk: &mut Desk, link: &str) -> Vec<Effect> {
    let json = serde_json::json!({ "kind": "tel", "link": link }).to_string();
    desk.does(Event::Message(serde_json::from_str(&json).expect("as the core says it")))
}

fn question(desk: &Desk) -> QuestionView {
    desk.console.question().expect("a question")
}

fn connection(state: Connection) -> Event {
    Event::Message(Message::Connection { state, text: None, since: None, server: None, user: None })
}

/// What is said now, and what the note says, if it is about a link.
fn refused(desk: &Desk) -> String {
    assert_eq!(desk.console.question(), None);
    let said = &desk.console.said.now.text;
    let note = desk.console.remarks().into_iter().find(|note| note.subject == Subject::Tel).expect("a note");
    assert_eq!((note.tone, &note.text), (Tone::Failed, said));
    note.text
}

#[test]
fn a_link_asks_and_yes_calls_from_the_selected_extension() {
    let mut desk = Desk::live();
    assert!(follows(&mut desk, "tel:+49-30-1234;ext=7").is_empty(), "nothing is dialled unasked");
    let asked = question(&desk);
    assert_eq!((asked.title.as_str(), asked.number.as_str()), ("Call +49 30 1234?", "+49 30 1234"));
    assert_eq!(asked.dials, "Dials +49301234 from extension 1001. Your phone rings first.");
    assert_eq!(asked.remarks, ["Then ask for extension 7: it is not dialled for you."]);
    assert_eq!(asked.held_back, None);
    assert!(desk.console.said.now.text.starts_with("A link asks whether to call +49 30 1234."));

    desk.does(Event::SelectExtension(extension("1099")));
    let now = question(&desk);
    assert!(now.dials.starts_with("Dials +49301234 from extension 1099."), "{}", now.dials);
    assert_eq!((now.from, now.extensions.len()), (Some(extension("1099")), 2));
    let given = desk.does(Event::CallTel(asked.id));
    let to = Number::parse("+49301234").expect("a number");
    assert_eq!(orders(&given), [&Command::Originate { from: extension("1099"), to }]);
    assert_eq!(desk.console.question(), None);
    assert_eq!(desk.console.loose_notes()[0].text, "Calling +49 30 1234 from 1099: your phone rings first …");
    assert!(desk.does(Event::CallTel(asked.id)).is_empty(), "one yes is one call");
}

#[test]
fn whoever_is_known_is_named() {
    let mut desk = Desk::live();
    follows(&mut desk, "tel:1002;phone-context=example.com");
    let asked = question(&desk);
    assert_eq!((asked.title.as_str(), asked.number.as_str()), ("Call Bob Baker?", "1002"));
    assert_eq!(asked.remarks, ["The link means a number of example.com. Here it may be somebody else's."]);
    for link in ["tel:+49170", "tel:0049-170"] {
        follows(&mut desk, link);
        assert_eq!(question(&desk).title, "Call Bob Baker, Mobile?", "{link}");
    }
    assert_eq!(question(&desk).dials, "Dials 0049170 from extension 1001. Your phone rings first.");
}

#[test]
fn no_and_escape_call_nobody() {
    let mut desk = Desk::live();
    desk.does(Event::Search("bob".into()));
    for no in [Event::Escape, Event::LeaveTel(2)] {
        follows(&mut desk, "tel:1003");
        assert!(desk.does(no).is_empty());
        assert_eq!(desk.console.question(), None);
        assert_eq!(desk.console.said.polite.text, "Nobody was called.");
        assert_eq!(desk.console.users.search, "bob", "Escape goes one step back, and no more");
    }
}

#[test]
fn an_answer_is_to_what_was_read_and_not_to_what_has_just_come() {
    let mut desk = Desk::live();
    follows(&mut desk, "tel:1002");
    let first = question(&desk).id;
    follows(&mut desk, "tel:0900123");
    assert!(desk.does(Event::CallTel(first)).is_empty());
    desk.does(Event::LeaveTel(first));
    assert_eq!(question(&desk).number, "0900 123", "the newest question stays");
}

#[test]
fn a_bad_link_is_a_sentence_and_takes_the_older_question_away() {
    let mut desk = Desk::live();
    for bad in ["tel:*21*0900123#", "javascript:alert(1)", "", "tel:<img src=x>", "tel:+49\r\nAction: Logoff"]
    {
        follows(&mut desk, "tel:1002");
        assert!(follows(&mut desk, bad).is_empty());
        let why = refused(&desk);
        assert!(
            why.starts_with("This link cannot be dialled: ") && why.ends_with("Nobody was called."),
            "{why}"
        );
    }
    let said = desk.console.said.now.count;
    follows(&mut desk, "tel:<img src=x>");
    assert_ne!(desk.console.said.now.count, said, "followed again, it is said again");
    follows(&mut desk, "tel:1002");
    assert_eq!(desk.console.remarks(), [], "a good one puts the sentence away");
}

#[test]
fn while_the_facts_are_old_yes_sends_nothing_and_the_question_waits() {
    let mut desk = Desk::live();
    desk.tick(5_000);
    follows(&mut desk, "tel:1002");
    let asked = question(&desk);
    let why = asked.held_back.expect("a reason");
    assert!(why.starts_with("Not done: Nothing heard since"), "{why}");
    assert!(desk.does(Event::CallTel(asked.id)).is_empty());
    assert_eq!(desk.console.said.now.text, why);
    desk.beat();
    assert_eq!(question(&desk).held_back, None);
    assert_eq!(orders(&desk.does(Event::CallTel(asked.id))).len(), 1);
}

#[test]
fn a_link_that_comes_before_the_desk_is_open_waits_and_says_so() {
    let mut desk = Desk::fresh();
    follows(&mut desk, "tel:1002");
    assert_eq!(desk.console.question(), None);
    let text = "A link asks whether to call 1002. The question waits until there is a connection; nothing is \
                dialled before.";
    assert_eq!(desk.console.said.now.text, text);
    assert_eq!(desk.console.loose_notes()[0].text, text);
    desk.does(connection(Connection::Login));
    assert!(desk.console.remarks()[0].text.contains("waits until you are logged in"), "the form says so too");
    assert!(desk.does(Event::CallTel(1)).is_empty(), "and nothing is dialled meanwhile");

    let opened = [desk.hears(stage::ready(false)), desk.hears(stage::snapshot(7))].concat();
    assert!(orders(&opened).is_empty(), "it is still only a question");
    assert_eq!(question(&desk).title, "Call Bob Baker?");
    assert_eq!(desk.console.remarks(), []);
}

#[test]
fn a_bad_link_is_told_beside_the_login_form_too() {
    let mut desk = Desk::fresh();
    follows(&mut desk, "tel:+");
    let why = refused(&desk);
    desk.does(connection(Connection::Login));
    assert_eq!(desk.console.remarks()[0].text, why, "it stays when the form comes after it");
    follows(&mut desk, "tel:1002");
    desk.does(Event::Dismiss(Subject::Tel));
    assert_eq!(desk.console.remarks(), [], "what waits there can be put away");
}

#[test]
fn a_question_that_nobody_answers_is_put_away() {
    let mut desk = Desk::live();
    follows(&mut desk, "tel:1002");
    desk.passes(90_000);
    assert_eq!(question(&desk).remarks, ["The link was followed at 00:00."]);
    desk.passes(i64::try_from(KEPT_MS).expect("it fits") - 90_001);
    assert!(desk.console.asks());
    desk.passes(1);
    let why = refused(&desk);
    assert!(why.contains("stood for ten minutes and was put away. Nobody was called"), "{why}");
}

#[test]
fn whoever_logs_out_takes_the_question_with_them() {
    let mut desk = Desk::live();
    follows(&mut desk, "tel:1002");
    desk.does(Event::LogOut);
    assert_eq!(desk.console.remarks(), []);
    desk.hears(stage::ready(false));
    desk.hears(stage::snapshot(7));
    assert_eq!(desk.console.question(), None);
}

#[test]
fn a_link_does_not_come_between_a_hand_and_its_drop() {
    let mut desk = Desk::live();
    desk.does(Event::Press(leg("talk"), (0, 0)));
    desk.does(Event::Drag((90, 90), Over::Target(person("bob"), 0)));
    follows(&mut desk, "tel:1003");
    assert_eq!(desk.console.question(), None);
    let given = desk.does(Event::Drop(Over::Target(person("bob"), 0)));
    assert!(matches!(orders(&given).as_slice(), [Command::Transfer { .. }]), "{given:?}");
    assert_eq!(question(&desk).title, "Call Carla Díaz?");
}
