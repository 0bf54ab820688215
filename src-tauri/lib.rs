//! The desktop core.
