//! What the story does to a world: phones, orders, faults.

use super::World;
use crate::desk::Desk;
use crate::story::{Event, Fault, Phone, Wish};
use frontdesk_protocol::{Command, Destination, Extension, LegId, LegState, MailboxId, Number, TransferMode};

impl World {
    pub(super) fn happen(&mut self, event: Event) {
        match event {
            Event::Phone(phone) => self.phone(&phone),
            Event::Order { desk, wish, pick } => self.order(desk, wish, pick),
            Event::Fault(fault) => self.fault(fault),
        }
    }

    fn phone(&mut self, phone: &Phone) {
        let (now, Some(office)) = (self.now, &mut self.pbx.office) else { return };
        office.advance(now);
        match phone {
            Phone::CallIn(to) => office.call_in("0305550100", "Visitor", &format!("555{to}")),
            Phone::Dial(from, to) => office.dial(&from.to_string(), &to.to_string()),
            Phone::Answer(at) => office.answer(&at.to_string()),
            Phone::Hold(at) => office.press_hold(&at.to_string()),
            Phone::Resume(at) => office.press_resume(&at.to_string()),
            Phone::PutDown(at) => office.put_down(&at.to_string()),
        }
    }

    fn order(&mut self, index: usize, wish: Wish, pick: usize) {
        let Some((kind, command)) = command(&self.desks[index], wish, pick) else { return };
        if let Some(message) = self.desks[index].order(command) {
            self.trace.line(self.now, format_args!("desk {index} orders: {message:?}"));
            *self.wished.entry(kind).or_default() += 1;
            self.say(index, &message);
        }
    }

    fn fault(&mut self, fault: Fault) {
        let now = self.now;
        match fault {
            Fault::HoldPbx(ways, long) => {
                self.ami_held = self.ami_held.max(now + long);
                if let Some(ami) = &mut self.ami {
                    ami.hold(ways, now + long);
                }
            }
            Fault::HoldDesk(index, ways, long) => {
                self.held[index] = self.held[index].max(now + long);
                if let Some((_, wire)) = self.at[index].and_then(|id| self.wires.get_mut(&id)) {
                    wire.hold(ways, now + long);
                }
            }
            Fault::CutPbx => {
                let cut = |bytes: Vec<u8>| Some(bytes[..bytes.len() / 2].to_vec());
                if let Some(ami) = &mut self.ami {
                    ami.back.cut(now, cut);
                    ami.there.swallow();
                }
                self.pbx.session = None;
            }
            Fault::CutDesk(index) => {
                if let Some((_, wire)) = self.at[index].and_then(|id| self.wires.get_mut(&id)) {
                    wire.there.cut(now, |_| None);
                    wire.back.cut(now, |_| None);
                }
            }
            Fault::HalfOpen(index) => {
                if let Some((_, wire)) = self.at[index].take().and_then(|id| self.wires.get_mut(&id)) {
                    wire.there.swallow();
                    wire.back.swallow();
                    let chance = self.rng.f64();
                    self.desks[index].line.lost(super::at(now), chance);
                }
            }
            Fault::Duplicate => {
                let session = self.desks[0].session.clone();
                let mut twin = Desk::new(1, session.user.clone());
                twin.session = session;
                twin.twin();
                self.desks.push(twin);
                self.at.push(None);
                self.held.push(0);
                self.connect(self.desks.len() - 1);
            }
            Fault::Crash { silent, down } => self.crash(silent, down),
            Fault::Pbx { silent, down } => {
                if self.pbx.office.is_none() {
                    return;
                }
                self.pbx.stop();
                self.pbx_back = Some(now + down);
                if let Some(ami) = &mut self.ami {
                    ami.there.swallow();
                    if silent {
                        ami.back.swallow();
                    } else {
                        ami.back.cut(now, |_| None);
                    }
                }
            }
            Fault::Clock(ahead) => self.asleep = self.asleep.max((now + ahead).min(super::HEALED)),
        }
    }

    fn crash(&mut self, silent: bool, down: u64) {
        let Some(server) = self.server.take() else { return };
        self.keep_counts(&server);
        self.server_back = Some(self.now + down);
        (self.ami, self.pbx.session) = (None, None);
        for (_, wire) in self.wires.values_mut() {
            wire.there.swallow();
            if silent {
                wire.back.swallow();
            } else {
                wire.back.cut(self.now, |_| None);
            }
        }
    }
}

/// The order that a desk would give, by what it shows.
fn command(desk: &Desk, wish: Wish, pick: usize) -> Option<(&'static str, Command)> {
    let office = desk.replica.office();
    let mine = &desk.session.user.extensions;
    let leg = |like: fn(LegState) -> bool| -> Option<LegId> {
        let legs: Vec<_> = office.legs_at(mine).filter(|(_, leg)| like(leg.state)).collect();
        legs.get(pick % legs.len().max(1)).map(|(_, leg)| leg.id.clone())
    };
    let any = |_| true;
    Some(match wish {
        Wish::Transfer { to, safe } => {
            let to = Destination::Extension { extension: Extension::parse(&to.to_string()).ok()? };
            let mode = if safe { TransferMode::Safe } else { TransferMode::Blind };
            let kind = if safe { "safe" } else { "blind" };
            (kind, Command::Transfer { leg: leg(any)?, to, mode })
        }
        Wish::Voicemail(of) => {
            let mailbox = MailboxId::parse(&format!("{of}@default")).ok()?;
            let (to, mode) = (Destination::Voicemail { mailbox }, TransferMode::Blind);
            ("blind", Command::Transfer { leg: leg(any)?, to, mode })
        }
        Wish::Ignore => ("ignore", Command::Ignore { leg: leg(|state| state == LegState::Ringing)? }),
        Wish::HangUp { grace } => ("hangUp", Command::HangUp { leg: leg(any)?, grace }),
        Wish::Originate(to) => {
            let to = Number::parse(&to.to_string()).ok()?;
            ("originate", Command::Originate { from: mine.first()?.clone(), to })
        }
        Wish::PullBack => {
            let mut handed = office.handed.values().filter(|handed| handed.can_be_pulled_back());
            ("pullBack", Command::PullBack { handed: handed.next()?.id.clone() })
        }
    })
}
