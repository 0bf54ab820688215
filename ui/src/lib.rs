//! The Yew view: what the person at the desk sees. What it shows and what a gesture means is decided in
//! `frontdesk-console`; here it is drawn, and gestures become events.

mod app;
mod dom;
mod drag_layer;
mod focus_hold;
mod frames;
mod history;
mod icons;
mod live_region;
mod login;
mod marks;
mod modal;
mod panes;
mod panics;
mod question;
mod search;
mod settings;
mod sizes;
mod stream;
mod ticking;
mod topbar;
mod transport;
mod users;

use app::{App, Start};
use wasm_bindgen_futures::spawn_local;

/// Shows the view in the page's `#app`, as the person left it; on a page without one, in its body.
pub fn start() {
    panics::tell();
    spawn_local(async {
        let remembered = transport::settings().await;
        let root = dom::by_id("app");
        if let Some(root) = &root {
            root.set_inner_html("");
        }
        let root = root.or_else(|| dom::document()?.body().map(Into::into));
        if let Some(root) = root {
            yew::Renderer::<App>::with_root_and_props(root, Start { remembered }).render();
        }
    });
}
