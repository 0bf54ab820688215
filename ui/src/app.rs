//! The root: owns the desk's state, feeds it with events, carries out what it asks for, and hands plain data down.
//! Behaviour is in `frontdesk-console`; drawing is in the components.

mod effects;
pub mod lists;
mod view;

use crate::dom::{self, Place};
use crate::focus_hold::Hold;
use crate::frames::{Changes, Due, Frames};
use crate::marks::{Mark, Marks};
use crate::modal::Behind;
use crate::panes::{self, Divider};
use crate::sizes::Sizes;
use crate::transport::{self, Remembered, Transport};
use frontdesk_console::event::Held;
use frontdesk_console::keys::{Modifier, Shortcut, shortcut};
use frontdesk_console::link::LOOK_MS;
use frontdesk_console::{Console, Event, Lamp, Message, Moving, Over, Pulling, Scheme, Theme, texts};
use frontdesk_protocol::{Millis, PersonId, ServerMessage};
use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::{Interval, Timeout};
use lists::Lists;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, PointerEvent};
use yew::{Callback, Component, Context, Html, NodeRef, Properties};

/// How long a card rests on a tile before the targets open, in milliseconds.
const REST_MS: u32 = 120;

/// How often the clocks go on, in milliseconds, and how often what shows no clock is looked at.
const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60_000;

/// How often a list scrolls under what is held at its edge, in milliseconds.
const FRAME_MS: u32 = 16;

/// What reaches the root.
#[derive(Debug)]
pub enum Msg {
    /// Something for the desk.
    Event(Event),
    /// Something that the desktop core or the server told.
    Heard(Event),
    /// A frame is about to be drawn for which something waits.
    Frame,
    /// The settings dialog opens or closes.
    Settings(Shown),
    /// The system's light or dark changed.
    System(Scheme),
    /// A divider is dragged or moved by keys.
    Divide(Divider),
    /// A list scrolled or a pane changed its size: other rows are seen, and open targets follow their tile.
    Moved,
    /// A card is held at the edge of the tiles.
    Pull,
    /// The pointer did something while a card may be held.
    Pointer(Pointer),
    /// The held card has rested over the same tile for a moment.
    Rested,
    /// The key for the other way of handing over goes down or up.
    Other(Held),
    /// A key that belongs to no focused thing.
    Shortcut(Shortcut),
}

/// What the pointer does, in pixels of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pointer {
    /// A button went down anywhere.
    Down,
    /// It moved with the first button down.
    Moved(i32, i32),
    /// The first button went up.
    Up(i32, i32),
    /// The system took it away.
    Gone,
}

/// Whether something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// What the root begins with.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct Start {
    /// The settings of the last time.
    pub remembered: Remembered,
}

/// The root component.
pub struct App {
    console: Console,
    transport: Rc<dyn Transport>,
    happened: Callback<Event>,
    /// What was heard and is not yet taken in.
    frames: Frames,
    system: Scheme,
    settings: Shown,
    anchor: Option<(PersonId, Place)>,
    pointer: (i32, i32),
    resting: Option<(PersonId, Timeout)>,
    /// Scrolls the tiles under a card that is held at their edge.
    pulling: Option<Interval>,
    /// The two long lists.
    lists: Lists,
    /// Tells when a pane changes its size.
    sizes: Sizes,
    /// The search whose tiles were brought into view last.
    sought: String,
    ghost: NodeRef,
    focus: Option<frontdesk_console::Focus>,
    /// Where the focus is, for when what has it goes.
    hold: Hold,
    /// Where it was before a dialog opened.
    behind: Behind,
    painted: String,
    second: (i64, u64),
    /// The server's time when the clocks went on last: between two seconds none of them is drawn anew.
    now: Millis,
    marks: Marks,
    _clock: Interval,
    _listeners: Vec<EventListener>,
}

impl Component for App {
    type Message = Msg;
    type Properties = Start;

    fn create(ctx: &Context<Self>) -> Self {
        let happened = ctx.link().callback(Msg::Event);
        let ticking = happened.clone();
        let mut console = Console::new(&dom::nonce(), dom::zone);
        console.update(Event::Tick(dom::now()));
        let asked = console.update(Event::SettingsLoaded(ctx.props().remembered.clone()));
        let transport = transport::open(ctx.link().callback(Msg::Heard));
        if dom::unmark("data-restarted") {
            happened.emit(Event::Message(Message::Remark { text: texts::page::RESTARTED.into() }));
        }
        let mut app = Self {
            console,
            transport,
            happened,
            frames: Frames::new(ctx.link().callback(|()| Msg::Frame)),
            system: effects::system_scheme(),
            settings: Shown::No,
            anchor: None,
            pointer: (0, 0),
            resting: None,
            pulling: None,
            lists: Lists::default(),
            sizes: Sizes::new(ctx.link().callback(|()| Msg::Moved)),
            sought: String::new(),
            second: (0, 0),
            now: Millis::default(),
            ghost: NodeRef::default(),
            focus: None,
            hold: Hold::default(),
            behind: Behind::default(),
            painted: String::new(),
            marks: Marks::default(),
            _clock: Interval::new(LOOK_MS, move || ticking.emit(Event::Tick(dom::now()))),
            _listeners: listeners(ctx),
        };
        app.carry_out(asked);
        app
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let draw = self.take(ctx, msg);
        // A question does not wait behind the settings.
        if self.console.asks() {
            self.settings = Shown::No;
        }
        self.behind.before(self.dialog_is_open());
        draw
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        self.draw(ctx)
    }

    fn rendered(&mut self, ctx: &Context<Self>, first: bool) {
        if first {
            self.transport.start();
        }
        self.paint();
        self.place_ghost();
        self.hold_rows();
        self.show_found();
        self.behind.after(self.dialog_is_open());
        if let Some(focus) = self.focus.take() {
            dom::focus(&focus);
        }
        self.hold.keep();
        self.sizes.watch([&self.lists.tiles, &self.lists.rows]);
        self.mark();
        if self.unmeasured() {
            ctx.link().send_message(Msg::Moved);
        }
    }
}

impl App {
    fn take(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Event(event) => return self.event(event),
            Msg::Heard(event) => {
                let changes = changes(&event);
                return self.frames.put(event, changes) == Due::Now && self.catch_up(dom::now());
            }
            Msg::Frame => return self.catch_up(dom::now()),
            Msg::Settings(shown) => self.settings = shown,
            Msg::System(scheme) => self.system = scheme,
            Msg::Divide(divider) => {
                let mut settings = self.console.settings.clone();
                settings.layout = panes::divided(settings.layout, divider);
                if divider.done() {
                    return self.event(Event::SettingsChanged(Box::new(settings)));
                }
                self.console.settings = settings;
            }
            Msg::Moved => {
                let (other, before) = (self.measure(), self.anchor.clone());
                self.anchor_open();
                return other || before != self.anchor;
            }
            Msg::Pull => return self.pulled(ctx),
            Msg::Pointer(pointer) => return self.pointer(pointer, ctx),
            Msg::Rested => {
                self.resting = None;
                let (x, y) = self.pointer;
                return self.console.moving.held().is_some()
                    && self.event(Event::Drag((x, y), dom::over(x, y)));
            }
            // It counts while somebody is moved; going up it always does.
            Msg::Other(held) => {
                let matters = held == Held::No || self.console.moving.leg().is_some();
                return matters && held != self.console.other.held && self.event(Event::OtherKey(held));
            }
            Msg::Shortcut(key) => return self.shortcut(key),
        }
        true
    }

    fn mark(&mut self) {
        if !self.console.needs_login() {
            self.marks.set(Mark::Desk);
        }
        if self.console.light().lamp == Lamp::Live {
            self.marks.set(Mark::Live);
        }
    }

    fn dialog_is_open(&self) -> bool {
        self.settings == Shown::Yes || self.console.asks()
    }

    /// Feeds the desk with the time and an event; says whether anything has to be drawn anew.
    fn event(&mut self, event: Event) -> bool {
        if let Event::Tick(now) = event {
            // Where no frame comes, nothing waits for longer than this.
            return self.catch_up(now) || self.tick(now);
        }
        let due = self.tick(dom::now());
        let dragged = match &event {
            Event::Drag(at, _) | Event::Press(_, at) | Event::PressRow(_, at) => {
                self.pointer = *at;
                Some(self.carried())
            }
            _ => None,
        };
        let open = self.open();
        let asked = self.console.update(event);
        self.carry_out(asked);
        if open != self.open() {
            self.anchor_open();
        }
        match dragged {
            // While a card only follows the pointer nothing else changes, so only a clock is drawn.
            Some(carried) if carried == self.carried() => {
                self.place_ghost();
                due
            }
            Some(_) | None => true,
        }
    }

    /// Takes in all that was heard; says whether anything has to be drawn anew.
    fn catch_up(&mut self, now: Millis) -> bool {
        let heard = self.frames.take();
        if heard.is_empty() {
            return false;
        }
        let seen = heard.iter().any(|event| changes(event) == Changes::Something);
        let open = self.open();
        let due = self.pass(std::iter::once(Event::Tick(now)).chain(heard));
        if open != self.open() {
            self.anchor_open();
        }
        seen || due
    }

    /// What a drag can change beside the place of what is dragged.
    fn carried(&self) -> (Moving, Pulling, frontdesk_console::announce::Announcements) {
        let console = &self.console;
        (console.moving.clone(), console.handed.pulling.clone(), console.said.clone())
    }

    /// Draws when a clock has gone on, or the time has changed something else.
    fn tick(&mut self, now: Millis) -> bool {
        self.pass([Event::Tick(now)])
    }

    /// Lets the desk take in what has happened by now.
    fn pass(&mut self, events: impl IntoIterator<Item = Event>) -> bool {
        let before = (self.second, self.console.light().lamp, self.console.said.clone());
        let rested = self.rests();
        let asked = self.console.update_all(events);
        self.carry_out(asked);
        // Where no clock is seen, only the days of the history go on.
        let unit = if rested && self.rests() { MINUTE_MS } else { SECOND_MS };
        // A countdown goes on between the full seconds of the clocks.
        self.second = (self.console.clock.server().0.div_euclid(unit), self.console.countdown());
        if self.second != before.0 || rested {
            self.now = self.console.clock.server();
        }
        before != (self.second, self.console.light().lamp, self.console.said.clone())
    }

    /// Whether nothing that is seen changes with the seconds.
    fn rests(&self) -> bool {
        self.console.rests() && !dom::is_there(".clock:not([hidden])")
    }

    /// Carries the held card or row. Without one the pointer is nobody's business here.
    fn pointer(&mut self, pointer: Pointer, ctx: &Context<Self>) -> bool {
        let row = self.console.handed.pulling.held().is_some();
        if !row && self.console.moving.held().is_none() {
            return false;
        }
        if matches!(pointer, Pointer::Moved(..)) && self.pulling.is_none() {
            let link = ctx.link().clone();
            self.pulling = Some(Interval::new(FRAME_MS, move || link.send_message(Msg::Pull)));
        }
        let event = match pointer {
            // The button went up where nobody heard it, so nothing was meant by it.
            Pointer::Down | Pointer::Gone => Event::CancelDrag,
            Pointer::Moved(x, y) if row => Event::Drag((x, y), dom::over(x, y)),
            Pointer::Moved(x, y) => Event::Drag((x, y), self.settled(dom::over(x, y), ctx)),
            Pointer::Up(x, y) => Event::Drop(dom::over(x, y)),
        };
        if !matches!(event, Event::Drag(..)) {
            self.resting = None;
            self.pulling = None;
        }
        self.event(event)
    }

    /// Scrolls the tiles under what is held at their edge. Nothing opens while they move.
    fn pulled(&mut self, ctx: &Context<Self>) -> bool {
        let (x, y) = self.pointer;
        let over = dom::over(x, y);
        if !self.dragging() {
            self.pulling = None;
            return false;
        }
        if matches!(over, Over::Target(..)) || !self.pull() {
            return false;
        }
        self.resting = None;
        let over = self.settled(over, ctx);
        self.event(Event::Drag((x, y), over))
    }

    /// A tile opens its targets only when the card rests on it: those of a tile that is merely crossed would lie over
    /// the ones behind it.
    fn settled(&mut self, over: Over, ctx: &Context<Self>) -> Over {
        let Over::Tile(person) = &over else {
            self.resting = None;
            return over;
        };
        if self.open().as_ref() == Some(person) {
            return over;
        }
        if self.resting.as_ref().is_none_or(|(there, _)| there != person) {
            let link = ctx.link().clone();
            let timer = Timeout::new(REST_MS, move || link.send_message(Msg::Rested));
            self.resting = Some((person.clone(), timer));
        }
        Over::Nothing
    }

    fn open(&self) -> Option<PersonId> {
        self.console.moving.open().map(|(person, _)| person.clone())
    }

    fn anchor_open(&mut self) {
        self.anchor = self.open().and_then(|person| dom::tile_place(&person).map(|place| (person, place)));
    }

    fn place_ghost(&self) {
        if let (true, Some(ghost)) = (self.dragging(), self.ghost.cast::<HtmlElement>()) {
            let (x, y) = self.pointer;
            let _ = ghost.style().set_property("transform", &format!("translate({x}px, {y}px)"));
        }
    }

    fn dragging(&self) -> bool {
        matches!(self.console.moving, Moving::Dragging { .. })
            || matches!(self.console.handed.pulling, Pulling::Dragging { .. })
    }

    fn scheme(&self) -> Scheme {
        match self.console.settings.theme {
            Theme::System => self.system,
            Theme::Light => Scheme::Light,
            Theme::Dark => Scheme::Dark,
        }
    }

    fn shortcut(&mut self, key: Shortcut) -> bool {
        match key {
            Shortcut::Back if self.settings == Shown::Yes => {
                self.settings = Shown::No;
                true
            }
            Shortcut::Back => self.event(Event::Escape),
            Shortcut::Search => {
                dom::focus(&frontdesk_console::Focus::Search);
                false
            }
            Shortcut::Stream => effects::focus_pane("stream"),
            Shortcut::Users => effects::focus_pane("users"),
            Shortcut::History => effects::focus_pane("history"),
            Shortcut::SearchHistory => {
                dom::focus_id(crate::history::SEARCH);
                false
            }
            Shortcut::Handed => self.event(Event::GoToHanded),
            Shortcut::Undo if self.console.needs_login() => false,
            Shortcut::Undo => self.event(Event::Undo),
        }
    }
}

/// What it may change of what is seen: beats and checks come all the time.
fn changes(event: &Event) -> Changes {
    let Event::Message(Message::Message { message }) = event else { return Changes::Something };
    match **message {
        ServerMessage::Beat { .. } => Changes::Nothing,
        ServerMessage::Check { .. } => Changes::Compared,
        _ => Changes::Something,
    }
}

/// The key's name; with Ctrl that of the Latin letter at its place, where the layout has another script.
fn letter(event: &KeyboardEvent) -> String {
    let key = event.key();
    match event.code().strip_prefix("Key") {
        Some(latin) if event.ctrl_key() && !key.is_ascii() => latin.to_lowercase(),
        Some(_) | None => key,
    }
}

fn listeners(ctx: &Context<App>) -> Vec<EventListener> {
    let Some(window) = dom::window() else { return Vec::new() };
    let link = ctx.link().clone();
    let keys = EventListener::new_with_options(
        &window,
        "keydown",
        EventListenerOptions::enable_prevent_default(),
        move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            if event.default_prevented() || event.is_composing() {
                return;
            }
            if event.key() == "Shift" {
                return link.send_message(Msg::Other(Held::Yes));
            }
            let control = event.ctrl_key() || event.meta_key();
            let modifier = match (control, event.alt_key(), event.shift_key()) {
                (false, false, _) => Modifier::Plain,
                (true, false, false) => Modifier::Command,
                _ => Modifier::Other,
            };
            let Some(key) = shortcut(&letter(event), modifier) else { return };
            // A key that is held is one wish, not many.
            if key == Shortcut::Undo && event.repeat() {
                return event.prevent_default();
            }
            // A letter goes to the search box by the focus alone; typed into a field it stays there.
            if modifier == Modifier::Plain && dom::typing() && key == Shortcut::Search {
                return;
            }
            if modifier != Modifier::Plain {
                event.prevent_default();
            }
            link.send_message(Msg::Shortcut(key));
        },
    );
    let released = {
        let link = ctx.link().clone();
        EventListener::new(&window, "keyup", move |event| {
            if event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() == "Shift") {
                link.send_message(Msg::Other(Held::No));
            }
        })
    };
    let left = {
        let link = ctx.link().clone();
        EventListener::new(&window, "blur", move |_| link.send_message(Msg::Other(Held::No)))
    };
    let moved = |what: &'static str| {
        let link = ctx.link().clone();
        let options = EventListenerOptions::run_in_capture_phase();
        EventListener::new_with_options(&window, what, options, move |_| link.send_message(Msg::Moved))
    };
    // Heard at the window and not at the card, because a browser may take a captured pointer away in mid-drag.
    let pointer = |what: &'static str, read: fn(&PointerEvent) -> Option<Pointer>| {
        let link = ctx.link().clone();
        let options = EventListenerOptions::run_in_capture_phase();
        EventListener::new_with_options(&window, what, options, move |event| {
            let Some(event) = event.dyn_ref::<PointerEvent>() else { return };
            if let Some(pointer) = read(event) {
                link.send_message(Msg::Other(if event.shift_key() { Held::Yes } else { Held::No }));
                link.send_message(Msg::Pointer(pointer));
            }
        })
    };
    let mut listeners = vec![
        keys,
        released,
        left,
        moved("scroll"),
        moved("resize"),
        pointer("pointerdown", |_| Some(Pointer::Down)),
        pointer("pointermove", |event| {
            (event.buttons() & 1 == 1).then(|| Pointer::Moved(event.client_x(), event.client_y()))
        }),
        pointer("pointerup", |event| {
            (event.button() == 0).then(|| Pointer::Up(event.client_x(), event.client_y()))
        }),
        pointer("pointercancel", |_| Some(Pointer::Gone)),
    ];
    if let Some(query) = effects::dark_query() {
        let link = ctx.link().clone();
        listeners.push(EventListener::new(&query, "change", move |_| {
            link.send_message(Msg::System(effects::system_scheme()));
        }));
    }
    listeners
}
