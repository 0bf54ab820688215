//! What a client says to the server: a message that is written as it was read, or a sentence that is one line.

use frontdesk_protocol::{ClientMessage, Command, Destination};
use frontdesk_server::sans_io::{Heard, understand};

pub fn body(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    match understand(text) {
        Heard::Message(message) => taken(&message),
        Heard::Unclear { id, text } => {
            assert!(text.ends_with('.'), "no sentence: {text:?}");
            assert!(text.chars().count() <= 500, "{} bytes are said of it", text.len());
            assert_eq!(text, frontdesk_protocol::text::line(&text, 500), "what is said leaves its line");
            assert!(id.is_none_or(|id| (1..=64).contains(&id.as_str().len())));
        }
        Heard::Life => {}
    }
}

fn taken(message: &ClientMessage) {
    match serde_json::to_string(message).map(|text| understand(&text)) {
        Ok(Heard::Message(again)) => assert_eq!(&again, message, "written and read it is another message"),
        other => panic!("the message is not understood when written: {other:?}"),
    }
    let ClientMessage::Command { command, .. } = message else { return };
    match command {
        Command::Originate { from, to } => {
            dialable(from.as_str());
            dialable(to.as_str());
        }
        Command::Transfer { to, .. } => match to {
            Destination::Extension { extension } => dialable(extension.as_str()),
            Destination::Number { number, .. } => dialable(number.as_str()),
            Destination::Voicemail { mailbox } => plain(mailbox.as_str(), 128),
        },
        Command::PullBack { handed } => plain(handed.as_str(), 64),
        Command::HangUp { leg, .. } | Command::Ignore { leg } => plain(leg.as_str(), 128),
    }
}

/// `^[+*#0-9]{1,32}$`.
pub fn dialable(text: &str) {
    assert!((1..=32).contains(&text.len()), "{text:?} is dialled");
    assert!(text.bytes().all(|b| b.is_ascii_digit() || b"+*#".contains(&b)), "{text:?} is dialled");
}

fn plain(text: &str, longest: usize) {
    assert!((1..=longest).contains(&text.len()) && !text.contains(char::is_control), "{text:?} is taken");
}
