//! The command line of the desktop program.

use std::path::PathBuf;

/// A receptionist console for Asterisk phone systems.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "frontdesk", version)]
pub(crate) struct Cli {
    /// The address of the Frontdesk server, for example pbx.example.com; else the one of the last time.
    #[arg(long, value_name = "URL")]
    pub(crate) connect: Option<String>,
    /// The user who logs in; else the one of the last time.
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// Opens the built-in rehearsal office, with calls that come by themselves. Needs no telephone system.
    #[arg(long, conflicts_with_all = ["connect", "user"])]
    pub(crate) rehearsal: bool,
    /// Keeps settings in this folder instead of the usual one.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}
