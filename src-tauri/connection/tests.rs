//! The real loop, controller and network against a stand-in server on loopback; only window, tray and keyring are lists.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod encryption;
mod headless;

use super::stand_in::StandIn;
use crate::event::{Event, Remember};
use crate::secret::Secret;
use frontdesk_protocol::{
    Change, ClientMessage, Delta, Epoch, Millis, Office, PbxLink, Resume, ResyncCause, Role, Seq,
    ServerMessage, Viewer,
};
use headless::Headless;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

fn epoch() -> Epoch {
    "e1".try_into().unwrap()
}

fn ready(resumed: bool) -> ServerMessage {
    let viewer = Viewer {
        user: "ann".try_into().unwrap(),
        role: Role::Receptionist,
        extensions: vec!["1001".try_into().unwrap()],
        person: None,
    };
    ServerMessage::Ready { epoch: epoch(), now: Millis(1), viewer, resumed }
}

fn snapshot(seq: u64) -> ServerMessage {
    let office = Office { link: PbxLink::Up { since: Millis(1) }, ..Office::default() };
    ServerMessage::Snapshot { epoch: epoch(), seq: Seq(seq), now: Millis(1), office: Arc::new(office) }
}

fn delta(seq: u64) -> ServerMessage {
    ServerMessage::Delta(Delta {
        seq: Seq(seq),
        changes: vec![Change::Link(PbxLink::Up { since: Millis(2) })],
    })
}

async fn log_in(desk: &Headless, server: &str) -> Result<(), String> {
    let (reply, outcome) = oneshot::channel();
    let (server, user) = (server.to_owned(), "ann".to_owned());
    let event = Event::LogIn {
        server,
        user,
        password: Secret::new("secret"),
        remember: Remember::Yes,
        trust: None,
        reply,
    };
    desk.tells(event).await;
    outcome.await.unwrap()
}

/// A desk that has logged in and sees an empty office, and the seat that it has.
async fn seated(server: &StandIn) -> (Headless, super::stand_in::Seat) {
    let mut desk = Headless::start();
    let address = server.address();
    let (logged_in, asked) =
        tokio::join!(log_in(&desk, &address), server.answers("200 OK", r#"{"token":"t-1"}"#));
    assert_eq!(logged_in, Ok(()));
    assert!(asked.starts_with("POST /api/login HTTP/1.1\r\n"), "{asked}");
    let body: serde_json::Value = serde_json::from_str(asked.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!((body["user"].as_str(), body["password"].as_str()), (Some("ann"), Some("secret")));
    let mut seat = server.seats().await;
    assert_eq!(seat.token, "Bearer t-1");
    assert_eq!(seat.hears().await, Some(ClientMessage::Hello { resume: None }));
    seat.says(&ready(false)).await;
    seat.says(&snapshot(0)).await;
    desk.until("online", |told| told["state"] == "online").await;
    (desk, seat)
}

#[tokio::test]
async fn a_login_opens_the_socket_and_the_view_sees_the_office() {
    let server = StandIn::listen().await;
    let (mut desk, mut seat) = seated(&server).await;
    seat.says(&delta(1)).await;
    desk.until("the delta", |told| told["message"]["seq"] == 1).await;
    desk.tells(Event::LogOut).await;
    assert_eq!(seat.hears().await, None, "the desk hangs up");
    let asked = server.answers("204 No Content", "").await;
    assert!(asked.starts_with("POST /api/logout HTTP/1.1\r\n"), "{asked}");
    assert!(asked.to_ascii_lowercase().contains("authorization: bearer t-1"), "{asked}");
}

#[tokio::test]
async fn a_broken_socket_is_resumed_where_it_was() {
    let server = StandIn::listen().await;
    let (mut desk, mut seat) = seated(&server).await;
    seat.says(&delta(1)).await;
    desk.until("the delta", |told| told["message"]["seq"] == 1).await;
    drop(seat);
    desk.until("offline", |told| told["state"] == "offline").await;
    let mut seat = server.seats().await;
    assert_eq!(
        seat.hears().await,
        Some(ClientMessage::Hello { resume: Some(Resume { epoch: epoch(), seq: Seq(1) }) })
    );
    seat.says(&ready(true)).await;
    seat.says(&delta(2)).await;
    desk.until("online", |told| told["state"] == "online").await;
    desk.until("the missed delta", |told| told["message"]["seq"] == 2).await;
}

#[tokio::test]
async fn a_gap_asks_the_server_for_a_snapshot() {
    let server = StandIn::listen().await;
    let (mut desk, mut seat) = seated(&server).await;
    seat.says(&delta(2)).await;
    assert_eq!(seat.hears().await, Some(ClientMessage::Resync { why: ResyncCause::Gap }));
    seat.says(&snapshot(2)).await;
    desk.until("the snapshot", |told| told["message"]["type"] == "snapshot" && told["message"]["seq"] == 2)
        .await;
    assert!(!desk.heard.iter().any(|told| told["message"]["type"] == "delta"), "{:?}", desk.heard);
}

#[tokio::test]
async fn a_silent_server_is_called_stale_within_four_seconds() {
    let server = StandIn::listen().await;
    let (mut desk, seat) = seated(&server).await;
    let silent = Instant::now();
    desk.until("offline", |told| told["state"] == "offline").await;
    let took = silent.elapsed();
    assert!(took.as_millis() >= 2_500 && took.as_millis() < 4_000, "{took:?}");
    drop(seat);
}

#[tokio::test]
async fn a_session_that_the_server_no_longer_knows_leads_to_the_login() {
    let server = StandIn::listen().await;
    let (mut desk, seat) = seated(&server).await;
    drop(seat);
    desk.until("offline", |told| told["state"] == "offline").await;
    server.answers("401 Unauthorized", "").await;
    let told = desk.until("login", |told| told["state"] == "login").await;
    assert_eq!(told["text"], "Your session has ended. Please log in again.");
}

#[tokio::test]
async fn every_failure_of_a_login_is_a_sentence() {
    let server = StandIn::listen().await;
    let desk = Headless::start();
    let address = server.address();
    for (status, body, part) in [
        ("401 Unauthorized", "", "password is wrong"),
        ("429 Too Many Requests", r#"{"text":"Too many attempts. Wait a minute."}"#, "Wait a minute"),
        ("404 Not Found", "<html>", "not a Frontdesk server"),
        ("200 OK", "<html>", "not a Frontdesk server"),
        ("503 Service Unavailable", "", "HTTP 503"),
    ] {
        let (outcome, _) = tokio::join!(log_in(&desk, &address), server.answers(status, body));
        let sentence = outcome.unwrap_err();
        assert!(sentence.contains(part), "{status}: {sentence}");
    }
    let (outcome, stream) = tokio::join!(log_in(&desk, &address), async { drop(server.accept().await) });
    let ((), sentence) = (stream, outcome.unwrap_err());
    assert!(sentence.contains("not a Frontdesk server"), "{sentence}");

    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let sentence = log_in(&desk, &free.to_string()).await.unwrap_err();
    assert!(sentence.contains("nothing listens there"), "{sentence}");

    let sentence = log_in(&desk, "http://no-such-host.invalid").await.unwrap_err();
    assert!(sentence.contains("no computer named no-such-host.invalid"), "{sentence}");
}

#[tokio::test]
async fn a_password_never_reaches_a_server_that_does_not_encrypt() {
    let server = StandIn::listen().await;
    let desk = Headless::start();
    let address = format!("https://{}", server.address());
    let plain = async {
        let mut stream = server.accept().await;
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        let mut heard = Vec::new();
        let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut heard).await;
        heard
    };
    let (outcome, heard) = tokio::join!(log_in(&desk, &address), plain);
    let sentence = outcome.unwrap_err();
    assert!(sentence.contains("does not answer with encryption"), "{sentence}");
    assert!(!heard.windows(6).any(|window| window == b"secret"));
}

#[tokio::test]
async fn a_server_of_another_version_is_named_as_such() {
    for (subprotocol, garbage) in
        [(None, None), (Some(frontdesk_protocol::SUBPROTOCOL), Some(r#"{"type":"snapshot"}"#))]
    {
        let server = StandIn::listen().await;
        let mut desk = Headless::start();
        let address = server.address();
        let (logged_in, _) =
            tokio::join!(log_in(&desk, &address), server.answers("200 OK", r#"{"token":"t"}"#));
        assert_eq!(logged_in, Ok(()));
        let mut seat = server.seats_with(subprotocol).await;
        if let Some(garbage) = garbage {
            seat.hears().await;
            seat.writes(garbage).await;
        }
        let told = desk.until("offline", |told| told["state"] == "offline").await;
        assert!(told["text"].as_str().unwrap().contains("different versions"), "{told}");
    }
}
