//! The format in which streams of a real Asterisk are kept as fixtures. Not a codec: what it gives is bytes to decode.
//!
//! A recording is text. Lines that begin with `#` are notes, except `# t+S`, which says how many seconds after the
//! beginning the message that follows arrived. Lines that begin with `>>>` are fields of an action that was sent.
//! Everything else is what came, line by line, with an empty line behind each message.

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A message arrived.
    Came {
        /// Milliseconds since the beginning.
        at: i64,
        /// The bytes as they are on the wire, with the empty line.
        bytes: Vec<u8>,
    },
    /// An action was sent: its fields.
    Sent(Vec<(String, String)>),
}

/// What happened, in order.
pub fn entries(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut at = 0;
    let mut bytes = Vec::new();
    let mut sent: Vec<(String, String)> = Vec::new();
    for line in text.lines().chain([""]) {
        if let Some(action) = line.strip_prefix(">>>") {
            sent.extend(
                action.split_once(':').map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())),
            );
            continue;
        }
        if !sent.is_empty() {
            entries.push(Entry::Sent(std::mem::take(&mut sent)));
        }
        if let Some(seconds) = line.strip_prefix("# t+") {
            let seconds: f64 = seconds.trim().parse().unwrap_or_default();
            #[expect(clippy::cast_possible_truncation, reason = "a recording lasts seconds")]
            let millis = (seconds * 1_000.0).round() as i64;
            at = millis;
        } else if line.is_empty() {
            if !bytes.is_empty() {
                bytes.extend_from_slice(b"\r\n");
                entries.push(Entry::Came { at, bytes: std::mem::take(&mut bytes) });
            }
        } else if !line.starts_with('#') {
            bytes.extend_from_slice(line.as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
    }
    entries
}

/// Everything that came, as one stream.
pub fn stream(text: &str) -> Vec<u8> {
    let came = entries(text).into_iter().filter_map(|entry| match entry {
        Entry::Came { bytes, .. } => Some(bytes),
        Entry::Sent(_) => None,
    });
    came.flatten().collect()
}
