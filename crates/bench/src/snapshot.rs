//! P7, built: the whole office as the text that a desk begins with. Not painting it.

use crate::figures::{Figure, Samples};
use crate::model::Fed;
use crate::office::Office;
use anyhow::{Result, ensure};
use cpu_time::ThreadTime;
use frontdesk_protocol::{Change, Epoch, Extension, Millis, Office as Facts, PbxLink};
use frontdesk_server::sans_io::{Hub, Left, Sight};
use std::hint::black_box;

/// The figures of P7 that concern the server.
pub fn run(quick: bool) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (extensions, calls, line) in [(1_000, 200, 5.0), (10_000, 2_000, 50.0)] {
        let mut office = Office::new(extensions);
        let mut fed = Fed::new(&mut office)?;
        fed.feed(&office.begin(calls).bytes);
        fed.settle();
        ensure!(fed.calls() as u64 == calls, "the model has {} calls", fed.calls());
        let facts = fed.office().clone();
        let colleague = Sight::Masked { left: Left::Names, own: vec![Extension::parse("10000")?] };
        for (sight, who) in [(Sight::Full, "for who sees all"), (colleague, "for a colleague")] {
            let mut times = Samples::default();
            let mut size = 0;
            for _ in 0..if quick { 5 } else { 25 } {
                let (time, bytes) = built(&facts, sight.clone())?;
                times.push(time);
                size = bytes;
            }
            figures.push(Figure::at_most(
                "P7",
                format!(
                    "snapshot of {extensions} extensions and {calls} calls, {} kB, built {who}",
                    size / 1_000
                ),
                &times,
                line,
                "ms",
            ));
        }
    }
    Ok(figures)
}

/// Milliseconds of processor time for a snapshot that nobody has asked for since the office changed, and its bytes.
fn built(facts: &Facts, sight: Sight) -> Result<(f64, usize)> {
    let hub = Hub::new(Epoch::parse("bench")?);
    hub.publish(facts.facts().collect());
    // What all colleagues see alike is kept from the first of them on.
    black_box(hub.start(None, sight.clone(), Millis(0)));
    hub.publish(vec![Change::Link(PbxLink::Up { since: Millis(1) })]);
    let begun = ThreadTime::now();
    let start = hub.start(None, sight, Millis(0));
    let time = begun.elapsed().as_secs_f64() * 1e3;
    let bytes = black_box(&start).first.iter().map(|text| text.len()).sum();
    Ok((time, bytes))
}
