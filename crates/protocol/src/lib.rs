//! The plain data that server, desktop and view share.
