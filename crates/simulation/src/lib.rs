//! An office over simulated time and network: the PBX of the rehearsal, the server and its desks, all of them the code
//! that serves a real office but for sockets, disk and clocks. What happens comes from a seed, and so a world that went
//! wrong is played again exactly. It proves nothing about Asterisk itself; that is `tests/asterisk`.
//!
//! [`run`] plays one seed. While it plays, calls come and go, desks give orders, and the network, the server and the PBX
//! fail in every way listed in [`story::Fault`]. Then all is healed, and within a minute each desk has to show what the
//! server has, and the server what the PBX has.

mod desk;
mod link;
mod net;
mod pbx;
mod server;
pub mod story;
mod trace;
mod world;

pub use trace::Trace;
pub use world::{Failure, Report, run};
