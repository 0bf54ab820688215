//! The server between PBX and desks, as a library: the program `frontdesk-server` is thin around it, and the desktop
//! runs it in its own process for a one-desk office and for the rehearsal.
//!
//! Begin with [`Server::start`]. Bytes of AMI are not read here (`frontdesk-ami`), and what they mean is not known here
//! (`frontdesk-switchboard`); this crate decides who may see and do what, keeps the history and serves the desks.

mod audit;
pub mod cli;
mod clock;
pub mod config;
mod desk;
pub mod doctor;
mod doorway;
mod exchange;
mod history;
mod http;
mod hub;
mod ledger;
mod link;
mod login;
pub mod logs;
mod meters;
mod pace;
mod password;
mod people;
mod permission;
mod presence;
mod privacy;
pub mod schema;
mod server;
mod stop;
mod store;
mod throttle;
mod tls;
mod token;
mod watched;

/// The server without sockets, disk and clocks: what the simulation drives in their place.
pub mod sans_io {
    pub use crate::audit::Entry;
    pub use crate::desk::Limits;
    pub use crate::desk::end::{Again, End};
    pub use crate::desk::hearing::{Heard, understand};
    pub use crate::desk::talk::{Say, Talk};
    pub use crate::exchange::core::{Core, Order, Surroundings};
    pub use crate::hub::{Delivery, Feed, Hub, Start, text};
    pub use crate::login::Session;
    pub use crate::pace::{Pace, Paces};
    pub use crate::privacy::{Left, Others, Sight};
    pub use crate::store::{SessionKey, User};
}

#[cfg(test)]
mod specimen;

pub use config::{Config, ConfigError};
pub use server::{OfficeKind, Options, RunningServer, Server};
