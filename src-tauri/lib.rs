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
    prepare_webkit();
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

/// What WebKit is told about WebAssembly, for the sake of right results. It would interpret a function first and compile it
/// meanwhile, and with each that is done a signal interrupts the page; code that it compiled does not outlive a signal at
/// each of its places (WebKitGTK 2.50.6 on x86-64: of 18,000 small programs of safe Rust one computed wrong, and one start
/// of the view in 300 ended in a panic). Compiled when it is called first, and once, no signal comes while it runs.
#[cfg(target_os = "linux")]
const COMPILED: [(&str, &str); 3] =
    [("JSC_useWasmIPInt", "false"), ("JSC_useWasmLLInt", "false"), ("JSC_useOMGJIT", "false")];

/// Where one of these is set WebKit may have no compiler, and could do nothing without its interpreter.
#[cfg(target_os = "linux")]
const COMPILERS: [&str; 3] = ["JavaScriptCoreUseJIT", "JSC_useJIT", "JSC_useBBQJIT"];

/// Hands the page's process what it is to know through the environment. Who sets the first variable about
/// drawing, or one about compilers, has all of that as the desktop has it; and what is set already stays.
#[cfg(target_os = "linux")]
fn prepare_webkit() {
    let unset = |variable: &str| std::env::var_os(variable).is_none();
    let spared = SPARING.into_iter().filter(|_| unset(SPARING[0].0));
    let compiled = COMPILED.into_iter().filter(|_| COMPILERS.into_iter().all(unset));
    let wanted: Vec<_> = spared.chain(compiled).filter(|(variable, _)| unset(variable)).collect();
    for (variable, value) in wanted {
        #[expect(
            unsafe_code,
            reason = "no other thread is there yet that could read the environment meanwhile"
        )]
        unsafe {
            std::env::set_var(variable, value);
        }
    }
}
