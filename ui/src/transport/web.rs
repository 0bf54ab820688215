//! The server's WebSocket in a plain browser: cookie session after `POST /api/login`, resume, reconnect with back-off,
//! web notifications. Settings live in the browser's storage; the session's token is never seen by this code.

mod http;
mod notices;
mod outage;

use super::{Credentials, Remembered, Surroundings, Transport};
use crate::dom;
use frontdesk_console::texts::page;
use frontdesk_console::{Connection, Event, Message, Settings};
use frontdesk_protocol::{
    ClientMessage, Command, CommandId, Cursor, Due, HistoryQuery, LegId, Line, Millis, ResyncCause,
    SUBPROTOCOL, ServerMessage,
};
use gloo_events::EventListener;
use gloo_timers::callback::{Interval, Timeout};
use outage::Outage;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{MessageEvent, WebSocket};
use yew::Callback;

const STORE: &str = "frontdesk.settings";
/// How often the line is looked at.
const LOOK_MS: u32 = 500;
/// A socket that is silent for so long is given up.
const SILENCE_MS: u64 = 10_000;

/// The server of this page.
pub struct Web {
    link: Rc<Link>,
    notices: notices::Notices,
    _gestures: Vec<EventListener>,
}

struct Link {
    hear: Callback<Event>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    socket: Option<Socket>,
    /// The same place that the view's replica has, for it hears the same.
    at: Cursor,
    outage: Outage,
    heard: Millis,
    /// The connection in time, once there has been one.
    line: Option<Line>,
    retry: Option<Timeout>,
}

/// An open socket, its listeners and its sign of life. All end with it.
struct Socket {
    socket: WebSocket,
    _listeners: [EventListener; 3],
    _beat: Interval,
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = self.socket.close();
    }
}

impl Web {
    /// A way to the server that is not used yet.
    pub fn new(hear: Callback<Event>) -> Self {
        let link = Rc::new(Link { hear, state: RefCell::default() });
        let logged_in = Rc::clone(&link);
        let gestures = notices::ask_at_first_gesture(move || logged_in.state.borrow().at.at().is_some());
        Self { link, notices: notices::Notices::default(), _gestures: gestures }
    }
}

impl Transport for Web {
    fn surroundings(&self) -> Surroundings {
        Surroundings::Page
    }

    fn start(&self) {
        let link = Rc::clone(&self.link);
        // Asked first, so that a page without a session does not knock at the socket in vain.
        spawn_local(async move {
            match http::session().await {
                http::Session::None => link.say(Connection::Login, ""),
                http::Session::There | http::Session::Unreachable => link.connect(),
            }
        });
    }

    fn log_in(&self, credentials: Credentials) {
        let link = Rc::clone(&self.link);
        spawn_local(async move {
            let answer = http::log_in(&credentials.user, &credentials.password).await;
            let connected = answer.is_ok();
            link.hear.emit(Event::LoggedIn(answer));
            if connected {
                link.state.borrow_mut().outage.ends();
                link.connect();
            }
        });
    }

    fn log_out(&self) {
        let link = Rc::clone(&self.link);
        *link.state.borrow_mut() = State::default();
        spawn_local(async move {
            http::log_out().await;
            link.say(Connection::Login, "");
        });
    }

    fn order(&self, id: CommandId, command: Command) {
        self.link.send_or_tell(&ClientMessage::Command { id: id.clone(), command }, id);
    }

    fn ask_history(&self, id: CommandId, query: HistoryQuery) {
        self.link.send_or_tell(&ClientMessage::History { id: id.clone(), query }, id);
    }

    fn resync(&self, why: ResyncCause) {
        self.link.state.borrow_mut().at.lose(why);
        self.link.send(&ClientMessage::Resync { why });
    }

    fn save(&self, settings: &Settings) {
        let store = dom::window().and_then(|window| window.local_storage().ok().flatten());
        if let (Some(store), Ok(text)) = (store, serde_json::to_string(settings)) {
            // A browser that stores nothing still works; it just forgets.
            let _ = store.set_item(STORE, &text);
        }
    }

    fn notify(&self, leg: &LegId, title: &str, body: &str) {
        self.notices.raise(leg, title, body);
    }

    fn withdraw(&self, leg: &LegId) {
        self.notices.withdraw(leg);
    }
}

impl Link {
    fn say(&self, state: Connection, text: &str) {
        self.say_since(state, text, dom::now());
    }

    fn say_since(&self, state: Connection, text: &str, since: Millis) {
        let text = Some(text.to_owned()).filter(|text| !text.is_empty());
        let since = Some(since);
        self.hear.emit(Event::Message(Message::Connection { state, text, since, server: None, user: None }));
    }

    fn connect(self: &Rc<Self>) {
        if let Some(line) = &mut self.state.borrow_mut().line {
            line.open();
        }
        // While the server is away that stays to be seen; an attempt to reach it is no news.
        if self.state.borrow().outage.is_none() {
            self.say(Connection::Connecting, "");
        }
        let address = dom::window().and_then(|window| {
            let location = window.location();
            let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
            Some(format!("{scheme}://{}/ws", location.host().ok()?))
        });
        let opened = address.and_then(|address| WebSocket::new_with_str(&address, SUBPROTOCOL).ok());
        let Some(socket) = opened else { return self.lost(page::NO_SOCKET) };
        let on = |what: &'static str, heard: fn(&Rc<Self>, &web_sys::Event)| {
            let link = Rc::downgrade(self);
            EventListener::new(&socket, what, move |event| {
                if let Some(link) = link.upgrade() {
                    heard(&link, event);
                }
            })
        };
        let listeners = [
            on("open", |link, _| link.opened()),
            on("message", |link, event| link.heard(event)),
            on("close", |link, _| link.closed()),
        ];
        let link = Rc::downgrade(self);
        let beat = Interval::new(LOOK_MS, move || {
            if let Some(link) = link.upgrade() {
                link.beat();
            }
        });
        let mut state = self.state.borrow_mut();
        state.heard = dom::now();
        state.retry = None;
        state.socket = Some(Socket { socket, _listeners: listeners, _beat: beat });
    }

    fn opened(&self) {
        let resume = {
            let mut state = self.state.borrow_mut();
            state.heard = dom::now();
            state.line.get_or_insert(Line::opening(SILENCE_MS)).opened(dom::steady());
            state.at.resume()
        };
        self.send(&ClientMessage::Hello { resume });
    }

    fn heard(self: &Rc<Self>, event: &web_sys::Event) {
        let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
        let Some(message) = text.and_then(|text| ServerMessage::read(&text).ok()) else {
            return self.lost(page::NOT_UNDERSTOOD);
        };
        let mut bye = None;
        {
            let mut state = self.state.borrow_mut();
            state.heard = dom::now();
            if let Some(line) = &mut state.line {
                line.heard(dom::steady());
            }
            // Where something is missing the view asks for a snapshot.
            let _ = state.at.take(&message);
            match &message {
                ServerMessage::Ready { .. } => state.outage.ends(),
                ServerMessage::Bye { text, again, after_ms } => {
                    bye = Some((text.clone(), *again));
                    if let Some(line) = &mut state.line {
                        line.asked(*after_ms);
                    }
                }
                ServerMessage::Snapshot { .. }
                | ServerMessage::Delta(_)
                | ServerMessage::Check { .. }
                | ServerMessage::Result { .. }
                | ServerMessage::History { .. }
                | ServerMessage::HistoryAdded { .. }
                | ServerMessage::Notice { .. }
                | ServerMessage::Beat { .. } => {}
            }
        }
        match bye {
            None => self.hear.emit(Event::Message(Message::Message { message: Box::new(message) })),
            Some((text, true)) => self.lost(&text),
            Some((text, false)) => {
                *self.state.borrow_mut() = State::default();
                self.say(Connection::Login, &text);
            }
        }
    }

    /// The socket closed. A server that was never reached may simply want a login: it is asked.
    fn closed(self: &Rc<Self>) {
        let known = self.state.borrow().at.at().is_some();
        let link = Rc::clone(self);
        spawn_local(async move {
            match http::session().await {
                http::Session::None => {
                    *link.state.borrow_mut() = State::default();
                    link.say(Connection::Login, if known { page::SESSION_ENDED } else { "" });
                }
                http::Session::There => link.lost(page::CLOSED),
                http::Session::Unreachable => link.lost(page::UNREACHABLE),
            }
        });
    }

    fn lost(self: &Rc<Self>, why: &str) {
        let link = Rc::downgrade(self);
        let mut state = self.state.borrow_mut();
        state.socket = None;
        // A page that was never told anything begins to wait now.
        let heard = if state.heard.0 > 0 { state.heard } else { dom::now() };
        let since = state.outage.fails(heard);
        let now = dom::steady();
        let line = state.line.get_or_insert(Line::opening(SILENCE_MS));
        line.lost(now, js_sys::Math::random());
        let wait = line.wake().map_or(0, |at| at.since(now));
        state.retry = Some(Timeout::new(u32::try_from(wait).unwrap_or(u32::MAX), move || {
            if let Some(link) = link.upgrade() {
                link.connect();
            }
        }));
        drop(state);
        self.say_since(Connection::Offline, why, since);
    }

    fn beat(self: &Rc<Self>) {
        let due = self.state.borrow_mut().line.as_mut().and_then(|line| line.tick(dom::steady()));
        match due {
            Some(Due::Silent(_)) => {
                // This runs inside the socket's own timer, which must not end before it returns.
                let link = Rc::clone(self);
                spawn_local(async move { link.lost(page::SILENT) });
            }
            Some(Due::Beat) => {
                self.send(&ClientMessage::Beat);
            }
            Some(Due::Open) | None => {}
        }
    }

    /// Sends, and says whether the socket was open.
    fn send(&self, message: &ClientMessage) -> bool {
        let state = self.state.borrow();
        let open = state.socket.as_ref().filter(|it| it.socket.ready_state() == WebSocket::OPEN);
        match (open, serde_json::to_string(message)) {
            (Some(open), Ok(text)) => open.socket.send_with_str(&text).is_ok(),
            _ => false,
        }
    }

    fn send_or_tell(&self, message: &ClientMessage, id: CommandId) {
        if !self.send(message) {
            self.hear.emit(Event::NotSent(id, page::NOT_CONNECTED.into()));
        }
    }
}

/// The settings that this browser keeps.
pub fn settings() -> Remembered {
    let store = dom::window().and_then(|window| window.local_storage().ok().flatten());
    let Some(text) = store.and_then(|store| store.get_item(STORE).ok().flatten()) else { return Ok(None) };
    serde_json::from_str(&text).map(Some).map_err(|why| why.to_string())
}
