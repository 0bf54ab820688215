//! P3: our client and the published ones on the same bytes in the same run. Each is a process of its own, and what counts is
//! its processor time. Not what they are; that is `bench/peers`.

use crate::figures::{Figure, Samples, short};
use crate::office::Office;
use crate::replay;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// How the peers are started: made ready by `cargo xtask bench`, or why they are not.
#[derive(Debug, Clone)]
pub struct Ready {
    /// The program that holds the Rust clients.
    pub rust: Result<PathBuf, String>,
    /// The Python that has the Python clients.
    pub python: Result<PathBuf, String>,
    /// The folder that holds the Node clients.
    pub node: Result<PathBuf, String>,
    /// The folder of the scripts.
    pub folder: PathBuf,
}

struct Run {
    name: &'static str,
    language: &'static str,
    rate: Samples,
    lost: u64,
    command: Box<dyn Fn() -> Command>,
    times: usize,
}

const RUST: [&str; 3] = ["asterisk-ami", "asterisk-manager", "asterisk-rs-ami"];
const PYTHON: [&str; 2] = ["panoramisk", "pyst2"];
const NODE: [&str; 2] = ["ami-io", "asterisk-manager"];
/// It takes a millisecond for each event, so that one turn is enough to know how it does.
const SLOW: &str = "pyst2";

/// The figures of P3. All take turns, so that what disturbs the machine disturbs each of them.
pub fn run(ready: &Ready, quick: bool) -> Result<Vec<Figure>> {
    let extensions = 1_000;
    let mut office = Office::new(extensions);
    let mut bytes = office.registrations().bytes;
    let mut events = u64::from(extensions) * 2;
    for stretch in [office.begin(500), office.turn_over(if quick { 800 } else { 10_000 }), office.end()] {
        bytes.extend(stretch.bytes);
        events += stretch.events;
    }
    // The event that ends the stream.
    events += 1;
    let address = replay::serve(Arc::new(bytes))?;
    let to = [address.ip().to_string(), address.port().to_string()];
    let times = if quick { 3 } else { 5 };
    let folder = ready.folder.clone();
    let run = |name, language, program: &Path, first: &[&str], path: Option<&Path>| {
        let (program, folder, to) = (program.to_owned(), folder.clone(), to.clone());
        let first: Vec<String> = first.iter().map(|&word| word.to_owned()).collect();
        let path = path.map(Path::to_owned);
        let command = Box::new(move || {
            let mut command = Command::new(&program);
            command.args(&first).args(&to).current_dir(&folder);
            if let Some(path) = &path {
                command.env("NODE_PATH", path);
            }
            command
        });
        let times = if name == SLOW { 1 } else { times };
        Run { name, language, rate: Samples::default(), lost: 0, command, times }
    };
    let own = std::env::current_exe()?;
    let number = extensions.to_string();
    let mut all = vec![
        run("Frontdesk", "Rust", &own, &["client"], None),
        run("Frontdesk with its whole model", "Rust", &own, &["model", &number], None),
    ];
    let mut absent = Vec::new();
    match &ready.rust {
        Ok(program) => all.extend(RUST.map(|name| run(name, "Rust", program, &[name], None))),
        Err(why) => absent.push(("Rust", why)),
    }
    match &ready.node {
        Ok(path) => all.extend(
            NODE.map(|name| run(name, "Node", Path::new("node"), &["peers.js", name], Some(path.as_path()))),
        ),
        Err(why) => absent.push(("Node", why)),
    }
    match &ready.python {
        Ok(program) => {
            all.extend(PYTHON.map(|name| run(name, "Python", program, &["peers.py", name], None)));
        }
        Err(why) => absent.push(("Python", why)),
    }
    for turn in 0..times {
        for run in all.iter_mut().filter(|run| turn < run.times) {
            run.measure(events)?;
        }
    }
    Ok(figures(&all, &absent, events))
}

fn figures(all: &[Run], absent: &[(&str, &String)], events: u64) -> Vec<Figure> {
    let mut figures: Vec<Figure> = all
        .iter()
        .map(|run| {
            let found = format!(
                "{} events per CPU second, {} of {} lost",
                run.rate,
                short(run.lost as f64),
                short(events as f64)
            );
            Figure::told("P3", format!("{} ({})", run.name, run.language), found)
        })
        .collect();
    let [ours, model, theirs @ ..] = all else { return figures };
    let ratio = |run: &Run, language: &str, what: &str, line: f64, held: f64| {
        if let Some((_, why)) = absent.iter().find(|(absent, _)| *absent == language) {
            return Figure::not_run("P3", what, format!("the published {language} clients: {why}"));
        }
        // What a neighbour takes from the machine makes nobody faster: the best turn of each is compared.
        let best = theirs.iter().filter(|run| run.language == language).map(|run| run.rate.greatest());
        let ratio = run.rate.greatest() / best.fold(0.0, f64::max);
        Figure::at_least("P3", what, &Samples::of(1, || ratio), line, "×").held(held)
    };
    figures.extend([
        ratio(ours, "Rust", "ours / best Rust", 8.0, 7.0),
        ratio(ours, "Node", "ours / best Node", 20.0, 15.0),
        ratio(ours, "Python", "ours / best Python", 40.0, 20.0),
        ratio(model, "Rust", "ours with the whole model / best Rust's parsing alone", 3.0, 2.0),
    ]);
    let lost = Samples::of(1, || (ours.lost + model.lost) as f64);
    figures.push(Figure::at_most("P3", "events that ours lost", &lost, 0.0, "").binding());
    figures
}

impl Run {
    fn measure(&mut self, sent: u64) -> Result<()> {
        let name = self.name;
        let output = (self.command)().output().with_context(|| format!("{name} cannot be started"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let line = text.lines().rev().find(|line| line.starts_with("events="));
        let line = line
            .with_context(|| format!("{name} said nothing: {}", String::from_utf8_lossy(&output.stderr)))?;
        let value = |key: &str| {
            let found = line.split_whitespace().find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
            found.and_then(|value| value.parse::<f64>().ok()).with_context(|| format!("{name} said {line:?}"))
        };
        let (events, cpu) = (value("events")?, value("cpu")?);
        self.rate.push(events / cpu);
        // Some tell their login and their FullyBooted as events as well.
        self.lost = self.lost.max((sent as f64 - events).max(0.0) as u64);
        Ok(())
    }
}
