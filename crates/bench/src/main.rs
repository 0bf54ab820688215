//! The bench: measures what Frontdesk costs and writes the table. `cargo xtask bench` builds and starts it. Not a test:
//! a figure says how fast, the tests say whether it is right.

mod client;
mod codec;
mod count;
mod desks;
mod growth;
mod load;
mod model;
mod past;
mod pbx;
mod peers;
mod served;
mod snapshot;

use anyhow::Result;
use clap::{Parser, Subcommand};
use frontdesk_bench::{figures, office, replay};
use frontdesk_protocol::{Extension, Person, PersonId};
use std::path::PathBuf;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: count::Counting = count::Counting;

/// Measures Frontdesk.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    part: Option<Part>,
    /// Only these: P1, P2, …
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// The recordings of a real Asterisk.
    #[arg(long, default_value = "tests/recordings")]
    recordings: PathBuf,
    /// The program that holds the published Rust clients.
    #[arg(long)]
    peers_rust: Option<PathBuf>,
    /// The Python that has the published Python clients.
    #[arg(long)]
    peers_python: Option<PathBuf>,
    /// The folder of the published Node clients.
    #[arg(long)]
    peers_node: Option<PathBuf>,
    /// Why there are no published Rust clients.
    #[arg(long, default_value = "not asked for")]
    without_rust: String,
    /// Why there are no published Python clients.
    #[arg(long, default_value = "not asked for")]
    without_python: String,
    /// Why there are no published Node clients.
    #[arg(long, default_value = "not asked for")]
    without_node: String,
    /// The folder of the peers' scripts.
    #[arg(long, default_value = "bench/peers")]
    peers: PathBuf,
}

/// Parts that the bench starts as processes of their own.
#[derive(Subcommand)]
enum Part {
    /// Our client, counting events.
    Client { host: String, port: u16 },
    /// How many events a second the model takes with this many channels up.
    Rate { channels: u64, turns: u64 },
    /// Our client with the model behind it.
    Model { extensions: u32, host: String, port: u16 },
}

fn main() -> Result<ExitCode> {
    let cli = Cli::parse();
    if let Some(part) = cli.part {
        return alone(part).map(|()| ExitCode::SUCCESS);
    }
    let quick = figures::quick();
    let wanted = |id: &str| cli.only.is_empty() || cli.only.iter().any(|only| only.eq_ignore_ascii_case(id));
    let mut rows = Vec::new();
    if wanted("P1") {
        rows.extend(codec::run(&cli.recordings, quick)?);
    }
    if wanted("P2") {
        rows.extend(model::run(quick)?);
    }
    if wanted("P3") {
        let ready = peers::Ready {
            rust: cli.peers_rust.ok_or(cli.without_rust),
            python: cli.peers_python.ok_or(cli.without_python),
            node: cli.peers_node.ok_or(cli.without_node),
            folder: cli.peers,
        };
        rows.extend(peers::run(&ready, quick)?);
    }
    if wanted("P4") {
        rows.extend(model::teardown()?);
    }
    if wanted("P15") {
        rows.extend(growth::run(quick)?);
    }
    type Measure = fn(bool) -> Result<Vec<figures::Figure>>;
    let served: [(&str, Measure); 7] = [
        ("P5", load::crowd),
        ("P6", load::many),
        ("P7 built", snapshot::run),
        ("P9 server", load::orders),
        ("P12 server", load::idle),
        ("P14", past::run),
        ("P15 server", load::growth),
    ];
    for (name, measure) in served {
        if wanted(name) {
            rows.extend(measure(quick)?);
        }
    }
    figures::hand_over(&rows)?;
    Ok(ExitCode::SUCCESS)
}

fn alone(part: Part) -> Result<()> {
    if let Part::Rate { channels, turns } = part {
        println!("{} events/s", figures::short(model::rate(channels, turns)?));
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (events, cpu) = runtime.block_on(async {
        match part {
            Part::Rate { .. } => Ok((0, 0.0)),
            Part::Client { host, port } => client::alone(&host, port).await,
            Part::Model { extensions, host, port } => client::with_model(&host, port, extensions).await,
        }
    })?;
    println!("events={events} cpu={cpu}");
    Ok(())
}

/// The people of an office, one at each extension.
fn people(office: &office::Office) -> Result<Vec<Person>> {
    let person = |number: String| {
        Ok(Person {
            id: PersonId::parse(&number)?,
            name: format!("Person {number}"),
            extensions: vec![Extension::parse(&number)?],
            numbers: Vec::new(),
            mailbox: None,
            group: String::new(),
        })
    };
    office.extensions().map(person).collect()
}
