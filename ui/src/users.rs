//! The users: a grid of tiles, of which only the rows that are seen stand in the page. Who is shown, in which order, and
//! what a click means is decided by the desk; which rows are seen by `seen` beside it.

mod targets;
mod tile;

use crate::dom::{self, Place};
use frontdesk_console::{Event, TileRow, texts};
use frontdesk_protocol::PersonId;
use tile::Tile;
use yew::{Callback, Html, NodeRef, Properties, function_component, html, use_effect_with, use_node_ref};

/// Above the first row, in pixels.
const ABOVE: f64 = 3.0;
/// Below the last one.
const BELOW: f64 = 12.0;

/// Properties of [`Users`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct UsersProps {
    /// The rows that are drawn, from the top.
    pub rows: Vec<TileRow>,
    /// Where the row of each begins, and where all end.
    pub tops: Vec<f64>,
    /// How high all rows are together.
    pub height: f64,
    /// Tiles side by side.
    pub columns: usize,
    /// How many tiles there are.
    pub found: usize,
    /// The part of the page that scrolls.
    pub pane: NodeRef,
    /// Where the tile with open targets is.
    pub anchor: Option<(PersonId, Place)>,
    /// Whether a search hides some.
    pub filtered: bool,
    /// Whether a card is being moved.
    pub moving: bool,
    /// Takes what happens.
    pub on: Callback<Event>,
}

/// The pane.
#[function_component]
pub fn Users(props: &UsersProps) -> Html {
    let rows = props.rows.iter().zip(&props.tops).map(|(row, top)| {
        let anchor = props.anchor.clone().filter(|(id, _)| row.tiles.iter().any(|tile| tile.person == *id));
        html! { <Row key={row.at} row={row.clone()} top={top + ABOVE} {anchor} on={props.on.clone()} /> }
    });
    let space = use_node_ref();
    {
        let (space, pane) = (space.clone(), props.pane.clone());
        use_effect_with((props.height, props.columns), move |(height, columns)| {
            dom::set_pixels(&space, "height", height + ABOVE + BELOW);
            dom::set(&pane, "--columns", &columns.to_string());
        });
    }
    let empty = if props.filtered { texts::empty::SEARCH } else { texts::empty::USERS };
    let hint = if props.moving { texts::page::MOVING } else { "" };
    html! {
        <section data-pane="users" aria-label={texts::page::USERS}>
            <h2>{ texts::page::USERS }<span class="count">{ crate::stream::count(props.found) }</span><span class="hint">{ hint }</span></h2>
            <p class="empty" hidden={props.found > 0}>{ empty }</p>
            <div
                ref={props.pane.clone()} class="tiles" role="grid" aria-label={texts::page::USERS}
                aria-rowcount={props.found.div_ceil(props.columns).to_string()} aria-colcount={props.columns.to_string()}
            >
                <div key="space" ref={space} class="space" role="none"></div>
                { for rows }
            </div>
        </section>
    }
}

/// Properties of [`Row`].
#[derive(Debug, Clone, PartialEq, Properties)]
struct RowProps {
    row: TileRow,
    top: f64,
    anchor: Option<(PersonId, Place)>,
    on: Callback<Event>,
}

/// Tiles side by side, at their place in the whole grid.
#[function_component]
fn Row(props: &RowProps) -> Html {
    let place = use_node_ref();
    {
        let place = place.clone();
        use_effect_with(props.top, move |top| dom::set_pixels(&place, "top", *top));
    }
    let tiles = props.row.tiles.iter().enumerate().map(|(column, view)| {
        let anchor = props.anchor.as_ref().filter(|(id, _)| *id == view.person).map(|(_, place)| *place);
        html! { <Tile key={view.person.as_str()} view={view.clone()} {column} {anchor} on={props.on.clone()} /> }
    });
    html! {
        <div ref={place} class="row" role="row" aria-rowindex={(props.row.at + 1).to_string()}>{ for tiles }</div>
    }
}
