//! P1: bytes to messages and to typed events, against only finding the line ends in the same bytes. Not the model.

use crate::count;
use crate::figures::{Figure, Samples};
use anyhow::{Context, Result};
use cpu_time::ThreadTime;
use frontdesk_ami::{Decoder, Event, Frame, Limits, recording};
use std::hint::black_box;
use std::path::Path;

/// What one read from a socket gives.
const CHUNK: usize = 16 * 1024;

/// All recordings as one stream, as often as it takes for `least` bytes.
pub fn recordings(folder: &Path, least: usize) -> Result<Vec<u8>> {
    let mut files: Vec<_> = [folder.to_owned(), folder.join("lab")]
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension().is_some_and(|ext| ext == "txt")
                && path.file_name().is_some_and(|name| name != "README.txt")
        })
        .collect();
    files.sort();
    let mut once = Vec::new();
    for file in files {
        let text = std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        once.extend(recording::stream(&String::from_utf8_lossy(&text)));
    }
    anyhow::ensure!(!once.is_empty(), "there are no recordings in {}", folder.display());
    let mut all = Vec::with_capacity(least + once.len());
    while all.len() < least {
        all.extend_from_slice(&once);
    }
    Ok(all)
}

/// Decodes everything and calls `each` with every message; gives how many there were.
pub fn decode(bytes: &[u8], mut each: impl FnMut(&frontdesk_ami::Message<'_>)) -> u64 {
    let mut decoder = Decoder::without_banner(Limits::default());
    let mut count = 0;
    for chunk in bytes.chunks(CHUNK) {
        decoder.feed(chunk);
        while let Some(frame) = decoder.next() {
            if let Frame::Message(message) = frame {
                each(&message);
                count += 1;
            }
        }
    }
    count
}

fn lines(bytes: &[u8]) -> u64 {
    let mut sum = 0;
    for chunk in bytes.chunks(CHUNK) {
        for at in memchr::memchr_iter(b'\n', black_box(chunk)) {
            sum += black_box(at as u64);
        }
    }
    sum
}

/// The seconds that it takes to only find the line ends in these bytes.
pub fn line_ends(bytes: &[u8]) -> f64 {
    seconds(|| lines(bytes))
}

/// Of the processor: what a neighbour takes from the machine is not counted.
fn seconds(work: impl FnOnce() -> u64) -> f64 {
    let begun = ThreadTime::now();
    black_box(work());
    begun.elapsed().as_secs_f64()
}

/// The figures of P1.
pub fn run(folder: &Path, quick: bool) -> Result<Vec<Figure>> {
    let bytes = recordings(folder, if quick { 32 } else { 128 } * 1024 * 1024)?;
    let megabytes = bytes.len() as f64 / 1e6;
    let (mut ends, mut index, mut typed) = (Samples::default(), Samples::default(), Samples::default());
    let (mut index_ratio, mut typed_ratio) = (Samples::default(), Samples::default());
    let mut messages = 0;
    lines(&bytes);
    for _ in 0..if quick { 5 } else { 11 } {
        let base = line_ends(&bytes);
        let header = seconds(|| {
            messages = decode(&bytes, |message| {
                black_box(message.event());
            });
            messages
        });
        let event = seconds(|| {
            decode(&bytes, |message| {
                black_box(Event::of(message));
            })
        });
        ends.push(megabytes / base);
        index.push(megabytes / header);
        typed.push(megabytes / event);
        index_ratio.push(base / header);
        typed_ratio.push(base / event);
    }
    let mut decoder = Decoder::without_banner(Limits::default());
    let mut turn = |bytes: &[u8]| {
        for chunk in bytes.chunks(CHUNK) {
            decoder.feed(chunk);
            while let Some(Frame::Message(message)) = decoder.next() {
                black_box(Event::of(&message));
            }
        }
    };
    let half = bytes.len() / 2;
    turn(bytes.get(..half).unwrap_or_default());
    let warm = count::allocations();
    count::counted(|| turn(bytes.get(half..).unwrap_or_default()));
    let allocations = (count::allocations() - warm) as f64 / (messages as f64 / 2.0);
    Ok(vec![
        Figure::told(
            "P1",
            "only finding line ends (`memchr`), the same bytes in the same run",
            format!("{ends} MB/s"),
        ),
        Figure::told("P1", "header index", format!("{index} MB/s")),
        Figure::told("P1", "typed event", format!("{typed} MB/s")),
        Figure::at_least("P1", "header index / line ends", &index_ratio, 0.5, "of its speed").binding(),
        Figure::at_least("P1", "typed event / line ends", &typed_ratio, 0.25, "of its speed").binding(),
        Figure::at_most(
            "P1",
            format!("allocations per event ({messages} messages)"),
            &Samples::of(1, || allocations),
            0.0,
            "",
        )
        .binding(),
    ])
}
