//! What a developer runs: `cargo xtask COMMAND`. It sets up, builds, starts and checks; nothing of the product is here.

mod bench;
mod check;
mod desktop;
mod fuzz;
mod icons;
mod job;
mod lab;
mod logs;
mod packages;
mod pinned;
mod reliability;
mod run;
mod screenshots;
mod simulate;
mod steps;
mod suite;
mod ui;
mod wasm;
mod workspace;

use std::{process::ExitCode, time::Instant};

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Sets up, builds, runs and checks Frontdesk.
///
/// Each command installs what it is missing where it may (system packages with apt as root or with a passwordless sudo,
/// the wasm target with rustup or from Debian's packages), and otherwise prints the one line to run. Running one twice
/// is quick and harmless. Everything is built in CARGO_TARGET_DIR, or in target/.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Opens the console on the rehearsal office, with calls arriving; or on a real server.
    Run(run::Options),
    /// Runs all tests, those on a real Asterisk and in the real window included, and all checks.
    Test(suite::Options),
    /// Measures what Frontdesk costs, beside published AMI clients, and writes docs/performance.md.
    Bench(bench::Options),
    /// Runs the checks alone: format, lints, docs, purity, sources, papers, dependencies.
    Check,
    /// Builds the desktop program as it is shipped.
    Desktop(desktop::Options),
    /// Builds the view into ui/dist.
    Ui(ui::Build),
    /// Draws every icon anew from the drawings in icons/.
    Icons,
    /// Opens the console on a real Asterisk with six phones, a trunk, a queue, voicemail and parking, on loopback.
    Lab,
    /// Inflicts the faults on the real programs, one after the other, and writes docs/reliability.md.
    Reliability,
    /// Takes the pictures of the real window in docs/images/.
    Screenshots,
    /// Plays simulated worlds (server, desks, PBX, network) by their seeds, and prints the one that goes wrong.
    Simulate(simulate::Options),
    /// Looks for input that breaks what must hold of everything that comes from outside; see docs/fuzzing.md.
    Fuzz(fuzz::Options),
    /// Makes sure that there is a Rust which can build the view.
    Wasm {
        /// How to get it.
        #[arg(long, value_enum, default_value_t = wasm::Way::Auto)]
        way: wasm::Way,
    },
}

fn main() -> ExitCode {
    match act(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn act(task: Task) -> Result<ExitCode> {
    match task {
        Task::Run(options) => run::run(&options)?,
        Task::Test(options) => return suite::run(&options),
        Task::Bench(options) => return bench::run(&options),
        Task::Check => {
            let begun = Instant::now();
            let steps = check::all()?;
            steps.summary(begun);
            return Ok(steps.exit());
        }
        Task::Desktop(options) => desktop::make(&options)?,
        Task::Ui(build) => ui::build(build)?,
        Task::Icons => icons::draw()?,
        Task::Lab => lab::open()?,
        Task::Reliability => reliability::write()?,
        Task::Screenshots => screenshots::take()?,
        Task::Simulate(options) => simulate::play(&options)?,
        Task::Fuzz(options) => return fuzz::hunt(&options),
        Task::Wasm { way } => job::say(&format!("the view is built with {}", wasm::ensure(way)?)),
    }
    Ok(ExitCode::SUCCESS)
}
