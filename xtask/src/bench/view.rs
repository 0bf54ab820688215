//! The figures of the view: in Chromium, in the real window, and what it weighs. What is measured in them is in
//! `tests/examples/view`; here it is built as a release and started.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::parts::Run;
use crate::{
    job,
    packages::{self, Purpose},
    ui, workspace,
};

/// The most that the view may weigh on its way to a browser, in kilobytes.
const MOST: f64 = 400.0;

/// Measures the page in Chromium.
pub fn page(run: &Run) -> Result<()> {
    measure(run, "page")
}

/// Measures the window.
pub fn window(run: &Run) -> Result<()> {
    measure(run, "window")
}

fn measure(run: &Run, place: &str) -> Result<()> {
    packages::ensure(&[Purpose::Build, Purpose::Run, Purpose::Test])?;
    ui::build(ui::Build { release: true })?;
    let mut build = workspace::cargo();
    build.args(["build", "--quiet", "--profile", "bench", "-p", "frontdesk", "-p", "frontdesk-server"]);
    build.args([
        "-p",
        "frontdesk-tests",
        "--bin",
        "frontdesk",
        "--bin",
        "frontdesk-server",
        "--example",
        "view",
    ]);
    // What Tauri's own tool sets: the window shows the page that is inside the program.
    build.args(["--features", "frontdesk/custom-protocol"]);
    job::run("building the programs, as a release", &mut build)?;
    let mut view = Command::new(workspace::target().join("release/examples/view"));
    view.current_dir(workspace::root()).arg(place).env("FRONTDESK_BENCH_ROWS", &run.rows);
    if run.quick {
        view.env("FRONTDESK_BENCH_QUICK", "1");
    }
    let status = view.status().context("the measuring could not be started")?;
    ensure!(status.success(), "the measuring ended with {status}; what it printed says why");
    Ok(())
}

/// Weighs what a browser fetches.
pub fn size(run: &Run) -> Result<()> {
    ui::build(ui::Build { release: true })?;
    let packed = workspace::root().join("ui/packed");
    let rows: Vec<_> = [("br", "Brotli"), ("gz", "gzip")]
        .into_iter()
        .map(|(ending, name)| Ok(row(name, weigh(&packed, ending)?)))
        .collect::<Result<_>>()?;
    fs::write(&run.rows, serde_json::to_string_pretty(&rows)?).context("the rows cannot be written")
}

fn weigh(packed: &Path, ending: &str) -> Result<f64> {
    let mut bytes = 0;
    for entry in fs::read_dir(packed)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.contains(".wasm.") && name.ends_with(&format!(".{ending}")) {
            bytes += fs::metadata(&path)?.len();
        }
    }
    ensure!(bytes > 0, "there is no compressed view in {}", packed.display());
    #[expect(clippy::cast_precision_loss, reason = "some hundred thousand bytes")]
    Ok(bytes as f64 / 1_000.0)
}

fn row(encoding: &str, kilobytes: f64) -> serde_json::Value {
    json!({
        "id": "P13",
        "what": format!("the view's WebAssembly as the server sends it, {encoding}"),
        "line": format!("≤ {MOST:.0} KB"),
        "found": format!("{kilobytes:.0} KB"),
        "reached": kilobytes <= MOST,
        "binding": false,
        "held": null,
        "fails": false,
    })
}
