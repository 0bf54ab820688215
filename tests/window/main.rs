//! The real window of the desktop program on a real Asterisk with SIP phones: what a receptionist does with mouse and
//! keys, asserted on the page and on the PBX. What the server answers to each command is the suite `asterisk`.
#![allow(missing_docs)]

mod acts;
mod certificate;
mod colours;
mod crashed;
mod handed;
mod history;
mod hostile;
mod layout;
mod light;
mod login;
mod moving;
mod reception;
mod remembered;
mod rest;
mod rings;
mod stopped;
mod tel;

use anyhow::Result;
use frontdesk_tests::desktop::DesktopSession;
use frontdesk_tests::stage::Stage;
use reception::Reception;

#[tokio::test]
async fn a_caller_is_dragged_onto_an_extension_a_number_and_a_mailbox() -> Result<()> {
    let Reception { stage, page, .. } = &Reception::open(&["1001"]).await?;
    moving::by_mouse(stage, page).await
}

#[tokio::test]
async fn a_caller_is_handed_on_by_clicks_and_by_keys_alone() -> Result<()> {
    let Reception { stage, page, .. } = &Reception::open(&["1001"]).await?;
    moving::by_clicks(stage, page).await?;
    moving::by_keys(stage, page).await
}

#[tokio::test]
async fn what_is_not_meant_moves_nobody() -> Result<()> {
    let Reception { stage, page, .. } = &Reception::open(&["1001"]).await?;
    moving::not_at_all(stage, page).await?;
    moving::of_a_call_that_ends(stage, page).await
}

#[tokio::test]
async fn a_caller_who_was_handed_over_is_brought_back_by_hand() -> Result<()> {
    let stage = Stage::with(handed::patient()).await?;
    let Reception { stage, page, .. } =
        &Reception::with(DesktopSession::open().await?, stage, &["1001"]).await?;
    handed::by_hand(stage, page).await
}

#[tokio::test]
async fn a_caller_whom_nobody_takes_comes_back_with_the_reason_and_not_with_shift() -> Result<()> {
    let stage = Stage::with(handed::patient()).await?;
    let Reception { stage, page, desktop } =
        &Reception::with(DesktopSession::open().await?, stage, &["1001"]).await?;
    handed::by_themselves(stage, page).await?;
    let headline = "Jane Roe is back from Bob Brown (1002): declined";
    desktop
        .notifications
        .wait("the notification", |it| it.summary == headline && it.withdrawn)
        .await
        .map(drop)
}

#[tokio::test]
async fn too_late_says_who_has_the_caller() -> Result<()> {
    let stage = Stage::with(handed::patient()).await?;
    let Reception { stage, page, .. } =
        &Reception::with(DesktopSession::open().await?, stage, &["1001"]).await?;
    handed::too_late(stage, page).await
}

#[tokio::test]
async fn a_caller_is_kept_for_three_seconds_after_hanging_up() -> Result<()> {
    let stage = Stage::with(handed::patient()).await?;
    let Reception { stage, page, .. } =
        &Reception::with(DesktopSession::open().await?, stage, &["1001"]).await?;
    handed::with_grace(stage, page).await
}

#[tokio::test]
async fn a_double_click_calls_back_from_the_selected_extension() -> Result<()> {
    let Reception { stage, page, .. } = &Reception::open(&["1001", "1004"]).await?;
    history::calls_back(stage, page).await?;
    history::of_a_colleague(stage, page).await?;
    history::is_searched(stage, page).await
}

#[tokio::test]
async fn tiles_have_the_colour_the_word_and_the_name_of_their_status() -> Result<()> {
    let Reception { stage, page, .. } = &Reception::open(&["1001"]).await?;
    colours::of_everyone(stage, page).await
}

#[tokio::test]
async fn the_light_goes_out_with_the_server_and_on_again() -> Result<()> {
    let Reception { stage, page, .. } = &mut Reception::open(&["1001"]).await?;
    light::goes_out_and_on(stage, page).await
}

#[tokio::test]
async fn server_and_desktop_rest_while_nothing_happens() -> Result<()> {
    rest::of_all_programs(&Reception::open(&["1001"]).await?).await
}

#[tokio::test]
async fn the_page_is_compiled_once() -> Result<()> {
    rest::without_signals(&Reception::open(&["1001"]).await?).await
}

#[tokio::test]
async fn the_page_keeps_little_memory() -> Result<()> {
    rest::with_little_memory(&Reception::open(&["1001"]).await?).await
}

#[tokio::test]
async fn the_desktop_program_loads_no_graphics_driver() -> Result<()> {
    rest::without_a_driver(&Reception::open(&["1001"]).await?).await
}

#[tokio::test]
async fn nothing_is_cut_off_in_any_size_and_theme() -> Result<()> {
    let reception = Reception::open(&["1001"]).await?;
    layout::holds(&reception.stage, &reception.page).await?;
    tel::is_whole(&reception).await
}

#[tokio::test]
async fn a_ringing_call_is_announced_on_the_desktop_and_in_the_tray() -> Result<()> {
    rings::on_the_desktop(&Reception::open(&["1001"]).await?).await
}

#[tokio::test]
async fn the_window_closes_into_the_tray_and_a_second_start_brings_it_back() -> Result<()> {
    rings::out_of_sight(Reception::open(&["1001"]).await?).await
}

#[tokio::test]
async fn a_restart_remembers_server_user_layout_and_extension() -> Result<()> {
    remembered::over_a_restart(Reception::open(&["1001", "1004"]).await?).await
}

#[tokio::test]
async fn a_full_disk_costs_no_settings_and_is_told() -> Result<()> {
    remembered::on_a_full_disk(Reception::open(&["1001"]).await?).await
}

#[tokio::test]
async fn a_session_is_kept_in_the_keyring_of_the_desktop() -> Result<()> {
    let mut desktop = DesktopSession::open().await?;
    desktop.unlock_keyring().await?;
    remembered::with_a_keyring(Reception::on(desktop, &["1001"]).await?).await
}

#[tokio::test]
async fn a_login_that_fails_says_what_to_do() -> Result<()> {
    login::says_what_to_do().await
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_trusted_once() -> Result<()> {
    certificate::is_trusted_once().await
}

#[tokio::test]
async fn a_name_that_nobody_vouches_for_is_text() -> Result<()> {
    hostile::names_are_text(&Reception::open(&["1001"]).await?).await
}

#[tokio::test]
async fn a_link_to_a_number_is_asked_about_and_dialled_by_a_yes() -> Result<()> {
    let reception = Reception::open(&["1001", "1004"]).await?;
    tel::is_asked_about(&reception).await?;
    tel::that_is_none_is_a_sentence(&reception).await
}

#[tokio::test]
async fn a_link_to_a_number_waits_for_the_login_and_for_the_server() -> Result<()> {
    tel::waits().await
}

#[tokio::test]
async fn a_view_that_stops_is_loaded_again_and_then_covered() -> Result<()> {
    let Reception { stage, page, .. } = &Reception::open(&["1001"]).await?;
    stopped::by_itself(stage, page).await
}

#[tokio::test]
async fn a_page_whose_process_ends_is_loaded_again() -> Result<()> {
    let Reception { stage, page, desktop } = &Reception::open(&["1001"]).await?;
    crashed::comes_back(stage, page, &desktop.screen).await
}
