//! The snapshot of a channel that nearly every event carries.

use super::reader::Reader;

/// A channel as the PBX saw it at that moment. What is not known is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Channel<'a> {
    /// `PJSIP/1001-0000002a`; may be used again once the channel is over.
    pub name: &'a str,
    /// How far it has come.
    pub state: ChannelState,
    /// The number of the party on this channel.
    pub caller_number: &'a str,
    /// Its name.
    pub caller_name: &'a str,
    /// The number of the party that it is connected to.
    pub connected_number: &'a str,
    /// Its name.
    pub connected_name: &'a str,
    /// Where it is in the dialplan.
    pub context: &'a str,
    /// The extension there; `s` or empty for a channel that is called.
    pub exten: &'a str,
    /// The channel's key, for as long as the PBX runs.
    pub uniqueid: &'a str,
    /// The key of the call that it belongs to; changes when calls are joined.
    pub linkedid: &'a str,
}

/// `ChannelState`, as far as a switchboard tells states apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChannelState {
    /// Made, and nothing else yet (0, 1, 2 and what is not known).
    #[default]
    Down,
    /// It is calling (3 dialling, 4 ring).
    Ring,
    /// It is being called (5).
    Ringing,
    /// Answered (6).
    Up,
}

impl ChannelState {
    fn parse(code: &str) -> Self {
        // Asterisk writes one digit.
        let code = if code.len() == 1 { code } else { code.trim() };
        match code {
            "3" | "4" => Self::Ring,
            "5" => Self::Ringing,
            "6" => Self::Up,
            _ => Self::Down,
        }
    }
}

impl<'a> Channel<'a> {
    /// The channel whose fields begin with `prefix`, in the order in which Asterisk writes them.
    pub(super) fn read(read: &mut Reader<'a>, prefix: &str) -> Self {
        Self {
            name: read.part(0, prefix, "Channel: "),
            state: ChannelState::parse(read.part(0, prefix, "ChannelState: ")),
            caller_number: read.part(1, prefix, "CallerIDNum: "),
            caller_name: read.part(0, prefix, "CallerIDName: "),
            connected_number: read.part(0, prefix, "ConnectedLineNum: "),
            connected_name: read.part(0, prefix, "ConnectedLineName: "),
            context: read.part(2, prefix, "Context: "),
            exten: read.part(0, prefix, "Exten: "),
            uniqueid: read.part(1, prefix, "Uniqueid: "),
            linkedid: read.part(0, prefix, "Linkedid: "),
        }
    }

    /// The same, where there is one.
    pub(super) fn find(read: &mut Reader<'a>, prefix: &str) -> Option<Self> {
        let channel = Self::read(read, prefix);
        (!channel.uniqueid.is_empty()).then_some(channel)
    }
}
