//! The server's whole line on a played PBX: AMI in, WebSocket out, orders back, the history kept over a restart.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[path = "line/journal.rs"]
mod journal;
#[path = "line/pbx.rs"]
mod pbx;

use frontdesk_lab::planted;
use frontdesk_protocol::*;
use frontdesk_server::{Config, Options, RunningServer, Server};
use futures_util::{SinkExt, StreamExt};
use pbx::Pbx;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const DEADLINE: Duration = Duration::from_secs(20);
/// A caller from outside, answered at 1001, then sent to 1002 by an AMI Redirect, answered there.
const REDIRECT: &str = include_str!("../../../tests/recordings/b_redirect.frontdesk.txt");

/// With which the server logs in to the PBX.
const SECRET: &str = "secret-of-the-manager";
const PASSWORD: &str = "correct horse";

struct Desk {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    office: Office,
    seq: Seq,
    epoch: Option<Epoch>,
}

impl Desk {
    async fn open(server: &RunningServer, user: &UserName) -> Self {
        let token = server.sign_in(user).await.unwrap();
        planted::secret(&token);
        let mut request = format!("ws://{}/ws", server.addr()).into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        request.headers_mut().insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
        let (socket, _) = connect_async(request).await.unwrap();
        let mut desk = Self { socket, office: Office::default(), seq: Seq(0), epoch: None };
        desk.say(&ClientMessage::Hello { resume: None }).await;
        desk
    }

    async fn say(&mut self, message: &ClientMessage) {
        self.socket.send(Message::text(serde_json::to_string(message).unwrap())).await.unwrap();
    }

    /// The next message, after it was applied to the replica.
    async fn hear(&mut self) -> ServerMessage {
        loop {
            let message = timeout(DEADLINE, self.socket.next()).await.expect("in time").unwrap().unwrap();
            let Message::Text(text) = message else { continue };
            let message = ServerMessage::read(&text).unwrap();
            match &message {
                ServerMessage::Snapshot { epoch, seq, office, .. } => {
                    (self.epoch, self.seq, self.office) = (Some(epoch.clone()), *seq, (**office).clone());
                }
                ServerMessage::Delta(delta) => {
                    assert_eq!(delta.seq, self.seq.next());
                    self.seq = delta.seq;
                    delta.changes.iter().for_each(|change| self.office.apply(change.clone()));
                }
                _ => {}
            }
            return message;
        }
    }

    /// The first thing that is found in what is said from now on. Signs of life do not put the deadline off.
    async fn find<T>(&mut self, find: impl Fn(ServerMessage) -> Option<T>) -> T {
        let found = timeout(DEADLINE, async {
            loop {
                if let Some(found) = find(self.hear().await) {
                    return found;
                }
            }
        });
        found.await.expect("it is said in time")
    }

    async fn until<T>(&mut self, condition: impl Fn(&Office) -> Option<T>) -> T {
        let found = timeout(DEADLINE, async {
            loop {
                if let Some(found) = condition(&self.office) {
                    return found;
                }
                self.hear().await;
            }
        });
        found.await.expect("it is so in time")
    }

    async fn row(&mut self) -> HistoryEntry {
        let row = |message| match message {
            ServerMessage::HistoryAdded { entry } => Some(entry),
            _ => None,
        };
        self.find(row).await
    }

    async fn page(&mut self) -> Vec<HistoryEntry> {
        let query = HistoryQuery { person: None, before: None, limit: 50, text: None };
        self.say(&ClientMessage::History { id: CommandId::parse("h").unwrap(), query }).await;
        let page = |message| match message {
            ServerMessage::History { page, .. } => Some(page.entries),
            _ => None,
        };
        self.find(page).await
    }

    /// What the server says as it lets the desk go, and whether to come again.
    async fn bye(&mut self) -> (String, bool) {
        let bye = |message| match message {
            ServerMessage::Bye { text, again, .. } => Some((text, again)),
            _ => None,
        };
        self.find(bye).await
    }
}

fn anna() -> UserName {
    UserName::parse("anna").unwrap()
}

async fn start(pbx: &Pbx, folder: &Path) -> RunningServer {
    start_with(pbx, folder, "").await
}

async fn start_with(pbx: &Pbx, folder: &Path, more: &str) -> RunningServer {
    journal::keep();
    let text = format!(
        "[pbx]\nport = {}\nsecret = \"{SECRET}\"\n[listen]\naddress = \"127.0.0.1:0\"\n{more}",
        pbx.address.port()
    );
    let config = Config::parse(&text, Path::new("frontdesk.toml"), folder).unwrap();
    let server = Server::start(Options::from_config(config)).await.unwrap();
    let extension = Extension::parse("1001").unwrap();
    server.put_user(&anna(), Role::Receptionist, vec![extension], PASSWORD).await.unwrap();
    [SECRET, PASSWORD].iter().for_each(|secret| planted::secret(secret));
    server
}

fn up(office: &Office) -> Option<()> {
    matches!(office.link, PbxLink::Up { .. }).then_some(())
}

fn mine(office: &Office) -> Option<Leg> {
    let mine = [Extension::parse("1001").unwrap()];
    office.legs_at(&mine).map(|(_, leg)| leg.clone()).next()
}

#[tokio::test]
async fn a_call_on_the_pbx_reaches_the_desk_an_order_the_pbx_and_a_row_the_history() {
    let folder = tempfile::tempdir().unwrap();
    let mut pbx = Pbx::open().await;
    let server = start(&pbx, folder.path()).await;
    let mut desk = Desk::open(&server, &anna()).await;
    desk.until(up).await;
    assert!(desk.office.extensions.contains_key("1001"), "{:?}", desk.office.extensions);

    pbx.play(REDIRECT, "", "Event: BridgeLeave").await;
    let leg = desk.until(|office| mine(office).filter(|leg| leg.state == LegState::Talking)).await;
    assert_eq!(leg.peer.unwrap().number.as_deref(), Some("5559876"));
    let lamp = &desk.office.extensions["1001"];
    assert_eq!(lamp.status, Status::Outside);

    let id = CommandId::parse("1").unwrap();
    let to = Destination::Extension { extension: Extension::parse("1002").unwrap() };
    let order = ClientMessage::Command {
        id,
        command: Command::Transfer { leg: leg.id, to, mode: TransferMode::Blind },
    };
    desk.say(&order).await;
    desk.say(&order).await;
    let sent = timeout(DEADLINE, pbx.orders.recv()).await.unwrap().unwrap();
    assert!(sent.contains("1002"), "{sent}");

    pbx.play(REDIRECT, "Event: BridgeLeave", "").await;
    let row = desk.row().await;
    assert_eq!((row.extension.as_str(), row.party.number.as_deref()), ("1001", Some("5559876")));
    desk.until(|office| office.calls.is_empty().then_some(())).await;
    assert!(pbx.orders.try_recv().is_err(), "a repeated order acts once");
    assert_eq!(desk.page().await.last().unwrap(), &row);
    server.shutdown().await;
    assert!(desk.bye().await.1);
}

/// The value of a number that a monitor reads.
async fn number(server: &RunningServer, name: &str) -> f64 {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    let ask = format!("GET /metrics HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.addr());
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(!answer.contains("5559876"), "nothing of callers: {answer}");
    let value = answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.unwrap_or_else(|| panic!("no {name} in {answer}")).parse().unwrap()
}

#[tokio::test]
async fn a_monitor_reads_how_the_pbx_and_the_orders_fare() {
    let folder = tempfile::tempdir().unwrap();
    let pbx = Pbx::open().await;
    let server = start(&pbx, folder.path()).await;
    let mut desk = Desk::open(&server, &anna()).await;
    desk.until(up).await;
    pbx.play(REDIRECT, "", "Event: BridgeLeave").await;
    let leg = desk.until(|office| mine(office).filter(|leg| leg.state == LegState::Talking)).await;
    assert_eq!(number(&server, "frontdesk_ami_up").await, 1.0);
    assert_eq!(number(&server, "frontdesk_ami_connects_total").await, 1.0);
    assert!(number(&server, "frontdesk_ami_messages_total").await > 20.0);
    let (lags, lag) = (
        number(&server, "frontdesk_ami_lag_seconds_count").await,
        number(&server, "frontdesk_ami_lag_seconds_sum").await,
    );
    assert!(lags >= 1.0 && lag > 0.0, "{lags} times, {lag} s together");

    let command = Command::HangUp { leg: LegId::parse("not.there").unwrap(), grace: false };
    desk.say(&ClientMessage::Command { id: CommandId::parse("1").unwrap(), command }).await;
    desk.find(|message| matches!(message, ServerMessage::Result { .. }).then_some(())).await;
    let gone = "frontdesk_commands_total{command=\"hangUp\",result=\"gone\"}";
    assert_eq!(number(&server, gone).await, 1.0);
    assert_eq!(number(&server, "frontdesk_command_seconds_count{command=\"hangUp\"}").await, 1.0);
    assert!(leg.answered.is_some());
    server.shutdown().await;
}

#[tokio::test]
async fn a_call_that_is_up_when_the_server_stops_is_in_the_history_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let pbx = Pbx::open().await;
    let server = start(&pbx, folder.path()).await;
    let mut desk = Desk::open(&server, &anna()).await;
    desk.until(up).await;
    pbx.play(REDIRECT, "", "Event: BridgeLeave").await;
    desk.until(|office| mine(office).filter(|leg| leg.state == LegState::Talking)).await;
    server.shutdown().await;

    let server = start(&pbx, folder.path()).await;
    let mut desk = Desk::open(&server, &anna()).await;
    let page = desk.page().await;
    assert_eq!(page.len(), 1, "{page:#?}");
    assert_eq!(page[0].outcome, HistoryOutcome::Interrupted);
    assert_eq!(page[0].party.number.as_deref(), Some("5559876"));
    server.shutdown().await;
}

#[tokio::test]
async fn a_lost_pbx_is_told_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let pbx = Pbx::open().await;
    let server = start(&pbx, folder.path()).await;
    let mut desk = Desk::open(&server, &anna()).await;
    desk.until(up).await;
    pbx.say.send(None).await.unwrap();
    let reason = desk
        .until(|office| match &office.link {
            PbxLink::Down { reason, .. } => Some(reason.clone()),
            _ => None,
        })
        .await;
    assert!(!reason.is_empty());
    desk.until(up).await;
    server.shutdown().await;
}

#[tokio::test]
async fn who_is_new_in_the_people_file_is_at_the_desk_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.csv");
    std::fs::write(&file, "name,extensions\nAnna,1001\n").unwrap();
    let pbx = Pbx::open().await;
    let server = start_with(&pbx, folder.path(), "[people]\nfile = \"people.csv\"\n").await;
    let mut desk = Desk::open(&server, &anna()).await;
    desk.until(up).await;
    let named = |name: &'static str| {
        move |office: &Office| office.people.values().any(|person| person.name == name).then_some(())
    };
    desk.until(named("Anna")).await;
    std::fs::write(&file, "name,extensions,Mobile\nAnna Meyer,1001,0170123456\nHome,2001,\n").unwrap();
    server.reread();
    desk.until(named("Anna Meyer")).await;
    desk.until(named("Home")).await;
    std::fs::write(&file, "name,extensions\nAnna Meyer,1001\n").unwrap();
    desk.until(|office| (!office.extensions.contains_key("2001")).then_some(())).await;
    server.shutdown().await;
}

#[tokio::test]
async fn a_session_that_another_program_ends_loses_its_desk() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("frontdesk.toml"), "[pbx]\nsecret = \"s\"\n").unwrap();
    let pbx = Pbx::open().await;
    let server = start(&pbx, folder.path()).await;
    for arguments in [&["sessions", "revoke", "--user", "anna"][..], &["user", "disable", "anna"]] {
        let mut desk = Desk::open(&server, &anna()).await;
        desk.until(up).await;
        let mut program = tokio::process::Command::new(env!("CARGO_BIN_EXE_frontdesk-server"));
        let done = program.args(arguments).current_dir(folder.path()).output().await.unwrap();
        assert!(done.status.success(), "{done:?}");
        let ended = std::time::Instant::now();
        let (text, again) = desk.bye().await;
        eprintln!("{arguments:?}: told after {} ms", ended.elapsed().as_millis());
        assert_eq!((&*text, again), ("Your session has ended. Log in again.", false));
    }
    server.shutdown().await;
}

#[tokio::test]
async fn the_rehearsal_office_is_served_in_this_process() {
    let server = Server::start(Options::rehearsal(1)).await.unwrap();
    let extension = Extension::parse("1001").unwrap();
    server.put_user(&anna(), Role::Receptionist, vec![extension], "correct horse").await.unwrap();
    let mut desk = Desk::open(&server, &anna()).await;
    desk.until(up).await;
    desk.until(|office| (office.people.len() >= 30 && !office.calls.is_empty()).then_some(())).await;
    server.shutdown().await;
}
