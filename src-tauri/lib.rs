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
mod event;
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
    let cli = cli::Cli::parse();
    logs::begin(LogFormat::Text, "warn,frontdesk=info");
    spare_memory();
    shell::run(cli)
}

/// WebKitGTK's way of sharing graphics memory costs 80 MB and shows the same picture; who wants it sets the variable.
fn spare_memory() {
    const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if cfg!(target_os = "linux") && std::env::var_os(VARIABLE).is_none() {
        #[expect(
            unsafe_code,
            reason = "no other thread is there yet that could read the environment meanwhile"
        )]
        unsafe {
            std::env::set_var(VARIABLE, "1");
        }
    }
}
