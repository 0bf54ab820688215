//! One message as it came: fields by name, borrowed from the decoder. Not what it means; that is `event`.

use crate::lines::Line;
use std::fmt;

/// A message of Asterisk: an event, a response, or the item of a list.
///
/// Field names are compared without case, because Asterisk itself is not of one mind (`Uniqueid`, `UniqueID`).
#[derive(Clone, Copy)]
pub struct Message<'a> {
    raw: &'a [u8],
    text: &'a str,
    headers: &'a [Line],
    /// The bare output of a command, which stands behind them.
    bare: &'a [Line],
    cut: bool,
}

/// How many lines are looked at before the search goes through all of them: Asterisk writes at most two fields between
/// those of a channel that are read.
const NEAR: usize = 3;

impl<'a> Message<'a> {
    pub(crate) fn new(
        raw: &'a [u8],
        text: &'a str,
        lines: &'a [Line],
        output: Option<usize>,
        cut: bool,
    ) -> Self {
        let (headers, bare) =
            output.and_then(|output| lines.split_at_checked(output)).unwrap_or((lines, &[]));
        Self { raw, text, headers, bare, cut }
    }

    /// The kind of event; `None` for a response.
    pub fn event(&self) -> Option<&'a str> {
        // In the first line, nearly always.
        self.value_behind(0, "", "Event: ").or_else(|| self.find("Event"))
    }

    /// What a response says: `Success`, `Error`, `Follows`; `None` for an event.
    pub fn response(&self) -> Option<&'a str> {
        self.find("Response")
    }

    /// The id of the action that this answers; empty for what came by itself.
    pub fn action_id(&self) -> &'a str {
        self.field("ActionID")
    }

    /// The first field of this name; empty where there is none.
    pub fn field(&self, name: &str) -> &'a str {
        self.find(name).unwrap_or_default()
    }

    /// The first field of this name.
    pub fn find(&self, name: &str) -> Option<&'a str> {
        self.find_from(0, "", name).map(|(_, value)| value)
    }

    /// The first field whose name is `prefix` + `name`, at or behind the line `from`, else before it, with its line.
    ///
    /// It is inlined so that the name is known where it is compared; what is asked for in the order of the lines is
    /// found at once, and only the rest goes through [`Message::search`].
    #[inline(always)]
    pub(crate) fn find_from(&self, from: usize, prefix: &str, name: &str) -> Option<(usize, &'a str)> {
        for at in from..from + NEAR {
            if let Some(value) = self.value_at(at, prefix, name) {
                return Some((at, value));
            }
        }
        self.search(from + NEAR, prefix, name)
    }

    /// The value of a line that begins with `prefix` and then `head`, which is a name, a colon and a blank: as Asterisk
    /// writes it.
    #[inline(always)]
    pub(crate) fn value_behind(&self, at: usize, prefix: &str, head: &str) -> Option<&'a str> {
        let line = self.headers.get(at)?.range(0);
        let bytes = self.text.as_bytes().get(line.clone())?;
        // Comparing nothing with nothing is what a vectorised `memcmp` is slowest at.
        let named = if prefix.is_empty() { bytes } else { bytes.strip_prefix(prefix.as_bytes())? };
        if !named.starts_with(head.as_bytes()) {
            return None;
        }
        self.text.get(line.start + prefix.len() + head.len()..line.end)
    }

    /// Whether there is such a line, and it begins so.
    pub(crate) fn line_begins(&self, at: usize, beginning: &[u8]) -> bool {
        let line = self.headers.get(at).and_then(|line| self.text.as_bytes().get(line.range(0)));
        line.is_some_and(|line| line.starts_with(beginning))
    }

    #[inline(never)]
    fn search(&self, from: usize, prefix: &str, name: &str) -> Option<(usize, &'a str)> {
        let count = self.headers.len();
        let all = (from..count).chain(0..from.min(count));
        all.into_iter().find_map(|at| Some((at, self.value_at(at, prefix, name)?)))
    }

    /// The value of a line, where the line has the name `prefix` + `name`. The colon is looked at first: nearly every
    /// other line fails there.
    #[inline(always)]
    pub(crate) fn value_at(&self, at: usize, prefix: &str, name: &str) -> Option<&'a str> {
        let line = self.headers.get(at)?.range(0);
        let bytes = self.text.as_bytes().get(line.clone())?;
        let colon = prefix.len() + name.len();
        if *bytes.get(colon)? != b':' {
            return None;
        }
        let (head, tail) = (bytes.get(..prefix.len())?, bytes.get(prefix.len()..colon)?);
        // Comparing nothing with nothing is what a vectorised `memcmp` is slowest at.
        if !prefix.is_empty() && head != prefix.as_bytes() {
            return None;
        }
        if tail != name.as_bytes() && !alike(tail, name.as_bytes()) {
            return None;
        }
        let value = colon + 1 + usize::from(bytes.get(colon + 1) == Some(&b' '));
        self.text.get(line.start + value..line.end)
    }

    /// All fields, in order. The bare output of a command comes as fields named `Output`, as newer versions say it.
    pub fn fields(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let bare = self.bare().map(|line| ("Output", line));
        self.headers().map(split).chain(bare)
    }

    /// The output of a command, line by line, in the old framing and the new.
    pub fn output(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.fields().filter_map(|(name, value)| name.eq_ignore_ascii_case("Output").then_some(value))
    }

    /// Whether the message was longer than the limits, and something of it is missing.
    pub fn is_cut(&self) -> bool {
        self.cut
    }

    /// The bytes as they came, line ends included, without the empty line; not UTF-8 where the PBX did not send it.
    pub fn bytes(&self) -> &'a [u8] {
        self.raw
    }

    fn headers(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let text = self.text;
        self.headers.iter().map(move |line| text.get(line.range(0)).unwrap_or_default())
    }

    fn bare(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let text = self.text;
        self.bare.iter().map(move |line| text.get(line.range(0)).unwrap_or_default())
    }
}

/// The name and the value of a line; a line without a colon is a name without a value.
fn split(line: &str) -> (&str, &str) {
    match line.split_once(':') {
        Some((name, value)) => (name, value.strip_prefix(' ').unwrap_or(value)),
        None => (line, ""),
    }
}

/// The same but for upper and lower case; rarely asked, because Asterisk nearly always writes a name in one way.
#[inline(never)]
fn alike(one: &[u8], other: &[u8]) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// The names of the fields only: values are names and numbers of callers.
impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.event().or(self.response()).unwrap_or_default();
        write!(f, "Message({what}, {} lines, cut: {})", self.headers.len() + self.bare.len(), self.cut)
    }
}
