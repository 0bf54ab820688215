//! The table as text, and the page in the papers with the machine and the versions. Not the measuring.

use crate::figures::Figure;
use std::fmt::Write as _;
use std::process::Command;

/// The table.
pub fn table(figures: &[Figure]) -> String {
    let mut text = String::from("| id | what | to reach | found | |\n|---|---|---|---|---|\n");
    for figure in figures {
        // Writing to a text does not fail.
        let _ = writeln!(text, "{figure}");
    }
    text
}

/// The page.
pub fn page(figures: &[Figure]) -> String {
    let processor = std::fs::read_to_string("/proc/cpuinfo")
        .unwrap_or_default()
        .lines()
        .find_map(|line| {
            line.strip_prefix("model name")?.split_once(':').map(|(_, name)| name.trim().to_owned())
        })
        .unwrap_or_else(|| "unknown processor".into());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let said = |program: &str, argument: &str| {
        let output = Command::new(program).arg(argument).output().ok();
        let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        text.filter(|text| !text.is_empty()).unwrap_or_else(|| format!("no {program}"))
    };
    format!(
        "# Performance\n\nWritten by `cargo xtask bench`; do not edit. {processor}, {cores} cores, Linux {}; {}; {}; Node {}.\n\n\
         A figure is the median, with the least and the greatest in brackets. A ratio is taken in one run, and holds on other \
         machines; an absolute figure is that of this one. What each line means is said in `crates/bench`.\n\n{}",
        said("uname", "-r"),
        said("rustc", "--version"),
        said("python3", "--version"),
        said("node", "--version"),
        table(figures)
    )
}
