//! A caller is handed on from the page: with the mouse, with clicks, with keys alone, and not at all.

use crate::acts::{CARD, NOTES, RINGING, TALKING, ends, invited, rings, talks, tile};
use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use frontdesk_lab::State;
use frontdesk_tests::browser::Browser;
use frontdesk_tests::stage::Stage;

const EXTENSION: &str = "[data-target='extension']";
const MOBILE: &str = "[data-target='number'][data-value='+491701234567']";
const VOICEMAIL: &str = "[data-target='voicemail']";
const BOB: &str = "1002";

/// Dragged onto each kind of target: an extension, a further number, a mailbox.
pub async fn by_mouse(stage: &Stage, page: &Browser) -> Result<()> {
    let pbx = stage.pbx();
    let jane = talks(stage, page, "Jane Roe", "5550123").await?;
    page.drag(TALKING, &tile(BOB), EXTENSION).await.context("onto an extension")?;
    pbx.talks(&[&[BOB, "trunk"]]).await?;
    pbx.idle("1001").await?;
    page.gone(CARD).await?;
    page.says(NOTES, "Bob Brown").await?;
    page.tile(BOB, "outside").await?;
    page.says(&tile(BOB), "Jane Roe").await?;
    ends(stage, page, &jane).await?;
    page.tile(BOB, "free").await?;

    let jim = talks(stage, page, "Jim Poe", "5550124").await?;
    page.drag(TALKING, &tile(BOB), MOBILE).await.context("onto a further number")?;
    let mobile = stage.office.provider.incoming().await?;
    ensure!(mobile.dialled() == "00491701234567", "the outside line was asked for {}", mobile.dialled());
    pbx.talks(&[&["trunk", "trunk"]]).await?;
    page.says(NOTES, "+491701234567").await?;
    ends(stage, page, &jim).await?;

    let called = invited(stage, BOB);
    let joe = rings(stage, page, "Joe Doe", "5550125").await?;
    page.drag(RINGING, &tile(BOB), VOICEMAIL).await.context("onto a mailbox")?;
    pbx.in_mailbox("trunk", "1002@default").await?;
    pbx.idle("1001").await?;
    page.gone(CARD).await?;
    page.says(NOTES, "mailbox of Bob Brown").await?;
    ends(stage, page, &joe).await?;
    ensure!(invited(stage, BOB) == called, "Bob's phone rang although the mailbox was meant");
    Ok(())
}

/// A click on the card, one on the person, one on the target.
pub async fn by_clicks(stage: &Stage, page: &Browser) -> Result<()> {
    let jane = talks(stage, page, "Jane Roe", "5550123").await?;
    page.click(TALKING).await?;
    page.find("article[data-chosen='true']").await?;
    page.tells("Jane Roe is ready to be moved").await?;
    page.click(&tile("1003")).await?;
    page.click(&format!("{} {EXTENSION}", tile("1003"))).await?;
    stage.pbx().talks(&[&["1003", "trunk"]]).await?;
    page.gone(CARD).await?;
    ends(stage, page, &jane).await
}

/// Keys alone: a person found by typing, then one by arrows; what happens is told to who does not look.
pub async fn by_keys(stage: &Stage, page: &Browser) -> Result<()> {
    let (enter, right, down) = (char::from(Key::Enter), char::from(Key::Right), char::from(Key::Down));
    let pbx = stage.pbx();
    let jane = talks(stage, page, "Jane Roe", "5550123").await?;
    to_stream(page).await?;
    page.keys(&[enter]).await?;
    page.tells("Jane Roe is ready to be moved").await?;
    page.keys(&['c', 'a', 'r']).await?;
    page.gone(&tile(BOB)).await?;
    page.keys(&[enter]).await?;
    page.tells("Carol: 2 targets").await?;
    page.find(&format!("{} {EXTENSION}[data-aimed='true']", tile("1003"))).await?;
    page.keys(&[down]).await?;
    page.find(&format!("{} {VOICEMAIL}[data-aimed='true']", tile("1003"))).await?;
    let called = invited(stage, "1003");
    page.keys(&[enter]).await?;
    pbx.in_mailbox("trunk", "1003@default").await?;
    page.tells("mailbox of Carol").await?;
    ends(stage, page, &jane).await?;
    ensure!(invited(stage, "1003") == called, "Carol's phone rang although the mailbox was meant");

    let jim = talks(stage, page, "Jim Poe", "5550124").await?;
    to_stream(page).await?;
    page.keys(&[enter]).await?;
    page.find(&format!("{}:focus", tile("1003"))).await.context("where the focus was the last time")?;
    page.keys(&[char::from(Key::Home)]).await?;
    page.find(&format!("{}:focus", tile(BOB))).await?;
    page.keys(&[right]).await?;
    page.find(&format!("{}:focus", tile("1003"))).await?;
    page.keys(&[enter]).await?;
    page.find(&format!("{} {EXTENSION}:focus", tile("1003"))).await?;
    page.keys(&[enter]).await?;
    pbx.talks(&[&["1003", "trunk"]]).await?;
    page.tells("Carol").await?;
    ends(stage, page, &jim).await
}

/// Esc, a drop on nothing and a drop on what cannot be change nothing; the button hangs up.
pub async fn not_at_all(stage: &Stage, page: &Browser) -> Result<()> {
    let pbx = stage.pbx();
    let called = [BOB, "1003"].map(|extension| invited(stage, extension));
    let jane = talks(stage, page, "Jane Roe", "5550123").await?;

    page.grab(TALKING).await?;
    page.carry(&tile(BOB)).await?;
    page.find(&format!("{} {EXTENSION}", tile(BOB))).await?;
    page.tells("Jane Roe goes to Bob Brown, 1002").await?;
    page.keys(&[char::from(Key::Escape)]).await?;
    page.gone("[data-target]").await?;
    page.tells("Nothing was moved.").await?;
    page.let_go().await?;

    page.grab(TALKING).await?;
    page.carry_to(640, 60).await?;
    page.find(".ghost-card.nothing").await?;
    page.let_go().await?;
    page.gone(".ghost-card").await?;
    page.tells("Nothing was moved.").await?;

    let door = page.attribute("[data-person='door']", "data-extension").await?;
    page.drag(TALKING, &tile(&door), VOICEMAIL).await?;
    page.says(&format!("{TALKING} [data-tone='failed']"), "Front door has no mailbox").await?;

    pbx.talks(&[&["1001", "trunk"]]).await?;
    page.click(&format!("{TALKING} [data-action='hangup']")).await?;
    pbx.quiet().await?;
    page.gone(CARD).await?;
    ensure!(jane.state() == State::Down, "the caller is {:?} after the hang-up", jane.state());
    let now = [BOB, "1003"].map(|extension| invited(stage, extension));
    ensure!(now == called, "somebody was called: {now:?} after {called:?}");
    Ok(())
}

/// The caller hangs up while the card is in the air.
pub async fn of_a_call_that_ends(stage: &Stage, page: &Browser) -> Result<()> {
    let called = invited(stage, BOB);
    let jane = talks(stage, page, "Jane Roe", "5550123").await?;
    page.grab(TALKING).await?;
    page.carry(&tile(BOB)).await?;
    page.carry(&format!("{} {EXTENSION}", tile(BOB))).await?;
    jane.hang_up();
    page.says(NOTES, "ended before it was moved. Nothing was sent").await?;
    page.gone(".ghost-card").await?;
    page.let_go().await?;
    page.tells("ended before it was moved").await?;
    stage.pbx().quiet().await?;
    ensure!(invited(stage, BOB) == called, "Bob was called although the call had ended");

    let (jim, _) = (talks(stage, page, "Jim Poe", "5550124").await?, to_stream(page).await?);
    jim.hang_up();
    page.gone(CARD).await?;
    page.find("#search:focus").await.context("the focus of a card that went is at the search box")?;
    stage.pbx().quiet().await
}

async fn to_stream(page: &Browser) -> Result<()> {
    page.chord(Key::Control, '1').await?;
    page.find(&format!("{CARD}:focus")).await.map(drop).context("the card has the focus")
}
