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
    #[cfg(target_os = "linux")]
    spare_memory();
    shell::run(cli)
}

/// What WebKitGTK and GTK are told so that they draw without a graphics driver, as a variable and its value. The picture
/// is the same.
#[cfg(target_os = "linux")]
const SPARING: [(&str, &str); 3] = [
    // Its way of sharing graphics memory costs 80 MB.
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    // Without it nothing is drawn with GL in this program, and these two would load the driver all the same, to ask it
    // something: 20 MB. A device that is named is not looked for.
    ("GDK_GL", "disable"),
    ("WEBKIT_WEB_RENDER_DEVICE_FILE", "/dev/dri/renderD128"),
];

/// Keeps the graphics driver out of the program. Who sets the first variable has it as the desktop has it, and what is set
/// already stays.
#[cfg(target_os = "linux")]
fn spare_memory() {
    let unset = |variable: &str| std::env::var_os(variable).is_none();
    if !unset(SPARING[0].0) {
        return;
    }
    for (variable, value) in SPARING.into_iter().filter(|(variable, _)| unset(variable)) {
        #[expect(
            unsafe_code,
            reason = "no other thread is there yet that could read the environment meanwhile"
        )]
        unsafe {
            std::env::set_var(variable, value);
        }
    }
}
