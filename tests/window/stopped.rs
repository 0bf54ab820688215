//! A view that stops because of an error of its own: what it shows is old from then on, so it is loaded again, and where
//! that does not help, nothing old is left to be seen. The end of its whole process is in `crashed.rs`.

use crate::acts::{NOTES, TALKING, ends, live, talks};
use anyhow::{Context, Result, ensure};
use frontdesk_tests::browser::Browser;
use frontdesk_tests::stage::Stage;

/// What covers a view that stopped.
const COVER: &str = "#boot-error[role='alert']";

/// Makes the view's program do what cannot be done, as a caller of its own would: the error is nobody's who waits for it.
const STOP: &str = "const its = new URL('frontdesk-ui.js', location);
    return import(its).then((view) => view.default()).then((program) => {
        setTimeout(() => program.__wbindgen_destroy_closure(1, 2 ** 31 - 1));
        return true;
    });";

/// It is loaded again by itself; one that stops again at once is covered until the person loads it.
pub async fn by_itself(stage: &Stage, page: &Browser) -> Result<()> {
    let jane = talks(stage, page, "Jane Roe", "5550123").await?;
    page.run::<bool>("return window.first = true").await?;
    page.run::<bool>(STOP).await?;
    page.says(NOTES, "The view stopped because of an error and was loaded again").await?;
    ensure!(!page.run::<bool>("return window.first === true").await?, "the page is the one that stopped");
    live(page).await?;
    page.says(TALKING, "Jane Roe").await.context("the call is there again")?;
    page.find("[data-action='hangup']").await.context("and can be worked with")?;

    page.run::<bool>(STOP).await?;
    page.says(COVER, "Your calls are not touched").await.context("the second time it is covered")?;
    let seen = "const over = document.elementFromPoint(innerWidth / 2, innerHeight / 2); return !!over.closest('#boot-error')";
    ensure!(page.run::<bool>(seen).await?, "what is old is still to be seen");
    page.click(&format!("{COVER} button")).await?;
    live(page).await?;
    page.says(TALKING, "Jane Roe").await.context("the call is there after the button")?;
    stage.pbx().talks(&[&["1001", "trunk"]]).await?;
    ends(stage, page, &jane).await
}
