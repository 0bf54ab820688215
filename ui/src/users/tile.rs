//! One person's tile: the state colour as the whole ground, a shape, name, extension, word or party, clock; and, while a
//! card is moved over it, its targets. Only a changed tile is drawn anew.

use super::targets::{Targets, held};
use crate::app::lists;
use crate::dom::Place;
use crate::icons::{Icon, icon, of_status};
use crate::ticking::Elapsed;
use frontdesk_console::palette::key;
use frontdesk_console::{Event, Focus, TileView, keys, texts};
use frontdesk_protocol::Mark;
use std::rc::Rc;
use web_sys::Element;
use yew::{Callback, Html, KeyboardEvent, MouseEvent, Properties, TargetCast, function_component, html};

/// Properties of [`Tile`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct TileProps {
    /// The tile.
    pub view: Rc<TileView>,
    /// Which one of its row, from the left.
    pub column: usize,
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
    // Nothing stands for what is not there: a tile has no more elements than it shows, and Yew has one place for each.
    let messages = (view.messages > 0).then(|| {
        html! {
            <span class="messages" title={texts::messages(view.messages)}>
                { icon(Icon::Voicemail) }{ view.messages }
            </span>
        }
    });
    let shape = mark.map(|(_, shape)| icon(shape));
    let marks = (shape.is_some() || messages.is_some()).then(|| {
        html! { <span class="marks">{ shape.unwrap_or_default() }{ messages.unwrap_or_default() }</span> }
    });
    let clock = view.since.map(|since| html! { <Elapsed {since} /> });
    let targets = view.open.as_ref().zip(props.anchor).map(|((targets, at), anchor)| {
        html! {
            <Targets targets={targets.clone()} at={*at} name={view.name.clone()} other={view.other} {anchor} on={on.clone()} />
        }
    });
    html! {
        <div
            class="tile" role="gridcell" aria-colindex={(props.column + 1).to_string()}
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
            <span class="line who"><strong class="name">{ &view.name }</strong>{ marks.unwrap_or_default() }</span>
            <span class="line">
                <span class="extension">{ &view.extension }</span>
                <span class="word">{ &view.word }</span>
            </span>
            <span class="line">
                <span class="with">{ view.with.clone().unwrap_or_default() }</span>
                { clock.unwrap_or_default() }
            </span>
            { targets.unwrap_or_default() }
        </div>
    }
}

/// Keys on a tile; while its targets are open they belong to those.
fn keydown(view: &TileView, on: &Callback<Event>) -> Callback<KeyboardEvent> {
    let (on, person) = (on.clone(), view.person.clone());
    let open = view.open.as_ref().map(|(_, at)| *at);
    Callback::from(move |event: KeyboardEvent| {
        let at = event.target_dyn_into::<Element>();
        let at_switch = at.is_some_and(|it| it.closest(".switch").ok().flatten().is_some());
        if at_switch && matches!(event.key().as_str(), "Enter" | " ") {
            return;
        }
        if event.key() == "Enter" && open.is_some() {
            on.emit(Event::OtherKey(held(event.shift_key())));
        }
        let happened = match (event.key().as_str(), open) {
            ("Enter" | " ", Some(at)) => Event::ChooseTarget(at),
            ("Enter" | " ", None) => Event::ChooseTile(person.clone()),
            (key, open) => match (keys::step(key), open) {
                (None, _) => return,
                (Some(step), Some(_)) => Event::TargetStep(step),
                (Some(step), None) => Event::TileStep(step, lists::shape()),
            },
        };
        event.prevent_default();
        on.emit(happened);
    })
}
