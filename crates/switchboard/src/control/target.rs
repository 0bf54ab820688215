//! Where a caller can be sent, as the dialplan says it. Not whether it exists; the PBX is asked that.

use super::texts;
use crate::model::Model;
use frontdesk_protocol::{Destination, Extension, Number, PersonId, Reason, Service, TransferMode};

/// A place in the dialplan, with the words for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub context: String,
    pub exten: String,
    pub wish: Wish,
    /// "Bob (1002)".
    pub label: String,
    /// The same as it was ordered.
    pub to: Destination,
    /// The extension that the caller is sent on from.
    pub by: Extension,
    /// Whether they come back where nobody takes the call.
    pub safe: bool,
}

/// Context, extension, kind and words.
type Place = (String, String, Wish, String);

/// What kind of place it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wish {
    Extension(Extension),
    Number,
    Mailbox,
}

impl Target {
    /// Finds the place for a destination.
    pub(crate) fn of(
        model: &Model,
        by: &Extension,
        to: &Destination,
        mode: TransferMode,
    ) -> Result<Self, (Reason, &'static str)> {
        let (context, exten, wish, label) = Self::place(model, to)?;
        let safe = match (mode, &wish) {
            (_, Wish::Mailbox) | (TransferMode::Blind, _) | (TransferMode::Usual, Wish::Number) => false,
            (TransferMode::Safe, _) | (TransferMode::Usual, Wish::Extension(_)) => true,
        };
        Ok(Self { context, exten, wish, label, to: to.clone(), by: by.clone(), safe })
    }

    fn place(model: &Model, to: &Destination) -> Result<Place, (Reason, &'static str)> {
        match to {
            Destination::Extension { extension } => Ok((
                model.settings.internal_context.clone(),
                extension.as_str().to_owned(),
                Wish::Extension(extension.clone()),
                label_of(model, extension),
            )),
            Destination::Number { person, number } => Self::number(model, person, number),
            Destination::Voicemail { mailbox } => {
                let (context, exten) = model.settings.dial_mailbox(mailbox);
                let owner = mailbox.as_str().split('@').next().unwrap_or_default();
                let sound = !owner.is_empty()
                    && exten.bytes().all(|b| b.is_ascii_alphanumeric() || b"*#+_-".contains(&b));
                if !sound {
                    return Err((Reason::NoSuchDestination, texts::NO_SUCH_PERSON));
                }
                let name = match Extension::parse(owner) {
                    Ok(extension) => label_of(model, &extension),
                    Err(_) => owner.to_owned(),
                };
                Ok((context, exten, Wish::Mailbox, format!("the mailbox of {name}")))
            }
        }
    }

    fn number(model: &Model, person: &PersonId, number: &Number) -> Result<Place, (Reason, &'static str)> {
        let known =
            model.registry.person(person).filter(|person| person.numbers.iter().any(|n| n.number == *number));
        let Some(person) = known else {
            return Err((Reason::NoSuchDestination, texts::NO_SUCH_PERSON));
        };
        let (context, exten) = dial(model, number);
        Ok((context, exten, Wish::Number, format!("{} ({number})", person.name)))
    }
}

/// Numbers up to this length are dialled as they are: ring groups, queues, feature codes, emergency calls.
const SHORT: usize = 4;

/// Context and digits for a number that may be inside or outside.
pub(crate) fn dial(model: &Model, number: &Number) -> (String, String) {
    let text = number.as_str();
    let inside =
        model.registry.is_extension(text).is_some() || text.starts_with(['*', '#']) || text.len() <= SHORT;
    if inside {
        return (model.settings.internal_context.clone(), text.to_owned());
    }
    model.settings.dial_outside(number)
}

/// "Bob (1002)", or the number alone.
pub(crate) fn label_of(model: &Model, extension: &Extension) -> String {
    match model.registry.party_at(extension).name() {
        Some(name) => format!("{name} ({extension})"),
        None => extension.as_str().to_owned(),
    }
}

/// The service at which a caller ends who is sent there.
pub(crate) fn service_of(wish: &Wish) -> Option<Service> {
    match wish {
        Wish::Mailbox => Some(Service::Voicemail),
        Wish::Extension(_) | Wish::Number => None,
    }
}
