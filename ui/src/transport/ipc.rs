//! The desktop core over Tauri's IPC: `invoke` for what the person does; what is heard is a call of the core's. The core
//! keeps the connection, the replica and the token; nothing of them is here.

use super::{Credentials, Remembered, Surroundings, Transport};
use crate::dom;
use frontdesk_console::event::Remember;
use frontdesk_console::{Event, Message, Settings};
use frontdesk_protocol::{Command, CommandId, HistoryQuery, LegId, ResyncCause, ServerMessage};
use gloo_timers::callback::Timeout;
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::Callback;

#[wasm_bindgen]
extern "C" {
    // What the functions of Tauri's own package for pages call. Of that package nothing else is needed here.
    #[wasm_bindgen(js_namespace = ["window", "__TAURI_INTERNALS__"], js_name = invoke, catch)]
    async fn invoke(command: &str, arguments: JsValue) -> Result<JsValue, JsValue>;
}

/// Whether the desktop program is around this view.
pub fn is_there() -> bool {
    js_sys::Reflect::has(&js_sys::global(), &"__TAURI_INTERNALS__".into()).unwrap_or(false)
}

/// What the core calls in the page, with JSON texts, one on each line.
const HEAR: &str = "frontdeskHear";

/// What `boot.js` has asked the core for.
const SETTINGS: &str = "frontdeskSettings";

/// How long it takes until a core that did not take note of the page is told of it again, in milliseconds.
const AGAIN_MS: u32 = 1_000;

/// The desktop core.
pub struct Ipc {
    hear: Callback<Event>,
}

impl Ipc {
    /// A way to the core that is not used yet.
    pub fn new(hear: Callback<Event>) -> Self {
        Self { hear }
    }

    fn tell(&self, command: &'static str, arguments: &impl Serialize) {
        let arguments = to_js(arguments);
        spawn_local(async move {
            if let Err(why) = invoke(command, arguments).await {
                report(&format!("{command}: {}", sentence(&why)));
            }
        });
    }
}

impl Transport for Ipc {
    fn surroundings(&self) -> Surroundings {
        Surroundings::Desktop
    }

    fn start(&self) {
        let hear = self.hear.clone();
        spawn_local(async move {
            // To draw the office takes longer than to draw the desk without it, which is on the screen first.
            dom::painted().await;
            listen(hear).await;
        });
    }

    fn log_in(&self, credentials: Credentials) {
        #[derive(Serialize)]
        struct Arguments<'a> {
            server: &'a str,
            user: &'a str,
            password: &'a str,
            remember: bool,
            trust: Option<&'a str>,
        }
        let Credentials { server, user, password, remember, trust } = &credentials;
        let (remember, trust) = (*remember == Remember::Yes, trust.as_deref());
        let arguments = to_js(&Arguments { server, user, password, remember, trust });
        let hear = self.hear.clone();
        spawn_local(async move {
            let answer = invoke("log_in", arguments).await;
            hear.emit(Event::LoggedIn(answer.map(drop).map_err(|why| sentence(&why))));
        });
    }

    fn log_out(&self) {
        self.tell("log_out", &());
    }

    fn order(&self, id: CommandId, command: Command) {
        #[derive(Serialize)]
        struct Arguments<'a> {
            id: &'a CommandId,
            command: &'a Command,
        }
        let arguments = to_js(&Arguments { id: &id, command: &command });
        let hear = self.hear.clone();
        spawn_local(async move {
            if let Err(why) = invoke("order", arguments).await {
                hear.emit(Event::NotSent(id, sentence(&why)));
            }
        });
    }

    fn ask_history(&self, id: CommandId, query: HistoryQuery) {
        #[derive(Serialize)]
        struct Arguments<'a> {
            id: &'a CommandId,
            query: &'a HistoryQuery,
        }
        let arguments = to_js(&Arguments { id: &id, query: &query });
        let hear = self.hear.clone();
        spawn_local(async move {
            if let Err(why) = invoke("ask_history", arguments).await {
                hear.emit(Event::NotSent(id, sentence(&why)));
            }
        });
    }

    fn resync(&self, _why: ResyncCause) {
        // The desktop core has its own replica and tells it again.
        self.tell("resync", &());
    }

    fn save(&self, settings: &Settings) {
        #[derive(Serialize)]
        struct Arguments<'a> {
            settings: &'a Settings,
        }
        let arguments = to_js(&Arguments { settings });
        let hear = self.hear.clone();
        spawn_local(async move {
            if let Err(why) = invoke("save_settings", arguments).await {
                hear.emit(Event::Message(Message::Remark { text: sentence(&why) }));
            }
        });
    }

    // The desktop core raises and withdraws the desktop's own notifications.
    fn notify(&self, _leg: &LegId, _title: &str, _body: &str) {}

    fn withdraw(&self, _leg: &LegId) {}
}

/// The settings that the core keeps, for which the page asked while this program was loaded.
pub async fn settings() -> Remembered {
    let asked = js_sys::Reflect::get(&js_sys::global(), &SETTINGS.into());
    let Ok(asked) = asked.and_then(JsCast::dyn_into::<js_sys::Promise>) else {
        return Err("The page did not ask the program for your settings.".into());
    };
    match JsFuture::from(asked).await {
        Ok(value) if value.is_null() || value.is_undefined() => Ok(None),
        Ok(value) => from_js(&value).map(Some),
        Err(why) => Err(sentence(&why)),
    }
}

/// Hears what the core says from now on.
async fn listen(hear: Callback<Event>) {
    let heard = {
        let hear = hear.clone();
        Closure::<dyn Fn(String)>::new(move |lines: String| take(&lines, &hear)).into_js_value()
    };
    let ready = match js_sys::Reflect::set(&js_sys::global(), &HEAR.into(), &heard) {
        Ok(_) => invoke("subscribe", to_js(&())).await,
        Err(why) => Err(why),
    };
    if let Err(why) = ready {
        report(&format!("nothing is heard of the core: {}", sentence(&why)));
        Timeout::new(AGAIN_MS, move || spawn_local(listen(hear))).forget();
    }
}

/// Reads JSON texts, one on each line.
fn take(lines: &str, hear: &Callback<Event>) {
    for line in lines.split('\n') {
        match read(line) {
            Ok(message) => hear.emit(Event::Message(message)),
            Err(why) => report(&format!("a message from the core cannot be read: {why}")),
        }
    }
}

fn report(text: &str) {
    #[derive(Serialize)]
    struct Arguments<'a> {
        text: &'a str,
    }
    let arguments = to_js(&Arguments { text });
    spawn_local(async move {
        // There is nowhere left to tell that telling failed.
        let _ = invoke("report_error", arguments).await;
    });
}

fn to_js(value: &impl Serialize) -> JsValue {
    let text = serde_json::to_string(value).unwrap_or_default();
    match js_sys::JSON::parse(&text) {
        Ok(value) if value.is_object() => value,
        _ => js_sys::Object::new().into(),
    }
}

/// What stands around a server's message when the core passes it on.
const PASSED_ON: (&str, &str) = (r#"{"kind":"message","message":"#, "}");

/// Reads a message of the core.
fn read(text: &str) -> serde_json::Result<Message> {
    match text.strip_prefix(PASSED_ON.0).and_then(|text| text.strip_suffix(PASSED_ON.1)) {
        Some(passed_on) => Ok(Message::Message { message: Box::new(ServerMessage::read(passed_on)?) }),
        None => serde_json::from_str(text),
    }
}

/// Reads an answer of the core: a JSON text, or the value that Tauri already made of it.
fn from_js<T: serde::de::DeserializeOwned>(value: &JsValue) -> Result<T, String> {
    let text = match value.as_string() {
        Some(text) => text,
        None => js_sys::JSON::stringify(value).map(String::from).map_err(|why| format!("{why:?}"))?,
    };
    serde_json::from_str(&text).map_err(|why| why.to_string())
}

/// The sentence of an error: the core sends sentences, Tauri itself sends texts too.
fn sentence(why: &JsValue) -> String {
    why.as_string()
        .unwrap_or_else(|| js_sys::JSON::stringify(why).map_or_else(|_| format!("{why:?}"), String::from))
}
