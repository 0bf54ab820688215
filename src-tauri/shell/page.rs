//! What the system's web view does for the page, besides what Tauri makes of it. On Linux that is WebKitGTK.

#[cfg(target_os = "linux")]
mod webkit;

#[cfg(target_os = "linux")]
pub(super) use webkit::{bring_back, hear};

/// Calls the page with what the core says; done once it has read it. Where no page listens, nobody reads it.
///
/// # Errors
/// When the window is closing already.
#[cfg(not(target_os = "linux"))]
pub(super) async fn hear(window: &tauri::WebviewWindow, lines: String) -> Result<(), String> {
    let (read, done) = tokio::sync::oneshot::channel();
    let read = std::sync::Mutex::new(Some(read));
    // A JSON text is a text of JavaScript too.
    let script = format!("globalThis.frontdeskHear?.({})", serde_json::Value::String(lines));
    let asked = window.eval_with_callback(script, move |_| {
        let read = read.lock().ok().and_then(|mut read| read.take());
        read.map(|read| read.send(()));
    });
    asked.map_err(|error| error.to_string())?;
    done.await.map_err(|_| "The window is closing.".into())
}
