//! Where the lines of a message stand. Not what is in them.

use std::ops::Range;

/// Where a line stands in the text, without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line {
    start: usize,
    end: usize,
}

impl Line {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    pub(crate) fn range(self, from: usize) -> Range<usize> {
        from + self.start..from + self.end
    }

    pub(crate) fn shorten(&mut self, end: usize) {
        self.end = self.end.min(end);
    }
}

/// The lines that were found, in front of room for more: a line that stands in the room already is only counted.
#[derive(Debug)]
pub(crate) struct Lines {
    /// What stands behind the first `count` means nothing.
    room: Vec<Line>,
    count: usize,
}

impl Lines {
    /// Room for this many, to begin with.
    pub(crate) fn with_room(count: usize) -> Self {
        Self { room: vec![Line::new(0, 0); count], count: 0 }
    }

    pub(crate) fn clear(&mut self) {
        self.count = 0;
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    pub(crate) fn push(&mut self, line: Line) {
        match self.room.get_mut(self.count) {
            Some(place) => *place = line,
            None => self.room.push(line),
        }
        self.count += 1;
    }

    /// The room behind those that were found; say with [`Lines::filled`] how many stand there now.
    pub(crate) fn room(&mut self) -> &mut [Line] {
        self.room.get_mut(self.count..).unwrap_or_default()
    }

    pub(crate) fn filled(&mut self, count: usize) {
        self.count = (self.count + count).min(self.room.len());
    }

    pub(crate) fn as_slice(&self) -> &[Line] {
        self.room.get(..self.count).unwrap_or_default()
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [Line] {
        self.room.get_mut(..self.count).unwrap_or_default()
    }
}
