//! What a phone does with each message that comes in.
//!
//! One function per kind of message, each run to its end under the phone's lock; nothing waits here.

use std::sync::Arc;
use std::time::Duration;

use super::call::{self, State};
use super::dialog::{Dialog, GivingUp, Signals, opening, response, within};
use super::media::Media;
use super::message::{Message, Start, address, identity, parameter};
use super::{Book, Owner, Policy, Shared, digest, header, token};

pub(super) async fn run(shared: Arc<Shared>) {
    let mut buffer = vec![0_u8; 65_536];
    loop {
        let Ok((length, _)) = shared.socket.recv_from(&mut buffer).await else { continue };
        let Some(message) = Message::parse(&buffer[..length]) else { continue };
        match message.start.clone() {
            Start::Response { status, .. } => on_response(&shared, &message, status),
            Start::Request { method, uri } => on_request(&shared, &message, &method, &uri),
        }
    }
}

fn on_response(shared: &Arc<Shared>, message: &Message, status: u16) {
    let mut book = shared.book();
    let book = &mut *book;
    if status < 200 {
        let Some(pending) = book.transactions.provisional(message) else { return };
        if let Some(id) = pending.owner.call.clone() {
            on_provisional(shared, book, &id, message, status);
        }
        return;
    }
    let Some(mut pending) = book.transactions.finish(message) else {
        return on_repeated(shared, book, message);
    };
    let invite = message.cseq().1 == "INVITE";
    if invite && status >= 300 {
        // A refusal is acknowledged within the transaction.
        let ack = within(&pending.request, "ACK", message.header("To")).to_bytes();
        shared.send(&ack);
        if let Some(dialog) = pending.owner.call.as_ref().and_then(|id| book.calls.get_mut(id)) {
            dialog.last_ack = Some((message.cseq().0, ack));
        }
    }
    if matches!(status, 401 | 407) && !has_answered(&pending.request) {
        return with_credentials(shared, book, pending.request, pending.owner, message);
    }
    if invite && status == 491 {
        return turn_again(shared, pending.owner);
    }
    if invite && let Some(id) = &pending.owner.call {
        on_invite_done(shared, book, id, message, status);
    }
    if let Some(done) = pending.owner.done.take() {
        let _ = done.send(status);
    }
}

fn on_provisional(shared: &Shared, book: &mut Book, id: &str, message: &Message, status: u16) {
    let Some(dialog) = book.calls.get_mut(id) else { return };
    if message.cseq().1 != "INVITE" || !matches!(dialog.state(), State::Calling | State::Ringing) {
        return;
    }
    if status >= 180 {
        dialog.show(message.asserted());
        dialog.enter(State::Ringing, None);
    }
    if dialog.giving_up == GivingUp::AtFirstAnswer {
        call::cancel(shared, book, id);
    }
}

/// A final answer whose first copy was handled: the ACK was lost.
fn on_repeated(shared: &Shared, book: &mut Book, message: &Message) {
    let (number, method) = message.cseq();
    let dialog = book.calls.get(message.call_id()).filter(|_| method == "INVITE");
    if let Some((_, ack)) = dialog.and_then(|d| d.last_ack.as_ref()).filter(|(n, _)| *n == number) {
        shared.send(ack);
    }
}

fn on_invite_done(shared: &Shared, book: &mut Book, id: &str, message: &Message, status: u16) {
    let Some(dialog) = book.calls.get_mut(id) else { return };
    dialog.invite = None;
    if status >= 300 {
        if dialog.state() != State::Up {
            call::end(book, id, Some(status));
        }
        return;
    }
    dialog.remote_tag = message.to_tag().map(str::to_owned);
    if let Some(contact) = message.header("Contact") {
        dialog.target = address(contact).to_owned();
    }
    dialog.media.learn(&message.body);
    dialog.show(message.asserted());
    dialog.acknowledge(shared, message.cseq().0);
    if dialog.giving_up == GivingUp::No {
        dialog.enter(State::Up, None);
        return;
    }
    // The answer crossed our CANCEL.
    let bye = dialog.request(shared, "BYE", Vec::new(), String::new());
    shared.begin(book, bye, Owner { call: None, done: None });
    call::end(book, id, Some(487));
}

fn has_answered(request: &Message) -> bool {
    request.header("Authorization").or_else(|| request.header("Proxy-Authorization")).is_some()
}

fn with_credentials(
    shared: &Shared,
    book: &mut Book,
    mut request: Message,
    owner: Owner,
    challenge: &Message,
) {
    let Start::Request { method, uri } = request.start.clone() else { return };
    let Some(proof) = digest::answer(challenge, &shared.user, &shared.password, &method, &uri) else {
        return;
    };
    let number = request.cseq().0 + 1;
    for (name, value) in &mut request.headers {
        match name.as_str() {
            "Via" => *value = shared.via(),
            "CSeq" => *value = format!("{number} {method}"),
            _ => {}
        }
    }
    request.headers.push(proof);
    if let Some(dialog) = owner.call.as_ref().and_then(|id| book.calls.get_mut(id)) {
        dialog.cseq = dialog.cseq.max(number);
        if method == "INVITE" {
            dialog.invite = Some(request.clone());
        }
    }
    shared.begin(book, request, owner);
}

/// Both sides changed the session at once (RFC 3261, section 14.1): ours goes again after a moment.
fn turn_again(shared: &Arc<Shared>, owner: Owner) {
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(250)).await;
        let mut book = shared.book();
        let Some(dialog) = owner.call.as_ref().and_then(|id| book.calls.get_mut(id)) else { return };
        let invite = dialog.invitation(&shared);
        shared.begin(&mut book, invite, owner);
    });
}

fn on_request(shared: &Arc<Shared>, message: &Message, method: &str, uri: &str) {
    let mut book = shared.book();
    let book = &mut *book;
    if let Some(answer) = book.transactions.again(message) {
        return shared.send(answer);
    }
    *book.requests.entry(method.to_owned()).or_default() += 1;
    let id = message.call_id();
    let known = book.calls.contains_key(id);
    match method {
        "ACK" => {
            if let Some(dialog) = book.calls.get_mut(id) {
                dialog.unacknowledged = None;
            }
        }
        "INVITE" if !known && message.to_tag().is_none() => on_call(shared, book, message, uri),
        "INVITE" | "UPDATE" if known => on_session(shared, book, message, method),
        "CANCEL" if known => {
            reply(shared, book, message, 200, "OK");
            let _ = call::refuse(shared, book, id, 487, Vec::new());
        }
        "BYE" if known => {
            reply(shared, book, message, 200, "OK");
            call::end(book, id, None);
        }
        "NOTIFY" if known => {
            reply(shared, book, message, 200, "OK");
            on_transfer_news(shared, book, message);
        }
        "INVITE" | "UPDATE" | "CANCEL" | "BYE" | "INFO" if !known => {
            reply(shared, book, message, 481, "Call/Transaction Does Not Exist");
        }
        "REFER" => reply(shared, book, message, 603, "Decline"),
        "OPTIONS" if book.policy == Policy::Deaf => {}
        _ => reply(shared, book, message, 200, "OK"),
    }
}

fn reply(shared: &Shared, book: &mut Book, request: &Message, status: u16, reason: &str) {
    let tag = book.calls.get(request.call_id()).map_or_else(token, |dialog| dialog.local_tag.clone());
    let answer = response(request, status, reason, &tag, Vec::new(), String::new()).to_bytes();
    shared.send(&answer);
    book.transactions.remember(request, answer);
}

/// What became of a REFER (RFC 3515, section 2.4.5). Asterisk leaves it to the phone to end a call that was handed on.
fn on_transfer_news(shared: &Shared, book: &mut Book, message: &Message) {
    let status =
        message.body.strip_prefix("SIP/2.0 ").and_then(|s| s.get(..3)).and_then(|s| s.parse::<u16>().ok());
    let (Some(status), Some(dialog)) = (status, book.calls.get_mut(message.call_id())) else { return };
    dialog.signals.referred.send_replace(Some(status));
    if (200..300).contains(&status) {
        let bye = dialog.request(shared, "BYE", Vec::new(), String::new());
        shared.begin(book, bye, Owner { call: None, done: None });
        call::end(book, message.call_id(), None);
    }
}

/// A change of the session or of the display within a call.
fn on_session(shared: &Shared, book: &mut Book, message: &Message, method: &str) {
    let Some(dialog) = book.calls.get_mut(message.call_id()) else { return };
    if method == "INVITE" && dialog.unanswered.is_some() {
        return; // The INVITE that rings here, once more.
    }
    if method == "INVITE" && dialog.invite.is_some() {
        return reply(shared, book, message, 491, "Request Pending");
    }
    dialog.media.learn(&message.body);
    dialog.show(message.asserted());
    let answer = if method == "INVITE" {
        dialog.accept(shared, message)
    } else {
        let mut more = vec![header("Contact", shared.contact())];
        let mut body = String::new();
        if !message.body.is_empty() {
            more.push(header("Content-Type", "application/sdp"));
            body = dialog.media.offer();
        }
        let ok = response(message, 200, "OK", &dialog.local_tag, more, body).to_bytes();
        shared.send(&ok);
        ok
    };
    book.transactions.remember(message, answer);
}

/// A new call.
fn on_call(shared: &Arc<Shared>, book: &mut Book, invite: &Message, uri: &str) {
    let policy = book.policy.clone();
    if policy == Policy::Deaf {
        return;
    }
    let Ok(media) = Media::open(shared.ip()) else {
        return reply(shared, book, invite, 500, "No Socket");
    };
    media.learn(&invite.body);
    let from = invite.header("From").unwrap_or_default();
    let heard = media.heard();
    let signals = Signals::new(State::Incoming, invite.asserted().unwrap_or_else(|| identity(from)));
    let mut dialog = accepted(invite, from, media, signals.clone());
    dialog.unanswered = Some(invite.clone());
    let id = dialog.id.clone();
    let tag = dialog.local_tag.clone();
    book.calls.insert(id.clone(), dialog);
    let refused = match policy {
        Policy::Busy => Some((486, Vec::new())),
        Policy::Decline => Some((603, Vec::new())),
        Policy::Unavailable => Some((480, Vec::new())),
        Policy::Forward(ref number) => {
            let to = format!("<sip:{number}@{}>", shared.server.ip());
            Some((302, vec![header("Contact", to)]))
        }
        Policy::Answer | Policy::AnswerAfter(_) | Policy::Ring | Policy::Deaf => None,
    };
    if let Some((status, more)) = refused {
        let _ = call::refuse(shared, book, &id, status, more);
        return;
    }
    let ringing =
        response(invite, 180, "Ringing", &tag, vec![header("Contact", shared.contact())], String::new());
    shared.send(&ringing.to_bytes());
    let handle = call::handle(shared, &id, call::number_in(uri), &signals, heard);
    let asked = invite.all("Call-Info").any(|info| info.to_ascii_lowercase().contains("answer-after=0"));
    match policy {
        Policy::Answer => drop(call::answer(shared, book, &id)),
        _ if asked => drop(call::answer(shared, book, &id)),
        Policy::AnswerAfter(time) => {
            let call = handle.clone();
            tokio::spawn(async move {
                tokio::time::sleep(time).await;
                let _ = call.answer();
            });
        }
        _ => {}
    }
    // Nobody who does not take calls out of the queue misses one.
    let _ = shared.rings.try_send(handle);
}

fn accepted(invite: &Message, from: &str, media: Media, signals: Signals) -> Dialog {
    let to = invite.header("To").unwrap_or_default();
    let remote = from.split(";tag=").next().unwrap_or_default();
    let target = invite.header("Contact").map_or(address(from), address);
    let id = invite.call_id().to_owned();
    let mut dialog = opening(id, to.to_owned(), remote.to_owned(), target.to_owned(), media, signals);
    dialog.remote_tag = parameter(from, "tag").map(str::to_owned);
    dialog
}
