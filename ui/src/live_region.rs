//! What is said to people who do not look. The texts come from the desk; nothing here is seen.

use frontdesk_console::announce::{Announcements, Said};
use yew::{Html, Properties, function_component, html};

/// Properties of [`LiveRegion`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct LiveProps {
    /// The texts.
    pub said: Announcements,
}

/// The two live regions.
#[function_component]
pub fn LiveRegion(props: &LiveProps) -> Html {
    html! {
        <>
            <div id="live" class="unseen" role="status" aria-live="polite">{ text(&props.said.polite) }</div>
            <div id="live-now" class="unseen" role="alert" aria-live="assertive">{ text(&props.said.now) }</div>
        </>
    }
}

/// A sentence said twice has to differ, or it is not read again: a blank at the end does it.
fn text(said: &Said) -> String {
    let mut text = said.text.clone();
    if said.count % 2 == 1 && !text.is_empty() {
        text.push('\u{a0}');
    }
    text
}
