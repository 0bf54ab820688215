//! What a program and all that it started take, by what Linux says of them. Not what they do meanwhile.

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::{Duration, SystemTime};

/// The clock of `/proc`, in ticks a second.
const TICKS: f64 = 100.0;

/// Something of each of the processes, by their names.
pub type Each = BTreeMap<String, f64>;

/// A program and all that it started.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    root: u32,
}

impl Family {
    /// That of a process.
    pub fn of(process: u32) -> Self {
        Self { root: process }
    }

    /// That of the one process of this name among what a process started.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(name: &str, below: u32) -> Result<Self> {
        let found = members(below)?.into_iter().find(|it| stat(*it).is_some_and(|(it, _)| it == name));
        Ok(Self { root: found.with_context(|| format!("no {name} was started"))? })
    }

    /// The program's own process.
    pub fn process(self) -> u32 {
        self.root
    }

    /// That of the one process of this name among what the program started.
    ///
    /// # Errors
    /// When there is none.
    pub fn child(self, name: &str) -> Result<Self> {
        Self::named(name, self.root)
    }

    /// Ends the program as a crash would; what it started stays.
    ///
    /// # Errors
    /// When it has ended already.
    pub fn crash(self) -> Result<()> {
        kill(Pid::from_raw(i32::try_from(self.root)?), Signal::SIGKILL).context("the program has ended")
    }

    /// The proportional share of memory of each, in megabytes.
    ///
    /// # Errors
    /// When there is no `/proc`.
    pub fn memory(self) -> Result<Each> {
        self.each(|process, _| {
            let text = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
            let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
            // What Linux calls a kB has 1,024 bytes.
            Some(line.trim().trim_end_matches("kB").trim().parse::<f64>().ok()? * 1_024.0 / 1e6)
        })
    }

    /// The processor time of each so far, in seconds.
    ///
    /// # Errors
    /// When there is no `/proc`.
    pub fn time(self) -> Result<Each> {
        self.each(|_, fields| Some((field(fields, 11)? + field(fields, 12)?) / TICKS))
    }

    /// The program and the libraries that it has loaded, without those of what it started.
    ///
    /// # Errors
    /// When it has ended.
    pub fn loaded(self) -> Result<BTreeSet<String>> {
        let maps =
            fs::read_to_string(format!("/proc/{}/maps", self.root)).context("the program has ended")?;
        Ok(maps.lines().filter_map(|line| Some(line[line.find('/')?..].to_owned())).collect())
    }

    /// The variable of its environment, as it was started.
    ///
    /// # Errors
    /// When it has ended.
    pub fn variable(self, name: &str) -> Result<Option<String>> {
        let all = fs::read(format!("/proc/{}/environ", self.root)).context("the program has ended")?;
        let value = all.split(|byte| *byte == 0).find_map(|one| {
            one.strip_prefix(name.as_bytes())?
                .strip_prefix(b"=")
                .map(|it| String::from_utf8_lossy(it).into_owned())
        });
        Ok(value)
    }

    /// When the program was started, as exactly as Linux says it: to two hundredths of a second.
    ///
    /// # Errors
    /// When it has ended.
    pub fn begun(self) -> Result<SystemTime> {
        let (_, fields) = stat(self.root).context("the program has ended")?;
        let begun = field(&fields, 19).context("when the program was started")? / TICKS;
        let uptime = fs::read_to_string("/proc/uptime")?;
        let up: f64 = uptime.split(' ').next().unwrap_or_default().parse()?;
        Ok(SystemTime::now() - Duration::from_secs_f64((up - begun).max(0.0)))
    }

    fn each(self, of: impl Fn(u32, &[String]) -> Option<f64>) -> Result<Each> {
        let mut all = Each::new();
        for process in members(self.root)? {
            // One that ended meanwhile takes nothing any more.
            let Some((name, fields)) = stat(process) else { continue };
            *all.entry(name).or_default() += of(process, &fields).unwrap_or(0.0);
        }
        Ok(all)
    }
}

/// A process and all that it started.
fn members(root: u32) -> Result<BTreeSet<u32>> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let parent = stat(process).and_then(|(_, fields)| fields.get(1)?.parse::<u32>().ok());
        parents.extend(parent.map(|parent| (process, parent)));
    }
    let mut all = BTreeSet::from([root]);
    loop {
        let before = all.len();
        for (process, parent) in &parents {
            if all.contains(parent) {
                all.insert(*process);
            }
        }
        if all.len() == before {
            return Ok(all);
        }
    }
}

/// The name of a process, and the fields behind it in `/proc/PID/stat`.
fn stat(process: u32) -> Option<(String, Vec<String>)> {
    let line = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (name, rest) = line.split_once('(')?.1.rsplit_once(')')?;
    Some((name.to_owned(), rest.split_whitespace().map(str::to_owned).collect()))
}

fn field(fields: &[String], at: usize) -> Option<f64> {
    fields.get(at)?.parse().ok()
}
