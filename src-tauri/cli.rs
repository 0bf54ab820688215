//! The command line of the desktop program.

use crate::event::Again;
use crate::secret::Secret;
use anyhow::Context as _;
use clap::Parser as _;
use std::ffi::OsString;
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
    /// A link to a telephone number, for example tel:+49-30-1234. You are asked; nothing is dialled before you say so.
    // Text of a stranger's: whatever it is, it is for the window to say what is wrong with it.
    #[arg(value_name = "LINK")]
    words: Vec<OsString>,
}

/// The most bytes of a link that are handed on; one that is longer than a telephone number can be is none.
const LINK: usize = 1_024;

impl Cli {
    /// What somebody wants who starts the program with these words while it is running, and the link that they followed.
    pub(crate) fn again(words: Vec<String>) -> (Again, Option<String>) {
        let Ok(cli) = Self::try_parse_from(words) else { return (Again::Window, None) };
        let link = cli.link();
        let wish = match cli {
            Self { rehearsal: true, .. } => Again::Rehearsal,
            Self { connect: None, user: None, .. } => Again::Window,
            Self { connect, user, .. } => Again::Server { server: connect, user },
        };
        (wish, link)
    }

    /// The link that was followed. One with spaces comes in several words where nobody quoted it.
    pub(crate) fn link(&self) -> Option<String> {
        let words: Vec<_> = self.words.iter().map(|word| word.to_string_lossy()).collect();
        let mut link = words.join(" ");
        link.truncate(link.floor_char_boundary(LINK));
        (!self.words.is_empty()).then_some(link)
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
        assert_eq!(again(&["frontdesk"]), (Again::Window, None));
        assert_eq!(again(&["frontdesk", "--rehearsal"]), (Again::Rehearsal, None));
        let (server, user) = (Some("pbx".to_owned()), Some("anna".to_owned()));
        assert_eq!(
            again(&["frontdesk", "--connect", "pbx", "--user", "anna"]),
            (Again::Server { server, user }, None)
        );
        assert_eq!(again(&["frontdesk", "--no-such"]), (Again::Window, None));
        let link = Some("tel:+49301234".to_owned());
        assert_eq!(again(&["frontdesk", "tel:+49301234"]), (Again::Window, link.clone()));
        assert_eq!(again(&["frontdesk", "--rehearsal", "tel:+49301234"]), (Again::Rehearsal, link));
    }

    #[test]
    fn whatever_is_given_as_a_link_is_text_and_no_mistake() {
        let link = |words: &[&str]| understood(words).unwrap().link();
        assert_eq!(link(&[]), None);
        for (words, text) in [
            (&["tel:+49-30-1234;ext=7"][..], "tel:+49-30-1234;ext=7"),
            (&["--connect", "pbx", "tel:1002"], "tel:1002"),
            (&["tel:+49", "30", "1234"], "tel:+49 30 1234"),
            (&["javascript:alert(1)"], "javascript:alert(1)"),
            (&[""], ""),
        ] {
            assert_eq!(link(words).as_deref(), Some(text));
        }
        let long = link(&["ü".repeat(100_000).as_str()]).unwrap();
        assert_eq!(long.len(), LINK, "it is cut, and between two characters");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_is_no_text_is_one_that_no_number_can_be_read_from() {
        use std::os::unix::ffi::OsStringExt as _;
        let words = ["frontdesk".into(), OsString::from_vec(b"tel:+49\xff30".to_vec())];
        let cli = Cli::try_parse_from(words).unwrap();
        assert_eq!(cli.link().unwrap(), "tel:+49\u{fffd}30");
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
