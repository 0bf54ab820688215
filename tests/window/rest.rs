//! While nobody telephones, the programs rest: something that goes round and round shows in the processor time of its
//! process. How little it is exactly is a figure of the bench.

use crate::reception::Reception;
use anyhow::{Result, bail};
use frontdesk_tests::processes::Family;
use frontdesk_tests::until::DEADLINE;
use tokio::time::Instant;

/// How many beats of the server a look takes; it gives one each second, and says nothing else.
const BEATS: usize = 5;
/// How many looks may pass until the start has left nothing more to do, as the last compiling of the page.
const LOOKS: usize = 8;
/// The part of one core below which a process rests. What goes round takes all of one, or its share of a busy one.
const RESTS: f64 = 0.25;

/// Nothing happens, and nothing runs.
pub async fn of_all_programs(reception: &Reception) -> Result<()> {
    let Reception { stage, page, .. } = reception;
    let mut clock = stage.desk("ben", "receptionist", &["1002"]).await?;
    let programs = [Family::of(stage.server_id()?), page.desktop()?];
    let mut busy = String::new();
    for _ in 0..LOOKS {
        let (begun, before) = (Instant::now(), programs.map(Family::time));
        for _ in 0..BEATS {
            clock.step(Instant::now() + DEADLINE).await?;
        }
        let (passed, after) = (begun.elapsed().as_secs_f64(), programs.map(Family::time));
        busy.clear();
        for (before, after) in before.into_iter().zip(after) {
            let before = before?;
            for (name, time) in after? {
                let part = (time - before.get(&name).copied().unwrap_or(0.0)) / passed;
                if part >= RESTS {
                    busy = format!("{name} takes {:.1} % of a core while nothing happens", part * 100.0);
                }
            }
        }
        if busy.is_empty() {
            return Ok(());
        }
    }
    bail!(busy)
}
