//! The desktop core: opens the one window and stands between the page in it and the Frontdesk server.
//! It knows nothing of Asterisk.

use anyhow::Context as _;

/// Opens the window and stays until the person quits.
///
/// # Errors
/// When the desktop has no display, or the web view cannot be started.
pub fn run() -> anyhow::Result<()> {
    tauri::Builder::default()
        .plugin(tauri_plugin_store::Builder::new().build())
        .plugin(tauri_plugin_window_state::Builder::new().build())
        .run(tauri::generate_context!())
        .context("Frontdesk could not open its window. Start it from a desktop session, with a display")
}
