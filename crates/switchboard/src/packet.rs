//! The one view of an AMI message that the model reads: fields by name. Not a codec; that is `frontdesk-ami`.

use std::sync::Arc;

/// A message whose fields can be asked for by name; an absent field is empty.
pub(crate) trait Packet {
    /// The field as it came; empty where it is absent.
    fn raw(&self, key: &str) -> &str;

    /// The field, where it says something: Asterisk writes `<unknown>` and `(null)` for "nothing".
    fn field(&self, key: &str) -> &str {
        match self.raw(key) {
            "<unknown>" | "(null)" => "",
            text => text,
        }
    }

    /// The field as a number; zero where it is none.
    fn number(&self, key: &str) -> u32 {
        self.raw(key).trim().parse().unwrap_or(0)
    }
}

/// The fields of a message whose names begin alike: `DestChannel`, `DestUniqueid`, …
pub(crate) struct Prefixed<'a, P: ?Sized> {
    packet: &'a P,
    prefix: &'static str,
}

impl<'a, P: Packet + ?Sized> Prefixed<'a, P> {
    pub(crate) fn new(packet: &'a P, prefix: &'static str) -> Self {
        Self { packet, prefix }
    }
}

impl<P: Packet + ?Sized> Packet for Prefixed<'_, P> {
    fn raw(&self, key: &str) -> &str {
        let mut name = [0_u8; 64];
        let (head, tail) = (self.prefix.as_bytes(), key.as_bytes());
        let end = head.len() + tail.len();
        let Some(room) = name.get_mut(..end) else { return "" };
        let (left, right) = room.split_at_mut(head.len());
        left.copy_from_slice(head);
        right.copy_from_slice(tail);
        std::str::from_utf8(room).map_or("", |name| self.packet.raw(name))
    }
}

/// Overwrites a shared text only where it differs; most events repeat what is known.
pub(crate) fn set(text: &mut Arc<str>, new: &str) -> bool {
    let differs = text.as_ref() != new;
    if differs {
        *text = new.into();
    }
    differs
}
