//! `cargo xtask screenshots`: pictures of the real window for the README, taken on a display of its own with the
//! rehearsal office, once in the light theme and once in the dark one. What is shown is chosen in
//! `tests/examples/screenshots.rs`.

use anyhow::Result;

use crate::{
    job,
    packages::{self, Purpose},
    ui, workspace,
};

/// Takes them into `docs/images`.
///
/// # Errors
/// When something does not build, or the window does not come up.
pub fn take() -> Result<()> {
    packages::ensure(&[Purpose::Build, Purpose::Run, Purpose::Pictures])?;
    ui::build(ui::Build { release: true })?;
    let mut cargo = workspace::cargo();
    cargo.args(["build", "--workspace", "--exclude", "xtask", "--bins", "--example", "screenshots"]);
    job::run("building the console", &mut cargo)?;
    let program = workspace::target().join("debug/examples/screenshots");
    for (theme, name) in [("Adwaita", "light"), ("Adwaita:dark", "dark")] {
        let mut command = std::process::Command::new(&program);
        command.arg(workspace::root().join("docs/images")).arg(name).env("GTK_THEME", theme);
        job::run(&format!("taking the {name} pictures"), &mut command)?;
    }
    Ok(())
}
