//! The checks that need no running program: format, lints, docs, purity, sources, papers, the window,
//! dependencies. Each is one step
//! with a name; none of them changes a file.

mod dependencies;
mod papers;
mod purity;
mod sources;
mod window;

use std::process::Command;

use anyhow::{Result, bail};

use crate::{
    steps::{Budget, Steps},
    ui, workspace,
};

/// Checks that take seconds and need nothing built.
pub const QUICK: [Check; 7] = [
    Check::Format,
    Check::Sources,
    Check::Papers,
    Check::Purity,
    Check::Window,
    Check::Dependencies,
    Check::Advisories,
];

/// Checks that compile.
pub const THOROUGH: [Check; 2] = [Check::Lints, Check::Docs];

/// One check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// rustfmt has nothing to change.
    Format,
    /// Every source file has its heading and its size, and no test sleeps.
    Sources,
    /// What the papers link to and name is there.
    Papers,
    /// The pure crates reach no runtime, socket or randomness.
    Purity,
    /// The desktop's window has one capability file and a strict content policy.
    Window,
    /// Licences, bans and sources of the dependencies, by cargo-deny.
    Dependencies,
    /// Known holes in the dependencies, by cargo-deny.
    Advisories,
    /// Clippy has nothing to say.
    Lints,
    /// The documentation builds without a warning.
    Docs,
}

impl Check {
    /// The step's name, for filters and the summary.
    pub fn name(self) -> &'static str {
        match self {
            Self::Format => "check-format",
            Self::Sources => "check-sources",
            Self::Papers => "check-papers",
            Self::Purity => "check-purity",
            Self::Window => "check-window",
            Self::Dependencies => "check-dependencies",
            Self::Advisories => "check-advisories",
            Self::Lints => "check-lints",
            Self::Docs => "check-docs",
        }
    }

    /// Does it, as a step.
    pub fn run(self, steps: &mut Steps) {
        match self {
            Self::Format => steps.command(self.name(), cargo(&["fmt", "--all", "--check"]), Budget::SHORT),
            Self::Sources => steps.function(self.name(), || refuse(sources::faults()?)),
            Self::Papers => steps.function(self.name(), || refuse(papers::faults()?)),
            Self::Purity => steps.function(self.name(), || refuse(purity::faults()?)),
            Self::Window => steps.function(self.name(), || refuse(window::faults()?)),
            Self::Dependencies => steps.attempt(self.name(), dependencies::policy),
            Self::Advisories => steps.attempt(self.name(), dependencies::advisories),
            Self::Lints => {
                let clippy = cargo(&[
                    "clippy",
                    "--workspace",
                    "--all-targets",
                    "--keep-going",
                    "--",
                    "-D",
                    "warnings",
                ]);
                steps.command(self.name(), clippy, Budget::LONG);
            }
            Self::Docs => {
                let mut doc = cargo(&["doc", "--workspace", "--no-deps", "--keep-going"]);
                doc.env("RUSTDOCFLAGS", "-D warnings");
                steps.command(self.name(), doc, Budget::LONG);
            }
        }
    }
}

/// Runs all checks and gives their tally.
///
/// # Errors
/// When the folder of the page cannot be made.
pub fn all() -> Result<Steps> {
    ui::placeholder()?;
    let mut steps = Steps::default();
    for check in QUICK.into_iter().chain(THOROUGH) {
        check.run(&mut steps);
    }
    Ok(steps)
}

fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = workspace::cargo();
    cargo.args(arguments);
    cargo
}

fn refuse(faults: Vec<String>) -> Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    bail!("{}", faults.join("\n"))
}
