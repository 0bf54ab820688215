//! My Stream: the cards, what was handed over, and how a card is grabbed. What a grab means is decided by the desk.

mod card;

use crate::icons::{Icon, icon};
use card::Card;
pub use card::direction;
use frontdesk_console::event::Hover;
use frontdesk_console::{CardView, Event, Note, Tone, texts};
use std::rc::Rc;
use yew::{Callback, Html, PointerEvent, Properties, function_component, html};

/// Properties of [`Stream`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct StreamProps {
    /// Top to bottom.
    pub cards: Vec<Rc<CardView>>,
    /// About calls that are gone from here.
    pub notes: Vec<Note>,
    /// Takes what happens.
    pub on: Callback<Event>,
}

/// The pane.
#[function_component]
pub fn Stream(props: &StreamProps) -> Html {
    let hover = |to: Hover| {
        let on = props.on.clone();
        Callback::from(move |event: PointerEvent| {
            if event.pointer_type() == "mouse" {
                on.emit(Event::StreamHover(to));
            }
        })
    };
    let cards = props.cards.iter().map(|card| {
        html! { <Card key={card.leg.as_str()} card={Rc::clone(card)} on={props.on.clone()} /> }
    });
    let empty = props.cards.is_empty();
    html! {
        <section data-pane="stream" aria-label={texts::page::STREAM}>
            <h2>{ texts::page::STREAM }<span class="count">{ count(props.cards.len()) }</span></h2>
            <div class="cards" onpointerenter={hover(Hover::Inside)} onpointerleave={hover(Hover::Outside)}>
                <p key=" empty" class="empty" hidden={!empty}>{ texts::empty::STREAM }</p>
                { for cards }
            </div>
            <div class="notes">
                { for props.notes.iter().map(|note| note_line(note, &props.on)) }
            </div>
        </section>
    }
}

/// A number of things, nothing for none.
pub fn count(number: usize) -> String {
    if number == 0 { String::new() } else { number.to_string() }
}

/// A note as a line; one that failed can be put away.
pub fn note_line(note: &Note, on: &Callback<Event>) -> Html {
    let (tone, shape) = match note.tone {
        Tone::Pending => ("pending", Icon::Transfer),
        Tone::Done => ("done", Icon::Done),
        Tone::Failed => ("failed", Icon::Warning),
    };
    let (on, subject) = (on.clone(), note.subject.clone());
    let dismiss = Callback::from(move |event: yew::MouseEvent| {
        event.stop_propagation();
        on.emit(Event::Dismiss(subject.clone()));
    });
    html! {
        <p class="note" data-tone={tone}>
            { icon(shape) }
            <span>{ &note.text }</span>
            <button type="button" class="quiet" aria-label={texts::page::PUT_AWAY} hidden={note.tone != Tone::Failed} onclick={dismiss}>
                { icon(Icon::Close) }
            </button>
        </p>
    }
}
