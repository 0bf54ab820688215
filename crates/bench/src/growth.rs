//! P15: what ten times as much costs. A cost that grows faster than what causes it is found here, whatever the machine.

use crate::figures::{Figure, Samples, short};
use crate::model;
use anyhow::Result;

/// How much more one event may cost when there is ten times as much of what it does not concern: caches are not endless.
const CROWDED: f64 = 2.0;
/// The same when only more events come: nothing but what two measurements of one thing differ by.
const LINEAR: f64 = 1.15;

/// The figures of P15.
pub fn run(quick: bool) -> Result<Vec<Figure>> {
    let turns = if quick { 2_000 } else { 10_000 };
    let mut figures = Vec::new();
    let (mut few, mut many) = (Samples::default(), Samples::default());
    for _ in 0..if quick { 3 } else { 5 } {
        few.push(1e6 / model::rate(1_000, turns)?);
        many.push(1e6 / model::rate(10_000, turns)?);
    }
    figures.push(Figure::told(
        "P15",
        "one event with 1,000 / 10,000 channels and 500 / 5,000 extensions",
        format!("{} / {} µs", short(few.median()), short(many.median())),
    ));
    let ratio = Samples::of(1, || many.least() / few.least());
    figures.push(
        Figure::at_most("P15", "one event, ten times the channels and extensions", &ratio, CROWDED, "×")
            .binding(),
    );
    let (mut short_run, mut long_run) = (Samples::default(), Samples::default());
    for _ in 0..if quick { 3 } else { 5 } {
        short_run.push(1e6 / model::rate(1_000, turns / 10)?);
        long_run.push(1e6 / model::rate(1_000, turns)?);
    }
    let ratio = Samples::of(1, || long_run.least() / short_run.least());
    figures.push(Figure::at_most("P15", "one event, ten times the events", &ratio, LINEAR, "×").binding());
    Ok(figures)
}
