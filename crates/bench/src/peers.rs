//! P3: our client and the published ones on the same bytes in the same run. Each is a process of its own, and what counts is
//! its processor time. Not what they are; that is `bench/peers`.

use crate::figures::{Figure, Samples, short};
use crate::office::Office;
use crate::replay;
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// How the peers are started: made ready by `cargo xtask bench`.
#[derive(Debug, Clone)]
pub struct Ready {
    /// The program that holds the Rust clients.
    pub rust: std::path::PathBuf,
    /// The Python that has the Python clients.
    pub python: std::path::PathBuf,
    /// The folder of the peers, with the Node clients in it.
    pub folder: std::path::PathBuf,
}

struct Run {
    name: &'static str,
    language: &'static str,
    rate: Samples,
    lost: u64,
}

const RUST: [&str; 3] = ["asterisk-ami", "asterisk-manager", "asterisk-rs-ami"];
const PYTHON: [&str; 2] = ["panoramisk", "pyst2"];
const NODE: [&str; 2] = ["ami-io", "asterisk-manager"];

/// The figures of P3.
pub fn run(ready: &Ready, quick: bool) -> Result<Vec<Figure>> {
    let extensions = 1_000;
    let mut office = Office::new(extensions);
    let mut bytes = office.registrations().bytes;
    let mut events = u64::from(extensions) * 2;
    for stretch in [office.begin(500), office.turn_over(if quick { 2_000 } else { 10_000 }), office.end()] {
        bytes.extend(stretch.bytes);
        events += stretch.events;
    }
    // The event that ends the stream.
    events += 1;
    let address = replay::serve(Arc::new(bytes))?;
    let (host, port) = (address.ip().to_string(), address.port().to_string());
    let at = |program: &Path, first: &[&str]| {
        let mut command = Command::new(program);
        command.args(first).args([&host, &port]).current_dir(&ready.folder);
        command
    };
    let own = std::env::current_exe()?;
    let times = if quick { 3 } else { 5 };
    let ours = measure("Frontdesk", "Rust", times, events, || at(&own, &["client"]))?;
    let number = extensions.to_string();
    let model =
        measure("Frontdesk with its whole model", "Rust", times, events, || at(&own, &["model", &number]))?;
    let mut all = Vec::new();
    for name in RUST {
        all.push(measure(name, "Rust", times, events, || at(&ready.rust, &[name]))?);
    }
    for name in PYTHON {
        all.push(measure(name, "Python", 1, events, || at(&ready.python, &["peers.py", name]))?);
    }
    for name in NODE {
        all.push(measure(name, "Node", times, events, || at(Path::new("node"), &["peers.js", name]))?);
    }
    let best = |language: &str| {
        all.iter().filter(|run| run.language == language).map(|run| run.rate.median()).fold(0.0, f64::max)
    };
    let ratio = |run: &Run, language: &str| Samples::of(1, || run.rate.median() / best(language));
    let mut figures: Vec<Figure> = [&ours, &model]
        .into_iter()
        .chain(&all)
        .map(|run| {
            let found = format!(
                "{} events per CPU second, {} of {} lost",
                run.rate,
                short(run.lost as f64),
                short(events as f64)
            );
            Figure::told("P3", format!("{} ({})", run.name, run.language), found)
        })
        .collect();
    figures.extend([
        Figure::at_least("P3", "ours / best Rust", &ratio(&ours, "Rust"), 8.0, "×").binding(),
        Figure::at_least("P3", "ours / best Node", &ratio(&ours, "Node"), 20.0, "×").binding(),
        Figure::at_least("P3", "ours / best Python", &ratio(&ours, "Python"), 40.0, "×").binding(),
        Figure::at_least(
            "P3",
            "ours with the whole model / best Rust's parsing alone",
            &ratio(&model, "Rust"),
            3.0,
            "×",
        )
        .binding(),
        Figure::at_most(
            "P3",
            "events that ours lost",
            &Samples::of(1, || (ours.lost + model.lost) as f64),
            0.0,
            "",
        )
        .binding(),
    ]);
    Ok(figures)
}

fn measure(
    name: &'static str,
    language: &'static str,
    times: usize,
    sent: u64,
    mut command: impl FnMut() -> Command,
) -> Result<Run> {
    let mut run = Run { name, language, rate: Samples::default(), lost: 0 };
    for _ in 0..times {
        let output = command().output().with_context(|| format!("{name} cannot be started"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let line = text.lines().rev().find(|line| line.starts_with("events="));
        let line = line
            .with_context(|| format!("{name} said nothing: {}", String::from_utf8_lossy(&output.stderr)))?;
        let value = |key: &str| {
            let found = line.split_whitespace().find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
            found.and_then(|value| value.parse::<f64>().ok()).with_context(|| format!("{name} said {line:?}"))
        };
        let (events, cpu) = (value("events")?, value("cpu")?);
        run.rate.push(events / cpu);
        // Some tell their login and their FullyBooted as events as well.
        run.lost = run.lost.max((sent as f64 - events).max(0.0) as u64);
    }
    Ok(run)
}
