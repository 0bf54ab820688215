//! `tel:` links (RFC 3966): what they would dial, or a sentence. A link never dials by itself; that is for the person who
//! is asked. Not how a number is dialled on this PBX.
//!
//! Taken beyond the letter of the RFC, because links are written so and a person confirms every one: a local number
//! without a `phone-context`, spaces where the RFC has `-`, and parameters in any order. Not taken although the RFC
//! has them: `*`, `#` and the letters A to D. With `*` and `#` a PBX is told to forward calls or to open a line, and
//! whoever writes a link into a message is a stranger.

use frontdesk_protocol::Number;

/// A link that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelLink {
    /// What is dialled.
    pub number: Number,
    /// The same for the eye and the ear, in groups: digits, spaces, and perhaps a `+` before them.
    pub shown: String,
    /// The extension to ask for once somebody answers (`;ext=`), digits only: the PBX does not dial it.
    pub ext: Option<String>,
    /// Where a number that is not international holds (`;phone-context=`): a domain, or `+` and the digits before it.
    pub context: Option<String>,
}

/// The longest link that is looked at, in bytes.
pub const LONGEST: usize = 512;

/// The most digits of an extension, and of the beginning of a number.
const DIGITS: usize = 32;

/// How many digits are shown together where the link does not say it.
const GROUP: usize = 3;

/// Reads a link.
///
/// # Errors
/// A sentence for the person who followed the link. It holds no more of the link than one character.
pub fn parse(link: &str) -> Result<TelLink, String> {
    read(link).map_err(|why| format!("This link cannot be dialled: {why}. Nobody was called."))
}

fn read(link: &str) -> Result<TelLink, String> {
    if link.len() > LONGEST {
        return Err("it is longer than any telephone number".into());
    }
    let rest = match link.split_at_checked(4) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("tel:") => rest,
        _ => return Err("it does not begin with “tel:”".into()),
    };
    let mut parts = rest.split(';');
    let subscriber = unescape(parts.next().unwrap_or_default())?;
    let mut link =
        TelLink { number: number(&subscriber)?, shown: grouped(&subscriber), ext: None, context: None };
    let mut seen: Vec<String> = Vec::new();
    for part in parts {
        let (name, value) = parameter(part)?;
        match (name.as_str(), value) {
            (name, _) if seen.iter().any(|it| it == name) => return Err(format!("it says “{name}” twice")),
            ("ext", value) => link.ext = Some(extension(&value.unwrap_or_default())?),
            ("phone-context", value) => link.context = Some(context(&value.unwrap_or_default())?),
            // A subaddress of ISDN, and what others add, change nothing of what is dialled.
            _ => {}
        }
        seen.push(name);
    }
    if link.context.is_some() && link.number.as_str().starts_with('+') {
        return Err("an international number has no “phone-context”".into());
    }
    Ok(link)
}

/// One parameter: its name in small letters, and its value.
fn parameter(part: &str) -> Result<(String, Option<String>), String> {
    let (name, value) = part.split_once('=').map_or((part, None), |(name, value)| (name, Some(value)));
    let named = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let form = || Err("what follows the number is not of the form “;name=value”".to_owned());
    if name.is_empty() || name.len() > DIGITS || !name.bytes().all(named) {
        return form();
    }
    let Some(value) = value else { return Ok((name.to_ascii_lowercase(), None)) };
    if value.is_empty() || !value.bytes().all(|b| b.is_ascii_graphic()) {
        return form();
    }
    let value = unescape(value)?;
    if value.contains(char::is_control) {
        return form();
    }
    Ok((name.to_ascii_lowercase(), Some(value)))
}

/// What is dialled of a number as people write it.
fn number(text: &str) -> Result<Number, String> {
    let dialled = digits(text);
    if dialled.contains(['*', '#']) {
        return Err("it holds * or #, and what follows such signs can change the settings of the telephone \
                    system, such as where your calls go; key it in yourself if you know what it does"
            .into());
    }
    let rest = dialled.strip_prefix('+').unwrap_or(&dialled);
    if let Some(odd) = rest.chars().find(|c| !c.is_ascii_digit()) {
        return Err(format!("“{}” is no digit", odd.escape_debug()));
    }
    if rest.is_empty() {
        return Err("it holds no number".into());
    }
    Number::parse(&dialled).map_err(|error| format!("its number is not one, because {error}"))
}

fn extension(text: &str) -> Result<String, String> {
    let digits = digits(text);
    let right = (1..=DIGITS).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    right.then_some(digits).ok_or_else(|| "its “ext” is no extension".into())
}

/// Where a local number holds: the beginning of a number, or a domain, whose last part begins with a letter.
fn context(text: &str) -> Result<String, String> {
    let wrong = || "its “phone-context” is neither a domain nor the beginning of a number".to_owned();
    if let Some(number) = text.strip_prefix('+') {
        let number = digits(number);
        let right = (1..=DIGITS).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        return right.then(|| format!("+{number}")).ok_or_else(wrong);
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let domain = text.strip_suffix('.').unwrap_or(text);
    let top = domain.rsplit('.').next().unwrap_or_default();
    let right = domain.len() <= 253
        && domain.split('.').all(label)
        && top.starts_with(|c: char| c.is_ascii_alphabetic());
    right.then(|| domain.to_ascii_lowercase()).ok_or_else(wrong)
}

/// Whether a character only helps the eye.
fn separates(c: char) -> bool {
    matches!(c, '-' | '.' | '(' | ')' | ' ')
}

/// Without what only helps the eye.
fn digits(text: &str) -> String {
    text.chars().filter(|c| !separates(*c)).collect()
}

/// The number in the groups in which it was written; where it was written in one piece, in short ones.
fn grouped(text: &str) -> String {
    let written: Vec<&str> = text.split(separates).filter(|group| !group.is_empty()).collect();
    if let [whole] = written.as_slice() {
        let (plus, digits) = whole.strip_prefix('+').map_or(("", *whole), |rest| ("+", rest));
        // No digit stands alone at the end.
        let first = if digits.len() <= GROUP + 1 { digits.len() } else { digits.len() % GROUP + GROUP };
        let (first, rest) = digits.split_at_checked(first).unwrap_or((digits, ""));
        let rest = rest.as_bytes().chunks(GROUP).filter_map(|group| std::str::from_utf8(group).ok());
        return std::iter::once(format!("{plus}{first}"))
            .chain(rest.map(str::to_owned))
            .collect::<Vec<_>>()
            .join(" ");
    }
    written.join(" ").replacen("+ ", "+", 1)
}

/// Without percent signs.
fn unescape(text: &str) -> Result<String, String> {
    let wrong = || "it holds a % that stands for no character".to_owned();
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut hex = || char::from(rest.next()?).to_digit(16);
            let value = hex().zip(hex()).map(|(high, low)| high * 16 + low);
            bytes.push(value.and_then(|value| u8::try_from(value).ok()).ok_or_else(wrong)?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn dialled(link: &str) -> String {
        parse(link).map(|link| link.number.as_str().to_owned()).unwrap_or_else(|why| why)
    }

    #[test]
    fn numbers_are_dialled_without_what_helps_the_eye() {
        for (link, number) in [
            ("tel:+1-201-555-0123", "+12015550123"),
            ("TEL:+49(30)1234.567", "+49301234567"),
            ("tel:7042;phone-context=example.com", "7042"),
            ("tel:863-1234;phone-context=+1-914-555", "8631234"),
            ("tel:030-1234", "0301234"),
            ("tel:%2B49301234", "+49301234"),
            ("tel:%2b49%2D30", "+4930"),
            ("tel:+49 30 1234", "+49301234"),
            ("tel:+49%20(0)%2030", "+49030"),
        ] {
            assert_eq!(dialled(link), number, "{link}");
        }
    }

    #[test]
    fn a_number_is_shown_in_groups_and_nothing_is_lost() {
        for (link, shown) in [
            ("tel:+1-201-555-0123", "+1 201 555 0123"),
            ("tel:(030)--12.34", "030 12 34"),
            ("tel:(+49)30", "+49 30"),
            ("tel:+-49-30", "+49 30"),
            ("tel:1001", "1001"),
            ("tel:112", "112"),
            ("tel:12345", "12345"),
            ("tel:123456", "123 456"),
            ("tel:+49301234567", "+49301 234 567"),
            ("tel:1234567;ext=1", "1234 567"),
        ] {
            let link = parse(link).unwrap();
            assert_eq!(link.shown, shown);
            assert_eq!(link.shown.replace(' ', ""), link.number.as_str());
        }
    }

    #[test]
    fn parameters_are_read_and_those_of_others_let_be() {
        let link = parse("tel:+358-555-1234567;isub=1411;ext=12-34;postd=pp22;phone").unwrap();
        assert_eq!((link.number.as_str(), link.ext.as_deref()), ("+3585551234567", Some("1234")));
        let link = parse("tel:7042;Phone-Context=CS.Example.com.").unwrap();
        assert_eq!(link.context.as_deref(), Some("cs.example.com"));
        let link = parse("tel:863-1234;EXT=7;phone-context=%2B1-914-555").unwrap();
        assert_eq!((link.context.as_deref(), link.ext.as_deref()), (Some("+1914555"), Some("7")));
    }

    #[test]
    fn codes_that_change_settings_are_left_to_the_persons_own_fingers() {
        for link in ["tel:*21*0900123%23", "tel:*21#", "tel:%2a72555", "tel:#31#030", "tel:+49#", "tel:1*"] {
            let why = parse(link).unwrap_err();
            assert!(why.contains("can change the settings") && why.ends_with("Nobody was called."), "{why}");
        }
    }

    #[test]
    fn all_else_is_refused_with_a_sentence() {
        let long_ext = format!("tel:49;ext={}", "1".repeat(33));
        let long_context = format!("tel:49;phone-context=+{}", "1".repeat(33));
        let long_domain = format!("tel:49;phone-context={}", "abcdefg.".repeat(33));
        let long_name = format!("tel:49;{}=1", "x".repeat(33));
        let long = format!("tel:{}", "1-".repeat(400));
        for link in [
            "",
            "tel",
            "tel:",
            "tel:+",
            "tel:--",
            "tel: ",
            " tel:+49",
            "tel:;ext=12",
            "tel://+49301234",
            "sip:1001@example.com",
            "https://example.com/tel:+49",
            "tel:+49%0d%0aAction:%20Originate",
            "tel:+49\r\n30",
            "tel:+49\u{202e}30",
            "tel:+49\u{a0}30",
            "tel:+49%",
            "tel:+49%2",
            "tel:+49%zz",
            "tel:+49%+1",
            "tel:%ff%fe",
            "tel:%00",
            "tel:++49",
            "tel:4+9",
            "tel:12ab",
            "tel:12C",
            "tel:１２３",
            "tel:+49;",
            "tel:+49;;",
            "tel:+49;ext",
            "tel:+49;ext=",
            "tel:+49;ext=1a",
            "tel:+49;ext=+1",
            "tel:+49;ext=1;Ext=2",
            "tel:+49;isub=",
            "tel:+49;phone-context=example.com",
            "tel:49;phone-context",
            "tel:49;phone-context=",
            "tel:49;phone-context=+",
            "tel:49;phone-context=12",
            "tel:49;phone-context=exa mple.com",
            "tel:49;phone-context=exa%20mple.com",
            "tel:49;phone-context=<b>",
            "tel:49;phone-context=-.com",
            "tel:49;phone-context=.",
            "tel:49;=1",
            "tel:49;a b=1",
            "tel:49;x=%00",
            "tel:49;x=ü",
            "tel:123456789012345678901234567890123",
            &long_ext,
            &long_context,
            &long_domain,
            &long_name,
            &long,
        ] {
            let why = parse(link).unwrap_err();
            assert!(
                why.ends_with("Nobody was called.") && why.starts_with("This link cannot"),
                "{link}: {why}"
            );
            assert!(why.len() < 300 && !why.contains(char::is_control), "{link:?}: {why:?}");
        }
    }
}
