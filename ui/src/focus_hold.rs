//! Keeps the keyboard focus in its pane when what has it goes: a call that ends, a search that hides a tile. Without
//! it the focus falls to the page, where no key does anything. It decides nothing about steps; that is `console`.

use crate::dom;
use frontdesk_console::Focus;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement};

/// What had the focus when the page was last drawn, and the pane that it stood in.
#[derive(Debug, Default)]
pub struct Hold {
    last: Option<(Element, String)>,
}

impl Hold {
    /// Looks where the focus is now that the page was drawn. Where what had it is gone, it goes to what Tab reaches in
    /// the same pane, else to the search box.
    pub fn keep(&mut self) {
        let Some(document) = dom::document() else { return };
        let active = document.active_element().filter(|active| active.tag_name() != "BODY");
        match (active, self.last.take()) {
            (Some(active), _) => {
                let pane = active.closest("[data-pane]").ok().flatten();
                let pane = pane.and_then(|pane| pane.get_attribute("data-pane"));
                self.last = pane.map(|pane| (active, pane));
            }
            // Only a focus that was lost comes back, not one that was put nowhere by a click.
            (None, Some((gone, pane))) if !gone.is_connected() => {
                // What was open stays open; and whoever looks elsewhere in the list goes on looking there.
                let aimed = || inside(&document, &pane, "[data-aimed='true']");
                match aimed().or_else(|| inside(&document, &pane, "[tabindex='0']")) {
                    Some(place) => dom::focus_only(&place),
                    None => dom::focus(&Focus::Search),
                }
            }
            (None, _) => {}
        }
    }
}

/// Puts the focus on what Tab reaches in a pane; says whether there is such a thing.
pub fn focus_pane(document: &Document, pane: &str) -> bool {
    inside(document, pane, "[tabindex='0']").is_some_and(|place| place.focus().is_ok())
}

/// The first thing of this kind in a pane, and not in a pane inside that one.
fn inside(document: &Document, pane: &str, css: &str) -> Option<HtmlElement> {
    let all = document.query_selector_all(&format!("[data-pane={pane}] {css}")).ok()?;
    let mut all = (0..all.length()).filter_map(|at| all.item(at)?.dyn_into::<HtmlElement>().ok());
    let own = |place: &HtmlElement| {
        let nearest = place.closest("[data-pane]").ok().flatten();
        nearest.and_then(|nearest| nearest.get_attribute("data-pane")).as_deref() == Some(pane)
    };
    all.find(own)
}
