//! One call as the person at the phone has it: answer, hold, transfer, hang up, and wait for what happens.
//!
//! Waiting is for a condition with a deadline, and deliberately never for a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{oneshot, watch};

use super::dialog::{GivingUp, Signals, opening, response, within};
use super::media::{Direction, Media};
use super::message::{Identity, Message, address, user};
use super::{Book, Owner, PATIENCE, PhoneError, Shared, header, token};

/// Where a call stands, as its phone sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Dialled, nothing rings yet.
    Calling,
    /// Dialled, and it rings at the other end.
    Ringing,
    /// It rings here.
    Incoming,
    /// Answered.
    Up,
    /// Over.
    Down,
}

/// Where a call stands and, once it is over, how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The state.
    pub state: State,
    /// The SIP status of a refusal or of giving up; none for an ordinary end.
    pub code: Option<u16>,
}

/// A call of one phone. Clones are the same call.
#[derive(Debug, Clone)]
pub struct Call {
    shared: Arc<Shared>,
    id: String,
    dialled: String,
    progress: watch::Receiver<Progress>,
    identity: watch::Receiver<Identity>,
    referred: watch::Receiver<Option<u16>>,
    heard: watch::Receiver<u64>,
}

pub(super) fn place(shared: &Arc<Shared>, from: String, number: &str) -> Result<Call, PhoneError> {
    let media = Media::open(shared.ip())?;
    let target = format!("sip:{number}@{}", shared.server);
    let signals = Signals::new(State::Calling, Identity { name: String::new(), number: number.to_owned() });
    let heard = media.heard();
    let mut dialog = opening(token(), from, format!("<{target}>"), target, media, signals.clone());
    let call = handle(shared, &dialog.id, number, &signals, heard);
    let invite = dialog.invitation(shared);
    let mut book = shared.book();
    let owner = Owner { call: Some(dialog.id.clone()), done: None };
    book.calls.insert(dialog.id.clone(), dialog);
    shared.begin(&mut book, invite, owner);
    Ok(call)
}

pub(super) fn handle(
    shared: &Arc<Shared>,
    id: &str,
    dialled: &str,
    signals: &Signals,
    heard: watch::Receiver<u64>,
) -> Call {
    Call {
        shared: Arc::clone(shared),
        id: id.to_owned(),
        dialled: dialled.to_owned(),
        progress: signals.progress.subscribe(),
        identity: signals.identity.subscribe(),
        referred: signals.referred.subscribe(),
        heard,
    }
}

impl Call {
    /// Where the call stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.progress.borrow().state
    }

    /// The SIP status that a refused or cancelled call ended with; none for an ordinary end.
    #[must_use]
    pub fn end_code(&self) -> Option<u16> {
        self.progress.borrow().code
    }

    /// The number that was dialled to get here.
    #[must_use]
    pub fn dialled(&self) -> &str {
        &self.dialled
    }

    /// What the display shows: the other party, as last told by Asterisk.
    #[must_use]
    pub fn remote_identity(&self) -> Identity {
        self.identity.borrow().clone()
    }

    /// Every change of state, for a test that watches rather than waits.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// Waits up to [`PATIENCE`] for a state.
    ///
    /// # Errors
    /// When the call ends first, or the time is over.
    pub async fn wait(&self, wanted: State) -> Result<(), PhoneError> {
        self.wait_for(wanted, PATIENCE).await
    }

    /// Waits up to `deadline` for a state.
    ///
    /// # Errors
    /// As [`Call::wait`].
    pub async fn wait_for(&self, wanted: State, deadline: Duration) -> Result<(), PhoneError> {
        let mut progress = self.progress.clone();
        let reached = progress.wait_for(|now| now.state == wanted || now.state == State::Down);
        let late = || PhoneError::TooLate(format!("{wanted:?} at {}", self.shared.user));
        let now = match tokio::time::timeout(deadline, reached).await {
            Ok(Ok(now)) => *now,
            // The phone is gone: what it said last is all there is.
            Ok(Err(_)) => *self.progress.borrow(),
            Err(_) => return Err(late()),
        };
        if now.state == wanted { Ok(()) } else { Err(PhoneError::Ended { wanted, code: now.code }) }
    }

    /// Waits up to [`PATIENCE`] until the display shows this number.
    ///
    /// # Errors
    /// When it does not.
    pub async fn wait_number(&self, number: &str) -> Result<Identity, PhoneError> {
        let mut identity = self.identity.clone();
        let late = || PhoneError::TooLate(format!("{number} on the display of {}", self.shared.user));
        let shown = tokio::time::timeout(PATIENCE, identity.wait_for(|i| i.number == number)).await;
        shown.ok().and_then(Result::ok).map(|i| i.clone()).ok_or_else(late)
    }

    /// Waits up to [`PATIENCE`] until this many more packets of sound, not silence, have come in.
    ///
    /// # Errors
    /// When it stays silent.
    pub async fn wait_sound(&self, packets: u64) -> Result<(), PhoneError> {
        let mut heard = self.heard.clone();
        let enough = *heard.borrow() + packets;
        let late = || PhoneError::TooLate(format!("sound at {}", self.shared.user));
        let done = tokio::time::timeout(PATIENCE, heard.wait_for(|n| *n >= enough)).await;
        done.ok().and_then(Result::ok).map(|_| ()).ok_or_else(late)
    }

    /// Answers a call that rings here.
    ///
    /// # Errors
    /// When it does not ring any more.
    pub fn answer(&self) -> Result<(), PhoneError> {
        answer(&self.shared, &mut self.shared.book(), &self.id)
    }

    /// Refuses a call that rings here, with this status: 486 busy, 603 declined, 480 not available.
    ///
    /// # Errors
    /// When it does not ring any more.
    pub fn reject(&self, status: u16) -> Result<(), PhoneError> {
        refuse(&self.shared, &mut self.shared.book(), &self.id, status, Vec::new())
    }

    /// Ends the call in whatever state it is: CANCEL, BYE, or 603 where it still rings here.
    pub fn hang_up(&self) {
        let shared = &self.shared;
        let mut book = shared.book();
        let Some(dialog) = book.calls.get_mut(&self.id) else { return };
        match dialog.state() {
            State::Incoming => {
                let _ = refuse(shared, &mut book, &self.id, 603, Vec::new());
            }
            State::Calling => dialog.giving_up = GivingUp::AtFirstAnswer,
            State::Ringing => cancel(shared, &mut book, &self.id),
            State::Up => {
                let bye = dialog.request(shared, "BYE", Vec::new(), String::new());
                shared.begin(&mut book, bye, Owner { call: None, done: None });
                end(&mut book, &self.id, None);
            }
            State::Down => {}
        }
    }

    /// Puts the other party on hold and waits until Asterisk has agreed.
    ///
    /// # Errors
    /// When the call is not up, or Asterisk refuses.
    pub async fn hold(&self) -> Result<(), PhoneError> {
        self.turn(Direction::OutOnly).await
    }

    /// Takes the other party off hold.
    ///
    /// # Errors
    /// As [`Call::hold`].
    pub async fn resume(&self) -> Result<(), PhoneError> {
        self.turn(Direction::Both).await
    }

    async fn turn(&self, direction: Direction) -> Result<(), PhoneError> {
        let answer = {
            let mut book = self.shared.book();
            let dialog = self.up(&mut book)?;
            dialog.media.direction = direction;
            let invite = dialog.invitation(&self.shared);
            self.ask(&mut book, invite)
        };
        settled("INVITE", answer).await
    }

    /// Blind transfer by the phone: sends the other party to a number.
    ///
    /// # Errors
    /// When Asterisk does not accept the request; what became of it is told by [`Call::wait_referred`].
    pub async fn refer(&self, number: &str) -> Result<(), PhoneError> {
        self.send_refer(format!("<sip:{number}@{}>", self.shared.server.ip())).await
    }

    /// Attended transfer by the phone: joins the other party with the one of `consultation`.
    ///
    /// # Errors
    /// As [`Call::refer`].
    pub async fn refer_replaces(&self, consultation: &Self) -> Result<(), PhoneError> {
        let to = {
            let mut book = self.shared.book();
            let dialog = consultation.up(&mut book)?;
            let tag = dialog.remote_tag.clone().unwrap_or_default();
            let replaces = format!("{}%3Bto-tag%3D{tag}%3Bfrom-tag%3D{}", dialog.id, dialog.local_tag);
            format!("<{}?Replaces={replaces}>", address(&dialog.remote))
        };
        self.send_refer(to).await
    }

    async fn send_refer(&self, to: String) -> Result<(), PhoneError> {
        let answer = {
            let mut book = self.shared.book();
            let dialog = self.up(&mut book)?;
            let more = vec![header("Refer-To", to), header("Referred-By", dialog.local.clone())];
            let refer = dialog.request(&self.shared, "REFER", more, String::new());
            self.ask(&mut book, refer)
        };
        settled("REFER", answer).await
    }

    /// The status that Asterisk reports last about a transfer by this phone: 200 when it worked.
    ///
    /// # Errors
    /// When no final one comes within [`PATIENCE`].
    pub async fn wait_referred(&self) -> Result<u16, PhoneError> {
        let mut referred = self.referred.clone();
        let late = || PhoneError::TooLate("the outcome of the transfer".to_owned());
        let done = tokio::time::timeout(PATIENCE, referred.wait_for(|s| s.is_some_and(|s| s >= 200))).await;
        done.ok().and_then(Result::ok).and_then(|s| *s).ok_or_else(late)
    }

    /// Presses keys during the call (SIP INFO), one after the other.
    ///
    /// # Errors
    /// When Asterisk does not take one.
    pub async fn press(&self, keys: &str) -> Result<(), PhoneError> {
        for key in keys.chars() {
            let answer = {
                let mut book = self.shared.book();
                let dialog = self.up(&mut book)?;
                let body = format!("Signal={key}\r\nDuration=100\r\n");
                let kind = vec![header("Content-Type", "application/dtmf-relay")];
                let info = dialog.request(&self.shared, "INFO", kind, body);
                self.ask(&mut book, info)
            };
            settled("INFO", answer).await?;
        }
        Ok(())
    }

    fn up<'b>(&self, book: &'b mut Book) -> Result<&'b mut super::Dialog, PhoneError> {
        let up = book.calls.get_mut(&self.id).filter(|dialog| dialog.state() == State::Up);
        up.ok_or(PhoneError::NotNow("it is not answered, or over"))
    }

    fn ask(&self, book: &mut Book, request: Message) -> oneshot::Receiver<u16> {
        let (done, answer) = oneshot::channel();
        self.shared.begin(book, request, Owner { call: Some(self.id.clone()), done: Some(done) });
        answer
    }
}

async fn settled(method: &'static str, answer: oneshot::Receiver<u16>) -> Result<(), PhoneError> {
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(Ok(status)) if (200..300).contains(&status) => Ok(()),
        Ok(Ok(status)) => Err(PhoneError::Refused(method, status)),
        _ => Err(PhoneError::TooLate(format!("the answer to {method}"))),
    }
}

pub(super) fn answer(shared: &Shared, book: &mut Book, id: &str) -> Result<(), PhoneError> {
    let gone = PhoneError::NotNow("it does not ring here");
    let Some(dialog) = book.calls.get_mut(id) else { return Err(gone) };
    let Some(invite) = dialog.unanswered.take() else { return Err(gone) };
    let ok = dialog.accept(shared, &invite);
    dialog.enter(State::Up, None);
    book.transactions.remember(&invite, ok);
    Ok(())
}

pub(super) fn refuse(
    shared: &Shared,
    book: &mut Book,
    id: &str,
    status: u16,
    more: Vec<(String, String)>,
) -> Result<(), PhoneError> {
    let gone = PhoneError::NotNow("it does not ring here");
    let Some(dialog) = book.calls.get_mut(id) else { return Err(gone) };
    let Some(invite) = dialog.unanswered.take() else { return Err(gone) };
    let reason = match status {
        302 => "Moved Temporarily",
        480 => "Temporarily Unavailable",
        486 => "Busy Here",
        487 => "Request Terminated",
        _ => "Decline",
    };
    let no = response(&invite, status, reason, &dialog.local_tag, more, String::new()).to_bytes();
    shared.send(&no);
    book.transactions.remember(&invite, no);
    end(book, id, Some(status));
    Ok(())
}

pub(super) fn cancel(shared: &Shared, book: &mut Book, id: &str) {
    let Some(dialog) = book.calls.get_mut(id) else { return };
    let Some(invite) = &dialog.invite else { return };
    let cancel = within(invite, "CANCEL", None);
    dialog.giving_up = GivingUp::Cancelled;
    shared.begin(book, cancel, Owner { call: None, done: None });
}

pub(super) fn end(book: &mut Book, id: &str, code: Option<u16>) {
    if let Some(dialog) = book.calls.remove(id) {
        dialog.enter(State::Down, code);
    }
}

/// The number in the request line of an INVITE.
pub(super) fn number_in(uri: &str) -> &str {
    user(uri)
}
