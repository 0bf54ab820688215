//! What was measured, against what it should be: rows of the table. Not how it is measured.

use std::fmt;

/// One row of the table.
#[derive(Debug, Clone)]
pub struct Figure {
    /// P1, P2, …
    pub id: &'static str,
    /// What was measured.
    pub what: String,
    /// What is to be reached.
    pub line: String,
    /// What was reached, with its spread.
    pub found: String,
    /// Whether it was; `None` where there is no line.
    pub reached: Option<bool>,
    /// Whether a miss fails a quick run: a ratio taken in one run, and not an absolute time.
    pub binding: bool,
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
        let reached = Some(samples.median() >= least);
        Self {
            id,
            what: what.into(),
            line: format!("≥ {} {unit}", short(least)),
            found: format!("{samples} {unit}"),
            reached,
            binding: false,
        }
    }

    /// At most `most`.
    pub fn at_most(
        id: &'static str,
        what: impl Into<String>,
        samples: &Samples,
        most: f64,
        unit: &str,
    ) -> Self {
        let reached = Some(samples.median() <= most);
        Self {
            id,
            what: what.into(),
            line: format!("≤ {} {unit}", short(most)),
            found: format!("{samples} {unit}"),
            reached,
            binding: false,
        }
    }

    /// One that only informs.
    pub fn told(id: &'static str, what: impl Into<String>, found: impl Into<String>) -> Self {
        Self { id, what: what.into(), line: "–".into(), found: found.into(), reached: None, binding: false }
    }

    /// One whose miss fails a quick run.
    #[must_use]
    pub fn binding(mut self) -> Self {
        self.binding = true;
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
        write!(f, "| {} | {} | {} | {} | {mark} |", self.id, self.what, self.line, self.found)
    }
}
