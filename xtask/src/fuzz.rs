//! `cargo xtask fuzz`: looks for input that breaks what must hold, guided by what each input reaches in the program; for
//! minutes or for a night. The bodies are in `crates/fuzz`, the engine in `fuzz/`. Replaying what is kept is a test of
//! `crates/fuzz`, not done here.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::{job, workspace};

/// How the engine sees what an input reaches: a counter on every edge, and what is compared with what. These are stable
/// options of the compiler; nothing of a nightly one is needed.
const WATCHED: [&str; 8] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "--cfg",
    "fuzzing",
];

/// What to try, and for how long.
#[derive(Debug, Args)]
pub struct Options {
    /// The targets; all of them, one after the other, without this.
    targets: Vec<String>,
    /// How long each is tried, in minutes.
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// Adds to the corpus in the repository what reached more than all that is there.
    #[arg(long)]
    keep: bool,
    /// Names the targets and tries none.
    #[arg(long)]
    list: bool,
}

/// A target, its longest input, and what it is.
struct Target {
    name: String,
    longest: String,
    what: String,
}

/// Tries the targets. The exit code is a failure when something was found.
///
/// # Errors
/// When the engine cannot be built, or a target has no such name.
pub fn hunt(options: &Options) -> Result<ExitCode> {
    let all = targets()?;
    if options.list {
        all.iter().for_each(|target| println!("{:<10} {}", target.name, target.what));
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(unknown) = options.targets.iter().find(|name| all.iter().all(|it| it.name != **name)) {
        bail!("there is no target `{unknown}`; `cargo xtask fuzz --list` names them");
    }
    let engine = build()?;
    let mut found = Vec::new();
    for target in all.iter().filter(|it| options.targets.is_empty() || options.targets.contains(&it.name)) {
        let place = Place::of(target)?;
        found.extend(place.search(&engine, target, options.minutes)?);
        if options.keep {
            place.merge(&engine, target)?;
        }
    }
    if found.is_empty() {
        job::say("nothing was found");
        return Ok(ExitCode::SUCCESS);
    }
    job::loud(
        "Something does not hold. Each input was made as small as it gets, and is to be committed with what mends it:",
    );
    for path in found {
        println!("{}", path.display());
    }
    println!("One again: cargo run -p frontdesk-fuzz -- replay TARGET FILE");
    Ok(ExitCode::FAILURE)
}

fn targets() -> Result<Vec<Target>> {
    let listed = job::output(&mut helper(&["targets"]))?;
    let target = |line: &str| {
        let mut parts = line.splitn(3, '\t').map(str::to_owned);
        Some(Target { name: parts.next()?, longest: parts.next()?, what: parts.next()? })
    };
    Ok(listed.lines().filter_map(target).collect())
}

fn helper(arguments: &[&str]) -> Command {
    let mut cargo = workspace::cargo();
    cargo.args(["run", "--quiet", "--package", "frontdesk-fuzz", "--"]).args(arguments);
    cargo
}

/// Builds the engine around the bodies, from the versions in the product's lock file.
fn build() -> Result<PathBuf> {
    let folder = workspace::root().join("fuzz");
    fs::copy(workspace::root().join("Cargo.lock"), folder.join("Cargo.lock")).context("fuzz/Cargo.lock")?;
    let version = job::output(Command::new("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    let built = workspace::target().join("fuzz");
    let mut cargo = workspace::cargo();
    // Named, so that what runs while building is not watched.
    cargo.args(["build", "--release", "--target", host]).current_dir(&folder);
    cargo.env("CARGO_TARGET_DIR", &built).env("RUSTFLAGS", WATCHED.join(" "));
    cargo.env_remove("CARGO_ENCODED_RUSTFLAGS");
    job::run("building the engine", &mut cargo)?;
    Ok(built.join(host).join("release/frontdesk-fuzz-engine"))
}

/// Where the inputs of one target are.
struct Place {
    /// In the repository.
    kept: PathBuf,
    /// In the target directory: what this machine's runs have learnt, and the beginning.
    learnt: PathBuf,
    seeds: PathBuf,
    words: PathBuf,
    found: PathBuf,
}

impl Place {
    fn of(target: &Target) -> Result<Self> {
        let work = workspace::target().join("fuzz/work").join(&target.name);
        let place = Self {
            kept: workspace::root().join("fuzz/corpus").join(&target.name),
            learnt: work.join("learnt"),
            seeds: work.join("seeds"),
            words: work.join("words"),
            found: work.join("found"),
        };
        for folder in [&place.kept, &place.learnt, &place.seeds, &place.found] {
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        let mut seeds = helper(&["seeds", &target.name]);
        job::output(seeds.arg(&place.seeds).arg(&place.words))?;
        Ok(place)
    }

    fn engine(&self, engine: &Path, target: &Target) -> Command {
        let mut command = Command::new(engine);
        command.env("FRONTDESK_FUZZ", &target.name).env("RUST_BACKTRACE", "0");
        command.arg(format!("-max_len={}", target.longest)).args(["-timeout=20", "-rss_limit_mb=2048"]);
        command
    }

    /// Tries inputs for so long, or until one breaks something; gives those, made small, where they are to be kept.
    fn search(&self, engine: &Path, target: &Target, minutes: u64) -> Result<Vec<PathBuf>> {
        let mut command = self.engine(engine, target);
        command.arg(format!("-max_total_time={}", minutes * 60)).arg("-print_final_stats=1");
        command.arg(format!("-artifact_prefix={}/", self.found.display()));
        if fs::metadata(&self.words).is_ok_and(|words| words.len() > 0) {
            command.arg(format!("-dict={}", self.words.display()));
        }
        command.args([&self.learnt, &self.kept, &self.seeds]);
        let went = job::run(&format!("{}: {}", target.name, target.what), &mut command);
        let mut all = Vec::new();
        for file in fs::read_dir(&self.found)? {
            all.push(self.small(engine, target, &file?.path())?);
        }
        // Without an input that says why, the engine itself has failed.
        if all.is_empty() { went.map(|()| all) } else { Ok(all) }
    }

    /// Makes an input that breaks something as small as it gets, and puts it where such are kept.
    fn small(&self, engine: &Path, target: &Target, input: &Path) -> Result<PathBuf> {
        let name = input.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let short: String = name.chars().filter(char::is_ascii_alphanumeric).rev().take(8).collect();
        let kept = self.kept.join(format!("found-{short}"));
        let mut command = self.engine(engine, target);
        command.args(["-minimize_crash=1", "-max_total_time=60"]);
        command.arg(format!("-exact_artifact_path={}", kept.display())).arg(input);
        // It ends with a failure where it cannot be made any smaller.
        let _ = job::output(&mut command);
        if !kept.is_file() {
            fs::copy(input, &kept)?;
        }
        fs::remove_file(input)?;
        Ok(kept)
    }

    /// Adds what reaches more than all that is kept, the smallest of it.
    fn merge(&self, engine: &Path, target: &Target) -> Result<()> {
        let mut command = self.engine(engine, target);
        command.arg("-merge=1").args([&self.kept, &self.learnt, &self.seeds]);
        job::run(&format!("{}: keeping what reaches more", target.name), &mut command)
    }
}
