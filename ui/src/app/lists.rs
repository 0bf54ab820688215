//! The two long lists, tiles and history: what the page measured of them, and which part of each is drawn. How that
//! follows from the measures is decided in `frontdesk-console`.

use super::App;
use crate::dom;
use frontdesk_console::grid::Shape;
use frontdesk_console::seen::{Frame, Rows, columns, with_kept};
use frontdesk_protocol::HistoryId;
use std::collections::{BTreeMap, BTreeSet};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::NodeRef;

/// Between tiles, in pixels.
const GAP: f64 = 6.0;
/// Beside all tiles together.
const BESIDE: f64 = 20.0;
/// The least width of a tile, and that in a narrow window.
const LEAST: [f64; 2] = [176.0, 150.0];
/// A window that is not wider is narrow.
const NARROW: f64 = 1_000.0;
/// How high a tile and a row are until one was measured.
const GUESSED: [f64; 2] = [66.0, 46.0];

/// What was measured.
#[derive(Debug, Default)]
pub struct Lists {
    /// The grid of tiles.
    pub tiles: NodeRef,
    /// The rows of the history.
    pub rows: NodeRef,
    tiles_frame: Frame,
    rows_frame: Frame,
    tile: Option<f64>,
    row: Option<f64>,
    /// Rows that are higher because something stands in them about an order.
    higher: BTreeMap<HistoryId, f64>,
    narrow: bool,
    /// The row of the history at the upper edge, and how much of it is hidden there.
    edge: Option<(HistoryId, f64)>,
}

/// What is drawn of the lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// Tiles side by side.
    pub columns: usize,
    /// How the rows of tiles lie.
    pub tile_rows: Rows,
    /// Those that are drawn.
    pub tiles: BTreeSet<usize>,
    /// How the rows of the history lie.
    pub history_rows: Rows,
    /// Those that are drawn.
    pub history: BTreeSet<usize>,
}

impl App {
    /// What is to be drawn by what was measured last.
    pub(super) fn drawn(&self) -> Drawn {
        let lists = &self.lists;
        let least = if lists.narrow { LEAST[1] } else { LEAST[0] };
        let columns = columns(lists.tiles_frame.width - BESIDE, least, GAP);
        let height = lists.tile.unwrap_or(GUESSED[0]) + GAP;
        let tile_rows = Rows::even(self.console.found().div_ceil(columns), height);
        let kept = self.console.kept_tiles().map(|at| at / columns);
        let tiles = with_kept(tile_rows.drawn(lists.tiles_frame), kept);
        let entries = &self.console.history.entries;
        let height = lists.row.unwrap_or(GUESSED[1]);
        let mut history_rows = Rows::even(entries.len(), height);
        for (id, higher) in &lists.higher {
            if let Some(at) = entries.iter().position(|entry| entry.id == *id) {
                history_rows.more.insert(at, higher - height);
            }
        }
        let kept = self.console.history.place_of_focus().or((!entries.is_empty()).then_some(0));
        let history = with_kept(history_rows.drawn(lists.rows_frame), kept);
        Drawn { columns, tile_rows, tiles, history_rows, history }
    }

    /// Measures the lists; says whether something else is to be drawn now.
    pub(super) fn measure(&mut self) -> bool {
        let before = self.drawn();
        let lists = &mut self.lists;
        lists.narrow = dom::size().0 <= NARROW;
        if let Some(tiles) = lists.tiles.cast::<Element>() {
            lists.tiles_frame = frame(&tiles);
            lists.tile =
                tiles.query_selector(".tile").ok().flatten().and_then(|it| height(&it)).or(lists.tile);
        }
        if let Some(rows) = lists.rows.cast::<Element>() {
            lists.rows_frame = frame(&rows);
            let plain = rows.query_selector(".row:not(:has(.note))").ok().flatten();
            lists.row = plain.and_then(|it| height(&it)).or(lists.row);
            lists.higher = higher(&rows);
        }
        let after = self.drawn();
        self.lists.edge = self.at_edge(&after.history_rows);
        before != after
    }

    /// Whether something is there that was not measured yet.
    pub(super) fn unmeasured(&self) -> bool {
        let lists = &self.lists;
        let new = |list: &NodeRef, height: Option<f64>, count: usize| {
            count > 0 && height.is_none() && list.get().is_some()
        };
        new(&lists.tiles, lists.tile, self.console.found())
            || new(&lists.rows, lists.row, self.console.history.entries.len())
            || lists.rows.cast::<Element>().is_some_and(|rows| higher(&rows) != lists.higher)
    }

    /// Keeps the rows under the eye where they are when newer ones come above them.
    pub(super) fn hold_rows(&mut self) {
        let Some((id, hidden)) = self.lists.edge else { return };
        let Some(pane) = self.lists.rows.cast::<Element>() else { return };
        let rows = self.drawn().history_rows;
        let place = self.console.history.entries.iter().position(|entry| entry.id == id);
        let Some(place) = place.filter(|_| self.lists.rows_frame.top > 0.0) else { return };
        let wanted = rows.top(place) + hidden;
        if (wanted - self.lists.rows_frame.top).abs() >= 1.0 {
            self.lists.rows_frame.top = wanted;
            pane.set_scroll_top(round(wanted));
        }
    }

    fn at_edge(&self, rows: &Rows) -> Option<(HistoryId, f64)> {
        let top = self.lists.rows_frame.top;
        let at = rows.at(top);
        self.console.history.entries.get(at).map(|entry| (entry.id, top - rows.top(at)))
    }

    /// After a search its first tiles are seen; without one the tile that Tab reaches.
    pub(super) fn show_found(&mut self) {
        if self.sought == self.console.users.search {
            return;
        }
        self.sought.clone_from(&self.console.users.search);
        let Some(pane) = self.lists.tiles.cast::<Element>() else { return };
        let drawn = self.drawn();
        let tab = self.console.kept_tiles().next().filter(|_| self.sought.is_empty());
        let top = tab.map_or(0.0, |at| drawn.tile_rows.reveal(at / drawn.columns, self.lists.tiles_frame));
        pane.set_scroll_top(round(top));
    }

    /// Scrolls the tiles when a card is held at their edge; says whether they moved.
    pub(super) fn pull(&self) -> bool {
        let Some(pane) = self.lists.tiles.cast::<Element>() else { return false };
        let ((x, y), place) = (self.pointer, pane.get_bounding_client_rect());
        let (x, y) = (f64::from(x), f64::from(y));
        if !self.dragging() || x < place.left() || x > place.right() {
            return false;
        }
        let by = frontdesk_console::seen::pull(y, place.top(), place.bottom());
        let before = pane.scroll_top();
        pane.set_scroll_top(before + round(by));
        pane.scroll_top() != before
    }
}

/// The grid's shape now, as it stands in the page.
pub fn shape() -> Shape {
    let grid = dom::document().and_then(|page| page.query_selector(".tiles").ok().flatten());
    let read = |grid: &Element| {
        let columns = grid.get_attribute("aria-colcount")?.parse().ok()?;
        let tile = grid.query_selector(".tile").ok().flatten().and_then(|it| height(&it))?;
        Some(Shape { columns, rows: fits(grid, tile + GAP) })
    };
    grid.and_then(|grid| read(&grid)).unwrap_or(Shape::LIST)
}

/// How many rows of the history are seen at once.
pub fn page() -> usize {
    let rows = dom::document().and_then(|page| page.query_selector(".rows").ok().flatten());
    let read = |rows: &Element| {
        Some(fits(rows, rows.query_selector(".row").ok().flatten().and_then(|it| height(&it))?))
    };
    rows.and_then(|rows| read(&rows)).unwrap_or(Shape::LIST.rows)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a window has few rows, and it saturates"
)]
fn fits(pane: &Element, row: f64) -> usize {
    ((f64::from(pane.client_height()) / row.max(1.0)) as usize).max(1)
}

fn frame(pane: &Element) -> Frame {
    Frame {
        top: f64::from(pane.scroll_top()),
        height: f64::from(pane.client_height()),
        width: f64::from(pane.client_width()),
    }
}

/// How high something is drawn; nothing while it is not.
fn height(element: &Element) -> Option<f64> {
    Some(element.get_bounding_client_rect().height()).filter(|height| *height > 0.0)
}

fn higher(rows: &Element) -> BTreeMap<HistoryId, f64> {
    let Ok(notes) = rows.query_selector_all(".row .note") else { return BTreeMap::new() };
    let notes = (0..notes.length()).filter_map(|at| notes.item(at)?.dyn_into::<HtmlElement>().ok());
    let row = |note: HtmlElement| {
        let row = note.closest(".row").ok()??;
        Some((HistoryId(row.get_attribute("data-history")?.parse().ok()?), height(&row)?))
    };
    notes.filter_map(row).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "no page is higher, and it saturates")]
fn round(pixels: f64) -> i32 {
    pixels.round() as i32
}
