//! `cargo xtask simulate`: plays any number of worlds of the simulation, or one again. The playing is in
//! `crates/simulation`.

use anyhow::Result;
use clap::Args;

use crate::{job, workspace};

/// Which worlds to play.
#[derive(Debug, Args)]
pub struct Options {
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

/// Plays them.
///
/// # Errors
/// When a world goes wrong; it was printed then.
pub fn play(options: &Options) -> Result<()> {
    let mut cargo = workspace::cargo();
    cargo.args(["run", "--quiet", "--package", "frontdesk-simulation", "--bin", "frontdesk-simulate", "--"]);
    match options.seed {
        Some(seed) => cargo.arg("--seed").arg(seed.to_string()),
        None => {
            cargo.arg("--seeds").arg(options.seeds.to_string()).arg("--from").arg(options.from.to_string())
        }
    };
    job::run("playing simulated worlds", &mut cargo)
}
