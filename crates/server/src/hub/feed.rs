//! What one desk is fed with, as it may see it. It does not wait for sockets.

use super::view::View;
use super::{Frame, check};
use crate::privacy::Sight;
use frontdesk_protocol::{Extension, Seq};
use tokio::sync::broadcast::{self, error};
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// The frames that follow a start.
#[derive(Debug)]
pub struct Feed {
    frames: broadcast::Receiver<Frame>,
    seq: Seq,
    view: View,
}

/// What a desk gets next.
#[derive(Debug)]
pub enum Delivery {
    /// This.
    Frame(Utf8Bytes),
    /// A new row of the history, for those who may see that extension's.
    Row(Extension, Utf8Bytes),
    /// It lags too far behind: a snapshot is due.
    Lagged,
    /// The server stops.
    End,
}

impl Feed {
    pub(super) fn new(frames: broadcast::Receiver<Frame>, seq: Seq, view: View) -> Self {
        Self { frames, seq, view }
    }

    /// Waits for what comes next. Dropping the wait loses nothing.
    pub async fn next(&mut self) -> Delivery {
        match self.frames.recv().await {
            Ok(frame) => self.deliver(frame),
            Err(error::RecvError::Lagged(_)) => Delivery::Lagged,
            Err(error::RecvError::Closed) => Delivery::End,
        }
    }

    /// What has come already, if anything.
    pub fn take(&mut self) -> Option<Delivery> {
        match self.frames.try_recv() {
            Ok(frame) => Some(self.deliver(frame)),
            Err(error::TryRecvError::Empty) => None,
            Err(error::TryRecvError::Lagged(_)) => Some(Delivery::Lagged),
            Err(error::TryRecvError::Closed) => Some(Delivery::End),
        }
    }

    /// The last delta that was handed out, or that the start contained.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// How the office is seen here.
    pub fn sight(&self) -> &Sight {
        self.view.sight()
    }

    fn deliver(&mut self, frame: Frame) -> Delivery {
        match frame {
            Frame::Delta(published) => {
                self.seq = published.delta.seq;
                Delivery::Frame(self.view.see(&published))
            }
            Frame::Check(seq, text, hashes) => {
                Delivery::Frame(self.view.hash(&hashes).map_or(text, |hash| check(seq, hash)))
            }
            Frame::Row(extension, text) => Delivery::Row(extension, text),
        }
    }
}
