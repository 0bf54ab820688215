//! `cargo xtask lab`: a real Asterisk with phones, a Frontdesk server on it and the console signed in there, all on
//! loopback, until Ctrl-C, or until the lab or the console is quit. What the Asterisk and its phones do is
//! `frontdesk-lab`'s.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

use crate::{
    job::{self, loud, say},
    packages::{self, Purpose},
    run::{self, program},
    ui, workspace,
};

/// Who is at the desk in the lab, with a password that is public on purpose: the lab listens on loopback only.
const USER: &str = "anna";
const PASSWORD: &str = "lab-password";
const EXTENSION: &str = "1001";

const SERVER_READY: Duration = Duration::from_secs(30);

/// The server's configuration, with addresses that [`configuration`] replaces.
const CONFIGURATION: &str = include_str!("../lab.toml");

/// Starts all of it and stays until the lab or the console is quit.
///
/// # Errors
/// When something does not build or start; the sentence says which and where its output is.
pub fn open() -> Result<()> {
    packages::ensure(&[Purpose::Build, Purpose::Run, Purpose::Lab])?;
    ui::build(ui::Build::QUICK)?;
    run::build(&["frontdesk-lab", "frontdesk-server", "frontdesk"])?;
    let (mut office, manager) = office()?;
    let folder = workspace::target().join("lab");
    let address = free_address()?;
    let config = configure(&folder, &manager, address)?;
    check(&config)?;
    add_user(&config)?;
    let log = folder.join("server.log");
    let mut server = serve(&config, &log)?;
    wait_for(address, &mut server, &log)?;
    loud(&format!(
        "The console is at http://{address}/ as well. Name: {USER}, password: {PASSWORD}, phone: {EXTENSION}. Type \
         here what the others do: `in 5551001` lets somebody outside call {EXTENSION}, `help` shows the rest."
    ));
    if !run::has_display() {
        say("no display: open the address in a browser; `quit` or Ctrl-C ends the lab");
        office.0.wait().context("waiting for the lab's end")?;
        return Ok(());
    }
    let mut console = console(address, &folder)?;
    while office.0.try_wait()?.is_none() {
        if let Some(status) = console.0.try_wait()? {
            if !status.success() {
                bail!("the console ended with {status}; what it printed above says why");
            }
            say("the console was quit; closing the lab");
            break;
        }
        thread::park_timeout(Duration::from_millis(100));
    }
    Ok(())
}

/// The console, signed in, with settings of its own so that it does not touch the person's.
fn console(server: SocketAddr, folder: &Path) -> Result<Running> {
    let mut command = program("frontdesk");
    command.args(["--connect", &server.to_string(), "--user", USER, "--password-stdin", "--data-dir"]);
    command.arg(folder.join("console"));
    start_with_input(&mut command, PASSWORD).map(Running).context("the console could not be started")
}

/// Starts a program and gives it one line to read.
fn start_with_input(command: &mut Command, line: &str) -> Result<Child> {
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().context("the program's input")?;
    writeln!(input, "{line}")?;
    Ok(child)
}

/// A program that ends with the lab.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Where the manager interface listens, and the secret of the server's account there.
#[derive(Debug, PartialEq, Eq)]
struct Manager {
    address: SocketAddr,
    secret: String,
}

/// The Asterisk and its phones, and its manager interface. What it says goes on to the person.
fn office() -> Result<(Running, Manager)> {
    say("starting Asterisk and the phones (the first time, it is downloaded)");
    let mut command = program("frontdesk-lab");
    let mut office =
        Running(command.stdout(Stdio::piped()).spawn().context("frontdesk-lab could not be started")?);
    let mut lines = BufReader::new(office.0.stdout.take().context("the lab's output")?).lines();
    for line in lines.by_ref() {
        let line = line.context("the lab's output")?;
        if let Some(manager) = manager(&line) {
            thread::spawn(move || lines.map_while(Result::ok).for_each(|line| println!("{line}")));
            return Ok((office, manager));
        }
        println!("{line}");
    }
    bail!("the lab ended before its Asterisk was ready; what it said above says why")
}

/// What is in the line by which the lab says that it is ready: `ami 127.10.0.1:5038 SECRET`.
fn manager(line: &str) -> Option<Manager> {
    let (address, secret) = line.strip_prefix("ami ")?.split_once(' ')?;
    Some(Manager { address: address.parse().ok()?, secret: secret.to_owned() })
}

fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on loopback")?;
    Ok(listener.local_addr()?)
}

/// A configuration in an empty folder of its own.
fn configure(folder: &Path, manager: &Manager, listen: SocketAddr) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot clear {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    fs::write(folder.join("ami-secret"), format!("{}\n", manager.secret))?;
    let config = folder.join("frontdesk.toml");
    fs::write(&config, configuration(manager.address, listen))?;
    Ok(config)
}

fn configuration(ami: SocketAddr, listen: SocketAddr) -> String {
    CONFIGURATION
        .replace("host = \"127.0.0.1\"", &format!("host = \"{}\"", ami.ip()))
        .replace("port = 5038", &format!("port = {}", ami.port()))
        .replace("address = \"127.0.0.1:8090\"", &format!("address = \"{listen}\""))
}

/// Has the server itself read the configuration, so that a mistake in it is told by its line.
fn check(config: &Path) -> Result<()> {
    job::output(program("frontdesk-server").arg("check-config").arg("--config").arg(config)).map(drop)
}

fn add_user(config: &Path) -> Result<()> {
    let mut command = program("frontdesk-server");
    command.args([
        "user",
        "add",
        USER,
        "--role",
        "receptionist",
        "--extension",
        EXTENSION,
        "--password-stdin",
    ]);
    command.arg("--config").arg(config);
    let mut child =
        start_with_input(&mut command, PASSWORD).context("frontdesk-server could not be started")?;
    let status = child.wait()?;
    if !status.success() {
        bail!("frontdesk-server did not take the user {USER} ({status}); what it said above says why");
    }
    Ok(())
}

fn serve(config: &Path, log: &Path) -> Result<Running> {
    let file = fs::File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let mut command: Command = program("frontdesk-server");
    command.arg("serve").arg("--config").arg(config);
    command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    Ok(Running(command.spawn().context("frontdesk-server could not be started")?))
}

fn wait_for(address: SocketAddr, server: &mut Running, log: &Path) -> Result<()> {
    let until = Instant::now() + SERVER_READY;
    while TcpStream::connect(address).is_err() {
        if let Some(status) = server.0.try_wait()? {
            bail!("the server ended ({status}); its output is in {}", log.display());
        }
        if Instant::now() > until {
            bail!("the server did not listen within {SERVER_READY:?}; its output is in {}", log.display());
        }
        thread::park_timeout(Duration::from_millis(50));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_line_of_the_lab_is_told_from_its_other_lines() {
        let said = Manager { address: "127.10.0.1:5038".parse().unwrap(), secret: "s3cret".to_owned() };
        assert_eq!(manager("ami 127.10.0.1:5038 s3cret"), Some(said));
        for line in ["Starting Asterisk.", "ami soon", "ami 127.10.0.1:5038", "phones 1001 to 1006", ""] {
            assert_eq!(manager(line), None, "{line}");
        }
    }

    #[test]
    fn the_configuration_names_both_addresses() {
        let text = configuration("127.10.0.1:5040".parse().unwrap(), "127.0.0.1:9000".parse().unwrap());
        for part in ["\nhost = \"127.10.0.1\"\n", "\nport = 5040\n", "\naddress = \"127.0.0.1:9000\"\n"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
