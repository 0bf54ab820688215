//! Measures the view, in Chromium (`view page`) and in the real window (`view window`, `card`, `order`, `start`,
//! `memory`): rows for `docs/performance.md`. It asserts nothing; `cargo xtask bench` builds and starts it.

mod card;
mod changing;
mod memory;
mod order;
mod painted;
mod probe;
mod start;
mod wire;

use anyhow::{Result, bail};
use frontdesk_bench::figures::hand_over;
use probe::Place;
use std::path::PathBuf;

/// Phones and calls of the two offices, and how long they may take until they are painted, in milliseconds.
const OFFICES: [(u32, u64, f64); 2] = [(1_000, 200, 150.0), (10_000, 2_000, 500.0)];

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let pictures = arguments.next().map(PathBuf::from);
    let rows = match what.as_str() {
        "page" => view(Place::Page, pictures).await?,
        "window" => view(Place::Window, pictures).await?,
        "card" => card::of_a_ringing_call().await?,
        "order" => order::of_a_receptionist().await?,
        "start" => start::of_the_program().await?,
        "memory" => memory::of_the_desktop().await?,
        _ => bail!("usage: view page|window|card|order|start|memory [FOLDER FOR PICTURES]"),
    };
    hand_over(&rows)
}

async fn view(place: Place, pictures: Option<PathBuf>) -> Result<Vec<frontdesk_bench::figures::Figure>> {
    let mut rows = painted::first_office(place).await?;
    rows.extend(changing::many_tiles(place, pictures).await?);
    Ok(rows)
}
