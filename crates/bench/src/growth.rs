//! P15: what ten times as much costs. A cost that grows faster than what causes it is found here, whatever the machine.

use crate::figures::{Figure, Samples, short};
use crate::model;
use anyhow::Result;

/// How much worse one event may get when there is ten times as much: caches are not endless.
const SLACK: f64 = 2.0;

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
    let ratio = Samples::of(1, || many.median() / few.median());
    figures.push(
        Figure::at_most("P15", "one event, ten times the channels and extensions", &ratio, SLACK, "×")
            .binding(),
    );
    let (mut short_run, mut long_run) = (Samples::default(), Samples::default());
    for _ in 0..if quick { 3 } else { 5 } {
        short_run.push(1e6 / model::rate(1_000, turns / 10)?);
        long_run.push(1e6 / model::rate(1_000, turns)?);
    }
    let ratio = Samples::of(1, || long_run.median() / short_run.median());
    figures.push(Figure::at_most("P15", "one event, ten times the events", &ratio, SLACK, "×").binding());
    Ok(figures)
}
