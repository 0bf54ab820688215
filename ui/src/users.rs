//! The users: a grid of tiles. Which are shown, in which order, and what a click means is decided by the desk.

mod targets;
mod tile;

use crate::dom::Place;
use frontdesk_console::{Event, TileView, texts};
use frontdesk_protocol::PersonId;
use std::rc::Rc;
use tile::Tile;
use yew::{Callback, Html, Properties, function_component, html};

/// Properties of [`Users`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct UsersProps {
    /// By name.
    pub tiles: Vec<Rc<TileView>>,
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
    let tiles = props.tiles.iter().map(|view| {
        let anchor = props.anchor.as_ref().filter(|(id, _)| *id == view.person).map(|(_, place)| *place);
        html! { <Tile key={view.person.as_str()} view={Rc::clone(view)} {anchor} on={props.on.clone()} /> }
    });
    let empty = if props.filtered { texts::empty::SEARCH } else { texts::empty::USERS };
    let hint = if props.moving { texts::page::MOVING } else { "" };
    html! {
        <section data-pane="users" aria-label={texts::page::USERS}>
            <h2>{ texts::page::USERS }<span class="count">{ crate::stream::count(props.tiles.len()) }</span><span class="hint">{ hint }</span></h2>
            <p class="empty" hidden={!props.tiles.is_empty()}>{ empty }</p>
            <div class="tiles" role="grid" aria-label={texts::page::USERS}>
                <div class="row" role="row">{ for tiles }</div>
            </div>
        </section>
    }
}
