//! From the text of a frame to a message, or to what is unclear about it. Pure; not what is done with it.

use frontdesk_protocol::text::line;
use frontdesk_protocol::{ClientMessage, CommandId};

/// What a desk said.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// A message.
    Message(ClientMessage),
    /// Nothing that can be carried out; `id` where it was an order or a question that can be answered.
    Unclear {
        /// The client's name for it.
        id: Option<CommandId>,
        /// What is unclear, in a sentence.
        text: String,
    },
    /// A sign of life.
    Life,
}

/// Reads one text frame.
pub fn understand(text: &str) -> Heard {
    let error = match serde_json::from_str::<ClientMessage>(text) {
        Ok(message) => return Heard::Message(message),
        Err(error) => error,
    };
    let value: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let id = value.get("id").and_then(|id| id.as_str()).and_then(|id| CommandId::parse(id).ok());
    let why = plain(&error);
    match id {
        Some(id) => {
            let number = value.pointer("/command/to").or_else(|| value.pointer("/command/to/number"));
            let text = match number.and_then(|number| number.as_str()) {
                Some(number) if value.pointer("/command/do").is_some_and(|order| order == "originate") => {
                    format!(
                        "\u{201c}{}\u{201d} cannot be dialled: {why}. Use digits, *, # and + only, at most 32. \
                         Nothing was done.",
                        short(number)
                    )
                }
                _ => format!("The server did not understand this order: {why}. Nothing was done."),
            };
            Heard::Unclear { id: Some(id), text }
        }
        None => Heard::Unclear {
            id: None,
            text: format!(
                "The server did not understand the client: {why}. Update the client, or the server."
            ),
        },
    }
}

fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.find(" at line ").unwrap_or(text.len());
    short(&text[..end])
}

fn short(text: &str) -> String {
    line(text, 160).into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn unclear(text: &str) -> (Option<String>, String) {
        match understand(text) {
            Heard::Unclear { id, text } => (id.map(|id| id.to_string()), text),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_number_with_letters_is_answered_with_a_sentence() {
        let (id, text) = unclear(
            r#"{"type":"command","id":"7","command":{"do":"originate","from":"1001","to":"030-FLOWERS"}}"#,
        );
        assert_eq!(id.as_deref(), Some("7"));
        assert_eq!(
            text,
            "\u{201c}030-FLOWERS\u{201d} cannot be dialled: it holds the character '-', which is not allowed here. Use \
             digits, *, # and + only, at most 32. Nothing was done."
        );
    }

    #[test]
    fn an_order_that_does_not_exist_is_answered() {
        let (id, text) = unclear(r#"{"type":"command","id":"7","command":{"do":"explode"}}"#);
        assert_eq!(id.as_deref(), Some("7"));
        assert!(
            text.starts_with("The server did not understand this order: unknown variant `explode`"),
            "{text}"
        );
        assert!(text.ends_with("Nothing was done."), "{text}");
    }

    #[test]
    fn what_cannot_be_answered_ends_the_connection_with_a_sentence() {
        for text in ["", "{", "[]", "null", r#"{"type":"dance"}"#, r#"{"type":"hello","resume":1}"#] {
            let (id, why) = unclear(text);
            assert_eq!(id, None);
            assert!(why.starts_with("The server did not understand the client: "), "{why}");
            assert!(why.ends_with(". Update the client, or the server."), "{why}");
        }
    }
}
