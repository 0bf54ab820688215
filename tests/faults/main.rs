//! Faults on the real programs: `frontdesk-server` in a process of its own, the lab's Asterisk, and wires that break.
//! For each: what the receptionist sees, how soon the truth is back, that memory stays bounded, and that calls live on.
#![allow(clippy::expect_used, missing_docs)]

mod desks;
mod disk;
mod hostile;
mod line;
mod link;
mod proxy;
mod report;
mod room;
mod traffic;
mod watch;
