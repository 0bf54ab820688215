//! People and users: who is in the office and who looks at it. Not their state; that is `status`.

use crate::id::{Extension, MailboxId, Number, PersonId, UserName};
use serde::{Deserialize, Serialize};

/// A colleague: a name, where they can be reached inside, and further numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// Stable key.
    pub id: PersonId,
    /// As shown and read out; hostile text until escaped by whoever draws it.
    #[serde(deserialize_with = "crate::text::name")]
    pub name: String,
    /// Their extensions, the preferred one first.
    pub extensions: Vec<Extension>,
    /// Further numbers, each with a label.
    #[serde(default)]
    pub numbers: Vec<LabelledNumber>,
    /// Their mailbox, where they have one.
    #[serde(default)]
    pub mailbox: Option<MailboxId>,
    /// Department or place, for the search; empty where nothing is known.
    #[serde(default, deserialize_with = "crate::text::name")]
    pub group: String,
}

/// A further number of a person: mobile, home, other office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LabelledNumber {
    /// "Mobile", "Home", …
    #[serde(deserialize_with = "crate::text::name")]
    pub label: String,
    /// As written by the person who entered it, without blanks; the server adds the outside prefix.
    pub number: Number,
}

/// What a user may do. The permission table lives in the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything, and other users' sessions.
    Admin,
    /// Moves their own calls, sees everyone's state and any user's history.
    Receptionist,
    /// Moves their own calls and sees their own history.
    Colleague,
}

/// The logged-in user, as the server knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Viewer {
    /// Login name.
    pub user: UserName,
    /// What they may do.
    pub role: Role,
    /// Their own extensions; the first is selected until they choose another.
    pub extensions: Vec<Extension>,
    /// Their person, once the office knows one with such an extension.
    #[serde(default)]
    pub person: Option<PersonId>,
}
