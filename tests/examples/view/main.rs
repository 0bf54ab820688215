//! Measures the view on made-up offices of any size, in Chromium (`view page`) and in the real window (`view window`): rows
//! for `docs/performance.md`. It asserts nothing; `cargo xtask bench` builds and starts it.

mod memory;
mod probe;

use anyhow::{Context, Result, bail};
use frontdesk_bench::figures::{Figure, Samples, hand_over, quick};
use frontdesk_tests::big::BigOffice;
use probe::{Counted, Place};
use std::path::PathBuf;
use std::time::Duration;

/// Phones and calls of the two offices, and how long they may take until they are painted, in milliseconds.
const OFFICES: [(u32, u64, f64); 2] = [(1_000, 200, 150.0), (10_000, 2_000, 500.0)];
/// How many calls end, and as many begin, in a second: two lamps each.
const TURNS: u32 = 100;
/// A frame is in time when the next one follows it within one and a half sixtieths of a second.
const IN_TIME: f64 = 25.0;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let place = match arguments.next().as_deref() {
        Some("page") => Place::Page,
        Some("window") => Place::Window,
        _ => bail!("usage: view page|window [FOLDER FOR PICTURES]"),
    };
    let pictures = arguments.next().map(PathBuf::from);
    let mut rows = painted(place).await?;
    rows.extend(changing(place, pictures).await?);
    hand_over(&rows)
}

/// From the snapshot to the frame that shows it.
async fn painted(place: Place) -> Result<Vec<Figure>> {
    let mut rows = Vec::new();
    if place == Place::Window {
        let why = "no script sees when the message comes from the desktop program";
        return Ok(vec![Figure::not_run("P7", format!("snapshot read to painted, {place}"), why)]);
    }
    for (phones, calls, line) in OFFICES {
        let office = BigOffice::open(phones, calls).await?;
        let (mut all, mut script) = (Samples::default(), Samples::default());
        for _ in 0..if quick() { 1 } else { 5 } {
            let view = probe::open(place, &office).await?;
            view.filled(phones).await?;
            let seen = view.painted().await?;
            all.push(seen.all);
            script.push(seen.script);
            view.close().await?;
        }
        let what = format!("{phones} phones, {calls} calls: snapshot read to painted, {place}");
        rows.push(Figure::at_most("P7", what, &all, line, "ms"));
        rows.push(Figure::told("P7", format!("of which script, {place}"), format!("{script} ms")));
    }
    Ok(rows)
}

/// Many tiles while many lamps change, at rest and while somebody scrolls; and what all this takes.
async fn changing(place: Place, pictures: Option<PathBuf>) -> Result<Vec<Figure>> {
    let (phones, calls, _) = OFFICES[1];
    let lasts = Duration::from_secs(if quick() { 5 } else { 60 });
    let office = BigOffice::open(phones, calls).await?;
    let view = probe::open(place, &office).await?;
    view.filled(phones).await?;
    let mut rows = Vec::new();
    for (what, scrolling) in [("200 changes/s", false), ("200 changes/s while it scrolls", true)] {
        let crowd = office.crowd.clone();
        view.begin(scrolling).await?;
        tokio::task::spawn_blocking(move || crowd.turn_over(TURNS, lasts)).await?;
        let counted = view.end().await?;
        rows.extend(frames(&format!("{phones} tiles, {what}, {place}"), &counted));
    }
    if let Some(folder) = &pictures {
        std::fs::create_dir_all(folder).with_context(|| format!("the folder {}", folder.display()))?;
        view.page.picture(&folder.join(format!("{place}.png"))).await?;
    }
    if place == Place::Window {
        rows.extend(memory::of_the_window(lasts).await?);
    }
    view.close().await?;
    Ok(rows)
}

fn frames(what: &str, counted: &Counted) -> Vec<Figure> {
    let samples = |list: &[f64]| {
        let mut samples = Samples::default();
        list.iter().for_each(|one| samples.push(*one));
        samples
    };
    let good = counted.gaps.iter().filter(|gap| **gap <= IN_TIME).count();
    #[expect(clippy::cast_precision_loss, reason = "some thousand frames")]
    let part = Samples::of(1, || good as f64 / counted.gaps.len().max(1) as f64 * 100.0);
    let mut longest = samples(&counted.long);
    longest.push(0.0);
    let tasks = Samples::of(1, || longest.greatest());
    let mut rows = vec![
        Figure::at_least("P10", format!("{what}: frames in time"), &part, 95.0, "%"),
        Figure::at_most("P10", format!("{what}: longest task over 50 ms, 0 for none"), &tasks, 50.0, "ms"),
    ];
    if !counted.scripts.is_empty() {
        let scripts = samples(&counted.scripts);
        rows.push(Figure::at_most("P10", format!("{what}: script of one message"), &scripts, 2.0, "ms"));
    }
    rows.push(Figure::told(
        "P10",
        format!("{what}: in the page"),
        format!("{} tiles, {} elements", counted.tiles, counted.elements),
    ));
    rows
}
