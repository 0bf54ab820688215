//! `frontdesk-server sessions …`: who is logged in, and the end of it. Works beside a running server, whose desks of
//! an ended session are disconnected within two seconds. Not who may log in.

use super::{ConfigFile, done, note, users};
use crate::audit::Act;
use crate::clock;
use crate::config::Config;
use crate::store::{Listed, Purpose, Store};
use anyhow::Result;
use clap::{Args, Subcommand};
use frontdesk_protocol::UserName;
use std::process::ExitCode;

/// What is done with sessions.
#[derive(Debug, Subcommand)]
pub enum Order {
    /// Lists the sessions: name, user, how long ago they logged in, how long ago it was last used.
    List {
        /// Those of one user.
        #[arg(long, value_parser = users::name)]
        user: Option<UserName>,
        #[command(flatten)]
        file: ConfigFile,
    },
    /// Ends sessions; who has one must log in again.
    Revoke {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        file: ConfigFile,
    },
}

/// Which sessions end.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Which {
    /// The session of this name, as `sessions list` shows it.
    session: Option<String>,
    /// All of a user.
    #[arg(long, value_parser = users::name)]
    user: Option<UserName>,
    /// All of everybody.
    #[arg(long)]
    all: bool,
}

/// Does it.
///
/// # Errors
/// A sentence for the person at the terminal.
pub async fn run(order: Order) -> Result<ExitCode> {
    match order {
        Order::List { user, file } => {
            let config = Config::read(&file.config)?;
            let store = Store::open(&config.path(&config.store.path), Purpose::Accounts)?;
            let sessions = store.sessions(config.sessions.lifetime()).await?;
            for session in sessions.iter().filter(|it| user.as_ref().is_none_or(|user| it.user == *user)) {
                println!("{}", line(session));
            }
        }
        Order::Revoke { which: Which { session, user, all: _ }, file } => {
            let store = users::open(&file)?;
            match (session, user) {
                (Some(name), _) => {
                    let user = store.revoke(name.clone()).await?;
                    note(&store, done(Act::EndSessions, &user).saying(format!("The session {name}.")))?;
                    println!("The session {name} of {user} has ended.");
                }
                (None, Some(user)) => {
                    let ended = store.revoke_all(Some(user.clone())).await?;
                    let text = counted(ended, &format!(" of {user}"));
                    note(&store, done(Act::EndSessions, &user).saying(&text))?;
                    println!("{text}");
                }
                (None, None) => {
                    let text = counted(store.revoke_all(None).await?, "");
                    note(&store, done(Act::EndSessions, "everybody").saying(&text))?;
                    println!("{text}");
                }
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn line(session: &Listed) -> String {
    let now = clock::now();
    let (login, used) = (ago(now.since(session.created)), ago(now.since(session.used)));
    format!("{}  {}  logged in {login}  used {used}", session.key, session.user)
}

fn counted(sessions: usize, whose: &str) -> String {
    match sessions {
        1 => format!("1 session{whose} has ended."),
        sessions => format!("{sessions} sessions{whose} have ended."),
    }
}

fn ago(millis: u64) -> String {
    match millis / 60_000 {
        0 => "just now".to_owned(),
        minutes @ 1..=119 => format!("{minutes} min ago"),
        minutes @ 120..=2_879 => format!("{} h ago", minutes / 60),
        minutes => format!("{} days ago", minutes / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use super::ago;

    #[test]
    fn how_long_ago_is_told_in_the_largest_unit_that_says_something() {
        let minute = 60_000;
        for (millis, text) in [
            (0, "just now"),
            (59_999, "just now"),
            (minute, "1 min ago"),
            (119 * minute, "119 min ago"),
            (120 * minute, "2 h ago"),
            (47 * 60 * minute, "47 h ago"),
            (48 * 60 * minute, "2 days ago"),
        ] {
            assert_eq!(ago(millis), text);
        }
    }
}
