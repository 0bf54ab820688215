//! Build script of the desktop program: checks the Tauri configuration and makes sure that there is a page to embed.
//! It does not build the page; `cargo xtask ui` does.

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let page = Path::new("ui/dist/index.html");
    if !page.exists() {
        fs::create_dir_all("ui/dist")?;
        fs::copy("src-tauri/placeholder.html", page)?;
    }
    tauri_build::build();
    Ok(())
}
