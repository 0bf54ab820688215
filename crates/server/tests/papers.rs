//! The examples of `docs/protocol.md` are what the types say, key by key; and every kind of message has one.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use frontdesk_protocol::{ClientMessage, ServerMessage};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../docs/protocol.md");

fn examples<T: Serialize>(direction: &str, read: impl Fn(&str) -> serde_json::Result<T>) -> BTreeSet<String> {
    let fence = format!("```json {direction}\n");
    let mut kinds = BTreeSet::new();
    for block in PAGE.split(&fence).skip(1) {
        let text = block.split("```").next().unwrap();
        let shown: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let message = read(text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(serde_json::to_value(&message).unwrap(), shown, "{text}");
        kinds.insert(shown["type"].as_str().unwrap().to_owned());
    }
    kinds
}

/// The kinds in the schema of one of the message types.
fn kinds(message: &str) -> BTreeSet<String> {
    let schema: Value = serde_json::from_str(&frontdesk_server::schema::text()).unwrap();
    let variants = schema["$defs"][message]["oneOf"].as_array().unwrap().clone();
    variants
        .iter()
        .map(|variant| variant["properties"]["type"]["const"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_message_of_a_client_has_an_example_that_is_right() {
    assert_eq!(
        examples("client", |text| serde_json::from_str::<ClientMessage>(text)),
        kinds("ClientMessage")
    );
}

#[test]
fn every_message_of_the_server_has_an_example_that_is_right() {
    assert_eq!(examples("server", ServerMessage::read), kinds("ServerMessage"));
}
