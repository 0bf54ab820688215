//! The right of the head: connection light, who I am, from which extension I call, settings, log out.

use crate::icons::{Icon, icon};
use frontdesk_console::texts::page;
use frontdesk_console::{Event, LinkView};
use frontdesk_protocol::Extension;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::{Callback, Html, MouseEvent, Properties, function_component, html};

/// Properties of [`TopBar`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct TopBarProps {
    /// The connection.
    pub light: LinkView,
    /// Who is logged in.
    pub user: String,
    /// Their extensions.
    pub extensions: Vec<Extension>,
    /// The one that calls go out from.
    pub selected: Option<Extension>,
    /// Opens the settings.
    pub settings: Callback<()>,
    /// Takes what happens.
    pub on: Callback<Event>,
}

/// The bar.
#[function_component]
pub fn TopBar(props: &TopBarProps) -> Html {
    let settings = {
        let open = props.settings.clone();
        Callback::from(move |_: MouseEvent| open.emit(()))
    };
    let on = props.on.clone();
    let log_out = Callback::from(move |_: MouseEvent| on.emit(Event::LogOut));
    html! {
        <div class="bar">
            <span id="connection" data-state={props.light.lamp.key()} title={props.light.text.clone()}>
                <span class="lamp" aria-hidden="true"></span>{ page::light(props.light.lamp, props.light.since.as_deref()) }
            </span>
            <span class="me">{ &props.user }</span>
            { calls_from("selected-extension", &props.extensions, props.selected.as_ref(), &props.on) }
            <button type="button" id="settings" class="quiet" aria-label={page::SETTINGS} title={page::SETTINGS} onclick={settings}>
                { icon(Icon::Settings) }
            </button>
            <button type="button" id="log-out" class="quiet" onclick={log_out}>{ page::LOG_OUT }</button>
        </div>
    }
}

/// Chooses the extension that calls go out from.
pub fn calls_from(
    id: &'static str,
    extensions: &[Extension],
    selected: Option<&Extension>,
    on: &Callback<Event>,
) -> Html {
    let on = on.clone();
    let onchange = Callback::from(move |event: yew::Event| {
        let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        if let Some(extension) = select.and_then(|select| Extension::parse(&select.value()).ok()) {
            on.emit(Event::SelectExtension(extension));
        }
    });
    let options = extensions.iter().map(|extension| {
        let value = extension.to_string();
        html! { <option key={value.clone()} value={value.clone()} selected={selected == Some(extension)}>{ value }</option> }
    });
    html! {
        <label class="from">{ page::CALLS_FROM }
            <select {id} aria-label={page::CALLS_FROM_EXTENSION} {onchange}>{ for options }</select>
        </label>
    }
}
