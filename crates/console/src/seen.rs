//! Which part of a long list is drawn: the rows that are seen, and some around them. It knows heights and places, in
//! CSS pixels, not what stands there; the view measures them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Rows that are drawn beyond what is seen, so that a turn of the wheel finds them there.
const AROUND: usize = 4;
/// The drawn part changes by so many rows at a time, so that not every pixel of scrolling draws anew.
const STEP: usize = 4;
/// Rows that are taken to be seen before anything was measured.
const UNMEASURED: usize = 12;
/// How near to its edge a list begins to scroll under what is dragged.
const EDGE: f64 = 48.0;
/// How far it scrolls at most in one sixtieth of a second.
const FASTEST: f64 = 24.0;

/// The part of a list that its pane shows.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Frame {
    /// How far it is scrolled.
    pub top: f64,
    /// How much is seen at once; nothing before it was measured.
    pub height: f64,
    /// How wide it is.
    pub width: f64,
}

/// The rows of a list from top to bottom.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// How many.
    pub count: usize,
    /// How high a row is, with the gap below it.
    pub height: f64,
    /// How much higher some are.
    pub more: BTreeMap<usize, f64>,
}

impl Rows {
    /// Rows of one height.
    pub fn even(count: usize, height: f64) -> Self {
        Self { count, height: height.max(1.0), more: BTreeMap::new() }
    }

    /// Where a row begins; where all end, for one behind the last.
    pub fn top(&self, row: usize) -> f64 {
        let row = row.min(self.count);
        pixels(row) * self.height + self.more.range(..row).map(|(_, more)| more.max(0.0)).sum::<f64>()
    }

    /// How high all are together.
    pub fn total(&self) -> f64 {
        self.top(self.count)
    }

    /// The row at a place; the nearest where there is none.
    pub fn at(&self, y: f64) -> usize {
        let last = self.count.saturating_sub(1);
        // Higher rows only make the place belong to an earlier one.
        let mut row = whole(y / self.height.max(1.0)).min(last);
        if !self.more.is_empty() {
            let (mut low, mut high) = (0, row);
            while low < high {
                let middle = (low + high).div_ceil(2);
                if self.top(middle) <= y { low = middle } else { high = middle - 1 }
            }
            row = low;
        }
        row
    }

    /// The rows that are drawn: those that `frame` shows and some around them.
    pub fn drawn(&self, frame: Frame) -> Range<usize> {
        let (first, last) = if frame.height > 0.0 {
            // A list that became shorter is scrolled up by the page, a moment later.
            let top = frame.top.min(self.total() - frame.height).max(0.0);
            (self.at(top), self.at(top + frame.height))
        } else {
            (0, UNMEASURED)
        };
        let from = first.saturating_sub(AROUND) / STEP * STEP;
        let to = (last + 1 + AROUND).div_ceil(STEP) * STEP;
        from.min(self.count)..to.min(self.count)
    }

    /// Where the page has to be scrolled to so that a row is seen, no farther than needed.
    pub fn reveal(&self, row: usize, frame: Frame) -> f64 {
        let (begins, ends) = (self.top(row), self.top(row + 1));
        if begins < frame.top {
            begins
        } else if ends > frame.top + frame.height {
            (ends - frame.height).min(begins)
        } else {
            frame.top
        }
    }
}

/// The drawn rows and, wherever they are, those that must not go: what has the focus, and what is open.
pub fn with_kept(drawn: Range<usize>, kept: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
    drawn.chain(kept).collect()
}

/// How many columns of at least this width fit side by side, with gaps between them.
pub fn columns(width: f64, least: f64, gap: f64) -> usize {
    whole((width + gap) / (least + gap).max(1.0)).max(1)
}

/// How far a list scrolls in one sixtieth of a second under something that is dragged to `y`, where it is seen from
/// `top` to `bottom`: up with a minus, and the faster the nearer to its edge.
pub fn pull(y: f64, top: f64, bottom: f64) -> f64 {
    // In a list that is hardly seen each half belongs to one edge.
    let edge = EDGE.min((bottom - top) / 2.0);
    if edge <= 0.0 {
        0.0
    } else if y < top + edge {
        -FASTEST * ((top + edge - y) / edge).min(1.0)
    } else if y > bottom - edge {
        FASTEST * ((y - bottom + edge) / edge).min(1.0)
    } else {
        0.0
    }
}

#[expect(clippy::cast_precision_loss, reason = "no list has 2^52 rows")]
fn pixels(rows: usize) -> f64 {
    rows as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not below zero, and it saturates"
)]
fn whole(rows: f64) -> usize {
    rows.max(0.0) as usize
}
