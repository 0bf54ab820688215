//! What a panic of the view leaves for `boot.js`, which sees only that the program stopped, and decides what the page does.

use std::panic::PanicHookInfo;

/// Where the text stands in the page.
const PLACE: &str = "frontdeskPanic";

/// From now on a panic says where it was.
pub fn tell() {
    yew::set_custom_panic_hook(Box::new(|panic| {
        // Where it cannot be left, the error itself is told.
        let _ = js_sys::Reflect::set(&js_sys::global(), &PLACE.into(), &told(panic).into());
    }));
}

/// Where it was and, if that is a fixed text, what. A text made at the time may hold a caller's name, and this one goes
/// into a log.
fn told(panic: &PanicHookInfo<'_>) -> String {
    let what = panic.payload().downcast_ref::<&str>().copied().unwrap_or("something that cannot be");
    match panic.location() {
        Some(place) => format!("{what}, in {}, line {}", place.file(), place.line()),
        None => what.to_owned(),
    }
}
