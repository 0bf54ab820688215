//! What is drawn of a long list, for any scrolling, any heights and any number of rows.

use frontdesk_console::grid::{Shape, Step, step};
use frontdesk_console::seen::{Frame, Rows, columns, pull, with_kept};
use proptest::prelude::*;

fn rows() -> impl Strategy<Value = Rows> {
    let more = prop::collection::btree_map(0_usize..3_000, 0.0..200.0_f64, 0..6);
    (0_usize..3_000, 20.0..120.0_f64, more)
        .prop_map(|(count, height, more)| Rows { more, ..Rows::even(count, height) })
}

fn frame() -> impl Strategy<Value = Frame> {
    (0.0..400_000.0_f64, 1.0..2_000.0_f64, 1.0..4_000.0_f64).prop_map(|(top, height, width)| Frame {
        top,
        height,
        width,
    })
}

proptest! {
    #[test]
    fn whatever_is_seen_is_drawn_and_hardly_more(rows in rows(), frame in frame()) {
        let drawn = rows.drawn(frame);
        prop_assert!(drawn.end <= rows.count);
        // A page scrolls no farther than its end.
        let top = frame.top.min(rows.total() - frame.height).max(0.0);
        for row in 0..rows.count {
            let seen = rows.top(row + 1) > top && rows.top(row) < top + frame.height;
            prop_assert!(!seen || drawn.contains(&row), "row {row} of {rows:?} is seen, and only {drawn:?} drawn");
        }
        let fit = frame.height / rows.height;
        prop_assert!((drawn.len() as f64) < fit + 20.0, "{} rows are drawn where {fit} fit", drawn.len());
    }

    #[test]
    fn rows_lie_one_below_the_other_and_are_found_where_they_lie(rows in rows(), at in 0_usize..3_000, part in 0.0..0.99_f64) {
        prop_assume!(at < rows.count);
        let (top, end) = (rows.top(at), rows.top(at + 1));
        prop_assert!(end - top >= rows.height - 1e-6);
        prop_assert_eq!(rows.at(top + (end - top) * part + 1e-6), at);
        prop_assert!(end <= rows.total() + 1e-6);
    }

    #[test]
    fn a_row_that_is_brought_into_view_is_seen_and_one_that_is_seen_does_not_move(
        rows in rows(), frame in frame(), at in 0_usize..3_000,
    ) {
        prop_assume!(at < rows.count && frame.height > 330.0);
        let top = rows.reveal(at, frame);
        prop_assert!(top <= rows.top(at) && rows.top(at + 1) <= top + frame.height + 1e-6);
        prop_assert_eq!(rows.reveal(at, Frame { top, ..frame }), top);
    }

    #[test]
    fn what_has_the_focus_is_drawn_wherever_the_list_is_scrolled_to(
        rows in rows(), frame in frame(), focus in 0_usize..3_000,
    ) {
        prop_assert!(with_kept(rows.drawn(frame), [focus]).contains(&focus));
    }

    #[test]
    fn columns_fill_the_width_and_are_never_narrower_than_they_may_be(width in -20.0..5_000.0_f64) {
        let (least, gap) = (176.0, 6.0);
        let count = columns(width, least, gap);
        let each = |count: usize| (width + gap) / count as f64 - gap;
        prop_assert!(count == 1 || each(count) >= least - 1e-6);
        prop_assert!(each(count + 1) < least);
    }

    #[test]
    fn steps_and_pages_lead_to_places_that_are_there(
        at in 0_usize..500, count in 1_usize..500, columns in 0_usize..20, rows in 0_usize..40,
    ) {
        prop_assume!(at < count);
        let shape = Shape { columns, rows };
        let all = [Step::Left, Step::Right, Step::Up, Step::Down, Step::PageUp, Step::PageDown, Step::First, Step::Last];
        for way in all {
            prop_assert!(step(at, count, shape, way) < count, "{way:?}");
        }
        let columns = columns.max(1);
        prop_assert_eq!(step(at, count, shape, Step::PageUp) % columns, at % columns);
        prop_assert!(step(at, count, shape, Step::PageDown) >= at);
    }

    #[test]
    fn a_list_is_pulled_towards_its_nearer_edge_only(y in -100.0..1_100.0_f64, bottom in 0.0..1_000.0_f64) {
        let by = pull(y, 0.0, bottom);
        prop_assert!(by == 0.0 || (by < 0.0) == (y < bottom / 2.0));
        prop_assert!(by.abs() <= 24.0);
        prop_assert!((48.0..=bottom - 48.0).contains(&y) == (by == 0.0) || bottom < 96.0);
    }
}

#[test]
fn before_anything_was_measured_a_screenful_is_drawn() {
    assert_eq!(Rows::even(10_000, 72.0).drawn(Frame::default()), 0..20);
    assert_eq!(Rows::even(3, 72.0).drawn(Frame::default()), 0..3);
    assert_eq!(Rows::even(0, 72.0).drawn(Frame { height: 600.0, ..Frame::default() }), 0..0);
}
