//! How much the model takes: a busy office must never make the reader of the AMI wait.

use super::{Fields, fields, office};
use frontdesk_protocol::Millis;

fn packet(text: String) -> Fields {
    fields(&text)
}

/// One call from outside that rings, is answered and ends: the events of the least rights.
fn call(n: usize) -> Vec<Fields> {
    let (phone, line, up) =
        (1_001 + n % 6, format!("PJSIP/trunk-{n:08x}"), format!("PJSIP/{}-{n:08x}", 1_001 + n % 6));
    let t = format!(
        "Channel: {line}\nCallerIDNum: 555{n:04}\nContext: internal\nExten: {phone}\nUniqueid: {n}.1\nLinkedid: {n}.1"
    );
    let p = format!(
        "Channel: {up}\nCallerIDNum: {phone}\nContext: internal\nExten: {phone}\nUniqueid: {n}.2\nLinkedid: {n}.1"
    );
    let dest = p.lines().map(|line| format!("Dest{line}")).collect::<Vec<_>>().join("\n");
    let bridge = format!("BridgeUniqueid: b{n}\nBridgeType: basic");
    vec![
        packet(format!("Event: Newchannel\nChannelState: 4\n{t}")),
        packet(format!("Event: Newchannel\nChannelState: 0\n{p}")),
        packet(format!("Event: DialBegin\nChannelState: 4\n{t}\nDestChannelState: 0\n{dest}")),
        packet(format!("Event: Newstate\nChannelState: 5\n{p}")),
        packet(format!("Event: Newstate\nChannelState: 6\n{p}")),
        packet(format!(
            "Event: DialEnd\nDialStatus: ANSWER\nChannelState: 4\n{t}\nDestChannelState: 6\n{dest}"
        )),
        packet(format!("Event: Newstate\nChannelState: 6\n{t}")),
        packet(format!("Event: BridgeCreate\n{bridge}")),
        packet(format!("Event: BridgeEnter\n{bridge}\nChannelState: 6\n{p}")),
        packet(format!("Event: BridgeEnter\n{bridge}\nChannelState: 6\n{t}")),
    ]
}

/// Far fewer calls than a big office has, so that the unoptimised build is quick; the cost per event must not grow.
#[test]
fn thousands_of_channels_are_held_and_dropped() {
    let mut board = office();
    for n in 0..1_000 {
        for packet in call(n) {
            board.packet(&packet, Millis(n as i64));
        }
        board.outputs.clear();
    }
    assert_eq!(board.model.channels.len(), 2_000);
    assert_eq!(board.office().calls.len(), 1_000);
    for n in 0..1_000 {
        for half in [1, 2] {
            board.packet(
                &packet(format!("Event: Hangup\nChannel: x\nUniqueid: {n}.{half}\nCause: 16")),
                Millis(5_000),
            );
        }
        board.outputs.clear();
    }
    assert!(board.model.channels.is_empty() && board.office().calls.is_empty());
    assert!(board.model.settling.is_empty() || board.deadline().is_some());
}
