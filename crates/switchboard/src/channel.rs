//! One channel of the PBX as the model keeps it. Not what is shown of it; that is `view`.

use crate::maps::Channels;
use frontdesk_ami::event::Channel as Snapshot;
pub(crate) use frontdesk_ami::event::ChannelState as State;
use frontdesk_protocol::text::{NAME, line};
use frontdesk_protocol::{
    Direction, Extension, Hold, LegId, LegState, LotName, Millis, Party, QueueName, Service,
};
use smol_str::SmolStr;
use std::sync::Arc;

/// A channel's Uniqueid: its only name that stays.
pub(crate) type Uid = Arc<str>;

slotmap::new_key_type! {
    /// Our own key of a channel, as long as that is there.
    pub(crate) struct ChannelKey;

    /// Our own key of a bridge, as long as that is there.
    pub(crate) struct BridgeKey;
}

/// Our own key of a call; smaller is older.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CallKey(pub u64);

/// What a channel leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// A phone of this extension.
    Phone(Extension),
    /// An outside line.
    Trunk,
    /// Half of a Local pair: a bend in the line, never shown.
    Local,
    /// A device of the PBX itself (announcer, recorder, message): never shown.
    Machinery,
}

/// The newest snapshot: each event with this channel overwrites it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub name: Arc<str>,
    pub state: State,
    pub caller_number: SmolStr,
    pub caller_name: SmolStr,
    pub connected_number: SmolStr,
    pub connected_name: SmolStr,
    pub context: SmolStr,
    pub exten: SmolStr,
    pub linkedid: Arc<str>,
    pub application: SmolStr,
}

/// How far the dialling of this channel has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Dialled {
    /// It was not dialled: it called by itself.
    #[default]
    Not,
    /// It is being dialled.
    Open,
    /// It took the call, and was not bridged yet.
    Answered,
    /// That is over.
    Over,
}

/// What ties it to others.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ties {
    pub bridge: Option<BridgeKey>,
    /// Who dials it; `None` where the PBX does, for a click to call.
    pub dialled_by: Option<ChannelKey>,
    pub dialled: Dialled,
    /// Whom it dials now.
    pub dials: Channels,
    /// How its last dial ended, where that was not an answer.
    pub failed_dial: Option<Arc<str>>,
    /// The cause with which the channel ended that it dialled last.
    pub last_cause: Option<u32>,
    /// The other half of a Local pair.
    pub half: Option<ChannelKey>,
}

/// Whether the PBX was asked where a channel is that no event places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Asked {
    #[default]
    No,
    Yes,
}

/// Where it waits, and what is known about it from elsewhere.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    pub queue: Option<QueueName>,
    pub parked: Option<(LotName, Extension)>,
    pub hold: Hold,
    /// The service to which an order of ours sent it.
    pub service: Option<Service>,
    /// Whether the PBX was asked where it is.
    pub asked: Asked,
    /// Whom a click to call is meant for.
    pub calls: Option<Arc<Party>>,
}

/// What is shown of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub state: LegState,
    pub hold: Hold,
    pub peer: Option<Arc<Party>>,
    pub since: Millis,
}

/// Who sits at a channel, as it is told.
#[derive(Debug, Clone)]
pub(crate) struct Seated {
    pub party: Arc<Party>,
    /// The people whom it was made of.
    pub edition: u64,
    /// Whether the channel was dialled.
    pub dialled: bool,
}

impl Seated {
    /// Whether that is so still. Another caller id or end of the channel takes it away at once.
    pub(crate) fn holds(&self, channel: &Channel, edition: u64) -> bool {
        self.edition == edition && self.dialled == channel.was_dialled()
    }
}

/// The past of a leg, for its card and its row in the history.
#[derive(Debug, Clone, Default)]
pub(crate) struct Past {
    pub seen: Millis,
    pub rang: Option<Millis>,
    pub answered: Option<Millis>,
    /// Who dialled it, while it rang.
    pub caller: Option<Uid>,
    /// Whether it ever talked to more than a mailbox.
    pub met: bool,
    /// Whether it ever talked to somebody.
    pub talked: bool,
    /// The first person at the other end.
    pub party: Option<Arc<Party>>,
    /// To whom this leg handed its party.
    pub handed_to: Option<Box<str>>,
    pub ignored: bool,
    /// The number it dialled or came in on.
    pub dialled: SmolStr,
}

/// One channel.
#[derive(Debug, Clone)]
pub(crate) struct Channel {
    pub key: ChannelKey,
    pub uid: Uid,
    /// The same as people's desks know it.
    pub leg: Option<LegId>,
    pub end: End,
    pub call: CallKey,
    pub facts: Facts,
    pub seated: Option<Seated>,
    pub ties: Ties,
    pub place: Place,
    pub past: Past,
    pub shown: Option<Shown>,
    /// Since when it is in a state that may only be passing.
    pub passing: Option<Millis>,
}

/// What of a snapshot is new.
#[derive(Debug, Clone, Copy)]
pub(crate) struct News {
    /// Anything at all.
    pub differs: bool,
    pub name: bool,
    pub linkedid: bool,
    /// The caller id.
    pub caller: bool,
}

impl Facts {
    /// Overwrites all with the newest snapshot.
    pub(crate) fn overwrite(&mut self, new: &Snapshot<'_>) -> News {
        let state = new.state != self.state;
        self.state = new.state;
        let name = set(&mut self.name, new.name);
        let linkedid = set(&mut self.linkedid, new.linkedid);
        let caller = strange(&mut self.caller_number, new.caller_number)
            | strange(&mut self.caller_name, new.caller_name);
        let differs = state
            | name
            | linkedid
            | caller
            | strange(&mut self.connected_number, new.connected_number)
            | strange(&mut self.connected_name, new.connected_name)
            | write(&mut self.context, new.context)
            | strange(&mut self.exten, new.exten);
        News { differs, name, linkedid, caller }
    }
}

/// Overwrites what a stranger may have written, as the line that it is to be.
#[inline(always)]
fn strange(text: &mut SmolStr, new: &str) -> bool {
    // What is a line already stays as it is.
    text.as_str() != new && rewrite(text, new)
}

#[inline(never)]
fn rewrite(text: &mut SmolStr, new: &str) -> bool {
    write(text, &line(new, NAME))
}

impl Channel {
    /// Seen from the phone: whether it was called or calls.
    pub(crate) fn direction(&self) -> Direction {
        match self.ties.dialled {
            _ if self.placed() => Direction::Outbound,
            // A phone may ring before anything says who dials it.
            Dialled::Not if self.facts.state != State::Ringing => Direction::Outbound,
            _ => Direction::Inbound,
        }
    }

    /// Whether it was ever dialled, by whomever.
    pub(crate) fn was_dialled(&self) -> bool {
        self.ties.dialled != Dialled::Not
    }

    /// It has left the place where it was.
    pub(crate) fn displaced(&mut self) {
        self.place.service = None;
        self.place.asked = Asked::No;
        self.facts.application = SmolStr::default();
    }

    /// Whether the PBX rings this phone for a call that its user places.
    pub(crate) fn placed(&self) -> bool {
        self.place.calls.is_some()
    }

    /// Whether people can see it.
    pub(crate) fn visible(&self) -> bool {
        matches!(self.end, End::Phone(_) | End::Trunk)
    }

    pub(crate) fn extension(&self) -> Option<&Extension> {
        match &self.end {
            End::Phone(extension) => Some(extension),
            End::Trunk | End::Local | End::Machinery => None,
        }
    }
}

/// Overwrites a text that stands in the channel itself, where it is as short as most are.
#[inline(always)]
pub(crate) fn write(text: &mut SmolStr, new: &str) -> bool {
    let differs = text.as_str() != new;
    if differs {
        replace(text, new);
    }
    differs
}

#[inline(never)]
fn replace(text: &mut SmolStr, new: &str) {
    *text = SmolStr::new(new);
}

/// Overwrites a shared text only where it differs; most events repeat what is known.
#[inline(always)]
pub(crate) fn set(text: &mut Arc<str>, new: &str) -> bool {
    let differs = text.as_ref() != new;
    if differs {
        share(text, new);
    }
    differs
}

#[inline(never)]
fn share(text: &mut Arc<str>, new: &str) {
    *text = if new.is_empty() { Arc::default() } else { new.into() };
}

/// The endpoint in a channel's name with its technology: `PJSIP/1001` of `PJSIP/1001-0000002a`.
pub(crate) fn device_of(name: &str) -> &str {
    let Some((head, tail)) = name.rsplit_once('-') else { return name };
    if !tail.is_empty() && tail.bytes().all(|b| b.is_ascii_hexdigit()) { head } else { name }
}

/// The common part of a Local pair's two names, and which half this is.
pub(crate) fn local_pair(name: &str) -> Option<(&str, char)> {
    let pair = name.strip_prefix("Local/").and(name.rsplit_once(';'))?;
    match pair {
        (base, "1") => Some((base, '1')),
        (base, "2") => Some((base, '2')),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_is_the_name_without_its_counter() {
        assert_eq!(device_of("PJSIP/1001-0000002a"), "PJSIP/1001");
        assert_eq!(device_of("PJSIP/trunk-out-0000002a"), "PJSIP/trunk-out");
        assert_eq!(device_of("PJSIP/1001"), "PJSIP/1001");
        assert_eq!(
            local_pair("Local/1003@from-queue-00000002;1"),
            Some(("Local/1003@from-queue-00000002", '1'))
        );
        assert_eq!(local_pair("PJSIP/1001-0000002a"), None);
    }
}
