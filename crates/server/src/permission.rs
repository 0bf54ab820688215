//! Who may do and see what: role × deed × whose, one table. Default is no. Every cell of it, for every command, is in
//! `docs/permissions.md`. Not how it is carried out.

use crate::store::User;
use frontdesk_protocol::{Command, Extension, HistoryQuery, Office, Outcome, PersonId, Reason, Role, Viewer};

/// The user as the protocol shows them, with their person where the office knows one.
pub fn viewer(user: &User, office: &Office) -> Viewer {
    let person = user.extensions.iter().find_map(|extension| office.person_at(extension));
    Viewer {
        user: user.name.clone(),
        role: user.role,
        extensions: user.extensions.clone(),
        person: person.map(|person| person.id.clone()),
    }
}

/// What a user wants to do to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    /// Hands a call on, ends it, stops its ringing.
    MoveCall,
    /// Brings a caller back who was handed on.
    PullBack,
    /// Calls somebody from a phone.
    Dial,
    /// Reads rows of the history, or is told of a new one.
    ReadHistory,
}

/// Whose the thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// At an extension of the user.
    Own,
    /// At an extension of somebody else.
    Others,
    /// At no extension: an outside line, a caller in a queue, at a mailbox, in a parking space.
    Nobodys,
}

/// The one table: whether a user may do this to what is whose. What is not named here is not permitted.
fn allowed(user: &User, deed: Deed, whose: Whose) -> bool {
    if user.disabled {
        return false;
    }
    matches!(
        (user.role, deed, whose),
        (Role::Admin, _, Whose::Own | Whose::Others)
            | (Role::Receptionist, Deed::ReadHistory, Whose::Others)
            | (Role::Receptionist | Role::Colleague, _, Whose::Own)
    )
}

/// Whether the user may give this order now.
///
/// # Errors
/// The outcome to answer instead: not permitted, or the call is gone.
pub fn may_order(user: &User, command: &Command, office: &Office) -> Result<(), Outcome> {
    if user.disabled {
        return Err(denied("Your account is closed. Nothing was done.".into()));
    }
    let (deed, whose, text) = match command {
        Command::Transfer { leg, to: _, mode: _ }
        | Command::HangUp { leg, grace: _ }
        | Command::Ignore { leg } => {
            let Some((_, leg)) = office.leg(leg) else {
                let text = "This call has already ended, or somebody else has moved it. Nothing was done.";
                return Err(gone(text));
            };
            let text = "This call is not at one of your extensions, so you cannot move it. Nothing was done.";
            (Deed::MoveCall, whose(user, leg.extension.as_ref()), text.to_owned())
        }
        Command::PullBack { handed } => {
            let Some(handed) = office.handed.get(handed) else {
                let text = "This caller is no longer on the list of those you handed on. Nothing was done.";
                return Err(gone(text));
            };
            let text = "This caller was not handed on by you. Nothing was done.";
            (Deed::PullBack, whose(user, Some(&handed.by)), text.to_owned())
        }
        Command::Originate { from, to: _ } => {
            let text = format!(
                "Nothing was dialled: extension {from} is not one of yours. Select one of your own extensions."
            );
            (Deed::Dial, whose(user, Some(from)), text)
        }
    };
    match allowed(user, deed, whose) {
        true => Ok(()),
        false => Err(denied(text)),
    }
}

/// The extensions whose history answers the query.
///
/// # Errors
/// The outcome to answer instead.
pub fn may_read(user: &User, query: &HistoryQuery, office: &Office) -> Result<Vec<Extension>, Outcome> {
    let extensions = match &query.person {
        None => user.extensions.clone(),
        Some(person) => extensions_of(person, office),
    };
    let whose = match extensions.iter().all(|extension| user.extensions.contains(extension)) {
        // Of somebody who is not known, nobody has a history; that is not said to those who may read none but theirs.
        true if query.person.is_none() || !extensions.is_empty() => Whose::Own,
        _ => Whose::Others,
    };
    match allowed(user, Deed::ReadHistory, whose) {
        true => Ok(extensions),
        false => Err(denied(
            "You can see your own history only. Ask your administrator if you need to see that of others."
                .into(),
        )),
    }
}

/// Whether a new row of this extension's history is shown to the user.
pub fn may_see_row(user: &User, extension: &Extension) -> bool {
    allowed(user, Deed::ReadHistory, whose(user, Some(extension)))
}

fn whose(user: &User, extension: Option<&Extension>) -> Whose {
    match extension {
        Some(extension) if user.extensions.contains(extension) => Whose::Own,
        Some(_) => Whose::Others,
        None => Whose::Nobodys,
    }
}

fn gone(text: &str) -> Outcome {
    Outcome::Failed { reason: Reason::Gone, text: text.into() }
}

fn extensions_of(person: &PersonId, office: &Office) -> Vec<Extension> {
    office.people.get(person).map(|person| person.extensions.clone()).unwrap_or_default()
}

fn denied(text: String) -> Outcome {
    Outcome::Failed { reason: Reason::NotPermitted, text }
}

#[cfg(test)]
mod tests;
