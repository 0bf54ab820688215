//! Keeps the tally of named steps: what passed, what failed, how long each took. A step that fails stops no other.

use std::{
    fmt::Write as _,
    path::PathBuf,
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use anyhow::Result;

use crate::{job, workspace};

/// The longest that a step may take before it is ended and counts as failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget(pub Duration);

impl Budget {
    /// Something that takes seconds.
    pub const SHORT: Self = Self(Duration::from_secs(5 * 60));
    /// Something that compiles or talks to other programs.
    pub const LONG: Self = Self(Duration::from_secs(40 * 60));
}

/// How many passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests, or steps that are one test by themselves.
    pub passed: usize,
    /// The same.
    pub failed: usize,
}

struct Step {
    name: String,
    tally: Tally,
    took: Duration,
    log: Option<PathBuf>,
}

/// How a step without a failure ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What it looked at is as it should be.
    Passed,
    /// It could not look, and why. It counts as neither passed nor failed, and the summary says so.
    NotRun(String),
}

/// All steps of one run.
#[derive(Default)]
pub struct Steps {
    done: Vec<Step>,
    not_run: Vec<String>,
}

impl Steps {
    /// Runs one function as a step that passes or fails as a whole.
    pub fn function(&mut self, name: &str, work: impl FnOnce() -> Result<()>) {
        self.attempt(name, || work().map(|()| Outcome::Passed));
    }

    /// Runs one function that may find itself unable to do its work.
    pub fn attempt(&mut self, name: &str, work: impl FnOnce() -> Result<Outcome>) {
        job::say(name);
        let begun = Instant::now();
        let tally = match work() {
            Ok(Outcome::Passed) => Tally { passed: 1, failed: 0 },
            Ok(Outcome::NotRun(why)) => {
                job::loud(&format!("NOT RUN: {name}: {why}"));
                self.not_run.push(format!("NOT RUN {name}: {why}"));
                return;
            }
            Err(error) => {
                println!("{error:#}");
                Tally { passed: 0, failed: 1 }
            }
        };
        self.finish(Step { name: name.to_owned(), tally, took: begun.elapsed(), log: None });
    }

    /// Runs a command as a step that passes or fails as a whole, with its output in a log.
    pub fn command(&mut self, name: &str, command: Command, budget: Budget) {
        self.logged(name, command, budget, |_| None);
    }

    /// Runs a program of tests and counts what it reports; it is not listed when the filters leave no test of it.
    pub fn tests(&mut self, name: &str, command: Command, budget: Budget) -> Tally {
        self.logged(name, command, budget, reported)
    }

    fn logged(
        &mut self,
        name: &str,
        mut command: Command,
        budget: Budget,
        count: fn(&str) -> Option<Tally>,
    ) -> Tally {
        job::say(name);
        let begun = Instant::now();
        let log = workspace::logs().join(format!("{name}.log"));
        let (tally, log) = match job::logged(&mut command, &log, budget.0) {
            Ok(ended) => {
                if ended.status.is_none() {
                    println!("ended after {} s, the most that it may take", budget.0.as_secs());
                }
                if !ended.well() {
                    println!("{}\n      the whole log: {}", ended.tail(), ended.log.display());
                }
                (settle(count(&ended.text), ended.well()), (!ended.well()).then_some(ended.log))
            }
            Err(error) => {
                println!("{error:#}");
                (Tally { passed: 0, failed: 1 }, None)
            }
        };
        if tally != Tally::default() {
            self.finish(Step { name: name.to_owned(), tally, took: begun.elapsed(), log });
        }
        tally
    }

    fn finish(&mut self, step: Step) {
        println!("      {}", line(&step));
        self.done.push(step);
    }

    /// Passed and failed over all steps.
    pub fn tally(&self) -> Tally {
        self.done.iter().fold(Tally::default(), |sum, step| Tally {
            passed: sum.passed + step.tally.passed,
            failed: sum.failed + step.tally.failed,
        })
    }

    /// Prints every step with its duration, what failed with its log, and the sum as the last line.
    pub fn summary(&self, begun: Instant) {
        println!("\n{}", summary(&self.done, &self.not_run, self.tally(), begun.elapsed()));
    }

    /// Whether nothing was done.
    pub fn is_empty(&self) -> bool {
        self.done.is_empty() && self.not_run.is_empty()
    }

    /// Success when something was done and nothing of it failed.
    pub fn exit(&self) -> ExitCode {
        if self.tally().failed == 0 && !self.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// What a step counts for: what it reported, made consistent with how it ended.
fn settle(reported: Option<Tally>, well: bool) -> Tally {
    match (reported, well) {
        (Some(Tally { passed, failed: 0 }), false) => Tally { passed, failed: 1 },
        (Some(tally), _) => tally,
        (None, true) => Tally { passed: 1, failed: 0 },
        (None, false) => Tally { passed: 0, failed: 1 },
    }
}

/// The sum of the `test result:` lines that Rust's test programs print; `None` when there is none.
fn reported(text: &str) -> Option<Tally> {
    let mut sum = None;
    for line in text.lines() {
        let Some((_, counts)) = line.split_once("test result: ") else { continue };
        let number = |word: &str| {
            let (before, _) = counts.split_once(word)?;
            before.split_whitespace().next_back()?.parse::<usize>().ok()
        };
        if let (Some(passed), Some(failed)) = (number(" passed;"), number(" failed;")) {
            let so_far: Tally = sum.unwrap_or_default();
            sum = Some(Tally { passed: so_far.passed + passed, failed: so_far.failed + failed });
        }
    }
    sum
}

fn line(step: &Step) -> String {
    let word = if step.tally.failed == 0 { "ok" } else { "FAILED" };
    let counts = match step.tally {
        Tally { passed, failed: 0 } => format!("{passed} passed"),
        Tally { passed, failed } => format!("{passed} passed, {failed} failed"),
    };
    format!("{word:<7} {:<34} {:>7.1} s  {counts}", step.name, step.took.as_secs_f64())
}

fn summary(done: &[Step], not_run: &[String], sum: Tally, took: Duration) -> String {
    let mut text = String::new();
    for step in done {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", line(step));
    }
    for what in not_run {
        let _ = writeln!(text, "{what}");
    }
    for step in done.iter().filter(|step| step.tally.failed > 0) {
        let log = step.log.as_ref().map_or_else(|| "said above".to_owned(), |log| log.display().to_string());
        let _ = writeln!(text, "why {} failed: {log}", step.name);
    }
    let _ = write!(text, "\nin {:.0} s\n{} passed, {} failed", took.as_secs_f64(), sum.passed, sum.failed);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_of_several_programs_are_added() {
        let text = "running 2 tests\ntest result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
                    test result: FAILED. 7 passed; 3 failed; 0 ignored; 0 measured; 1 filtered out; finished in 1.20s\n";
        assert_eq!(reported(text), Some(Tally { passed: 9, failed: 3 }));
        assert_eq!(reported("nothing of the kind"), None);
    }

    #[test]
    fn a_program_that_dies_after_good_tests_has_failed() {
        let good = Tally { passed: 3, failed: 0 };
        assert_eq!(settle(Some(good), true), good);
        assert_eq!(settle(Some(good), false), Tally { passed: 3, failed: 1 });
        assert_eq!(settle(None, false), Tally { passed: 0, failed: 1 });
        assert_eq!(settle(None, true), Tally { passed: 1, failed: 0 });
    }

    #[test]
    fn the_last_line_of_the_summary_is_the_sum() {
        let step = |name: &str, passed, failed| Step {
            name: name.to_owned(),
            tally: Tally { passed, failed },
            took: Duration::from_millis(1250),
            log: None,
        };
        let done = [step("check-format", 1, 0), step("window", 4, 1)];
        let not_run = ["NOT RUN check-dependencies: no network".to_owned()];
        let text = summary(&done, &not_run, Tally { passed: 5, failed: 1 }, Duration::from_secs(61));
        assert!(text.starts_with("ok      check-format "), "{text}");
        assert!(text.contains("FAILED  window "), "{text}");
        assert!(text.contains("\nNOT RUN check-dependencies: no network\n"), "{text}");
        assert!(text.ends_with("in 61 s\n5 passed, 1 failed"), "{text}");
    }

    #[test]
    fn nothing_done_is_no_success() {
        let mut steps = Steps::default();
        assert_eq!(format!("{:?}", steps.exit()), format!("{:?}", ExitCode::FAILURE));
        steps.function("a", || Ok(()));
        assert_eq!(format!("{:?}", steps.exit()), format!("{:?}", ExitCode::SUCCESS));
    }
}
