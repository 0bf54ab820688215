//! `check-logs`: what the programs of the slow suites, the pages in their browsers, and the servers of the server's own
//! tests have logged holds none of what those noted as secret or private, and no failure of a page. Each suite has a folder with the logs of its programs and with the register
//! of what it planted; both are made by the suites, and only read here.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use aho_corasick::AhoCorasick;
use anyhow::{Context as _, Result, bail};

use crate::workspace;

/// The step.
pub const NAME: &str = "check-logs";

/// The variable by which a suite gets its folder; `FOLDER` of `frontdesk_lab::planted`.
pub const VARIABLE: &str = "FRONTDESK_TEST_LOGS";

/// What a program says first at the level that everything is wanted of; `frontdesk_server::logs`.
const TALKATIVE: &str = "TRACE frontdesk_server::logs: the log begins";

/// What a page in Chromium says first on its console; `CONSOLE` of `frontdesk_tests::browser`.
const CONSOLE: &str = "\"the console begins\"";

/// What stands on a console when a page has failed, and in the log of the desktop program.
const FAILED: [&str; 2] = ["\"Uncaught ", "the page reports an error"];

/// In the names of the logs of tests in which a page is meant to fail.
const MEANT: &str = "-a_view_that_stops_";

/// The tests of the server whose servers have no PBX.
const WITHOUT_A_PBX: &str = "frontdesk-server-cli";

/// The steps beside the slow suites whose programs are searched.
const BESIDE: [&str; 2] = [WITHOUT_A_PBX, "frontdesk-server-line"];

/// More than this is a fault by itself: on a machine that runs for months it would fill a disk.
const MOST: u64 = 1 << 30;

/// How many leaks are shown.
const SHOWN: usize = 20;

/// Where all of it is.
fn folder() -> PathBuf {
    workspace::logs().join("programs")
}

/// The folder of a suite.
pub fn of(suite: &str) -> PathBuf {
    folder().join(suite)
}

/// Whether the programs that a step starts are searched.
pub fn are_of(step: &str) -> bool {
    step.starts_with("suite-") || BESIDE.contains(&step)
}

/// Whether a suite has left anything.
pub fn any() -> bool {
    !subfolders(&folder()).is_empty()
}

/// Takes away what the run before has left.
///
/// # Errors
/// When it cannot be taken away.
pub fn clear() -> Result<()> {
    match fs::remove_dir_all(folder()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot clear {}", folder().display()))
        }
        _ => Ok(()),
    }
}

/// Searches what is there; each of these suites must have left something.
///
/// # Errors
/// A sentence with every leak, and when there is nothing to search, or nothing to search for.
pub fn check(suites: &[String]) -> Result<()> {
    let searched = search(&folder(), suites)?;
    println!("      {searched}");
    Ok(())
}

fn search(folder: &Path, suites: &[String]) -> Result<String> {
    let mut faults = Vec::new();
    let mut found = BTreeMap::new();
    for suite in subfolders(folder) {
        let name = suite.file_name().unwrap_or_default().to_string_lossy().into_owned();
        found.insert(name, Suite::read(&suite)?);
    }
    for suite in suites {
        match found.get(suite) {
            None => faults.push(format!("{suite} ran and has left no log")),
            Some(suite) => faults.extend(suite.gaps()),
        }
    }
    if found.is_empty() {
        faults.push(format!("nothing is in {}; run the suites first", folder.display()));
    }
    let (mut logs, mut bytes, mut words) = (0, 0, 0);
    for suite in found.values() {
        faults.extend(suite.leaks()?);
        logs += suite.logs.len();
        bytes += suite.logs.iter().map(|log| log.text.len() as u64).sum::<u64>();
        words += suite.planted.len();
    }
    if bytes > MOST {
        faults.push(format!("{bytes} bytes of logs are too many; something logs without end"));
    }
    if faults.is_empty() {
        return Ok(format!(
            "{logs} logs of {} suites, {bytes} bytes, without any of {words} words",
            found.len()
        ));
    }
    let more = faults.len().saturating_sub(SHOWN);
    faults.truncate(SHOWN);
    let mut text = faults.join("\n");
    if more > 0 {
        // Writing to a string cannot fail.
        let _ = write!(text, "\nand {more} more");
    }
    bail!("{text}")
}

/// What one suite has left.
struct Suite {
    name: String,
    logs: Vec<Log>,
    /// What may not be in them, each with its kind.
    planted: Vec<(String, String)>,
}

struct Log {
    name: String,
    text: Vec<u8>,
}

impl Suite {
    fn read(folder: &Path) -> Result<Self> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (mut logs, mut planted) = (Vec::new(), Vec::new());
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if file.starts_with("planted-") {
                let text = String::from_utf8(text).with_context(|| format!("{file} is no register"))?;
                planted.extend(text.lines().filter_map(|line| {
                    line.split_once(' ').map(|(kind, word)| (kind.to_owned(), word.to_owned()))
                }));
            } else {
                logs.push(Log { name: file, text });
            }
        }
        logs.sort_by(|a, b| a.name.cmp(&b.name));
        planted.sort();
        planted.dedup();
        Ok(Self { name, logs, planted })
    }

    /// Why the search of it would prove nothing.
    fn gaps(&self) -> Vec<String> {
        let name = &self.name;
        let mut gaps = Vec::new();
        for kind in kinds(name) {
            if !self.planted.iter().any(|(of, _)| of == kind) {
                gaps.push(format!("{name} has planted no {kind}"));
            }
        }
        for (program, begin) in programs(name) {
            let ending = format!("-{program}.log");
            let mut logs = self.logs.iter().filter(|log| log.name.ends_with(&ending)).peekable();
            if logs.peek().is_none() {
                gaps.push(format!("{name} has left no log of a {program}"));
            }
            let quiet = logs.filter(|log| !contains(&log.text, begin));
            gaps.extend(quiet.map(|log| format!("{name}/{}: its program did not say everything", log.name)));
        }
        gaps
    }

    fn leaks(&self) -> Result<Vec<String>> {
        let words = self.planted.iter().map(|(_, word)| word);
        let finder = AhoCorasick::builder().ascii_case_insensitive(true).build(words)?;
        let mut leaks = Vec::new();
        for log in &self.logs {
            for (number, line) in log.text.split(|byte| *byte == b'\n').enumerate() {
                let known = finder.find(line).map(|at| {
                    let (kind, word) = &self.planted[at.pattern().as_usize()];
                    format!("the {kind} {word:?}")
                });
                let failed =
                    || (!log.name.contains(MEANT) && failed(line)).then_some("a failure of the page");
                let formed = || by_its_form(line).or_else(failed).map(str::to_owned);
                let Some(what) = known.or_else(formed) else { continue };
                let line: String = String::from_utf8_lossy(line).chars().take(300).collect();
                leaks.push(format!("{}/{}:{}: {what} in: {line}", self.name, log.name, number + 1));
            }
        }
        Ok(leaks)
    }
}

/// What a suite plants. Where there is no PBX nobody calls.
fn kinds(suite: &str) -> &'static [&'static str] {
    if suite == WITHOUT_A_PBX { &["secret"] } else { &["secret", "number", "name"] }
}

/// Whose logs a suite leaves, and what each program says first.
fn programs(suite: &str) -> &'static [(&'static str, &'static str)] {
    match suite {
        "suite-window" => &[("server", TALKATIVE), ("desktop", TALKATIVE)],
        "suite-browser" => &[("server", TALKATIVE), ("page", CONSOLE)],
        _ => &[("server", TALKATIVE)],
    }
}

/// Whether a page has failed.
fn failed(line: &[u8]) -> bool {
    FAILED.iter().any(|words| contains(line, words))
}

/// What needs no register: a key, and what has the form of a session's token (32 bytes in Base64).
fn by_its_form(line: &[u8]) -> Option<&'static str> {
    if contains(line, "PRIVATE KEY") {
        return Some("a private key");
    }
    let of_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let mut runs = line.split(|byte| !of_base64(byte)).filter(|run| run.len() == 43);
    let kinds = [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit];
    runs.any(|run| kinds.iter().all(|kind| run.iter().any(kind))).then_some("what looks like a token")
}

fn contains(text: &[u8], part: &str) -> bool {
    text.windows(part.len()).any(|at| at == part.as_bytes())
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const REGISTER: &str = "secret secret-0123456789abcdef\nnumber 5550123\nname Jane Roe\n";
    const BEGIN: &str = "2026-11-25T10:00:00.000001Z TRACE frontdesk_server::logs: the log begins\n";

    /// Writes a suite's files and searches them.
    fn searched(name: &str, files: &[(&str, &str)]) -> Result<String> {
        let all = workspace::logs().join("own").join(format!("{}-{name}", std::process::id()));
        for (file, text) in files {
            fs::create_dir_all(all.join("suite-a")).unwrap();
            fs::write(all.join("suite-a").join(file), text).unwrap();
        }
        let searched = search(&all, &["suite-a".to_owned()]);
        fs::remove_dir_all(all).ok();
        searched
    }

    fn with_line(name: &str, line: &str) -> Result<String> {
        let log = format!("{BEGIN}{line}\n");
        searched(name, &[("planted-1.txt", REGISTER), ("0001-t-server.log", &log)])
    }

    #[test]
    fn a_discreet_log_passes() {
        let line = "2026-11-25T10:00:00.555012Z  INFO frontdesk_server::desk: a desk connects user=anna";
        let said = with_line("discreet", line).unwrap();
        assert!(
            said.starts_with("1 logs of 1 suites, ") && said.ends_with(" without any of 3 words"),
            "{said}"
        );
    }

    #[test]
    fn whatever_was_planted_is_found() {
        let token = "user=anna token=Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OWFiY2RlZmdoaWo";
        let cases = [
            ("the secret", "reason=the PBX refuses secret-0123456789abcdef"),
            ("the number", "dials PJSIP/95550123@trunk"),
            ("the name", "caller=\"JANE ROE\""),
            ("a private key", "-----BEGIN EC PRIVATE KEY-----"),
            ("what looks like a token", token),
            (
                "a failure of the page",
                "INFO:CONSOLE:1] \"Uncaught RuntimeError: unreachable\", source: x (1)",
            ),
            (
                "a failure of the page",
                "ERROR frontdesk_desktop::shell::commands: the page reports an error text=RuntimeError",
            ),
        ];
        for (at, (what, line)) in cases.into_iter().enumerate() {
            let error = with_line(&format!("leak-{at}"), line).unwrap_err().to_string();
            assert!(error.starts_with(&format!("suite-a/0001-t-server.log:2: {what}")), "{line}: {error}");
            assert!(error.contains(line), "{error}");
        }
    }

    #[test]
    fn a_page_that_is_meant_to_fail_may() {
        let log = format!("{BEGIN}ERROR the page reports an error text=RuntimeError\n");
        let name = "0001-a_view_that_stops_is_loaded_again-server.log";
        searched("meant", &[("planted-1.txt", REGISTER), (name, &log)]).unwrap();
    }

    #[test]
    fn a_search_that_would_prove_nothing_fails() {
        let cases: [(&str, &[(&str, &str)]); 4] = [
            ("nothing is in ", &[]),
            ("suite-a has left no log of a server", &[("planted-1.txt", REGISTER)]),
            ("suite-a has planted no secret", &[("0001-t-server.log", BEGIN)]),
            (
                "suite-a/0001-t-server.log: its program did not say everything",
                &[("planted-1.txt", REGISTER), ("0001-t-server.log", "2026 INFO frontdesk_server: ready\n")],
            ),
        ];
        for (at, (what, files)) in cases.into_iter().enumerate() {
            let error = searched(&format!("gap-{at}"), files).unwrap_err().to_string();
            assert!(error.contains(what), "{what}: {error}");
        }
    }
}
