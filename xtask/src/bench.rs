//! `cargo xtask bench`: builds what measures as a release, makes the published clients ready, runs each part by itself and
//! writes `docs/performance.md`. What is measured and how is in `crates/bench`.

mod paper;
mod parts;
mod peers;
mod results;

use std::{
    fs,
    path::PathBuf,
    process::{Command, ExitCode},
};

use anyhow::{Context as _, Result, ensure};
use clap::Args;

use crate::{job, workspace};
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
    let chosen = chosen(options)?;
    build()?;
    let ready = chosen.iter().any(|part| matches!(part.way, Way::Peers)).then(Ready::make);
    let [table, page] =
        ["docs/performance.json", "docs/performance.md"].map(|file| workspace::root().join(file));
    let mut results = Results::read(&table)?;
    let mut wrong = Vec::new();
    for part in chosen {
        job::say(&format!("measuring {}", part.name));
        let come = measure(&part, options.quick, ready.as_ref()).map_err(|error| format!("{error:#}"));
        match &come {
            Ok(measured) => wrong.extend(behind(&measured.rows)),
            Err(why) => {
                job::loud(&format!("NOT RUN: {}: {why}", part.name));
                wrong.push(format!("{} was not measured: {why}", part.name));
            }
        }
        if !options.quick {
            results.put(part.name, come);
            // After each, so that what was measured is kept whatever becomes of the rest.
            results.write(&table)?;
            fs::write(&page, paper::text(&results, &PARTS))?;
        }
    }
    if !options.quick {
        job::say(&format!("written: {}", page.display()));
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(why) = ready.as_ref().and_then(Ready::missing) {
        wrong.push(format!("not all published clients could be measured: {why}"));
    }
    wrong.iter().for_each(|line| println!("FAILED: {line}"));
    Ok(if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn chosen(options: &Options) -> Result<Vec<Part>> {
    for only in &options.only {
        let there = PARTS.iter().any(|part| fits(part, only));
        ensure!(there, "nothing measures {only}; there are {}", PARTS.map(|part| part.name).join(", "));
    }
    let named = |part: &Part| options.only.is_empty() || options.only.iter().any(|only| fits(part, only));
    Ok(PARTS.into_iter().filter(|part| named(part) && (part.quick || !options.quick)).collect())
}

/// Whether a part is meant by a word: by its id or by its name.
fn fits(part: &Part, word: &str) -> bool {
    part.id.eq_ignore_ascii_case(word) || part.name.eq_ignore_ascii_case(word)
}

/// Builds the bench and the server that it measures.
fn build() -> Result<()> {
    let mut build = workspace::cargo();
    build.args([
        "build",
        "--quiet",
        "--profile",
        "bench",
        "--bins",
        "-p",
        "frontdesk-bench",
        "-p",
        "frontdesk-server",
    ]);
    job::run("building the bench and the server, as a release", &mut build)
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
        Way::Own(work) => work(&Run { quick, rows: rows.clone() })?,
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
