//! The HTTP side: log in, log out, who am I, the socket's door, health and the page. Not what happens on the socket.

mod monitor;
mod page;
mod problem;
mod serve;
mod upgrade;

pub use monitor::{Monitor, Readers};
pub use page::Page;
pub use serve::serve;
pub use upgrade::Socket;

use crate::audit::{self, Act, Entry};
use crate::clock;
use crate::desk::vigil::Vigil;
use crate::desk::{self, Limits};
use crate::doorway::Peer;
use crate::exchange::Order;
use crate::hub::Hub;
use crate::login::{Door, Refusal, Session};
use crate::pace::Paces;
use crate::permission;
use crate::presence::Presence;
use crate::privacy::Others;
use crate::stop::Stop;
use crate::store::Store;
use crate::token::Token;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, HeaderValue, ORIGIN,
    REFERRER_POLICY, SET_COOKIE, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use frontdesk_protocol::{SUBPROTOCOL, Viewer};
use problem::Problem;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::time::timeout;
use upgrade::Upgrade;

/// The largest message of a client, in bytes.
pub const LARGEST_MESSAGE: usize = 64 * 1024;
/// The largest head and the largest body of a request, in bytes: what somebody may send who is not logged in.
const LARGEST_BODY: usize = 16 * 1024;

const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     style-src-attr 'unsafe-inline'; img-src 'self' data:; media-src 'self' data: blob:; font-src 'self'; \
     connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What every request can reach.
#[derive(Debug)]
pub struct App {
    /// Users, sessions and history.
    pub store: Arc<Store>,
    /// Logging in.
    pub door: Door,
    /// What desks see.
    pub hub: Arc<Hub>,
    /// Where orders go.
    pub orders: mpsc::Sender<Order>,
    /// How often each session may order.
    pub paces: Paces,
    /// The sessions whose desks are connected.
    pub vigil: Vigil,
    /// The sentence of farewell, once the server stops.
    pub stop: Stop,
    /// How many desks are connected, so that a stopping server knows when the last has said good-bye.
    pub present: Presence,
    /// What colleagues see of others' calls.
    pub others: Others,
    /// Pages that may connect besides the server's own.
    pub origins: Vec<String>,
    /// Whether clients come over TLS.
    pub transport: Transport,
    /// The page.
    pub page: Page,
    /// The numbers, and who may read them.
    pub monitor: Monitor,
    /// What each desk is given time and room for.
    pub limits: Limits,
}

/// How clients come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Readable on the wire.
    Plain,
    /// Over TLS.
    Tls,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credentials {
    #[serde(alias = "username")]
    user: String,
    password: String,
}

#[derive(Serialize)]
struct LoggedIn {
    /// Only for clients that are no web page; a page has its cookie, which no script can read.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    viewer: Viewer,
}

/// All routes.
fn routes(app: Arc<App>) -> Router {
    let transport = app.transport;
    Router::new()
        .route("/api/login", post(log_in))
        .route("/api/logout", post(log_out))
        .route("/api/me", get(me))
        .route("/ws", get(socket))
        .route("/healthz", get(monitor::serves))
        .route("/readyz", get(monitor::well))
        .route("/metrics", get(monitor::metrics))
        .fallback(get(page))
        .layer(axum::middleware::map_response(move |response| guard(transport, response)))
        .with_state(app)
}

async fn log_in(
    State(app): State<Arc<App>>,
    ConnectInfo(Peer(address)): ConnectInfo<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let caller = caller(&app, &headers)?;
    let body = timeout(app.limits.request, to_bytes(body, LARGEST_BODY)).await;
    let body = body.map_err(|_| Problem::too_slow())?.map_err(|_| Problem::too_large())?;
    let credentials: Credentials = serde_json::from_slice(&body).map_err(|_| Problem::malformed_login())?;
    let (token, user) =
        app.door.log_in(&credentials.user, &credentials.password, address.ip()).await.map_err(|refusal| {
            match refusal {
                Refusal::Wrong => Problem::new(StatusCode::UNAUTHORIZED, "wrongPassword", &refusal),
                Refusal::Wait { seconds } => Problem::wait(seconds, &refusal),
                Refusal::Trouble => Problem::new(StatusCode::SERVICE_UNAVAILABLE, "trouble", &refusal),
            }
        })?;
    let viewer = app.hub.office(|office| permission::viewer(&user, office));
    match caller {
        Caller::Program => {
            Ok(Json(LoggedIn { token: Some(token.reveal().to_owned()), viewer }).into_response())
        }
        Caller::Page => {
            let cookie = cookie(app.transport, token.reveal(), "");
            Ok(([(SET_COOKIE, cookie)], Json(LoggedIn { token: None, viewer })).into_response())
        }
    }
}

async fn log_out(
    State(app): State<Arc<App>>,
    ConnectInfo(Peer(address)): ConnectInfo<Peer>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller(&app, &headers)?;
    let session = session(&app, &headers).await?;
    app.door.log_out(session.key).await;
    tracing::info!(user = %session.user.name, "logged out");
    let entry = Entry::done(Act::LogOut, audit::address(address.ip()), clock::now());
    app.store.audit(entry.by(&session.user.name).about(format_args!("session {}", session.key)));
    let cookie = cookie(app.transport, "", "; Max-Age=0");
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response())
}

async fn me(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Json<Viewer>, Problem> {
    caller(&app, &headers)?;
    let session = session(&app, &headers).await?;
    Ok(Json(app.hub.office(|office| permission::viewer(&session.user, office))))
}

async fn socket(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    upgrade: Upgrade,
) -> Result<Response, Problem> {
    let caller = caller(&app, &headers)?;
    if caller == Caller::Program && bearer(&headers).is_none() {
        return Err(Problem::needs_bearer());
    }
    let session = session(&app, &headers).await?;
    let upgrade = upgrade.speaks(SUBPROTOCOL).ok_or_else(Problem::wrong_protocol)?;
    Ok(upgrade.then(move |socket| desk::serve(socket, app, session)))
}

async fn page(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Response {
    app.page.answer(uri.path(), &headers).await
}

/// Who calls: a web page tells its origin, a program has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller {
    Page,
    Program,
}

/// Refuses pages of another origin.
fn caller(app: &App, headers: &HeaderMap) -> Result<Caller, Problem> {
    let mut origins = headers.get_all(ORIGIN).into_iter();
    let origin = match (origins.next(), origins.next()) {
        (None, _) => return Ok(Caller::Program),
        (Some(origin), None) => origin.to_str().unwrap_or_default(),
        (Some(_), Some(_)) => "",
    };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = match app.transport {
        Transport::Plain => "http://",
        Transport::Tls => "https://",
    };
    let own = !host.is_empty() && origin.strip_prefix(scheme) == Some(host);
    if own || app.origins.iter().any(|allowed| allowed == origin) {
        return Ok(Caller::Page);
    }
    tracing::warn!(?origin, "a page of a foreign origin is refused");
    Err(Problem::foreign_origin())
}

async fn session(app: &App, headers: &HeaderMap) -> Result<Session, Problem> {
    let token = bearer(headers).or_else(|| {
        // A cookie counts only from a page whose origin was checked, or where nothing is changed by it.
        from_cookie(app.transport, headers)
    });
    let Some(token) = token else { return Err(Problem::not_logged_in()) };
    let session = app.door.session(token.key()).await.map_err(Problem::trouble)?;
    session.ok_or_else(Problem::not_logged_in)
}

fn bearer(headers: &HeaderMap) -> Option<Token> {
    let text = headers.get(AUTHORIZATION)?.to_str().ok()?;
    text.strip_prefix("Bearer ").map(Token::from_client)
}

fn from_cookie(transport: Transport, headers: &HeaderMap) -> Option<Token> {
    let name = cookie_name(transport);
    let pairs = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, token)| Token::from_client(token))
}

fn cookie_name(transport: Transport) -> &'static str {
    match transport {
        Transport::Plain => "frontdesk",
        // Browsers keep a cookie of this prefix to this very host and to TLS.
        Transport::Tls => "__Host-frontdesk",
    }
}

fn cookie(transport: Transport, token: &str, more: &str) -> String {
    let secure = match transport {
        Transport::Plain => "",
        Transport::Tls => "; Secure",
    };
    format!("{}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{more}", cookie_name(transport))
}

async fn guard(transport: Transport, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if transport == Transport::Tls {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Credentials;

    #[test]
    fn a_login_may_call_the_user_username() {
        for body in [r#"{"user":"anna","password":"p"}"#, r#"{"username":"anna","password":"p"}"#] {
            let credentials: Credentials = serde_json::from_str(body).unwrap();
            assert_eq!((&*credentials.user, &*credentials.password), ("anna", "p"));
        }
        for body in [r#"{"name":"anna","password":"p"}"#, r#"{"user":"a","username":"b","password":"p"}"#] {
            assert!(serde_json::from_str::<Credentials>(body).is_err(), "{body}");
        }
    }
}
