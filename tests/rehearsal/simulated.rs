//! Scenarios in the simulated office: no sockets, and its own time.

use super::board::Board;
use frontdesk_ami::{Decoder, Frame, Limits};
use frontdesk_protocol::{Command, Millis};
use frontdesk_rehearsal::scenario::{Scenario, Step};
use frontdesk_rehearsal::{Frames, Packet, Simulation};

/// The simulated office and the switchboard on it.
pub struct Simulated {
    office: Simulation,
    decoder: Decoder,
    frames: Frames,
    pub board: Board,
}

impl Simulated {
    /// An office whose lists have been read.
    pub fn open() -> Self {
        let office = Scenario::office(1_795_500_000_000);
        let decoder = Decoder::without_banner(Limits::default());
        let board = Board::new(now(&office));
        let mut simulated = Self { office, decoder, frames: Frames::default(), board };
        simulated.board.link_up(now(&simulated.office));
        simulated.exchange(&[]);
        assert!(simulated.board.synced, "the lists have been read");
        simulated
    }

    /// All phones ring when they are called.
    pub fn all_ring(&mut self) {
        self.office.all_ring();
    }

    /// The user of 1001 orders something.
    pub fn order(&mut self, command: Command) {
        self.board.order(command, now(&self.office));
        self.exchange(&[]);
    }

    /// Takes a step, and lets time pass as long as the step says.
    pub fn take(&mut self, step: Step) {
        let end = self.office.now() + step.pause_ms();
        let mut said = step.begin(&mut self.office);
        said.extend(self.office.events());
        let silent = matches!(step, Step::Pass(_) | Step::Behave { .. });
        assert!(silent || !said.is_empty(), "there is nobody who could do this: {step:?}");
        self.exchange(&said);
        loop {
            let board = self.board.deadline().and_then(|at| u64::try_from(at.0).ok());
            let next = [self.office.next_due(), board, Some(end)].into_iter().flatten().min().unwrap_or(end);
            let next = next.max(self.office.now());
            self.office.advance(next.min(end));
            self.exchange(&[]);
            self.board.tick(now(&self.office));
            self.exchange(&[]);
            if next >= end {
                return;
            }
        }
    }

    /// Carries what the office says to the switchboard and what that wants to the office, until both are silent.
    fn exchange(&mut self, answer: &[Packet]) {
        let mut packets = answer.to_vec();
        loop {
            packets.extend(self.office.events());
            let text: String = packets.drain(..).map(|packet| packet.text()).collect();
            self.decoder.feed(text.as_bytes());
            while let Some(frame) = self.decoder.next() {
                if let Frame::Message(message) = frame {
                    self.board.message(&message, now(&self.office));
                }
            }
            if self.board.acts.is_empty() {
                return;
            }
            for (id, action) in std::mem::take(&mut self.board.acts) {
                for action in self.frames.feed(action.encode(&id).as_bytes()) {
                    packets.extend(self.office.act(&action.unwrap()));
                }
            }
        }
    }
}

fn now(office: &Simulation) -> Millis {
    Millis(i64::try_from(office.now()).unwrap())
}
