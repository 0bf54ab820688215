//! The web page in Chromium on a real Asterisk with SIP phones: the same deeds as in the window, asserted on the page
//! and on the PBX. What only a desktop has (tray, keyring, single instance) is the suite `window`.
#![allow(missing_docs)]

#[path = "../window/acts.rs"]
mod acts;
mod big;
#[path = "../window/colours.rs"]
mod colours;
#[path = "../window/handed.rs"]
mod handed;
#[path = "../window/history.rs"]
mod history;
#[path = "../window/layout.rs"]
mod layout;
#[path = "../window/light.rs"]
mod light;
#[path = "../window/moving.rs"]
mod moving;
mod page;
#[path = "../window/stopped.rs"]
mod stopped;

use anyhow::Result;
use frontdesk_tests::stage::Stage;
use page::Page;

#[tokio::test]
async fn a_caller_is_dragged_onto_an_extension_a_number_and_a_mailbox() -> Result<()> {
    let Page { stage, page, .. } = &Page::open(&["1001"]).await?;
    moving::by_mouse(stage, page).await
}

#[tokio::test]
async fn a_caller_is_handed_on_by_clicks_and_by_keys_alone() -> Result<()> {
    let Page { stage, page, .. } = &Page::open(&["1001"]).await?;
    moving::by_clicks(stage, page).await?;
    moving::by_keys(stage, page).await
}

#[tokio::test]
async fn what_is_not_meant_moves_nobody() -> Result<()> {
    let Page { stage, page, .. } = &Page::open(&["1001"]).await?;
    moving::not_at_all(stage, page).await?;
    moving::of_a_call_that_ends(stage, page).await
}

#[tokio::test]
async fn a_caller_who_was_handed_over_is_brought_back_by_hand() -> Result<()> {
    let stage = Stage::with(handed::patient()).await?;
    let Page { stage, page, .. } = &Page::with(stage, &["1001"]).await?;
    handed::by_hand(stage, page).await
}

#[tokio::test]
async fn a_caller_whom_nobody_takes_comes_back_with_the_reason_and_not_with_shift() -> Result<()> {
    let stage = Stage::with(handed::patient()).await?;
    let Page { stage, page, .. } = &Page::with(stage, &["1001"]).await?;
    handed::by_themselves(stage, page).await
}

#[tokio::test]
async fn too_late_says_who_has_the_caller() -> Result<()> {
    let stage = Stage::with(handed::patient()).await?;
    let Page { stage, page, .. } = &Page::with(stage, &["1001"]).await?;
    handed::too_late(stage, page).await
}

#[tokio::test]
async fn a_caller_is_kept_for_three_seconds_after_hanging_up() -> Result<()> {
    let stage = Stage::with(handed::patient()).await?;
    let Page { stage, page, .. } = &Page::with(stage, &["1001"]).await?;
    handed::with_grace(stage, page).await
}

#[tokio::test]
async fn a_double_click_calls_back_from_the_selected_extension() -> Result<()> {
    let Page { stage, page, .. } = &Page::open(&["1001", "1004"]).await?;
    history::calls_back(stage, page).await?;
    history::of_a_colleague(stage, page).await?;
    history::is_searched(stage, page).await
}

#[tokio::test]
async fn tiles_have_the_colour_the_word_and_the_name_of_their_status() -> Result<()> {
    let Page { stage, page, .. } = &Page::open(&["1001"]).await?;
    colours::of_everyone(stage, page).await
}

#[tokio::test]
async fn the_light_goes_out_with_the_server_and_on_again() -> Result<()> {
    let Page { stage, page, .. } = &mut Page::open(&["1001"]).await?;
    light::goes_out_and_on(stage, page).await
}

#[tokio::test]
async fn nothing_is_cut_off_in_any_size_and_theme() -> Result<()> {
    let Page { stage, page, .. } = &Page::open(&["1001"]).await?;
    layout::holds(stage, page).await
}

#[tokio::test]
async fn a_login_that_fails_says_what_to_do_and_a_session_outlives_a_reload() -> Result<()> {
    page::logs_in_and_out().await
}

#[tokio::test]
async fn a_ringing_call_is_announced_by_the_browser() -> Result<()> {
    page::announces(&Page::open(&["1001"]).await?).await
}

#[tokio::test]
async fn of_a_thousand_tiles_those_that_are_seen_are_drawn_and_all_are_reached() -> Result<()> {
    big::is_drawn_where_it_is_seen().await
}

#[tokio::test]
async fn a_view_that_stops_is_loaded_again_and_then_covered() -> Result<()> {
    let Page { stage, page, .. } = &Page::open(&["1001"]).await?;
    stopped::by_itself(stage, page).await
}
