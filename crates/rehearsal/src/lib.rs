//! A simulated office that speaks AMI on a socket, so that the same server code runs against it: for trying, training
//! and pictures. It is never the proof that something works with a real Asterisk; the scenarios that are played in
//! both are compared for that.
//!
//! [`Simulation`] is the office itself: no sockets, no clock, no randomness but its seed. [`Office::listen`] puts it
//! behind a socket; [`Session`] is what is said there. [`scenario`] holds scripted calls.

mod action;
mod frames;
mod office;
mod packet;
mod people;
pub mod scenario;
mod server;
mod session;
mod setup;

pub use action::Action;
pub use frames::{FrameError, Frames};
pub use office::Simulation;
pub use packet::Packet;
pub use people::people_file;
pub use server::{ListenError, Office, RunningOffice};
pub use session::{BANNER, Session};
pub use setup::{LAB_RING_MS, Policy, Reception, Seat, Setup, Traffic};
