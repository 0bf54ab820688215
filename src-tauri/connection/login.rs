//! User name and password for a session token, over HTTP. What the token is for is not known here.

use super::address::ServerAddress;
use super::dial::{PATIENCE, dial, timed_out};
use super::fault::{Cure, Fault};
use super::trust::TrustBook;
use crate::secret::Secret;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::time::timeout;

/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;

#[derive(Deserialize)]
struct Granted {
    token: String,
}

#[derive(Deserialize)]
struct Refused {
    text: String,
}

/// Trades a user's password for a session token.
///
/// # Errors
/// [`Fault`]: what [`dial`] gives, a wrong password, the server's own refusal, or that it is no Frontdesk server.
pub(crate) async fn log_in(
    server: &ServerAddress,
    book: &TrustBook,
    user: &str,
    password: &Secret,
) -> Result<Secret, Fault> {
    let body = serde_json::json!({ "user": user, "password": password.reveal() }).to_string();
    let (status, answer) = request(server, book, "/api/login", None, body).await?;
    let refusal = serde_json::from_slice::<Refused>(&answer).ok();
    match status {
        StatusCode::OK | StatusCode::CREATED => serde_json::from_slice::<Granted>(&answer)
            .map(|granted| Secret::new(granted.token))
            .map_err(|_| Fault::NotFrontdesk { server: server.authority() }),
        StatusCode::UNAUTHORIZED if refusal.is_none() => Err(Fault::WrongPassword),
        status => Err(refused(server, status, refusal)),
    }
}

/// Ends a session at the server. What becomes of it matters to nobody: the token is forgotten here anyway.
pub(crate) async fn log_out(server: &ServerAddress, book: &TrustBook, token: &Secret) {
    if let Err(fault) = request(server, book, "/api/logout", Some(token), String::new()).await {
        tracing::info!(%fault, "the server was not told of the end of the session");
    }
}

fn refused(server: &ServerAddress, status: StatusCode, refusal: Option<Refused>) -> Fault {
    if let Some(Refused { text }) = refusal {
        return Fault::ServerSays { text, cure: Cure::LogIn };
    }
    if status.is_server_error() {
        return Fault::ServerFailed { server: server.authority(), status: status.as_u16() };
    }
    Fault::NotFrontdesk { server: server.authority() }
}

async fn request(
    server: &ServerAddress,
    book: &TrustBook,
    resource: &str,
    token: Option<&Secret>,
    body: String,
) -> Result<(StatusCode, Bytes), Fault> {
    let stream = dial(server, book).await?;
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(server.path(resource))
        .header(header::HOST, server.authority())
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, concat!("frontdesk/", env!("CARGO_PKG_VERSION")));
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", token.reveal()));
    }
    let foreign = || Fault::NotFrontdesk { server: server.authority() };
    let request = request.body(Full::new(Bytes::from(body))).map_err(|_| foreign())?;
    let exchange = async {
        let (mut sender, wire) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| foreign())?;
        let talk = async {
            let answer = sender.send_request(request).await.map_err(|_| foreign())?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), LONGEST_ANSWER).collect().await;
            Ok((status, body.map_err(|_| foreign())?.to_bytes()))
        };
        tokio::pin!(talk);
        // The wire has to be driven beside the exchange; it ends with it.
        tokio::select! {
            done = &mut talk => done,
            _ = wire => talk.await,
        }
    };
    timeout(PATIENCE, exchange).await.map_err(|_| timed_out(server))?
}
