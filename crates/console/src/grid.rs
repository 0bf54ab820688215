//! Movement by keys in a list and in a grid of tiles. It knows places only, not what stands there.

/// A step by key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Home.
    First,
    /// End.
    Last,
}

/// How things stand beside and below each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Side by side.
    pub columns: usize,
    /// Below each other, as many as are seen at once.
    pub rows: usize,
}

impl Shape {
    /// A list of which nobody knows how much is seen.
    pub const LIST: Self = Self { columns: 1, rows: 10 };
}

/// Where a step leads from `at` in `count` places; it stops at the edges.
pub fn step(at: usize, count: usize, shape: Shape, step: Step) -> usize {
    let last = count.saturating_sub(1);
    let columns = shape.columns.max(1);
    let page = columns * shape.rows.max(1);
    match step {
        Step::Left => at.saturating_sub(1),
        Step::Right => (at + 1).min(last),
        Step::Up => at.checked_sub(columns).unwrap_or(at),
        Step::PageUp => at.checked_sub(page).unwrap_or(at % columns),
        Step::Down | Step::PageDown if at / columns >= last / columns => at.min(last),
        // From the last full row into the shorter one below it.
        Step::Down => (at + columns).min(last),
        Step::PageDown => {
            let at = at + page;
            // On the last page it is the same column in the last row, where that has one.
            let same = last / columns * columns + at % columns;
            if at <= last { at } else { same.min(last) }
        }
        Step::First => 0,
        Step::Last => last,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_stay_inside_the_grid() {
        // 0 1 2
        // 3 4
        let go = |at, way| step(at, 5, Shape { columns: 3, rows: 1 }, way);
        assert_eq!([go(0, Step::Left), go(0, Step::Right), go(0, Step::Down), go(0, Step::Up)], [0, 1, 3, 0]);
        assert_eq!([go(2, Step::Down), go(4, Step::Down), go(4, Step::Right), go(3, Step::Up)], [4, 4, 4, 0]);
        let none = step(0, 0, Shape { columns: 3, rows: 1 }, Step::Down);
        assert_eq!([go(3, Step::First), go(0, Step::Last), none], [0, 4, 0]);
    }

    #[test]
    fn a_page_keeps_the_column_and_ends_in_the_first_or_last_row() {
        // Rows of three, two on a page; the last row has 9 alone.
        let go = |at, way| step(at, 10, Shape { columns: 3, rows: 2 }, way);
        assert_eq!([go(1, Step::PageDown), go(0, Step::PageDown), go(3, Step::PageDown)], [7, 6, 9]);
        assert_eq!([go(4, Step::PageDown), go(9, Step::PageDown), go(7, Step::PageDown)], [9, 9, 9]);
        assert_eq!([go(7, Step::PageUp), go(4, Step::PageUp), go(2, Step::PageUp)], [1, 1, 2]);
        assert_eq!(step(0, 0, Shape::LIST, Step::PageDown), 0);
    }
}
