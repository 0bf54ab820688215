//! Links to telephone numbers: following one starts the program once more, and the window asks. Nothing but a yes dials.

use crate::acts::{CARD, NOTES, invited, keep_address, live};
use crate::layout::whole;
use crate::reception::{Reception, USER};
use anyhow::{Result, ensure};
use fantoccini::key::Key;
use frontdesk_lab::{Policy, State, planted};
use frontdesk_tests::browser::Browser;
use frontdesk_tests::desktop::DesktopSession;
use frontdesk_tests::journal;
use frontdesk_tests::process::{Running, built};
use frontdesk_tests::screen::Shown;
use frontdesk_tests::stage::{PASSWORD, Stage};
use frontdesk_tests::until::until;
use std::process::Stdio;

/// The question on the page.
const QUESTION: &str = "[role='alertdialog']";
/// A link with much to say.
const LONG: &str = "tel:12345678901234567890123456789012;ext=12345678;phone-context=a-rather-long-name-that-somebody-\
                    thought-of.and-another-part-of-it.example.com";
const TITLE: &str = "Frontdesk";

/// Starts the program with a link, as a browser does; it hands the link to the one that runs, and ends.
pub async fn follow(desktop: &DesktopSession, link: &str) -> Result<()> {
    let mut again = desktop.command(built("frontdesk")?);
    planted::number(link.trim_start_matches("tel:").split(';').next().unwrap_or_default());
    again.arg(link).stdout(Stdio::null()).stderr(journal::output("desktop")?);
    let mut again = Running::start(&mut again)?;
    let ended = until("the second start ends by itself", async || Ok(again.child().try_wait()?)).await?;
    ensure!(ended.success(), "the second start ended with {ended}");
    Ok(())
}

/// A link brings the window back and asks; Escape and Enter call nobody, Tab and Enter call from the selected extension.
pub async fn is_asked_about(Reception { stage, page, desktop }: &Reception) -> Result<()> {
    let phone = stage.office.phone("1004");
    phone.policy(Policy::Ring);
    page.click("#search").await?;
    page.find("#search:focus").await?;
    let before = invited(stage, "1004");

    desktop.screen.close(TITLE)?;
    desktop.screen.shows(TITLE, Shown::No).await?;
    follow(desktop, "tel:555-0123;ext=7").await?;
    desktop.screen.shows(TITLE, Shown::Yes).await?;
    let said = page.says(QUESTION, "Call 555 0123?").await?;
    for part in ["Dials 5550123 from extension 1001.", "Then ask for extension 7"] {
        ensure!(said.contains(part), "the question says {said:?}");
    }
    page.tells("A link asks whether to call 555 0123.").await?;
    page.find("#question-cancel:focus").await?;
    let kept: bool = page.run("return document.querySelector('main').inert").await?;
    ensure!(kept, "what lies behind the question can be used");
    page.find("#question-from").await?.select_by_value("1004").await?;
    page.says(QUESTION, "Dials 5550123 from extension 1004.").await?;
    page.keys(&[char::from(Key::Escape)]).await?;
    page.gone(QUESTION).await?;
    page.find("#search:focus").await?;

    follow(desktop, "tel:555-0123").await?;
    page.find("#question-cancel:focus").await?;
    page.keys(&[char::from(Key::Enter)]).await?;
    page.gone(QUESTION).await?;
    page.tells("Nobody was called.").await?;

    follow(desktop, "tel:0900-666").await?;
    page.find("#question-cancel:focus").await?;
    page.keys(&[char::from(Key::Tab)]).await?;
    page.find("#question-call:focus").await?;
    // Another link takes its place: what was about to be said was not about that one.
    follow(desktop, "tel:555-0123").await?;
    page.says(QUESTION, "Call 555 0123?").await?;
    page.find("#question-cancel:focus").await?;
    ensure!(invited(stage, "1004") == before, "a phone was called that nobody asked to call");
    stage.pbx().quiet().await?;

    page.keys(&[char::from(Key::Tab)]).await?;
    page.find("#question-call:focus").await?;
    page.keys(&[char::from(Key::Enter)]).await?;
    page.gone(QUESTION).await?;
    let mine = phone.incoming().await?;
    mine.wait(State::Incoming).await?;
    page.says(CARD, "5550123").await?;
    mine.answer()?;
    let theirs = stage.office.provider.incoming().await?;
    ensure!(theirs.dialled() == "5550123", "the outside line was asked for {}", theirs.dialled());
    stage.pbx().talks(&[&["1004", "trunk"]]).await?;
    mine.hang_up();
    stage.pbx().quiet().await?;
    page.gone(CARD).await
}

/// A question that needs more room than most is not cut off in any size of the window.
pub async fn is_whole(Reception { page, desktop, .. }: &Reception) -> Result<()> {
    for (width, height) in [(900, 560), (1280, 800)] {
        page.client.set_window_size(width, height).await?;
        follow(desktop, LONG).await?;
        page.find(QUESTION).await?;
        whole(page, &format!("at {width} × {height}, the question")).await?;
        page.keys(&[char::from(Key::Escape)]).await?;
        page.gone(QUESTION).await?;
    }
    Ok(())
}

/// A link that no number can be read from is a sentence, and text; so is one that would change the settings of a phone.
pub async fn that_is_none_is_a_sentence(Reception { stage, page, desktop }: &Reception) -> Result<()> {
    let before = invited(stage, "1001");
    for (link, why) in [
        ("tel:*21*0900123%23", "can change the settings of the telephone system"),
        ("tel:<img src=x onerror=document.title=0>", "“<” is no digit"),
        ("tel:+49%0d%0aAction:%20Logoff", "“\\r” is no digit"),
        ("tel:+49\u{202e}30", "“\\u{202e}” is no digit"),
        ("javascript:document.title=0", "it does not begin with “tel:”"),
        ("", "it does not begin with “tel:”"),
    ] {
        follow(desktop, link).await?;
        page.says(NOTES, why).await?;
        page.tells("Nobody was called.").await?;
    }
    page.gone(QUESTION).await?;
    ensure!(page.run::<String>("return document.title").await? == TITLE, "a link was carried out");
    let elements = format!("{NOTES} img, {NOTES} a");
    ensure!(page.count(&elements).await? == 0, "a link became more than text");
    ensure!(invited(stage, "1001") == before, "a phone was called");
    stage.pbx().quiet().await
}

/// A link that comes before the login waits for it, and one that comes while the server is away cannot be said yes to;
/// neither is dialled when it can be.
pub async fn waits() -> Result<()> {
    let mut stage = Stage::open().await?;
    stage.user(USER, "receptionist", &["1001"]).await?;
    stage.office.phone("1001").policy(Policy::Ring);
    keep_address(&stage)?;
    let desktop = DesktopSession::open().await?;
    let page = Browser::window(&desktop, &["tel:1003", "--connect", stage.address()?]).await?;
    page.says("#login", "A link asks whether to call 1003. The question waits until you are logged in")
        .await?;
    page.tells("The question waits until you are logged in").await?;
    follow(&desktop, "tel:1002").await?;
    page.says("#login", "whether to call 1002").await?;
    page.log_in(Some(stage.address()?), USER, PASSWORD).await?;
    page.says(QUESTION, "Call Bob Brown?").await?;
    page.find("#question-cancel:focus").await?;
    live(&page).await?;
    page.click("#question-cancel").await?;
    page.gone(QUESTION).await?;

    stage.kill_server();
    page.find("#connection:is([data-state='stale'], [data-state='offline'])").await?;
    follow(&desktop, "tel:1002").await?;
    page.says(QUESTION, "Nothing was sent; use the phone itself.").await?;
    page.find("#question-call[aria-disabled='true']").await?;
    page.click("#question-call").await?;
    page.tells("Nothing was sent; use the phone itself.").await?;
    stage.start_server().await?;
    page.find("#question-call:not([aria-disabled])").await?;
    ensure!(invited(&stage, "1001") == 0, "a phone was called without a yes");
    stage.pbx().quiet().await?;

    page.click("#question-call").await?;
    let mine = stage.office.phone("1001").incoming().await?;
    mine.wait(State::Incoming).await?;
    page.gone(QUESTION).await?;
    mine.hang_up();
    page.close().await
}
