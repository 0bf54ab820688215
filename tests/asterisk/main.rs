//! The whole line on a real Asterisk with SIP phones: phones call, a desk sees it and orders, the phones obey. Every
//! test has an office and a server of its own, and asserts on the PBX (its command line, its spool, its phones) and
//! on what the desk sees. What a window shows of it is another suite's.
#![allow(clippy::expect_used, missing_docs)]

mod audit;
mod cold_start;
mod grace;
mod handed;
mod hangup;
mod history;
mod layouts;
mod link;
mod number;
mod office;
mod originate;
mod race;
mod refusals;
mod safe;
mod scene;
mod session;
mod several;
mod status;
mod transfer;
mod voicemail;
