//! The figures of the view: in Chromium, in the real window, and what it weighs. What is measured in them is in
//! `tests/examples/view`; here it is started.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::parts::Run;
use crate::{desktop, job, ui, workspace};

/// The most that the view may weigh on its way to a browser, in kilobytes.
const MOST: f64 = 400.0;
/// The most that the desktop's package may weigh, in megabytes.
const PACKAGE: f64 = 12.0;

/// Measures the page in Chromium.
pub fn page(run: &Run) -> Result<()> {
    measure(run, "page")
}

/// Measures the window.
pub fn window(run: &Run) -> Result<()> {
    measure(run, "window")
}

/// Measures how soon a real Asterisk's ringing is on the screen.
pub fn card(run: &Run) -> Result<()> {
    measure(run, "card")
}

/// Measures how soon an act of the receptionist is on the wire to a real Asterisk.
pub fn order(run: &Run) -> Result<()> {
    measure(run, "order")
}

/// Measures how soon the desktop program is there.
pub fn start(run: &Run) -> Result<()> {
    measure(run, "start")
}

/// Measures what the desktop program takes.
pub fn memory(run: &Run) -> Result<()> {
    measure(run, "memory")
}

fn measure(run: &Run, what: &str) -> Result<()> {
    let mut view = Command::new(workspace::target().join("release/examples/view"));
    view.current_dir(workspace::root()).arg(what).env("FRONTDESK_BENCH_ROWS", &run.rows);
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
        .map(|(ending, name)| {
            let what = format!("the view's WebAssembly as the server sends it, {name}");
            Ok(row(&what, weigh(&packed, ending)?, MOST, "KB"))
        })
        .collect::<Result<_>>()?;
    hand_over(run, &rows)
}

/// Weighs the package for Debian.
pub fn package(run: &Run) -> Result<()> {
    let (package, target) = (desktop::package()?, workspace::target().join("deb"));
    let (inside, packed) = (target.join("inside"), target.join("packed.deb"));
    if inside.exists() {
        fs::remove_dir_all(&inside)?;
    }
    let mut open = Command::new("dpkg-deb");
    job::run("opening the package", open.arg("--raw-extract").arg(&package).arg(&inside))?;
    let mut pack = Command::new("dpkg-deb");
    pack.args(["--root-owner-group", "-Zxz", "--build"]).arg(&inside).arg(&packed);
    job::run("packing it as Debian does", &mut pack)?;
    let rows = [("as Tauri's tool packs it, gzip", package), ("packed as Debian does, xz", packed)];
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(how, path)| {
            #[expect(clippy::cast_precision_loss, reason = "some million bytes")]
            let megabytes = fs::metadata(&path)?.len() as f64 / 1e6;
            Ok(row(&format!("the desktop program's package for Debian, {how}"), megabytes, PACKAGE, "MB"))
        })
        .collect::<Result<_>>()?;
    hand_over(run, &rows)
}

fn hand_over(run: &Run, rows: &[serde_json::Value]) -> Result<()> {
    fs::write(&run.rows, serde_json::to_string_pretty(rows)?).context("the rows cannot be written")
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

fn row(what: &str, found: f64, most: f64, unit: &str) -> serde_json::Value {
    let digits = if found < 100.0 { 2 } else { 0 };
    json!({
        "id": "P13",
        "what": what,
        "line": format!("≤ {most:.0} {unit}"),
        "found": format!("{found:.digits$} {unit}"),
        "reached": found <= most,
        "binding": false,
        "held": null,
        "fails": false,
    })
}
