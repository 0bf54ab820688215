//! The login form. The server's address is asked for in the desktop program only. Passwords are not kept here.

use crate::dom;
use crate::stream::note_line;
use frontdesk_console::event::Remember;
use frontdesk_console::texts::page;
use frontdesk_console::{Event, Note};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::{Callback, Html, Properties, SubmitEvent, function_component, html};

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
    let server = if props.desktop {
        html! {
            <label>{ page::SERVER }
                <input id="login-server" required=true autocomplete="off" spellcheck="false"
                    placeholder="frontdesk.example.com" value={props.server.clone()} />
            </label>
        }
    } else {
        html! { <div hidden={true}></div> }
    };
    let remember = if props.desktop {
        html! {
            <label class="check"><input id="login-remember" type="checkbox" checked=true />{ page::REMEMBER }</label>
        }
    } else {
        html! { <div hidden={true}></div> }
    };
    let word = if props.busy { page::LOGGING_IN } else { page::LOG_IN };
    html! {
        <main class="login">
            <form id="login" {onsubmit}>
                <h1>{ page::FRONTDESK }</h1>
                { server }
                <label>{ page::USER }
                    <input id="login-user" required=true autocomplete="username" spellcheck="false" autocapitalize="none"
                        value={props.user.clone()} />
                </label>
                <label>{ page::PASSWORD }
                    <input id="login-password" type="password" required=true autocomplete="current-password" />
                </label>
                { remember }
                <p id="login-error" role="alert" hidden={props.error.is_none()}>{ props.error.clone().unwrap_or_default() }</p>
                { certificate_of(props.certificate.as_deref()) }
                { for props.remarks.iter().map(|note| note_line(note, &props.on)) }
                <button id="login-submit" type="submit" disabled={props.busy}>{ word }</button>
            </form>
        </main>
    }
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
