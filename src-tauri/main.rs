//! The desktop program. Everything it does is in the library, so that tests reach it too.

// A release build on Windows opens no console window beside the real one.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> anyhow::Result<()> {
    frontdesk_desktop::run()
}
