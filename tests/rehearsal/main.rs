//! The rehearsal office against the real Asterisk: the same scripted scenarios are played in both, and the model goes
//! through the same states. And the whole line on it: a server, a desk, calls that come by themselves.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod board;
mod handed;
mod lab;
mod line;
mod same;
mod simulated;
