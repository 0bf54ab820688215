//! The words about `tel:` links that were followed. The sentences about links that are none stand beside their reading.

/// The question.
pub fn question(who: &str) -> String {
    format!("Call {who}?")
}

/// Somebody's number that is not their extension.
pub fn labelled(name: &str, label: &str) -> String {
    if label.is_empty() { name.to_owned() } else { format!("{name}, {label}") }
}

/// What will be dialled, and from where.
pub fn dials(number: &str, from: Option<&str>) -> String {
    match from {
        Some(from) => format!("Dials {number} from extension {from}. Your phone rings first."),
        None => format!("Dials {number}."),
    }
}

/// The link names an extension of the company that is called.
pub fn ext(ext: &str) -> String {
    format!("Then ask for extension {ext}: it is not dialled for you.")
}

/// The link says where its number holds.
pub fn context(context: &str) -> String {
    if context.starts_with('+') {
        return format!("The link means a number within {context}. Here it may be somebody else's.");
    }
    format!("The link means a number of {context}. Here it may be somebody else's.")
}

/// The question is not new.
pub fn since(minute: &str) -> String {
    format!("The link was followed at {minute}.")
}

/// A link was followed.
pub fn asks(who: &str) -> String {
    format!("A link asks whether to call {who}. Nothing is dialled before you say so.")
}

/// The same, when it cannot be answered yet.
pub fn waits(who: &str, until: &str) -> String {
    format!("A link asks whether to call {who}. The question waits until {until}; nothing is dialled before.")
}

/// For what it waits.
pub const UNTIL_LOGIN: &str = "you are logged in";
/// The same.
pub const UNTIL_CONNECTED: &str = "there is a connection";

/// The answer was no.
pub const NOT_CALLED: &str = "Nobody was called.";
/// There was no answer.
pub const TOO_OLD: &str = "The question whether to call the number of a link stood for ten minutes and was put away. Nobody was called; \
     follow the link again.";

/// Yes.
pub const CALL: &str = "Call";
/// No.
pub const CANCEL: &str = "Cancel";
