//! Asterisk Manager Interface: a codec without IO, typed events and actions, and a tokio client.
