//! What makes UDP reliable (RFC 3261, section 17): requests that are sent again until answered, and answers that are
//! remembered for requests that come again.
//!
//! It knows messages, and deliberately nothing of calls.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::task::AbortHandle;

use super::message::{Message, Start};

/// A datagram that is sent again, at growing distances, until this is dropped.
#[derive(Debug)]
pub(crate) struct Resend(AbortHandle);

impl Resend {
    pub fn start(socket: &Arc<UdpSocket>, to: SocketAddr, datagram: Vec<u8>) -> Self {
        let socket = Arc::clone(socket);
        let _ = socket.try_send_to(&datagram, to);
        let task = tokio::spawn(async move {
            let mut pause = Duration::from_millis(500);
            // 32 seconds in all: timers B, F and H.
            for _ in 0..10 {
                tokio::time::sleep(pause).await;
                let _ = socket.try_send_to(&datagram, to);
                pause = (pause * 2).min(Duration::from_secs(4));
            }
        });
        Self(task.abort_handle())
    }
}

impl Drop for Resend {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A request of ours that has no final answer yet.
#[derive(Debug)]
pub(crate) struct Pending<Owner> {
    pub request: Message,
    pub owner: Owner,
    pub resend: Option<Resend>,
}

/// All transactions of one phone.
#[derive(Debug)]
pub(crate) struct Transactions<Owner> {
    pending: HashMap<(String, String), Pending<Owner>>,
    answered: VecDeque<((String, String), Vec<u8>)>,
}

impl<Owner> Default for Transactions<Owner> {
    fn default() -> Self {
        Self { pending: HashMap::new(), answered: VecDeque::new() }
    }
}

impl<Owner> Transactions<Owner> {
    pub fn begin(&mut self, request: Message, owner: Owner, resend: Resend) {
        let key = (request.branch().to_owned(), request.cseq().1.to_owned());
        self.pending.insert(key, Pending { request, owner, resend: Some(resend) });
    }

    /// The request that a provisional answer belongs to; it is not sent again from here on.
    pub fn provisional(&mut self, response: &Message) -> Option<&mut Pending<Owner>> {
        let pending = self.pending.get_mut(&key(response))?;
        pending.resend = None;
        Some(pending)
    }

    /// The request that a final answer ends.
    pub fn finish(&mut self, response: &Message) -> Option<Pending<Owner>> {
        self.pending.remove(&key(response))
    }

    /// Remembers an answer for the case that the request comes again.
    pub fn remember(&mut self, request: &Message, answer: Vec<u8>) {
        let key = key(request);
        self.answered.retain(|(k, _)| *k != key);
        self.answered.push_back((key, answer));
        if self.answered.len() > 64 {
            self.answered.pop_front();
        }
    }

    /// The answer that this very request already had.
    pub fn again(&self, request: &Message) -> Option<&[u8]> {
        if matches!(&request.start, Start::Request { method, .. } if method == "ACK") {
            return None;
        }
        let key = key(request);
        self.answered.iter().find(|(k, _)| *k == key).map(|(_, answer)| answer.as_slice())
    }
}

fn key(message: &Message) -> (String, String) {
    (message.branch().to_owned(), message.cseq().1.to_owned())
}
