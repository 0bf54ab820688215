//! One card: who, why, how long, and its actions. It is grabbed with pointer events, never with HTML drag and drop; how
//! the pointer goes on is heard by the root.

use super::note_line;
use crate::icons::{Icon, icon, of_direction, of_status};
use crate::ticking::Elapsed;
use frontdesk_console::palette::key;
use frontdesk_console::{CardAction, CardState, CardView, Event, Focus, keys, texts};
use frontdesk_protocol::{Direction, LegId};
use std::rc::Rc;
use web_sys::Element;
use yew::{
    Callback, Html, KeyboardEvent, MouseEvent, PointerEvent, Properties, function_component, html,
    use_node_ref,
};

/// Properties of [`Card`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct CardProps {
    /// The card.
    pub card: Rc<CardView>,
    /// Takes what happens.
    pub on: Callback<Event>,
}

/// One card.
#[function_component]
pub fn Card(props: &CardProps) -> Html {
    let (card, on, place) = (&*props.card, &props.on, use_node_ref());
    let onpointerdown = {
        let (on, leg, place) = (on.clone(), card.leg.clone(), place.clone());
        Callback::from(move |event: PointerEvent| {
            if event.button() != 0 || on_button(&event) {
                return;
            }
            event.prevent_default();
            if let Some(place) = place.cast::<web_sys::HtmlElement>() {
                let _ = place.focus();
                let _ = place.set_pointer_capture(event.pointer_id());
            }
            on.emit(Event::Press(leg.clone(), (event.client_x(), event.client_y())));
        })
    };
    let onfocus = {
        let (on, leg) = (on.clone(), card.leg.clone());
        Callback::from(move |_| on.emit(Event::Focused(Focus::Card(leg.clone()))))
    };
    html! {
        <article
            ref={place}
            data-call={card.call.clone()}
            data-leg={card.leg.to_string()}
            data-state={card.state.key()}
            data-ground={key(card.ground)}
            data-direction={direction(card.direction)}
            data-known={card.known.key()}
            data-chosen={card.chosen.to_string()}
            tabindex={if card.tab { "0" } else { "-1" }}
            aria-label={card.label.clone()}
            {onpointerdown} {onfocus}
            onkeydown={keydown(on, &card.leg)}
        >
            <div class="who">
                <span class="shape">{ icon(shape(card)) }</span>
                <strong class="title">{ &card.title }</strong>
            </div>
            <div class="state">
                <span class="word">{ &card.word }</span>
                <Elapsed since={card.since} />
            </div>
            <div class="why" title={texts::direction(card.direction)}>
                { icon(of_direction(card.direction)) }
                <span class="number">{ card.number.clone().unwrap_or_default() }</span>
                <span class="through">{ texts::page::why(card.via.as_deref(), &card.extension) }</span>
            </div>
            <p class="back" hidden={card.back.is_none()}>{ icon(Icon::Back) }<span>{ card.back.clone().unwrap_or_default() }</span></p>
            <div class="actions">{ for card.actions.iter().map(|action| button(*action, card, on)) }</div>
            <div class="about">{ for card.note.iter().map(|note| note_line(note, on)) }</div>
        </article>
    }
}

fn button(action: CardAction, card: &CardView, on: &Callback<Event>) -> Html {
    let (on, leg) = (on.clone(), card.leg.clone());
    let onclick = Callback::from(move |event: MouseEvent| {
        event.stop_propagation();
        on.emit(Event::Act(leg.clone(), action));
    });
    let shape = match action {
        CardAction::Ignore => Icon::Ignore,
        CardAction::Transfer => Icon::Transfer,
        CardAction::HangUp => Icon::HangUp,
    };
    let word = texts::action(action);
    html! {
        <button
            key={action.key()} type="button" data-action={action.key()}
            aria-label={texts::page::action_for(word, &card.title)}
            aria-pressed={(action == CardAction::Transfer).then(|| card.chosen.to_string())}
            {onclick}
        >
            { icon(shape) }<span>{ word }</span>
        </button>
    }
}

fn keydown(on: &Callback<Event>, leg: &LegId) -> Callback<KeyboardEvent> {
    let (on, leg) = (on.clone(), leg.clone());
    Callback::from(move |event: KeyboardEvent| {
        let inside = event.target_dyn_into_button();
        match event.key().as_str() {
            "Enter" | " " if !inside => {
                event.prevent_default();
                on.emit(Event::ChooseCard(leg.clone()));
            }
            key => {
                if let Some(step) = keys::step(key) {
                    event.prevent_default();
                    on.emit(Event::CardStep(step));
                }
            }
        }
    })
}

/// Whether an event began at a button inside the card.
trait AtButton {
    fn target_dyn_into_button(&self) -> bool;
}

impl AtButton for KeyboardEvent {
    fn target_dyn_into_button(&self) -> bool {
        yew::TargetCast::target_dyn_into::<Element>(self).is_some_and(|it| inside_button(&it))
    }
}

fn on_button(event: &PointerEvent) -> bool {
    yew::TargetCast::target_dyn_into::<Element>(event).is_some_and(|it| inside_button(&it))
}

fn inside_button(element: &Element) -> bool {
    element.closest("button").ok().flatten().is_some()
}

fn shape(card: &CardView) -> Icon {
    match card.state {
        CardState::Calling => Icon::Outgoing,
        CardState::Ringing | CardState::Talking | CardState::Held => of_status(card.ground),
    }
}

/// A direction's name in attributes.
pub fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
        Direction::Internal => "internal",
    }
}
