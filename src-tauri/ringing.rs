//! Who rings at my extensions, out of the office. A pure question; what is done about it stands in `notice` and `menu`.

use frontdesk_protocol::text::line;
use frontdesk_protocol::{CallId, Direction, Extension, LegId, LegState, Office, QueueName, Return, Viewer};

/// One call that rings at one or more of my extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ringing {
    /// Which.
    pub(crate) call: CallId,
    /// My legs that ring, to be named in a command.
    pub(crate) legs: Vec<LegId>,
    /// Where it rings.
    pub(crate) at: Vec<Extension>,
    /// The caller's name, else number, else a word for neither; without control characters, at most 60 characters.
    pub(crate) caller: String,
    /// The caller's number, where the name stands in `caller`.
    pub(crate) number: Option<String>,
    /// The queue it came through.
    pub(crate) queue: Option<QueueName>,
    /// From where the caller comes back, in words made fit as those of the caller, and why, if they were handed on from
    /// here before.
    pub(crate) back: Option<(String, Return)>,
}

/// The calls that ring at the viewer's extensions, the oldest first. A phone that rings because its own user placed a
/// call is not among them.
pub(crate) fn ringing(office: &Office, viewer: &Viewer) -> Vec<Ringing> {
    let mut found: Vec<(i64, Ringing)> = Vec::new();
    for (call, leg) in office.legs_at(&viewer.extensions) {
        if leg.state != LegState::Ringing || leg.direction == Direction::Outbound {
            continue;
        }
        let at = leg.extension.iter().cloned();
        if let Some((_, known)) = found.iter_mut().find(|(_, known)| known.call == call.id) {
            known.legs.push(leg.id.clone());
            known.at.extend(at);
            continue;
        }
        let back = leg.extension.as_ref().and_then(|at| office.came_back(&call.id, at));
        let party = leg.peer.as_ref().unwrap_or(&call.origin);
        let caller = short(party.display());
        let number =
            party.number.as_deref().map(short).filter(|number| !number.is_empty() && *number != caller);
        let ringing = Ringing {
            call: call.id.clone(),
            legs: vec![leg.id.clone()],
            at: at.collect(),
            caller,
            number,
            queue: call.via.queue.clone(),
            back: back.map(|(handed, why)| (short(&handed.label), why)),
        };
        found.push((leg.since.0, ringing));
    }
    found.sort_by_key(|(since, _)| *since);
    found.into_iter().map(|(_, ringing)| ringing).collect()
}

impl Ringing {
    /// What happens, in one line: who is calling, or is back, from where and why.
    pub(crate) fn headline(&self) -> String {
        let Self { caller, .. } = self;
        match &self.back {
            None => format!("{caller} is calling"),
            Some((_, Return::PulledBack)) => format!("{caller} is brought back"),
            Some((from, why)) if from.is_empty() => format!("{caller} is back: {}", why.words()),
            Some((from, why)) => format!("{caller} is back from {from}: {}", why.words()),
        }
    }
}

/// A name of a stranger, short enough for a title.
fn short(text: &str) -> String {
    line(text, 60).into_owned()
}
