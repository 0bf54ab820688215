//! What strangers may write, made fit for one line: a caller's name and number come from whoever calls. Not the escaping,
//! which is the business of whoever draws them.

use std::borrow::Cow;

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

#[cfg(test)]
mod tests {
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
}
