//! The program `frontdesk-server`. Everything it does is in the library.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    frontdesk_server::cli::run(frontdesk_server::cli::Arguments::parse())
}
