//! Messages understood: a closed set of events and list items that a switchboard needs; everything else is kept as it
//! came. Not what follows from them.
//!
//! Fields are Asterisk's own (its documentation of AMI events, versions 18 to 22); what it writes for "nothing"
//! (`<unknown>`, `(null)`) is empty here. Events and list items that say the same are one variant, because a list is
//! only a late event: `Newchannel` and `CoreShowChannel` differ in what they add, not in what they mean.

mod bridge;
mod channel;
mod office;
mod reader;

pub use bridge::{Bridge, BridgeKind};
pub use channel::{Channel, ChannelState};
pub use office::{Contact, Member, Parked};

use crate::message::Message;
use reader::Reader;

/// An event or the item of a list.
///
/// Every [`Channel`] in it is a complete snapshot as the PBX saw it at that moment: the newest one wins.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// `Newchannel`, `Newstate`: the channel exists, and this is its state.
    Channel(Channel<'a>),
    /// An event that says nothing new but the channel's snapshot: `NewCallerid`, `NewConnectedLine`,
    /// `HangupRequest`, `SoftHangupRequest`, `MusicOnHoldStart`, `MusicOnHoldStop`.
    Snapshot(Channel<'a>),
    /// An item of `CoreShowChannels`: a channel that was up before.
    ListedChannel {
        /// The channel.
        channel: Channel<'a>,
        /// The dialplan application that it runs.
        application: &'a str,
        /// The parameters of that application.
        data: &'a str,
        /// How long it has been there, in seconds.
        seconds: u64,
        /// The bridge that it is in; empty for none.
        bridge: &'a str,
    },
    /// An item of `Status`: which application a channel runs.
    Status {
        /// The channel.
        channel: Channel<'a>,
        /// The dialplan application that it runs.
        application: &'a str,
        /// The bridge that it is in; empty for none.
        bridge: &'a str,
    },
    /// `Rename`: the channel has another name now.
    Renamed {
        /// The channel's key.
        uniqueid: &'a str,
        /// Its name from now on.
        name: &'a str,
    },
    /// The channel is over; nothing else ends it.
    Hangup {
        /// Its last snapshot.
        channel: Channel<'a>,
        /// The cause of ITU-T Q.850, as Asterisk uses it.
        cause: u32,
    },
    /// A channel is being called.
    DialBegin {
        /// Who calls it; `None` where the PBX itself does, for a click to call.
        source: Option<Channel<'a>>,
        /// Who is called.
        dest: Channel<'a>,
    },
    /// The called channel rings, or makes progress.
    DialState {
        /// Who calls it.
        source: Option<Channel<'a>>,
        /// Who is called.
        dest: Channel<'a>,
    },
    /// The calling is over.
    DialEnd {
        /// Who called.
        source: Option<Channel<'a>>,
        /// Who was called; may be unknown where the call never got so far.
        dest: Option<Channel<'a>>,
        /// `ANSWER`, `BUSY`, `NOANSWER`, `CANCEL`, `CONGESTION`, `CHANUNAVAIL`, …
        status: &'a str,
    },
    /// `BridgeCreate`, or an item of `BridgeList`.
    Bridge(Bridge<'a>),
    /// The channel is in this bridge from now on.
    BridgeEnter {
        /// The bridge.
        bridge: Bridge<'a>,
        /// The channel.
        channel: Channel<'a>,
    },
    /// The channel is in this bridge no more.
    BridgeLeave {
        /// The bridge.
        bridge: Bridge<'a>,
        /// The channel.
        channel: Channel<'a>,
    },
    /// The bridge is no more.
    BridgeDestroy(Bridge<'a>),
    /// The phone of this channel pressed hold.
    Hold(Channel<'a>),
    /// It took that back.
    Unhold(Channel<'a>),
    /// `LocalBridge`: the two halves of a Local channel belong together.
    LocalPair {
        /// Its half `;1`.
        one: Channel<'a>,
        /// Its half `;2`.
        two: Channel<'a>,
    },
    /// A ringing call was picked up at another phone.
    Pickup {
        /// Who picked up.
        channel: Channel<'a>,
        /// The channel that rang.
        target: Channel<'a>,
    },
    /// A blind transfer was carried out, or refused.
    BlindTransfer {
        /// `Success`, `Fail`, `Invalid`, `Not Permitted`.
        result: &'a str,
        /// Who transferred.
        transferer: Channel<'a>,
        /// Where to.
        exten: &'a str,
    },
    /// An attended transfer was carried out, or refused.
    AttendedTransfer {
        /// As above.
        result: &'a str,
        /// The transferrer's leg to the party that was handed on.
        original: Channel<'a>,
        /// The transferrer's leg to the target.
        second: Channel<'a>,
        /// The target, where it is a channel.
        target: Option<Channel<'a>>,
    },
    /// `QueueCallerJoin`.
    QueueJoin {
        /// Who waits.
        channel: Channel<'a>,
        /// In which queue.
        queue: &'a str,
        /// At which place, from 1.
        position: u32,
    },
    /// An item of `QueueStatus`: a caller who waits already.
    QueueEntry {
        /// The key of the channel that waits.
        uniqueid: &'a str,
        /// In which queue.
        queue: &'a str,
        /// At which place, from 1.
        position: u32,
        /// For how long, in seconds.
        seconds: u64,
    },
    /// `QueueCallerLeave`, `QueueCallerAbandon`.
    QueueLeave {
        /// Who waits no more.
        channel: Channel<'a>,
    },
    /// An item of `QueueStatus`: the queue exists.
    Queue {
        /// Its name.
        queue: &'a str,
    },
    /// A member of a queue as it is now.
    QueueMember(Member<'a>),
    /// A member left a queue.
    QueueMemberRemoved(Member<'a>),
    /// An item of `Parkinglots`.
    ParkingLot {
        /// Its name.
        lot: &'a str,
    },
    /// A caller waits in a parking space.
    Parked(Parked<'a>),
    /// `UnParkedCall`, `ParkedCallGiveUp`, `ParkedCallTimeOut`: a caller waits there no more.
    Unparked(Parked<'a>),
    /// A hint as it is now.
    Hint {
        /// The extension.
        exten: &'a str,
        /// Its context.
        context: &'a str,
        /// The devices that it watches: `PJSIP/1001&Custom:DND1001`.
        devices: &'a str,
        /// Asterisk's sum of their states; `-1` removed, `-2` deactivated, `4` unavailable.
        status: i32,
    },
    /// The state of a device as Asterisk sums it up.
    Device {
        /// Its name: `PJSIP/1001`.
        device: &'a str,
        /// `NOT_INUSE`, `UNAVAILABLE`, `INUSE`, …; lists write `Not in use`.
        state: &'a str,
    },
    /// An item of `PJSIPShowEndpoints`.
    Endpoint {
        /// Its name, without `PJSIP/`.
        name: &'a str,
        /// The state of its device.
        state: &'a str,
    },
    /// `ContactStatus`, or an item of `PJSIPShowContacts`: where a phone can be reached.
    Contact(Contact<'a>),
    /// The sum of an endpoint's contacts.
    Peer {
        /// The device: `PJSIP/1001`.
        device: &'a str,
        /// `Reachable`, `Unreachable`, …
        status: &'a str,
    },
    /// `MessageWaiting`: how many messages a mailbox holds.
    Messages {
        /// `1001@default`.
        mailbox: &'a str,
        /// Not heard yet.
        new: u32,
        /// Heard and kept.
        old: u32,
        /// Who left one, where that is said.
        channel: Option<Channel<'a>>,
    },
    /// An item of `VoicemailUsersList`.
    VoicemailUser {
        /// The mailbox's number.
        mailbox: &'a str,
        /// Its voicemail context.
        context: &'a str,
        /// Whose it is.
        name: &'a str,
        /// Not heard yet.
        new: u32,
        /// Heard and kept.
        old: u32,
    },
    /// An entry of the PBX's own database: `DBGetResponse`, `DBGetTreeResponse`.
    Database {
        /// `/AMPUSER/1001/cidname`.
        key: &'a str,
        /// Its value.
        value: &'a str,
    },
    /// What became of an `Originate`; it may come long after the answer.
    Originated {
        /// The id of the action.
        action_id: &'a str,
        /// `Success` or `Failure`.
        response: &'a str,
        /// 4 answered, 3 timeout, 0 for nearly everything else.
        reason: u32,
        /// The channel's key, where one was made.
        uniqueid: &'a str,
    },
    /// Modules were reloaded: names, hints, queues and mailboxes may be others.
    Reloaded,
    /// The PBX has started.
    FullyBooted {
        /// Since when it runs, in seconds.
        uptime: u64,
    },
    /// The PBX goes down.
    Shutdown,
    /// An event that means nothing to a switchboard, as it came.
    Other(Message<'a>),
}

impl<'a> Event<'a> {
    /// What a message means; `None` where it is no event but a response.
    pub fn of(message: &Message<'a>) -> Option<Self> {
        let kind = message.event()?;
        let mut reader = Reader::new(*message);
        let read = &mut reader;
        // Each is made where it is handed over: it is too large to be moved for nothing.
        match kind {
            "Newchannel" | "Newstate" => Some(Self::Channel(Channel::read(read, ""))),
            "NewCallerid" | "NewConnectedLine" | "HangupRequest" | "SoftHangupRequest"
            | "MusicOnHoldStart" | "MusicOnHoldStop" => Some(Self::Snapshot(Channel::read(read, ""))),
            "Hangup" => Some(Self::Hangup { channel: Channel::read(read, ""), cause: read.number("Cause") }),
            "DialBegin" => {
                Some(Self::DialBegin { source: Channel::find(read, ""), dest: Channel::read(read, "Dest") })
            }
            "DialState" => {
                Some(Self::DialState { source: Channel::find(read, ""), dest: Channel::read(read, "Dest") })
            }
            "DialEnd" => Some(Self::DialEnd {
                source: Channel::find(read, ""),
                dest: Channel::find(read, "Dest"),
                status: read.text("DialStatus"),
            }),
            "BridgeEnter" => {
                Some(Self::BridgeEnter { bridge: Bridge::read(read), channel: Channel::read(read, "") })
            }
            "BridgeLeave" => {
                Some(Self::BridgeLeave { bridge: Bridge::read(read), channel: Channel::read(read, "") })
            }
            "BridgeCreate" | "BridgeListItem" => Some(Self::Bridge(Bridge::read(read))),
            "BridgeDestroy" => Some(Self::BridgeDestroy(Bridge::read(read))),
            "Hold" => Some(Self::Hold(Channel::read(read, ""))),
            "Unhold" => Some(Self::Unhold(Channel::read(read, ""))),
            _ => Some(Self::rarer(kind, read)),
        }
    }

    /// What a call has at most once.
    fn rarer(kind: &str, read: &mut Reader<'a>) -> Self {
        match kind {
            "CoreShowChannel" => Self::ListedChannel {
                channel: Channel::read(read, ""),
                application: read.text("Application"),
                data: read.text("ApplicationData"),
                seconds: read.clock("Duration"),
                bridge: read.text("BridgeId"),
            },
            "Status" => Self::Status {
                channel: Channel::read(read, ""),
                application: read.text("Application"),
                bridge: read.text("BridgeID"),
            },
            "Rename" => Self::Renamed { uniqueid: read.text("Uniqueid"), name: read.text("Newname") },
            "LocalBridge" => {
                Self::LocalPair { one: Channel::read(read, "LocalOne"), two: Channel::read(read, "LocalTwo") }
            }
            "Pickup" => {
                Self::Pickup { channel: Channel::read(read, ""), target: Channel::read(read, "Target") }
            }
            "BlindTransfer" => Self::BlindTransfer {
                result: read.text("Result"),
                transferer: Channel::read(read, "Transferer"),
                exten: read.text("Extension"),
            },
            "AttendedTransfer" => Self::AttendedTransfer {
                result: read.text("Result"),
                original: Channel::read(read, "OrigTransferer"),
                second: Channel::read(read, "SecondTransferer"),
                target: Channel::find(read, "TransferTarget"),
            },
            "OriginateResponse" => Self::Originated {
                action_id: read.text("ActionID"),
                response: read.text("Response"),
                reason: read.number("Reason"),
                uniqueid: read.text("Uniqueid"),
            },
            "Reload" => Self::Reloaded,
            "FullyBooted" => Self::FullyBooted { uptime: read.number("Uptime").into() },
            "Shutdown" => Self::Shutdown,
            _ => Self::of_the_office(kind, read),
        }
    }

    /// What is about queues, parking, hints, phones and mailboxes.
    fn of_the_office(kind: &str, read: &mut Reader<'a>) -> Self {
        match kind {
            "QueueCallerJoin" => Self::QueueJoin {
                channel: Channel::read(read, ""),
                queue: read.text("Queue"),
                position: read.number("Position"),
            },
            "QueueEntry" => Self::QueueEntry {
                uniqueid: read.text("Uniqueid"),
                queue: read.text("Queue"),
                position: read.number("Position"),
                seconds: read.number("Wait").into(),
            },
            "QueueCallerLeave" | "QueueCallerAbandon" => {
                Self::QueueLeave { channel: Channel::read(read, "") }
            }
            "QueueParams" => Self::Queue { queue: read.text("Queue") },
            "QueueMember" | "QueueMemberAdded" | "QueueMemberStatus" | "QueueMemberPause" => {
                Self::QueueMember(Member::read(read))
            }
            "QueueMemberRemoved" => Self::QueueMemberRemoved(Member::read(read)),
            "Parkinglot" => Self::ParkingLot { lot: read.text("Name") },
            "ParkedCall" => Self::Parked(Parked::read(read)),
            "UnParkedCall" | "ParkedCallGiveUp" | "ParkedCallTimeOut" => Self::Unparked(Parked::read(read)),
            "ExtensionStatus" => Self::Hint {
                exten: read.text("Exten"),
                context: read.text("Context"),
                devices: read.text("Hint"),
                status: read.signed("Status"),
            },
            "DeviceStateChange" => Self::Device { device: read.text("Device"), state: read.text("State") },
            "EndpointList" => {
                Self::Endpoint { name: read.text("ObjectName"), state: read.text("DeviceState") }
            }
            "ContactStatus" | "ContactList" => Self::Contact(Contact::read(read)),
            "PeerStatus" => Self::Peer { device: read.text("Peer"), status: read.text("PeerStatus") },
            "MessageWaiting" => Self::Messages {
                mailbox: read.text("Mailbox"),
                new: read.number("New"),
                old: read.number("Old"),
                channel: Channel::find(read, ""),
            },
            "VoicemailUserEntry" => Self::VoicemailUser {
                mailbox: read.text("VoiceMailbox"),
                context: read.text("VMContext"),
                name: read.text("Fullname"),
                new: read.number("NewMessageCount"),
                old: read.number("OldMessageCount"),
            },
            "DBGetResponse" | "DBGetTreeResponse" => {
                Self::Database { key: read.text("Key"), value: read.text("Val") }
            }
            _ => Self::Other(read.message()),
        }
    }
}
