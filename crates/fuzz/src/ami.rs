//! What a PBX sends, as bytes: any split of them gives the same messages, none costs more memory than its limit, and the
//! model stays sound whatever they mean.

use crate::board::Board;
use crate::chance::Chance;
use frontdesk_ami::{Decoder, Event, Frame, Limits, ListPart};

/// The most that is fed at once.
const PIECE: usize = 700;

/// Limits so tight that an input reaches them.
const TIGHT: Limits = Limits { line: 40, message: 200, lines: 6 };

#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Banner(String),
    Message { fields: Vec<(String, String)>, bytes: Vec<u8>, cut: bool },
}

pub fn body(input: &[u8]) {
    for limits in [Limits::default(), TIGHT] {
        let (mut few, mut many) = (Chance::of(input), Chance::of(input));
        let one = read(Decoder::new(limits), input, limits, || 1 + few.below(PIECE));
        let other = read(Decoder::new(limits), input, limits, || 1 + many.below(3));
        assert_eq!(one, other, "another split gives other messages");
    }
    model(input);
}

/// All frames of the input, fed in pieces of such sizes.
fn read(mut decoder: Decoder, input: &[u8], limits: Limits, mut size: impl FnMut() -> usize) -> Vec<Seen> {
    let mut all = Vec::new();
    let mut rest = input;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(size().min(rest.len()));
        decoder.feed(now);
        rest = later;
        while let Some(frame) = decoder.next() {
            all.push(seen(&frame, limits));
        }
        let most = 4 * (limits.message + limits.line + PIECE + Decoder::ROOM).next_power_of_two();
        assert!(decoder.held() <= most, "the decoder holds {} bytes", decoder.held());
    }
    all
}

fn seen(frame: &Frame<'_>, limits: Limits) -> Seen {
    let message = match frame {
        Frame::Banner(banner) => return Seen::Banner((*banner).to_owned()),
        Frame::Message(message) => message,
    };
    let fields: Vec<_> = message.fields().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    assert!(fields.len() <= limits.lines, "{} lines are kept", fields.len());
    for (key, value) in &fields {
        assert!(!key.contains('\n') && !value.contains('\n'), "a field holds a line end");
        // Bytes that are no UTF-8 are read as Latin-1, which may double them.
        assert!(key.len() + value.len() <= 2 * limits.line, "a line is longer than its limit");
        assert!(message.find(key).is_some() || key.is_empty() || fields.iter().any(|(name, _)| name == key));
    }
    assert_eq!(message.event().is_some(), Event::of(message).is_some());
    // What is written into a log names no caller.
    let told = format!("{message:?}");
    assert!(told.len() <= 80 + 2 * limits.line, "{} bytes for the log", told.len());
    let _ = ListPart::of(message, "CoreShowChannels");
    Seen::Message { fields, bytes: message.bytes().to_vec(), cut: message.is_cut() }
}

/// The model takes whatever it is, at a pace that follows from the input.
fn model(input: &[u8]) {
    let mut chance = Chance::of(input);
    let mut board = Board::started();
    let mut decoder = Decoder::without_banner(Limits::default());
    decoder.feed(input);
    while let Some(frame) = decoder.next() {
        let Frame::Message(message) = frame else { continue };
        board.pass([0, 1, 40, 400, 9_000][chance.below(5)]);
        board.message(&message);
        board.check();
    }
    board.end();
}
