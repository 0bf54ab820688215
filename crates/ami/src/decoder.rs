//! Bytes into messages, however the bytes are split. Not what the messages mean, and not where the bytes come from.

use crate::block::{BLOCK, Laid};
use crate::lines::{Line, Lines};
use crate::message::Message;
use memchr::memchr;
use std::ops::Range;

/// How much of one message is kept. What goes beyond is left out and the message says so ([`Message::is_cut`]); the
/// stream goes on with the next message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one line.
    pub line: usize,
    /// Bytes of one message.
    pub message: usize,
    /// Lines of one message.
    pub lines: usize,
}

/// Takes bytes as they come and gives messages.
///
/// ```
/// use frontdesk_ami::{Decoder, Frame, Limits};
///
/// let mut decoder = Decoder::new(Limits::default());
/// decoder.feed(b"Asterisk Call Manager/11.0.0\r\nEvent: FullyBooted\r\nUpt");
/// assert!(matches!(decoder.next(), Some(Frame::Banner("Asterisk Call Manager/11.0.0"))));
/// assert!(decoder.next().is_none());
/// decoder.feed(b"ime: 3\r\n\r\n");
/// let Some(Frame::Message(message)) = decoder.next() else { panic!("no message") };
/// assert_eq!((message.event(), message.field("Uptime")), (Some("FullyBooted"), "3"));
/// ```
#[derive(Debug)]
pub struct Decoder {
    limits: Limits,
    /// All of it is initialised; `start..end` is what came and is not handed out, and a block at least stands behind.
    buffer: Vec<u8>,
    /// Where the message in progress begins.
    start: usize,
    /// Where its current line begins.
    line: usize,
    /// The first byte that was not looked at.
    scanned: usize,
    end: usize,
    /// The lines of the message in progress, relative to `start`.
    lines: Lines,
    /// The message in progress may hold bare output.
    follows: bool,
    /// From which line on this is the bare output of a command (framing of Asterisk before 14).
    output: Option<usize>,
    state: State,
    /// The message in progress or just completed lacks something.
    cut: bool,
    /// It may hold more than ASCII.
    foreign: bool,
    /// The text of a message that was not UTF-8, made readable.
    repaired: String,
    repaired_lines: Vec<Line>,
}

/// One thing that came.
#[derive(Debug)]
pub enum Frame<'a> {
    /// The first line of a session: `Asterisk Call Manager/11.0.0`.
    Banner(&'a str),
    /// A message: an event, a response, or the item of a list.
    Message(Message<'a>),
}

/// What the bytes at hand belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Banner,
    Message,
    /// The message is too long: what follows of it is passed over. `kept` is where the kept part ends.
    PassingOver {
        kept: usize,
        /// Whether some of the current line is gone from the buffer already.
        torn: bool,
    },
    /// `start..line` was handed out as a banner.
    BannerDone,
    /// `start..` was handed out as a message of this many bytes.
    MessageDone {
        bytes: usize,
    },
}

/// How far the plain lines went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Plainly {
    /// To the end of the message.
    Complete,
    /// To a line that may be special.
    Special,
    /// To the end of what came.
    End,
}

/// For how many lines of a message there is room from the beginning.
const LINES: usize = 1_024;
/// What ends the bare output of a command.
const END_OF_COMMAND: &[u8] = b"--END COMMAND--";
/// How much of a line that is passed over has to be kept to see its end.
const TAIL: usize = 32;

impl Default for Limits {
    /// 16 KiB a line, 256 KiB and 2,048 lines a message: far above what Asterisk sends (its own buffer for one event
    /// is a few KiB; a long command output is the exception).
    fn default() -> Self {
        Self { line: 16 * 1024, message: 256 * 1024, lines: 2_048 }
    }
}

impl Decoder {
    /// The least room for the next read, in bytes: what a socket holds of a PBX that says much is taken at once.
    pub const ROOM: usize = 64 * 1024;

    /// A decoder at the beginning of a session, before the banner.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            buffer: Vec::new(),
            start: 0,
            line: 0,
            scanned: 0,
            end: 0,
            lines: Lines::with_room(limits.lines.min(LINES)),
            follows: false,
            output: None,
            state: State::Banner,
            cut: false,
            foreign: false,
            repaired: String::new(),
            repaired_lines: Vec::new(),
        }
    }

    /// A decoder in the middle of a session, where no banner comes any more.
    pub fn without_banner(limits: Limits) -> Self {
        Self { state: State::Message, ..Self::new(limits) }
    }

    /// Takes in bytes.
    pub fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let space = self.space();
            let count = space.len().min(bytes.len());
            let (now, later) = bytes.split_at(count);
            if let Some(room) = space.get_mut(..count) {
                room.copy_from_slice(now);
            }
            self.filled(count);
            bytes = later;
        }
    }

    /// Room for bytes, never empty; say with [`Decoder::filled`] how many were put there. Take all frames before:
    /// what is not taken stays, and costs memory.
    pub fn space(&mut self) -> &mut [u8] {
        self.settle();
        self.compact();
        let wanted = self.end + Self::ROOM;
        if self.buffer.len() < wanted + BLOCK {
            self.buffer.resize(wanted.next_power_of_two() + BLOCK, 0);
        }
        let last = self.buffer.len() - BLOCK;
        self.buffer.get_mut(self.end..last).unwrap_or_default()
    }

    /// So many bytes were put into [`Decoder::space`].
    pub fn filled(&mut self, count: usize) {
        self.end = (self.end + count).min(self.buffer.len().saturating_sub(BLOCK));
    }

    /// The next frame, if one is complete.
    #[expect(clippy::should_implement_trait, reason = "what it gives borrows from the decoder")]
    pub fn next(&mut self) -> Option<Frame<'_>> {
        self.advance().then(|| self.current()).flatten()
    }

    /// Goes to the next frame; says whether there is one. [`Decoder::current`] gives it as often as it is asked for.
    pub fn advance(&mut self) -> bool {
        self.settle();
        match self.state {
            State::Banner => self.scan_banner(),
            State::Message | State::PassingOver { .. } => self.scan(),
            State::BannerDone | State::MessageDone { .. } => false,
        }
    }

    /// The frame that [`Decoder::advance`] found.
    pub fn current(&self) -> Option<Frame<'_>> {
        match self.state {
            State::BannerDone => {
                let banner = self.buffer.get(self.start..self.scanned).unwrap_or_default();
                Some(Frame::Banner(std::str::from_utf8(banner).unwrap_or_default().trim_end()))
            }
            State::MessageDone { bytes } => {
                let raw = self.buffer.get(self.start..self.start + bytes).unwrap_or_default();
                let (text, lines) = match simdutf8::basic::from_utf8(raw) {
                    Ok(text) => (text, self.lines.as_slice()),
                    Err(_) => (self.repaired.as_str(), self.repaired_lines.as_slice()),
                };
                Some(Frame::Message(Message::new(raw, text, lines, self.output, self.cut)))
            }
            State::Banner | State::Message | State::PassingOver { .. } => None,
        }
    }

    /// Whether the frame that [`Decoder::advance`] found begins as a response does, and not as an event.
    #[cfg(feature = "client")]
    pub(crate) fn holds_response(&self) -> bool {
        let rest = self.buffer.get(self.start..self.end).unwrap_or_default();
        !rest.starts_with(b"Event:")
    }

    /// How many bytes it holds room for.
    pub fn held(&self) -> usize {
        self.buffer.capacity() + self.repaired.capacity()
    }

    /// Lets go of what was handed out.
    fn settle(&mut self) {
        if matches!(self.state, State::BannerDone | State::MessageDone { .. }) {
            self.start = self.scanned;
            self.line = self.scanned;
            self.begin();
        }
    }

    fn begin(&mut self) {
        self.lines.clear();
        self.follows = false;
        self.output = None;
        self.cut = false;
        self.foreign = false;
        self.state = State::Message;
    }

    /// Moves what is not handed out to the front.
    fn compact(&mut self) {
        if self.start == 0 {
            return;
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.line -= self.start;
        self.scanned -= self.start;
        self.end -= self.start;
        if let State::PassingOver { kept, .. } = &mut self.state {
            *kept -= self.start;
        }
        self.start = 0;
    }

    fn scan_banner(&mut self) -> bool {
        let longest = self.start + self.limits.line;
        let ended = self.unscanned().and_then(|bytes| memchr(b'\n', bytes));
        match ended.map(|at| self.scanned + at + 1) {
            Some(end) if end <= longest => {
                self.scanned = end;
                self.line = end;
            }
            // A banner without an end is cut, wherever the reads ended: nothing that follows can be trusted anyway.
            _ if self.end >= longest => {
                self.scanned = longest;
                self.line = longest;
            }
            _ => {
                self.scanned = self.end;
                return false;
            }
        }
        self.state = State::BannerDone;
        true
    }

    fn unscanned(&self) -> Option<&[u8]> {
        self.buffer.get(self.scanned..self.end)
    }

    /// Looks at lines until a message is complete; says whether one is.
    fn scan(&mut self) -> bool {
        loop {
            if self.state == State::Message && !self.follows {
                match self.scan_plainly() {
                    Plainly::Complete => return true,
                    Plainly::Special => {}
                    Plainly::End => break,
                }
            }
            let Some(at) = self.unscanned().and_then(|bytes| memchr(b'\n', bytes)) else { break };
            let range = self.line..self.scanned + at;
            self.pass_over(range.end);
            self.scanned += at + 1;
            self.line = self.scanned;
            if self.take_line(range) {
                return true;
            }
        }
        self.scanned = self.end;
        self.pass_over(self.end);
        if let State::PassingOver { kept, torn } = &mut self.state {
            // Only the last bytes of the current line matter any more.
            let keep = (self.end - self.line).min(TAIL);
            *torn |= keep < self.end - self.line;
            self.buffer.copy_within(self.end - keep..self.end, *kept);
            self.line = *kept;
            self.end = *kept + keep;
            self.scanned = self.end;
        }
        false
    }

    /// Indexes lines for as long as there is nothing special about them, which is nearly always; stops in front of the
    /// first that may be special.
    fn scan_plainly(&mut self) -> Plainly {
        let Self { buffer, lines, limits, start, .. } = self;
        // From the start of the message, as is all that follows; what stands behind the end was there before.
        let bytes = buffer.get(*start..).unwrap_or_default();
        let end = self.end - *start;
        let (mut line, mut at) = (self.line - *start, self.scanned - *start);
        if lines.count() == 0 {
            match bytes.get(line..end).and_then(<[u8]>::first) {
                // A response may have bare output, and an empty line is no message.
                Some(b'R' | b'\r' | b'\n') => return Plainly::Special,
                Some(_) => {}
                None => return Plainly::End,
            }
        }
        let blocks = bytes.get(at..).unwrap_or_default().as_chunks::<BLOCK>().0;
        let blocks = blocks.get(..(end - at).div_ceil(BLOCK)).unwrap_or_default();
        let (mut laid, mut count) = (Laid::new(), 0);
        // Where there is no room for a line, there may be too many of them.
        let room = lines.room();
        // Up to here neither a line nor the message can be too long.
        let short = limits.line.min(limits.message);
        let mut plainly = Plainly::End;
        'blocks: for block in blocks {
            let mut ends = laid.ends_of(block);
            if end - at < BLOCK {
                ends &= (1 << (end - at)) - 1;
            }
            let fits = at + BLOCK <= short
                || (at + BLOCK - line <= limits.line && at + BLOCK <= limits.message)
                || ends == 0;
            if !fits {
                plainly = Plainly::Special;
                break;
            }
            while ends != 0 {
                let newline = at + ends.trailing_zeros() as usize;
                ends &= ends - 1;
                let stop = newline - usize::from(bytes.get(newline.wrapping_sub(1)) == Some(&b'\r'));
                if stop <= line {
                    at = newline;
                    plainly = Plainly::Complete;
                    break 'blocks;
                }
                let Some(place) = room.get_mut(count) else {
                    at = newline;
                    plainly = Plainly::Special;
                    break 'blocks;
                };
                *place = Line::new(line, stop);
                count += 1;
                line = newline + 1;
            }
            at += BLOCK;
        }
        lines.filled(count);
        let text = *start + line;
        self.scanned = *start + at.min(end);
        self.line = text;
        self.foreign |= laid.is_foreign();
        if plainly == Plainly::Complete {
            // Behind the empty line.
            self.scanned += 1;
            self.line = self.scanned;
            self.complete(text);
        }
        plainly
    }

    /// The current line reaches to `end` at least: where that is beyond the limit, it and what follows is not kept.
    fn pass_over(&mut self, end: usize) {
        if self.state == State::Message && end - self.start > self.limits.message {
            self.state = State::PassingOver { kept: self.line, torn: false };
        }
    }

    /// Takes a line without its `\n`; says whether it ends the message.
    fn take_line(&mut self, range: Range<usize>) -> bool {
        let bytes = self.buffer.get(range.clone()).unwrap_or_default();
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        let command = self.output.and(bytes.strip_suffix(END_OF_COMMAND)).map(<[u8]>::len);
        let (length, empty) = (bytes.len(), bytes.is_empty());
        if let State::PassingOver { kept, torn } = &mut self.state {
            let (kept, torn) = (*kept, std::mem::take(torn));
            let ends = command.is_some() || (empty && !torn && self.output.is_none());
            self.cut |= !ends || torn || command.is_some_and(|rest| rest > 0);
            return ends && self.complete(kept);
        }
        match command {
            Some(rest) => {
                if rest > 0 {
                    self.index(range.start, rest);
                }
                return self.complete(range.start + rest);
            }
            None if empty && self.output.is_none() => {
                if self.lines.count() == 0 {
                    // An empty line between messages; the one after the old framing's end is such a line.
                    self.start = self.scanned;
                    return false;
                }
                return self.complete(range.start);
            }
            None => {}
        }
        if self.output.is_none() {
            self.note_output(range.start, length);
        }
        self.index(range.start, length);
        false
    }

    /// `Response: Follows` is followed by a few headers and then by bare lines, empty ones among them.
    fn note_output(&mut self, start: usize, length: usize) {
        let bare = |line: &[u8]| {
            ![&b"Privilege:"[..], b"ActionID:", b"Message:"].iter().any(|key| line.starts_with(key))
        };
        if self.lines.count() == 0 {
            self.follows =
                self.buffer.get(start..start + length).is_some_and(|line| line == b"Response: Follows");
            return;
        }
        if self.follows && self.buffer.get(start..start + length).is_some_and(bare) {
            self.output = Some(self.lines.count());
        }
    }

    fn index(&mut self, start: usize, length: usize) {
        if self.lines.count() >= self.limits.lines {
            self.cut = true;
            return;
        }
        let kept = length.min(self.limits.line);
        self.cut |= kept < length;
        self.foreign = true;
        let start = start - self.start;
        self.lines.push(Line::new(start, start + kept));
    }

    /// The message is complete; its bytes end at `end`. Says so.
    fn complete(&mut self, end: usize) -> bool {
        let bytes = end - self.start;
        self.state = State::MessageDone { bytes };
        let raw = self.buffer.get(self.start..end).unwrap_or_default();
        if self.foreign && std::str::from_utf8(raw).is_err() {
            self.repaired.clear();
            self.repaired_lines.clear();
            for line in self.lines.as_slice() {
                let start = self.repaired.len();
                let bytes = raw.get(line.range(0)).unwrap_or_default();
                repair(bytes, &mut self.repaired);
                self.repaired_lines.push(Line::new(start, self.repaired.len()));
            }
        } else if self.cut {
            // A line that was cut within a character ends before it.
            for line in self.lines.as_mut_slice() {
                let mut end = line.range(0).end;
                while end > 0 && raw.get(end).is_some_and(|byte| byte & 0xC0 == 0x80) {
                    end -= 1;
                }
                line.shorten(end);
            }
        }
        true
    }
}

/// Appends bytes as text. What is not UTF-8 is read as Latin-1, which is what old trunks and phones send names in.
fn repair(bytes: &[u8], text: &mut String) {
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| char::from(*byte)));
    }
}
