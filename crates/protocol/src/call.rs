//! Calls and their legs, as facts about the PBX. Not how they are drawn, and not the commands on them.

use crate::id::{CallId, Extension, LegId, LotName, Millis, PersonId, QueueName};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One call: all legs that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// Stable key; see [`CallId`].
    pub id: CallId,
    /// Who began the call; kept for the call's life, whatever is transferred or parked.
    pub origin: Arc<Party>,
    /// Relative to the office: from outside, to outside, or inside.
    pub direction: Direction,
    /// The queue or the dialled number through which it came.
    #[serde(default)]
    pub via: Via,
    /// When its first leg appeared.
    pub started: Millis,
    /// All legs that are seen by people, in the order of appearance. Local channel pairs are never among them.
    pub legs: Vec<Leg>,
}

/// A call's direction, seen from the office; and a leg's, seen from its phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From outside into the office; at a leg: this phone is being called.
    Inbound,
    /// From the office to outside; at a leg: this phone is calling.
    Outbound,
    /// Between two of the office's own; never stands at a leg.
    Internal,
}

/// How a call came: what was dialled, and through which queue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Via {
    /// The number the caller first dialled, as the PBX got it.
    #[serde(default, deserialize_with = "crate::text::some_name")]
    pub dialled: Option<String>,
    /// The last queue the caller joined.
    #[serde(default)]
    pub queue: Option<QueueName>,
}

/// One leg of a call: one phone or trunk line in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Leg {
    /// Stable key; what a command names.
    pub id: LegId,
    /// The extension whose phone this is; `None` for a trunk line.
    #[serde(default)]
    pub extension: Option<Extension>,
    /// Who sits at this leg.
    pub party: Arc<Party>,
    /// Inbound: this phone is (or was) being called. Outbound: it called.
    pub direction: Direction,
    /// What it does now.
    pub state: LegState,
    /// Whether somebody pressed hold, and on which side.
    #[serde(default)]
    pub hold: Hold,
    /// The other party, as this leg's user should see it: who calls me, whom I call, with whom I talk.
    #[serde(default)]
    pub peer: Option<Arc<Party>>,
    /// Since when it is in this state.
    pub since: Millis,
    /// When it was first answered.
    #[serde(default)]
    pub answered: Option<Millis>,
}

/// What a leg does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum LegState {
    /// Its phone rings.
    Ringing,
    /// It has dialled and waits for an answer.
    Calling,
    /// It is connected with [`Leg::peer`] (person, conference, mailbox or announcement).
    Talking,
    /// It waits in a queue.
    Queued,
    /// It waits in a parking space.
    Parked,
}

/// Whether somebody pressed hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Hold {
    /// Nobody.
    #[default]
    None,
    /// This phone holds the other party.
    Here,
    /// The other party holds this phone.
    There,
    /// It cannot be known: the link to the PBX was made while the call was already up.
    Unknown,
}

/// Somebody, or something, at the end of a leg.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Party {
    /// Name, where one is known; hostile text until escaped by whoever draws it.
    #[serde(default, deserialize_with = "crate::text::some_name")]
    pub name: Option<String>,
    /// Number as the PBX shows it; hostile text as well. Withheld numbers are `None`.
    #[serde(default, deserialize_with = "crate::text::some_name")]
    pub number: Option<String>,
    /// Outside, inside or a service of the PBX.
    pub kind: PartyKind,
    /// The colleague this is, where it is one.
    #[serde(default)]
    pub person: Option<PersonId>,
}

/// Where a party sits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "at", content = "what", rename_all = "lowercase")]
pub enum PartyKind {
    /// Behind a trunk.
    Outside,
    /// At an extension of this office.
    Inside,
    /// No person: a service of the PBX.
    Service(Service),
}

/// A service of the PBX that can stand at the end of a leg.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// A mailbox: leaving or listening to messages.
    Voicemail,
    /// A conference room.
    Conference,
    /// A queue, not yet answered.
    Queue(QueueName),
    /// A parking space.
    Parking(LotName),
    /// An announcement, a menu, a feature code, an echo test.
    Feature,
}

impl Party {
    /// The text to show first: the name, else the number, else "Withheld number".
    pub fn display(&self) -> &str {
        match (&self.name, &self.number) {
            (Some(name), _) if !name.is_empty() => name,
            (_, Some(number)) if !number.is_empty() => number,
            _ => "Withheld number",
        }
    }
}
