//! What a decoder gave, owned, so that it can be compared. Not an assertion.
#![allow(dead_code, reason = "each test program uses its part")]

use frontdesk_ami::{Decoder, Frame, Limits};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub fields: Vec<(String, String)>,
    pub cut: bool,
}

/// Everything that is complete.
pub fn seen(decoder: &mut Decoder) -> Vec<Seen> {
    let mut seen = Vec::new();
    while let Some(frame) = decoder.next() {
        if let Frame::Message(message) = frame {
            let fields = message.fields().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
            seen.push(Seen { fields, cut: message.is_cut() });
        }
    }
    seen
}

/// Everything that is complete in a stream without a banner.
pub fn all(bytes: &[u8], limits: Limits) -> Vec<Seen> {
    let mut decoder = Decoder::without_banner(limits);
    decoder.feed(bytes);
    seen(&mut decoder)
}
