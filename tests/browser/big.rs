//! An office of a thousand: what is seen is in the page and hardly more, and everything is reached by keys, by letters, by
//! scrolling, and with a card in the hand.

use crate::acts::{CARD, live};
use anyhow::{Result, ensure};
use fantoccini::key::Key;
use frontdesk_tests::big::{BigOffice, USER};
use frontdesk_tests::browser::Browser;
use frontdesk_tests::stage::PASSWORD;
use frontdesk_tests::until::until;
use serde::Deserialize;

const PHONES: u32 = 1_000;

/// What has the focus, as the page tells it to those who do not look.
#[derive(Debug, Deserialize, PartialEq)]
struct Focused {
    person: Option<String>,
    row: usize,
    rows: usize,
    /// Whether the whole of it is seen.
    seen: bool,
}

const FOCUSED: &str = "
const it = document.activeElement, pane = document.querySelector('.tiles');
const [a, b] = [it.getBoundingClientRect(), pane.getBoundingClientRect()];
return { person: it.dataset.person ?? null, row: Number(it.closest('[role=row]')?.getAttribute('aria-rowindex')),
  rows: Number(pane.getAttribute('aria-rowcount')), seen: a.top >= b.top - 1 && a.bottom <= b.bottom + 1 };";

async fn focused(page: &Browser, what: &str, fits: impl Fn(&Focused) -> bool) -> Result<Focused> {
    until(what, async || Ok(Some(page.run::<Focused>(FOCUSED).await?).filter(|it| fits(it)))).await
}

/// Opens the office, and reaches its first, its last and every other tile.
pub async fn is_drawn_where_it_is_seen() -> Result<()> {
    let office = BigOffice::open(PHONES, 40).await?;
    let profile = tempfile::tempdir()?;
    let page = &Browser::chromium(profile.path(), &format!("http://{}/", office.server.address)).await?;
    page.log_in(None, USER, PASSWORD).await?;
    live(page).await?;
    page.says("[data-pane=users] .count", &(PHONES - 1).to_string()).await?;
    let drawn = page.count("[data-person]").await?;
    ensure!((20..200).contains(&drawn), "{drawn} tiles are in the page");
    by_keys(page).await?;
    by_scrolling(page).await?;
    by_letters(page).await?;
    with_a_card(page).await
}

async fn by_keys(page: &Browser) -> Result<()> {
    page.keys(&[Key::F6.into()]).await?;
    focused(page, "the first tile has the focus", |it| it.row == 1 && it.seen).await?;
    page.keys(&[Key::End.into()]).await?;
    let last = focused(page, "the last tile has it", |it| it.row == it.rows && it.seen).await?;
    ensure!(last.rows > 100, "a thousand tiles stand in {} rows", last.rows);
    page.keys(&[Key::Up.into()]).await?;
    focused(page, "the one above it", |it| it.row + 1 == last.rows && it.seen).await?;
    page.keys(&[Key::PageUp.into()]).await?;
    let paged = focused(page, "one a page above", |it| it.row + 3 < last.rows && it.seen).await?;
    // Whoever scrolls away keeps the focus where it was, and goes on from there.
    let _: Option<bool> = page.run("document.querySelector('.tiles').scrollTop = 0").await?;
    page.find("[role=row][aria-rowindex='2'] [data-person]").await?;
    let away = focused(page, "it keeps the focus", |it| !it.seen).await?;
    ensure!(away.person == paged.person, "{away:?} has it and not {paged:?}");
    page.keys(&[Key::Down.into()]).await?;
    focused(page, "the one below", |it| it.row == paged.row + 1 && it.seen).await?;
    page.keys(&[Key::Home.into()]).await?;
    focused(page, "the first again", |it| it.row == 1 && it.seen).await.map(drop)
}

async fn by_scrolling(page: &Browser) -> Result<()> {
    for part in [0.2, 0.55, 0.9, 1.0, 0.4] {
        let _: Option<bool> = page
            .run(&format!(
                "const it = document.querySelector('.tiles'); it.scrollTop = it.scrollHeight * {part}"
            ))
            .await?;
        until("there are tiles wherever one looks", async || {
            let full: bool = page
                .run(
                    "const it = document.querySelector('.tiles').getBoundingClientRect();
                     const at = (y) => document.elementFromPoint(it.left + 60, y)?.closest('.tile');
                     // Between two rows there is nothing.
                     return [0.1, 0.5, 0.9].map(part => it.top + it.height * part).every(y => at(y) || at(y + 9));",
                )
                .await?;
            Ok(full.then_some(()))
        })
        .await?;
        let drawn = page.count("[data-person]").await?;
        ensure!(drawn < 200, "{drawn} tiles are in the page");
    }
    Ok(())
}

async fn by_letters(page: &Browser) -> Result<()> {
    page.keys(&['z', 'o', 'e']).await?;
    page.says("[data-pane=users] .tile .name", "Zoë").await?;
    page.keys(&[Key::Enter.into()]).await?;
    let found =
        focused(page, "the first of those found", |it| it.person.is_some() && it.row == 1 && it.seen).await?;
    page.keys(&[Key::Escape.into()]).await?;
    page.says("[data-pane=users] .count", &(PHONES - 1).to_string()).await?;
    let person = found.person.unwrap_or_default();
    until("who was found is still seen", async || {
        let seen: bool = page
            .run(&format!(
                "const [a, b] = [document.querySelector('[data-person=\"{person}\"]'), document.querySelector('.tiles')]
                   .map(it => it.getBoundingClientRect());
                 return a.top >= b.top - 1 && a.bottom <= b.bottom + 1;"
            ))
            .await?;
        Ok(seen.then_some(()))
    })
    .await
}

/// A card at the edge of the tiles scrolls them, and opens a tile only where it rests.
async fn with_a_card(page: &Browser) -> Result<()> {
    let _: Option<bool> = page.run("document.querySelector('.tiles').scrollTop = 0").await?;
    page.grab(CARD).await?;
    let (x, bottom): (i64, i64) = page
        .run("const it = document.querySelector('.tiles').getBoundingClientRect(); return [Math.round(it.left + 80), Math.round(it.bottom)]")
        .await?;
    page.carry_to(x, bottom - 4).await?;
    until("the tiles scroll", async || {
        let top: f64 = page.run("return document.querySelector('.tiles').scrollTop").await?;
        Ok((top > 400.0).then_some(()))
    })
    .await?;
    page.carry_to(x, bottom - 250).await?;
    page.find(".tile[data-open='true'] [data-target]").await?;
    page.keys(&[Key::Escape.into()]).await?;
    page.let_go().await?;
    page.gone(".targets").await
}
