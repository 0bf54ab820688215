//! What a developer runs: `cargo xtask run|test|lab|bench`.

fn main() {}
