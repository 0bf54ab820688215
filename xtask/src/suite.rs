//! `cargo xtask test`: installs what the tests need, builds everything once in one directory, runs everything and ends
//! with one sum. It runs the built test programs itself, because another call of cargo would build with other features.

use std::{
    collections::BTreeMap,
    env,
    path::PathBuf,
    process::{Command, ExitCode, Stdio},
    time::Instant,
};

use anyhow::{Context as _, Result, bail};
use cargo_metadata::{Message, MetadataCommand, PackageId, Target};
use clap::Args;

use crate::{
    bench, check,
    job::loud,
    logs,
    packages::{self, Purpose},
    steps::{Budget, Steps, Tally},
    ui, workspace,
};

/// The package whose test programs are the slow suites; each is a step of its own.
const SUITES: &str = "frontdesk-tests";

/// This package is built and tested apart: it is running.
const OWN: &str = "xtask";

/// What decides which cases the properties try: always the same ones here, so that a run says something of what was
/// changed. `cargo test` draws new ones each time.
const DRAW: &str = "PROPTEST_RNG_SEED";

/// What it costs, held to its lines: `cargo xtask bench --quick`.
const BENCH: &str = "bench-quick";

/// Whose tests come first: what everything else stands on.
const ORDER: [&str; 11] = [
    "frontdesk-ami",
    "frontdesk-protocol",
    "frontdesk-switchboard",
    "frontdesk-console",
    "frontdesk-ui",
    "frontdesk-rehearsal",
    "frontdesk-server",
    "frontdesk-simulation",
    "frontdesk",
    "frontdesk-lab",
    SUITES,
];

/// What to test.
#[derive(Debug, Args)]
pub struct Options {
    /// Only the steps whose name holds one of these words, and of the other steps the tests whose name does.
    filters: Vec<String>,
    /// Prints the names of the steps and runs none of them.
    #[arg(long)]
    list: bool,
}

/// Does all of it. The exit code is a failure when a step failed or the filters left nothing to do.
///
/// # Errors
/// When a system package is missing and may not be installed.
pub fn run(options: &Options) -> Result<ExitCode> {
    if options.list {
        return list();
    }
    let begun = Instant::now();
    let filters = Filters(&options.filters);
    let mut steps = Steps::default();
    if filters.need_a_build() {
        packages::ensure(&[Purpose::Build, Purpose::Run, Purpose::Lab, Purpose::Test])?;
    }
    ui::placeholder()?;
    for check in check::QUICK.into_iter().filter(|check| filters.takes(check.name())) {
        check.run(&mut steps);
    }
    let mut ran = Ran::default();
    if filters.need_a_build() {
        ran = built_tests(&mut steps, &filters)?;
    }
    let only_search = !filters.need_a_build() && filters.takes(logs::NAME);
    // Of a part of a suite there may be no log.
    if filters.all() || !ran.whole.is_empty() || (ran.any && logs::any()) || only_search {
        steps.function(logs::NAME, || logs::check(&ran.whole));
    }
    if filters.all() || filters.takes(OWN) {
        steps.tests(OWN, cargo(&["test", "-p", OWN]), Budget::LONG);
    }
    if filters.all() || filters.takes("doc-tests") {
        steps.tests("doc-tests", cargo(&["test", "--doc", "--workspace", "--exclude", OWN]), Budget::LONG);
    }
    if filters.all() || filters.takes(BENCH) {
        steps.attempt(BENCH, || bench::quick(&[]));
    }
    for check in check::THOROUGH.into_iter().filter(|check| filters.takes(check.name())) {
        check.run(&mut steps);
    }
    steps.summary(begun);
    if steps.is_empty() {
        loud("Nothing has such a name; `cargo xtask test --list` shows the steps.");
    }
    Ok(steps.exit())
}

/// Which of those ran whose programs' logs are searched.
#[derive(Debug, Default)]
struct Ran {
    /// Any of them, if only some of its tests.
    any: bool,
    /// Those that ran as a whole: each starts every program that it knows.
    whole: Vec<String>,
}

/// Builds the view and everything else, then runs what was built.
fn built_tests(steps: &mut Steps, filters: &Filters) -> Result<Ran> {
    steps.function("build-view", || ui::build(ui::Build::QUICK));
    let mut programs = Vec::new();
    steps.function("build", || build(&mut programs));
    logs::clear()?;
    let mut ran = Ran::default();
    for program in &programs {
        let tally = steps.tests(&program.step, program.command(filters), program.budget());
        if logs::are_of(&program.step) && tally != Tally::default() {
            ran.any = true;
            if filters.takes(&program.step) {
                ran.whole.push(program.step.clone());
            }
        }
    }
    Ok(ran)
}

/// Words that choose among steps and tests; none chooses all.
struct Filters<'a>(&'a [String]);

impl Filters<'_> {
    fn all(&self) -> bool {
        self.0.is_empty()
    }

    /// The words for checks need none; a check that compiles does so by itself, and the bench is built as a release.
    fn need_a_build(&self) -> bool {
        let apart = |word: &String| word.starts_with("check") || OWN.contains(&**word) || word == BENCH;
        self.all() || !self.0.iter().all(apart)
    }

    fn takes(&self, step: &str) -> bool {
        self.all() || self.0.iter().any(|word| step.contains(word.as_str()))
    }
}

/// One built program of tests.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Program {
    step: String,
    package: String,
    folder: PathBuf,
    path: PathBuf,
}

impl Program {
    fn command(&self, filters: &Filters) -> Command {
        let mut command = Command::new(&self.path);
        command
            .current_dir(&self.folder)
            .env("CARGO_MANIFEST_DIR", &self.folder)
            .env("CARGO_PKG_NAME", &self.package)
            .env("CARGO_TARGET_DIR", workspace::target())
            // What failed is said by the error; the frames of the test runner only bury it.
            .env("RUST_BACKTRACE", "0")
            .env("INSTA_UPDATE", "no")
            .env("INSTA_WORKSPACE_ROOT", workspace::root());
        if env::var_os(DRAW).is_none() {
            command.env(DRAW, "1");
        }
        if logs::are_of(&self.step) {
            command.env(logs::VARIABLE, logs::of(&self.step));
        }
        if !filters.takes(&self.step) {
            command.args(filters.0);
        }
        command
    }

    fn budget(&self) -> Budget {
        if self.package == SUITES || self.package == "frontdesk-lab" { Budget::LONG } else { Budget::SHORT }
    }
}

/// Builds every program and test of the workspace in one call of cargo, so that nothing is built twice.
///
/// What did get built is in `programs` even when something else did not.
fn build(programs: &mut Vec<Program>) -> Result<()> {
    let mut cargo =
        cargo(&["build", "--workspace", "--exclude", OWN, "--lib", "--bins", "--tests", "--keep-going"]);
    cargo.args(["--message-format", "json-render-diagnostics"]).stdout(Stdio::piped());
    let mut child = cargo.spawn().context("cargo could not be started")?;
    let output = child.stdout.take().context("cargo's messages")?;
    let names = package_names()?;
    let mut found = Vec::new();
    for message in Message::parse_stream(std::io::BufReader::new(output)) {
        let Message::CompilerArtifact(artifact) = message.context("cargo's messages")? else { continue };
        if let (true, Some(path), Some((package, folder))) =
            (artifact.profile.test, artifact.executable, names.get(&artifact.package_id))
        {
            found.push(Program {
                step: step_name(package, &artifact.target),
                package: package.clone(),
                folder: folder.clone(),
                path: path.into(),
            });
        }
    }
    found.sort_by_key(|program| (place(&program.package), program.step.clone()));
    programs.append(&mut found);
    if !child.wait()?.success() {
        bail!("something does not compile; the compiler said above what");
    }
    Ok(())
}

/// Name and folder of every package of the workspace.
fn package_names() -> Result<BTreeMap<PackageId, (String, PathBuf)>> {
    let metadata = MetadataCommand::new()
        .manifest_path(workspace::root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("cargo metadata does not understand the workspace")?;
    let packages = metadata.packages.into_iter().map(|package| {
        let folder = package.manifest_path.parent().map_or_else(PathBuf::new, |folder| folder.into());
        (package.id, (package.name.to_string(), folder))
    });
    Ok(packages.collect())
}

/// `frontdesk-server` for the tests in the library, `frontdesk-server-program` for those in the program,
/// `frontdesk-server-history` for the test program `history`, `suite-window` for that of the slow suites.
fn step_name(package: &str, target: &Target) -> String {
    if target.is_bin() && target.name == package {
        return format!("{package}-program");
    }
    match (package, target.is_test() || target.is_bin()) {
        (SUITES, true) => format!("suite-{}", target.name),
        (_, true) => format!("{package}-{}", target.name),
        (_, false) => package.to_owned(),
    }
}

fn place(package: &str) -> usize {
    ORDER.iter().position(|name| *name == package).unwrap_or(ORDER.len() - 2)
}

fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = workspace::cargo();
    cargo.args(arguments);
    cargo
}

/// The steps, without building: what cargo knows of the workspace.
fn list() -> Result<ExitCode> {
    let metadata =
        MetadataCommand::new().manifest_path(workspace::root().join("Cargo.toml")).no_deps().exec()?;
    let mut steps: Vec<(usize, String)> = Vec::new();
    for package in metadata.packages.iter().filter(|package| package.name != OWN) {
        for target in package.targets.iter().filter(|target| target.test && !target.is_custom_build()) {
            steps.push((place(&package.name), step_name(&package.name, target)));
        }
    }
    steps.sort();
    let inner = steps.into_iter().map(|(_, name)| name);
    let names = check::QUICK.map(|check| check.name().to_owned()).into_iter().chain(inner);
    let last =
        [logs::NAME, OWN, "doc-tests", BENCH].into_iter().chain(check::THOROUGH.map(check::Check::name));
    for name in names.chain(last.map(str::to_owned)) {
        println!("{name}");
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn steps_are_named_after_package_and_program() {
        let cases = [
            ("frontdesk-ami", "frontdesk_ami", "lib", "frontdesk-ami"),
            ("frontdesk-ami", "recordings", "test", "frontdesk-ami-recordings"),
            ("frontdesk", "frontdesk_desktop", "lib", "frontdesk"),
            ("frontdesk", "frontdesk", "bin", "frontdesk-program"),
            ("frontdesk-lab", "record", "bin", "frontdesk-lab-record"),
            ("frontdesk-tests", "window", "test", "suite-window"),
        ];
        for (package, name, kind, want) in cases {
            let json = format!(
                r#"{{"name":"{name}","kind":["{kind}"],"crate_types":["bin"],"src_path":"/x.rs","edition":"2024"}}"#
            );
            let target: Target = serde_json::from_str(&json).unwrap();
            assert_eq!(step_name(package, &target), want);
        }
    }

    #[test]
    fn a_filter_takes_whole_steps_and_goes_to_the_tests_of_the_others() {
        let words = ["window".to_owned(), "drag".to_owned()];
        let filters = Filters(&words);
        assert!(filters.takes("suite-window") && !filters.takes("suite-asterisk"));
        assert!(Filters(&[]).takes("anything"));
        let program = |step: &str| Program {
            step: step.to_owned(),
            package: SUITES.to_owned(),
            folder: PathBuf::from("/"),
            path: PathBuf::from("/t"),
        };
        assert_eq!(program("suite-window").command(&filters).get_args().count(), 0);
        assert_eq!(program("suite-asterisk").command(&filters).get_args().count(), 2);
    }

    #[test]
    fn the_pure_crates_come_first_and_the_suites_last() {
        assert!(place("frontdesk-ami") < place("frontdesk-server"));
        assert!(place("frontdesk-unheard-of") < place(SUITES));
    }
}
