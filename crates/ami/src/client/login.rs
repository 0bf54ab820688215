//! The login: what is said, and what the answers mean. No IO.

use super::config::{LinkConfig, Login};
use super::reason::Reason;
use crate::action::{Action, ActionError};
use crate::message::Message;
use md5::{Digest as _, Md5};
use std::fmt::Write as _;

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The banner is awaited.
    Banner,
    /// The challenge is awaited.
    Challenge,
    /// The answer to the login is awaited.
    Login,
    /// `FullyBooted` is awaited.
    Boot,
    /// The owner's.
    Up,
}

/// What follows from a message.
#[derive(Debug)]
pub(super) enum Next {
    /// Nothing yet.
    Wait,
    /// Say this and go to that stage.
    Say(Action, Stage),
    /// Go to that stage.
    Go(Stage),
}

/// What is said after the banner.
pub(super) fn open(config: &LinkConfig) -> Result<(Action, Stage), Reason> {
    match config.login {
        Login::Challenge => {
            let action = Action::new("Challenge").with("AuthType", "MD5").map_err(unsayable)?;
            Ok((action, Stage::Challenge))
        }
        Login::Plain => {
            let action = account(config).and_then(|action| action.with("Secret", config.secret.clone()));
            Ok((action.map_err(unsayable)?, Stage::Login))
        }
    }
}

/// What follows from a message at a stage.
pub(super) fn next(config: &LinkConfig, stage: Stage, message: &Message<'_>) -> Result<Next, Reason> {
    let answer = message.response();
    match stage {
        Stage::Banner | Stage::Up => Ok(Next::Wait),
        Stage::Challenge => match answer {
            Some("Success") => {
                let key = key(message.field("Challenge"), &config.secret);
                let action = account(config)
                    .and_then(|action| action.with("AuthType", "MD5"))
                    .and_then(|action| action.with("Key", key));
                Ok(Next::Say(action.map_err(unsayable)?, Stage::Login))
            }
            Some(_) => Err(refused(config, message)),
            None => Ok(Next::Wait),
        },
        Stage::Login => match answer {
            Some("Success") => Ok(Next::Go(Stage::Boot)),
            Some(_) => Err(refused(config, message)),
            None => Ok(Next::Wait),
        },
        Stage::Boot if message.event() == Some("FullyBooted") => Ok(Next::Go(Stage::Up)),
        Stage::Boot => Ok(Next::Wait),
    }
}

fn account(config: &LinkConfig) -> Result<Action, ActionError> {
    Action::new("Login").with("Username", config.username.clone())?.with("Events", "on")
}

fn refused(config: &LinkConfig, message: &Message<'_>) -> Reason {
    let said = message.field("Message");
    // It is shown to people: a line of it is enough.
    let said: String = said.chars().filter(|c| !c.is_control()).take(120).collect();
    Reason::Refused { username: config.username.clone(), message: said }
}

fn unsayable(error: ActionError) -> Reason {
    Reason::Unsayable(error.to_string())
}

/// The MD5 of challenge and secret in hexadecimal digits, as `manager.c` computes it.
fn key(challenge: &str, secret: &str) -> String {
    let digest = Md5::new().chain_update(challenge).chain_update(secret).finalize();
    digest.iter().fold(String::with_capacity(32), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_the_digest_of_challenge_and_secret() {
        // `printf 1234secret | md5sum`
        assert_eq!(key("1234", "secret"), "10b168cd4f742410888c3c110f7a7e71");
    }
}
