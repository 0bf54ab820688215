//! Who may do and see what: role × command × whose. Default is no. Not how it is carried out.

use crate::store::User;
use frontdesk_protocol::{
    Command, Extension, HistoryQuery, LegId, Office, Outcome, PersonId, Reason, Role, Viewer,
};

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

/// Whether the user may give this order now.
///
/// # Errors
/// The outcome to answer instead: not permitted, or the call is gone.
pub fn may_order(user: &User, command: &Command, office: &Office) -> Result<(), Outcome> {
    match command {
        Command::Transfer { leg, to: _, mode: _ }
        | Command::HangUp { leg, grace: _ }
        | Command::Ignore { leg } => may_move(user, leg, office),
        Command::PullBack { handed } => match office.handed.get(handed) {
            Some(handed) if owns(user, &handed.by) => Ok(()),
            Some(_) => Err(denied("This caller was not handed on by you. Nothing was done.".into())),
            None => Err(Outcome::Failed {
                reason: Reason::Gone,
                text: "This caller is no longer on the list of those you handed on. Nothing was done.".into(),
            }),
        },
        Command::Originate { from, to: _ } => match owns(user, from) {
            true => Ok(()),
            false => Err(denied(format!(
                "Nothing was dialled: extension {from} is not one of yours. Select one of your own extensions."
            ))),
        },
    }
}

/// The extensions whose history answers the query.
///
/// # Errors
/// The outcome to answer instead.
pub fn may_read(user: &User, query: &HistoryQuery, office: &Office) -> Result<Vec<Extension>, Outcome> {
    let Some(person) = &query.person else { return Ok(user.extensions.clone()) };
    let extensions = extensions_of(person, office);
    let own =
        !extensions.is_empty() && extensions.iter().all(|extension| user.extensions.contains(extension));
    match user.role {
        Role::Admin | Role::Receptionist => Ok(extensions),
        Role::Colleague if own => Ok(extensions),
        Role::Colleague => Err(denied(
            "You can see your own history only. Ask your administrator if you need to see that of others."
                .into(),
        )),
    }
}

/// Whether a new row of this extension's history is shown to the user.
pub fn may_see_row(user: &User, extension: &Extension) -> bool {
    match user.role {
        Role::Admin | Role::Receptionist => true,
        Role::Colleague => user.extensions.contains(extension),
    }
}

fn may_move(user: &User, leg: &LegId, office: &Office) -> Result<(), Outcome> {
    let Some((_, leg)) = office.leg(leg) else {
        return Err(Outcome::Failed {
            reason: Reason::Gone,
            text: "This call has already ended, or somebody else has moved it. Nothing was done.".into(),
        });
    };
    if leg.extension.as_ref().is_some_and(|extension| owns(user, extension)) {
        return Ok(());
    }
    Err(denied("This call is not at one of your extensions, so you cannot move it. Nothing was done.".into()))
}

fn owns(user: &User, extension: &Extension) -> bool {
    match user.role {
        Role::Admin => true,
        Role::Receptionist | Role::Colleague => user.extensions.contains(extension),
    }
}

fn extensions_of(person: &PersonId, office: &Office) -> Vec<Extension> {
    office.people.get(person).map(|person| person.extensions.clone()).unwrap_or_default()
}

fn denied(text: String) -> Outcome {
    Outcome::Failed { reason: Reason::NotPermitted, text }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::specimen;
    use frontdesk_protocol::{Destination, Number, TransferMode};

    fn reason(result: Result<(), Outcome>) -> Option<Reason> {
        match result {
            Ok(()) => None,
            Err(Outcome::Failed { reason, .. }) => Some(reason),
            Err(Outcome::Done { .. }) => panic!("a refusal that is none"),
        }
    }

    #[test]
    fn each_role_orders_for_its_own_extensions_and_an_admin_for_all() {
        let office = specimen::office();
        let order = |role, leg: &str| {
            let leg = LegId::parse(leg).unwrap();
            let to = Destination::Extension { extension: Extension::parse("1002").unwrap() };
            let user = specimen::user("anna", role, "1001");
            let all = [
                may_order(
                    &user,
                    &Command::Transfer { leg: leg.clone(), to, mode: TransferMode::Blind },
                    &office,
                ),
                may_order(&user, &Command::HangUp { leg: leg.clone(), grace: false }, &office),
                may_order(&user, &Command::Ignore { leg }, &office),
            ];
            let [transfer, hang_up, ignore] = all.map(reason);
            assert!(transfer == hang_up && hang_up == ignore);
            transfer
        };
        for role in [Role::Admin, Role::Receptionist, Role::Colleague] {
            assert_eq!(order(role, "mine"), None);
            assert_eq!(order(role, "gone"), Some(Reason::Gone));
            let others = (role != Role::Admin).then_some(Reason::NotPermitted);
            assert_eq!(order(role, "theirs"), others);
            let trunk = Some(Reason::NotPermitted);
            assert_eq!(order(role, "trunk"), trunk, "an outside line is nobody's own");
        }
    }

    #[test]
    fn only_ones_own_extension_dials() {
        let dial = |role, from: &str| {
            let from = Extension::parse(from).unwrap();
            let command = Command::Originate { from, to: Number::parse("1002").unwrap() };
            reason(may_order(&specimen::user("anna", role, "1001"), &command, &specimen::office()))
        };
        assert_eq!(dial(Role::Colleague, "1001"), None);
        assert_eq!(dial(Role::Colleague, "1002"), Some(Reason::NotPermitted));
        assert_eq!(dial(Role::Receptionist, "1002"), Some(Reason::NotPermitted));
        assert_eq!(dial(Role::Admin, "1002"), None);
    }

    #[test]
    fn a_colleague_reads_their_own_history_and_a_receptionist_anyones() {
        let read = |role, person: Option<&str>| {
            let person = person.map(|id| PersonId::parse(id).unwrap());
            let query = HistoryQuery { person, before: None, limit: 10 };
            may_read(&specimen::user("anna", role, "1001"), &query, &specimen::office())
                .map(|extensions| extensions.iter().map(ToString::to_string).collect::<Vec<_>>())
                .map_err(|outcome| match outcome {
                    Outcome::Failed { text, .. } | Outcome::Done { text } => text,
                })
        };
        assert_eq!(read(Role::Colleague, None).unwrap(), ["1001"]);
        assert_eq!(read(Role::Colleague, Some("anna")).unwrap(), ["1001"]);
        assert_eq!(
            read(Role::Colleague, Some("bob")).unwrap_err(),
            "You can see your own history only. Ask your administrator if you need to see that of others."
        );
        assert!(read(Role::Colleague, Some("nobody")).is_err());
        assert_eq!(read(Role::Receptionist, Some("bob")).unwrap(), ["1002"]);
        assert_eq!(read(Role::Admin, Some("bob")).unwrap(), ["1002"]);
    }
}
