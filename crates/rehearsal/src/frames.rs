//! Bytes into actions, with Asterisk's own limits. Not the socket.

use crate::action::Action;

/// The longest line of an action, in bytes without its line end.
const LINE: usize = 1_022;
/// The most lines of an action.
const LINES: usize = 128;

/// What is wrong with an action; the session goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A line has more than 1022 bytes.
    #[error("Failed to parse message: line too long")]
    LineTooLong,
    /// There are more than 128 lines.
    #[error("Too many lines in message or allocation failure")]
    TooManyLines,
}

/// Collects bytes until an action is complete. It holds one action at most.
#[derive(Debug, Default)]
pub struct Frames {
    line: Vec<u8>,
    action: Action,
    wrong: Option<FrameError>,
}

impl Frames {
    /// Takes bytes as they come and gives the actions that they complete.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Result<Action, FrameError>> {
        let mut done = Vec::new();
        for byte in bytes {
            match byte {
                b'\r' => {}
                b'\n' => done.extend(self.line_end()),
                _ if self.line.len() < LINE => self.line.push(*byte),
                _ => self.wrong = Some(FrameError::LineTooLong),
            }
        }
        done
    }

    fn line_end(&mut self) -> Option<Result<Action, FrameError>> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            let action = std::mem::take(&mut self.action);
            return match self.wrong.take() {
                Some(error) => Some(Err(error)),
                None => (!action.is_empty()).then_some(Ok(action)),
            };
        }
        if self.action.lines() < LINES {
            self.action.push(&String::from_utf8_lossy(&line));
        } else {
            self.wrong = self.wrong.or(Some(FrameError::TooManyLines));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn an_action_may_come_in_pieces_and_two_at_once() {
        let mut frames = Frames::default();
        assert!(frames.feed(b"Action: Pi").is_empty());
        let done = frames.feed(b"ng\r\nactionid: 1\r\n\r\nAction: Logoff\n\n");
        assert_eq!(done.len(), 2);
        let ping = done[0].as_ref().unwrap();
        assert_eq!((ping.name().as_str(), ping.field("ActionID")), ("ping", "1"));
        assert_eq!(done[1].as_ref().unwrap().name(), "logoff");
    }

    #[test]
    fn what_is_too_long_is_refused_and_the_session_goes_on() {
        let mut frames = Frames::default();
        let long = format!("Action: {}\n\nAction: Ping\n\n", "x".repeat(3_000));
        let done = frames.feed(long.as_bytes());
        assert_eq!(done[0], Err(FrameError::LineTooLong));
        assert_eq!(done[1].as_ref().unwrap().name(), "ping");
        let many = format!("{}\n", "A: b\n".repeat(140));
        assert_eq!(frames.feed(many.as_bytes()), [Err(FrameError::TooManyLines)]);
    }
}
