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
    /// Home.
    First,
    /// End.
    Last,
}

/// Where a step leads from `at` in `count` places of `columns` columns; it stops at the edges.
pub fn step(at: usize, count: usize, columns: usize, step: Step) -> usize {
    let (last, columns) = (count.saturating_sub(1), columns.max(1));
    match step {
        Step::Left => at.saturating_sub(1),
        Step::Right => (at + 1).min(last),
        Step::Up => at.checked_sub(columns).unwrap_or(at),
        Step::Down if at + columns <= last => at + columns,
        // From the last full row into the shorter one below it.
        Step::Down if at / columns < last / columns => last,
        Step::Down => at.min(last),
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
        let go = |at, way| step(at, 5, 3, way);
        assert_eq!([go(0, Step::Left), go(0, Step::Right), go(0, Step::Down), go(0, Step::Up)], [0, 1, 3, 0]);
        assert_eq!([go(2, Step::Down), go(4, Step::Down), go(4, Step::Right), go(3, Step::Up)], [4, 4, 4, 0]);
        assert_eq!([go(3, Step::First), go(0, Step::Last), step(0, 0, 3, Step::Down)], [0, 4, 0]);
    }
}
