//! My Stream: the cards, below them the callers who were handed over, and notes. What a grab means is decided by the desk.

mod card;
mod handed;

use crate::dom;
use crate::icons::{Icon, icon};
use card::Card;
pub use card::direction;
use frontdesk_console::event::Hover;
use frontdesk_console::{CardView, Event, HandedRow, Note, Tone, texts};
use handed::HandedList;
use std::rc::Rc;
use web_sys::Element;
use yew::{
    Callback, Html, MouseEvent, PointerEvent, Properties, function_component, html, use_effect_with,
    use_node_ref,
};

/// Properties of [`Stream`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct StreamProps {
    /// Top to bottom.
    pub cards: Vec<Rc<CardView>>,
    /// Callers whom I handed over.
    pub handed: Vec<Rc<HandedRow>>,
    /// What a drop here does, while one of them is moved.
    pub take_back: Option<String>,
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
    let on = props.on.clone();
    let take = Callback::from(move |_: MouseEvent| on.emit(Event::ClickStream));
    html! {
        <section data-pane="stream" aria-label={texts::page::STREAM}>
            <h2>{ texts::page::STREAM }<span class="count">{ count(props.cards.len()) }</span></h2>
            <div class="well" data-drop="stream">
                <div class="cards" onpointerenter={hover(Hover::Inside)} onpointerleave={hover(Hover::Outside)}>
                    <p key=" empty" class="empty" hidden={!empty}>{ texts::empty::STREAM }</p>
                    { for cards }
                </div>
                <button type="button" class="take-back" hidden={props.take_back.is_none()} onclick={take}>
                    { icon(Icon::Back) }<span>{ props.take_back.clone().unwrap_or_default() }</span>
                </button>
            </div>
            <HandedList rows={props.handed.clone()} on={props.on.clone()} />
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
    html! { <NoteLine note={note.clone()} on={on.clone()} /> }
}

/// Properties of [`NoteLine`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct NoteProps {
    /// The note.
    pub note: Note,
    /// Takes what happens.
    pub on: Callback<Event>,
}

/// A note. One that failed is not left below the fold of a small pane.
#[function_component]
pub fn NoteLine(props: &NoteProps) -> Html {
    let (note, on, place) = (&props.note, &props.on, use_node_ref());
    {
        let place = place.clone();
        use_effect_with((note.tone, note.text.clone()), move |(tone, _)| {
            if let Some(line) = place.cast::<Element>().filter(|_| *tone == Tone::Failed) {
                dom::show(&line);
            }
        });
    }
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
        <p ref={place} class="note" data-tone={tone}>
            { icon(shape) }
            <span>{ &note.text }</span>
            <button type="button" class="quiet" aria-label={texts::page::PUT_AWAY} hidden={note.tone != Tone::Failed} onclick={dismiss}>
                { icon(Icon::Close) }
            </button>
        </p>
    }
}
