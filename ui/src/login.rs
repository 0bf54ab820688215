//! The login form. The server's address is asked for in the desktop program only. Passwords are not kept here.

use crate::dom;
use crate::stream::note_line;
use frontdesk_console::event::Remember;
use frontdesk_console::texts::page;
use frontdesk_console::{Event, Note};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::{Callback, Html, Properties, SubmitEvent, function_component, html, use_effect_with};

/// Properties of [`LoginForm`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct LoginProps {
    /// Whether the desktop program is around.
    pub desktop: bool,
    /// The server of the last login.
    pub server: String,
    /// The user of the last login.
    pub user: String,
    /// Whether an answer is awaited.
    pub busy: bool,
    /// Why the last one failed.
    pub error: Option<String>,
    /// The fingerprint of the server's certificate, where the person has to vouch for it.
    pub certificate: Option<String>,
    /// About this computer.
    pub remarks: Vec<Note>,
    /// Takes what happens.
    pub on: Callback<Event>,
}

/// The form.
#[function_component]
pub fn LoginForm(props: &LoginProps) -> Html {
    let (on, certificate) = (props.on.clone(), props.certificate.clone());
    let onsubmit = Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        let remember = if is_checked("login-remember") { Remember::Yes } else { Remember::No };
        let trust = certificate.clone().filter(|_| is_checked("login-trust"));
        on.emit(Event::LogIn {
            server: dom::input("login-server").trim().to_owned(),
            user: dom::input("login-user").trim().to_owned(),
            password: dom::input("login-password"),
            remember,
            trust,
        });
    });
    // Written when they change, and not with each drawing: what was typed and chosen stays.
    use_effect_with((), |()| dom::tick("login-remember"));
    use_effect_with(props.server.clone(), |server| dom::fill("login-server", server));
    use_effect_with(props.user.clone(), |user| dom::fill("login-user", user));
    let given = (props.server.clone(), props.user.clone());
    use_effect_with((given, props.busy, props.error.clone()), |((server, user), busy, error)| {
        // Whoever has failed goes on with the password; whoever is typing goes on typing.
        if !busy && (error.is_some() || !is_typing(server, user)) {
            dom::focus_id(first_missing());
        }
    });
    let server = if props.desktop {
        html! {
            <label>{ page::SERVER }
                <input id="login-server" required=true autocomplete="off" spellcheck="false"
                    placeholder="frontdesk.example.com" />
            </label>
        }
    } else {
        html! { <div hidden={true}></div> }
    };
    let remember = if props.desktop {
        html! {
            <label class="check"><input id="login-remember" type="checkbox" />{ page::REMEMBER }</label>
        }
    } else {
        html! { <div hidden={true}></div> }
    };
    // As one child: where their number changed that of the form's children, each field would become its neighbour, with
    // all that was typed.
    let remarks: Html = props.remarks.iter().map(|note| note_line(note, &props.on)).collect();
    let word = if props.busy { page::LOGGING_IN } else { page::LOG_IN };
    html! {
        <main class="login">
            <form id="login" {onsubmit}>
                <h1>{ page::FRONTDESK }</h1>
                { server }
                <label>{ page::USER }
                    <input id="login-user" required=true autocomplete="username" spellcheck="false"
                        autocapitalize="none" />
                </label>
                <label>{ page::PASSWORD }
                    <input id="login-password" type="password" required=true autocomplete="current-password" />
                </label>
                { remember }
                <p id="login-error" role="alert" hidden={props.error.is_none()}>{ props.error.clone().unwrap_or_default() }</p>
                { certificate_of(props.certificate.as_deref()) }
                { remarks }
                <button id="login-submit" type="submit" disabled={props.busy}>{ word }</button>
            </form>
        </main>
    }
}

/// Where the person begins: what is missing before the password, and else that.
fn first_missing() -> &'static str {
    let missing = |id: &&str| dom::by_id(id).is_some() && dom::input(id).is_empty();
    ["login-server", "login-user"].into_iter().find(missing).unwrap_or("login-password")
}

/// Whether the keyboard is in a field that holds something else than was put there.
fn is_typing(server: &str, user: &str) -> bool {
    let at = dom::document().and_then(|document| document.active_element()).map(|active| active.id());
    let given = [("login-server", server), ("login-user", user), ("login-password", "")];
    given.into_iter().any(|(id, given)| at.as_deref() == Some(id) && dom::input(id) != given)
}

fn is_checked(id: &str) -> bool {
    dom::by_id(id).and_then(|it| it.dyn_into::<HtmlInputElement>().ok()).is_some_and(|it| it.checked())
}

/// The question whether a certificate is trusted for which nobody vouches.
fn certificate_of(fingerprint: Option<&str>) -> Html {
    let Some(fingerprint) = fingerprint else { return html! { <div hidden={true}></div> } };
    html! {
        <div key={fingerprint.to_owned()} class="certificate">
            <p id="login-certificate">{ page::FINGERPRINT }<code>{ fingerprint.to_owned() }</code></p>
            <label class="check">
                <input id="login-trust" type="checkbox" aria-describedby="login-certificate" />{ page::TRUST }
            </label>
        </div>
    }
}
