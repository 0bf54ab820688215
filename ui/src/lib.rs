//! The Yew view: what the person at the desk sees. It decides nothing; commands go to the desktop core or the server.

use yew::{Html, function_component, html};

/// Shows the view in the document's body.
pub fn start() {
    yew::Renderer::<App>::new().render();
}

#[function_component(App)]
fn app() -> Html {
    html! { <main><h1>{ "Frontdesk" }</h1></main> }
}
