//! The command line of the desktop program.

use crate::event::Again;
use crate::secret::Secret;
use anyhow::Context as _;
use clap::Parser as _;
use std::io::BufRead;
use std::path::PathBuf;

/// A receptionist console for Asterisk phone systems.
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "frontdesk", version)]
pub(crate) struct Cli {
    /// The address of the Frontdesk server, for example pbx.example.com; else the one of the last time.
    #[arg(long, value_name = "URL")]
    pub(crate) connect: Option<String>,
    /// The user who logs in; else the one of the last time.
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// Logs in at once with the password in the first line of the standard input. It is not remembered.
    #[arg(long, requires = "connect", requires = "user")]
    pub(crate) password_stdin: bool,
    /// Opens the built-in rehearsal office, with calls that come by themselves. Needs no telephone system.
    #[arg(long, conflicts_with_all = ["connect", "user", "password_stdin"])]
    pub(crate) rehearsal: bool,
    /// Forgets which certificate was trusted at the server's address, so that the next login asks again.
    #[arg(long, conflicts_with = "rehearsal")]
    pub(crate) forget_certificate: bool,
    /// Keeps settings in this folder instead of the usual one.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

impl Cli {
    /// What somebody wants who starts the program with these words while it is running.
    pub(crate) fn again(words: Vec<String>) -> Again {
        match Self::try_parse_from(words) {
            Ok(Self { rehearsal: true, .. }) => Again::Rehearsal,
            Ok(Self { connect: None, user: None, .. }) | Err(_) => Again::Window,
            Ok(Self { connect, user, .. }) => Again::Server { server: connect, user },
        }
    }

    /// The password to log in with at once, if there is one.
    ///
    /// # Errors
    /// When it was announced and does not come.
    pub(crate) fn password(&self, mut input: impl BufRead) -> anyhow::Result<Option<Secret>> {
        if !self.password_stdin {
            return Ok(None);
        }
        let mut line = String::new();
        input.read_line(&mut line).context("The password could not be read from the standard input")?;
        Ok(Some(Secret::new(line.trim_end_matches(['\r', '\n']).to_owned())))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn understood(words: &[&str]) -> Result<Cli, clap::Error> {
        Cli::try_parse_from([&["frontdesk"], words].concat())
    }

    #[test]
    fn a_password_is_the_first_line_and_only_where_it_was_announced() {
        let cli = understood(&["--connect", "pbx", "--user", "anna", "--password-stdin"]).unwrap();
        let password = cli.password(&b"correct horse \r\nmore\n"[..]).unwrap().unwrap();
        assert_eq!(password.reveal(), "correct horse ");
        let cli = understood(&["--connect", "pbx", "--user", "anna"]).unwrap();
        assert!(cli.password(&b"correct horse\n"[..]).unwrap().is_none());
    }

    #[test]
    fn a_second_start_says_what_was_wished_for() {
        let again = |words: &[&str]| Cli::again(words.iter().map(ToString::to_string).collect());
        assert_eq!(again(&["frontdesk"]), Again::Window);
        assert_eq!(again(&["frontdesk", "--rehearsal"]), Again::Rehearsal);
        let (server, user) = (Some("pbx".to_owned()), Some("anna".to_owned()));
        assert_eq!(
            again(&["frontdesk", "--connect", "pbx", "--user", "anna"]),
            Again::Server { server, user }
        );
        assert_eq!(again(&["frontdesk", "--no-such"]), Again::Window);
    }

    #[test]
    fn a_password_needs_a_server_and_a_user() {
        for words in [
            &["--password-stdin"][..],
            &["--password-stdin", "--connect", "pbx"],
            &["--password-stdin", "--rehearsal"],
        ] {
            assert!(understood(words).is_err(), "{words:?}");
        }
    }
}
