//! The history on the page: what became of the calls, and calling back from the extension that is selected.

use crate::acts::{CARD, ends, talks, tile};
use anyhow::{Result, ensure};
use fantoccini::Locator;
use fantoccini::key::Key;
use frontdesk_lab::{Policy, State};
use frontdesk_tests::browser::Browser;
use frontdesk_tests::stage::Stage;
use frontdesk_tests::until::until;

const ROW: &str = "[data-history][data-outcome='answered']";

/// A double click calls back from the selected extension: that phone rings, and shows whom it will call.
pub async fn calls_back(stage: &Stage, page: &Browser) -> Result<()> {
    let jane = talks(stage, page, "Jane Roe", "5550123").await?;
    ends(stage, page, &jane).await?;
    let said = page.says(ROW, "Jane Roe").await?;
    ensure!(said.contains("5550123") && said.contains("Answered"), "the row says {said:?}");

    for (extension, by) in [("1004", By::DoubleClick), ("1001", By::Enter)] {
        let phone = stage.office.phone(extension);
        phone.policy(Policy::Ring);
        select(page, extension).await?;
        match by {
            By::DoubleClick => page.double_click(ROW).await?,
            By::Enter => {
                page.chord(Key::Control, '3').await?;
                page.find(&format!("{ROW}:focus")).await?;
                page.keys(&[char::from(Key::Enter)]).await?;
            }
        }
        let mine = phone.incoming().await?;
        mine.wait(State::Incoming).await?;
        ensure!(mine.remote_identity().number == "5550123", "my phone shows {:?}", mine.remote_identity());
        page.says(CARD, "5550123").await?;
        mine.answer()?;
        let theirs = stage.office.provider.incoming().await?;
        ensure!(theirs.dialled() == "5550123", "the outside line was asked for {}", theirs.dialled());
        stage.pbx().talks(&[&[extension, "trunk"]]).await?;
        page.says("article[data-state='talking'][data-direction='outbound']", "5550123").await?;
        mine.hang_up();
        stage.pbx().quiet().await?;
        page.gone(CARD).await?;
    }
    Ok(())
}

/// The history of somebody else, and back to mine.
pub async fn of_a_colleague(stage: &Stage, page: &Browser) -> Result<()> {
    let phone = stage.office.phone("1002");
    phone.policy(Policy::Busy);
    let caller = stage.office.call_in("Sue Foe", "5550126", "5551002").await?;
    stage.pbx().in_mailbox("trunk", "1002@default").await?;
    caller.hang_up();
    stage.pbx().quiet().await?;
    phone.policy(Policy::Answer);
    page.click(&tile("1002")).await?;
    page.says("[data-pane='history'] h2", "History of Bob Brown").await?;
    page.says("[data-history]", "Sue Foe").await?;
    page.client.find(Locator::Css("[data-pane='history'] h2 button")).await?.click().await?;
    page.says("[data-pane='history'] h2", "My history").await?;
    page.says("[data-history]", "5550123").await.map(drop)
}

/// The search of the shown history: by a name and a part of a number, read out; Esc shows all again; Enter goes to who was
/// found, and calls them.
pub async fn is_searched(stage: &Stage, page: &Browser) -> Result<()> {
    const ALL: &str = "[data-pane='history'] [data-history]";
    let count =
        async || page.run::<usize>(&format!("return document.querySelectorAll(\"{ALL}\").length")).await;
    ensure!(count().await? > 2, "there are several calls to choose from");
    page.hold(Key::Shift).await?;
    page.chord(Key::Control, 'F').await?;
    page.release(Key::Shift).await?;
    page.find("#history-search:focus").await?;
    page.keys(&['j', 'a', 'n', 'e', ' ', '0', '1', '2', '3']).await?;
    page.tells("1 call found").await?;
    ensure!(count().await? == 1, "one call has both words");
    page.says("[data-history]", "Jane Roe").await?;
    page.keys(&['x']).await?;
    page.says("[data-pane='history'] .empty", "No call with this name or number").await?;
    page.gone(ALL).await?;
    page.keys(&[char::from(Key::Escape)]).await?;
    until("all calls are there again", async || Ok((count().await? > 2).then_some(()))).await?;
    page.find("#history-search:focus").await?;
    // Enter does not wait until the row is there, as a hand does not.
    page.keys(&['j', 'a', 'n', 'e', char::from(Key::Enter)]).await?;
    page.find(&format!("{ROW}:focus")).await?;
    ensure!(count().await? == 1, "one call has the name");
    page.keys(&[char::from(Key::Enter)]).await?;
    let mine = stage.office.phone("1001").incoming().await?;
    mine.wait(State::Incoming).await?;
    ensure!(mine.remote_identity().number == "5550123", "my phone shows {:?}", mine.remote_identity());
    mine.hang_up();
    stage.pbx().quiet().await?;
    page.gone(CARD).await
}

/// Selects the extension that calls go out from.
pub async fn select(page: &Browser, extension: &str) -> Result<()> {
    page.find("#selected-extension").await?.select_by_value(extension).await?;
    Ok(())
}

#[derive(Clone, Copy)]
enum By {
    DoubleClick,
    Enter,
}
