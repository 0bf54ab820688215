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

/// Shows the view in the page's `#app`; on a page without one, in its body.
pub fn start() {
    panics::tell();
    match dom::by_id("app") {
        Some(root) => {
            root.set_inner_html("");
            yew::Renderer::<app::App>::with_root(root).render();
        }
        None => {
            yew::Renderer::<app::App>::new().render();
        }
    }
}
