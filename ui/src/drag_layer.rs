//! The card that follows the pointer, with what would happen if it were let go. The root moves it.

use yew::{Html, NodeRef, Properties, classes, function_component, html};

/// Properties of [`DragLayer`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct DragProps {
    /// Lets the root move it.
    pub place: NodeRef,
    /// Who.
    pub title: String,
    /// Their number.
    pub number: Option<String>,
    /// What would happen, or why nothing would.
    pub preview: Option<Result<String, String>>,
}

/// The dragged card.
#[function_component]
pub fn DragLayer(props: &DragProps) -> Html {
    let (class, text) = match &props.preview {
        Some(Ok(text)) => ("would", text.clone()),
        Some(Err(text)) => ("cannot", text.clone()),
        None => ("nothing", String::new()),
    };
    html! {
        <div ref={props.place.clone()} class="ghost" aria-hidden="true">
            <div class={classes!("ghost-card", class)}>
                <strong>{ &props.title }</strong>
                <span class="number">{ props.number.clone().unwrap_or_default() }</span>
                <span class="preview">{ text }</span>
            </div>
        </div>
    }
}
