//! `cargo xtask run`: builds what is needed and opens the console on the rehearsal office, or on a real server. Where
//! there is no display it serves the web page instead. The programs themselves do the rest.

use std::{
    env,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::Command,
};

use anyhow::{Result, bail};
use clap::Args;

use crate::{
    job,
    packages::{self, Purpose},
    ui, workspace,
};

/// What to open.
#[derive(Debug, Args)]
pub struct Options {
    /// The Frontdesk server of a real office, as HOST or HOST:PORT; without it the rehearsal office is opened.
    #[arg(long, value_name = "HOST")]
    connect: Option<String>,
    /// Who logs in there; the console asks for the password.
    #[arg(long, value_name = "NAME", requires = "connect")]
    user: Option<String>,
}

/// Builds, then runs until the console is quit.
///
/// # Errors
/// When something is missing and cannot be installed, does not build, or the program ends with a failure.
pub fn run(options: &Options) -> Result<()> {
    if has_display() { desktop(&options.arguments()) } else { page(options) }
}

impl Options {
    fn arguments(&self) -> Vec<String> {
        let Some(host) = &self.connect else { return vec!["--rehearsal".to_owned()] };
        let mut arguments = vec!["--connect".to_owned(), host.clone()];
        if let Some(user) = &self.user {
            arguments.extend(["--user".to_owned(), user.clone()]);
        }
        arguments
    }
}

/// Builds the desktop program and runs it with these arguments until it is quit.
///
/// # Errors
/// As [`run`].
pub fn desktop(arguments: &[String]) -> Result<()> {
    packages::ensure(&[Purpose::Build, Purpose::Run])?;
    ui::build(ui::Build::QUICK)?;
    build(&["frontdesk"])?;
    job::run(
        "Frontdesk is open; it stays in the tray when its window is closed",
        program("frontdesk").args(arguments),
    )
}

fn page(options: &Options) -> Result<()> {
    job::loud(
        "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open.",
    );
    if let Some(host) = &options.connect {
        bail!("open {} in a browser instead: the server has the same console as a page", page_of(host));
    }
    packages::ensure(&[Purpose::Compile])?;
    ui::build(ui::Build::QUICK)?;
    build(&["frontdesk-server"])?;
    job::run(
        "serving the rehearsal office as a web page; Ctrl-C ends it (from another computer, reach it with `ssh -L`)",
        program("frontdesk-server").args(["serve", "--rehearsal", "--listen", &page_address().to_string()]),
    )
}

/// The page of a server that is named as for the console: encrypted and at the usual port unless said otherwise.
fn page_of(host: &str) -> String {
    match (host.contains("://"), host.contains(':')) {
        (true, _) => host.to_owned(),
        (false, true) => format!("https://{host}/"),
        (false, false) => format!("https://{host}:8090/"),
    }
}

/// The server's usual address, or any other where that one is taken.
fn page_address() -> SocketAddr {
    let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, 8090));
    if TcpListener::bind(usual).is_ok() { usual } else { SocketAddr::from((Ipv4Addr::LOCALHOST, 0)) }
}

/// Builds some of the project's programs, with the features that the whole workspace agrees on, so that `run`, `lab`
/// and `test` share what was built.
///
/// # Errors
/// When one does not compile.
pub fn build(programs: &[&str]) -> Result<()> {
    let mut cargo = workspace::cargo();
    cargo.args(["build", "--workspace", "--exclude", "xtask"]);
    for program in programs {
        cargo.args(["--bin", program]);
    }
    job::run(&format!("building {}", programs.join(" and ")), &mut cargo)
}

/// A built program, to be run in the person's own folder.
pub fn program(name: &str) -> Command {
    Command::new(workspace::built(name))
}

/// Whether a window could open here.
pub fn has_display() -> bool {
    if env::consts::OS != "linux" {
        return true;
    }
    ["WAYLAND_DISPLAY", "DISPLAY"].iter().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rehearsal_is_opened_unless_a_server_is_named() {
        let options = |connect: Option<&str>, user: Option<&str>| Options {
            connect: connect.map(str::to_owned),
            user: user.map(str::to_owned),
        };
        assert_eq!(options(None, None).arguments(), ["--rehearsal"]);
        assert_eq!(options(Some("pbx:8443"), None).arguments(), ["--connect", "pbx:8443"]);
        assert_eq!(options(Some("pbx"), Some("anna")).arguments(), ["--connect", "pbx", "--user", "anna"]);
    }

    #[test]
    fn the_page_of_a_server_is_where_the_console_would_connect() {
        assert_eq!(page_of("pbx.example.com"), "https://pbx.example.com:8090/");
        assert_eq!(page_of("pbx.example.com:8443"), "https://pbx.example.com:8443/");
        assert_eq!(page_of("http://10.0.0.7:8090"), "http://10.0.0.7:8090");
    }
}
