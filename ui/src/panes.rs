//! The dividers between the panes: by pointer and by arrow keys, remembered in thousandths of the window.

use crate::dom;
use frontdesk_console::settings::Layout;
use frontdesk_console::texts::page;
use frontdesk_console::{Step, keys};
use web_sys::Element;
use yew::{
    Callback, Html, KeyboardEvent, NodeRef, PointerEvent, Properties, function_component, html, use_node_ref,
};

/// Which divider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Between the left column and the users.
    Left,
    /// Between stream and history.
    Stream,
}

/// A move of a divider.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Divider {
    /// It follows the pointer.
    To(Side, (i32, i32)),
    /// It was let go.
    Done,
    /// A key moved it by this many thousandths.
    By(Side, i16),
}

impl Divider {
    /// Whether the size is to be remembered now.
    pub fn done(self) -> bool {
        matches!(self, Self::Done | Self::By(..))
    }
}

/// The layout after a move.
pub fn divided(layout: Layout, divider: Divider) -> Layout {
    let (width, height) = dom::size();
    let top = dom::document()
        .and_then(|document| document.query_selector("main").ok().flatten())
        .map_or(0.0, |main| main.get_bounding_client_rect().top());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=1000")]
    let part = |at: f64, all: f64| (at / all.max(1.0) * 1000.0).round().clamp(0.0, 1000.0) as u16;
    let moved = |size: u16, by: i16| size.saturating_add_signed(by);
    let layout = match divider {
        Divider::To(Side::Left, (x, _)) => Layout { left: part(f64::from(x), width), ..layout },
        Divider::To(Side::Stream, (_, y)) => {
            Layout { stream: part(f64::from(y) - top, height - top), ..layout }
        }
        Divider::By(Side::Left, by) => Layout { left: moved(layout.left, by), ..layout },
        Divider::By(Side::Stream, by) => Layout { stream: moved(layout.stream, by), ..layout },
        Divider::Done => layout,
    };
    layout.usable()
}

/// Properties of [`DividerBar`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct DividerProps {
    /// Which.
    pub side: Side,
    /// Where it stands, in thousandths.
    pub size: u16,
    /// Takes its moves.
    pub on: Callback<Divider>,
}

/// A divider.
#[function_component]
pub fn DividerBar(props: &DividerProps) -> Html {
    let (bar, side): (NodeRef, Side) = (use_node_ref(), props.side);
    let onpointerdown = {
        let bar = bar.clone();
        Callback::from(move |event: PointerEvent| {
            event.prevent_default();
            if let Some(bar) = bar.cast::<Element>() {
                let _ = bar.set_pointer_capture(event.pointer_id());
            }
        })
    };
    let on = props.on.clone();
    let onpointermove = Callback::from(move |event: PointerEvent| {
        if event.buttons() & 1 == 1 {
            on.emit(Divider::To(side, (event.client_x(), event.client_y())));
        }
    });
    let on = props.on.clone();
    let onpointerup = Callback::from(move |_: PointerEvent| on.emit(Divider::Done));
    let on = props.on.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let by = match keys::step(&event.key()) {
            Some(Step::Left | Step::Up) => -20,
            Some(Step::Right | Step::Down) => 20,
            Some(Step::First) => -1000,
            Some(Step::Last) => 1000,
            Some(Step::PageUp) => -100,
            Some(Step::PageDown) => 100,
            None => return,
        };
        event.prevent_default();
        on.emit(Divider::By(side, by));
    });
    let (class, label, orientation, (least, most)) = match side {
        Side::Left => ("divider upright", page::WIDTH, "vertical", Layout::LEFT),
        Side::Stream => ("divider level", page::HEIGHT, "horizontal", Layout::STREAM),
    };
    let percent = |thousandths: u16| (thousandths / 10).to_string();
    html! {
        <div
            ref={bar} {class} role="separator" tabindex="0" aria-label={label} aria-orientation={orientation}
            aria-valuemin={percent(least)} aria-valuemax={percent(most)} aria-valuenow={percent(props.size)}
            {onpointerdown} {onpointermove} {onpointerup} {onkeydown}
        />
    }
}
