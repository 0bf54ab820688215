//! Nothing is cut off or hangs over, in the usual size of the window and in the smallest, light and dark.

use crate::acts::{ends, rings, talks, tile};
use anyhow::{Result, ensure};
use frontdesk_lab::State;
use frontdesk_tests::browser::Browser;
use frontdesk_tests::stage::Stage;

/// What hangs over the window's edge, or is higher than the box it stands in.
const CUT: &str = "
const all = [...document.querySelectorAll('header *, main *')].filter(it => it.checkVisibility() && !it.closest('svg'));
const name = it => `${it.tagName}.${it.className}: ${it.textContent.slice(0, 40)}`;
const boxes = '.tile, article, .caller, .rows > .row, header, h2, button, .note';
return all.filter(it => {
  const box = it.getBoundingClientRect();
  const over = box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
  return over || (it.matches(boxes) && it.scrollHeight > it.clientHeight + 2);
}).map(name);";

/// Looks for what is cut off, with a call on the page and its targets open.
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
            page.click("#settings-close").await?;
            let cut: Vec<String> = page.run(CUT).await?;
            ensure!(cut.is_empty(), "at {width} × {height} in {theme}: {cut:#?}");
        }
    }
    joe.hang_up();
    joe.wait(State::Down).await?;
    stage.pbx().quiet().await
}
