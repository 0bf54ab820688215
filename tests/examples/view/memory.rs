//! Memory of the desktop program with all its processes, and the processor time that it takes while nothing happens. No
//! script of ours is in the page meanwhile: one that counts frames is itself work.

use crate::changing::TURNS;
use crate::{OFFICES, probe};
use anyhow::Result;
use frontdesk_bench::figures::{Figure, Samples, quick, short};
use frontdesk_tests::big::BigOffice;
use frontdesk_tests::processes::{Each, Family};
use std::time::{Duration, Instant};
use tokio::time::interval;

/// The most that the desktop may take with 1,000 extensions, in megabytes. What it takes with more is told.
const MOST: f64 = 230.0;
/// How much of it may come and go without that it grows, in megabytes.
const FLAT: f64 = 10.0;
/// Sets how long it is watched while it works, in seconds.
const SOAK: &str = "FRONTDESK_BENCH_SOAK";

/// Rows for a quiet office, and for the two that are measured everywhere.
pub async fn of_the_desktop() -> Result<Vec<Figure>> {
    let mut rows = quiet().await?;
    for (phones, calls, _) in OFFICES {
        rows.extend(busy(phones, calls).await?);
    }
    Ok(rows)
}

/// Nobody telephones.
async fn quiet() -> Result<Vec<Figure>> {
    let (phones, _, _) = OFFICES[0];
    let office = BigOffice::open(phones, 0).await?;
    let view = probe::unwatched(&office).await?;
    view.filled(phones).await?;
    let desktop = view.page.desktop()?;
    let (memory, _) = watched(desktop, rest()).await?;
    // Whatever the start has left to do, as the last compiling of the page, is done now.
    let (_, idle) = watched(desktop, rest()).await?;
    view.close().await?;
    let what = format!("desktop and its processes, {phones} tiles, no calls");
    Ok(vec![
        idle_row(&what, &idle),
        Figure::told("P12", format!("{what}: of which"), shares(&idle, "%")),
        Figure::told("P12", format!("{what}: proportional memory"), format!("{} MB", Total(&memory))),
    ])
}

/// Calls are there; first none of them changes, then very many do.
async fn busy(phones: u32, calls: u64) -> Result<Vec<Figure>> {
    let soak = std::env::var(SOAK).ok().and_then(|text| text.parse().ok());
    let soak = Duration::from_secs(soak.unwrap_or(if quick() { 10 } else { 240 }));
    let office = BigOffice::open(phones, calls).await?;
    let view = probe::unwatched(&office).await?;
    view.filled(phones).await?;
    let desktop = view.page.desktop()?;
    let (memory, idle) = watched(desktop, rest()).await?;
    let crowd = office.crowd.clone();
    let working = tokio::task::spawn_blocking(move || crowd.turn_over(TURNS, soak));
    let (worked, _) = watched(desktop, soak).await?;
    working.await?;
    let (rested, _) = watched(desktop, rest()).await?;
    view.close().await?;
    let what = format!("desktop and its processes, {phones} tiles, {calls} calls");
    let last = memory.last().cloned().unwrap_or_default();
    // The page's memory rises by 40 MB within a minute or two until JavaScript's collector has been there: what counts is
    // where it falls back to. The first quarter is that of the start.
    let eighth = worked.len() / 8;
    let ebb = |part: &[Each]| totals(part).least();
    let grown = ebb(&worked[5 * eighth..]) - ebb(&worked[2 * eighth..5 * eighth]);
    let at_rest = format!("{what}: proportional memory");
    Ok(vec![
        if phones == OFFICES[0].0 {
            Figure::at_most("P12", at_rest, &totals(&memory), MOST, "MB")
        } else {
            Figure::told("P12", at_rest, format!("{} MB", Total(&memory)))
        },
        Figure::told("P12", format!("{what}: of which"), shares(&last, "MB")),
        Figure::at_most(
            "P12",
            format!(
                "{what}: growth of the least memory, from the second three eighths to the last of {} s with 200 changes/s",
                soak.as_secs()
            ),
            &Samples::of(1, || grown),
            FLAT,
            "MB",
        ),
        Figure::told(
            "P12",
            format!("{what}: while it works, and when it rests again"),
            format!("{} MB, {} MB", Total(&worked), Total(&rested)),
        ),
        Figure::told("P12", format!("{what}: processor while no call changes"), shares(&idle, "%")),
    ])
}

fn rest() -> Duration {
    Duration::from_secs(if quick() { 5 } else { 20 })
}

fn idle_row(what: &str, idle: &Each) -> Figure {
    let all = Samples::of(1, || idle.values().sum());
    Figure::at_most("P12", format!("{what}: processor, of one core"), &all, 1.0, "%")
}

/// The memory at every second of this time, and the processor time taken in it, in per cent of one core.
async fn watched(desktop: Family, lasts: Duration) -> Result<(Vec<Each>, Each)> {
    let (begun, before) = (Instant::now(), desktop.time()?);
    let mut seconds = interval(Duration::from_secs(1));
    let mut memory = Vec::new();
    while begun.elapsed() < lasts {
        seconds.tick().await;
        memory.push(desktop.memory()?);
    }
    let passed = begun.elapsed().as_secs_f64();
    let mut time = desktop.time()?;
    for (name, taken) in &mut time {
        *taken = (*taken - before.get(name).copied().unwrap_or(0.0)) / passed * 100.0;
    }
    Ok((memory, time))
}

fn totals(memory: &[Each]) -> Samples {
    let mut samples = Samples::default();
    memory.iter().for_each(|each| samples.push(each.values().sum()));
    samples
}

fn shares(each: &Each, unit: &str) -> String {
    let parts: Vec<_> = each.iter().map(|(name, part)| format!("{name} {} {unit}", short(*part))).collect();
    parts.join(", ")
}

/// The sums, as they are written.
struct Total<'a>(&'a [Each]);

impl std::fmt::Display for Total<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        totals(self.0).fmt(f)
    }
}
