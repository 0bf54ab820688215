//! One AMI session of the office: from the bytes that came to the messages that go back. Not the socket, and not what
//! the actions do; that is `office`.

use crate::action::Action;
use crate::frames::Frames;
use crate::office::{Simulation, error, reply, success};
use crate::packet::Packet;
use md5::{Digest as _, Md5};
use std::fmt::Write as _;

/// What is said first.
pub const BANNER: &str = "Asterisk Call Manager/11.0.0\r\n";
/// Who may log in.
const USER: &str = "frontdesk";
const SECRET: &str = "rehearsal";

/// A session.
#[derive(Debug)]
pub struct Session {
    frames: Frames,
    stage: Stage,
    /// What a login by MD5 must be made from; given out once.
    challenge: u32,
    challenged: bool,
    hears: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Outside,
    Inside,
    Over,
}

impl Session {
    /// A session in which nobody has logged in; the challenge should not be foreseeable.
    pub fn new(challenge: u32) -> Self {
        Self { frames: Frames::default(), stage: Stage::Outside, challenge, challenged: false, hears: true }
    }

    /// Whether events are to be sent.
    pub fn hears(&self) -> bool {
        self.stage == Stage::Inside && self.hears
    }

    /// Whether the session is over and to be closed.
    pub fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// Takes bytes as they come and gives what is answered. What happens in the office through it stays there.
    pub fn feed(&mut self, bytes: &[u8], office: &mut Simulation) -> Vec<Packet> {
        let mut answers = Vec::new();
        for action in self.frames.feed(bytes) {
            if self.is_over() {
                break;
            }
            match action {
                Ok(action) => answers.extend(self.act(&action, office)),
                Err(wrong) => answers.push(error(&Action::default(), &wrong.to_string())),
            }
        }
        answers
    }

    fn act(&mut self, action: &Action, office: &mut Simulation) -> Vec<Packet> {
        match (action.name().as_str(), self.stage) {
            ("login", Stage::Outside) => self.log_in(action, office),
            ("challenge", Stage::Outside) => vec![self.challenge(action)],
            ("logoff", _) => {
                self.stage = Stage::Over;
                vec![reply(action, "Goodbye").with("Message", "Thanks for all the fish.")]
            }
            ("login", _) => vec![success(action, "Already logged in")],
            (_, Stage::Outside | Stage::Over) => vec![error(action, "Permission denied")],
            ("events", _) => {
                self.hears = hears(action.field("EventMask"));
                vec![reply(action, "Success").with("Events", if self.hears { "On" } else { "Off" })]
            }
            _ => office.act(action),
        }
    }

    fn challenge(&mut self, action: &Action) -> Packet {
        if !action.field("AuthType").eq_ignore_ascii_case("md5") {
            return error(action, "Must specify AuthType");
        }
        self.challenged = true;
        reply(action, "Success").with("Challenge", self.challenge)
    }

    fn log_in(&mut self, action: &Action, office: &Simulation) -> Vec<Packet> {
        let proven = match action.field("AuthType") {
            "" => action.field("Secret") == SECRET,
            kind if kind.eq_ignore_ascii_case("md5") => {
                self.challenged && action.field("Key").eq_ignore_ascii_case(&key(self.challenge))
            }
            _ => false,
        };
        if !proven || action.field("Username") != USER {
            self.stage = Stage::Over;
            return vec![error(action, "Authentication failed")];
        }
        self.stage = Stage::Inside;
        self.hears = hears(action.field("Events"));
        let uptime = office.uptime_s();
        let booted = Packet::event("FullyBooted")
            .with("Privilege", "system,all")
            .with("Uptime", uptime)
            .with("LastReload", uptime)
            .with("Status", "Fully Booted");
        let mut answers = vec![success(action, "Authentication accepted")];
        answers.extend(self.hears.then_some(booted));
        answers
    }
}

/// What a mask says: all that is not switched off.
fn hears(mask: &str) -> bool {
    !["off", "no", "none", "0"].iter().any(|off| mask.eq_ignore_ascii_case(off))
}

/// The proof that somebody knows the secret.
fn key(challenge: u32) -> String {
    let digest = Md5::digest(format!("{challenge}{SECRET}"));
    digest.iter().fold(String::with_capacity(32), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
