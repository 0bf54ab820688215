//! The program that holds the one link to the PBX and serves the desks.
