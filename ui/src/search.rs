//! The search box over people: letters typed anywhere land here.

use crate::icons::{Icon, icon};
use frontdesk_console::texts::page;
use frontdesk_console::{Event, Shape, Step};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::{Callback, Html, InputEvent, KeyboardEvent, Properties, function_component, html};

/// Properties of [`SearchBox`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct SearchProps {
    /// The text.
    pub text: String,
    /// Takes what happens.
    pub on: Callback<Event>,
}

/// The search box.
#[function_component]
pub fn SearchBox(props: &SearchProps) -> Html {
    let on = props.on.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        on.emit(Event::Search(input.map(|input| input.value()).unwrap_or_default()));
    });
    let on = props.on.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            on.emit(Event::SearchEnter);
        }
        "ArrowDown" => {
            event.prevent_default();
            on.emit(Event::TileStep(Step::First, Shape::LIST));
        }
        _ => {}
    });
    html! {
        <label class="search">
            { icon(Icon::Search) }
            <input
                id="search" type="search" autocomplete="off" spellcheck="false"
                placeholder={page::SEARCH_HINT}
                aria-label={page::SEARCH}
                value={props.text.clone()} {oninput} {onkeydown}
            />
        </label>
    }
}
