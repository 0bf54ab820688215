//! The lamps: colour, word and name of tiles as the page paints them, for each of the seven statuses.

use crate::acts::tile;
use anyhow::{Context, Result, ensure};
use frontdesk_lab::{Policy, State};
use frontdesk_tests::browser::Browser;
use frontdesk_tests::stage::Stage;

const FREE: &str = "rgb(255, 255, 255)";
const OFFLINE: &str = "rgb(227, 229, 232)";
const HELD: &str = "rgb(91, 96, 104)";
const RINGING: &str = "rgb(255, 216, 77)";
const OUTSIDE: &str = "rgb(155, 227, 168)";
const INSIDE: &str = "rgb(30, 107, 58)";
const QUEUE: &str = "rgb(242, 140, 40)";
const SAFE_OUTSIDE: &str = "rgb(140, 197, 240)";

/// Everyone's lamp through all statuses; then the same with the colours for colour-blind eyes.
pub async fn of_everyone(stage: &Stage, page: &Browser) -> Result<()> {
    let office = &stage.office;
    shows(page, "1002", "free", FREE, "Free").await?;
    let role = page.attribute(&tile("1002"), "role").await?;
    let name = page.attribute(&tile("1002"), "aria-label").await?;
    ensure!(role == "gridcell" && name == "Bob Brown, 1002, Free", "the tile is a {role} named {name:?}");

    office.phone("1003").unregister().await?;
    shows(page, "1003", "offline", OFFLINE, "Offline").await?;
    office.phone("1003").register_again().await?;
    shows(page, "1003", "free", FREE, "Free").await?;

    office.phone("1002").policy(Policy::Ring);
    let carol = office.phone("1003").call("1002").await?;
    let bob = office.phone("1002").incoming().await?;
    shows(page, "1002", "ringing", RINGING, "Ringing").await?;
    shows(page, "1003", "ringing", RINGING, "Calling").await?;
    bob.answer()?;
    shows(page, "1002", "inside", INSIDE, "Inside call").await?;
    shows(page, "1003", "inside", INSIDE, "Inside call").await?;
    page.says(&tile("1002"), "Carol").await?;
    bob.hold().await?;
    shows(page, "1002", "held", HELD, "On hold").await?;
    bob.resume().await?;
    shows(page, "1002", "inside", INSIDE, "Inside call").await?;
    carol.hang_up();
    shows(page, "1002", "free", FREE, "Free").await?;

    office.phone("1002").policy(Policy::Answer);
    let jane = office.call_in("Jane Roe", "5550123", "5551002").await?;
    jane.wait(State::Up).await?;
    shows(page, "1002", "outside", OUTSIDE, "Outside call").await?;
    page.says(&tile("1002"), "Jane Roe").await?;
    office.phone("1002").policy(Policy::Ring);
    let second = office.call_in("Jim Poe", "5550124", "5551002").await?;
    page.find(&format!("{}[data-mark='ringing'][data-status='outside']", tile("1002"))).await?;
    second.hang_up();

    office.phone("1004").policy(Policy::Busy);
    let joe = office.call_in("Joe Doe", "5550125", "5551600").await?;
    shows(page, "1003", "queue", QUEUE, "Queue call").await?;

    page.click("#settings").await?;
    page.click("[role='dialog'] label:has(input[name='preset']):last-of-type").await?;
    page.click("#settings-close").await?;
    shows(page, "1002", "outside", SAFE_OUTSIDE, "Outside call").await?;
    joe.hang_up();
    jane.hang_up();
    stage.pbx().quiet().await
}

async fn shows(page: &Browser, extension: &str, status: &str, colour: &str, word: &str) -> Result<()> {
    let context = || format!("{extension} as {status}");
    let lamp = page.tile(extension, status).await.with_context(context)?;
    let painted = page.colour(&lamp).await?;
    ensure!(painted == colour, "{extension} is {status}, painted {painted} and not {colour}");
    page.says(&tile(extension), word).await.with_context(context)?;
    Ok(())
}
