//! Callers who were handed over, on the page: they come back by key, button, click and drag, and by themselves; the row
//! and the card say why. Asserted on the page, on the PBX and at the phones.

use crate::acts::{CARD, RINGING, TALKING, ends, talks, tile};
use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use frontdesk_lab::{Call, LabOptions, Policy, State};
use frontdesk_tests::browser::Browser;
use frontdesk_tests::stage::Stage;
use frontdesk_tests::until::until;
use std::time::Duration;

const BOB: &str = "1002";
const EXTENSION: &str = "[data-target='extension']";
const VOICEMAIL: &str = "[data-target='voicemail']";
/// Where a row is dropped.
const WELL: &str = "[data-drop='stream']";

/// An office whose phones ring long enough for everything that is done meanwhile.
pub fn patient() -> LabOptions {
    LabOptions { ring: Duration::from_secs(60), ..LabOptions::for_tests() }
}

/// A row in this state.
fn row(state: &str) -> String {
    format!("[data-pane='handed'] [data-handed][data-state='{state}']")
}

/// The order to bring back the last one.
async fn undo(page: &Browser) -> Result<()> {
    page.chord(Key::Control, 'z').await
}

/// A caller whom Alice answered; her phone rings for the next one.
async fn answered(stage: &Stage, page: &Browser, name: &str, number: &str) -> Result<Call> {
    let caller = talks(stage, page, name, number).await?;
    let alice = stage.office.phone("1001");
    alice.incoming().await?;
    alice.policy(Policy::Ring);
    Ok(caller)
}

/// The same, dragged onto Bob, whose phone rings.
async fn sent(stage: &Stage, page: &Browser, name: &str, number: &str) -> Result<Call> {
    stage.office.phone(BOB).policy(Policy::Ring);
    let caller = answered(stage, page, name, number).await?;
    page.drag(TALKING, &tile(BOB), EXTENSION).await?;
    let text = page.says(&row("ringing"), name).await?;
    ensure!(text.contains("Bob Brown (1002)") && text.contains("Ringing"), "the row says {text:?}");
    page.gone(CARD).await?;
    Ok(caller)
}

/// The caller rings at Alice's phone, with this reason on the card; she answers, and the row says what became of it.
async fn comes_back(stage: &Stage, page: &Browser, caller: &Call, why: &str) -> Result<()> {
    page.find(&format!("{RINGING} .back")).await?;
    page.says(&format!("{RINGING} .back"), why).await?;
    ensure!(caller.state() == State::Up, "the caller was lost: {:?}", caller.state());
    stage.pbx().idle(BOB).await?;
    stage.office.phone("1001").incoming().await?.answer()?;
    stage.pbx().talks(&[&["1001", "trunk"]]).await?;
    page.find(&format!("{TALKING} .back")).await?;
    page.find(&row("back")).await?;
    ends(stage, page, caller).await
}

/// By key, by drag, by click-click, by the row's button and by the row's key.
pub async fn by_hand(stage: &Stage, page: &Browser) -> Result<()> {
    let back = "Brought back from Bob Brown (1002)";
    let jane = sent(stage, page, "Jane Roe", "5550123").await?;
    undo(page).await?;
    page.tells(back).await?;
    comes_back(stage, page, &jane, back).await.context("by Ctrl+Z")?;

    let jim = sent(stage, page, "Jim Poe", "5550124").await?;
    page.grab(&row("ringing")).await?;
    page.carry(&tile("1003")).await?;
    page.carry(WELL).await?;
    page.says(".take-back", "Bring Jim Poe back to your phone 1001").await?;
    page.let_go().await?;
    comes_back(stage, page, &jim, back).await.context("by drag")?;

    let joe = sent(stage, page, "Joe Doe", "5550125").await?;
    page.grab(&row("ringing")).await?;
    page.carry(&tile("1003")).await?;
    page.let_go().await?;
    page.tells("Nobody was brought back.").await?;
    page.click(&row("ringing")).await?;
    page.find(&format!("{}[data-chosen='true']", row("ringing"))).await?;
    page.click(".take-back").await?;
    comes_back(stage, page, &joe, back).await.context("by two clicks")?;

    let ann = sent(stage, page, "Ann Poe", "5550126").await?;
    page.click(&format!("{} [data-action='back']", row("ringing"))).await?;
    comes_back(stage, page, &ann, back).await.context("by the button")?;

    let lea = sent(stage, page, "Lea Roe", "5550127").await?;
    page.chord(Key::Control, '4').await?;
    page.find(&format!("{}:focus", row("ringing"))).await?;
    page.keys(&[char::from(Key::Enter)]).await?;
    comes_back(stage, page, &lea, back).await.context("by Enter on the row")?;

    let called = stage.office.phone(BOB).requests("INVITE");
    let eva = answered(stage, page, "Eva Doe", "5550128").await?;
    page.drag(TALKING, &tile(BOB), VOICEMAIL).await?;
    page.says(&row("mailbox"), "Eva Doe").await?;
    undo(page).await?;
    comes_back(stage, page, &eva, "Brought back from the mailbox of Bob Brown (1002)").await?;
    ensure!(stage.office.phone(BOB).requests("INVITE") == called, "Bob's phone rang for the mailbox");
    Ok(())
}

/// By themselves, because Bob declines, with the reason; and not where Shift was held at the drop.
pub async fn by_themselves(stage: &Stage, page: &Browser) -> Result<()> {
    let declined = "Back from Bob Brown (1002): declined";
    stage.office.phone(BOB).policy(Policy::Decline);
    let jane = answered(stage, page, "Jane Roe", "5550123").await?;
    page.drag(TALKING, &tile(BOB), EXTENSION).await?;
    page.find(&format!("{RINGING} .back")).await?;
    page.tells(declined).await?;
    // The card says it already.
    until("no note says it as well", async || {
        let notes: Vec<String> = page
            .run("return [...document.querySelectorAll('.notes [data-tone=\"failed\"]')].map(it => it.textContent)")
            .await?;
        Ok(notes.iter().all(|note| !note.contains("Bob Brown")).then_some(()))
    })
    .await?;
    comes_back(stage, page, &jane, declined).await?;

    let jim = answered(stage, page, "Jim Poe", "5550124").await?;
    page.grab(TALKING).await?;
    page.carry(&tile(BOB)).await?;
    let target = format!("{} {EXTENSION}", tile(BOB));
    page.carry(&target).await?;
    page.says(&target, "back to you if nobody takes the call").await?;
    page.hold(Key::Shift).await?;
    page.says(&target, "does not come back").await?;
    page.tells("does not come back").await?;
    page.let_go().await?;
    page.release(Key::Shift).await?;
    stage.pbx().in_mailbox("trunk", "1002@default").await?;
    page.says(&row("mailbox"), "Voicemail: declined").await?;
    stage.pbx().idle("1001").await?;
    ends(stage, page, &jim).await
}

/// Too late: Bob has answered, and the row says so; what is over can be put away. Only a row that changes is drawn anew.
pub async fn too_late(stage: &Stage, page: &Browser) -> Result<()> {
    stage.office.phone(BOB).policy(Policy::Answer);
    let jane = answered(stage, page, "Jane Roe", "5550123").await?;
    page.drag(TALKING, &tile(BOB), EXTENSION).await?;
    page.says(&row("answered"), "by Bob Brown (1002)").await?;
    page.tells("Jane Roe was answered by Bob Brown (1002).").await?;
    undo(page).await?;
    let late = "Too late: Bob Brown (1002) has answered Jane Roe.";
    page.says(&format!("{} [data-tone='failed']", row("answered")), late).await?;
    page.tells(late).await?;
    stage.pbx().talks(&[&[BOB, "trunk"]]).await?;
    ends(stage, page, &jane).await?;

    let _: Option<bool> = page
        .run(
            "window.drawn = [];
             const row = document.querySelector(\"[data-handed][data-state='answered']\");
             const seen = all => drawn.push(...all.map(it => `${it.type} ${it.attributeName ?? it.target.textContent}`));
             new MutationObserver(seen).observe(row, { subtree: true, childList: true, characterData: true, attributes: true });",
        )
        .await?;
    let jim = sent(stage, page, "Jim Poe", "5550124").await?;
    undo(page).await?;
    comes_back(stage, page, &jim, "Brought back from Bob Brown (1002)").await?;
    let drawn: Vec<String> = page.run("return drawn").await?;
    // The place that Tab reaches goes to the row on top.
    let other: Vec<_> = drawn.iter().filter(|it| *it != "attributes tabindex").collect();
    ensure!(other.is_empty(), "Jane's row was drawn anew although it did not change: {other:?}");

    page.click(&row("answered")).await?;
    page.find(&format!("{}:focus", row("answered"))).await?;
    page.keys(&[char::from(Key::Delete)]).await?;
    page.gone(&row("answered")).await
}

/// Hanging up with three seconds' grace: taken back, and then left to close.
pub async fn with_grace(stage: &Stage, page: &Browser) -> Result<()> {
    page.click("#settings").await?;
    page.click("#grace").await?;
    page.click("#settings-close").await?;
    let _: Option<bool> = page
        .run(
            "window.left = [];
             setInterval(() => {
               const text = document.querySelector('[data-handed] .left')?.textContent;
               if (text && text !== left.at(-1)) left.push(text);
             }, 20);",
        )
        .await?;
    let hang_up = format!("{TALKING} [data-action='hangup']");
    let jane = answered(stage, page, "Jane Roe", "5550123").await?;
    page.click(&hang_up).await?;
    // At once, whether or not the phone system has taken the order by now.
    undo(page).await?;
    comes_back(stage, page, &jane, "Brought back before the line was closed").await?;

    let _: Option<bool> = page.run("left.length = 0;").await?;
    let jim = answered(stage, page, "Jim Poe", "5550124").await?;
    page.click(&hang_up).await?;
    jim.wait(State::Down).await?;
    page.tells("The line to Jim Poe is closed.").await?;
    page.gone(&row("closing")).await?;
    let left: Vec<String> = page.run("return left").await?;
    let seconds: Vec<u32> = left.iter().filter_map(|it| it.strip_suffix(" s")?.parse().ok()).collect();
    ensure!(!seconds.is_empty() && seconds.len() == left.len(), "the countdown showed {left:?}");
    ensure!(seconds[0] <= 3 && seconds.is_sorted_by(|a, b| a > b), "the countdown showed {left:?}");
    page.gone(CARD).await?;
    stage.pbx().quiet().await
}
