//! The few things asked of the page itself: what lies at a point, where a tile is, where the focus goes. No drawing.

use frontdesk_console::{Focus, Over};
use frontdesk_protocol::{Millis, PersonId};
use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, Element, FocusOptions, HtmlElement, HtmlInputElement, ScrollIntoViewOptions,
    ScrollLogicalPosition, Window,
};
use yew::NodeRef;

/// A page on which no frame comes for so long is not seen, in milliseconds.
const NO_FRAME_MS: u32 = 100;

/// A place in the window, in CSS pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Place {
    /// From the left.
    pub left: f64,
    /// From the top.
    pub top: f64,
    /// Wide.
    pub width: f64,
    /// High.
    pub height: f64,
}

/// The window.
pub fn window() -> Option<Window> {
    web_sys::window()
}

/// The document.
pub fn document() -> Option<Document> {
    window()?.document()
}

/// Says something about the whole page, for its style: a selector that looks into the page for it would be asked at each
/// change of the page.
pub fn mark(attribute: &str, value: Option<&str>) {
    let Some(root) = document().and_then(|document| document.document_element()) else { return };
    // A page that cannot be marked looks as it does without.
    let _ = match value {
        Some(value) => root.set_attribute(attribute, value),
        None => root.remove_attribute(attribute),
    };
}

/// Whether something is said about the whole page; it is not from now on.
pub fn unmark(attribute: &str) -> bool {
    let root = document().and_then(|document| document.document_element());
    let marked = root.is_some_and(|root| root.has_attribute(attribute));
    mark(attribute, None);
    marked
}

/// Does something once the next frame is on the screen; never on a page that has no frames.
pub fn after_frame(act: impl FnOnce() + 'static) {
    // What a frame's callback asks for comes after the frame.
    let framed = Closure::once_into_js(move || Timeout::new(0, act).forget());
    // A page that cannot be asked has no frames.
    let _ = window().map(|window| window.request_animation_frame(framed.unchecked_ref()));
}

/// Waits until what was drawn is on the screen; where no frame comes, because nobody sees the page, only a moment.
pub async fn painted() {
    let painted = Promise::new(&mut |done, _| {
        let framed = done.clone();
        after_frame(move || fulfil(&framed));
        Timeout::new(NO_FRAME_MS, move || fulfil(&done)).forget();
    });
    // Nothing rejects it.
    let _ = JsFuture::from(painted).await;
}

fn fulfil(promise: &Function) {
    // What fulfils a promise does not throw.
    let _ = promise.call0(&JsValue::UNDEFINED);
}

/// Whether an element fits a CSS selector.
pub fn is_there(css: &str) -> bool {
    document().is_some_and(|page| page.query_selector(css).is_ok_and(|found| found.is_some()))
}

/// The element with an id.
pub fn by_id(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// This machine's clock.
pub fn now() -> Millis {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit")]
    Millis(js_sys::Date::now() as i64)
}

/// A clock that never goes back, whatever is done to this machine's; only differences mean something.
pub fn steady() -> Millis {
    let elapsed = window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now());
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since the page was loaded fit")]
    Millis(elapsed as i64)
}

/// Local minutes east of UTC at an instant.
pub fn zone(at: Millis) -> i32 {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact in a double")]
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.0 as f64));
    #[expect(clippy::cast_possible_truncation, reason = "a zone lies within a day")]
    let minutes = date.get_timezone_offset() as i32;
    -minutes
}

/// Letters and digits that no other run of the view has.
pub fn nonce() -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 2^32")]
    let random = (js_sys::Math::random() * 4_294_967_296.0) as u32;
    format!("{:x}{random:08x}", now().0)
}

/// What lies under a point of the window.
pub fn over(x: i32, y: i32) -> Over {
    let at = || -> Option<Over> {
        #[expect(clippy::cast_precision_loss, reason = "coordinates of a window")]
        let found = document()?.element_from_point(x as f32, y as f32)?;
        if found.closest("[data-drop='stream']").ok().flatten().is_some() {
            return Some(Over::Stream);
        }
        let tile = found.closest("[data-person]").ok()??;
        let person = PersonId::parse(&tile.get_attribute("data-person")?).ok()?;
        let target = found.closest("[data-target]").ok().flatten();
        let index = target.and_then(|target| target.get_attribute("data-index")?.parse().ok());
        Some(index.map_or(Over::Tile(person.clone()), |index| Over::Target(person, index)))
    };
    at().unwrap_or(Over::Nothing)
}

/// The first element whose attribute has exactly this value.
pub fn with(attribute: &str, value: &str) -> Option<HtmlElement> {
    let all = document()?.query_selector_all(&format!("[{attribute}]")).ok()?;
    (0..all.length())
        .filter_map(|at| all.item(at)?.dyn_into::<HtmlElement>().ok())
        .find(|element| element.get_attribute(attribute).as_deref() == Some(value))
}

/// Where a person's tile is.
pub fn tile_place(person: &PersonId) -> Option<Place> {
    let rect = with("data-person", person.as_str())?.get_bounding_client_rect();
    Some(Place { left: rect.left(), top: rect.top(), width: rect.width(), height: rect.height() })
}

/// The size of the window.
pub fn size() -> (f64, f64) {
    let read = || {
        let window = window()?;
        Some((window.inner_width().ok()?.as_f64()?, window.inner_height().ok()?.as_f64()?))
    };
    read().unwrap_or((1280.0, 800.0))
}

/// Sets a property of an element's own style. A page without inline styles is laid out by the style object.
pub fn set(element: &NodeRef, property: &str, value: &str) {
    if let Some(element) = element.cast::<HtmlElement>() {
        let _ = element.style().set_property(property, value);
    }
}

/// The same in pixels.
pub fn set_pixels(element: &NodeRef, property: &str, pixels: f64) {
    set(element, property, &format!("{pixels}px"));
}

/// Puts the keyboard focus somewhere; nothing happens where it is not shown.
pub fn focus(place: &Focus) {
    let element = match place {
        Focus::Card(leg) => with("data-leg", leg.as_str()),
        Focus::Tile(person) => with("data-person", person.as_str()),
        Focus::Row(row) => with("data-history", &row.0.to_string()),
        Focus::Handed(id) => with("data-handed", id.as_str()),
        Focus::Target(at) => with("data-index", &at.to_string()),
        Focus::Search => by_id("search").and_then(|element| element.dyn_into().ok()),
    };
    let Some(element) = element else { return };
    match place {
        // The targets lie over the page, and the box at its head.
        Focus::Target(_) | Focus::Search => {
            let _ = element.focus();
        }
        Focus::Card(_) | Focus::Tile(_) | Focus::Row(_) | Focus::Handed(_) => {
            focus_only(&element);
            show(&element);
        }
    }
}

/// Puts the keyboard focus on an element and scrolls nothing.
pub fn focus_only(element: &HtmlElement) {
    let options = FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}

/// Puts the keyboard focus on the element with an id.
pub fn focus_id(id: &str) {
    if let Some(element) = by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Scrolls an element into view, no farther than needed.
pub fn show(element: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// The text of an input by its id; empty where it is not there.
pub fn input(id: &str) -> String {
    by_id(id).and_then(|e| e.dyn_into::<HtmlInputElement>().ok()).map(|i| i.value()).unwrap_or_default()
}

/// Writes a text into an input.
pub fn fill(id: &str, text: &str) {
    if let Some(input) = by_id(id).and_then(|element| element.dyn_into::<HtmlInputElement>().ok()) {
        input.set_value(text);
    }
}

/// Ticks a box.
pub fn tick(id: &str) {
    if let Some(input) = by_id(id).and_then(|element| element.dyn_into::<HtmlInputElement>().ok()) {
        input.set_checked(true);
    }
}

/// Whether typing goes into a field now.
pub fn typing() -> bool {
    let active = document().and_then(|document| document.active_element());
    active.is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA"))
}
