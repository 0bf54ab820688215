//! A desk without a window: keeps a replica over the WebSocket and sends commands. Written from `docs/protocol.md`
//! and independent of the desktop core, so that the two check each other.

use crate::until::DEADLINE;
use anyhow::{Context, Result, bail};
use frontdesk_lab::planted;
use frontdesk_protocol::{
    Call, Change, ClientMessage, Command, CommandId, Extension, HistoryEntry, HistoryPage, HistoryQuery, Leg,
    Office, Outcome, Party, PartyKind, Resume, SUBPROTOCOL, Seq, ServerMessage, Status, Viewer,
};
use futures_util::{SinkExt, StreamExt};
use std::collections::HashMap;
use std::fmt::Write as _;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest, http::Request};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, connect_async};

/// How many orders and questions the server takes from a session at once.
const AT_ONCE: u32 = 10;

/// One desk's connection and what it knows.
#[derive(Debug)]
pub struct Desk {
    socket: Socket,
    /// Who is logged in.
    pub viewer: Viewer,
    /// The replica.
    pub office: Office,
    /// Where the replica stands.
    pub at: Resume,
    results: HashMap<CommandId, Outcome>,
    pages: HashMap<CommandId, HistoryPage>,
    /// What is wrong on the server, as it told last.
    pub notice: Option<String>,
    /// Rows that were pushed.
    pub added: Vec<HistoryEntry>,
    commands: u32,
}

impl Desk {
    /// Opens the socket of the server at `address` with a session's token, and waits for the first snapshot.
    ///
    /// # Errors
    /// When the server refuses or sends something else.
    pub async fn open(address: &str, token: &str) -> Result<Self> {
        let (socket, viewer, _) = connect(address, token, None).await?;
        Self::from_snapshot(socket, viewer).await
    }

    async fn from_snapshot(mut socket: Socket, viewer: Viewer) -> Result<Self> {
        let ServerMessage::Snapshot { epoch, seq, office, .. } = receive(&mut socket, deadline()).await?
        else {
            bail!("no snapshot follows Ready")
        };
        Ok(Self::at(socket, viewer, (*office).clone(), Resume { epoch, seq }))
    }

    /// The same from a computer that takes in little at once, and from then on nothing before it is asked for more.
    ///
    /// # Errors
    /// When the server refuses or sends something else.
    pub async fn open_narrow(address: &str, token: &str) -> Result<Self> {
        let computer = TcpSocket::new_v4()?;
        computer.set_recv_buffer_size(4_096)?;
        let stream = MaybeTlsStream::Plain(computer.connect(address.parse()?).await?);
        let (socket, _) = client_async(request(address, token)?, stream).await.context("the WebSocket")?;
        let (socket, viewer, _) = greet(socket, None).await?;
        Self::from_snapshot(socket, viewer).await
    }

    /// Opens it again with what was known at `at`; the server has to send what was missed, and no snapshot.
    ///
    /// # Errors
    /// When the server refuses, or cannot resume.
    pub async fn resume(address: &str, token: &str, office: Office, at: Resume) -> Result<Self> {
        let (socket, viewer, resumed) = connect(address, token, Some(at.clone())).await?;
        anyhow::ensure!(resumed, "the server does not send what was missed");
        Ok(Self::at(socket, viewer, office, at))
    }

    /// Opens it again with what was known at `at`; whether the server sends what was missed or a snapshot is its affair.
    ///
    /// # Errors
    /// When the server refuses or sends something else.
    pub async fn reopen(address: &str, token: &str, office: Office, at: Resume) -> Result<Self> {
        let (socket, viewer, resumed) = connect(address, token, Some(at.clone())).await?;
        if resumed {
            Ok(Self::at(socket, viewer, office, at))
        } else {
            Self::from_snapshot(socket, viewer).await
        }
    }

    fn at(socket: Socket, viewer: Viewer, office: Office, at: Resume) -> Self {
        let (results, pages, added) = (HashMap::new(), HashMap::new(), Vec::new());
        Self { socket, viewer, office, at, results, pages, notice: None, added, commands: 0 }
    }

    /// Takes messages until `condition` answers `Some` about the replica.
    ///
    /// # Errors
    /// When that does not happen in time; the sentence shows what the desk sees instead.
    pub async fn until<T>(&mut self, what: &str, condition: impl Fn(&Office) -> Option<T>) -> Result<T> {
        let end = deadline();
        loop {
            if let Some(answer) = condition(&self.office) {
                return Ok(answer);
            }
            self.step(end).await.with_context(|| format!("{what}; the desk sees:\n{}", self.picture()))?;
        }
    }

    /// Waits until the replica stands at `seq`, or behind it.
    ///
    /// # Errors
    /// When it does not come so far in time.
    pub async fn reaches(&mut self, seq: Seq) -> Result<()> {
        let end = deadline();
        while self.at.seq < seq {
            self.step(end).await.with_context(|| format!("standing at {:?}, not yet at {seq:?}", self.at))?;
        }
        Ok(())
    }

    /// Waits until an extension's lamp shows `status`.
    ///
    /// # Errors
    /// When it does not in time.
    pub async fn lamp(&mut self, extension: &str, status: Status) -> Result<()> {
        let what = format!("{extension} shows {status:?}");
        self.until(&what, |office| (status_of(office, extension) == Some(status)).then_some(())).await
    }

    /// Waits for the one leg at an extension that fits, and gives it with its call.
    ///
    /// # Errors
    /// When there is none in time.
    pub async fn leg(&mut self, extension: &str, fits: impl Fn(&Leg) -> bool) -> Result<(Call, Leg)> {
        let mine = [Extension::parse(extension)?];
        self.until(&format!("a fitting leg at {extension}"), |office| {
            office.legs_at(&mine).find(|(_, leg)| fits(leg)).map(|(call, leg)| (call.clone(), leg.clone()))
        })
        .await
    }

    /// Sends a command and waits for what became of it.
    ///
    /// # Errors
    /// When no result comes in time.
    pub async fn order(&mut self, command: Command) -> Result<Outcome> {
        let id = self.begin(command).await?;
        self.outcome(&id).await
    }

    /// Sends a command and does not wait; [`Desk::outcome`] does.
    ///
    /// # Errors
    /// When the socket is closed.
    pub async fn begin(&mut self, command: Command) -> Result<CommandId> {
        let id = self.name()?;
        self.begin_as(id.clone(), command).await?;
        Ok(id)
    }

    /// Sends a command under a name that may have been used before.
    ///
    /// # Errors
    /// When the socket is closed.
    pub async fn begin_as(&mut self, id: CommandId, command: Command) -> Result<()> {
        note_numbers(&serde_json::to_value(&command)?);
        send(&mut self.socket, &ClientMessage::Command { id, command }).await
    }

    /// Sends a command that is none by our own types, as a careless client would.
    ///
    /// # Errors
    /// When no result comes in time.
    pub async fn order_unchecked(&mut self, command: serde_json::Value) -> Result<Outcome> {
        note_numbers(&command);
        let id = self.name()?;
        let message = serde_json::json!({ "type": "command", "id": id, "command": command });
        self.socket.send(Message::text(message.to_string())).await?;
        self.outcome(&id).await
    }

    /// Waits for what became of a command.
    ///
    /// # Errors
    /// When no result comes in time.
    pub async fn outcome(&mut self, id: &CommandId) -> Result<Outcome> {
        let end = deadline();
        loop {
            if let Some(outcome) = self.results.remove(id) {
                return Ok(outcome);
            }
            self.step(end).await.context("the result of a command")?;
        }
    }

    /// Reads a page of the history.
    ///
    /// # Errors
    /// When no page comes in time.
    pub async fn history(&mut self, query: HistoryQuery) -> Result<HistoryPage> {
        let id = self.name()?;
        send(&mut self.socket, &ClientMessage::History { id: id.clone(), query }).await?;
        let end = deadline();
        loop {
            if let Some(page) = self.pages.remove(&id) {
                return Ok(page);
            }
            if let Some(Outcome::Failed { text, .. }) = self.results.remove(&id) {
                bail!("the history was refused: {text}");
            }
            self.step(end).await.context("a page of the history")?;
        }
    }

    /// Waits for a pushed history row that fits.
    ///
    /// # Errors
    /// When none comes in time; the sentence lists those that came.
    pub async fn row(&mut self, what: &str, fits: impl Fn(&HistoryEntry) -> bool) -> Result<HistoryEntry> {
        let end = deadline();
        loop {
            if let Some(entry) = self.added.iter().find(|entry| fits(entry)) {
                return Ok(entry.clone());
            }
            self.step(end).await.with_context(|| format!("{what}; rows so far: {:#?}", self.added))?;
        }
    }

    /// What the desk sees, a line each, for the sentences of failing tests.
    pub fn picture(&self) -> String {
        picture(&self.office)
    }

    /// The name of the next order or question. A session may send so many at once, and more only as time goes by: a
    /// test that sent more would pass where the machine is slow.
    fn name(&mut self) -> Result<CommandId> {
        self.commands += 1;
        anyhow::ensure!(self.commands <= AT_ONCE, "a test opens another desk after {AT_ONCE} orders");
        Ok(CommandId::parse(&format!("desk-{}", self.commands))?)
    }

    /// Takes the next message, or gives up at `end`.
    ///
    /// # Errors
    /// When none comes, when it does not fit what was known, and when the server says good-bye.
    pub async fn step(&mut self, end: Instant) -> Result<()> {
        match receive(&mut self.socket, end).await? {
            ServerMessage::Snapshot { epoch, seq, office, .. } => {
                office.calls.values().for_each(|call| note_parties(call));
                self.office = (*office).clone();
                self.at = Resume { epoch, seq };
            }
            ServerMessage::Delta(delta) => {
                anyhow::ensure!(
                    delta.seq == self.at.seq.next(),
                    "a gap: {:?} after {:?}",
                    delta.seq,
                    self.at.seq
                );
                self.at.seq = delta.seq;
                for change in delta.changes {
                    if let Change::Call(call) = &change {
                        note_parties(call);
                    }
                    self.office.apply(change);
                }
            }
            ServerMessage::Result { id, outcome } => {
                self.results.insert(id, outcome);
            }
            ServerMessage::History { id, page } => {
                page.entries.iter().for_each(|entry| note(&entry.party));
                self.pages.insert(id, page);
            }
            ServerMessage::HistoryAdded { entry } => {
                note(&entry.party);
                self.added.push(entry);
            }
            ServerMessage::Beat { seq, .. } => {
                anyhow::ensure!(
                    seq == self.at.seq || seq == Seq(0),
                    "the server is at {seq:?}, we at {:?}",
                    self.at.seq
                );
            }
            ServerMessage::Check { seq, hash } => {
                let ours = (self.at.seq, self.office.hash());
                anyhow::ensure!(ours == (seq, hash), "the server has {hash} at {seq:?}, we {ours:?}");
            }
            ServerMessage::Ready { epoch, .. } => self.at.epoch = epoch,
            ServerMessage::Notice { text } => self.notice = text,
            ServerMessage::Bye { text, .. } => bail!("the server says good-bye: {text}"),
        }
        Ok(())
    }
}

/// An office, a line each, for the sentences of failing tests.
pub fn picture(office: &Office) -> String {
    let mut text = format!("link {:?}\n", office.link);
    for lamp in office.extensions.values() {
        let _ = writeln!(text, "{} {:?} {:?}", lamp.extension, lamp.status, lamp.registration);
    }
    for call in office.calls.values() {
        let _ = writeln!(
            text,
            "call {} {:?} via {:?} from {}",
            call.id,
            call.direction,
            call.via,
            call.origin.display()
        );
        for leg in &call.legs {
            let peer = leg.peer.as_ref().map_or("-", |peer| peer.display());
            let _ = writeln!(
                text,
                "  leg {} at {:?} {:?} {:?} hold {:?} with {peer}",
                leg.id, leg.extension, leg.direction, leg.state, leg.hold
            );
        }
    }
    text
}

/// Notes who is outside as what no log may hold.
fn note_parties(call: &Call) {
    note(&call.origin);
    call.legs.iter().filter_map(|leg| leg.peer.as_deref()).for_each(note);
}

fn note(party: &Party) {
    if party.kind == PartyKind::Outside {
        party.name.iter().for_each(|name| planted::name(name));
        party.number.iter().for_each(|number| planted::number(number));
    }
}

/// The same with every number in an order.
fn note_numbers(order: &serde_json::Value) {
    match order {
        serde_json::Value::String(text) if text.bytes().all(|c| b"+*#0123456789".contains(&c)) => {
            planted::number(text);
        }
        serde_json::Value::Array(all) => all.iter().for_each(note_numbers),
        serde_json::Value::Object(fields) => fields.values().for_each(note_numbers),
        _ => {}
    }
}

/// An extension's lamp, where the office knows the extension.
pub fn status_of(office: &Office, extension: &str) -> Option<Status> {
    office.extensions.get(extension).map(|lamp| lamp.status)
}

fn deadline() -> Instant {
    Instant::now() + DEADLINE
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Opens the socket and says hello; gives it after the server said that it is ready, and whether it resumes.
async fn connect(address: &str, token: &str, resume: Option<Resume>) -> Result<(Socket, Viewer, bool)> {
    let (socket, _) = connect_async(request(address, token)?).await.context("the WebSocket")?;
    greet(socket, resume).await
}

fn request(address: &str, token: &str) -> Result<Request<()>> {
    planted::secret(token);
    let mut request = format!("ws://{address}/ws").into_client_request()?;
    request.headers_mut().insert("Authorization", format!("Bearer {token}").parse()?);
    request.headers_mut().insert("Sec-WebSocket-Protocol", SUBPROTOCOL.parse()?);
    Ok(request)
}

async fn greet(mut socket: Socket, resume: Option<Resume>) -> Result<(Socket, Viewer, bool)> {
    let wanted = resume.is_some();
    send(&mut socket, &ClientMessage::Hello { resume }).await?;
    match receive(&mut socket, deadline()).await? {
        ServerMessage::Ready { viewer, resumed, .. } if wanted || !resumed => Ok((socket, viewer, resumed)),
        other => bail!("the server's first message is not a fitting Ready, but {other:?}"),
    }
}

async fn send(socket: &mut Socket, message: &ClientMessage) -> Result<()> {
    Ok(socket.send(Message::text(serde_json::to_string(message)?)).await?)
}

async fn receive(socket: &mut Socket, end: Instant) -> Result<ServerMessage> {
    loop {
        let message = timeout_at(end, socket.next()).await.context("it did not happen in time")?;
        match message.context("the server closed the socket")?? {
            Message::Text(text) => {
                return ServerMessage::read(&text).with_context(|| format!("not a server message: {text}"));
            }
            Message::Close(frame) => bail!("the server closed the socket: {frame:?}"),
            Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_) => {}
        }
    }
}
