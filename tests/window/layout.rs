//! Nothing is cut off or hangs over, in the usual size of the window and in the smallest, light and dark.

use crate::acts::{ends, rings, talks, tile};
use anyhow::{Result, ensure};
use fantoccini::key::Key;
use frontdesk_lab::State;
use frontdesk_tests::browser::Browser;
use frontdesk_tests::stage::Stage;

/// What hangs over the window's edge, or is higher than the box it stands in.
const CUT: &str = "
const all = [...document.querySelectorAll('header *, main *, .dialog *')].filter(it => it.checkVisibility() && !it.closest('svg'));
const name = it => `${it.tagName}.${it.className}: ${it.textContent.slice(0, 40)}`;
const boxes = '.tile, article, .caller, .rows > .row, header, h2, button, .note';
return all.filter(it => {
  const box = it.getBoundingClientRect();
  const over = box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
  return over || (it.matches(boxes) && it.scrollHeight > it.clientHeight + 2);
}).map(name);";

/// Looks for what is cut off, with a call on the page and with the settings open.
pub async fn holds(stage: &Stage, page: &Browser) -> Result<()> {
    let jane = talks(stage, page, "Wolfgang Amadeus Sommerfeld-Hohenstein", "+4930901820123").await?;
    page.drag("article", &tile("1002"), "[data-target='extension']").await?;
    page.find("[data-handed][data-state='answered']").await?;
    ends(stage, page, &jane).await?;
    let joe = rings(stage, page, "Wolfgang Amadeus Sommerfeld-Hohenstein", "+4930901820123").await?;
    for (width, height) in [(1280, 800), (900, 560)] {
        page.client.set_window_size(width, height).await?;
        let inside: u32 = page.run("return innerWidth").await?;
        ensure!(inside == width, "the window is {inside} wide and not {width}");
        for theme in ["Light", "Dark"] {
            page.click("#settings").await?;
            let which = if theme == "Light" { 2 } else { 3 };
            page.click(&format!("[role='dialog'] label:has(input[name='theme']):nth-of-type({which})"))
                .await?;
            page.find(&format!(":root[data-theme='{}']", theme.to_lowercase())).await?;
            let place = format!("at {width} × {height} in {theme}");
            whole(page, &format!("{place}, the settings")).await?;
            page.click("#settings-close").await?;
            whole(page, &place).await?;
        }
    }
    dividers(page).await?;
    joe.hang_up();
    joe.wait(State::Down).await?;
    stage.pbx().quiet().await
}

/// Whether nothing is cut off now.
pub async fn whole(page: &Browser, place: &str) -> Result<()> {
    let cut: Vec<String> = page.run(CUT).await?;
    ensure!(cut.is_empty(), "{place}: {cut:#?}");
    Ok(())
}

/// A divider is moved by keys, and says to whoever does not see it where it stands.
async fn dividers(page: &Browser) -> Result<()> {
    for (divider, least, most) in [(".divider.upright", 22, 60), (".divider.level", 20, 80)] {
        page.run::<()>(&format!("document.querySelector('{divider}').focus()")).await?;
        for (key, at) in [(Key::Home, least), (Key::Right, least + 2), (Key::End, most), (Key::Up, most - 2)]
        {
            page.keys(&[char::from(key)]).await?;
            page.find(&format!("{divider}:focus[aria-valuenow='{at}']")).await?;
        }
        let limits = ["aria-valuemin", "aria-valuemax"];
        for (limit, value) in limits.into_iter().zip([least, most]) {
            let said = page.attribute(divider, limit).await?;
            ensure!(said == value.to_string(), "{divider} says {limit} is {said}");
        }
    }
    Ok(())
}
