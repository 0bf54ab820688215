//! The wire to the Frontdesk server: addresses, TCP and TLS, the login over HTTP, the WebSocket. It decides nothing;
//! when to open, to wait and to give up is decided in `controller`.

mod address;
mod dial;
mod fault;
mod login;
mod network;
mod socket;
#[cfg(test)]
pub(crate) mod stand_in;
#[cfg(test)]
mod tests;
mod trust;
mod understand;

pub(crate) use address::ServerAddress;
pub(crate) use fault::{Cure, Fault};
pub(crate) use network::{Attempt, Network, NotSent};
pub(crate) use trust::{Fingerprint, TrustBook, system_roots};
