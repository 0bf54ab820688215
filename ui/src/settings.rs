//! The settings dialog: theme, status colours with shape and word, presets. Changes count at once and are stored.

use crate::icons::{icon, of_status};
use crate::modal::Modal;
use frontdesk_console::colour::Colour;
use frontdesk_console::palette::{COLOURED, key};
use frontdesk_console::texts::{self, page};
use frontdesk_console::{Event, Preset, Scheme, Settings, Theme, Untaken};
use frontdesk_protocol::Status;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::{Callback, Html, MouseEvent, Properties, function_component, html};

/// Light or dark, as the page is drawn now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawn(pub Scheme);

/// Properties of [`SettingsDialog`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct SettingsProps {
    /// The settings now.
    pub settings: Settings,
    /// How the page is drawn.
    pub scheme: Drawn,
    /// Closes the dialog.
    pub close: Callback<()>,
    /// Takes what happens.
    pub on: Callback<Event>,
}

/// The dialog.
#[function_component]
pub fn SettingsDialog(props: &SettingsProps) -> Html {
    let close = {
        let close = props.close.clone();
        Callback::from(move |_: MouseEvent| close.emit(()))
    };
    let reset = change(props, |settings| settings.palette.own.clear());
    let themes =
        [(Theme::System, page::THEMES[0]), (Theme::Light, page::THEMES[1]), (Theme::Dark, page::THEMES[2])];
    let presets = [(Preset::Usual, page::PRESETS[0]), (Preset::ColourBlindSafe, page::PRESETS[1])];
    html! {
        <Modal name={page::SETTINGS} first="settings-close">
            <h2>{ page::SETTINGS }<button type="button" id="settings-close" class="quiet" onclick={close}>{ page::CLOSE }</button></h2>
            <fieldset>
                <legend>{ page::THEME }</legend>
                { for themes.map(|(theme, word)| radio("theme", word, props.settings.theme == theme,
                    change(props, move |settings| settings.theme = theme))) }
            </fieldset>
            <fieldset>
                <legend>{ page::CALLS }</legend>
                { check("safe-transfer", page::SAFE_TRANSFER, props.settings.transfer == Untaken::ComesBack,
                    change(props, |settings| settings.transfer = settings.transfer.other())) }
                { check("grace", page::GRACE, props.settings.grace,
                    change(props, |settings| settings.grace = !settings.grace)) }
            </fieldset>
            <fieldset>
                <legend>{ page::COLOURS }</legend>
                { for presets.map(|(preset, word)| radio("preset", word, props.settings.palette.preset == preset,
                    change(props, move |settings| settings.palette.preset = preset))) }
            </fieldset>
            <div class="colours">{ for COLOURED.map(|status| colour(props, status)) }</div>
            <button type="button" class="quiet" disabled={props.settings.palette.own.is_empty()} onclick={reset}>
                { page::PRESET_COLOURS }
            </button>
        </Modal>
    }
}

fn radio(group: &'static str, word: &'static str, checked: bool, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <label key={word} class="check"><input type="radio" name={group} {checked} {onclick} />{ word }</label>
    }
}

fn check(id: &'static str, word: &'static str, checked: bool, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <label key={id} class="check"><input type="checkbox" {id} {checked} {onclick} />{ word }</label>
    }
}

fn colour(props: &SettingsProps, status: Status) -> Html {
    let ground = props.settings.palette.pair(status, props.scheme.0).ground.to_string();
    let (settings, on) = (props.settings.clone(), props.on.clone());
    let onchange = Callback::from(move |event: yew::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(Ok(colour)) = input.map(|input| Colour::parse(&input.value())) else { return };
        let mut settings = settings.clone();
        settings.palette.own.insert(status, colour);
        on.emit(Event::SettingsChanged(Box::new(settings)));
    });
    html! {
        <label key={key(status)} class="swatch" data-ground={key(status)}>
            <span class="shape">{ icon(of_status(status)) }</span>
            <span>{ texts::status(status) }</span>
            <input type="color" value={ground.to_lowercase()} {onchange} data-colour={key(status)} />
        </label>
    }
}

fn change(props: &SettingsProps, how: impl Fn(&mut Settings) + 'static) -> Callback<MouseEvent> {
    let (settings, on) = (props.settings.clone(), props.on.clone());
    Callback::from(move |_| {
        let mut settings = settings.clone();
        how(&mut settings);
        on.emit(Event::SettingsChanged(Box::new(settings)));
    })
}
