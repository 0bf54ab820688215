//! `cargo xtask bench`: builds what measures as a release, makes the published clients ready, runs each part by itself and
//! writes `docs/performance.md`. What is measured and how is in `crates/bench`.

mod paper;
mod parts;
mod peers;
mod results;
mod view;

use std::{
    fs,
    path::PathBuf,
    process::{Command, ExitCode},
};

use anyhow::{Context as _, Result, ensure};
use clap::Args;

use crate::{
    desktop, job,
    packages::{self, Purpose},
    steps::Outcome,
    workspace,
};
use parts::{PARTS, Part, Run, Way};
use peers::Ready;
use results::{Measured, Results, Row};

/// What to measure.
#[derive(Debug, Args)]
pub struct Options {
    /// Only the ratios, in five minutes at most; fails where one falls below its line, and writes no paper.
    #[arg(long)]
    quick: bool,
    /// Only these: P1, P2, … The rows of the others stay as they are in the paper.
    only: Vec<String>,
}

/// Measures.
///
/// # Errors
/// When something cannot be built or the paper cannot be written.
pub fn run(options: &Options) -> Result<ExitCode> {
    if options.quick {
        return match quick(&options.only)? {
            Outcome::Passed => Ok(ExitCode::SUCCESS),
            Outcome::NotRun(why) => {
                job::loud(&format!("NOT RUN: {why}"));
                Ok(ExitCode::FAILURE)
            }
        };
    }
    let chosen = chosen(&options.only, false)?;
    build(&chosen)?;
    let ready = ready(&chosen);
    let [table, page] =
        ["docs/performance.json", "docs/performance.md"].map(|file| workspace::root().join(file));
    let mut results = Results::read(&table)?;
    for part in chosen {
        results.put(part.name, told(&part, false, ready.as_ref()));
        // After each, so that what was measured is kept whatever becomes of the rest.
        results.write(&table)?;
        fs::write(&page, paper::text(&results, &PARTS))?;
    }
    job::say(&format!("written: {}", page.display()));
    Ok(ExitCode::SUCCESS)
}

/// The ratios alone, in five minutes at most. Where a registry cannot be reached and the published clients are not there
/// from before, it says so.
///
/// # Errors
/// When a ratio is on the wrong side of its line, or of what it is held to, or cannot be measured.
pub fn quick(only: &[String]) -> Result<Outcome> {
    let chosen = chosen(only, true)?;
    build(&chosen)?;
    let ready = ready(&chosen);
    let mut wrong = Vec::new();
    for part in chosen {
        match told(&part, true, ready.as_ref()) {
            Ok(measured) => wrong.extend(behind(&measured.rows)),
            Err(why) => wrong.push(format!("{} was not measured: {why}", part.name)),
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(match ready.as_ref().and_then(Ready::missing) {
        Some(why) => Outcome::NotRun(format!("not all published clients could be measured: {why}")),
        None => Outcome::Passed,
    })
}

fn ready(chosen: &[Part]) -> Option<Ready> {
    chosen.iter().any(|part| matches!(part.way, Way::Peers)).then(Ready::make)
}

/// Measures a part, and says loudly where it cannot.
fn told(part: &Part, quick: bool, ready: Option<&Ready>) -> Result<Measured, String> {
    job::say(&format!("measuring {}", part.name));
    measure(part, quick, ready).map_err(|error| {
        let why = format!("{error:#}");
        job::loud(&format!("NOT RUN: {}: {why}", part.name));
        why
    })
}

fn chosen(only: &[String], quick: bool) -> Result<Vec<Part>> {
    for only in only {
        let there = PARTS.iter().any(|part| fits(part, only));
        ensure!(there, "nothing measures {only}; there are {}", PARTS.map(|part| part.name).join(", "));
    }
    let named = |part: &Part| only.is_empty() || only.iter().any(|only| fits(part, only));
    Ok(PARTS.into_iter().filter(|part| named(part) && (part.quick || !quick)).collect())
}

/// Whether a part is meant by a word: by its id or by its name.
fn fits(part: &Part, word: &str) -> bool {
    part.id.eq_ignore_ascii_case(word) || part.name.eq_ignore_ascii_case(word)
}

/// Builds what these parts measure, all of it at once: another choice of programs is another choice of features, for which
/// most of them would be built anew.
fn build(chosen: &[Part]) -> Result<()> {
    let with_desktop = chosen.iter().any(|part| matches!(part.way, Way::Desktop(_)));
    let mut build = workspace::cargo();
    build.args(["build", "--quiet", "--profile", "bench", "-p", "frontdesk-bench", "-p", "frontdesk-server"]);
    build.args(["--bin", "frontdesk-bench", "--bin", "frontdesk-server"]);
    if with_desktop {
        packages::ensure(&[Purpose::Test])?;
        let program = desktop::build()?;
        build.args(["-p", "frontdesk-tests", "--example", "view"]);
        job::run("building what is measured, as a release", &mut build)?;
        // Beside what measures it, where that looks for it.
        fs::copy(program, workspace::target().join("release/frontdesk"))?;
        return Ok(());
    }
    job::run("building what is measured, as a release", &mut build)
}

/// Runs one part and reads what it hands over.
fn measure(part: &Part, quick: bool, ready: Option<&Ready>) -> Result<Measured> {
    let folder = workspace::target().join("bench");
    fs::create_dir_all(&folder)?;
    let rows: PathBuf = folder.join(format!("{}.json", part.name.replace(' ', "-")));
    if rows.exists() {
        fs::remove_file(&rows)?;
    }
    match part.way {
        Way::Own(work) | Way::Desktop(work) => work(&Run { quick, rows: rows.clone() })?,
        Way::Bench | Way::Peers => {
            let mut bench = Command::new(workspace::target().join("release").join("frontdesk-bench"));
            bench
                .current_dir(workspace::root())
                .args(["--only", part.name])
                .env("FRONTDESK_BENCH_ROWS", &rows);
            if quick {
                bench.env("FRONTDESK_BENCH_QUICK", "1");
            }
            if let (Way::Peers, Some(ready)) = (part.way, ready) {
                ready.tell(&mut bench);
            }
            let status = bench.status().context("the bench could not be started")?;
            ensure!(status.success(), "the bench ended with {status}; what it printed says why");
        }
    }
    let text = fs::read_to_string(&rows).context("it handed no rows over")?;
    let rows: Vec<Row> = serde_json::from_str(&text).context("what it handed over is no list of rows")?;
    ensure!(!rows.is_empty(), "it handed no rows over");
    Ok(Measured {
        on: paper::today(),
        version: paper::version(),
        machine: paper::machine(),
        rows,
        failed: None,
    })
}

/// The rows that fail a quick run.
fn behind(rows: &[Row]) -> impl Iterator<Item = String> {
    rows.iter().filter(|row| row.fails).map(|row| {
        let line = row.held.as_ref().unwrap_or(&row.line);
        format!("{}: {}: {}, and it should be {line}", row.id, row.what, row.found)
    })
}
