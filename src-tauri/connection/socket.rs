//! The WebSocket: opening it, and the messages on it. No reconnecting.

use super::address::ServerAddress;
use super::dial::{PATIENCE, Stream, dial, timed_out};
use super::fault::{Cure, Fault};
use super::trust::TrustBook;
use super::understand::{Heard, understand};
use crate::event::Event;
use crate::secret::Secret;
use frontdesk_protocol::{ClientMessage, Resume, SUBPROTOCOL};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode, header};
use tokio_tungstenite::tungstenite::{Error, Message, client::IntoClientRequest as _};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::network::Attempt;

/// How long a message may take to leave; longer, and the network does not carry anything.
const LEAVING: Duration = Duration::from_secs(3);

/// An open WebSocket.
pub(crate) type Socket = WebSocketStream<Stream>;

#[derive(Deserialize)]
struct Refusal {
    text: String,
}

/// Opens the socket and says where this desk stands.
///
/// # Errors
/// [`Fault`]: what [`dial`] gives, an ended session, another version, or that it is no Frontdesk server.
pub(crate) async fn open(
    server: &ServerAddress,
    book: &TrustBook,
    token: &Secret,
    resume: Option<Resume>,
) -> Result<Socket, Fault> {
    let foreign = || Fault::NotFrontdesk { server: server.authority() };
    let stream = dial(server, book).await?;
    let mut request = server.socket().into_client_request().map_err(|_| foreign())?;
    let bearer = HeaderValue::from_str(&format!("Bearer {}", token.reveal()));
    request.headers_mut().insert(header::AUTHORIZATION, bearer.map_err(|_| Fault::SessionEnded)?);
    request.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    let (mut socket, _) = timeout(PATIENCE, client_async(request, stream))
        .await
        .map_err(|_| timed_out(server))?
        .map_err(|error| handshake_fault(server, &error))?;
    send(&mut socket, &ClientMessage::Hello { resume }).await?;
    Ok(socket)
}

/// Carries messages both ways until the socket ends, or until nobody holds the other end of `outbox`.
pub(crate) async fn converse(
    server: &ServerAddress,
    mut socket: Socket,
    mut outbox: mpsc::Receiver<ClientMessage>,
    events: &mpsc::Sender<Event>,
    attempt: Attempt,
) -> Option<Fault> {
    loop {
        let received = tokio::select! {
            message = outbox.recv() => match message {
                Some(message) => match send(&mut socket, &message).await {
                    Ok(()) => continue,
                    Err(fault) => return Some(fault),
                },
                None => {
                    // A farewell is a courtesy; a server that does not take it in time goes without.
                    let _ = timeout(LEAVING, socket.close(None)).await;
                    return None;
                }
            },
            received = socket.next() => received,
        };
        match received {
            Some(Ok(Message::Text(text))) => {
                let (message, text) = match understand(&text) {
                    Heard::Message(message, text) => (message, text),
                    Heard::Newer => continue,
                    Heard::Unreadable => return Some(Fault::OtherVersion { server: server.authority() }),
                };
                let event = Event::Received { attempt, message, text };
                if events.send(event).await.is_err() {
                    return None;
                }
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_))) => {}
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Some(Fault::Broken),
        }
    }
}

async fn send(socket: &mut Socket, message: &ClientMessage) -> Result<(), Fault> {
    let text = serde_json::to_string(message).map_err(|_| Fault::Broken)?;
    match timeout(LEAVING, socket.send(Message::text(text))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Fault::Broken),
    }
}

fn handshake_fault(server: &ServerAddress, error: &Error) -> Fault {
    let server = server.authority();
    match error {
        Error::Protocol(ProtocolError::SecWebSocketSubProtocolError(_)) => Fault::OtherVersion { server },
        Error::Http(response) => refused(server, response),
        Error::Io(_) => Fault::Broken,
        _ => Fault::NotFrontdesk { server },
    }
}

fn refused(server: String, response: &Response) -> Fault {
    let refusal = response.body().as_deref().and_then(|body| serde_json::from_slice::<Refusal>(body).ok());
    match (response.status(), refusal) {
        (StatusCode::UNAUTHORIZED, _) => Fault::SessionEnded,
        (StatusCode::FORBIDDEN, Some(Refusal { text })) => Fault::ServerSays { text, cure: Cure::LogIn },
        (StatusCode::FORBIDDEN, None) => Fault::SessionEnded,
        (StatusCode::UPGRADE_REQUIRED, _) => Fault::OtherVersion { server },
        (_, Some(Refusal { text })) => Fault::ServerSays { text, cure: Cure::TryAgain },
        (status, None) if status.is_server_error() => Fault::ServerFailed { server, status: status.as_u16() },
        (_, None) => Fault::NotFrontdesk { server },
    }
}
