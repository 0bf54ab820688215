//! Build script of the desktop program: checks the Tauri configuration and makes sure that there is a page to embed.
//! It does not build the page; `cargo xtask ui` does.

use std::{fs, io, path::Path};

const PLACEHOLDER: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Frontdesk</title>
<p>The view has not been built yet. Run <code>cargo xtask ui</code>, then start Frontdesk again.</p>
</html>
";

fn main() -> io::Result<()> {
    let page = Path::new("ui/dist/index.html");
    if !page.exists() {
        fs::create_dir_all("ui/dist")?;
        fs::write(page, PLACEHOLDER)?;
    }
    tauri_build::build();
    Ok(())
}
