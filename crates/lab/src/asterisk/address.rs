//! Loopback addresses and ports that no other lab on this machine uses.
//!
//! Every lab has its own 127.x.y.0/24: `.1` is Asterisk, `.2` the provider of the outside line (another address, so
//! that Asterisk can tell it from the phones), and a socket held open on `.9` is the claim, which the kernel takes
//! back however the process ends. It is deliberately not a file lock: nothing can be left over.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};

use super::LabError;

const CLAIM_PORT: u16 = 15_009;

#[derive(Debug)]
pub(super) struct Addresses {
    pub host: Ipv4Addr,
    pub provider: Ipv4Addr,
    pub sip_port: u16,
    pub ami_port: u16,
    _claim: UdpSocket,
}

impl Addresses {
    pub fn claim() -> Result<Self, LabError> {
        for n in 1..=2000_u16 {
            let [high, low] = n.to_be_bytes();
            let address = |last| Ipv4Addr::new(127, 101 + high, low, last);
            let Ok(claim) = UdpSocket::bind((address(9), CLAIM_PORT)) else { continue };
            let sip = (5060..5100).find(|&port| {
                UdpSocket::bind((address(1), port)).is_ok() && UdpSocket::bind((address(2), port)).is_ok()
            });
            let ami = (5038..5058).find(|&port| TcpListener::bind((address(1), port)).is_ok());
            if let (Some(sip_port), Some(ami_port)) = (sip, ami) {
                return Ok(Self {
                    host: address(1),
                    provider: address(2),
                    sip_port,
                    ami_port,
                    _claim: claim,
                });
            }
        }
        Err(LabError::Machine(
            "No loopback address is free for the lab. End the labs that still run, then try again."
                .to_owned(),
        ))
    }
}
