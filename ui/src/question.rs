//! The question whether the number of a link is called. Cancel has the focus first: Enter that was meant for something else
//! calls nobody. Everything in it is text.

use crate::modal::Modal;
use crate::topbar::calls_from;
use frontdesk_console::texts::dial as words;
use frontdesk_console::{Event, QuestionView};
use yew::{Callback, Html, MouseEvent, Properties, function_component, html};

/// Properties of [`Question`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct QuestionProps {
    /// The question.
    pub question: QuestionView,
    /// Takes the answer.
    pub on: Callback<Event>,
}

/// The question.
#[function_component]
pub fn Question(props: &QuestionProps) -> Html {
    let QuestionView { id, title, number, dials, remarks, from, extensions, held_back } =
        props.question.clone();
    let answer = |event: Event| {
        let on = props.on.clone();
        Callback::from(move |_: MouseEvent| on.emit(event.clone()))
    };
    let held = held_back.is_some();
    let from = match extensions.len() {
        0 | 1 => html! { <span hidden={true}></span> },
        _ => calls_from("question-from", &extensions, from.as_ref(), &props.on),
    };
    html! {
        <Modal role="alertdialog" name={title.clone()} about="question-about" first="question-cancel">
            <h2>{ title.clone() }</h2>
            <div id="question-about" class="about">
                <p class="number" hidden={title.contains(&number)}>{ number }</p>
                <p class="dials">{ dials }</p>
                { for remarks.into_iter().map(|remark| html! { <p>{ remark }</p> }) }
                <p id="question-held-back" class="bad" hidden={!held}>{ held_back.unwrap_or_default() }</p>
            </div>
            <div class="answers">
                { from }
                <button type="button" id="question-cancel" onclick={answer(Event::LeaveTel(id))}>{ words::CANCEL }</button>
                <button type="button" id="question-call" class="yes" aria-disabled={held.then_some("true")}
                    aria-describedby={held.then_some("question-held-back")} onclick={answer(Event::CallTel(id))}>
                    { words::CALL }
                </button>
            </div>
        </Modal>
    }
}
