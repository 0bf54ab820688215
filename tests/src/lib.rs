//! The whole line, end to end, on a real Asterisk and in the real window.
