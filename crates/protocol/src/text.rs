//! What strangers may write, made fit for one line: a caller's name and number come from whoever calls. Not the escaping,
//! which is the business of whoever draws them.

use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// The most characters of a name, a number as somebody sent it, a label, a group.
pub const NAME: usize = 120;

/// The most characters of a sentence for the person at the desk; names and numbers may stand in it.
pub const SENTENCE: usize = 1_000;

/// The text without control characters, line breaks of any kind and signs that turn the direction of writing, so that it
/// can neither break out of its line nor turn the words beside it; and of no more than `longest` characters.
pub fn line(text: &str, longest: usize) -> Cow<'_, str> {
    let printable = |byte: u8| (b' '..=b'~').contains(&byte);
    if text.len() <= longest && text.bytes().all(printable) {
        return Cow::Borrowed(text);
    }
    let kept = text.chars().filter(|c| !turns(*c)).map(|c| if breaks(c) { ' ' } else { c });
    let mut line: String = kept.take(longest + 1).collect();
    if let Some((end, _)) = line.char_indices().nth(longest) {
        line.truncate(end);
        line.push('…');
    }
    Cow::Owned(line.trim().to_owned())
}

/// Whether a character controls a terminal or ends a line.
pub fn breaks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Whether a character shows nothing, but turns the direction in which what follows is written.
pub fn turns(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The text as one line, without a copy where it is one.
pub fn into_line(text: String, longest: usize) -> String {
    match line(&text, longest) {
        Cow::Borrowed(_) => text,
        Cow::Owned(line) => line,
    }
}

/// Reads a name off the wire: whoever is at the other end may be hostile.
pub(crate) fn name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(into_line(String::deserialize(from)?, NAME))
}

/// The same of one that may be missing.
pub(crate) fn some_name<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(|text| into_line(text, NAME)))
}

/// Reads a sentence off the wire.
pub(crate) fn sentence<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(into_line(String::deserialize(from)?, SENTENCE))
}

/// The same of one that may be missing.
pub(crate) fn some_sentence<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(|text| into_line(text, SENTENCE)))
}

/// Lower case without the marks of western European letters, so that `muller` finds `Müller`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => folded.push('a'),
            'ç' | 'č' => folded.push('c'),
            'è' | 'é' | 'ê' | 'ë' | 'ě' => folded.push('e'),
            'ì' | 'í' | 'î' | 'ï' => folded.push('i'),
            'ñ' => folded.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => folded.push('o'),
            'ù' | 'ú' | 'û' | 'ü' | 'ů' => folded.push('u'),
            'š' => folded.push('s'),
            'ž' => folded.push('z'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            other => folded.push(other),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_strangers_text_stays_in_its_line() {
        for (text, kept) in [
            ("Ms Visitor", "Ms Visitor"),
            ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
            ("Jürgen Müller 王", "Jürgen Müller 王"),
            ("\u{202e}boB\u{2066}x\u{2069}", "boBx"),
            ("a\tb\u{1b}[2Jc\u{7f}d\u{9b}e\u{2028}f\u{0}", "a b [2Jc d e f"),
            ("عمر", "عمر"),
            ("  \u{7}", ""),
        ] {
            assert_eq!(line(text, 120), kept, "{text:?}");
        }
        for long in ["x".repeat(10_000), "é".repeat(10_000)] {
            assert_eq!(line(&long, 120).chars().count(), 121);
        }
        let once = line(&"x".repeat(500), 120).into_owned();
        assert_eq!(line(&once, 120).chars().count(), 121, "once more changes nothing");
    }

    /// What a hostile server may say, and what a desk takes of it.
    #[test]
    fn names_and_sentences_of_a_hostile_server_stay_in_their_line() {
        let evil = "\\u202eevil\\u001b[2J\\n\\u2066";
        let long = "x".repeat(100_000);
        let name = "evil [2J";
        for (json, clean) in [
            (
                format!(r#"{{"type":"notice","text":"{evil}"}}"#),
                serde_json::json!({"type": "notice", "text": name}),
            ),
            (
                format!(
                    r#"{{"type":"delta","seq":1,"changes":[{{"change":"link","value":{{"link":"down","since":1,"reason":"{evil}"}}}}]}}"#
                ),
                serde_json::json!({"type": "delta", "seq": 1, "changes": [{"change": "link", "value": {"link": "down", "since": 1, "reason": name}}]}),
            ),
            (
                format!(
                    r#"{{"type":"delta","seq":1,"changes":[{{"change":"person","value":{{"id":"1","name":"{evil}","extensions":[],"group":"{evil}","numbers":[{{"label":"{evil}","number":"1"}}]}}}}]}}"#
                ),
                serde_json::json!({"type": "delta", "seq": 1, "changes": [{"change": "person", "value": {"id": "1", "name": name,
                    "extensions": [], "group": name, "numbers": [{"label": name, "number": "1"}], "mailbox": null}}]}),
            ),
            (
                format!(r#"{{"type":"result","id":"1","outcome":{{"outcome":"done","text":"{evil}"}}}}"#),
                serde_json::json!({"type": "result", "id": "1", "outcome": {"outcome": "done", "text": name}}),
            ),
        ] {
            let message = crate::ServerMessage::read(&json).unwrap();
            assert_eq!(serde_json::to_value(&message).unwrap(), clean);
        }
        let party = format!(r#"{{"name":"{long}","number":"{evil}","kind":{{"at":"outside"}}}}"#);
        let party: crate::Party = serde_json::from_str(&party).unwrap();
        assert_eq!((party.name.unwrap().chars().count(), party.number.as_deref()), (NAME + 1, Some(name)));
        assert!(
            serde_json::from_str::<crate::QueueName>(r#""a\u202eb""#).is_err(),
            "an id is taken as it is, or not"
        );
    }
}
