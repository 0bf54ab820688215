//! What a developer runs: `cargo xtask COMMAND`. It sets up, builds, starts and checks; nothing of the product is here.

mod icons;
mod job;
mod ui;
mod wasm;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Sets up, builds, runs and checks Frontdesk.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Draws every icon anew from the drawings in icons/.
    Icons,
    /// Builds the view into ui/dist.
    Ui(ui::Build),
    /// Makes sure that there is a Rust which can build the view.
    Wasm {
        /// How to get it.
        #[arg(long, value_enum, default_value_t = wasm::Way::Auto)]
        way: wasm::Way,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Task::Icons => icons::draw(),
        Task::Ui(build) => ui::build(build),
        Task::Wasm { way } => wasm::ensure(way).map(|rust| println!("{rust:?}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
