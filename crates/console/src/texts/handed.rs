//! The words about callers who were handed over, who come back, or whose line is about to close.

use frontdesk_protocol::{HandedState, Party, Return};

/// The list.
pub const LIST: &str = "Handed over";
/// Brings a caller back.
pub const BRING_BACK: &str = "Bring back";
/// The keys of a row.
pub const KEYS: &str = "Enter, or drag it onto My Stream, to bring the caller back";

/// Somebody as a place is written: "Bob Brown (1002)".
pub fn somebody(party: &Party) -> String {
    let name = super::party(Some(party));
    match party.number.as_deref() {
        Some(number) if !number.is_empty() && number != name => format!("{name} ({number})"),
        _ => name,
    }
}

/// Who took a call; of a line without a name the place that was dialled says more than the digits.
fn taker(with: &Party, label: &str) -> String {
    let named = with.name.as_deref().is_some_and(|name| !name.is_empty());
    if named || label.is_empty() { somebody(with) } else { label.to_owned() }
}

/// The state's word, and the place with it.
pub fn state(state: &HandedState, label: &str) -> (String, Option<String>) {
    let there = |word: &str| (word.to_owned(), Some(label.to_owned()).filter(|label| !label.is_empty()));
    match state {
        HandedState::Sent => there("On the way"),
        HandedState::Ringing => there("Ringing"),
        HandedState::Waiting => there("Waiting"),
        HandedState::Mailbox { why: None } => there("Voicemail"),
        HandedState::Mailbox { why: Some(why) } => there(&format!("Voicemail: {}", why.words())),
        HandedState::Closing { .. } => ("The line closes".into(), None),
        HandedState::Returning { why: Return::PulledBack } => ("Coming back to you".into(), None),
        HandedState::Returning { why } => there(&format!("Coming back: {}", why.words())),
        HandedState::Answered { with } => ("Answered".into(), Some(format!("by {}", taker(with, label)))),
        HandedState::SentOn { to } => ("Sent on".into(), Some(format!("to {to}"))),
        HandedState::NotTaken { why } => there(&format!("Not taken: {}", why.words())),
        HandedState::Back { why: Return::PulledBack } => there("Brought back"),
        HandedState::Back { why } => there(&format!("Came back: {}", why.words())),
        HandedState::Ended => there("Caller hung up"),
        HandedState::Unknown => there("Not known"),
    }
}

/// The word while the order to bring a caller back is on its way.
pub const BRINGING: &str = "Bringing back …";

/// A row in one sentence.
pub fn row(who: &str, word: &str, place: Option<&str>) -> String {
    match place {
        Some(place) => format!("{who}, {word}, {place}"),
        None => format!("{who}, {word}"),
    }
}

/// The reason on the card of a caller who comes back.
pub fn back(label: &str, why: Return) -> String {
    match (why, label.is_empty()) {
        (Return::PulledBack, true) => "Brought back before the line was closed".into(),
        (Return::PulledBack, false) => format!("Brought back from {label}"),
        (why, true) => format!("Back: {}", why.words()),
        (why, false) => format!("Back from {label}: {}", why.words()),
    }
}

/// A caller rings who was here before.
pub fn rings_again(who: &str, extension: &str, back: &str) -> String {
    format!("{who} rings at {extension}. {back}.")
}

/// Somebody answered.
pub fn answered(who: &str, with: &Party, label: &str) -> String {
    format!("{who} was answered by {}.", taker(with, label))
}

/// Somebody sent the caller on.
pub fn sent_on(who: &str, label: &str, to: &str) -> String {
    format!("{who} was sent on from {label} to {to}.")
}

/// Nobody answered, and the caller is at a mailbox.
pub fn at_mailbox(who: &str, label: &str, why: Return) -> String {
    format!("{label} did not take {who}: {}. {who} is at the mailbox.", why.words())
}

/// Nobody did, and the caller is not coming back.
pub fn not_taken(who: &str, label: &str, why: Return) -> String {
    format!("{label} did not take {who}: {}. The caller went on as the phone system says.", why.words())
}

/// The caller is gone.
pub fn hung_up(who: &str) -> String {
    format!("{who} hung up before anybody answered.")
}

/// The line was closed as ordered.
pub fn closed(who: &str) -> String {
    format!("The line to {who} is closed.")
}

/// The line is about to be closed.
pub fn closing(who: &str, seconds: u64) -> String {
    let seconds = if seconds == 1 { "one second".to_owned() } else { format!("{seconds} seconds") };
    format!("The line to {who} closes in {seconds}. Control Z brings the caller back.")
}

/// It cannot be told what became of a caller.
pub fn lost_sight(who: &str) -> String {
    format!("What became of {who} is not known: the link to the phone system was lost meanwhile.")
}

/// Bringing a caller back.
pub fn bringing_back(who: &str) -> String {
    format!("Bringing {who} back to your phone")
}

/// A caller is wanted back before the phone system has taken the order to send them.
pub fn wanted_back(who: &str) -> String {
    format!("{who} is being sent at this moment and comes back right after …")
}

/// The same came to nothing.
pub fn not_followed(who: &str) -> String {
    format!(
        "{who} could not be brought back: the server does not say where the caller is. Look at your colleagues' tiles."
    )
}

/// They are coming already.
pub fn already_coming(who: &str) -> String {
    format!("{who} is already on the way back to your phone.")
}

/// Nobody can be brought back.
pub const NOBODY: &str = "There is nobody to bring back: you have handed nobody over in the last minutes.";

/// Too late: where the caller is now; with `next`, who else can still be brought back.
pub fn too_late(state: &HandedState, who: &str, label: &str, next: Option<&str>) -> String {
    let text = match state {
        HandedState::Answered { with } => format!("Too late: {} has answered {who}.", taker(with, label)),
        HandedState::SentOn { to } => format!("Too late: {who} was sent on from {label} to {to}."),
        HandedState::NotTaken { why } => format!(
            "Too late: {label} did not take {who} ({}), and the caller went on as the phone system says.",
            why.words()
        ),
        HandedState::Back { .. } => format!("{who} is already back at your phone."),
        HandedState::Returning { .. } => already_coming(who),
        HandedState::Ended if label.is_empty() => {
            format!("Too late: the line to {who} is closed. Call back from the history.")
        }
        HandedState::Ended => format!("Too late: {who} has hung up. Call back from the history."),
        HandedState::Unknown => lost_sight(who),
        HandedState::Sent
        | HandedState::Ringing
        | HandedState::Waiting
        | HandedState::Mailbox { .. }
        | HandedState::Closing { .. } => already_coming(who),
    };
    match next {
        Some(next) => format!("{text} Once more brings back {next}."),
        None => text,
    }
}

/// A row was chosen.
pub fn chosen(who: &str) -> String {
    format!("{who} is ready to come back. Click My Stream, or press Enter. Escape stops.")
}

/// Nothing became of it.
pub const STAYS: &str = "Nobody was brought back.";

/// Where a row can be dropped.
pub fn drop_here(who: &str, extension: &str) -> String {
    format!("Bring {who} back to your phone {extension}")
}
