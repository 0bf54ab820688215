//! From the start of the desktop program to a window with the last layout, and on to live facts.

use anyhow::{Context, Result, ensure};
use frontdesk_bench::figures::{Figure, Samples, quick};
use frontdesk_tests::big::{BigOffice, USER};
use frontdesk_tests::browser::Browser;
use frontdesk_tests::desktop::DesktopSession;
use frontdesk_tests::stage::PASSWORD;
use frontdesk_tests::until::until;
use serde::Deserialize;
use std::time::UNIX_EPOCH;

/// How many phones and calls there are in the office.
const OFFICE: (u32, u64) = (1_000, 200);
/// The marks of the view on its timeline, and the place of the divider that was dragged.
const LOOK: &str = "
const at = (name) => { const [mark] = performance.getEntriesByName(name, 'mark'); return mark ? performance.timeOrigin + mark.startTime : null; };
return { desk: at('frontdesk-desk'), live: at('frontdesk-live'), origin: performance.timeOrigin,
  left: document.documentElement.style.getPropertyValue('--left') };";

#[derive(Debug, Deserialize)]
struct Seen {
    desk: Option<f64>,
    live: Option<f64>,
    origin: f64,
    left: String,
}

/// Starts it with a session of the last time in the keyring.
pub async fn of_the_program() -> Result<Vec<Figure>> {
    let office = BigOffice::open(OFFICE.0, OFFICE.1).await?;
    let mut desktop = DesktopSession::open().await?;
    desktop.unlock_keyring().await?;
    desktop.log_as_usual();
    let left = first_time(&office, &desktop).await?;
    let [mut page, mut desk, mut live] = [(); 3].map(|()| Samples::default());
    for _ in 0..if quick() { 2 } else { 10 } {
        let view = Browser::window(&desktop, &[]).await?;
        let begun = view.desktop()?.begun()?.duration_since(UNIX_EPOCH)?.as_secs_f64() * 1e3;
        let seen = until("the office is live", async || {
            Ok(Some(view.run::<Seen>(LOOK).await?).filter(|seen| seen.live.is_some()))
        })
        .await?;
        ensure!(seen.left == left, "the divider was at {left} and is at {}", seen.left);
        let (drawn, now) = (seen.desk.context("the desk was drawn")?, seen.live.unwrap_or(f64::NAN));
        page.push(seen.origin - begun);
        desk.push(drawn - begun);
        live.push(now - drawn);
        view.close().await?;
    }
    let what = "from the start of the program to the window with the last layout, painted, WebKitGTK";
    Ok(vec![
        Figure::at_most("P11", what, &desk, 800.0, "ms"),
        Figure::told("P11", "of which, until the page begins to load", format!("{page} ms")),
        Figure::at_most(
            "P11",
            format!("from there to live facts of {} phones and {} calls, painted", OFFICE.0, OFFICE.1),
            &live,
            500.0,
            "ms",
        ),
    ])
}

/// Logs in, and moves a divider; gives its place.
async fn first_time(office: &BigOffice, desktop: &DesktopSession) -> Result<String> {
    let page = Browser::window(desktop, &[]).await?;
    page.log_in(Some(&format!("http://{}", office.server.address)), USER, PASSWORD).await?;
    page.find("#connection[data-state='live']").await?;
    until("the session is in the keyring", async || {
        Ok((desktop.notifications.secrets().await? == 1).then_some(()))
    })
    .await?;
    let left = "return document.documentElement.style.getPropertyValue('--left')";
    let before: String = page.run(left).await?;
    page.grab(".divider.upright").await?;
    page.carry_to(640, 300).await?;
    page.let_go().await?;
    let after: String = page.run(left).await?;
    ensure!(before != after, "the divider did not move");
    let file = desktop.home().join(".local/share/org.frontdesk.Frontdesk/settings.json");
    until("the settings are kept", async || {
        Ok(std::fs::read_to_string(&file).unwrap_or_default().contains(&after).then_some(()))
    })
    .await?;
    page.close().await?;
    Ok(after)
}
