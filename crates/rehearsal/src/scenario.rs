//! Scripted calls as data, for the lab's six phones, its outside line and its queue: the simulated office plays them
//! by [`Scenario::play`], and a real Asterisk with real phones can play the same steps. Not what comes of them.

use crate::office::{Simulation, TRUNK};
use crate::packet::Packet;
use crate::setup::Policy;
use crate::{Action, Setup};

mod script;

pub use script::SCENARIOS;

/// A scripted day, which ends with all phones on the hook.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// What happens, in a sentence.
    pub title: &'static str,
    /// The steps; each is taken when what the one before began has come to rest.
    pub steps: &'static [Step],
}

/// One thing that somebody does. Phones are named by their extension, the far end of the outside line is `trunk`.
///
/// Phones ring until they are answered, unless they are told to [behave](Step::Behave) otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Somebody outside dials a number of the office.
    CallIn {
        /// The caller's number.
        number: &'static str,
        /// The caller's name.
        name: &'static str,
        /// What is dialled, as the outside line sends it: `555` and the extension.
        did: &'static str,
    },
    /// A phone dials.
    Dial {
        /// The phone.
        from: &'static str,
        /// What it dials.
        exten: &'static str,
    },
    /// The newest call that rings at a phone is answered.
    Answer(&'static str),
    /// The newest call that a phone talks in is held.
    Hold(&'static str),
    /// The newest call that a phone holds is taken back.
    Resume(&'static str),
    /// A phone hangs up its newest call.
    HangUp(&'static str),
    /// A phone sends the party of its newest call elsewhere.
    Refer {
        /// The phone.
        at: &'static str,
        /// Where to.
        exten: &'static str,
    },
    /// A phone joins the party that it holds with the one that it asks.
    Join(&'static str),
    /// What a phone does with calls from now on.
    Behave {
        /// The phone.
        at: &'static str,
        /// What it does.
        policy: Policy,
    },
    /// A phone is switched off.
    SwitchOff(&'static str),
    /// A phone is switched on.
    SwitchOn(&'static str),
    /// The outside party is at a mailbox, leaves a message and hangs up.
    LeaveMessage {
        /// Whose mailbox it is.
        mailbox: &'static str,
    },
    /// So many milliseconds pass; in the real office until what is to happen has happened.
    Pass(u64),
    /// An AMI action.
    Order(Order),
}

/// An AMI action in which channels are named by whose newest one is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `Redirect`: a channel goes elsewhere, whoever talked to it is hung up.
    Redirect {
        /// Whose channel.
        of: &'static str,
        /// Where to.
        exten: &'static str,
    },
    /// `BlindTransfer`: the party that talks to a channel goes elsewhere.
    BlindTransfer {
        /// Whose channel.
        of: &'static str,
        /// Where to.
        exten: &'static str,
    },
    /// `Hangup`.
    HangUp(&'static str),
    /// `Originate`: a phone rings, then dials.
    Originate {
        /// The phone.
        from: &'static str,
        /// What it dials.
        exten: &'static str,
    },
    /// `Originate` of `PickupChan`: a phone takes the call that rings at another one.
    PickUp {
        /// The phone that takes it.
        by: &'static str,
        /// The phone at which it rings.
        of: &'static str,
    },
    /// `Bridge`.
    Bridge {
        /// Whose channel.
        one: &'static str,
        /// Whose other channel.
        other: &'static str,
    },
    /// `Park`.
    Park {
        /// Whose channel.
        of: &'static str,
        /// To whom it comes back.
        by: &'static str,
        /// After how long, in milliseconds.
        timeout_ms: u64,
    },
}

impl Order {
    /// The fields of the action, `Action` first; `channel` gives the name of somebody's newest channel.
    pub fn fields(&self, channel: impl Fn(&str) -> String) -> Vec<(&'static str, String)> {
        let to = |exten: &str| [("Context", "internal".to_owned()), ("Exten", exten.to_owned())];
        let ring = |phone: &str| ("Channel", format!("PJSIP/{phone}"));
        let first = ("Priority", "1".to_owned());
        let mut fields = vec![("Action", self.name().to_owned())];
        match self {
            Self::Redirect { of, exten } => {
                fields.push(("Channel", channel(of)));
                fields.extend(to(exten));
                fields.push(first);
            }
            Self::BlindTransfer { of, exten } => {
                fields.push(("Channel", channel(of)));
                fields.extend(to(exten));
            }
            Self::HangUp(of) => fields.push(("Channel", channel(of))),
            Self::Originate { from, exten } => {
                fields.push(ring(from));
                fields.extend(to(exten));
                fields.extend([first, ("Async", "true".to_owned())]);
            }
            Self::PickUp { by, of } => fields.extend([
                ring(by),
                ("Application", "PickupChan".to_owned()),
                ("Data", channel(of)),
                ("Async", "true".to_owned()),
            ]),
            Self::Bridge { one, other } => {
                fields.extend([("Channel1", channel(one)), ("Channel2", channel(other))]);
            }
            Self::Park { of, by, timeout_ms } => fields.extend([
                ("Channel", channel(of)),
                ("TimeoutChannel", channel(by)),
                ("Timeout", timeout_ms.to_string()),
                ("Parkinglot", "default".to_owned()),
            ]),
        }
        fields
    }

    /// The name of the action.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Redirect { .. } => "Redirect",
            Self::BlindTransfer { .. } => "BlindTransfer",
            Self::HangUp(_) => "Hangup",
            Self::Originate { .. } | Self::PickUp { .. } => "Originate",
            Self::Bridge { .. } => "Bridge",
            Self::Park { .. } => "Park",
        }
    }
}

/// What one step made the office say.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The step.
    pub step: Step,
    /// When it was taken, in milliseconds since 1970.
    pub at: u64,
    /// The answer of an action, and what happened.
    pub packets: Vec<Packet>,
}

/// Between two steps where nothing else is said, in milliseconds.
const PAUSE_MS: u64 = 400;

impl Scenario {
    /// The office in which scenarios are played, at the time `now`.
    pub fn office(now: u64) -> Simulation {
        Simulation::new(Setup::lab(), 1, now)
    }

    /// Plays all steps, beginning with phones that ring, each a little after the other, and gives what was said.
    pub fn play(&self, office: &mut Simulation) -> Vec<Taken> {
        office.all_ring();
        self.steps.iter().map(|step| step.play(office)).collect()
    }
}

impl Step {
    /// How long the office is given before the next step, in milliseconds.
    pub fn pause_ms(self) -> u64 {
        match self {
            Self::Pass(time) => time,
            _ => PAUSE_MS,
        }
    }

    /// Takes the step, and lets a little time pass.
    pub fn play(self, office: &mut Simulation) -> Taken {
        let at = office.now();
        let mut packets = self.begin(office);
        office.advance(at + self.pause_ms());
        packets.extend(office.events());
        Taken { step: self, at, packets }
    }

    /// Takes the step and gives the answer of an action; what happens through it is among the office's events.
    pub fn begin(self, office: &mut Simulation) -> Vec<Packet> {
        match self {
            Self::CallIn { number, name, did } => office.call_in(number, name, did),
            Self::Dial { from, exten } => office.dial(from, exten),
            Self::Answer(phone) => office.answer(phone),
            Self::Hold(phone) => office.press_hold(phone),
            Self::Resume(phone) => office.press_resume(phone),
            Self::HangUp(phone) => office.put_down(phone),
            Self::Refer { at, exten } => office.refer(at, exten),
            Self::Join(phone) => office.join_held(phone),
            Self::Behave { at, policy } => office.set_policy(at, policy),
            Self::SwitchOff(phone) => office.unregister(phone),
            Self::SwitchOn(phone) => office.register(phone),
            Self::LeaveMessage { .. } => office.leave_message(TRUNK),
            Self::Pass(_) => {}
            Self::Order(order) => {
                let channel = |of: &str| office.newest_channel(of).unwrap_or_default().to_owned();
                let fields = order.fields(channel);
                let action = Action::new(fields.iter().map(|(key, value)| (*key, value.as_str())));
                return office.act(&action);
            }
        }
        Vec::new()
    }
}
