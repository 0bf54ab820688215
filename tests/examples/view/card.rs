//! From what a real Asterisk says of a ringing phone to the card on the screen of the real window.

use crate::probe;
use anyhow::{Context, Result};
use frontdesk_bench::figures::{Figure, Samples, quick};
use frontdesk_lab::Policy;
use frontdesk_lab::recorder::{AmiUser, Tap};
use frontdesk_tests::stage::Stage;
use frontdesk_tests::until::until;
use serde::Deserialize;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Notes when a card of a ringing call was painted, by the clock of the machine.
const WATCH: &str = "
const known = new Set();
globalThis.painted = [];
new MutationObserver(() => {
  for (const card of document.querySelectorAll(\"article[data-state='ringing']\")) {
    if (known.has(card.dataset.call)) continue;
    known.add(card.dataset.call);
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => painted.push({ text: card.textContent, at: performance.timeOrigin + performance.now() });
      channel.port2.postMessage(0);
    });
  }
}).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-state'] });";

#[derive(Debug, Deserialize)]
struct Painted {
    text: String,
    at: f64,
}

/// Somebody rings at the receptionist's phone, again and again.
pub async fn of_a_ringing_call() -> Result<Vec<Figure>> {
    let stage = Stage::open().await?;
    let (page, _desktop) = probe::reception(&stage, WATCH).await?;
    stage.office.phone("1001").policy(Policy::Ring);
    let tap = stage.office.tap(AmiUser::Recorder).await?;
    let mut times = Samples::default();
    for ring in 0..if quick() { 5 } else { 50 } {
        let number = format!("5550{:03}", 200 + ring);
        let caller = stage.office.call_in("Jane Roe", &number, "5551001").await?;
        let painted = until("the card is painted", async || {
            let all: Vec<Painted> = page.run("return painted").await?;
            Ok(all.into_iter().find(|it| it.text.contains(&number)))
        })
        .await?;
        times.push(painted.at - rang(&tap, &number).await?);
        caller.hang_up();
        page.gone("article[data-call]").await?;
        stage.pbx().quiet().await?;
    }
    page.close().await?;
    let what = "a phone rings: the event of a real Asterisk, seen on a session of its own, to the painted card, WebKitGTK, p95";
    Ok(vec![Figure::tail("P8", what, &times, 0.95, 100.0, "ms")])
}

/// When Asterisk said that the phone rings for this caller, in milliseconds since 1970.
async fn rang(tap: &Tap, number: &str) -> Result<f64> {
    let rings = |it: &frontdesk_lab::recorder::Packet| {
        it.is("Newstate")
            && it.field("Channel").starts_with("PJSIP/1001-")
            && it.field("ChannelStateDesc") == "Ringing"
            && it.field("ConnectedLineNum") == number
    };
    tap.event("Newstate", rings).await?;
    let ago = tap.age(rings).context("when it came")?;
    let at = (SystemTime::now() - ago).duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Ok(at.as_secs_f64() * 1e3)
}
