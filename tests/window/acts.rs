//! What a test does on the page and with the phones, in a few words each. The same for the window and the browser.

use anyhow::{Context, Result, ensure};
use frontdesk_lab::{Call, Policy, State};
use frontdesk_tests::browser::Browser;
use frontdesk_tests::stage::Stage;

/// Any card.
pub const CARD: &str = "article[data-call]";
/// The card of a call that is talked.
pub const TALKING: &str = "article[data-state='talking']";
/// The card of a call that rings here.
pub const RINGING: &str = "article[data-state='ringing']";
/// Where the outcome of an order stands when its card is gone: a note, or the row of who was handed over.
pub const NOTES: &str = "[data-pane='stream'] :is(.notes, .handed)";

/// A person's tile, by extension.
pub fn tile(extension: &str) -> String {
    format!("[data-person][data-extension='{extension}']")
}

/// A caller from outside whom Alice answers at once; the page shows the card.
pub async fn talks(stage: &Stage, page: &Browser, name: &str, number: &str) -> Result<Call> {
    stage.office.phone("1001").policy(Policy::Answer);
    let caller = stage.office.call_in(name, number, "5551001").await?;
    caller.wait(State::Up).await?;
    page.says(TALKING, name).await?;
    Ok(caller)
}

/// A caller from outside who rings at Alice's phone; the page shows the card.
pub async fn rings(stage: &Stage, page: &Browser, name: &str, number: &str) -> Result<Call> {
    stage.office.phone("1001").policy(Policy::Ring);
    let caller = stage.office.call_in(name, number, "5551001").await?;
    page.says(RINGING, name).await?;
    Ok(caller)
}

/// The caller hangs up, and nothing is left of the call on the PBX and on the page.
pub async fn ends(stage: &Stage, page: &Browser, caller: &Call) -> Result<()> {
    ensure!(caller.state() == State::Up, "the caller was lost: {:?}", caller.state());
    caller.hang_up();
    stage.pbx().quiet().await?;
    page.gone(CARD).await
}

/// How often a phone has been called so far.
pub fn invited(stage: &Stage, extension: &str) -> u32 {
    stage.office.phone(extension).requests("INVITE")
}

/// Waits until what the page shows is live.
pub async fn live(page: &Browser) -> Result<()> {
    page.find("#connection[data-state='live']").await.map(drop)
}

/// The server keeps its address when it is started again.
pub fn keep_address(stage: &Stage) -> Result<()> {
    let text = std::fs::read_to_string(stage.configuration())?;
    let fixed = text.replace("127.0.0.1:0", stage.address()?);
    std::fs::write(stage.configuration(), fixed).context("the server's configuration")
}
