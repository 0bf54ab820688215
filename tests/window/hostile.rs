//! Callers who write what they like into their name: the window and the notification show it as text.

use crate::acts::{RINGING, rings};
use crate::reception::Reception;
use anyhow::{Result, ensure};
use frontdesk_lab::Policy;

/// What is sent as the name, and what is shown of it.
const NAMES: [(&str, &str); 5] = [
    ("<img src=x onerror=document.title=0>", "<img src=x onerror=document.title=0>"),
    ("<script>document.title=0</script>&amp;", "<script>document.title=0</script>&amp;"),
    ("=HYPERLINK(1)", "=HYPERLINK(1)"),
    ("\u{202e}Bob\u{2066}x", "Bobx"),
    ("{{7*7}} `x` ${x}", "{{7*7}} `x` ${x}"),
];

/// Each of them rings, and nothing but text comes of it.
pub async fn names_are_text(Reception { stage, page, desktop }: &Reception) -> Result<()> {
    let elements =
        "return document.querySelectorAll('article img, article script, article iframe, article a').length";
    for (at, (sent, shown)) in NAMES.into_iter().enumerate() {
        stage.office.phone("1001").policy(Policy::Ring);
        let caller = stage.office.call_in(sent, &format!("555020{at}"), "5551001").await?;
        let text = page.says(RINGING, shown).await?;
        ensure!(!text.contains(['\u{202e}', '\u{2066}']), "the direction of writing is turned: {text:?}");
        ensure!(page.run::<u64>(elements).await? == 0, "{sent} became more than text");
        ensure!(page.run::<String>("return document.title").await? == "Frontdesk", "{sent} was carried out");
        let summary = format!("{shown} is calling");
        desktop.notifications.wait("the notification", |it| it.summary == summary && !it.withdrawn).await?;
        caller.hang_up();
        page.gone(RINGING).await?;
        stage.pbx().quiet().await?;
    }
    let long = "x".repeat(400);
    let caller = rings(stage, page, &long[..60], "5550209").await?;
    let inside = "const card = document.querySelector(\"article[data-state='ringing']\"); \
                  return card.scrollWidth <= card.clientWidth + 1";
    ensure!(page.run::<bool>(inside).await?, "a long name breaks out of its card");
    caller.hang_up();
    page.gone(RINGING).await
}
