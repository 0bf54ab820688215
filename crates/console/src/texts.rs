//! The catalogue: every word and sentence of the view, in English. No other file of `console` and `ui` holds words for
//! people, but the names of days and months, which are part of the `clock`.

pub mod dial;
pub mod handed;
pub mod page;

use crate::settings::Untaken;
use frontdesk_protocol::{Direction, HistoryOutcome, Mark, Party, PartyKind, Service, Status};

/// A party's name or number.
pub fn party(party: Option<&Party>) -> String {
    let Some(party) = party else { return "Unknown party".into() };
    match (&party.kind, party.name.as_deref().is_some_and(|n| !n.is_empty())) {
        (PartyKind::Service(what), false) => service(what),
        _ => party.display().to_owned(),
    }
}

/// A party's name and number, for reading out.
pub fn party_full(who: Option<&Party>) -> String {
    let name = party(who);
    match who.and_then(|p| p.number.as_deref()) {
        Some(number) if !number.is_empty() && number != name => format!("{name} {number}"),
        _ => name,
    }
}

/// A service of the PBX.
pub fn service(service: &Service) -> String {
    match service {
        Service::Voicemail => "Voicemail".into(),
        Service::Conference => "Conference".into(),
        Service::Queue(name) => queue(name.as_str()),
        Service::Parking(_) => "Parking".into(),
        Service::Feature => "Announcement".into(),
    }
}

/// A status's word.
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Offline => "Offline",
        Status::Free => "Free",
        Status::Ringing => "Ringing",
        Status::Held => "On hold",
        Status::Inside => "Inside call",
        Status::Outside => "Outside call",
        Status::Queue => "Queue call",
        Status::Unknown => "Unknown",
    }
}

/// The word while somebody's phone dials instead of rings.
pub const CALLING: &str = "Calling";

/// A status's word while nothing is known.
pub fn unknown_since(clock: Option<&str>) -> String {
    clock.map_or_else(|| "Unknown".into(), |clock| format!("Unknown since {clock}"))
}

/// What the small sign says.
pub fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Ringing => "another call rings",
        Mark::Held => "another call on hold",
    }
}

/// Unheard messages.
pub fn messages(new: u32) -> String {
    if new == 1 { "1 new message".into() } else { format!("{new} new messages") }
}

/// A card's state.
pub fn card_state(state: crate::cards::CardState) -> &'static str {
    use crate::cards::CardState;
    match state {
        CardState::Ringing => "Ringing",
        CardState::Calling => "Calling",
        CardState::Talking => "Talking",
        CardState::Held => "On hold",
    }
}

/// A call that was up before the server came: nobody can say whether it is held.
pub const HOLD_UNKNOWN: &str = "hold not known";

/// A talking card of which nobody can say whether it is held.
pub fn talking_perhaps_held() -> String {
    format!("{}, {HOLD_UNKNOWN}", card_state(crate::cards::CardState::Talking))
}

/// A card's action.
pub fn action(action: crate::cards::CardAction) -> &'static str {
    use crate::cards::CardAction;
    match action {
        CardAction::Ignore => "Ignore",
        CardAction::Transfer => "Transfer",
        CardAction::HangUp => "Hang up",
    }
}

/// A direction, as seen from here.
pub fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "Incoming",
        Direction::Outbound => "Outgoing",
        Direction::Internal => "Internal",
    }
}

/// The queue a call came through.
pub fn queue(name: &str) -> String {
    format!("Queue {name}")
}

/// How a call came.
pub fn via(through: Option<&str>, dialled: Option<&str>) -> Option<String> {
    match (through, dialled) {
        (Some(name), _) => Some(queue(name)),
        (None, Some(dialled)) => Some(format!("Dialled {dialled}")),
        (None, None) => None,
    }
}

/// What became of a call.
pub fn outcome(outcome: &HistoryOutcome, direction: Direction) -> String {
    match (outcome, direction) {
        (HistoryOutcome::Answered, _) => "Answered".into(),
        (HistoryOutcome::Missed, Direction::Outbound) => "No answer".into(),
        (HistoryOutcome::Missed, _) => "Missed".into(),
        (HistoryOutcome::Voicemail, _) => "Voicemail".into(),
        (HistoryOutcome::Transferred { to }, _) => format!("To {to}"),
        (HistoryOutcome::Busy, _) => "Busy".into(),
        (HistoryOutcome::Ignored, _) => "Ignored".into(),
        (HistoryOutcome::AnsweredElsewhere, _) => "Answered elsewhere".into(),
        (HistoryOutcome::Interrupted, _) => "Interrupted".into(),
    }
}

/// What happens to a caller whom nobody takes where they go.
fn untaken(untaken: Untaken) -> &'static str {
    match untaken {
        Untaken::ComesBack => "back to you if nobody takes the call",
        Untaken::GoesOn => "does not come back",
    }
}

/// What a drop on an extension would do.
pub fn would_ring(who: &str, name: &str, extension: &str, then: Untaken) -> String {
    format!("{who} goes to {name}, {extension}; {}", untaken(then))
}

/// The same while that phone is not registered: a caller who is to come back is not sent there at all.
pub fn would_ring_offline(who: &str, name: &str, extension: &str, then: Untaken) -> String {
    match then {
        Untaken::ComesBack => format!("{name}, {extension}: the phone is offline, so {who} stays with you"),
        Untaken::GoesOn => {
            format!("{who} goes to {name}, {extension}: the phone is offline, the PBX decides what follows")
        }
    }
}

/// The same while that phone is talking.
pub fn would_ring_busy(who: &str, name: &str, extension: &str, then: Untaken) -> String {
    format!("{who} goes to {name}, {extension}: already in a call; {}", untaken(then))
}

/// What a drop on a number would do.
pub fn would_dial(who: &str, name: &str, label: &str, number: &str, then: Untaken) -> String {
    let text = format!("{who} goes to {name}, {label} {number}, by an outside line");
    match then {
        Untaken::ComesBack => format!("{text}; {}", untaken(then)),
        Untaken::GoesOn => text,
    }
}

/// The switch in the open targets; each target says what it makes of it.
pub const OTHER_WAY: &str = "Change whether the caller comes back";
/// The key for the same.
pub const OTHER_KEY: &str = "or hold Shift";

/// What a drop on a mailbox would do.
pub fn would_record(who: &str, name: &str) -> String {
    format!("{who} goes to {name}'s voicemail; no phone rings")
}

/// The title of an extension target.
pub fn target_extension(extension: &str) -> String {
    format!("Extension {extension}")
}

/// The title of a mailbox target.
pub const TARGET_VOICEMAIL: &str = "Voicemail";

/// Why a mailbox cannot take a call.
pub fn no_mailbox(name: &str) -> String {
    format!("{name} has no mailbox")
}

/// Why an extension cannot take a call.
pub fn already_there(name: &str) -> String {
    format!("The caller is already talking to {name}")
}

/// Why a call cannot be moved yet.
pub const NOT_ANSWERED_YET: &str = "They have not answered yet, so a mailbox would talk to nobody; wait";

/// The same while my own phone has not been picked up.
pub const OWN_PHONE_RINGS: &str = "Your own phone still rings for this call; pick it up first, or hang up";

/// Why nothing can be done with a card for the moment.
pub const IN_PROGRESS: &str = "The last order for this call is still running";

/// Why no order goes out.
pub fn held_back(why: &str) -> String {
    format!("Not done: {why} Nothing was sent; use the phone itself.")
}

/// The call a person was about to move ended.
pub fn ended_while_moving(who: &str) -> String {
    format!("The call with {who} ended before it was moved. Nothing was sent; call back from the history.")
}

/// The call a person was about to move is no longer at their phone but goes on: somebody else moved or took it.
pub fn left_while_moving(who: &str, with: Option<&str>) -> String {
    let place = with.map_or_else(|| "goes on elsewhere".into(), |with| format!("is with {with} now"));
    format!("{who} left your phone before the call was moved, and {place}. Nothing was sent.")
}

/// A card was chosen.
pub fn card_chosen(who: &str) -> String {
    format!(
        "{who} is ready to be moved. Choose a person with the arrows and Enter, or type a name. Escape stops."
    )
}

/// A tile opened its targets.
pub fn tile_opened(name: &str, count: usize) -> String {
    format!(
        "{name}: {count} targets. Arrows choose, Enter sends, Shift with Enter sends the other way, Escape goes back."
    )
}

/// A target that cannot be used. A reason that is a sentence of its own stands for itself.
pub fn cannot(reason: &str) -> String {
    if reason.ends_with('.') { reason.to_owned() } else { format!("Not possible: {reason}") }
}

/// A target that was chosen although it cannot be used.
pub fn not_sent(reason: &str) -> String {
    if reason.ends_with('.') {
        return reason.to_owned();
    }
    format!("Not possible: {reason}. Nothing was sent, and the call is where it was; choose another target.")
}

/// A caller whose name is no longer known.
pub const THIS_CALLER: &str = "this caller";

/// Moving was stopped.
pub const NOT_MOVED: &str = "Nothing was moved.";

/// An order is on its way.
pub fn sending(what: &str) -> String {
    format!("{what} …")
}

/// Ending a call.
pub fn hanging_up(who: &str) -> String {
    format!("Hanging up {who}")
}

/// Ignoring a call.
pub fn ignoring(who: &str) -> String {
    format!("Ignoring {who}")
}

/// Calling from the selected extension.
pub fn calling(who: &str, from: &str) -> String {
    format!("Calling {who} from {from}: your phone rings first")
}

/// The answer to an order did not come.
pub const NO_ANSWER: &str = "The server has not answered this order. Look at the call before you try again.";

/// A call rings here.
pub fn rings(who: &str, extension: &str) -> String {
    format!("{who} is calling {extension}")
}

/// A ringing call ended.
pub fn stopped_ringing(who: &str) -> String {
    format!("{who} no longer rings")
}

/// A row without a number.
pub const WITHHELD: &str = "This caller withheld the number, so it cannot be called back.";

/// A row with something that no phone can dial.
pub fn not_dialable(number: &str) -> String {
    format!("{number:?} is not a number that can be dialled. Dial it by hand if you know what is meant.")
}

/// There is no extension to call from.
pub const NO_EXTENSION: &str = "You have no extension to call from. Ask your administrator for one.";

/// The connection is up.
pub const LIVE: &str = "Live";

/// The connection is being made.
pub const CONNECTING: &str = "Connecting …";

/// The server link broke.
pub fn offline(since: Option<&str>, why: &str) -> String {
    match since {
        Some(since) => format!("No connection since {since}. {why}").trim_end().to_owned(),
        None => format!("No connection. {why}").trim_end().to_owned(),
    }
}

/// Nothing was heard for a while.
pub fn stale(since: &str) -> String {
    format!("Nothing heard since {since}; what you see may be old.")
}

/// The server has no link to the PBX.
pub fn pbx_down(since: &str, why: &str) -> String {
    format!("The server has had no link to the phone system since {since}. {why}").trim_end().to_owned()
}

/// The server is reading the PBX.
pub const PBX_STARTING: &str = "The server is reading the phone system …";

/// The connection came back.
pub const LIVE_AGAIN: &str = "Connected. What you see is live again.";

/// Settings that cannot be read.
pub fn settings_unreadable(why: &str) -> String {
    format!(
        "Your settings could not be read ({why}). The defaults are in use; what you change now is stored anew."
    )
}

/// The history was refused.
pub fn history_refused(why: &str) -> String {
    format!("The history could not be read: {why}")
}

/// How many calls were found, and whether there are more.
pub fn history_found(count: usize, more: bool) -> String {
    match (count, more) {
        (0, _) => "No call found".into(),
        (1, false) => "1 call found".into(),
        (count, false) => format!("{count} calls found"),
        (count, true) => format!("{count} calls found, and more"),
    }
}

/// Whose history is shown.
pub fn history_of(name: Option<&str>) -> String {
    name.map_or_else(|| "My history".into(), |name| format!("History of {name}"))
}

/// What an empty pane will show.
pub mod empty {
    /// The stream.
    pub const STREAM: &str = "Your calls appear here as cards. Drag one onto a colleague to hand it over.";
    /// The users.
    pub const USERS: &str = "Your colleagues appear here as tiles as soon as the server knows them.";
    /// The users, filtered.
    pub const SEARCH: &str = "Nobody fits this search. Esc clears it.";
    /// The history.
    pub const HISTORY: &str = "Finished calls appear here. Double-click one, or press Enter, to call back.";
    /// The history, where nothing has the words that are searched for.
    pub const HISTORY_FOUND: &str = "No call with this name or number. Esc shows all of them.";
    /// The history, while it is read.
    pub const HISTORY_LOADING: &str = "Reading the history …";
}
