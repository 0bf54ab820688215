//! The JSON Schema of the wire, from the types. Not the explanation; that is `docs/protocol.md`.

use frontdesk_protocol::{ClientMessage, ServerMessage};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

/// The schema of both directions as JSON text: `client` and `server` under `$defs`.
pub fn text() -> String {
    let settings = SchemaSettings::draft2020_12();
    let mut generator = SchemaGenerator::new(settings);
    let client = generator.subschema_for::<ClientMessage>();
    let server = generator.subschema_for::<ServerMessage>();
    let definitions: Value = generator.take_definitions(true).into();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "frontdesk.v1",
        "description": "The messages of the WebSocket subprotocol frontdesk.v1; see docs/protocol.md.",
        "anyOf": [
            { "title": "from a client to the server", "allOf": [client] },
            { "title": "from the server to a client", "allOf": [server] },
        ],
        "$defs": definitions,
    });
    format!("{schema:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_in_the_papers_is_that_of_the_types() {
        let kept = include_str!("../../../docs/schema/frontdesk.v1.json");
        assert!(
            kept == text(),
            "docs/schema/frontdesk.v1.json is stale: `cargo run -p frontdesk-server -- schema > \
             docs/schema/frontdesk.v1.json` renews it"
        );
    }
}
