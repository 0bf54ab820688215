//! Logging in and out, the keyring, the start.

use super::desk::{Desk, ann};
use super::remarks;
use crate::connection::{Fault, Fingerprint};
use crate::controller::Start;
use crate::event::{Event, Invitation, Remember, View};
use crate::report::Condition;
use crate::secret::Secret;
use tokio::sync::oneshot;

type Outcome = oneshot::Receiver<Result<(), String>>;

fn form() -> Desk {
    Desk::begins(Start::Form { server: "pbx.example".into(), user: "ann".into() })
}

fn types(desk: &mut Desk, server: &str, user: &str, password: &str, remember: Remember) -> Outcome {
    let (reply, outcome) = oneshot::channel();
    let (server, user, password) = (server.into(), user.into(), Secret::new(password));
    desk.takes(Event::LogIn { server, user, password, remember, trust: None, reply });
    outcome
}

fn is_answered(desk: &mut Desk, outcome: Result<Secret, Fault>) {
    let attempt = desk.done.logins.last().unwrap().0;
    desk.takes(Event::LoggedIn { attempt, outcome });
}

#[test]
fn the_first_start_opens_the_login_form() {
    let desk = form();
    assert_eq!(desk.condition(), Condition::Login);
    let told = desk.done.told.last().unwrap();
    assert_eq!(told["kind"], "connection");
    assert_eq!(told["state"], "login");
    assert_eq!((told["server"].as_str(), told["user"].as_str()), (Some("pbx.example"), Some("ann")));
    assert!(told["since"].is_number());
}

#[test]
fn a_token_in_the_keyring_leads_straight_to_the_calls() {
    let desk = Desk::opening();
    assert_eq!(desk.done.recalled, [ann()]);
    assert_eq!(desk.done.opened.len(), 1);
    assert_eq!(desk.condition(), Condition::Connecting);
}

#[test]
fn an_empty_keyring_leads_to_the_login_form() {
    let mut desk = Desk::begins(Start::Account(ann()));
    desk.takes(Event::Recalled { account: ann(), token: None });
    assert_eq!(desk.condition(), Condition::Login);
    assert!(desk.done.opened.is_empty());
}

#[test]
fn a_login_is_kept_only_where_the_person_wants_it() {
    for (remember, kept) in [(Remember::Yes, 1), (Remember::No, 0)] {
        let mut desk = form();
        let mut outcome = types(&mut desk, "pbx.example", " ann ", "secret", remember);
        assert_eq!(desk.done.logins[0].1, ann());
        is_answered(&mut desk, Ok(Secret::new("token")));
        assert_eq!(outcome.try_recv().unwrap(), Ok(()));
        assert_eq!(desk.done.kept.len(), kept);
        assert_eq!(desk.done.noted, [ann()], "server and user come back in any case");
        assert_eq!(desk.done.opened.len(), 1);
    }
}

#[test]
fn a_wrong_password_is_answered_at_once_and_can_be_typed_again() {
    let mut desk = form();
    let mut outcome = types(&mut desk, "pbx.example", "ann", "wrong", Remember::Yes);
    is_answered(&mut desk, Err(Fault::WrongPassword));
    let sentence = outcome.try_recv().unwrap().unwrap_err();
    assert!(sentence.contains("password is wrong"), "{sentence}");
    assert_eq!(desk.condition(), Condition::Login);
    assert!(desk.done.opened.is_empty() && desk.done.kept.is_empty());
    types(&mut desk, "pbx.example", "ann", "right", Remember::Yes);
    assert_eq!(desk.done.logins.len(), 2);
}

#[test]
fn an_incomplete_form_never_reaches_the_network() {
    for (server, user, password) in
        [("", "ann", "x"), ("ftp://pbx", "ann", "x"), ("pbx", " ", "x"), ("pbx", "ann", "")]
    {
        let mut desk = form();
        let mut outcome = types(&mut desk, server, user, password, Remember::No);
        assert!(outcome.try_recv().unwrap().is_err());
        assert!(desk.done.logins.is_empty());
    }
}

#[test]
fn a_second_login_takes_the_place_of_one_that_hangs() {
    let mut desk = form();
    let mut first = types(&mut desk, "pbx.example", "ann", "x", Remember::No);
    let mut second = types(&mut desk, "other.example", "ann", "x", Remember::No);
    assert!(first.try_recv().unwrap().is_err());
    let old = desk.done.logins[0].0;
    desk.takes(Event::LoggedIn { attempt: old, outcome: Ok(Secret::new("old")) });
    assert!(desk.done.opened.is_empty(), "what the first one brings is not wanted any more");
    is_answered(&mut desk, Ok(Secret::new("new")));
    assert_eq!(second.try_recv().unwrap(), Ok(()));
}

#[test]
fn without_a_keyring_the_person_is_told_once() {
    let mut desk = Desk::online();
    desk.takes(Event::NotKept);
    assert!(remarks(&desk)[0].contains("no keyring"), "{:?}", remarks(&desk));
    desk.loses(Fault::Broken);
    desk.waits(1_000);
    desk.connects("e1", true);
    assert_eq!(desk.condition(), Condition::Online);
    assert_eq!(remarks(&desk).len(), 1);
}

#[test]
fn a_remark_from_before_the_page_was_there_is_not_lost() {
    let mut desk = Desk::begins(Start::Account(ann()));
    desk.takes(Event::Remark("Your settings file was damaged.".into()));
    desk.takes(Event::Recalled { account: ann(), token: None });
    assert_eq!(remarks(&desk), [""; 0]);
    desk.takes(Event::Subscribed(View::new(|_| {})));
    assert_eq!(remarks(&desk), ["Your settings file was damaged."]);
    desk.takes(Event::Subscribed(View::new(|_| {})));
    assert_eq!(remarks(&desk).len(), 1, "it is told once");
}

#[test]
fn logging_out_forgets_the_session_here_and_there() {
    let mut desk = Desk::online();
    desk.takes(Event::LogOut);
    assert_eq!((desk.done.logouts, desk.done.forgotten), (1, 1));
    assert_eq!(desk.condition(), Condition::Login);
    desk.done.told.clear();
    desk.takes(Event::Subscribed(View::new(|_| {})));
    assert_eq!(desk.done.told.len(), 1, "no facts of the old session are told");
    assert_eq!(desk.controller.wake(), None, "nothing is tried any more");
}

#[test]
fn a_session_that_has_ended_asks_for_the_password_and_is_forgotten() {
    let mut desk = Desk::online();
    desk.loses(Fault::SessionEnded);
    assert_eq!(desk.condition(), Condition::Login);
    assert!(desk.text().contains("log in again"), "{}", desk.text());
    assert_eq!(desk.done.forgotten, 1);
}

#[test]
fn a_rehearsal_logs_in_by_itself_and_leaves_no_trace() {
    let mut desk = Desk::begins(Start::Rehearsal);
    assert_eq!(desk.done.rehearsed, 1);
    let (server, user) = ("127.0.0.1:9".into(), "ann".into());
    desk.takes(Event::Rehearsal(Ok(Invitation { server, user, token: Secret::new("t") })));
    assert_eq!(desk.done.opened.len(), 1);
    desk.takes(Event::LogOut);
    assert!(desk.done.noted.is_empty() && desk.done.kept.is_empty());
    assert_eq!(desk.done.forgotten, 0);
}

#[test]
fn a_rehearsal_that_does_not_open_says_why() {
    let mut desk = Desk::begins(Start::Rehearsal);
    desk.takes(Event::Rehearsal(Err("No port is free.".into())));
    assert_eq!(desk.text(), "The rehearsal office did not open: No port is free.");
    assert_eq!(desk.condition(), Condition::Login);
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_asked_about_and_only_the_yes_to_it_counts() {
    let shown = Fingerprint::of(b"a certificate");
    let unknown = || Fault::Unknown { server: "pbx.example:8090".into(), shown };
    let says = |desk: &mut Desk, server: &str, trust: Option<String>| {
        let (reply, _) = oneshot::channel();
        let (server, user, password) = (server.into(), "ann".into(), Secret::new("secret"));
        desk.takes(Event::LogIn { server, user, password, remember: Remember::No, trust, reply });
    };
    let asked = |desk: &Desk| desk.done.told.iter().filter(|told| told["kind"] == "untrusted").count();
    let mut desk = form();
    says(&mut desk, "pbx.example", Some(shown.to_string()));
    assert!(desk.done.trusted.is_empty(), "it was not shown yet");
    is_answered(&mut desk, Err(unknown()));
    assert_eq!((desk.condition(), asked(&desk)), (Condition::Login, 1));
    desk.takes(Event::Subscribed(View::new(|_| {})));
    assert_eq!(asked(&desk), 2, "a page that is loaded again hears of it");
    says(&mut desk, "other.example", Some(shown.to_string()));
    assert!(desk.done.trusted.is_empty(), "it was another server's");
    is_answered(&mut desk, Err(unknown()));
    says(&mut desk, "other.example", Some(shown.to_string()));
    assert_eq!(desk.done.trusted, [("https://other.example:8090".to_owned(), shown)]);
    is_answered(&mut desk, Err(Fault::WrongPassword));
    desk.takes(Event::Subscribed(View::new(|_| {})));
    assert_eq!(asked(&desk), 3, "it is not asked again once it was answered");
}

#[test]
fn a_session_whose_server_nobody_vouches_for_any_more_leads_to_the_question() {
    let mut desk = Desk::online();
    let shown = Fingerprint::of(b"a certificate");
    desk.loses(Fault::Unknown { server: "pbx.example:8090".into(), shown });
    assert_eq!(desk.condition(), Condition::Login);
    assert!(
        desk.done.told.iter().any(|told| told["fingerprint"] == shown.to_string()),
        "{:?}",
        desk.done.told
    );
    assert_eq!(desk.done.forgotten, 0, "the session is not given up for it");
}
