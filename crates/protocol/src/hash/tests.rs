//! The Bencode of a fact is that of its JSON, written as the papers say it, by the long way: from a tree.

#![allow(clippy::unwrap_used)]
use super::bencode;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn of_tree(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(truth) => format!("i{}e", u8::from(*truth)),
        Value::Number(number) => format!("i{number}e"),
        Value::String(text) => format!("{}:{text}", text.len()),
        Value::Array(values) => format!("l{}e", values.iter().map(of_tree).collect::<String>()),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().filter(|(_, value)| !value.is_null()).collect();
            members.sort_by_key(|(key, _)| key.as_bytes());
            let members = members.iter().map(|(key, value)| format!("{}:{key}{}", key.len(), of_tree(value)));
            format!("d{}e", members.collect::<String>())
        }
    }
}

fn same(value: &impl Serialize) {
    let mut written = Vec::new();
    bencode::write(value, &mut written).unwrap();
    assert_eq!(String::from_utf8(written).unwrap(), of_tree(&serde_json::to_value(value).unwrap()));
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Kind {
    Alone,
    Of(Option<u8>),
    Two(i64, &'static str),
    Named { zeta: bool, alpha: Option<char> },
}

#[derive(Serialize)]
#[serde(tag = "is")]
enum Tagged {
    Nothing,
    Something { name: &'static str },
}

#[derive(Serialize)]
struct All {
    zeta: Vec<Kind>,
    none: Option<u8>,
    unit: (),
    tagged: (Tagged, Tagged),
    map: BTreeMap<i32, f64>,
    empty: BTreeMap<String, u8>,
    #[serde(flatten)]
    more: BTreeMap<&'static str, Value>,
}

#[test]
fn whatever_serde_can_tell_is_written_as_its_json_would_be() {
    same(&All {
        zeta: vec![
            Kind::Alone,
            Kind::Of(None),
            Kind::Of(Some(3)),
            Kind::Two(-7, "Zoë"),
            Kind::Named { zeta: true, alpha: Some('ß') },
        ],
        none: None,
        unit: (),
        tagged: (Tagged::Nothing, Tagged::Something { name: "" }),
        map: BTreeMap::from([(-1, 0.5), (10, f64::NAN)]),
        empty: BTreeMap::new(),
        more: BTreeMap::from([("beta", json!({ "y": [null, 1, { "b": null, "a": u64::MAX }], "x": false }))]),
    });
}
