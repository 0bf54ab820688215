//! The few HTTP requests of the page: log in, log out, whether there is a session. The cookie is the browser's business.

use crate::dom;
use frontdesk_console::texts::page;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response};

/// Whether the server knows this browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    /// It does.
    There,
    /// It wants a login.
    None,
    /// It does not answer.
    Unreachable,
}

/// Logs in.
///
/// # Errors
/// A sentence: what happened and what to do.
pub async fn log_in(user: &str, password: &str) -> Result<(), String> {
    #[derive(Serialize)]
    struct Body<'a> {
        user: &'a str,
        password: &'a str,
    }
    let body = serde_json::to_string(&Body { user, password }).map_err(|why| why.to_string())?;
    let response =
        request("POST", "/api/login", Some(&body)).await.map_err(|_| page::LOGIN_UNREACHABLE.to_owned())?;
    if response.ok() {
        return Ok(());
    }
    let said = text_of(&response).await;
    let status = response.status();
    Err(said.unwrap_or_else(|| match status {
        401 | 403 => page::LOGIN_WRONG.into(),
        429 => page::LOGIN_OFTEN.into(),
        _ => page::login_refused(status),
    }))
}

/// Logs out; a server that cannot be reached forgets the session by itself.
pub async fn log_out() {
    let _ = request("POST", "/api/logout", None).await;
}

/// Asks whether there is a session.
pub async fn session() -> Session {
    match request("GET", "/api/me", None).await {
        Ok(response) if response.ok() => Session::There,
        Ok(response) if matches!(response.status(), 401 | 403) => Session::None,
        Ok(_) | Err(_) => Session::Unreachable,
    }
}

async fn request(method: &str, path: &str, body: Option<&str>) -> Result<Response, JsValue> {
    let init = RequestInit::new();
    init.set_method(method);
    let headers = Headers::new()?;
    if let Some(body) = body {
        headers.set("Content-Type", "application/json")?;
        init.set_body(&JsValue::from_str(body));
    }
    init.set_headers(&headers);
    let window = dom::window().ok_or(JsValue::NULL)?;
    JsFuture::from(window.fetch_with_str_and_init(path, &init)).await?.dyn_into()
}

/// The sentence in an answer of the server: `{"text": …}`.
async fn text_of(response: &Response) -> Option<String> {
    #[derive(Deserialize)]
    struct Said {
        text: String,
    }
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    serde_json::from_str::<Said>(&text).ok().map(|said| said.text)
}
