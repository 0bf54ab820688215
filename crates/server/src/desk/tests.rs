//! A desk's socket from outside: doors, hello, snapshot, deltas, return, gaps, repeated orders, farewell.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::desk::Limits;
use crate::desk::vigil::{self, Vigil};
use crate::doorway::Doorway;
use crate::exchange::Order;
use crate::http::{App, Monitor, Page, Readers, Transport, serve};
use crate::hub::Hub;
use crate::login::Door;
use crate::meters::{Meters, Traffic};
use crate::pace::{Paces, Rate};
use crate::password::{Cost, hash};
use crate::presence::Presence;
use crate::specimen;
use crate::store::{Lifetime, Purpose, Store, User};
use frontdesk_protocol::*;
use futures_util::{SinkExt, StreamExt};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message, client::IntoClientRequest};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

mod doors;
mod monitor;
mod sessions;
mod strangers;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

const DEADLINE: Duration = Duration::from_secs(20);

/// The usual limits, but for the time that passes: what may come at once is all that may come.
fn still() -> Limits {
    let usual = Limits::default();
    Limits { orders: Rate { per_second: 0, ..usual.orders }, ..usual }
}

/// A server without a PBX: the test plays the exchange.
struct Bench {
    address: SocketAddr,
    hub: Arc<Hub>,
    store: Arc<Store>,
    orders: mpsc::Receiver<Order>,
    stop: watch::Sender<Option<String>>,
    app: Arc<App>,
    folder: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        Self::with(Limits::default()).await
    }

    async fn with(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(&folder.path().join("f.db"), Purpose::Serve).unwrap());
        let password = hash("correct horse", Cost::Trivial).await.unwrap();
        for (name, role, extension) in
            [("anna", Role::Receptionist, "1001"), ("bob", Role::Colleague, "1002")]
        {
            let user = User { password: password.clone(), ..specimen::user(name, role, extension) };
            store.add_user(user).await.unwrap();
        }
        let hub = Arc::new(Hub::new(Epoch::parse("e").unwrap()));
        let (orders, incoming) = mpsc::channel(64);
        let (stop, stopped) = watch::channel(None);
        let app = Arc::new(App {
            door: Door::new(Arc::clone(&store), Lifetime { idle_days: 1, absolute_days: 1 }),
            store: Arc::clone(&store),
            hub: Arc::clone(&hub),
            orders,
            paces: Paces::default(),
            vigil: Vigil::default(),
            stop: stopped,
            present: Presence::default(),
            others: crate::privacy::Others::Names,
            origins: vec!["https://desk.example.org".into()],
            transport: Transport::Plain,
            page: Page::Folder(folder.path().join("none")),
            monitor: Monitor {
                meters: Meters::new(&Traffic::default(), &hub.served),
                readers: Readers::default(),
            },
            limits,
        });
        tokio::spawn(vigil::keep(Arc::clone(&app)));
        let doorway = Doorway::open(([127, 0, 0, 1], 0).into(), None).await.unwrap();
        let address = doorway.address();
        tokio::spawn(serve(doorway, Arc::clone(&app), std::future::pending()));
        Self { address, hub, store, orders: incoming, stop, app, folder }
    }

    /// Sends one HTTP request and gives the whole answer.
    async fn http(&self, request: &str, headers: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let text = format!(
            "{request} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            self.address,
            body.len()
        );
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    async fn log_in(&self, user: &str) -> String {
        let body = format!(r#"{{"user":"{user}","password":"correct horse"}}"#);
        let answer = self.http("POST /api/login", "", &body).await;
        let json = answer.split_once("\r\n\r\n").unwrap().1;
        let json: serde_json::Value = serde_json::from_str(json).unwrap();
        json["token"].as_str().unwrap().to_owned()
    }

    async fn upgrade(&self, headers: &[(&'static str, &str)]) -> Result<Socket, Error> {
        let mut request = format!("ws://{}/ws", self.address).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        connect_async(request).await.map(|(socket, _)| socket)
    }

    async fn socket(&self, token: &str) -> Socket {
        let bearer = format!("Bearer {token}");
        self.upgrade(&[("authorization", &bearer), ("sec-websocket-protocol", SUBPROTOCOL)]).await.unwrap()
    }

    async fn desk(&self, token: &str, resume: Option<Resume>) -> Socket {
        let mut socket = self.socket(token).await;
        say(&mut socket, &ClientMessage::Hello { resume }).await;
        socket
    }
}

async fn say(socket: &mut Socket, message: &ClientMessage) {
    socket.send(Message::text(serde_json::to_string(message).unwrap())).await.unwrap();
}

/// The next message that is no sign of life; such signs do not put the deadline off.
async fn hear(socket: &mut Socket) -> ServerMessage {
    let message = timeout(DEADLINE, async {
        loop {
            match socket.next().await.unwrap().unwrap() {
                Message::Text(text) => match ServerMessage::read(&text).unwrap() {
                    ServerMessage::Beat { .. } => {}
                    message => return message,
                },
                Message::Ping(_) => {}
                other => panic!("{other:?}"),
            }
        }
    });
    message.await.expect("a message comes in time")
}

async fn refused(upgrade: Result<Socket, Error>) -> (u16, String) {
    let Err(Error::Http(answer)) = upgrade else { panic!("it was not refused") };
    let body: serde_json::Value = serde_json::from_slice(answer.body().as_ref().unwrap()).unwrap();
    (answer.status().as_u16(), body["code"].as_str().unwrap().to_owned())
}

fn link(since: i64) -> Vec<Change> {
    vec![Change::Link(PbxLink::Up { since: Millis(since) })]
}

fn hang_up(id: &str) -> ClientMessage {
    let command = Command::HangUp { leg: LegId::parse("mine").unwrap(), grace: false };
    ClientMessage::Command { id: CommandId::parse(id).unwrap(), command }
}

#[tokio::test]
async fn a_desk_gets_a_snapshot_then_deltas_and_returns_without_missing_one() {
    let bench = Bench::new().await;
    bench.hub.publish(Office::default().changes_to(&specimen::office()));
    let token = bench.log_in("anna").await;
    let mut socket = bench.desk(&token, None).await;
    let ServerMessage::Ready { epoch, viewer, resumed: false, .. } = hear(&mut socket).await else {
        panic!()
    };
    assert_eq!(viewer.person, Some(PersonId::parse("anna").unwrap()));
    let ServerMessage::Snapshot { seq: Seq(1), office, .. } = hear(&mut socket).await else { panic!() };
    assert_eq!(*office, specimen::office());
    bench.hub.publish(link(1));
    let ServerMessage::Delta(delta) = hear(&mut socket).await else { panic!() };
    assert_eq!(delta, Delta { seq: Seq(2), changes: link(1) });
    drop(socket);

    bench.hub.publish(link(2));
    bench.hub.publish(link(3));
    let mut socket = bench.desk(&token, Some(Resume { epoch, seq: Seq(2) })).await;
    let ServerMessage::Ready { resumed: true, .. } = hear(&mut socket).await else { panic!() };
    for seq in [3, 4] {
        let ServerMessage::Delta(delta) = hear(&mut socket).await else { panic!() };
        assert_eq!(delta.seq, Seq(seq));
    }

    say(&mut socket, &ClientMessage::Resync { why: ResyncCause::Gap }).await;
    let ServerMessage::Snapshot { seq: Seq(4), .. } = hear(&mut socket).await else { panic!() };

    let other = Resume { epoch: Epoch::parse("before").unwrap(), seq: Seq(4) };
    let mut socket = bench.desk(&token, Some(other)).await;
    let ServerMessage::Ready { resumed: false, .. } = hear(&mut socket).await else { panic!() };
    let ServerMessage::Snapshot { seq: Seq(4), .. } = hear(&mut socket).await else { panic!() };
}

#[tokio::test]
async fn the_door_is_open_to_tokens_and_own_pages_only() {
    let bench = Bench::new().await;
    let token = bench.log_in("anna").await;
    let bearer = format!("Bearer {token}");
    let cookie = format!("frontdesk={token}");
    let own = format!("http://{}", bench.address);
    let protocol = ("sec-websocket-protocol", SUBPROTOCOL);
    let foreign = ("origin", "https://evil.example.org");
    let cases = [
        (vec![protocol], 401, "notLoggedIn"),
        (vec![protocol, ("authorization", "Bearer x")], 401, "notLoggedIn"),
        (vec![protocol, ("cookie", &*cookie)], 401, "notLoggedIn"),
        (vec![protocol, ("authorization", &*bearer), foreign], 403, "foreignOrigin"),
        (vec![protocol, ("cookie", &*cookie), foreign], 403, "foreignOrigin"),
        (vec![protocol, ("cookie", &*cookie), ("origin", "null")], 403, "foreignOrigin"),
        (vec![("authorization", &*bearer)], 400, "wrongProtocol"),
        (vec![("authorization", &*bearer), ("sec-websocket-protocol", "frontdesk.v0")], 400, "wrongProtocol"),
    ];
    for (headers, status, code) in cases {
        assert_eq!(refused(bench.upgrade(&headers).await).await, (status, code.to_owned()), "{headers:?}");
    }
    for origin in [&*own, "https://desk.example.org"] {
        bench.upgrade(&[protocol, ("cookie", &cookie), ("origin", origin)]).await.unwrap();
    }
}

#[tokio::test]
async fn a_page_gets_a_cookie_that_no_script_reads_and_logging_out_ends_it() {
    let bench = Bench::new().await;
    let origin = format!("Origin: http://{}\r\n", bench.address);
    let body = r#"{"user":"anna","password":"correct horse"}"#;
    let answer = bench.http("POST /api/login", &origin, body).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(!answer.contains("\"token\""), "{answer}");
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    let cookie = format!("{origin}Cookie: {}\r\n", cookie.split(';').next().unwrap());
    let me = bench.http("GET /api/me", &cookie, "").await;
    assert!(me.contains(r#""user":"anna","role":"receptionist","extensions":["1001"]"#), "{me}");
    assert!(bench.http("POST /api/logout", &cookie, "").await.starts_with("HTTP/1.1 204"));
    assert!(bench.http("GET /api/me", &cookie, "").await.starts_with("HTTP/1.1 401"));
}

#[tokio::test]
async fn a_refused_login_is_a_sentence() {
    let bench = Bench::new().await;
    let wrong = bench.http("POST /api/login", "", r#"{"user":"anna","password":"x"}"#).await;
    assert!(wrong.starts_with("HTTP/1.1 401"), "{wrong}");
    assert!(
        wrong.ends_with(
            r#"{"code":"wrongPassword","text":"Name or password is wrong. Check both and try again; if you forgot the password, ask your administrator."}"#
        ),
        "{wrong}"
    );
    let malformed = bench.http("POST /api/login", "", "user=anna").await;
    assert!(malformed.starts_with("HTTP/1.1 400"), "{malformed}");
    assert!(malformed.contains(r#""code":"malformed""#), "{malformed}");
    let foreign = bench.http("POST /api/login", "Origin: http://evil.example.org\r\n", "{}").await;
    assert!(foreign.starts_with("HTTP/1.1 403"), "{foreign}");
    for _ in 0..2 {
        bench.http("POST /api/login", "", r#"{"user":"anna","password":"x"}"#).await;
    }
    let held = bench.http("POST /api/login", "", r#"{"user":"anna","password":"x"}"#).await;
    assert!(held.starts_with("HTTP/1.1 429"), "{held}");
    assert!(held.contains("retry-after: "), "{held}");
}

#[tokio::test]
async fn every_answer_carries_the_policy_and_a_missing_page_says_so() {
    let bench = Bench::new().await;
    let page = bench.http("GET /", "", "").await;
    assert!(page.contains("This server was built without its page."), "{page}");
    for header in
        ["content-security-policy: default-src 'none'; script-src 'self'", "x-content-type-options: nosniff"]
    {
        assert!(page.contains(header), "{page}");
    }
    let health = bench.http("GET /healthz", "", "").await;
    assert!(health.ends_with(r#"{"status":"degraded","pbx":"starting","desks":0}"#), "{health}");
}

#[tokio::test]
async fn a_repeated_order_reaches_the_exchange_with_its_name_and_is_answered() {
    let mut bench = Bench::new().await;
    let token = bench.log_in("anna").await;
    let mut socket = bench.desk(&token, None).await;
    say(&mut socket, &hang_up("1")).await;
    let order = timeout(DEADLINE, bench.orders.recv()).await.unwrap().unwrap();
    assert_eq!((order.user.name.as_str(), order.id.as_str()), ("anna", "1"));
    let outcome = Outcome::Done { text: "The call has ended.".into() };
    order.reply.send(outcome.clone()).unwrap();
    loop {
        if let ServerMessage::Result { id, outcome: answered } = hear(&mut socket).await {
            assert_eq!((id.as_str(), answered), ("1", outcome));
            break;
        }
    }
}

#[tokio::test]
async fn more_than_ten_orders_at_once_are_refused_and_not_carried_out() {
    let mut bench = Bench::with(still()).await;
    let token = bench.log_in("anna").await;
    let mut socket = bench.desk(&token, None).await;
    for n in 0..40 {
        say(&mut socket, &hang_up(&n.to_string())).await;
    }
    let refused = loop {
        if let ServerMessage::Result { outcome: Outcome::Failed { reason, text }, .. } =
            hear(&mut socket).await
        {
            break (reason, text);
        }
    };
    let text = "Too many orders at once. This one was not carried out; wait a moment and try again.";
    assert_eq!(refused, (Reason::Refused, text.into()));
    let mut taken = 0;
    while bench.orders.try_recv().is_ok() {
        taken += 1;
    }
    assert_eq!(taken, 10);
}

#[tokio::test]
async fn a_colleague_sees_rows_of_their_own_extension_only() {
    let bench = Bench::new().await;
    bench.hub.publish(Office::default().changes_to(&specimen::office()));
    let (mut anna, mut bob) = (
        bench.desk(&bench.log_in("anna").await, None).await,
        bench.desk(&bench.log_in("bob").await, None).await,
    );
    for socket in [&mut anna, &mut bob] {
        hear(socket).await;
        hear(socket).await;
    }
    let call = specimen::call("c", &[("mine", Some("1001")), ("theirs", Some("1002"))]);
    let rows = crate::history::interrupted(&call, Millis(9_000), || bench.store.next_row());
    for row in &rows {
        bench.hub.row(row.clone());
    }
    bench.store.record(rows.clone(), vec![]);
    let ServerMessage::HistoryAdded { entry } = hear(&mut bob).await else { panic!() };
    assert_eq!(entry, rows[1]);
    for row in &rows {
        let ServerMessage::HistoryAdded { entry } = hear(&mut anna).await else { panic!() };
        assert_eq!(entry, *row);
    }
    let ask = |person: Option<&str>| ClientMessage::History {
        id: CommandId::parse("h").unwrap(),
        query: HistoryQuery {
            person: person.map(|id| PersonId::parse(id).unwrap()),
            before: None,
            limit: 9,
            text: None,
        },
    };
    say(&mut bob, &ask(Some("anna"))).await;
    let ServerMessage::Result { outcome: Outcome::Failed { reason, .. }, .. } = hear(&mut bob).await else {
        panic!()
    };
    assert_eq!(reason, Reason::NotPermitted);
    say(&mut bob, &ask(None)).await;
    let ServerMessage::History { page, .. } = hear(&mut bob).await else { panic!() };
    assert_eq!(page.entries, [rows[1].clone()]);
}

#[tokio::test]
async fn a_desk_compares_its_office_and_a_colleague_is_told_no_number_of_others() {
    let bench = Bench::new().await;
    bench.hub.publish(Office::default().changes_to(&specimen::office()));
    let others = specimen::call("others", &[("o", Some("1003"))]);
    bench.hub.publish(vec![Change::Call(Arc::new(others))]);
    let calls = async |user: &str| {
        let mut socket = bench.desk(&bench.log_in(user).await, None).await;
        let mut replica = Replica::default();
        replica.take(&hear(&mut socket).await);
        replica.take(&hear(&mut socket).await);
        bench.hub.check();
        let check = hear(&mut socket).await;
        assert!(matches!(check, ServerMessage::Check { .. }), "{check:?}");
        assert_eq!(replica.take(&check), Step::Taken, "{user}'s office is the server's as they see it");
        let numbers = |id: &str| {
            let call = &replica.office().calls[id];
            call.legs.iter().map(|leg| leg.party.number.clone()).collect::<Vec<_>>()
        };
        (numbers("c"), numbers("others"))
    };
    let number = Some("030123".to_owned());
    let whole = vec![number.clone(), number.clone(), number.clone()];
    assert_eq!(calls("anna").await, (whole.clone(), vec![number]));
    assert_eq!(calls("bob").await, (whole, vec![None]));
}

#[tokio::test]
async fn what_a_desk_may_see_changes_with_its_user_at_once() {
    let bench = Bench::new().await;
    let call = specimen::call("others", &[("o", Some("1003"))]);
    bench.hub.publish(vec![Change::Call(Arc::new(call))]);
    let mut socket = bench.desk(&bench.log_in("anna").await, None).await;
    let mut epochs = Vec::new();
    let mut numbers = Vec::new();
    // Another program on the same database.
    let database = rusqlite::Connection::open(bench.folder.path().join("f.db")).unwrap();
    database.execute("UPDATE users SET role = 'colleague' WHERE name = 'anna'", []).unwrap();
    while numbers.len() < 2 {
        match hear(&mut socket).await {
            ServerMessage::Ready { epoch, .. } => epochs.push(epoch),
            ServerMessage::Snapshot { office, .. } => {
                numbers.push(office.calls["others"].legs[0].party.number.clone());
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(numbers, [Some("030123".to_owned()), None]);
    assert_ne!(epochs[0], epochs[1]);
}

#[tokio::test]
async fn what_is_not_understood_is_answered_or_ends_with_a_sentence() {
    let bench = Bench::new().await;
    let token = bench.log_in("anna").await;
    let mut socket = bench.socket(&token).await;
    say(&mut socket, &ClientMessage::Resync { why: ResyncCause::Gap }).await;
    let ServerMessage::Bye { text, again: false, .. } = hear(&mut socket).await else { panic!() };
    assert_eq!(text, "The client's first message must be hello. Update the client.");

    let mut socket = bench.desk(&token, None).await;
    hear(&mut socket).await;
    hear(&mut socket).await;
    let letters = r#"{"type":"command","id":"7","command":{"do":"originate","from":"1001","to":"abc"}}"#;
    socket.send(Message::text(letters)).await.unwrap();
    let ServerMessage::Result { outcome: Outcome::Failed { reason, .. }, .. } = hear(&mut socket).await
    else {
        panic!()
    };
    assert_eq!(reason, Reason::Invalid);
    socket.send(Message::text("{")).await.unwrap();
    let ServerMessage::Bye { again: false, .. } = hear(&mut socket).await else { panic!() };

    let mut socket = bench.desk(&token, None).await;
    hear(&mut socket).await;
    hear(&mut socket).await;
    socket.send(Message::text("x".repeat(70_000))).await.unwrap();
    let ServerMessage::Bye { text, .. } = hear(&mut socket).await else { panic!() };
    assert_eq!(text, "The server could not read the client's message: it is too large or broken.");
}

#[tokio::test]
async fn a_stopping_server_says_good_bye_and_asks_each_to_come_back_at_another_moment() {
    let bench = Bench::new().await;
    let (mut anna, mut bob) = (
        bench.desk(&bench.log_in("anna").await, None).await,
        bench.desk(&bench.log_in("bob").await, None).await,
    );
    for socket in [&mut anna, &mut bob] {
        hear(socket).await;
        hear(socket).await;
    }
    bench.stop.send_replace(Some("Back soon.".into()));
    let mut turns = Vec::new();
    for socket in [&mut anna, &mut bob] {
        let ServerMessage::Bye { text, again: true, after_ms } = hear(socket).await else { panic!() };
        assert_eq!(text, "Back soon.");
        turns.push(after_ms.unwrap());
    }
    turns.sort_unstable();
    assert_eq!(turns, [500, 510]);
}
