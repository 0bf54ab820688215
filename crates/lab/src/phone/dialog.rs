//! One call as SIP sees it: tags, addresses, sequence numbers, and the messages made of them (RFC 3261, section 12).
//!
//! It writes messages and remembers what they need; deliberately it sends none and decides nothing.

use tokio::sync::watch;

use super::call::{Progress, State};
use super::media::Media;
use super::message::{Identity, Message, Start};
use super::transaction::Resend;
use super::{Shared, header, token};

pub(super) const AGENT: &str = "Frontdesk lab phone";
const ALLOW: &str = "INVITE, ACK, BYE, CANCEL, OPTIONS, NOTIFY, REFER, UPDATE, INFO";

/// Whether the caller has given up before the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GivingUp {
    No,
    /// A CANCEL may be sent only after the first provisional answer.
    AtFirstAnswer,
    Cancelled,
}

#[derive(Debug)]
pub(super) struct Dialog {
    pub id: String,
    pub local_tag: String,
    pub remote_tag: Option<String>,
    /// The `From` of our requests, without the tag.
    pub local: String,
    /// The `To` of our requests, without the tag.
    pub remote: String,
    /// Where requests are addressed: the other side's `Contact`.
    pub target: String,
    pub cseq: u32,
    /// The INVITE that waits for our answer.
    pub unanswered: Option<Message>,
    /// Our INVITE that waits for an answer.
    pub invite: Option<Message>,
    pub giving_up: GivingUp,
    pub media: Media,
    /// Our 200, until it is acknowledged.
    pub unacknowledged: Option<Resend>,
    pub last_ack: Option<(u32, Vec<u8>)>,
    pub signals: Signals,
}

/// What the owner of the call can wait for.
#[derive(Debug, Clone)]
pub(super) struct Signals {
    pub progress: watch::Sender<Progress>,
    pub identity: watch::Sender<Identity>,
    pub referred: watch::Sender<Option<u16>>,
}

impl Signals {
    pub fn new(state: State, identity: Identity) -> Self {
        Self {
            progress: watch::Sender::new(Progress { state, code: None }),
            identity: watch::Sender::new(identity),
            referred: watch::Sender::new(None),
        }
    }
}

impl Dialog {
    pub fn state(&self) -> State {
        self.signals.progress.borrow().state
    }

    pub fn enter(&self, state: State, code: Option<u16>) {
        self.signals.progress.send_if_modified(|now| {
            let next = Progress { state, code: code.or(now.code) };
            let changed = *now != next;
            *now = next;
            changed
        });
    }

    pub fn show(&self, identity: Option<Identity>) {
        if let Some(identity) = identity {
            self.signals.identity.send_if_modified(|now| {
                let changed = *now != identity;
                *now = identity;
                changed
            });
        }
    }

    /// A request with the next sequence number.
    pub fn request(
        &mut self,
        shared: &Shared,
        method: &str,
        more: Vec<(String, String)>,
        body: String,
    ) -> Message {
        self.cseq += 1;
        self.numbered(shared, method, self.cseq, more, body)
    }

    /// An INVITE with our side of the session as it is now.
    pub fn invitation(&mut self, shared: &Shared) -> Message {
        let offer = self.media.offer();
        let invite = self.request(shared, "INVITE", vec![header("Content-Type", "application/sdp")], offer);
        self.invite = Some(invite.clone());
        invite
    }

    fn numbered(
        &self,
        shared: &Shared,
        method: &str,
        cseq: u32,
        more: Vec<(String, String)>,
        body: String,
    ) -> Message {
        let to = match &self.remote_tag {
            Some(tag) => format!("{};tag={tag}", self.remote),
            None => self.remote.clone(),
        };
        let mut headers = vec![
            header("Via", shared.via()),
            header("Max-Forwards", "70"),
            header("From", format!("{};tag={}", self.local, self.local_tag)),
            header("To", to),
            header("Call-ID", self.id.clone()),
            header("CSeq", format!("{cseq} {method}")),
            header("Contact", shared.contact()),
            header("User-Agent", AGENT),
            header("Allow", ALLOW),
            header("Supported", "replaces"),
        ];
        headers.extend(more);
        Message {
            start: Start::Request { method: method.to_owned(), uri: self.target.clone() },
            headers,
            body,
        }
    }

    /// The ACK of a 200, which is a request of its own, kept for a 200 that comes again.
    pub fn acknowledge(&mut self, shared: &Shared, cseq: u32) {
        let ack = self.numbered(shared, "ACK", cseq, Vec::new(), String::new()).to_bytes();
        shared.send(&ack);
        self.last_ack = Some((cseq, ack));
    }

    /// An answer with our side of the session, sent until it is acknowledged.
    pub fn accept(&mut self, shared: &Shared, invite: &Message) -> Vec<u8> {
        let more = vec![header("Contact", shared.contact()), header("Content-Type", "application/sdp")];
        let offer = self.media.offer();
        let ok = response(invite, 200, "OK", &self.local_tag, more, offer).to_bytes();
        self.unacknowledged = Some(Resend::start(&shared.socket, shared.server, ok.clone()));
        ok
    }
}

/// The CANCEL, or the ACK of a refusal: it belongs to the transaction of the INVITE.
pub(super) fn within(invite: &Message, method: &str, to: Option<&str>) -> Message {
    let uri = match &invite.start {
        Start::Request { uri, .. } => uri.clone(),
        Start::Response { .. } => String::new(),
    };
    let copy = |name: &str| header(name, invite.header(name).unwrap_or_default());
    let headers = vec![
        copy("Via"),
        header("Max-Forwards", "70"),
        copy("From"),
        to.map_or_else(|| copy("To"), |to| header("To", to)),
        copy("Call-ID"),
        header("CSeq", format!("{} {method}", invite.cseq().0)),
    ];
    Message { start: Start::Request { method: method.to_owned(), uri }, headers, body: String::new() }
}

/// The answer to a request.
pub(super) fn response(
    request: &Message,
    status: u16,
    reason: &str,
    tag: &str,
    more: Vec<(String, String)>,
    body: String,
) -> Message {
    let mut headers: Vec<_> = request.all("Via").map(|via| header("Via", via)).collect();
    let copy = |name: &str| header(name, request.header(name).unwrap_or_default());
    let to = request.header("To").unwrap_or_default();
    let to =
        if status == 100 || request.to_tag().is_some() { to.to_owned() } else { format!("{to};tag={tag}") };
    headers.extend([copy("From"), header("To", to), copy("Call-ID"), copy("CSeq"), header("Allow", ALLOW)]);
    headers.extend(more);
    Message { start: Start::Response { status, reason: reason.to_owned() }, headers, body }
}

/// A new dialog for a call that we place or that comes in.
pub(super) fn opening(
    id: String,
    local: String,
    remote: String,
    target: String,
    media: Media,
    signals: Signals,
) -> Dialog {
    Dialog {
        id,
        local_tag: token(),
        remote_tag: None,
        local,
        remote,
        target,
        cseq: 0,
        unanswered: None,
        invite: None,
        giving_up: GivingUp::No,
        media,
        unacknowledged: None,
        last_ack: None,
        signals,
    }
}
