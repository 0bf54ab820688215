//! From the key, or the release of the mouse, with which a caller is handed on in the real window to the action on the
//! wire to a real Asterisk. Not whether the caller gets there; `tests/window/moving.rs` sees to that.

use crate::probe;
use crate::wire::Wire;
use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use frontdesk_bench::figures::{Figure, Samples, quick};
use frontdesk_lab::{LabOptions, Policy, State};
use frontdesk_tests::browser::Browser;
use frontdesk_tests::stage::Stage;
use frontdesk_tests::until::until;

/// Notes when a key or the mouse button came to the page, by the clock of the machine, before anybody else hears of it.
const WATCH: &str = "
globalThis.acted = 0;
for (const what of ['keydown', 'pointerup']) {
  addEventListener(what, () => { acted = performance.timeOrigin + performance.now(); }, { capture: true });
}";
const TALKING: &str = "article[data-state='talking']";
const CAROL: &str = "[data-person][data-extension='1003']";
const EXTENSION: &str = "[data-target='extension']";

/// How a caller is handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Keys,
    Mouse,
}

/// A caller is handed on again and again, by keys and with the mouse.
pub async fn of_a_receptionist() -> Result<Vec<Figure>> {
    let mut stage = Stage::without_server(LabOptions::for_tests()).await?;
    let wire = Wire::open(stage.office.lab.ami()).await?;
    stage.set_pbx("host", &format!("\"{}\"", wire.address.ip()))?;
    stage.set_pbx("port", &wire.address.port().to_string())?;
    stage.start_server().await?;
    let (page, _desktop) = probe::reception(&stage, WATCH).await?;
    stage.office.phone("1001").policy(Policy::Answer);
    let mut rows = Vec::new();
    for (way, what) in [(Way::Keys, "the Enter"), (Way::Mouse, "the drop")] {
        let mut times = Samples::default();
        for turn in 0..if quick() { 3 } else { 30 } {
            let caller =
                stage.office.call_in("Jane Roe", &format!("5550{:03}", 200 + turn), "5551001").await?;
            caller.wait(State::Up).await?;
            page.find(TALKING).await?;
            let before = wire.seen().len();
            hand_on(&page, way).await?;
            let ordered = until("the order is on the wire", async || Ok(wire.seen().get(before).copied()));
            let ordered = ordered.await?;
            let acted: f64 = page.run("return acted").await?;
            ensure!(wire.seen().len() == before + 1, "one order for one act");
            times.push(ordered - acted);
            stage.pbx().talks(&[&["1003", "trunk"]]).await.context("the caller is there")?;
            caller.hang_up();
            stage.pbx().quiet().await?;
            page.gone("article[data-call]").await?;
        }
        let what = format!(
            "{what} with which a caller is handed on in the window, WebKitGTK → the action on the wire to a real Asterisk, p99"
        );
        rows.push(Figure::tail("P9", what, &times, 0.99, 30.0, "ms"));
    }
    page.close().await?;
    Ok(rows)
}

async fn hand_on(page: &Browser, way: Way) -> Result<()> {
    if way == Way::Mouse {
        return page.drag(TALKING, CAROL, EXTENSION).await;
    }
    let enter = char::from(Key::Enter);
    page.chord(Key::Control, '1').await?;
    page.find(&format!("{TALKING}:focus")).await?;
    page.keys(&[enter]).await?;
    page.keys(&['c', 'a', 'r']).await?;
    page.gone("[data-person][data-extension='1002']").await?;
    page.keys(&[enter]).await?;
    page.find(&format!("{CAROL} {EXTENSION}:focus")).await?;
    page.keys(&[enter]).await
}
