//! The part of the controller that keeps the connection: opening, hearing, silence, waiting, orders. It does not log in.

use super::{Controller, Session};
use crate::account::Account;
use crate::connection::{Attempt, Cure, Fault};
use crate::desktop::Desktop;
use crate::event::Now;
use crate::notice::NoticeChoice;
use crate::replica::Replica;
use crate::report::{Asked, Condition, failed, message, not_ignored, not_sent, unanswered};
use crate::secret::Secret;
use frontdesk_protocol::{
    CallId, ClientMessage, Command, CommandId, Due, HistoryQuery, LegId, LegState, Line, Millis, Outcome,
    Reason, ResyncCause, STALE_MS, ServerMessage, Step,
};
use std::time::{Duration, Instant};

impl Controller {
    /// When [`crate::event::Event::Tick`] is wanted at the latest; `None`: only after another event.
    pub(crate) fn wake(&self) -> Option<Instant> {
        let Session::In { line, .. } = &self.session else { return None };
        let wake = u64::try_from(line.wake()?.0).ok()?;
        Some(self.begun + Duration::from_millis(wake))
    }

    /// The time since this controller began, by a clock that never goes back.
    fn passed(&self, now: Now) -> Millis {
        let passed = now.at.saturating_duration_since(self.begun).as_millis();
        Millis(i64::try_from(passed).unwrap_or(i64::MAX))
    }

    pub(super) fn enter(&mut self, account: Account, token: Secret, now: Now, desktop: &mut impl Desktop) {
        let text = format!("Connecting to {} …", account.server.authority());
        self.replica = Replica::default();
        self.session = Session::In { account, token, line: Line::opening(STALE_MS) };
        self.report(Condition::Connecting, text, now, desktop);
        self.open(desktop);
    }

    fn open(&mut self, desktop: &mut impl Desktop) {
        let Session::In { account, token, line } = &mut self.session else { return };
        line.open();
        self.attempt = self.attempt.next();
        desktop.open(self.attempt, &account.server, token.clone(), self.replica.resume());
    }

    pub(super) fn opened(&mut self, attempt: Attempt, now: Now) {
        let passed = self.passed(now);
        let Session::In { line, .. } = &mut self.session else { return };
        if attempt == self.attempt {
            line.opened(passed);
        }
    }

    pub(super) fn received(
        &mut self,
        attempt: Attempt,
        received: &ServerMessage,
        text: &str,
        now: Now,
        desktop: &mut impl Desktop,
    ) {
        let passed = self.passed(now);
        let Session::In { line, .. } = &mut self.session else { return };
        if attempt != self.attempt || !line.heard(passed) {
            return;
        }
        match received {
            ServerMessage::Bye { text, again, after_ms } => {
                line.asked(*after_ms);
                let cure = if *again { Cure::TryAgain } else { Cure::LogIn };
                let fault = Fault::ServerSays { text: text.clone(), cure };
                return self.lost(attempt, &fault, now, desktop);
            }
            ServerMessage::Result { id, outcome } => {
                let asked = self.shown.pending.remove(id);
                if let (Some(Asked::Ignore(leg)), Outcome::Failed { text, .. }) = (asked, outcome) {
                    self.not_ignored(&leg, text, desktop);
                }
            }
            ServerMessage::History { id, .. } => {
                self.shown.pending.remove(id);
            }
            ServerMessage::Ready { .. }
            | ServerMessage::Snapshot { .. }
            | ServerMessage::Delta(_)
            | ServerMessage::Check { .. }
            | ServerMessage::HistoryAdded { .. }
            | ServerMessage::Notice { .. }
            | ServerMessage::Beat { .. } => {}
        }
        match self.replica.apply(received, now.wall) {
            Step::Taken => desktop.tell_view(message(text)),
            Step::Dropped => {}
            Step::Resync(why) => {
                match why {
                    ResyncCause::Gap => tracing::info!("a change is missing; asking for a snapshot"),
                    ResyncCause::Differs => {
                        tracing::warn!("the facts here differ from the server's; asking for a snapshot");
                    }
                }
                // Who is logged in is told all the same.
                if matches!(received, ServerMessage::Ready { .. }) {
                    desktop.tell_view(message(text));
                }
                if desktop.send(ClientMessage::Resync { why }).is_err() {
                    return self.lost(attempt, &Fault::Broken, now, desktop);
                }
            }
        }
        if self.replica.is_complete() && self.shown.report.state != Condition::Online {
            self.report_online(now, desktop);
        }
    }

    pub(super) fn lost(&mut self, attempt: Attempt, fault: &Fault, now: Now, desktop: &mut impl Desktop) {
        let Session::In { account, .. } = &self.session else { return };
        if attempt != self.attempt {
            return;
        }
        tracing::info!(?fault, "no connection to the server");
        if fault.cure() == Cure::LogIn {
            let server = account.server.clone();
            if *fault == Fault::SessionEnded {
                self.forget(desktop);
            }
            self.ask_for_trust(&server, fault, desktop);
            return self.leave(fault.to_string(), now, desktop);
        }
        desktop.close();
        let (passed, chance) = (self.passed(now), self.dice.f64());
        if let Session::In { line, .. } = &mut self.session {
            line.lost(passed, chance);
        }
        // What an older connection may still say is about a time that is over.
        self.attempt = self.attempt.next();
        self.abandon_orders(desktop);
        let text = match self.replica.seen() {
            Some(_) => format!("{fault} What you see is what was last known. Trying again …"),
            None => format!("{fault} Trying again …"),
        };
        self.report(Condition::Offline, text, now, desktop);
    }

    pub(super) fn tick(&mut self, now: Now, desktop: &mut impl Desktop) {
        let passed = self.passed(now);
        let Session::In { line, .. } = &mut self.session else { return };
        match line.tick(passed) {
            Some(Due::Open) => self.open(desktop),
            Some(Due::Silent(millis)) => {
                let fault = Fault::Silent { seconds: millis / 1_000 };
                self.lost(self.attempt, &fault, now, desktop);
            }
            // A full outbox is itself no sign of life; the server's silence will show.
            Some(Due::Beat) => drop(desktop.send(ClientMessage::Beat)),
            None => {}
        }
    }

    pub(super) fn order(&mut self, id: CommandId, command: Command, desktop: &mut impl Desktop) {
        self.send_asked(id.clone(), Asked::Order, ClientMessage::Command { id, command }, desktop);
    }

    pub(super) fn ask_history(&mut self, id: CommandId, query: HistoryQuery, desktop: &mut impl Desktop) {
        self.send_asked(id.clone(), Asked::History, ClientMessage::History { id, query }, desktop);
    }

    pub(super) fn resync(&mut self, now: Now, desktop: &mut impl Desktop) {
        if self.replica.is_complete() {
            self.retell(now, desktop);
        } else if self.is_up() {
            // If it cannot be sent, the connection is about to be found dead, and the next one begins with a snapshot.
            let _ = desktop.send(ClientMessage::Resync { why: ResyncCause::Gap });
        }
    }

    pub(super) fn noticed(
        &mut self,
        call: &CallId,
        choice: NoticeChoice,
        now: Now,
        desktop: &mut impl Desktop,
    ) {
        match choice {
            NoticeChoice::Show => desktop.raise(),
            NoticeChoice::Ignore => {
                let legs = self.shown.notices.get(call).map(|(_, legs)| legs.clone()).unwrap_or_default();
                for leg in legs {
                    self.shown.named += 1;
                    // The time makes the name one of this run of the program; ids of other runs must not be repeated.
                    let name = format!("notification-{}-{}", now.wall.0, self.shown.named);
                    if let Ok(id) = CommandId::parse(&name) {
                        let command = Command::Ignore { leg: leg.clone() };
                        let message = ClientMessage::Command { id: id.clone(), command };
                        self.send_asked(id, Asked::Ignore(leg), message, desktop);
                    }
                }
            }
        }
    }

    /// Tells of every order without an answer that there will be none.
    pub(super) fn abandon_orders(&mut self, desktop: &mut impl Desktop) {
        for (id, asked) in std::mem::take(&mut self.shown.pending) {
            let text = unanswered(&asked);
            match asked {
                Asked::Order | Asked::History => desktop.tell_view(failed(id, Reason::Timeout, text)),
                Asked::Ignore(leg) => self.not_ignored(&leg, text, desktop),
            }
        }
    }

    /// The person pressed Ignore on a notification and looks away: a call that rings on is shown to them.
    fn not_ignored(&mut self, leg: &LegId, why: &str, desktop: &mut impl Desktop) {
        let known = self.replica.seen().and_then(|(office, _)| office.leg(leg));
        let Some((call, leg)) = known.filter(|(_, leg)| leg.state == LegState::Ringing) else { return };
        let caller = leg.peer.as_ref().unwrap_or(&call.origin).display().to_owned();
        self.remark(not_ignored(&caller, why), desktop);
        desktop.raise();
    }

    fn is_up(&self) -> bool {
        matches!(&self.session, Session::In { line, .. } if line.is_up())
    }

    fn send_asked(
        &mut self,
        id: CommandId,
        asked: Asked,
        message: ClientMessage,
        desktop: &mut impl Desktop,
    ) {
        let live = self.is_up() && self.shown.report.state == Condition::Online;
        if live && desktop.send(message).is_ok() {
            self.shown.pending.insert(id, asked);
        } else {
            let text = not_sent(&asked);
            match asked {
                Asked::Order | Asked::History => desktop.tell_view(failed(id, Reason::NoLink, text)),
                Asked::Ignore(leg) => self.not_ignored(&leg, text, desktop),
            }
        }
    }
}
