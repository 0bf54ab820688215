//! What a person's tile offers for a card: each target with what would happen, and the one command or why not.

use crate::cards::{CardState, state};
use crate::settings::Untaken;
use crate::texts;
use frontdesk_protocol::{Call, Command, Destination, Leg, LegState, Office, Person, Status};

/// A place on a tile where a card can go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Extension, number or voicemail.
    pub kind: TargetKind,
    /// The extension, number or mailbox.
    pub value: String,
    /// Its title.
    pub title: String,
    /// What would happen.
    pub sentence: String,
    /// The command, or why there is none.
    pub order: Result<Command, String>,
}

/// The kinds of target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// A phone of the office.
    Extension,
    /// A further number.
    Number,
    /// A mailbox.
    Voicemail,
}

impl TargetKind {
    /// Its name in attributes.
    pub fn key(self) -> &'static str {
        match self {
            Self::Extension => "extension",
            Self::Number => "number",
            Self::Voicemail => "voicemail",
        }
    }
}

/// How a caller is handed over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Way {
    /// What happens to a caller whom nobody takes at an extension, as a rule.
    pub extensions: Untaken,
    /// Whether this one is handed over the other way.
    pub other: bool,
}

impl Way {
    /// What happens to a caller whom nobody takes there.
    pub fn untaken(self, kind: TargetKind) -> Untaken {
        let usual = match kind {
            TargetKind::Extension => self.extensions,
            TargetKind::Number => Untaken::GoesOn,
            // A mailbox takes everybody.
            TargetKind::Voicemail => return Untaken::GoesOn,
        };
        if self.other { usual.other() } else { usual }
    }
}

/// The targets of a person for a leg of mine: extensions, numbers with their labels, voicemail, in this order.
/// `blocked` says why nothing can be done at all.
pub fn targets(
    office: &Office,
    person: &Person,
    call: &Call,
    leg: &Leg,
    way: Way,
    blocked: Option<&str>,
) -> Vec<Target> {
    let who = texts::party(leg.peer.as_deref());
    let name = person.name.as_str();
    let blocked = blocked.or(match (state(leg), leg.state) {
        (CardState::Calling, LegState::Ringing) => Some(texts::OWN_PHONE_RINGS),
        (CardState::Calling | CardState::Ringing | CardState::Talking | CardState::Held, _) => None,
    });
    let waits = (state(leg) == CardState::Calling).then_some(texts::NOT_ANSWERED_YET);
    let order = |to: Destination, untaken: Untaken| match blocked {
        Some(why) => Err(why.to_owned()),
        None => Ok(Command::Transfer { leg: leg.id.clone(), to, mode: untaken.mode() }),
    };
    let (ring, dial) = (way.untaken(TargetKind::Extension), way.untaken(TargetKind::Number));
    let mut targets = Vec::new();
    for extension in &person.extensions {
        let lamp = office.extensions.get(extension).map_or(Status::Unknown, |lamp| lamp.status);
        let there = call.legs.iter().any(|other| {
            other.id != leg.id && other.extension.as_ref() == Some(extension) && leg.answered.is_some()
        });
        let sentence = match lamp {
            Status::Offline => texts::would_ring_offline(&who, name, extension.as_str(), ring),
            Status::Held | Status::Inside | Status::Outside | Status::Queue => {
                texts::would_ring_busy(&who, name, extension.as_str(), ring)
            }
            Status::Free | Status::Ringing | Status::Unknown => {
                texts::would_ring(&who, name, extension.as_str(), ring)
            }
        };
        targets.push(Target {
            kind: TargetKind::Extension,
            value: extension.to_string(),
            title: texts::target_extension(extension.as_str()),
            sentence,
            order: if there {
                Err(texts::already_there(name))
            } else {
                order(Destination::Extension { extension: extension.clone() }, ring)
            },
        });
    }
    for number in &person.numbers {
        targets.push(Target {
            kind: TargetKind::Number,
            value: number.number.to_string(),
            title: format!("{} {}", number.label, number.number),
            sentence: texts::would_dial(&who, name, &number.label, number.number.as_str(), dial),
            order: order(
                Destination::Number { person: person.id.clone(), number: number.number.clone() },
                dial,
            ),
        });
    }
    targets.push(Target {
        kind: TargetKind::Voicemail,
        value: person.mailbox.as_ref().map(ToString::to_string).unwrap_or_default(),
        title: texts::TARGET_VOICEMAIL.into(),
        sentence: texts::would_record(&who, name),
        order: match &person.mailbox {
            Some(mailbox) => match waits.filter(|_| blocked.is_none()) {
                Some(why) => Err(why.to_owned()),
                None => order(Destination::Voicemail { mailbox: mailbox.clone() }, Untaken::GoesOn),
            },
            None => Err(texts::no_mailbox(name)),
        },
    });
    targets
}
