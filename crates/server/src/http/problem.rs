//! What a refused request answers: a code for programs and a sentence for people.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use frontdesk_protocol::SUBPROTOCOL;
use serde::Serialize;
use std::fmt::Display;

/// A refusal.
#[derive(Debug, Serialize)]
pub struct Problem {
    #[serde(skip)]
    status: StatusCode,
    #[serde(skip)]
    wait: Option<u64>,
    code: &'static str,
    text: String,
}

impl Problem {
    /// A refusal with this status, code and sentence.
    pub fn new(status: StatusCode, code: &'static str, text: impl Display) -> Self {
        Self { status, wait: None, code, text: text.to_string() }
    }

    /// Too many failures; `seconds` until the next try.
    pub fn wait(seconds: u64, text: impl Display) -> Self {
        Self { wait: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "wait", text) }
    }

    /// The database refuses.
    pub fn trouble(error: anyhow::Error) -> Self {
        tracing::error!(error = %format!("{error:#}"), "a request cannot be answered");
        let text = "The server cannot read its database at the moment. Try again in a minute, or tell your \
                    administrator.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "trouble", text)
    }

    /// No session, or one that has ended.
    pub fn not_logged_in() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "notLoggedIn",
            "You are not logged in, or your session has ended. Log in.",
        )
    }

    /// A page of another origin.
    pub fn foreign_origin() -> Self {
        let text = "This page may not use the Frontdesk server. Open the server's own address, or have the page's \
                    origin added to [listen] origins.";
        Self::new(StatusCode::FORBIDDEN, "foreignOrigin", text)
    }

    /// Somebody who may not read the numbers.
    pub fn not_a_monitor() -> Self {
        let text = "The numbers are for this machine, the addresses of [metrics] allow, and who sends the token of \
                    [metrics] token_file.";
        Self::new(StatusCode::FORBIDDEN, "notAMonitor", text)
    }

    /// A program without a token.
    pub fn needs_bearer() -> Self {
        let text = "A program needs its session's token: send `Authorization: Bearer TOKEN`.";
        Self::new(StatusCode::UNAUTHORIZED, "notLoggedIn", text)
    }

    /// Another subprotocol, or none.
    pub fn wrong_protocol() -> Self {
        let text = format!(
            "This server speaks the WebSocket subprotocol {SUBPROTOCOL} only. Update the client, or the server."
        );
        Self::new(StatusCode::BAD_REQUEST, "wrongProtocol", text)
    }

    /// A request that is not whole in time.
    pub fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "tooSlow", "The request did not arrive in time. Try again.")
    }

    /// A request with too much in it.
    pub fn too_large() -> Self {
        let text = "The request is too large: a login has at most 16 KiB.";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "tooLarge", text)
    }

    /// A login that is not the JSON it should be.
    pub fn malformed_login() -> Self {
        let text = "A login is the JSON object {\"user\": \"NAME\", \"password\": \"PASSWORD\"}.";
        Self::new(StatusCode::BAD_REQUEST, "malformed", text)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(&self)).into_response();
        if let Some(seconds) = self.wait {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}
