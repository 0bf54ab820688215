//! The card that follows the pointer. What would happen stands on the target under it. The root moves it.

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
    let class = match &props.preview {
        Some(Ok(_)) => "would",
        Some(Err(_)) => "cannot",
        None => "nothing",
    };
    html! {
        <div ref={props.place.clone()} class="ghost" aria-hidden="true">
            <div class={classes!("ghost-card", class)}>
                <strong>{ &props.title }</strong>
                <span class="number">{ props.number.clone().unwrap_or_default() }</span>
            </div>
        </div>
    }
}
