//! The callers whom I handed over, below the cards: a row each, with the way back by button, key, click and drag. Only a
//! changed row is drawn anew.

use super::note_line;
use crate::dom;
use crate::icons::{Icon, icon};
use crate::ticking::{Elapsed, Left};
use frontdesk_console::event::Hover;
use frontdesk_console::{Event, Focus, HandedRow, RowClock, keys, texts};
use frontdesk_protocol::HandedState;
use std::rc::Rc;
use web_sys::{Element, HtmlElement};
use yew::{
    Callback, Html, KeyboardEvent, MouseEvent, PointerEvent, Properties, TargetCast, function_component,
    html, use_effect_with, use_node_ref,
};

/// Properties of [`HandedList`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct HandedProps {
    /// Top to bottom.
    pub rows: Vec<Rc<HandedRow>>,
    /// Takes what happens.
    pub on: Callback<Event>,
}

/// The list; nothing where there is nobody.
#[function_component]
pub fn HandedList(props: &HandedProps) -> Html {
    let hover = |to: Hover| {
        let on = props.on.clone();
        Callback::from(move |event: PointerEvent| {
            if event.pointer_type() == "mouse" {
                on.emit(Event::HandedHover(to));
            }
        })
    };
    let rows = props.rows.iter().map(|row| {
        html! { <Row key={row.id.to_string()} row={Rc::clone(row)} on={props.on.clone()} /> }
    });
    html! {
        <div class="handed" data-pane="handed" hidden={props.rows.is_empty()}>
            <h3>{ texts::handed::LIST }<span class="count">{ super::count(props.rows.len()) }</span></h3>
            <div
                class="list" role="list" aria-label={texts::handed::LIST}
                onpointerenter={hover(Hover::Inside)} onpointerleave={hover(Hover::Outside)}
            >
                { for rows }
            </div>
        </div>
    }
}

/// Properties of [`Row`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct RowProps {
    /// The row.
    pub row: Rc<HandedRow>,
    /// Takes what happens.
    pub on: Callback<Event>,
}

/// One row.
#[function_component]
pub fn Row(props: &RowProps) -> Html {
    let (row, on, place) = (&*props.row, &props.on, use_node_ref());
    {
        // Whoever is new is seen, wherever the list was scrolled to.
        let (place, undo) = (place.clone(), row.undo);
        use_effect_with((), move |()| {
            if let Some(place) = place.cast::<Element>().filter(|_| undo) {
                dom::show(&place);
            }
        });
    }
    let onpointerdown = {
        let (on, id, place, undo) = (on.clone(), row.id.clone(), place.clone(), row.undo);
        Callback::from(move |event: PointerEvent| {
            if event.button() != 0 || at_button(event.target_dyn_into()) {
                return;
            }
            event.prevent_default();
            if let Some(place) = place.cast::<HtmlElement>() {
                let _ = place.focus();
                if undo {
                    let _ = place.set_pointer_capture(event.pointer_id());
                }
            }
            if undo {
                on.emit(Event::PressRow(id.clone(), (event.client_x(), event.client_y())));
            }
        })
    };
    let onfocus = {
        let (on, id) = (on.clone(), row.id.clone());
        Callback::from(move |_| on.emit(Event::Focused(Focus::Handed(id.clone()))))
    };
    let clock = match &row.clock {
        RowClock::Since(since) => html! { <Elapsed since={*since} /> },
        RowClock::Until { since, at } => html! { <Left since={*since} until={*at} /> },
        RowClock::At(minute) => html! { <time class="clock">{ minute }</time> },
    };
    html! {
        <div
            ref={place} class="caller" role="listitem"
            data-handed={row.id.to_string()}
            data-state={row.key()}
            data-known={row.known.key()}
            data-undo={row.undo.to_string()}
            data-chosen={row.chosen.to_string()}
            tabindex={if row.tab { "0" } else { "-1" }}
            aria-label={row.label.clone()}
            title={row.undo.then_some(texts::handed::KEYS)}
            {onpointerdown} {onfocus} onkeydown={keydown(row, on)}
        >
            <span class="shape">{ icon(shape(&row.state)) }</span>
            <span class="who">
                <strong>{ &row.title }</strong>
                <span class="number">{ row.number.clone().unwrap_or_default() }</span>
            </span>
            { clock }
            { button(row, on) }
            <span class="what">
                <span class="word">{ &row.word }</span>
                <span class="place">{ row.place.clone().unwrap_or_default() }</span>
            </span>
            <div class="about">{ for row.note.iter().map(|note| note_line(note, on)) }</div>
        </div>
    }
}

/// What can be done: bring the caller back, or put the row away.
fn button(row: &HandedRow, on: &Callback<Event>) -> Html {
    let (word, name, shape, event) = if row.undo {
        (texts::handed::BRING_BACK, "back", Icon::Back, Event::BringBack(row.id.clone()))
    } else if row.over {
        (texts::page::PUT_AWAY, "away", Icon::Close, Event::PutRowAway(row.id.clone()))
    } else {
        return html! { <span class="nothing"></span> };
    };
    let on = on.clone();
    let onclick = Callback::from(move |click: MouseEvent| {
        click.stop_propagation();
        on.emit(event.clone());
    });
    html! {
        <button
            key={name} type="button" data-action={name} class={row.over.then_some("quiet")}
            aria-label={texts::page::action_for(word, &row.title)} title={word}
            {onclick}
        >
            { icon(shape) }<span class="verb" hidden={row.over}>{ word }</span>
        </button>
    }
}

fn keydown(row: &HandedRow, on: &Callback<Event>) -> Callback<KeyboardEvent> {
    let (on, id) = (on.clone(), row.id.clone());
    Callback::from(move |event: KeyboardEvent| {
        let happened = match (event.key().as_str(), keys::step(&event.key())) {
            ("Enter" | " ", _) if at_button(event.target_dyn_into()) => return,
            // A key that is held is one wish, not many.
            ("Enter" | " ", _) if event.repeat() => return,
            ("Enter" | " ", _) => Event::BringBack(id.clone()),
            ("Delete", _) => Event::PutRowAway(id.clone()),
            (_, Some(step)) => Event::HandedStep(step),
            (_, None) => return,
        };
        event.prevent_default();
        on.emit(happened);
    })
}

fn at_button(element: Option<Element>) -> bool {
    element.is_some_and(|it| it.closest("button").ok().flatten().is_some())
}

fn shape(state: &HandedState) -> Icon {
    match state {
        HandedState::Sent | HandedState::SentOn { .. } => Icon::Transfer,
        HandedState::Ringing => Icon::Bell,
        HandedState::Waiting => Icon::Waiting,
        HandedState::Mailbox { .. } => Icon::Voicemail,
        HandedState::Closing { .. } | HandedState::Ended => Icon::HangUp,
        HandedState::Returning { .. } | HandedState::Back { .. } => Icon::Back,
        HandedState::Answered { .. } => Icon::Done,
        HandedState::NotTaken { .. } => Icon::Warning,
        HandedState::Unknown => Icon::Unknown,
    }
}
