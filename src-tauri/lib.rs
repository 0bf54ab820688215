//! The desktop core: opens the one window and stands between the page in it and the Frontdesk server.
//! It knows nothing of Asterisk.
//!
//! `controller` decides, `desktop` names what it can have done, `shell` does it with Tauri and D-Bus, `connection`
//! does it on the network, `core_loop` hands the events round. Without a window everything but `shell` can be tested.

mod account;
mod cli;
mod connection;
mod controller;
mod core_loop;
mod desktop;
#[cfg(target_os = "linux")]
mod environment;
mod event;
mod memory;
mod menu;
mod notice;
mod replica;
mod report;
mod ringing;
mod secret;
mod shell;

use clap::Parser as _;
use frontdesk_server::logs::{self, LogFormat};

/// Reads the command line, opens the window and stays until the person quits.
///
/// # Errors
/// When the desktop has no display, or the web view cannot be started.
pub fn run() -> anyhow::Result<()> {
    memory::begin();
    let cli = cli::Cli::parse();
    logs::begin(LogFormat::Text, "warn,frontdesk=info");
    #[cfg(target_os = "linux")]
    environment::prepare();
    shell::run(cli)
}
