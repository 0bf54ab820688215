//! What was measured, against what it should be: rows of the table. Not how it is measured.

use anyhow::{Context, Result};
use serde::Serialize;
use std::fmt;

/// Names the file that the rows go to.
pub const ROWS: &str = "FRONTDESK_BENCH_ROWS";
/// Is set where there are only seconds.
pub const QUICK: &str = "FRONTDESK_BENCH_QUICK";

/// One row of the table.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// P1, P2, …
    pub id: &'static str,
    /// What was measured.
    pub what: String,
    /// What is to be reached.
    pub line: String,
    /// What was reached, with its spread.
    pub found: String,
    /// Whether it was; `None` where there is no line, or nothing was measured.
    pub reached: Option<bool>,
    /// Whether a miss fails a quick run: a ratio taken in one run, and not an absolute time.
    pub binding: bool,
    /// What a quick run holds it to while the line is not reached.
    pub held: Option<String>,
    /// Whether it fails a quick run.
    pub fails: bool,
    #[serde(skip)]
    value: f64,
    #[serde(skip)]
    unit: String,
    #[serde(skip)]
    way: Way,
}

/// Which side of its line a figure belongs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    AtLeast,
    AtMost,
    Either,
}

/// Hands over what a part measured: to the file that the bench named, if it did, and to whoever looks.
///
/// # Errors
/// When the file cannot be written.
pub fn hand_over(figures: &[Figure]) -> Result<()> {
    println!("| id | what | to reach | found | |\n|---|---|---|---|---|");
    figures.iter().for_each(|figure| println!("{figure}"));
    let Some(path) = std::env::var_os(ROWS) else { return Ok(()) };
    let text = serde_json::to_string_pretty(figures)?;
    std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))
}

/// Whether there are only seconds.
pub fn quick() -> bool {
    std::env::var_os(QUICK).is_some()
}

/// Several measurements of one thing.
#[derive(Debug, Clone, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// Runs `measure` this many times.
    pub fn of(times: usize, mut measure: impl FnMut() -> f64) -> Self {
        Self((0..times).map(|_| measure()).collect())
    }

    /// One more.
    pub fn push(&mut self, sample: f64) {
        self.0.push(sample);
    }

    /// The value below which this part (0 to 1) of all lies.
    pub fn at(&self, part: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index within the samples"
        )]
        let index = ((sorted.len().saturating_sub(1)) as f64 * part).round() as usize;
        sorted.get(index).copied().unwrap_or(f64::NAN)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The least.
    pub fn least(&self) -> f64 {
        self.at(0.0)
    }

    /// The greatest.
    pub fn greatest(&self) -> f64 {
        self.at(1.0)
    }

    /// The middle one.
    pub fn median(&self) -> f64 {
        self.at(0.5)
    }
}

impl fmt::Display for Samples {
    /// The middle one, and the least and the greatest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [low, middle, high] = [0.0, 0.5, 1.0].map(|part| short(self.at(part)));
        write!(f, "{middle} ({low} to {high})")
    }
}

/// A number with as many digits as can be read.
pub fn short(value: f64) -> String {
    match value.abs() {
        v if v >= 10_000.0 => {
            let digits = format!("{value:.0}");
            let mut text = String::new();
            for (index, digit) in digits.chars().enumerate() {
                if index > 0 && (digits.len() - index) % 3 == 0 {
                    text.push(',');
                }
                text.push(digit);
            }
            text
        }
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

impl Figure {
    /// At least `least`.
    pub fn at_least(
        id: &'static str,
        what: impl Into<String>,
        samples: &Samples,
        least: f64,
        unit: &str,
    ) -> Self {
        Self::lined(id, what.into(), samples, samples.median(), Way::AtLeast, least, unit)
    }

    /// At most `most`.
    pub fn at_most(
        id: &'static str,
        what: impl Into<String>,
        samples: &Samples,
        most: f64,
        unit: &str,
    ) -> Self {
        Self::lined(id, what.into(), samples, samples.median(), Way::AtMost, most, unit)
    }

    /// The value below which this part (0 to 1) of the samples lies is at most `most`; the middle one and the greatest are
    /// told beside it.
    pub fn tail(
        id: &'static str,
        what: impl Into<String>,
        samples: &Samples,
        part: f64,
        most: f64,
        unit: &str,
    ) -> Self {
        let tail = samples.at(part);
        let mut figure = Self::lined(id, what.into(), samples, tail, Way::AtMost, most, unit);
        let [middle, all] = [0.5, 1.0].map(|part| short(samples.at(part)));
        figure.found =
            format!("{} {unit} (median {middle}, greatest {all}, of {})", short(tail), samples.len());
        figure
    }

    fn lined(
        id: &'static str,
        what: String,
        samples: &Samples,
        value: f64,
        way: Way,
        line: f64,
        unit: &str,
    ) -> Self {
        let sign = if way == Way::AtLeast { '≥' } else { '≤' };
        let mut figure = Self::told(id, what, format!("{samples} {unit}"));
        figure.line = format!("{sign} {} {unit}", short(line)).trim_end().to_owned();
        (figure.value, figure.unit, figure.way) = (value, unit.to_owned(), way);
        figure.reached = Some(figure.is_within(line));
        figure
    }

    fn is_within(&self, line: f64) -> bool {
        match self.way {
            Way::AtLeast => self.value >= line,
            Way::AtMost => self.value <= line,
            Way::Either => true,
        }
    }

    /// One that only informs.
    pub fn told(id: &'static str, what: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            id,
            what: what.into(),
            line: "–".into(),
            found: found.into(),
            reached: None,
            binding: false,
            held: None,
            fails: false,
            value: f64::NAN,
            unit: String::new(),
            way: Way::Either,
        }
    }

    /// One that could not be measured here, and why.
    pub fn not_run(id: &'static str, what: impl Into<String>, why: impl fmt::Display) -> Self {
        Self::told(id, what, format!("NOT RUN: {why}"))
    }

    /// One whose miss fails a quick run.
    #[must_use]
    pub fn binding(mut self) -> Self {
        self.binding = true;
        self.fails = self.reached == Some(false);
        self
    }

    /// One whose line is not reached yet: a quick run fails where it falls behind `held`, so that what there is stays.
    #[must_use]
    pub fn held(mut self, held: f64) -> Self {
        self.binding = true;
        if self.reached == Some(false) {
            let sign = if self.way == Way::AtLeast { '≥' } else { '≤' };
            self.held = Some(format!("{sign} {} {}", short(held), self.unit).trim_end().to_owned());
            self.fails = !self.is_within(held);
        }
        self
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.reached {
            Some(true) => "reached",
            Some(false) => "**missed**",
            None => "",
        };
        let held = self.held.as_ref().map(|held| format!(" (held at {held})")).unwrap_or_default();
        write!(f, "| {} | {} | {}{held} | {} | {mark} |", self.id, self.what, self.line, self.found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_not_reached_fails_a_quick_run_only_behind_what_is_held() {
        let ratio = |value| Figure::at_least("P1", "a ratio", &Samples::of(1, || value), 8.0, "×");
        assert!(!ratio(7.0).fails, "it binds nobody");
        assert!(ratio(7.0).binding().fails);
        assert!(!ratio(8.0).binding().fails);
        assert_eq!((ratio(7.0).held(6.5).fails, ratio(7.0).held(6.5).reached), (false, Some(false)));
        assert!(ratio(6.0).held(6.5).fails);
        assert_eq!(ratio(9.0).held(6.5).held, None, "what is reached is held to its line");
        let most = |value| Figure::at_most("P1", "a time", &Samples::of(1, || value), 8.0, "ms");
        assert_eq!([7.0, 9.0, 11.0].map(|value| most(value).held(10.0).fails), [false, false, true]);
    }

    #[test]
    fn a_tail_is_measured_at_its_part_and_not_in_the_middle() {
        let mut samples = Samples::default();
        (1..=100).for_each(|n| samples.push(f64::from(n)));
        assert_eq!(Figure::tail("P5", "latency", &samples, 0.99, 98.0, "ms").reached, Some(false));
        assert_eq!(Figure::tail("P5", "latency", &samples, 0.5, 98.0, "ms").reached, Some(true));
    }

    #[test]
    fn what_was_not_run_is_neither_reached_nor_missed() {
        let row = Figure::not_run("P3", "Node clients", "no node on this machine");
        assert_eq!((row.reached, row.fails), (None, false));
        assert_eq!(row.to_string(), "| P3 | Node clients | – | NOT RUN: no node on this machine |  |");
    }
}
