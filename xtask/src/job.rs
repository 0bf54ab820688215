//! Runs other programs and says what is going on: a line when a step begins, a sign of life while it lasts, a log and
//! its end when it fails. It never tries anything twice.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

const SIGN_OF_LIFE: Duration = Duration::from_secs(30);
const TAIL: usize = 60;

/// Says what begins now.
pub fn say(line: &str) {
    println!("==> {line}");
    std::io::stdout().flush().ok();
}

/// Says something that a person must not overlook.
pub fn loud(line: &str) {
    println!("\n!!! {line}\n");
    std::io::stdout().flush().ok();
}

/// Runs a command whose own output is the progress.
///
/// # Errors
/// When it cannot be started, or ends with a failure; the sentence names the command.
pub fn run(title: &str, command: &mut Command) -> Result<()> {
    say(title);
    let status = command.status().with_context(|| format!("{} could not be started", shown(command)))?;
    if !status.success() {
        bail!("{title}: {} ended with {status}; what it printed above says why", shown(command));
    }
    Ok(())
}

/// Runs a command in silence and gives what it wrote to its standard output.
///
/// # Errors
/// When it cannot be started, or ends with a failure; what it complained of is in the sentence.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{} could not be started", shown(command)))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("{} ended with {}: {}", shown(command), output.status, complaint.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// How a logged step went.
pub struct Logged {
    /// Everything that it printed, both streams in the order of arrival.
    pub text: String,
    /// Where that is kept.
    pub log: PathBuf,
    /// The end: `None` when it was stopped because it took longer than allowed.
    pub status: Option<ExitStatus>,
}

impl Logged {
    /// Whether the program ended by itself and well.
    pub fn well(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }

    /// The last lines of the log, for a person to read.
    pub fn tail(&self) -> String {
        let lines: Vec<&str> = self.text.lines().collect();
        lines[lines.len().saturating_sub(TAIL)..].join("\n")
    }
}

/// Runs a command with its output in a log file, showing a sign of life every half minute; stops it at the deadline.
///
/// # Errors
/// When it cannot be started or its log cannot be written.
pub fn logged(command: &mut Command, log: &Path, at_most: Duration) -> Result<Logged> {
    if let Some(dir) = log.parent() {
        fs::create_dir_all(dir).with_context(|| format!("cannot make the folder {}", dir.display()))?;
    }
    let file = File::create(log).with_context(|| format!("cannot write the log {}", log.display()))?;
    let errors = file.try_clone().context("cannot share the log between both streams")?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(errors)
        .spawn()
        .with_context(|| format!("{} could not be started", shown(command)))?;
    let status = wait(&mut child, log, at_most)?;
    let text = String::from_utf8_lossy(&fs::read(log)?).into_owned();
    Ok(Logged { text, log: log.to_owned(), status })
}

fn wait(child: &mut Child, log: &Path, at_most: Duration) -> Result<Option<ExitStatus>> {
    let begun = Instant::now();
    let mut next_sign = SIGN_OF_LIFE;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let passed = begun.elapsed();
        if passed >= at_most {
            end_with_children(child);
            return Ok(None);
        }
        if passed >= next_sign {
            println!("      … {:>4.0} s  {}", passed.as_secs_f64(), last_line(log));
            std::io::stdout().flush().ok();
            next_sign += SIGN_OF_LIFE;
        }
        thread::park_timeout(Duration::from_millis(50));
    }
}

fn last_line(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let end = String::from_utf8_lossy(&text[text.len().saturating_sub(400)..]).into_owned();
    end.lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default()
        .chars()
        .take(100)
        .collect()
}

/// Ends a program and all that it started, youngest last, so that none starts another meanwhile.
fn end_with_children(child: &mut Child) {
    let pairs = parents();
    child.kill().ok();
    for pid in descendants(child.id(), &pairs) {
        Command::new("kill").args(["-KILL", &pid.to_string()]).stderr(Stdio::null()).status().ok();
    }
    child.wait().ok();
}

/// Every process with its parent, as Linux's `/proc` tells; empty elsewhere.
fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            let parent = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
            Some((pid, parent))
        })
        .collect()
}

fn descendants(of: u32, pairs: &[(u32, u32)]) -> Vec<u32> {
    let mut found = vec![of];
    let mut at = 0;
    while at < found.len() {
        let parent = found[at];
        found.extend(pairs.iter().filter(|pair| pair.1 == parent).map(|pair| pair.0));
        at += 1;
    }
    found.remove(0);
    found
}

/// The command as one would type it, without its environment.
pub fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program()).to_string_lossy().into_owned();
    let args = command.get_args().map(|arg| arg.to_string_lossy().into_owned());
    std::iter::once(name).chain(args).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn descendants_are_found_over_generations() {
        let pairs = [(10, 1), (11, 10), (12, 11), (13, 10), (20, 1)];
        assert_eq!(descendants(10, &pairs), [11, 13, 12]);
        assert_eq!(descendants(20, &pairs), [0; 0]);
    }

    #[test]
    fn a_command_is_shown_without_its_folder() {
        assert_eq!(
            shown(Command::new("/usr/bin/cargo").args(["build", "-p", "frontdesk"])),
            "cargo build -p frontdesk"
        );
    }

    #[test]
    fn a_step_that_takes_too_long_is_ended() {
        let dir = crate::workspace::logs().join("own");
        let ended = logged(
            Command::new("tail").args(["-f", "/dev/null"]),
            &dir.join("endless"),
            Duration::from_millis(100),
        );
        fs::remove_file(dir.join("endless")).ok();
        assert!(ended.unwrap().status.is_none());
    }
}
