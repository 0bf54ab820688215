//! `tel:` links: a number that can be dialled and is shown as it is, or a sentence.

use crate::hearing::dialable;
use frontdesk_console::tel;

pub fn body(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let link = match tel::parse(&text) {
        Ok(link) => link,
        Err(why) => {
            assert!(why.starts_with("This link cannot") && why.ends_with("Nobody was called."), "{why:?}");
            assert!(why.len() < 300, "{} bytes are said of it", why.len());
            assert_eq!(why, frontdesk_protocol::text::line(&why, 300), "what is said leaves its line");
            return;
        }
    };
    assert!(text.len() <= tel::LONGEST);
    let number = link.number.as_str();
    dialable(number);
    assert!(!number.contains(['*', '#']), "a link dials a feature code: {number}");
    let digits = number.strip_prefix('+').unwrap_or(number);
    assert!(!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()), "{number}");
    assert_eq!(link.shown.replace(' ', ""), number, "another number is shown than is dialled");
    if let Some(ext) = &link.ext {
        assert!((1..=32).contains(&ext.len()) && ext.bytes().all(|b| b.is_ascii_digit()), "{ext:?}");
    }
    if let Some(context) = &link.context {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"+-.".contains(&b);
        assert!(!context.is_empty() && context.bytes().all(plain), "{context:?}");
        assert!(!number.starts_with('+'), "an international number holds everywhere");
    }
    let again = tel::parse(&format!("tel:{number}")).map(|again| again.number);
    assert_eq!(again.as_ref(), Ok(&link.number), "the number itself is no link");
}
