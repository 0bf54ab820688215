//! `frontdesk-fuzz`: writes the inputs to begin with for an engine, and plays single inputs again. Not an engine.

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use frontdesk_fuzz::{TARGETS, Target};
use std::io::Write as _;
use std::path::PathBuf;

/// Seeds for an engine, and single inputs again.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Names the targets, each with its longest input and what it is.
    Targets,
    /// Writes the inputs to begin with into a folder, and the words that cannot be guessed into a file.
    Seeds {
        /// Which target.
        target: String,
        /// The folder.
        folder: PathBuf,
        /// The file, as libFuzzer and AFL read it.
        dictionary: PathBuf,
    },
    /// Plays inputs again; panics where something does not hold.
    Replay {
        /// Which target.
        target: String,
        /// The inputs.
        inputs: Vec<PathBuf>,
    },
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Task::Targets => {
            let mut out = std::io::stdout().lock();
            for Target { name, longest, what, .. } in TARGETS {
                writeln!(out, "{name}\t{longest}\t{what}")?;
            }
        }
        Task::Seeds { target, folder, dictionary } => {
            let target = named(&target)?;
            std::fs::create_dir_all(&folder)?;
            for (number, seed) in (target.seeds)().iter().enumerate() {
                std::fs::write(folder.join(format!("seed-{number:03}")), seed)?;
            }
            std::fs::write(dictionary, words(target))?;
        }
        Task::Replay { target, inputs } => {
            let target = named(&target)?;
            for path in inputs {
                let input = std::fs::read(&path).with_context(|| path.display().to_string())?;
                writeln!(std::io::stderr(), "{}: {} bytes", path.display(), input.len())?;
                (target.body)(&input);
            }
        }
    }
    Ok(())
}

fn named(name: &str) -> Result<&'static Target> {
    Target::named(name).with_context(|| format!("there is no target `{name}`"))
}

/// One word a line, in quotes, with everything but plain characters as `\xAB`.
fn words(target: &Target) -> String {
    let escape = |byte: u8| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\x{byte:02X}"),
    };
    target
        .words
        .iter()
        .map(|word| format!("\"{}\"\n", word.bytes().map(escape).collect::<String>()))
        .collect()
}
