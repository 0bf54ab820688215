//! What the desktop program and all its processes take, by what Linux says of them. Not what the view does meanwhile.

use anyhow::{Context, Result};
use frontdesk_bench::figures::{Figure, Samples};
use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};
use tokio::time::interval;

/// The most that the desktop may take, in megabytes.
const MOST: f64 = 230.0;
/// The clock of `/proc`, in ticks a second.
const TICKS: f64 = 100.0;

/// Rows about the window that is open now: its memory, and the processor time that it takes while nothing happens.
pub async fn of_the_window(lasts: Duration) -> Result<Vec<Figure>> {
    let mut memory = Samples::default();
    let (begun, before) = (Instant::now(), time()?);
    let mut seconds = interval(Duration::from_secs(1));
    while begun.elapsed() < lasts {
        memory.push(tree()?.iter().filter_map(|process| share(*process)).sum());
        seconds.tick().await;
    }
    let part = (time()? - before) / begun.elapsed().as_secs_f64() * 100.0;
    Ok(vec![
        Figure::at_most(
            "P12",
            "desktop and its processes, 10,000 tiles: proportional memory",
            &memory,
            MOST,
            "MB",
        ),
        Figure::at_most(
            "P12",
            "the same while nothing happens: processor",
            &Samples::of(1, || part),
            1.0,
            "%",
        ),
    ])
}

/// The desktop program among our descendants, and all that it started.
fn tree() -> Result<BTreeSet<u32>> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // One that ended meanwhile has no line any more.
        let Some((name, fields)) = stat(process) else { continue };
        let parent = fields.get(1).and_then(|parent| parent.parse::<u32>().ok()).unwrap_or(0);
        parents.push((process, parent, name));
    }
    let below = |roots: BTreeSet<u32>| {
        let mut all = roots;
        loop {
            let more: Vec<_> =
                parents.iter().filter(|(it, parent, _)| all.contains(parent) && !all.contains(it)).collect();
            if more.is_empty() {
                return all;
            }
            all.extend(more.into_iter().map(|(it, ..)| *it));
        }
    };
    let ours = below([std::process::id()].into());
    let desktop = parents.iter().find(|(it, _, name)| ours.contains(it) && name == "frontdesk");
    Ok(below([desktop.context("no desktop program was started")?.0].into()))
}

/// The name of a process, and the fields behind it in `/proc/PID/stat`.
fn stat(process: u32) -> Option<(String, Vec<String>)> {
    let line = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (name, rest) = line.split_once('(')?.1.rsplit_once(')')?;
    Some((name.to_owned(), rest.split_whitespace().map(str::to_owned).collect()))
}

/// Its proportional share of memory, in megabytes.
fn share(process: u32) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<f64>().ok()? / 1_024.0)
}

/// The processor time of all of them, in seconds.
fn time() -> Result<f64> {
    let of = |process: &u32| {
        let (_, fields) = stat(*process)?;
        let field = |at: usize| fields.get(at).and_then(|it| it.parse::<f64>().ok());
        Some((field(11)? + field(12)?) / TICKS)
    };
    Ok(tree()?.iter().filter_map(of).sum())
}
