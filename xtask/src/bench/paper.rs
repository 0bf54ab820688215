//! `docs/performance.md` out of what was measured. Not the measuring.

use std::{fmt::Write as _, process::Command};

use super::{
    parts::{Part, SUBJECTS},
    results::{Measured, Results, Row},
};
use crate::{job, workspace};

/// The machine and the versions that the figures depend on.
pub fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, key: &str| {
        let line = text.lines().find(|line| line.starts_with(key));
        line.and_then(|line| line.split_once(':'))
            .map_or_else(String::new, |(_, value)| value.trim().to_owned())
    };
    let said = |program: &str| {
        if workspace::which(program).is_none() {
            return format!("no {program}");
        }
        let said = job::output(Command::new(program).arg("--version")).unwrap_or_default();
        let said = said.lines().next().unwrap_or_default().trim();
        if said.starts_with('v') { format!("{program} {said}") } else { said.to_owned() }
    };
    let kib: u64 =
        field(&read("/proc/meminfo"), "MemTotal").trim_end_matches("kB").trim().parse().unwrap_or_default();
    format!(
        "{}, {} cores, {} GiB; Linux {}; {}; {}; {}; {}; {}",
        field(&read("/proc/cpuinfo"), "model name"),
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        kib.div_ceil(1024 * 1024),
        read("/proc/sys/kernel/osrelease").trim(),
        said("rustc"),
        said("python3"),
        said("node"),
        said("chromium"),
        webkit(),
    )
}

/// The version of the desktop program's web view.
fn webkit() -> String {
    let asked = job::output(Command::new("pkg-config").args(["--modversion", "webkit2gtk-4.1"]));
    format!("WebKitGTK {}", asked.as_deref().map_or("unknown", str::trim))
}

/// The version of Frontdesk that is measured.
pub fn version() -> String {
    let git = |arguments: &[&str]| {
        job::output(Command::new("git").current_dir(workspace::root()).args(arguments)).unwrap_or_default()
    };
    let commit = git(&["rev-parse", "--short", "HEAD"]);
    let measured = ["Cargo.toml", "Cargo.lock", "crates", "src-tauri", "ui", "bench"];
    let changed = !git(&[&["status", "--porcelain", "--"], &measured[..]].concat()).trim().is_empty();
    format!("{}{}", commit.trim(), if changed { " with changes" } else { "" })
}

/// The day, as people write it.
pub fn today() -> String {
    job::output(Command::new("date").arg("+%Y-%m-%d")).unwrap_or_default().trim().to_owned()
}

/// The paper.
pub fn text(results: &Results, parts: &[Part]) -> String {
    let machines = machines(results, parts);
    let mut text = String::from(
        "# Performance\n\nWritten by `cargo xtask bench` from `docs/performance.json`; do not edit either. A figure is the median, with the \
         least and the greatest in brackets, or the named percentile. A ratio is taken in one run, and holds on other machines; an \
         absolute figure is that of the machine it was taken on, and of whatever else it did meanwhile. *Held at* is what \
         `cargo xtask bench --quick`, and with it every test run, holds a row to whose line is not reached yet. How each is \
         measured is in `crates/bench`.\n\nMachines:\n\n",
    );
    for (at, machine) in machines.iter().enumerate() {
        // Writing to a text does not fail.
        let _ = writeln!(text, "- ({}) {machine}", letter(at));
    }
    text.push_str("\n| id | what | |\n|---|---|---|\n");
    for (id, subject) in SUBJECTS {
        let rows = of(results, parts, id).flat_map(|(_, measured)| &measured.rows);
        let _ = writeln!(text, "| {id} | {subject} | {} |", verdict(rows, missing(results, parts, id)));
    }
    for (id, subject) in SUBJECTS {
        section(&mut text, results, parts, &machines, id, subject);
    }
    text
}

fn section(text: &mut String, results: &Results, parts: &[Part], machines: &[&str], id: &str, subject: &str) {
    let _ = write!(text, "\n## {id}: {subject}\n\n");
    let any = of(results, parts, id).any(|(_, measured)| !measured.rows.is_empty());
    if any {
        text.push_str("| what | to reach | found | | measured |\n|---|---|---|---|---|\n");
    }
    for (_, measured) in of(results, parts, id) {
        let place = machines.iter().position(|machine| *machine == measured.machine).unwrap_or_default();
        let when = format!("{}, {} ({})", measured.on, measured.version, letter(place));
        for row in &measured.rows {
            let held = row.held.as_ref().map(|held| format!(" (held at {held})")).unwrap_or_default();
            let _ = writeln!(
                text,
                "| {} | {}{held} | {} | {} | {when} |",
                cell(&row.what),
                cell(&row.line),
                cell(&row.found),
                mark(row)
            );
        }
    }
    for (at, (part, why)) in missing(results, parts, id).into_iter().enumerate() {
        if any || at > 0 {
            text.push('\n');
        }
        let title = if part.title.is_empty() { String::new() } else { format!(" ({})", part.title) };
        let _ = writeln!(text, "NOT RUN: {}{title}: {}", part.name, cell(&why));
    }
    if !parts.iter().any(|part| part.id == id) {
        text.push_str("NOT RUN: nothing measures it yet.\n");
    }
}

fn of<'a>(
    results: &'a Results,
    parts: &'a [Part],
    id: &'a str,
) -> impl Iterator<Item = (&'a Part, &'a Measured)> {
    let mine = parts.iter().filter(move |part| part.id == id);
    mine.filter_map(|part| Some((part, results.0.get(part.name)?)))
}

/// The parts of a subject that were not measured, or not by the last run, and why.
fn missing<'a>(results: &Results, parts: &'a [Part], id: &str) -> Vec<(&'a Part, String)> {
    let mine = parts.iter().filter(|part| part.id == id);
    mine.filter_map(|part| match results.0.get(part.name) {
        None => Some((part, "it was not measured yet".to_owned())),
        Some(measured) => Some((part, measured.failed.clone()?)),
    })
    .collect()
}

fn verdict<'a>(rows: impl Iterator<Item = &'a Row>, missing: Vec<(&Part, String)>) -> String {
    let (mut reached, mut missed, mut blank) = (0, 0, missing.len());
    for row in rows {
        match row.reached {
            Some(true) => reached += 1,
            Some(false) => missed += 1,
            None => blank += usize::from(row.found.starts_with("NOT RUN")),
        }
    }
    let mut words = Vec::new();
    if reached > 0 && missed + blank == 0 {
        words.push("reached".to_owned());
    } else if reached > 0 {
        words.push(format!("{reached} reached"));
    }
    if missed > 0 {
        words.push(format!("**{missed} missed**"));
    }
    if blank > 0 || words.is_empty() {
        words.push("NOT RUN".to_owned());
    }
    words.join(", ")
}

fn mark(row: &Row) -> &'static str {
    match row.reached {
        Some(true) => "reached",
        Some(false) => "**missed**",
        None => "",
    }
}

/// Every machine that something was measured on, in the order of the parts.
fn machines<'a>(results: &'a Results, parts: &[Part]) -> Vec<&'a str> {
    let mut machines: Vec<&str> = Vec::new();
    for measured in parts.iter().filter_map(|part| results.0.get(part.name)) {
        if !measured.rows.is_empty() && !machines.contains(&&*measured.machine) {
            machines.push(&measured.machine);
        }
    }
    machines
}

fn letter(at: usize) -> char {
    (b'a'..=b'z').nth(at).map_or('?', char::from)
}

/// Without what would end a cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::super::parts::Way;
    use super::*;

    const PARTS: [Part; 3] = [
        Part { name: "P1", id: "P1", title: "", quick: true, way: Way::Bench },
        Part { name: "P7 built", id: "P7", title: "built", quick: false, way: Way::Bench },
        Part { name: "P7 painted", id: "P7", title: "painted", quick: false, way: Way::Bench },
    ];

    fn measured(id: &str, reached: bool) -> Measured {
        let row = Row {
            id: id.to_owned(),
            what: "a | b".to_owned(),
            line: "≥ 2".to_owned(),
            found: "1 (1 to 1)".to_owned(),
            reached: Some(reached),
            held: (!reached).then(|| "≥ 0.9".to_owned()),
            ..Row::default()
        };
        Measured {
            on: "2026-11-25".to_owned(),
            version: "abc".to_owned(),
            machine: "M".to_owned(),
            rows: vec![row],
            failed: None,
        }
    }

    #[test]
    fn what_was_not_measured_is_said_and_nothing_is_hidden() {
        let mut results = Results::default();
        results.put("P1", Ok(measured("P1", false)));
        results.put("P7 built", Ok(measured("P7", true)));
        results.put("P7 built", Err("no room".to_owned()));
        let text = text(&results, &PARTS);
        for line in [
            "| P1 | AMI codec over the recordings | **1 missed** |",
            "| a \\| b | ≥ 2 (held at ≥ 0.9) | 1 (1 to 1) | **missed** | 2026-11-25, abc (a) |",
            "| P7 | Snapshot of 1,000 extensions and 200 calls, of 10,000 and 2,000 | 1 reached, NOT RUN |",
            "NOT RUN: P7 built (built): no room",
            "NOT RUN: P7 painted (painted): it was not measured yet",
            "NOT RUN: nothing measures it yet.",
            "- (a) M",
        ] {
            assert!(text.lines().any(|there| there == line), "{line}\n{text}");
        }
    }
}
