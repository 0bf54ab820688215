//! The actions that a switchboard needs, each with its parameters by name. Not when which is right.

use super::{Action, ActionError};

/// A call that the PBX places: it rings a device, and when that answers, the device dials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Originate {
    /// What rings first: `PJSIP/1001`.
    pub device: String,
    /// Where it dials then.
    pub context: String,
    /// What it dials.
    pub exten: String,
    /// The key of the channel to be: all its events are known beforehand.
    pub uniqueid: String,
    /// How long it rings, in milliseconds.
    pub timeout_ms: u64,
    /// Channel variables and functions, `NAME=value`.
    pub variables: Vec<(String, String)>,
}

impl Action {
    /// Where one channel is, and in which application. Answered by a list of one.
    ///
    /// # Errors
    /// As [`Action::with`], like all here.
    pub fn status(channel: &str) -> Result<Self, ActionError> {
        Self::new("Status").with("Channel", channel)
    }

    /// The value of a dialplan function or global variable, in the field `Value`.
    ///
    /// # Errors
    /// As above.
    pub fn getvar(variable: &str) -> Result<Self, ActionError> {
        Self::new("Getvar").with("Variable", variable)
    }

    /// A family of the PBX's own database. Answered by a list.
    ///
    /// # Errors
    /// As above.
    pub fn db_tree(family: &str) -> Result<Self, ActionError> {
        Self::new("DBGetTree").with("Family", family)
    }

    /// Sends a channel elsewhere in the dialplan. Asterisk answers `Success` even where nothing is there, and then
    /// hangs up: ask `DIALPLAN_EXISTS` before.
    ///
    /// # Errors
    /// As above.
    pub fn redirect(channel: &str, context: &str, exten: &str) -> Result<Self, ActionError> {
        Self::new("Redirect")
            .with("Channel", channel)?
            .with("Context", context)?
            .with("Exten", exten)?
            .with("Priority", "1")
    }

    /// Sends the party that talks to `transferer` elsewhere; the transferrer's own channel ends.
    ///
    /// # Errors
    /// As above.
    pub fn blind_transfer(transferer: &str, context: &str, exten: &str) -> Result<Self, ActionError> {
        Self::new("BlindTransfer").with("Channel", transferer)?.with("Context", context)?.with("Exten", exten)
    }

    /// Parks a channel in this lot. After `timeout_ms` without anybody fetching it, it rings the phone of the channel
    /// `back_to`.
    ///
    /// # Errors
    /// As above.
    pub fn park(channel: &str, back_to: &str, timeout_ms: u64, lot: &str) -> Result<Self, ActionError> {
        Self::new("Park")
            .with("Channel", channel)?
            .with("TimeoutChannel", back_to)?
            .with("Timeout", timeout_ms.to_string())?
            .with("Parkinglot", lot)
    }

    /// Ends a channel.
    ///
    /// # Errors
    /// As above.
    pub fn hangup(channel: &str) -> Result<Self, ActionError> {
        Self::new("Hangup").with("Channel", channel)
    }

    /// Places a call. Without `Async` the session would be deaf until the device is picked up.
    ///
    /// # Errors
    /// As above.
    pub fn originate(call: &Originate) -> Result<Self, ActionError> {
        let mut action = Self::new("Originate")
            .with("Channel", call.device.as_str())?
            .with("Context", call.context.as_str())?
            .with("Exten", call.exten.as_str())?
            .with("Priority", "1")?
            .with("Async", "true")?
            .with("ChannelId", call.uniqueid.as_str())?
            .with("Timeout", call.timeout_ms.to_string())?;
        for (name, value) in &call.variables {
            action = action.with("Variable", format!("{name}={value}"))?;
        }
        Ok(action)
    }
}
