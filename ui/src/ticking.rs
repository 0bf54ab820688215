//! Running clocks: the only things that are drawn anew each second.

use frontdesk_console::clock::duration;
use frontdesk_console::handed::left;
use frontdesk_console::texts;
use frontdesk_protocol::Millis;
use yew::{Html, Properties, function_component, html, use_context};

/// The server's time now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now(pub Millis);

/// Properties of [`Elapsed`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct ElapsedProps {
    /// Since when, by the server's clock.
    pub since: Millis,
}

/// How long it has been.
#[function_component]
pub fn Elapsed(props: &ElapsedProps) -> Html {
    let now = use_context::<Now>().map_or(props.since, |now| now.0);
    html! { <time class="clock">{ duration(now.since(props.since)) }</time> }
}

/// Properties of [`Left`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct LeftProps {
    /// From when, by the server's clock.
    pub since: Millis,
    /// Until when, by the server's clock.
    pub until: Millis,
}

/// How many seconds are left.
#[function_component]
pub fn Left(props: &LeftProps) -> Html {
    let now = use_context::<Now>().map_or(props.until, |now| now.0);
    html! { <time class="clock left">{ texts::page::seconds_left(left(props.since, props.until, now)) }</time> }
}
