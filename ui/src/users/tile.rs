//! One person's tile: the state colour as the whole ground, a shape, name, extension, word or party, clock; and, while a
//! card is moved over it, its targets. Only a changed tile is drawn anew.

use crate::dom::{self, Place};
use crate::icons::{Icon, icon, of_status};
use crate::ticking::Elapsed;
use frontdesk_console::palette::key;
use frontdesk_console::{Event, Focus, Target, TargetKind, TileView, keys, texts};
use frontdesk_protocol::Mark;
use std::rc::Rc;
use yew::{Callback, Html, KeyboardEvent, MouseEvent, Properties, function_component, html};

/// The width of the open targets, in pixels.
const WIDTH: f64 = 340.0;
/// The height of one target, in pixels, for choosing the side to open at.
const HEIGHT: f64 = 46.0;

/// Properties of [`Tile`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct TileProps {
    /// The tile.
    pub view: Rc<TileView>,
    /// Where it is, while its targets are open.
    pub anchor: Option<Place>,
    /// Takes what happens.
    pub on: Callback<Event>,
}

/// One tile.
#[function_component]
pub fn Tile(props: &TileProps) -> Html {
    let (view, on) = (&*props.view, &props.on);
    let onclick = {
        let (on, person) = (on.clone(), view.person.clone());
        Callback::from(move |_: MouseEvent| on.emit(Event::ChooseTile(person.clone())))
    };
    let onfocus = {
        let (on, person) = (on.clone(), view.person.clone());
        Callback::from(move |_| on.emit(Event::Focused(Focus::Tile(person.clone()))))
    };
    let mark = view.mark.map(|mark| match mark {
        Mark::Ringing => ("ringing", Icon::Bell),
        Mark::Held => ("held", Icon::Hold),
    });
    let marks = html! {
        <span class="marks">
            { for mark.iter().map(|(_, shape)| icon(*shape)) }
            <span class="messages" hidden={view.messages == 0} title={texts::messages(view.messages)}>
                { icon(Icon::Voicemail) }{ view.messages }
            </span>
        </span>
    };
    let clock = match view.since {
        Some(since) => html! { <Elapsed {since} /> },
        None => html! { <time class="clock" hidden={true}></time> },
    };
    let targets = match (&view.open, props.anchor) {
        (Some((targets, at)), Some(anchor)) => draw_targets(targets, *at, &view.name, anchor, on),
        (Some(_) | None, _) => html! { <div hidden={true}></div> },
    };
    html! {
            <div
                class="tile" role="gridcell"
                data-person={view.person.to_string()}
                data-extension={view.extension.clone()}
                data-status={key(view.status)}
                data-ground={key(view.ground)}
                data-mark={mark.map(|(name, _)| name)}
                data-dim={view.dim.to_string()}
                data-open={view.open.is_some().to_string()}
                aria-label={view.label.clone()}
                aria-selected={view.selected.to_string()}
                aria-expanded={view.open.is_some().to_string()}
                tabindex={if view.tab { "0" } else { "-1" }}
                {onclick} {onfocus} onkeydown={keydown(view, on)}
            >
                <span class="shape">{ icon(of_status(view.status)) }</span>
                <strong class="name">{ &view.name }</strong>
                <span class="extension">{ &view.extension }</span>
    <span class="word">{ &view.word }</span>
                <span class="with">{ view.with.clone().unwrap_or_default() }</span>
                { marks }
                { clock }
                { targets }
            </div>
        }
}

fn draw_targets(targets: &[Target], at: usize, name: &str, anchor: Place, on: &Callback<Event>) -> Html {
    let (window_width, window_height) = dom::size();
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let height = targets.len() as f64 * HEIGHT + 4.0;
    let width = anchor.width.max(WIDTH).min(window_width - 16.0);
    let left = anchor.left.min(window_width - width - 8.0).max(8.0);
    let below = anchor.top + anchor.height;
    let top = if below + height <= window_height - 4.0 { below } else { (anchor.top - height).max(4.0) };
    let style = format!("left: {left}px; top: {top}px; width: {width}px;");
    html! {
        <div class="targets" role="menu" aria-label={format!("Send to {name}")} {style}>
            { for targets.iter().enumerate().map(|(index, target)| draw_target(index, target, at, on)) }
        </div>
    }
}

fn draw_target(index: usize, target: &Target, at: usize, on: &Callback<Event>) -> Html {
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
        let on = on.clone();
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            on.emit(Event::ChooseTarget(index));
        })
    };
    html! {
        <div
            key={index} class="target" role="menuitem"
            data-target={target.kind.key()} data-value={target.value.clone()} data-valid={valid.to_string()}
            data-index={index.to_string()} data-aimed={(index == at).to_string()}
            aria-disabled={(!valid).to_string()}
            aria-label={format!("{}. {sentence}", target.title)}
            tabindex={if index == at { "0" } else { "-1" }}
            {onclick}
        >
            { icon(shape) }
            <strong>{ &target.title }</strong>
            <span class="sentence">{ sentence }</span>
        </div>
    }
}

/// Keys on a tile; while its targets are open they belong to those.
fn keydown(view: &TileView, on: &Callback<Event>) -> Callback<KeyboardEvent> {
    let (on, person) = (on.clone(), view.person.clone());
    let open = view.open.as_ref().map(|(_, at)| *at);
    Callback::from(move |event: KeyboardEvent| {
        let happened = match (event.key().as_str(), open) {
            ("Enter" | " ", Some(at)) => Event::ChooseTarget(at),
            ("Enter" | " ", None) => Event::ChooseTile(person.clone()),
            (key, open) => match (keys::step(key), open) {
                (None, _) => return,
                (Some(step), Some(_)) => Event::TargetStep(step),
                (Some(step), None) => Event::TileStep(step, dom::columns()),
            },
        };
        event.prevent_default();
        on.emit(happened);
    })
}
