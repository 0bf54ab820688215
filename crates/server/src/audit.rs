//! What the audit says: who did what to which call, when, with what result. Not how it is kept; that is `store`.

mod refusals;

pub use refusals::Refusals;

use crate::store::{SessionKey, User};
use frontdesk_protocol::{
    CallId, Command, Destination, Extension, Millis, Office, Outcome, Party, Reason, UserName,
};
use serde::Serialize;
use std::borrow::Cow;
use std::net::IpAddr;

/// The result of what was begun and of which the end is not known yet.
pub const UNFINISHED: &str = "unfinished";

/// An entry of the audit.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its key; what is written again under the same key replaces what stood there.
    #[serde(skip)]
    pub id: i64,
    /// When.
    pub at: Millis,
    /// Who; for a refused login the account it was about. `None`: nobody who has an account.
    pub user: Option<UserName>,
    /// From where: an address, a session by its name, the command line.
    pub origin: String,
    /// What they did.
    pub act: Cow<'static, str>,
    /// To which call; the history has it under the same name.
    pub call: Option<CallId>,
    /// The extension it was done at.
    pub extension: Option<Extension>,
    /// Who was at the other end: the number, or else the name.
    pub party: Option<String>,
    /// Where to, or about whom.
    pub target: Option<String>,
    /// What became of it: `done`, `unfinished`, or the reason why not.
    pub result: Cow<'static, str>,
    /// The same as a sentence.
    pub text: String,
    /// How many times: refused logins are counted and not listed one by one.
    pub times: u32,
}

/// Only what is no secret and tells nothing of a caller.
impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("id", &self.id)
            .field("user", &self.user)
            .field("act", &self.act)
            .field("result", &self.result)
            .finish_non_exhaustive()
    }
}

/// What an administrator does on the command line, or a program that has the server inside itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// An account was added, or one there was got another role, other extensions, another password.
    PutUser,
    /// A password was changed.
    ChangePassword,
    /// An account was closed.
    DisableUser,
    /// An account was opened again.
    EnableUser,
    /// Sessions were ended.
    EndSessions,
    /// The database was replaced by a backup.
    Restore,
    /// A login.
    LogIn,
    /// The end of it.
    LogOut,
}

impl Act {
    /// As the audit writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::PutUser => "putUser",
            Self::ChangePassword => "changePassword",
            Self::DisableUser => "disableUser",
            Self::EnableUser => "enableUser",
            Self::EndSessions => "endSessions",
            Self::Restore => "restore",
            Self::LogIn => "logIn",
            Self::LogOut => "logOut",
        }
    }
}

impl Entry {
    /// Something that was done and has come to its end.
    pub fn done(act: Act, origin: impl ToString, at: Millis) -> Self {
        Self {
            id: 0,
            at,
            user: None,
            origin: origin.to_string(),
            act: act.name().into(),
            call: None,
            extension: None,
            party: None,
            target: None,
            result: "done".into(),
            text: String::new(),
            times: 1,
        }
    }

    /// By this user.
    pub fn by(self, user: &UserName) -> Self {
        Self { user: Some(user.clone()), ..self }
    }

    /// About this.
    pub fn about(self, target: impl ToString) -> Self {
        Self { target: Some(target.to_string()), ..self }
    }

    /// With this sentence.
    pub fn saying(self, text: impl Into<String>) -> Self {
        Self { text: text.into(), ..self }
    }

    /// An order as it is given, before anybody knows what becomes of it.
    pub fn order(user: &User, session: SessionKey, command: &Command, office: &Office, at: Millis) -> Self {
        let (act, target) = match command {
            Command::Transfer { leg: _, to, mode: _ } => ("transfer", Some(place(to))),
            Command::PullBack { handed: _ } => ("pullBack", None),
            Command::HangUp { leg: _, grace: _ } => ("hangUp", None),
            Command::Ignore { leg: _ } => ("ignore", None),
            Command::Originate { from: _, to } => ("originate", Some(to.to_string())),
        };
        let (call, extension, party) = match command {
            Command::Transfer { leg, to: _, mode: _ }
            | Command::HangUp { leg, grace: _ }
            | Command::Ignore { leg } => match office.leg(leg) {
                Some((call, leg)) => {
                    let party = leg.peer.as_ref().unwrap_or(&call.origin);
                    (Some(call.id.clone()), leg.extension.clone(), whom(party))
                }
                None => (None, None, None),
            },
            Command::PullBack { handed } => match office.handed.get(handed) {
                Some(handed) => (Some(handed.call.clone()), Some(handed.by.clone()), whom(&handed.party)),
                None => (None, None, None),
            },
            Command::Originate { from, to: _ } => (None, Some(from.clone()), None),
        };
        Self {
            id: 0,
            at,
            user: Some(user.name.clone()),
            origin: format!("session {session}"),
            act: act.into(),
            call,
            extension,
            party,
            target,
            result: UNFINISHED.into(),
            text: "The server ended before it was known what became of this.".into(),
            times: 1,
        }
    }

    /// An order of which the end is known.
    pub fn concluded(self, outcome: &Outcome) -> Self {
        let (result, text) = match outcome {
            Outcome::Done { text } => ("done", text),
            Outcome::Failed { reason, text } => (reason_name(*reason), text),
        };
        Self { result: result.into(), text: text.clone(), ..self }
    }
}

/// What stands behind `origin` for what comes over the network.
pub fn address(address: IpAddr) -> String {
    address.to_canonical().to_string()
}

fn place(to: &Destination) -> String {
    match to {
        Destination::Extension { extension } => extension.to_string(),
        Destination::Number { person: _, number } => number.to_string(),
        Destination::Voicemail { mailbox } => mailbox.to_string(),
    }
}

fn whom(party: &Party) -> Option<String> {
    party.number.as_deref().or(party.name.as_deref()).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn reason_name(reason: Reason) -> &'static str {
    match reason {
        Reason::Gone => "gone",
        Reason::NotPermitted => "notPermitted",
        Reason::NoSuchDestination => "noSuchDestination",
        Reason::Refused => "refused",
        Reason::NotReached => "notReached",
        Reason::NoLink => "noLink",
        Reason::Invalid => "invalid",
        Reason::Timeout => "timeout",
        Reason::InProgress => "inProgress",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::specimen;
    use frontdesk_protocol::{LegId, Role, TransferMode};

    fn order(command: &Command) -> Entry {
        let user = specimen::user("anna", Role::Receptionist, "1001");
        Entry::order(&user, SessionKey([7; 32]), command, &specimen::office(), Millis(5))
    }

    #[test]
    fn an_order_names_its_call_its_extension_and_where_to() {
        let leg = LegId::parse("mine").unwrap();
        let to = Destination::Extension { extension: Extension::parse("1002").unwrap() };
        let entry = order(&Command::Transfer { leg, to, mode: TransferMode::Usual });
        assert_eq!(entry.user.as_ref().map(UserName::as_str), Some("anna"));
        assert_eq!(entry.call.as_ref().map(CallId::as_str), Some("c"));
        assert_eq!(entry.extension.as_ref().map(Extension::as_str), Some("1001"));
        assert_eq!((&*entry.act, entry.target.as_deref()), ("transfer", Some("1002")));
        assert_eq!((&*entry.result, entry.origin.as_str()), (UNFINISHED, "session 070707070707"));
        let refused = Outcome::Failed { reason: Reason::NotPermitted, text: "No.".into() };
        let refused = entry.concluded(&refused);
        assert_eq!((&*refused.result, refused.text.as_str()), ("notPermitted", "No."));
    }

    #[test]
    fn an_order_about_a_call_that_is_gone_is_kept_without_one() {
        let entry = order(&Command::Ignore { leg: LegId::parse("gone").unwrap() });
        assert_eq!((&*entry.act, entry.call, entry.party), ("ignore", None, None));
    }

    #[test]
    fn reasons_are_named_as_on_the_wire() {
        for reason in [
            Reason::Gone,
            Reason::NotPermitted,
            Reason::NoSuchDestination,
            Reason::Refused,
            Reason::NotReached,
            Reason::NoLink,
            Reason::Invalid,
            Reason::Timeout,
            Reason::InProgress,
        ] {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason_name(reason));
        }
    }

    #[test]
    fn what_a_program_prints_for_a_fault_tells_nothing_of_the_caller() {
        let mut entry = order(&Command::HangUp { leg: LegId::parse("mine").unwrap(), grace: false });
        entry.party = Some("030123456".into());
        entry.text = "Ms Visitor".into();
        let shown = format!("{entry:?}");
        assert!(!shown.contains("030123456") && !shown.contains("Visitor"), "{shown}");
    }
}
