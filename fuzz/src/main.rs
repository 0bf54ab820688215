//! libFuzzer around one body of `frontdesk-fuzz`; `FRONTDESK_FUZZ` names it. `cargo xtask fuzz` builds and runs this.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

static TARGET: OnceLock<String> = OnceLock::new();

fuzz_target!(|input: &[u8]| {
    let target = TARGET.get_or_init(|| std::env::var("FRONTDESK_FUZZ").unwrap_or_default());
    frontdesk_fuzz::one(target, input);
});
