//! Records what Asterisk says on AMI during the scripted scenarios: `record-scenarios FOLDER`.
//!
//! The recordings are fixtures of other crates; this program only writes them.

use std::path::PathBuf;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("Say where to: record-scenarios FOLDER");
        return ExitCode::FAILURE;
    };
    match frontdesk_lab::recorder::scenarios::record_all(&folder, |line| eprintln!("{line}")).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
