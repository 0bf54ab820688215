//! When two spellings are the same number: the one place that says it. Not how a number is dialled on a PBX, which its
//! settings say.

use std::borrow::Cow;

/// The form in which two spellings of a number are the same: with `+` before the country, also where it was written with
/// `00`. No country's own number begins with `0`, so that `000` and the like are left as they are.
pub fn normal(number: &str) -> Cow<'_, str> {
    match number.strip_prefix("00") {
        Some(rest) if rest.starts_with(|c: char| matches!(c, '1'..='9')) => Cow::Owned(format!("+{rest}")),
        Some(_) | None => Cow::Borrowed(number),
    }
}

/// Whether two spellings are the same number.
pub fn same(one: &str, other: &str) -> bool {
    one == other || normal(one) == normal(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dialled_abroad_is_the_same_with_plus_and_with_two_zeros() {
        for (one, other) in [("+49301234", "0049301234"), ("0044", "+44"), ("030", "030"), ("", "")] {
            assert!(same(one, other) && same(other, one), "{one} {other}");
        }
        for (one, other) in [
            ("+49301234", "49301234"),
            ("+49301234", "0301234"),
            ("000", "+0"),
            ("00", "+"),
            ("000", "00"),
            ("0049301234", "00493012345"),
        ] {
            assert!(!same(one, other) && !same(other, one), "{one} {other}");
        }
    }
}
