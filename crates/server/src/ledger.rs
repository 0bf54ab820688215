//! Which orders were given, so that a repeated one is answered again and never acts twice. Pure; not the acting.

use crate::store::SessionKey;
use frontdesk_protocol::{CommandId, Outcome};
use frontdesk_switchboard::Ticket;
use std::collections::{BTreeMap, VecDeque};
use tokio::sync::oneshot;

/// How many orders are remembered for each session.
const REMEMBERED: usize = 256;
/// How many sessions are remembered.
const SESSIONS: usize = 2_048;

/// Orders that run or ran.
#[derive(Debug, Default)]
pub struct Ledger {
    sessions: BTreeMap<SessionKey, Book>,
    running: BTreeMap<Ticket, (SessionKey, CommandId)>,
    tickets: u64,
}

#[derive(Debug, Default)]
struct Book {
    orders: VecDeque<(CommandId, State)>,
    used: u64,
}

#[derive(Debug)]
enum State {
    Running(Vec<oneshot::Sender<Outcome>>),
    Done(Outcome),
}

impl Ledger {
    /// Takes an order. A new one gets a ticket and has to be carried out; of a known one the answer is sent, now or
    /// when the first of its name concludes.
    pub fn take(
        &mut self,
        session: SessionKey,
        id: &CommandId,
        reply: oneshot::Sender<Outcome>,
    ) -> Option<Ticket> {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let book = self.sessions.entry(session).or_default();
        book.used = self.tickets;
        if let Some((_, state)) = book.orders.iter_mut().find(|(known, _)| known == id) {
            match state {
                State::Running(waiting) => waiting.push(reply),
                State::Done(outcome) => drop(reply.send(outcome.clone())),
            }
            return None;
        }
        book.orders.push_back((id.clone(), State::Running(vec![reply])));
        if book.orders.len() > REMEMBERED {
            book.orders.pop_front();
        }
        self.running.insert(ticket, (session, id.clone()));
        if self.sessions.len() > SESSIONS
            && let Some(oldest) =
                self.sessions.iter().min_by_key(|(_, book)| book.used).map(|(session, _)| *session)
        {
            self.sessions.remove(&oldest);
        }
        Some(ticket)
    }

    /// An order came to its end: answers everybody who gave it.
    pub fn conclude(&mut self, ticket: Ticket, outcome: &Outcome) {
        let Some((session, id)) = self.running.remove(&ticket) else { return };
        let Some(book) = self.sessions.get_mut(&session) else { return };
        let Some((_, state)) = book.orders.iter_mut().find(|(known, _)| *known == id) else { return };
        if let State::Running(waiting) = std::mem::replace(state, State::Done(outcome.clone())) {
            for reply in waiting {
                // Whoever asked may have gone; the outcome is kept for their return.
                let _ = reply.send(outcome.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    const ANNA: SessionKey = SessionKey([1; 32]);

    fn done() -> Outcome {
        Outcome::Done { text: "Sent to Bob (1002).".into() }
    }

    #[test]
    fn a_repeated_order_is_answered_again_and_carried_out_once() {
        let mut ledger = Ledger::default();
        let id = CommandId::parse("1").unwrap();
        let (first, mut a) = oneshot::channel();
        let (second, mut b) = oneshot::channel();
        let (third, mut c) = oneshot::channel();
        let ticket = ledger.take(ANNA, &id, first).unwrap();
        assert!(ledger.take(ANNA, &id, second).is_none());
        ledger.conclude(ticket, &done());
        assert!(ledger.take(ANNA, &id, third).is_none());
        for answer in [a.try_recv(), b.try_recv(), c.try_recv()] {
            assert_eq!(answer.unwrap(), done());
        }
        let (other, _) = oneshot::channel();
        assert!(
            ledger.take(SessionKey([2; 32]), &id, other).is_some(),
            "another session's names are its own"
        );
    }

    #[test]
    fn only_the_last_orders_are_remembered() {
        let mut ledger = Ledger::default();
        for n in 0..=REMEMBERED {
            let (reply, _) = oneshot::channel();
            let ticket = ledger.take(ANNA, &CommandId::parse(&n.to_string()).unwrap(), reply).unwrap();
            ledger.conclude(ticket, &done());
        }
        assert_eq!(ledger.sessions[&ANNA].orders.len(), REMEMBERED);
        assert!(ledger.running.is_empty());
    }
}
