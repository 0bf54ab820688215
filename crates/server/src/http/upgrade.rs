//! From a request to a WebSocket. The request is checked by axum; the socket is ours, because a desk's first message is the
//! whole office, and a socket that takes it in one piece keeps room for it as long as it is open.

use super::LARGEST_MESSAGE;
use axum::body::Body;
use axum::extract::{FromRequestParts, WebSocketUpgrade};
use axum::http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, UPGRADE,
};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

/// What a desk's socket reads at once: its orders are short.
const READ: usize = 2 * 1024;

/// A desk's socket.
pub type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// A request that may become a socket.
pub struct Upgrade {
    checked: WebSocketUpgrade,
    connection: OnUpgrade,
    key: HeaderValue,
}

impl<S: Send + Sync> FromRequestParts<S> for Upgrade {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let connection = parts.extensions.get::<OnUpgrade>().cloned();
        let key = parts.headers.get(SEC_WEBSOCKET_KEY).cloned();
        let checked = WebSocketUpgrade::from_request_parts(parts, state).await;
        let checked = checked.map_err(IntoResponse::into_response)?;
        match (connection, key) {
            (Some(connection), Some(key)) => Ok(Self { checked, connection, key }),
            _ => Err(StatusCode::UPGRADE_REQUIRED.into_response()),
        }
    }
}

impl Upgrade {
    /// With this subprotocol, where the client knows it.
    pub fn speaks(mut self, protocol: &'static str) -> Option<Self> {
        self.checked = self.checked.protocols([protocol]);
        self.checked.selected_protocol().is_some().then_some(self)
    }

    /// The answer; `serve` has the socket as soon as the client has the answer.
    pub fn then<F: Future<Output = ()> + Send + 'static>(
        self,
        serve: impl FnOnce(Socket) -> F + Send + 'static,
    ) -> Response {
        let connection = self.connection;
        tokio::spawn(async move {
            let upgraded = match connection.await {
                Ok(upgraded) => TokioIo::new(upgraded),
                Err(error) => {
                    tracing::debug!(%error, "a connection did not become a socket");
                    return;
                }
            };
            let config = WebSocketConfig::default()
                .max_message_size(Some(LARGEST_MESSAGE))
                .max_frame_size(Some(LARGEST_MESSAGE))
                .read_buffer_size(READ)
                .write_buffer_size(0);
            serve(WebSocketStream::from_raw_socket(upgraded, Role::Server, Some(config)).await).await;
        });
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        if let Ok(accept) = HeaderValue::from_str(&derive_accept_key(self.key.as_bytes())) {
            headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
        }
        if let Some(protocol) = self.checked.selected_protocol() {
            headers.insert(SEC_WEBSOCKET_PROTOCOL, protocol.clone());
        }
        response
    }
}
