//! While nobody telephones, the programs rest: something that goes round and round shows in the processor time of its
//! process. And what the desktop program has not loaded. How little all that is exactly is a figure of the bench.

use crate::reception::Reception;
use anyhow::{Result, bail, ensure};
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

/// The desktop program draws without a graphics driver, which would take 20 MB of it; WebKit's process has one.
pub async fn without_a_driver(reception: &Reception) -> Result<()> {
    let loaded = reception.page.desktop()?.loaded()?;
    ensure!(loaded.iter().any(|file| file.contains("libwebkit2gtk")), "the desktop program was looked at");
    let driver = loaded.iter().find(|file| ["_dri.so", "gallium", "LLVM"].iter().any(|it| file.contains(it)));
    ensure!(driver.is_none(), "the desktop program has loaded {driver:?}");
    Ok(())
}

/// The page's process compiles WebAssembly when it is called first and once: else signals come while it runs, and what it
/// computes then is not always right.
pub async fn without_signals(reception: &Reception) -> Result<()> {
    let compiled = ["JSC_useWasmIPInt", "JSC_useWasmLLInt", "JSC_useOMGJIT"].map(|name| (name, "false"));
    told(reception, compiled)
}

/// The page's process has no compiler for JavaScript, and the allocator that keeps least. What that saves is in the bench.
pub async fn with_little_memory(reception: &Reception) -> Result<()> {
    told(reception, [("JSC_useBaselineJIT", "false"), ("JSC_useDFGJIT", "false"), ("Malloc", "1")])
}

fn told(
    reception: &Reception,
    variables: impl IntoIterator<Item = (&'static str, &'static str)>,
) -> Result<()> {
    let page = reception.page.page_process()?;
    for (name, wanted) in variables {
        let value = page.variable(name)?;
        ensure!(value.as_deref() == Some(wanted), "the page's process has {name} as {value:?}");
    }
    Ok(())
}
