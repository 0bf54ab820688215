//! The open targets of a tile: each says what would happen. They lie over the page, at the tile, inside the window.

use crate::dom::{self, Place};
use crate::icons::{Icon, icon};
use frontdesk_console::event::Held;
use frontdesk_console::{Event, Target, TargetKind, texts};
use web_sys::HtmlElement;
use yew::{Callback, Html, MouseEvent, Properties, function_component, html, use_effect_with, use_node_ref};

/// The least width, in pixels.
const WIDTH: f64 = 340.0;

/// Properties of [`Targets`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct TargetsProps {
    /// In the order of the keys.
    pub targets: Vec<Target>,
    /// The one that Enter or a drop would take.
    pub at: usize,
    /// Whose.
    pub name: String,
    /// Whether the caller is handed over the other way.
    pub other: bool,
    /// Where the tile is.
    pub anchor: Place,
    /// Takes what happens.
    pub on: Callback<Event>,
}

/// The targets of one person.
#[function_component]
pub fn Targets(props: &TargetsProps) -> Html {
    let place = use_node_ref();
    {
        let place = place.clone();
        // A page without inline styles is placed by the style object, before it is painted.
        use_effect_with((props.anchor, props.targets.clone()), move |(anchor, _)| {
            if let Some(menu) = place.cast::<HtmlElement>() {
                dom::mark("data-targets", Some(put(&menu, *anchor)));
            }
            || dom::mark("data-targets", None)
        });
    }
    html! {
        <div ref={place} class="targets" role="menu" aria-label={texts::page::send_to(&props.name)}>
            { for props.targets.iter().enumerate().map(|(index, target)| draw(index, target, props)) }
            { switch(props) }
        </div>
    }
}

/// Below the tile where there is room, else above it; says where.
fn put(menu: &HtmlElement, anchor: Place) -> &'static str {
    let (window_width, window_height) = dom::size();
    let width = anchor.width.max(WIDTH).min(window_width - 16.0);
    let style = menu.style();
    let set = |key: &str, pixels: f64| {
        let _ = style.set_property(key, &format!("{pixels}px"));
    };
    set("width", width);
    set("left", anchor.left.min(window_width - width - 8.0).max(8.0));
    let height = f64::from(menu.offset_height());
    let below = anchor.top + anchor.height;
    let fits = below + height <= window_height - 4.0;
    set("top", if fits { below } else { (anchor.top - height).max(4.0) });
    if fits { "below" } else { "above" }
}

/// Turns round what becomes of a caller whom nobody takes. A mailbox takes everybody.
fn switch(props: &TargetsProps) -> Html {
    if props.targets.iter().all(|target| target.kind == TargetKind::Voicemail) {
        return html! { <span key="switch" hidden={true}></span> };
    }
    let on = props.on.clone();
    let onclick = Callback::from(move |event: MouseEvent| {
        event.stop_propagation();
        on.emit(Event::OtherWay);
    });
    html! {
        <button
            key="switch" type="button" class="switch" role="menuitemcheckbox" aria-checked={props.other.to_string()}
            aria-keyshortcuts="Shift+Enter" {onclick}
        >
            <span class="box" aria-hidden="true">{ icon(Icon::Done) }</span>
            <span>{ texts::OTHER_WAY }</span>
            <span class="key">{ texts::OTHER_KEY }</span>
        </button>
    }
}

/// Whether a key is down, as an event tells.
pub fn held(down: bool) -> Held {
    if down { Held::Yes } else { Held::No }
}

fn draw(index: usize, target: &Target, props: &TargetsProps) -> Html {
    let (valid, sentence) = match &target.order {
        Ok(_) => (true, target.sentence.clone()),
        Err(why) => (false, texts::cannot(why)),
    };
    let shape = match target.kind {
        TargetKind::Extension => Icon::Desk,
        TargetKind::Number => Icon::Mobile,
        TargetKind::Voicemail => Icon::Voicemail,
    };
    let onclick = {
        let on = props.on.clone();
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            on.emit(Event::OtherKey(held(event.shift_key())));
            on.emit(Event::ChooseTarget(index));
        })
    };
    let aimed = index == props.at;
    html! {
        <div
            key={index} class="target" role="menuitem"
            data-target={target.kind.key()} data-value={target.value.clone()} data-valid={valid.to_string()}
            data-index={index.to_string()} data-aimed={aimed.to_string()}
            aria-disabled={(!valid).to_string()}
            aria-label={format!("{}. {sentence}", target.title)}
            tabindex={if aimed { "0" } else { "-1" }}
            {onclick}
        >
            { icon(shape) }
            <strong>{ &target.title }</strong>
            <span class="sentence">{ sentence }</span>
        </div>
    }
}
