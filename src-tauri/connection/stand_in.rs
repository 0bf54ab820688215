//! A server for tests: real sockets on loopback, and a script that says what each connection hears.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use frontdesk_protocol::{ClientMessage, SUBPROTOCOL, ServerMessage};
use futures_util::{SinkExt as _, StreamExt as _};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

/// How long a test waits before it calls something missing.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// A listening socket that plays a Frontdesk server.
pub(crate) struct StandIn {
    listener: TcpListener,
}

/// The server's side of one desk's socket.
pub(crate) struct Seat {
    socket: WebSocketStream<TcpStream>,
    /// The token that the desk brought.
    pub(crate) token: String,
}

impl StandIn {
    /// Listens on a free port.
    pub(crate) async fn listen() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    /// Its address, as a person would type it.
    pub(crate) fn address(&self) -> String {
        self.listener.local_addr().unwrap().to_string()
    }

    /// Takes one HTTP request and answers it; gives what was asked.
    pub(crate) async fn answers(&self, status: &str, body: &str) -> String {
        let mut stream = self.accept().await;
        let mut asked = String::new();
        let mut piece = [0; 4096];
        while !is_whole(&asked) {
            let read = timeout(DEADLINE, stream.read(&mut piece)).await.unwrap().unwrap();
            assert_ne!(read, 0, "the request ended early: {asked}");
            asked.push_str(std::str::from_utf8(&piece[..read]).unwrap());
        }
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).await.unwrap();
        asked
    }

    /// Takes one desk's WebSocket.
    pub(crate) async fn seats(&self) -> Seat {
        self.seats_with(Some(SUBPROTOCOL)).await
    }

    /// Takes one desk's WebSocket and names a subprotocol.
    #[expect(clippy::result_large_err, reason = "the handshake's callback is typed by the library")]
    pub(crate) async fn seats_with(&self, subprotocol: Option<&'static str>) -> Seat {
        let mut token = String::new();
        let take = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
            let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
            assert_eq!(text("sec-websocket-protocol"), Some(SUBPROTOCOL));
            assert_eq!(request.uri().path(), "/ws");
            token = text("authorization").unwrap_or_default().to_owned();
            if let Some(subprotocol) = subprotocol {
                response.headers_mut().insert("sec-websocket-protocol", subprotocol.parse().unwrap());
            }
            Ok(response)
        };
        let socket = timeout(DEADLINE, accept_hdr_async(self.accept().await, take)).await.unwrap().unwrap();
        Seat { socket, token }
    }

    /// Takes one connection and says nothing.
    pub(crate) async fn accept(&self) -> TcpStream {
        timeout(DEADLINE, self.listener.accept()).await.expect("a desk comes").unwrap().0
    }
}

impl Seat {
    /// Says something.
    pub(crate) async fn says(&mut self, message: &ServerMessage) {
        self.writes(&serde_json::to_string(message).unwrap()).await;
    }

    /// Writes a text.
    pub(crate) async fn writes(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// The next thing that the desk says, signs of life left out; `None` when it hangs up.
    pub(crate) async fn hears(&mut self) -> Option<ClientMessage> {
        loop {
            let message = timeout(DEADLINE, self.socket.next()).await.expect("the desk says something")?;
            match message {
                Ok(Message::Text(text)) => match serde_json::from_str(&text).unwrap() {
                    ClientMessage::Beat => {}
                    message => return Some(message),
                },
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let length = head.to_ascii_lowercase().lines().find_map(|line| {
        line.strip_prefix("content-length:").map(|length| length.trim().parse::<usize>().unwrap())
    });
    body.len() >= length.unwrap_or(0)
}
