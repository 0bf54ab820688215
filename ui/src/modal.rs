//! A dialog over the page: its veil, its role and name, and the focus, which goes into it when it opens and back to where
//! it was when it closes. What lies behind is `inert` meanwhile, so that neither Tab nor a click leaves the dialog; the
//! live regions are not. What stands in it is its owner's.

use crate::dom;
use frontdesk_console::Focus;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::{Callback, Children, Html, KeyboardEvent, Properties, function_component, html, use_effect_with};

/// Properties of [`Modal`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct ModalProps {
    /// `dialog`, or `alertdialog` for one that asks.
    #[prop_or("dialog")]
    pub role: &'static str,
    /// What it is called.
    pub name: String,
    /// The id of what describes it, where it should be read out when it opens.
    #[prop_or_default]
    pub about: Option<&'static str>,
    /// The id of what has the focus first.
    pub first: &'static str,
    /// What stands in it.
    pub children: Children,
}

/// The dialog. Give each that should take the focus anew a key of its own.
#[function_component]
pub fn Modal(props: &ModalProps) -> Html {
    use_effect_with(props.first, |first| dom::focus_id(first));
    // A key that has been held since before the dialog was there is no answer to it.
    let onkeydown = Callback::from(|event: KeyboardEvent| {
        if event.repeat() && matches!(event.key().as_str(), "Enter" | " ") {
            event.prevent_default();
        }
    });
    html! {
        <div class="veil">
            <div class="dialog" role={props.role} aria-modal="true" aria-label={props.name.clone()} aria-describedby={props.about} {onkeydown}>
                { props.children.clone() }
            </div>
        </div>
    }
}

/// Where the focus was before a dialog opened.
#[derive(Debug, Default)]
pub struct Behind {
    was: Option<Option<HtmlElement>>,
}

impl Behind {
    /// Before the page is drawn: a dialog is open, or none is.
    pub fn before(&mut self, open: bool) {
        if open && self.was.is_none() {
            let active = dom::document().and_then(|document| document.active_element());
            let active = active.filter(|active| active.tag_name() != "BODY");
            self.was = Some(active.and_then(|active| active.dyn_into().ok()));
        }
    }

    /// After it was drawn: where the dialog has gone, the focus goes back; to the search box where what had it has gone
    /// too.
    pub fn after(&mut self, open: bool) {
        if open {
            return;
        }
        let Some(was) = self.was.take() else { return };
        match was.filter(|was| was.is_connected()) {
            Some(was) => dom::focus_only(&was),
            None => dom::focus(&Focus::Search),
        }
    }
}
