//! Plays worlds by their seeds, and prints the one that goes wrong.

use clap::Parser;
use frontdesk_simulation::run;
use std::process::ExitCode;

/// Plays simulated worlds and says which goes wrong.
#[derive(Debug, Parser)]
struct Options {
    /// How many worlds to play.
    #[arg(long, default_value_t = 10_000)]
    seeds: u64,
    /// Plays the world of this seed alone and prints all that happens in it.
    #[arg(long)]
    seed: Option<u64>,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
}

fn main() -> ExitCode {
    let options = Options::parse();
    if let Some(seed) = options.seed {
        return match run(seed, true) {
            Ok(report) => {
                report.trace.lines.iter().flatten().for_each(|line| println!("{line}"));
                println!("all agreed {} ms after the healing", report.agreed_ms);
                ExitCode::SUCCESS
            }
            Err(failure) => {
                println!("{failure}");
                ExitCode::FAILURE
            }
        };
    }
    let (mut orders, mut carried, mut slowest) = (0, 0, 0);
    for seed in options.from..options.from.saturating_add(options.seeds) {
        match run(seed, false) {
            Ok(report) => {
                orders += u64::from(report.orders);
                carried += report.carried as u64;
                slowest = slowest.max(report.agreed_ms);
            }
            Err(failure) => {
                println!("{}", run(seed, true).err().unwrap_or(failure));
                return ExitCode::FAILURE;
            }
        }
    }
    println!(
        "{} worlds: {orders} orders, {carried} carried out; all agreed at the latest {slowest} ms after the healing",
        options.seeds
    );
    ExitCode::SUCCESS
}
