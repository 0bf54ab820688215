//! How this PBX is laid out: contexts, outside line, mailboxes, trunks. Not where the settings are read from.

use frontdesk_protocol::{MailboxId, Number, number};
use std::borrow::Cow;

/// The layout of the PBX and the model's times. [`Settings::default`] fits a plain Asterisk whose phones dial
/// in the context `internal`, [`Settings::freepbx`] an unchanged FreePBX.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The context in which the office's own numbers can be dialled.
    pub internal_context: String,
    /// How numbers outside are dialled.
    pub outside: OutsidePattern,
    /// How a caller is sent to a mailbox without ringing a phone.
    pub voicemail: VoicemailRoute,
    /// Endpoints that are outside lines, as globs (`trunk*`). Those that are neither named here nor known by a
    /// hint, a person or an extension-like name count as outside lines as well.
    pub trunks: Vec<String>,
    /// The shortest and the longest all-digit endpoint name that counts as an extension without a hint.
    pub extension_digits: (usize, usize),
    /// How long my phone rings for a call that I place, in milliseconds.
    pub originate_timeout_ms: u64,
    /// Whether my phone is asked to answer by itself when I place a call.
    pub auto_answer: AutoAnswer,
    /// How long a caller who was handed on safely waits for an answer before they come back, in milliseconds.
    pub safe_transfer_ms: u64,
    /// How long the list tells what became of a caller who was handed on, in milliseconds.
    pub handed_kept_ms: u64,
    /// How long the line of a caller who was hung up on can still be kept open, in milliseconds.
    pub grace_ms: u64,
    /// Passing states shorter than this are not shown, in milliseconds.
    pub settle_ms: u64,
    /// How long an order waits for the PBX, in milliseconds.
    pub command_timeout_ms: u64,
    /// How often it is looked whether the PBX still has the channels that are known, in milliseconds; zero for never.
    pub audit_ms: u64,
    /// What our own channel and action ids begin with; no blanks.
    pub id_prefix: String,
}

/// How numbers outside are dialled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsidePattern {
    /// What is dialled before an outside number, `9` for instance; may be empty.
    pub prefix: String,
    /// In which context; `None` for the internal one.
    pub context: Option<String>,
    /// What a leading `+` becomes, `00` for instance; `None` keeps it.
    pub plus: Option<String>,
    /// Leading digits that are replaced, the first that fits: (`0049`, `0`) for instance. After `plus`.
    pub replace: Vec<(String, String)>,
}

/// Where a caller is sent to reach a mailbox. `{box}` stands for the mailbox, `{context}` for its voicemail context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoicemailRoute {
    /// The dialplan context.
    pub context: String,
    /// The extension in it.
    pub exten: String,
}

/// Whether my phone is asked to answer by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutoAnswer {
    /// I pick up.
    Off,
    /// The INVITE carries `Call-Info: <sip:…>;answer-after=0`.
    CallInfo,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            internal_context: "internal".into(),
            outside: OutsidePattern {
                prefix: "9".into(),
                context: None,
                plus: Some("00".into()),
                replace: Vec::new(),
            },
            voicemail: VoicemailRoute { context: "internal".into(), exten: "*{box}".into() },
            trunks: Vec::new(),
            extension_digits: (2, 6),
            originate_timeout_ms: 30_000,
            auto_answer: AutoAnswer::Off,
            safe_transfer_ms: 20_000,
            handed_kept_ms: 300_000,
            grace_ms: 3_000,
            settle_ms: 50,
            command_timeout_ms: 5_000,
            audit_ms: 25_000,
            id_prefix: "frontdesk".into(),
        }
    }
}

impl Settings {
    /// The layout of an unchanged FreePBX.
    pub fn freepbx() -> Self {
        Self {
            internal_context: "from-internal".into(),
            outside: OutsidePattern { prefix: String::new(), context: None, plus: None, replace: Vec::new() },
            voicemail: VoicemailRoute { context: "ext-local".into(), exten: "vmu{box}".into() },
            ..Self::default()
        }
    }

    /// What is dialled to reach an outside number, and in which context.
    pub fn dial_outside(&self, number: &Number) -> (String, String) {
        let digits = self.written(number.as_str());
        let context = self.outside.context.as_ref().unwrap_or(&self.internal_context);
        (context.clone(), format!("{}{digits}", self.outside.prefix))
    }

    /// How this PBX writes an outside number, without what is dialled before it.
    fn written<'a>(&self, number: &'a str) -> Cow<'a, str> {
        let mut digits = Cow::Borrowed(number);
        if let (Some(plus), Some(rest)) = (&self.outside.plus, number.strip_prefix('+')) {
            digits = Cow::Owned(format!("{plus}{rest}"));
        }
        let fits =
            |(from, to): &(String, String)| Some(format!("{to}{}", digits.strip_prefix(from.as_str())?));
        match self.outside.replace.iter().find_map(fits) {
            Some(replaced) => Cow::Owned(replaced),
            None => digits,
        }
    }

    /// The form in which an outside number is compared with others: all that this PBX would dial alike are the same one.
    pub(crate) fn compared<'a>(&self, number: &'a str) -> Cow<'a, str> {
        match self.written(number) {
            Cow::Borrowed(number) => number::normal(number),
            Cow::Owned(number) => Cow::Owned(number::normal(&number).into_owned()),
        }
    }

    /// Where a caller is sent to reach a mailbox: context and extension.
    pub fn dial_mailbox(&self, mailbox: &MailboxId) -> (String, String) {
        let (name, context) = mailbox.as_str().split_once('@').unwrap_or((mailbox.as_str(), "default"));
        let fill = |text: &str| text.replace("{box}", name).replace("{context}", context);
        (fill(&self.voicemail.context), fill(&self.voicemail.exten))
    }

    /// The number of an outside party without the digits for the outside line, so that it can be dialled again.
    pub(crate) fn undialled<'a>(&self, number: &'a str) -> &'a str {
        let prefix = self.outside.prefix.as_str();
        match number.strip_prefix(prefix) {
            Some(rest) if !prefix.is_empty() && rest.len() >= 3 => rest,
            _ => number,
        }
    }

    pub(crate) fn is_trunk(&self, endpoint: &str) -> bool {
        self.trunks.iter().any(|glob| matches(glob.as_bytes(), endpoint.as_bytes()))
    }

    pub(crate) fn looks_like_extension(&self, endpoint: &str) -> bool {
        let (shortest, longest) = self.extension_digits;
        (shortest..=longest).contains(&endpoint.len()) && endpoint.bytes().all(|b| b.is_ascii_digit())
    }
}

/// Whether `text` fits `glob`, where `*` stands for any run of characters.
fn matches(glob: &[u8], text: &[u8]) -> bool {
    match glob.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|n| matches(rest, text.get(n..).unwrap_or_default())),
        Some((byte, rest)) => {
            text.split_first().is_some_and(|(first, tail)| first == byte && matches(rest, tail))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn an_outside_number_gets_the_prefix_and_loses_its_plus() {
        let settings = Settings::default();
        let dial = |text: &str| settings.dial_outside(&Number::parse(text).unwrap()).1;
        assert_eq!(dial("5551234"), "95551234");
        assert_eq!(dial("+495551234"), "900495551234");
        assert_eq!(settings.undialled("95551234"), "5551234");
        assert_eq!(settings.undialled("5551234"), "5551234");
    }

    #[test]
    fn what_this_pbx_would_dial_alike_is_the_same_number() {
        let compared = |settings: &Settings, text| settings.compared(text).into_owned();
        let usual = Settings::default();
        assert_eq!(compared(&usual, "+49301234"), compared(&usual, "0049301234"));
        assert_ne!(compared(&usual, "+49301234"), compared(&usual, "0301234"));
        let mut here = usual.clone();
        here.outside.replace = vec![("0049".into(), "0".into())];
        assert_eq!(["+49301234", "0049301234", "0301234"].map(|text| compared(&here, text)), ["0301234"; 3]);
        let mut freepbx = Settings::freepbx();
        assert_eq!(compared(&freepbx, "+49301234"), compared(&freepbx, "0049301234"));
        // Where abroad begins otherwise, two zeros mean nothing.
        freepbx.outside.plus = Some("011".into());
        assert_eq!(compared(&freepbx, "+49301234"), compared(&freepbx, "01149301234"));
        assert_ne!(compared(&freepbx, "+49301234"), compared(&freepbx, "0049301234"));
    }

    #[test]
    fn a_mailbox_is_reached_as_the_route_says() {
        let mailbox = MailboxId::parse("1002@default").unwrap();
        assert_eq!(Settings::default().dial_mailbox(&mailbox), ("internal".into(), "*1002".into()));
        assert_eq!(Settings::freepbx().dial_mailbox(&mailbox), ("ext-local".into(), "vmu1002".into()));
    }

    #[test]
    fn a_glob_stands_for_any_run() {
        let settings = Settings { trunks: vec!["trunk*".into(), "*-out".into()], ..Settings::default() };
        assert!(settings.is_trunk("trunk") && settings.is_trunk("trunk-2") && settings.is_trunk("a-out"));
        assert!(!settings.is_trunk("1001"));
    }
}
