//! A real Asterisk and SIP phones on loopback, for tests and for trying by hand.
