//! The call history of the selected user, of which only the rows that are seen stand in the page. Double click or Enter
//! calls back; older rows come when the end is near.

use crate::app::lists;
use crate::dom;
use crate::icons::{Icon, icon, of_direction};
use crate::stream::note_line;
use frontdesk_console::{Event, Focus, HistoryRow, keys, texts};
use frontdesk_protocol::Direction;
use std::rc::Rc;
use web_sys::{Element, HtmlInputElement};
use yew::{
    Callback, Html, InputEvent, KeyboardEvent, MouseEvent, NodeRef, Properties, TargetCast, classes,
    function_component, html, use_effect_with, use_node_ref,
};

/// The id of the search field.
pub const SEARCH: &str = "history-search";

/// Properties of [`HistoryPane`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct HistoryProps {
    /// Those that are drawn, each with its place; newest first.
    pub rows: Vec<(usize, Rc<HistoryRow>)>,
    /// Where each begins.
    pub tops: Vec<f64>,
    /// How high all are together.
    pub height: f64,
    /// How many there are.
    pub count: usize,
    /// The part of the page that scrolls.
    pub pane: NodeRef,
    /// Whose.
    pub title: String,
    /// Whether they are the viewer's own.
    pub mine: bool,
    /// Whether rows are on their way.
    pub loading: bool,
    /// Whether there are older ones.
    pub more: bool,
    /// Why there are none.
    pub error: Option<String>,
    /// What is searched for.
    pub search: String,
    /// Takes what happens.
    pub on: Callback<Event>,
}

/// The pane.
#[function_component]
pub fn HistoryPane(props: &HistoryProps) -> Html {
    let back = {
        let on = props.on.clone();
        Callback::from(move |_: MouseEvent| on.emit(Event::ShowHistory(None)))
    };
    let older = {
        let on = props.on.clone();
        Callback::from(move |_: MouseEvent| on.emit(Event::OlderHistory))
    };
    let onscroll = {
        let on = props.on.clone();
        Callback::from(move |event: yew::Event| {
            let Some(pane) = event.target_dyn_into::<Element>() else { return };
            if pane.scroll_height() - pane.scroll_top() - pane.client_height() < 200 {
                on.emit(Event::OlderHistory);
            }
        })
    };
    let rows = props.rows.iter().zip(&props.tops).map(|((at, row), top)| {
        html! { <Row key={row.id.0.to_string()} row={Rc::clone(row)} at={*at} top={*top} on={props.on.clone()} /> }
    });
    let space = use_node_ref();
    {
        let space = space.clone();
        use_effect_with(props.height, move |height| dom::set_pixels(&space, "height", *height));
    }
    // How many rows there are in all is not known while there are older ones.
    let all = if props.more { "-1".to_owned() } else { props.count.to_string() };
    let empty = match (props.loading, props.search.trim()) {
        (true, _) => texts::empty::HISTORY_LOADING,
        (false, "") => texts::empty::HISTORY,
        (false, _) => texts::empty::HISTORY_FOUND,
    };
    let nothing = props.count == 0 && props.error.is_none();
    html! {
        <section data-pane="history" aria-label={props.title.clone()}>
            <div class="head">
                <h2>
                    { &props.title }
                    <button type="button" class="quiet" hidden={props.mine} onclick={back}>{ texts::page::SHOW_MINE }</button>
                </h2>
                <SearchField text={props.search.clone()} on={props.on.clone()} />
            </div>
            <p class="problem" role="alert" hidden={props.error.is_none()}>{ props.error.clone().unwrap_or_default() }</p>
            <p class="empty" hidden={!nothing}>{ empty }</p>
            <div
                ref={props.pane.clone()} class="rows" role="grid" aria-label={props.title.clone()}
                aria-rowcount={all} {onscroll}
            >
                <div key="space" ref={space} class="space" role="none"></div>
                { for rows }
                <div key="older" role="row" hidden={!props.more}>
                    <div role="gridcell"><button type="button" class="quiet older" onclick={older}>{ texts::page::OLDER }</button></div>
                </div>
            </div>
        </section>
    }
}

/// Properties of [`SearchField`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct SearchProps {
    /// The text.
    pub text: String,
    /// Takes what happens.
    pub on: Callback<Event>,
}

/// The search field: only rows with these words. Esc empties it; Enter and the arrow down go to the rows.
#[function_component]
pub fn SearchField(props: &SearchProps) -> Html {
    let on = props.on.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        let input: Option<HtmlInputElement> = event.target_dyn_into();
        on.emit(Event::SearchHistory(input.map(|input| input.value()).unwrap_or_default()));
    });
    let (on, empty) = (props.on.clone(), props.text.is_empty());
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let happened = match event.key().as_str() {
            "Enter" | "ArrowDown" => Event::FirstRow,
            "Escape" if !empty => Event::SearchHistory(String::new()),
            _ => return,
        };
        event.prevent_default();
        on.emit(happened);
    });
    html! {
        <label class="search">
            { icon(Icon::Search) }
            <input
                id={SEARCH} type="search" autocomplete="off" spellcheck="false"
                placeholder={texts::page::HISTORY_SEARCH_HINT} aria-label={texts::page::HISTORY_SEARCH}
                value={props.text.clone()} {oninput} {onkeydown}
            />
        </label>
    }
}

/// Properties of [`Row`].
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct RowProps {
    /// The row.
    pub row: Rc<HistoryRow>,
    /// Which one, from the top.
    pub at: usize,
    /// Where it begins.
    pub top: f64,
    /// Takes what happens.
    pub on: Callback<Event>,
}

/// One row.
#[function_component]
pub fn Row(props: &RowProps) -> Html {
    let (row, on, place) = (&*props.row, &props.on, use_node_ref());
    {
        let place = place.clone();
        use_effect_with(props.top, move |top| dom::set_pixels(&place, "top", *top));
    }
    let ondblclick = {
        let (on, id) = (on.clone(), row.id);
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            on.emit(Event::CallBack(id));
        })
    };
    let onfocus = {
        let (on, id) = (on.clone(), row.id);
        Callback::from(move |_| on.emit(Event::Focused(Focus::Row(id))))
    };
    let onkeydown = {
        let (on, id) = (on.clone(), row.id);
        Callback::from(move |event: KeyboardEvent| {
            let happened = match (event.key().as_str(), keys::step(&event.key())) {
                ("Enter", _) => Event::CallBack(id),
                (_, Some(step)) => Event::RowStep(step, lists::page()),
                (_, None) => return,
            };
            event.prevent_default();
            on.emit(happened);
        })
    };
    let missed = row.outcome == "missed" && row.direction == Direction::Inbound;
    html! {
        <div
            ref={place} class={classes!("row", missed.then_some("missed"))} role="row" aria-rowindex={(props.at + 1).to_string()}
            data-history={row.id.0.to_string()} data-outcome={row.outcome}
            data-direction={crate::stream::direction(row.direction)}
            tabindex={if row.tab { "0" } else { "-1" }}
            title={texts::page::ROW}
            aria-label={row.label.clone()}
            {ondblclick} {onfocus} {onkeydown}
        >
            <span class="way" role="gridcell">{ icon(of_direction(row.direction)) }</span>
            <strong class="party" role="gridcell">{ &row.title }</strong>
            <span class="outcome" role="gridcell">{ for shape(row).map(icon) }{ &row.word }</span>
            <span class="when" role="gridcell">{ &row.when }</span>
            <span class="detail" role="gridcell">
                <span class="number">{ row.number.clone().unwrap_or_default() }</span>
                <span class="queue">{ row.queue.as_deref().map(texts::queue).unwrap_or_default() }</span>
            </span>
            <span class="duration" role="gridcell">{ row.duration.clone().unwrap_or_default() }</span>
            <span class="about">{ for row.note.iter().map(|note| note_line(note, on)) }</span>
        </div>
    }
}

fn shape(row: &HistoryRow) -> Option<Icon> {
    match row.outcome {
        "missed" => Some(Icon::Warning),
        "voicemail" => Some(Icon::Voicemail),
        "transferred" => Some(Icon::Transfer),
        "ignored" => Some(Icon::Ignore),
        _ => None,
    }
}
