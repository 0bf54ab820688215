//! What a monitor reads: whether the server is well, and its numbers. Nothing of callers; who may read the numbers is
//! decided here.

use super::App;
use super::problem::Problem;
use crate::config::Secret;
use crate::doorway::Peer;
use crate::meters::{Look, Meters};
use axum::extract::{ConnectInfo, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use frontdesk_protocol::PbxLink;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use std::sync::Arc;

/// What a proxy adds for whom it asks: then the address is not that of who reads.
const FORWARDED: [&str; 3] = ["forwarded", "x-forwarded-for", "x-real-ip"];

/// What a monitor is given, and who is one.
#[derive(Debug)]
pub struct Monitor {
    /// The numbers.
    pub meters: Meters,
    /// Who may read them.
    pub readers: Readers,
}

/// Who may read the numbers: this machine, the addresses of the configuration, and who has the token.
#[derive(Debug, Clone, Default)]
pub struct Readers {
    allow: Vec<IpAddr>,
    token: Option<Secret>,
}

impl Readers {
    /// These addresses, and who has this token.
    pub fn new(allow: Vec<IpAddr>, token: Option<Secret>) -> Self {
        Self { allow, token }
    }

    fn admits(&self, from: IpAddr, headers: &HeaderMap) -> bool {
        let from = from.to_canonical();
        let near = from.is_loopback() || self.allow.iter().any(|allowed| allowed.to_canonical() == from);
        if near && !FORWARDED.iter().any(|name| headers.contains_key(*name)) {
            return true;
        }
        let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|text| text.strip_prefix("Bearer "));
        // Hashes are compared, so that the time tells nothing of how much was right.
        let hash = |text: &str| Sha256::digest(text.as_bytes());
        match (given, &self.token) {
            (Some(given), Some(token)) => hash(given) == hash(token.reveal()),
            _ => false,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Health {
    status: &'static str,
    pbx: &'static str,
    desks: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
}

fn health(app: &App) -> Health {
    let trouble = app.store.trouble().borrow().clone();
    let pbx = app.hub.office(|office| match office.link {
        PbxLink::Up { .. } => "up",
        PbxLink::Starting => "starting",
        PbxLink::Down { .. } => "down",
    });
    let status = match (app.stop.borrow().is_some(), trouble.is_none() && pbx == "up") {
        (true, _) => "stopping",
        (false, true) => "ok",
        (false, false) => "degraded",
    };
    Health { status, pbx, desks: app.present.count(), trouble }
}

/// Whether the server serves desks: also without its PBX, which a restart would not bring back.
pub async fn serves(State(app): State<Arc<App>>) -> Response {
    let health = health(&app);
    let code = if health.status == "stopping" { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (code, Json(health)).into_response()
}

/// Whether all is well: somebody should look where it is not.
pub async fn well(State(app): State<Arc<App>>) -> Response {
    let health = health(&app);
    let code = if health.status == "ok" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, Json(health)).into_response()
}

/// The numbers.
pub async fn metrics(
    State(app): State<Arc<App>>,
    ConnectInfo(Peer(address)): ConnectInfo<Peer>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !app.monitor.readers.admits(address.ip(), &headers) {
        return Err(Problem::not_a_monitor());
    }
    let pbx_up = app.hub.office(|office| matches!(office.link, PbxLink::Up { .. }));
    let look = Look { pbx_up, desks: app.present.count(), depth: app.store.depth() };
    let text = app.monitor.meters.text(look).map_err(|error| Problem::trouble(error.into()))?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(CONTENT_TYPE, kind)], text).into_response())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn this_machine_named_addresses_and_the_token_may_read_and_nobody_else() {
        let token = Some(Secret::new("a token of the monitor"));
        let readers = Readers { allow: vec!["192.0.2.7".parse().unwrap()], token };
        let (none, right) = (headers(&[]), headers(&[("authorization", "Bearer a token of the monitor")]));
        let wrong = headers(&[("authorization", "Bearer a token of the monitos")]);
        let proxied = headers(&[("x-forwarded-for", "203.0.113.9")]);
        for (from, headers, admitted) in [
            ("127.0.0.1", &none, true),
            ("::1", &none, true),
            ("192.0.2.7", &none, true),
            ("::ffff:192.0.2.7", &none, true),
            ("192.0.2.8", &none, false),
            ("192.0.2.8", &wrong, false),
            ("192.0.2.8", &right, true),
            ("127.0.0.1", &proxied, false),
        ] {
            assert_eq!(readers.admits(from.parse().unwrap(), headers), admitted, "{from} {headers:?}");
        }
        assert!(
            !Readers::default().admits("192.0.2.8".parse().unwrap(), &right),
            "without a token none is right"
        );
    }
}
