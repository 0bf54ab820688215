//! The snapshot of a bridge.

use super::reader::Reader;

/// A bridge as the PBX saw it at that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bridge<'a> {
    /// Its key; empty for none.
    pub id: &'a str,
    /// What it is for.
    pub kind: BridgeKind,
    /// The number of a conference; mostly empty.
    pub name: &'a str,
}

/// What a bridge is for, from `BridgeType` and `BridgeCreator`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BridgeKind {
    /// Two or more parties of a call.
    Talk,
    /// A conference room.
    Conference,
    /// A parking lot: all its callers share the bridge and do not hear each other.
    Parking,
}

impl<'a> Bridge<'a> {
    pub(super) fn read(read: &mut Reader<'a>) -> Self {
        let id = read.text("BridgeUniqueid");
        let kind = match (read.text("BridgeType"), read.part(1, "", "BridgeCreator: ")) {
            ("parking", _) | (_, "Parking") => BridgeKind::Parking,
            (_, "ConfBridge") => BridgeKind::Conference,
            _ => BridgeKind::Talk,
        };
        let name = read.text("BridgeName");
        // `BridgeNumChannels` and `BridgeVideoSourceMode`; a channel may follow.
        read.expect(2);
        Self { id, kind, name }
    }
}
