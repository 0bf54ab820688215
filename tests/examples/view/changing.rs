//! Many tiles while many lamps change, at rest and while somebody scrolls. Not what all this takes of the machine.

use crate::OFFICES;
use crate::probe::{self, Counted, Place};
use anyhow::{Context, Result};
use frontdesk_bench::figures::{Figure, Samples, quick};
use frontdesk_tests::big::BigOffice;
use std::path::PathBuf;
use std::time::Duration;

/// How many calls end, and as many begin, in a second: two lamps each.
pub const TURNS: u32 = 100;
/// A frame is in time when the next one follows it within one and a half sixtieths of a second.
const IN_TIME: f64 = 25.0;

/// Counts frames and tasks.
pub async fn many_tiles(place: Place, pictures: Option<PathBuf>) -> Result<Vec<Figure>> {
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
        view.page.click("#settings").await?;
        view.page.click("[role='dialog'] label:has(input[name='theme']):nth-of-type(3)").await?;
        view.page.find(":root[data-theme='dark']").await?;
        view.page.keys(&[fantoccini::key::Key::Escape.into()]).await?;
        view.page.gone("[role='dialog']").await?;
        view.page.picture(&folder.join(format!("{place}-dark.png"))).await?;
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
        rows.push(Figure::at_most(
            "P10",
            format!("{what}: script of one frame, what it tells and its drawing"),
            &scripts,
            2.0,
            "ms",
        ));
    }
    let gaps = samples(&counted.gaps);
    rows.push(Figure::told(
        "P10",
        format!("{what}: in the page"),
        format!(
            "{} tiles, {} elements, {} frames, one in a hundred later than {:.0} ms, {} of them with script",
            counted.tiles,
            counted.elements,
            gaps.len(),
            gaps.at(0.99),
            counted.scripts.len(),
        ),
    ));
    rows
}
