//! Every event of a real Asterisk, understood: what is typed says what its fields say, and nothing is lost.
#![allow(clippy::unwrap_used, missing_docs)]

use frontdesk_ami::event::{BridgeKind, Channel, ChannelState};
use frontdesk_ami::{Decoder, Event, Frame, Limits, Message, recording};
use std::collections::BTreeMap;

fn recordings() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for folder in ["", "/lab"] {
        let path = format!("{}/../../tests/recordings{folder}", env!("CARGO_MANIFEST_DIR"));
        for entry in std::fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "txt") {
                let text = std::fs::read(&path).unwrap();
                texts.push((path.display().to_string(), String::from_utf8_lossy(&text).into_owned()));
            }
        }
    }
    texts
}

fn each(bytes: &[u8], mut look: impl FnMut(&Message<'_>)) {
    let mut decoder = Decoder::without_banner(Limits::default());
    decoder.feed(bytes);
    while let Some(Frame::Message(message)) = decoder.next() {
        look(&message);
    }
}

/// The plain field, as the typed one should say it.
fn plain<'a>(message: &Message<'a>, name: &str) -> &'a str {
    match message.field(name) {
        "<unknown>" | "(null)" => "",
        text => text,
    }
}

fn assert_channel(message: &Message<'_>, prefix: &str, channel: &Channel<'_>) {
    let field = |name: &str| plain(message, &format!("{prefix}{name}"));
    let state = match field("ChannelState") {
        "4" => ChannelState::Ring,
        "5" => ChannelState::Ringing,
        "6" => ChannelState::Up,
        _ => ChannelState::Down,
    };
    let want = Channel {
        name: field("Channel"),
        state,
        caller_number: field("CallerIDNum"),
        caller_name: field("CallerIDName"),
        connected_number: field("ConnectedLineNum"),
        connected_name: field("ConnectedLineName"),
        context: field("Context"),
        exten: field("Exten"),
        uniqueid: field("Uniqueid"),
        linkedid: field("Linkedid"),
    };
    assert_eq!(*channel, want, "{message:?}");
}

#[test]
fn every_channel_in_every_recorded_event_is_read_whole() {
    let (mut channels, mut others) = (0, BTreeMap::<String, u32>::new());
    for (_, text) in recordings() {
        each(&recording::stream(&text), |message| {
            let Some(event) = Event::of(message) else {
                assert!(message.event().is_none());
                return;
            };
            let mut look = |prefix: &str, channel: &Channel<'_>| {
                assert_channel(message, prefix, channel);
                channels += 1;
            };
            match &event {
                Event::Channel(c) | Event::Snapshot(c) | Event::Hold(c) | Event::Unhold(c) => look("", c),
                Event::ListedChannel { channel, application, bridge, .. } => {
                    look("", channel);
                    assert_eq!(
                        (*application, *bridge),
                        (plain(message, "Application"), plain(message, "BridgeId"))
                    );
                }
                Event::Hangup { channel, cause } => {
                    look("", channel);
                    assert_eq!(cause.to_string(), message.field("Cause"));
                }
                Event::DialBegin { source, dest } | Event::DialState { source, dest } => {
                    source.iter().for_each(|source| look("", source));
                    assert_eq!(source.is_some(), !message.field("Uniqueid").is_empty());
                    look("Dest", dest);
                }
                Event::DialEnd { source, dest, status } => {
                    source.iter().for_each(|source| look("", source));
                    dest.iter().for_each(|dest| look("Dest", dest));
                    assert_eq!(*status, message.field("DialStatus"));
                }
                Event::BridgeEnter { bridge, channel } | Event::BridgeLeave { bridge, channel } => {
                    look("", channel);
                    assert_eq!(bridge.id, message.field("BridgeUniqueid"));
                }
                Event::LocalPair { one, two } => {
                    look("LocalOne", one);
                    look("LocalTwo", two);
                }
                Event::Pickup { channel, target } => {
                    look("", channel);
                    look("Target", target);
                }
                Event::BlindTransfer { transferer, exten, .. } => {
                    look("Transferer", transferer);
                    assert_eq!(*exten, message.field("Extension"));
                }
                Event::AttendedTransfer { original, second, target, .. } => {
                    look("OrigTransferer", original);
                    look("SecondTransferer", second);
                    target.iter().for_each(|target| look("TransferTarget", target));
                }
                Event::Parked(parked) | Event::Unparked(parked) => {
                    look("Parkee", &parked.channel);
                    assert_eq!(parked.space, message.field("ParkingSpace"));
                }
                Event::Other(message) => {
                    *others.entry(message.event().unwrap_or_default().to_owned()).or_default() += 1;
                }
                _ => {}
            }
        });
    }
    assert!(channels > 1_500, "{channels}");
    // What a switchboard does not need, and nothing that it does.
    let needed = [
        "Newchannel",
        "Hangup",
        "DialBegin",
        "BridgeEnter",
        "QueueMemberStatus",
        "ParkedCall",
        "ContactStatus",
    ];
    assert!(others.contains_key("Newexten") && others.contains_key("Cdr"), "{others:?}");
    assert!(needed.iter().all(|kind| !others.contains_key(*kind)), "{others:?}");
}

fn event(text: &str, look: impl FnOnce(Event<'_>)) {
    let mut decoder = Decoder::without_banner(Limits::default());
    decoder.feed(text.as_bytes());
    let Some(Frame::Message(message)) = decoder.next() else { panic!("no message in {text}") };
    look(Event::of(&message).unwrap());
}

#[test]
fn events_and_list_items_that_say_the_same_are_one() {
    for text in [
        "Event: QueueMemberPause\nQueue: support\nMemberName: Bob\nInterface: PJSIP/1002\nStateInterface: PJSIP/1002\nPaused: 1\n\n",
        "Event: QueueMember\nActionID: 3\nQueue: support\nName: Bob\nLocation: PJSIP/1002\nStateInterface: PJSIP/1002\nPaused: 1\n\n",
    ] {
        event(text, |event| {
            let Event::QueueMember(member) = event else { panic!("{event:?}") };
            assert_eq!(
                (member.queue, member.name, member.interface, member.paused),
                ("support", "Bob", "PJSIP/1002", true)
            );
        });
    }
    for text in [
        "Event: ContactStatus\nURI: sip:1001@127.0.0.1\nContactStatus: Reachable\nAOR: 1001\nEndpointName: 1001\n\n",
        "Event: ContactList\nEndpoint: 1001\nUri: sip:1001@127.0.0.1\nStatus: Reachable\n\n",
    ] {
        event(text, |event| {
            let Event::Contact(contact) = event else { panic!("{event:?}") };
            assert_eq!(
                (contact.endpoint, contact.uri, contact.status),
                ("1001", "sip:1001@127.0.0.1", "Reachable")
            );
        });
    }
}

#[test]
fn bridges_are_told_apart_by_what_they_are_for() {
    let kind = |fields: &str, want: BridgeKind| {
        event(&format!("Event: BridgeCreate\nBridgeUniqueid: b\n{fields}\n\n"), |event| {
            let Event::Bridge(bridge) = event else { panic!("{event:?}") };
            assert_eq!(bridge.kind, want);
        });
    };
    kind("BridgeType: basic\nBridgeCreator: <unknown>", BridgeKind::Talk);
    kind("BridgeType: base\nBridgeCreator: ConfBridge\nBridgeName: 800", BridgeKind::Conference);
    kind("BridgeType: parking\nBridgeCreator: Parking", BridgeKind::Parking);
}

#[test]
fn fields_in_another_order_are_read_as_well() {
    event(
        "Event: Newstate\nLinkedid: 1.1\nUniqueid: 1.2\nChannelState: 5\nChannel: PJSIP/1001-1\nCallerIDName: <unknown>\n\n",
        |event| {
            let Event::Channel(channel) = event else { panic!("{event:?}") };
            assert_eq!((channel.name, channel.uniqueid, channel.linkedid), ("PJSIP/1001-1", "1.2", "1.1"));
            assert_eq!((channel.state, channel.caller_name), (ChannelState::Ringing, ""));
        },
    );
}

#[test]
fn numbers_that_are_none_are_zero_and_clocks_are_seconds() {
    event("Event: Hangup\nUniqueid: 1.1\nCause: x\n\n", |event| {
        assert!(matches!(event, Event::Hangup { cause: 0, .. }))
    });
    event("Event: CoreShowChannel\nUniqueid: 1.1\nDuration: 01:02:03\nBridgeId: \n\n", |event| {
        assert!(matches!(event, Event::ListedChannel { seconds: 3_723, bridge: "", .. }), "{event:?}");
    });
    event("Event: ExtensionStatus\nExten: 1001\nHint: PJSIP/1001\nStatus: -1\n\n", |event| {
        assert!(matches!(event, Event::Hint { status: -1, devices: "PJSIP/1001", .. }), "{event:?}");
    });
}

#[test]
fn what_is_not_known_is_kept() {
    event("Event: SomethingNew\nKey: value\n\n", |event| {
        let Event::Other(message) = event else { panic!("{event:?}") };
        assert_eq!((message.event(), message.field("Key")), (Some("SomethingNew"), "value"));
    });
}
