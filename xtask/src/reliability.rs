//! `cargo xtask reliability`: runs the suite of faults, one after the other, and writes `docs/reliability.md` from what
//! each of them handed over. What is done to the programs and what must hold is in `tests/faults`.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::{
    job,
    packages::{self, Purpose},
    workspace,
};

/// The parts of the table: how the names of their rows begin, and their titles.
const PARTS: [(&str, &str); 4] = [
    ("pbx", "Between server and phone system"),
    ("hostile", "A phone system that says too much"),
    ("desk", "Between desks and server"),
    ("disk", "Below the database"),
];

/// What one fault came to, as the suite hands it over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    fault: String,
    seen: String,
    back_ms: Option<u64>,
    peak_kib: u64,
    also: String,
}

/// Writes the paper.
///
/// # Errors
/// When something does not build, a fault is not survived, or the paper cannot be written.
pub fn write() -> Result<()> {
    packages::ensure(&[Purpose::Build, Purpose::Run, Purpose::Lab, Purpose::Test])?;
    let folder = workspace::target().join("reliability");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let chosen = ["-p", "frontdesk-server", "-p", "frontdesk-tests"];
    job::run(
        "building the server and its faults",
        workspace::cargo().arg("build").args(chosen).args(["--bins", "--test", "faults"]),
    )?;
    let mut suite = workspace::cargo();
    suite.arg("test").args(chosen).args(["--test", "faults", "--", "--test-threads", "1"]);
    suite.env("FRONTDESK_RELIABILITY", &folder);
    job::run("injecting the faults, one after the other", &mut suite)?;
    let paper = workspace::root().join("docs/reliability.md");
    fs::write(&paper, text(&rows(&folder)?, &machine(&folder)?)?)
        .with_context(|| format!("cannot write {}", paper.display()))?;
    job::say(&format!("written: {}", paper.display()));
    Ok(())
}

/// The rows by their names.
fn rows(folder: &Path) -> Result<BTreeMap<String, Row>> {
    let mut rows = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let row = serde_json::from_str(&fs::read_to_string(&path)?)
                .with_context(|| format!("{} is no row", path.display()))?;
            rows.insert(name, row);
        }
    }
    Ok(rows)
}

/// On what it was measured.
fn machine(folder: &Path) -> Result<String> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, key: &str| {
        let line = text.lines().find(|line| line.starts_with(key));
        line.and_then(|line| line.split_once(':'))
            .map_or_else(String::new, |(_, value)| value.trim().to_owned())
    };
    let memory: u64 =
        field(&read("/proc/meminfo"), "MemTotal").trim_end_matches("kB").trim().parse().unwrap_or_default();
    let rustc = job::output(Command::new("rustc").arg("--version"))?;
    let commit = job::output(Command::new("git").current_dir(workspace::root()).args([
        "rev-parse",
        "--short",
        "HEAD",
    ]))?;
    Ok(format!(
        "{}, {} cores, {} GiB; Linux {}; {}; {}; Frontdesk at {}, development build (a release is faster).",
        field(&read("/proc/cpuinfo"), "model name"),
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        memory.div_ceil(1024 * 1024),
        read("/proc/sys/kernel/osrelease").trim(),
        read(&folder.join("asterisk.txt").to_string_lossy()).trim(),
        rustc.trim(),
        commit.trim(),
    ))
}

fn text(rows: &BTreeMap<String, Row>, machine: &str) -> Result<String> {
    ensure!(!rows.is_empty(), "the suite handed nothing over");
    let mut text = format!(
        "# Reliability\n\nMade by `cargo xtask reliability`, not by hand: each row is a fault that was inflicted on the \
         real programs (`frontdesk-server` in a process of its own, Asterisk with SIP phones, desks over WebSocket), with \
         a call up that has to live on. The aim is that the truth is back three seconds after the cause is gone. \
         *Stale* and *unknown* are what a desk says while it does not know; commands are held back then.\n\n\
         Measured on: {machine}\n",
    );
    for (begin, title) in PARTS {
        write!(
            text,
            "\n## {title}\n\n| fault | what the receptionist sees | truth back after | server's peak memory | also |\n\
             |---|---|---|---|---|\n"
        )?;
        for row in rows.iter().filter(|(name, _)| name.starts_with(&format!("{begin}-"))).map(|(_, row)| row)
        {
            let back = row.back_ms.map_or_else(|| "–".to_owned(), |back| format!("{back} ms"));
            let peak = row.peak_kib.div_ceil(1024);
            let (fault, seen, also) = (cell(&row.fault), cell(&row.seen), cell(&row.also));
            writeln!(text, "| {fault} | {seen} | {back} | {peak} MiB | {also} |")?;
        }
    }
    Ok(text)
}

/// Without what would end a cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_row_stands_in_its_part_and_ends_no_cell() {
        let row = |fault: &str| Row {
            fault: fault.to_owned(),
            seen: "a | b\nc".to_owned(),
            back_ms: Some(29),
            peak_kib: 1025,
            also: String::new(),
        };
        let rows = [("disk-1", row("full")), ("pbx-2", row("reset")), ("pbx-1", row("cut"))];
        let text = text(&rows.map(|(name, row)| (name.to_owned(), row)).into(), "a machine").unwrap();
        let at = |word: &str| text.find(word).unwrap();
        assert!(at("phone system\n") < at("| cut |") && at("| cut |") < at("| reset |"), "{text}");
        assert!(at("| reset |") < at("## Below") && at("## Below") < at("| full |"), "{text}");
        assert!(text.contains("| cut | a \\| b c | 29 ms | 2 MiB |  |"), "{text}");
    }
}
