//! What cannot be said to Asterisk, and what is refused before a byte is sent.
#![allow(clippy::unwrap_used, missing_docs)]

use frontdesk_ami::{Action, ActionError, ActionId, Value};

#[test]
fn an_action_is_its_name_its_id_and_its_fields() {
    let action =
        Action::new("Redirect").with("Channel", "PJSIP/1001-1").unwrap().with("Exten", "1002").unwrap();
    let id = ActionId::new("frontdesk-7").unwrap();
    assert_eq!(
        action.encode(&id),
        "Action: Redirect\r\nActionID: frontdesk-7\r\nChannel: PJSIP/1001-1\r\nExten: 1002\r\n\r\n"
    );
}

#[test]
fn line_ends_and_nul_cannot_be_values() {
    for bad in ["x\r\n\r\nAction: Ping", "x\nAction: Ping", "x\rAction: Ping", "x\0", "\n"] {
        assert_eq!(Value::new("Exten", bad), Err(ActionError::NotOneLine("Exten")));
        assert_eq!(Action::new("Redirect").with("Exten", bad), Err(ActionError::NotOneLine("Exten")));
    }
}

#[test]
fn a_line_has_at_most_1022_bytes() {
    let fits = 1_022 - "Exten: ".len();
    assert!(Action::new("Redirect").with("Exten", "1".repeat(fits)).is_ok());
    assert_eq!(
        Action::new("Redirect").with("Exten", "1".repeat(fits + 1)),
        Err(ActionError::TooLong("Exten"))
    );
}

#[test]
fn an_action_has_at_most_127_headers() {
    let mut action = Action::new("Originate");
    for _ in 0..125 {
        action = action.with("Variable", "a=b").unwrap();
    }
    let text = action.encode(&ActionId::new("x").unwrap());
    assert_eq!(text.lines().filter(|line| !line.is_empty()).count(), 127);
    assert_eq!(action.with("Variable", "a=b"), Err(ActionError::TooManyHeaders));
}

#[test]
fn a_channel_is_never_a_pattern() {
    for key in ["Channel", "ExtraChannel", "Channel1"] {
        assert_eq!(Action::new("Hangup").with(key, "/.*/"), Err(ActionError::Pattern(key)));
        assert_eq!(Action::new("Hangup").with(key, " /^PJSIP/"), Err(ActionError::Pattern(key)));
    }
    assert!(Action::new("DBGet").with("Key", "/1001/cidname").is_ok());
}

#[test]
fn ids_are_plain() {
    for bad in ["", "a b", "a\r\nb", "ä", &"x".repeat(65)] {
        assert_eq!(ActionId::new(bad), Err(ActionError::Id));
    }
    assert_eq!(ActionId::new("Front_desk-1.2").unwrap().as_str(), "Front_desk-1.2");
}

#[test]
fn debug_and_errors_show_no_value() {
    let action = Action::new("Login").with("Secret", "hunter2").unwrap();
    let refused = Action::new("Login").with("Secret", "hunter2\n").unwrap_err();
    let value = Value::new("Secret", "hunter2").unwrap();
    for text in [format!("{action:?}"), format!("{refused:?} {refused}"), format!("{value:?}")] {
        assert!(!text.contains("hunter2"), "{text}");
    }
}
