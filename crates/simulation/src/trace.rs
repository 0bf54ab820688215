//! What happened in a world, line by line: kept where it is wanted, and as a hash in any case.

use std::fmt;

/// The trace of a world.
#[derive(Debug, Clone)]
pub struct Trace {
    /// The lines, where they are kept.
    pub lines: Option<Vec<String>>,
    hash: u64,
}

impl Trace {
    /// A trace that keeps its lines, or only their hash.
    pub fn new(keep: bool) -> Self {
        Self { lines: keep.then(Vec::new), hash: 0xcbf2_9ce4_8422_2325 }
    }

    /// The hash of all lines.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    pub(crate) fn line(&mut self, now: u64, text: fmt::Arguments<'_>) {
        let line = format!("{:>7} {text}", now - crate::world::BEGIN);
        for byte in line.bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        if let Some(lines) = &mut self.lines {
            lines.push(line);
        }
    }
}
