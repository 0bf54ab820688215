//! Rows of `docs/performance.md`, for whoever measures: the bench program itself, and suites that measure the view or the
//! window. Not the measuring, and not the paper, which `cargo xtask bench` writes.
//!
//! # How to add a row
//!
//! A part of the bench is a program that measures, makes [`figures::Figure`]s and gives them to [`figures::hand_over`]: this
//! writes them to the file that `FRONTDESK_BENCH_ROWS` names, and prints them. `FRONTDESK_BENCH_QUICK` is set where there are
//! only seconds. The part is named in `PARTS` in `xtask/src/bench/parts.rs`, with the way it is started: as this program, or
//! by a function of its own that builds and runs something else (a test program of `tests`, a size on disk). A part that
//! fails stops no other: what it measured before stays in the paper, with its date, and the failure beside it.
//!
//! A part that can measure only some of its rows hands over [`figures::Figure::not_run`] for the others.

pub mod crowd;
pub mod figures;
pub mod office;
pub mod replay;
