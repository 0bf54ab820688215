//! The words of a desktop notification for a ringing call. How it reaches the desktop is the shell's affair.

use crate::ringing::Ringing;
use frontdesk_protocol::CallId;

/// A notification: what it says, in plain text. Whoever hands it to a daemon that reads markup escapes it first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    /// The call it is about; one notification per call.
    pub(crate) call: CallId,
    /// The title.
    pub(crate) summary: String,
    /// The text below.
    pub(crate) body: String,
}

/// What a person can choose on a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoticeChoice {
    /// Bring the window up.
    Show,
    /// Stop the ringing here; the caller goes on as the PBX says.
    Ignore,
}

impl NoticeChoice {
    /// All of them, in the order of the buttons.
    #[cfg(target_os = "linux")]
    pub(crate) const ALL: [Self; 2] = [Self::Ignore, Self::Show];

    /// The word on the button.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Show => "Show",
            Self::Ignore => "Ignore",
        }
    }

    /// The key by which a notification daemon names the button.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Show => "show",
            Self::Ignore => "ignore",
        }
    }

    /// The choice with this key; a click on the notification itself is `default` and means Show.
    pub(crate) fn of_key(key: &str) -> Option<Self> {
        match key {
            "default" | "show" => Some(Self::Show),
            "ignore" => Some(Self::Ignore),
            _ => None,
        }
    }
}

/// The notification for a ringing call.
pub(crate) fn notice(ringing: &Ringing) -> Notice {
    let mut lines = Vec::new();
    if let Some(number) = &ringing.number {
        lines.push(number.clone());
    }
    if let Some(queue) = &ringing.queue {
        lines.push(format!("Queue {queue}"));
    }
    let at: Vec<&str> = ringing.at.iter().map(frontdesk_protocol::Extension::as_str).collect();
    if !at.is_empty() {
        lines.push(format!("Rings at {}", at.join(", ")));
    }
    Notice { call: ringing.call.clone(), summary: ringing.headline(), body: lines.join(" · ") }
}

/// Plain text for a daemon that reads markup.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use frontdesk_protocol::{Extension, LegId, QueueName};

    #[test]
    fn a_notice_says_who_from_where_and_at_which_phone() {
        let ringing = Ringing {
            call: CallId::parse("c1").unwrap(),
            legs: vec![LegId::parse("l1").unwrap()],
            at: vec![Extension::parse("1001").unwrap()],
            caller: "Mario <b>Rossi</b>".into(),
            number: Some("+39055123".into()),
            queue: Some(QueueName::parse("support").unwrap()),
            back: None,
        };
        let notice = notice(&ringing);
        assert_eq!(notice.summary, "Mario <b>Rossi</b> is calling");
        assert_eq!(notice.body, "+39055123 · Queue support · Rings at 1001");
        assert_eq!(escaped("<a> & </a>"), "&lt;a&gt; &amp; &lt;/a&gt;");
    }

    #[test]
    fn every_choice_is_found_by_its_key() {
        for choice in [NoticeChoice::Show, NoticeChoice::Ignore] {
            assert_eq!(NoticeChoice::of_key(choice.key()), Some(choice));
        }
        assert_eq!(NoticeChoice::of_key("default"), Some(NoticeChoice::Show));
        assert_eq!(NoticeChoice::of_key("something"), None);
    }
}
