//! The dialplan and what it dials. Not what ends it.

use super::channel::{After, Birth, Id, Line, Place, State};
use super::{Due, OWN_NUMBER, Simulation, TRUNK};
use crate::setup::Policy;

/// How long an outside line may ring.
const OUTSIDE_MS: u64 = 60_000;

/// Where a number in a context leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Route {
    Station(String),
    Mailbox(String, &'static str),
    Queue(usize),
    Group(Vec<String>),
    Outside(String),
    Park,
    Unpark(u16),
    Announcement(&'static str),
}

/// Who ends a channel that rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// The phone, or the one who holds it.
    Phone,
    /// An AMI action.
    Manager,
}

/// Why a phone did not take a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refusal {
    pub status: &'static str,
    pub cause: u32,
    pub tech: Option<u32>,
    pub by: By,
}

impl Simulation {
    /// Where this leads; `None` where the dialplan has nothing.
    pub(super) fn route(&self, context: &str, exten: &str) -> Option<Route> {
        let known = self.phones.contains_key(exten);
        match context {
            "from-trunk" => self.route("internal", self.extension_of(exten)?),
            "vm-u" if known => Some(Route::Mailbox(exten.to_owned(), "vm-u")),
            "vm-b" if known => Some(Route::Mailbox(exten.to_owned(), "vm-b")),
            "internal" if known => Some(Route::Station(exten.to_owned())),
            "internal" => self.service(exten),
            _ => None,
        }
    }

    /// The extension behind a number that is dialled from outside: `555` and a person's, `5551` and a service's.
    pub(super) fn extension_of<'a>(&self, did: &'a str) -> Option<&'a str> {
        let exten = did.strip_prefix("555")?;
        if self.phones.contains_key(exten) { Some(exten) } else { exten.strip_prefix('1') }
    }

    fn service(&self, exten: &str) -> Option<Route> {
        match exten {
            "*97" => return Some(Route::Announcement("VoiceMailMain")),
            "500" => return Some(Route::Announcement("Echo")),
            "501" => return Some(Route::Announcement("MusicOnHold")),
            "602" => return Some(Route::Group(self.phones.keys().take(3).cloned().collect())),
            "700" => return Some(Route::Park),
            _ => {}
        }
        if let Some(index) = self.queues.iter().position(|queue| queue.number == exten) {
            return Some(Route::Queue(index));
        }
        if let Some(space) = exten.parse().ok().filter(|space| (701..=720).contains(space)) {
            return Some(Route::Unpark(space));
        }
        if let Some(number) = exten.strip_prefix('*').filter(|number| self.phones.contains_key(*number)) {
            return Some(Route::Mailbox(number.to_owned(), "vm-u"));
        }
        let digits = exten.strip_prefix('9')?;
        let sound = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        sound.then(|| Route::Outside(digits.to_owned()))
    }

    /// A channel goes on at this place of the dialplan.
    pub(super) fn run(&mut self, id: Id, context: &str, exten: &str) {
        self.at(id, context, exten, 1);
        self.change(id, |c| c.runs = true);
        self.put(id, Place::Nowhere);
        match self.route(context, exten) {
            Some(Route::Station(number)) => {
                self.at(id, "internal", &number, 2);
                self.dial_phones(id, std::slice::from_ref(&number), After::Mailbox(number.clone()));
            }
            Some(Route::Group(numbers)) => {
                self.at(id, "internal", exten, 1);
                self.dial_phones(id, &numbers, After::HangUp);
            }
            Some(Route::Mailbox(number, greeting)) => self.mailbox(id, &number, greeting),
            Some(Route::Queue(queue)) => self.join(id, queue),
            Some(Route::Outside(digits)) => self.dial_outside(id, &digits),
            Some(Route::Park) => {
                let parker = self.channels.get(&id).map(|c| c.connected.number.clone()).unwrap_or_default();
                self.park(id, &parker, None);
            }
            Some(Route::Unpark(space)) => self.retrieve(id, space),
            Some(Route::Announcement(application)) => {
                self.turn(id, State::Up);
                self.change(id, |c| c.app = (application, String::new()));
                self.put(id, Place::Aside);
                self.person_listens(id);
            }
            // The real one also says success first and then drops the caller.
            None => self.runs_out(id),
        }
    }

    /// The dialplan has come to its end.
    pub(super) fn runs_out(&mut self, id: Id) {
        self.soft(id);
        let (cause, tech) = self.channels.get(&id).map_or((0, None), |c| c.cause);
        self.end(id, cause, tech);
    }

    /// A caller comes to a mailbox.
    pub(super) fn mailbox(&mut self, id: Id, number: &str, greeting: &'static str) {
        self.at(id, greeting, number, if greeting == "vm-u" { 2 } else { 1 });
        self.change(id, |c| {
            c.app = ("VoiceMail", format!("{number}@default,{}", greeting.trim_start_matches("vm-")))
        });
        self.turn(id, State::Up);
        self.begin_record(id, None);
        self.record_answered(id);
        self.put(id, Place::Mailbox(number.to_owned()));
        self.person_at_mailbox(id);
    }

    /// Dials phones, all at once.
    pub(super) fn dial_phones(&mut self, caller: Id, numbers: &[String], after: After) {
        let Some((line, exten)) = self.channels.get(&caller).map(|c| (c.id.clone(), c.exten.clone())) else {
            return;
        };
        let seconds = self.setup.ring_ms / 1_000;
        self.change(caller, |c| {
            let devices: Vec<String> = numbers.iter().map(|n| format!("PJSIP/{n}")).collect();
            c.app = ("Dial", format!("{},{seconds},tTkK", devices.join("&")));
        });
        let mut targets = Vec::new();
        for number in numbers {
            if self.phones.get(number).is_none_or(|phone| phone.contact.is_none()) {
                continue;
            }
            let target = self.call_phone(number, Some(caller), None);
            self.change(target, |c| {
                c.exten.clone_from(&exten);
                c.connected = line.clone();
            });
            self.say("NewConnectedLine", target);
            targets.push(target);
        }
        self.begin_record(caller, targets.first().copied());
        if targets.is_empty() {
            self.change(caller, |c| c.cause = (3, Some(404)));
            return self.nobody(caller, "CHANUNAVAIL", after);
        }
        self.put(caller, Place::Dialling { targets: targets.clone(), after });
        for target in &targets {
            let number = self.channels.get(target).map(|c| c.endpoint.clone()).unwrap_or_default();
            let packet = self.of_both("DialBegin", Some(caller), *target).with("DialString", number);
            self.tell(packet);
        }
        if let [number] = numbers {
            self.connect(caller, &self.line_of(number));
        }
        self.due(self.setup.ring_ms, Due::RingOver(caller));
        self.person_waits(caller);
        for target in targets {
            self.reached(target);
        }
    }

    /// A channel to a phone, not dialled yet.
    pub(super) fn call_phone(&mut self, number: &str, by: Option<Id>, uid: Option<String>) -> Id {
        let id = self.line_of(number);
        let birth =
            Birth { endpoint: number, state: State::Down, id, context: "internal", exten: "s", by, uid };
        let target = self.birth(birth);
        self.change(target, |c| c.app = ("AppDial", "(Outgoing Line)".to_owned()));
        self.put(target, Place::Called { by });
        target
    }

    fn dial_outside(&mut self, caller: Id, digits: &str) {
        let Some((line, exten, name)) = self.channels.get(&caller).map(|c| {
            let line = Line { number: OWN_NUMBER.to_owned(), name: c.id.name.clone() };
            (line, c.exten.clone(), c.connected.name.clone())
        }) else {
            return;
        };
        self.at(caller, "internal", &exten, 2);
        self.caller_id(caller, line.clone());
        self.at(caller, "internal", &exten, 3);
        self.change(caller, |c| c.app = ("Dial", format!("PJSIP/{digits}@{TRUNK},60,TK")));
        let birth = Birth {
            endpoint: TRUNK,
            state: State::Down,
            id: Line::default(),
            context: "from-trunk",
            exten: "s",
            by: Some(caller),
            uid: None,
        };
        let target = self.birth(birth);
        let dialled = Line { number: exten.clone(), name };
        self.change(target, |c| {
            c.app = ("AppDial", "(Outgoing Line)".to_owned());
            c.exten = exten;
            c.connected = line;
        });
        self.caller_id(target, dialled.clone());
        self.say("NewConnectedLine", target);
        self.put(target, Place::Called { by: Some(caller) });
        self.begin_record(caller, Some(target));
        self.put(caller, Place::Dialling { targets: vec![target], after: After::HangUp });
        let packet =
            self.of_both("DialBegin", Some(caller), target).with("DialString", format!("{digits}@{TRUNK}"));
        self.tell(packet);
        self.connect(caller, &dialled);
        self.due(OUTSIDE_MS, Due::RingOver(caller));
        self.reached(target);
    }

    /// A dialled phone hears of it: it rings, or does not.
    pub(super) fn reached(&mut self, target: Id) {
        let Some((place, endpoint)) =
            self.channels.get(&target).map(|c| (c.place.clone(), c.endpoint.clone()))
        else {
            return;
        };
        let Place::Called { by } = place else { return };
        let refusal = |status, cause, tech| Refusal { status, cause, tech: Some(tech), by: By::Phone };
        match self.reaction(target, &endpoint) {
            Policy::Busy => self.refuse(target, refusal("BUSY", 17, 486)),
            Policy::Decline => self.refuse(target, refusal("NOANSWER", 21, 603)),
            Policy::Ring => {
                self.turn(target, State::Ringing);
                if by.is_some_and(|by| self.waits(by)) {
                    self.say("NewConnectedLine", target);
                }
                let packet = self.of_both("DialState", by, target).with("DialStatus", "RINGING");
                self.tell(packet);
                self.person_hears(target);
            }
        }
    }

    /// A dialled phone does not take the call.
    pub(super) fn refuse(&mut self, target: Id, why: Refusal) {
        let Some(Place::Called { by }) = self.channels.get(&target).map(|c| c.place.clone()) else { return };
        if why.by == By::Phone {
            let packet = self.with_cause("HangupRequest", target, why.cause, why.tech);
            self.tell(packet);
        }
        let Some(caller) = by else { return self.originate_refused(target, why) };
        if self.waits(caller) {
            return self.agent_missed(caller, target, why);
        }
        let dial_end = self.of_both("DialEnd", by, target).with("DialStatus", why.status);
        self.tell(dial_end);
        self.end(target, why.cause, why.tech);
        self.change(caller, |c| c.cause = (why.cause, why.tech));
        let Some(Place::Dialling { targets, after }) = self.channels.get_mut(&caller).map(|c| &mut c.place)
        else {
            return;
        };
        targets.retain(|other| *other != target);
        if targets.is_empty() {
            let after = after.clone();
            self.record_failed(caller, why.status);
            self.nobody(caller, why.status, after);
        }
    }

    /// Nobody took the call: the dialplan goes on.
    fn nobody(&mut self, caller: Id, status: &'static str, after: After) {
        match after {
            After::Mailbox(number) => {
                self.mailbox(caller, &number, if status == "BUSY" { "vm-b" } else { "vm-u" });
            }
            After::HangUp => {
                self.change(caller, |c| {
                    c.priority = 5;
                    // The dialplan hangs up with the cause, which becomes a SIP status of its own.
                    if let (21, Some(tech)) = &mut c.cause {
                        *tech = 403;
                    }
                });
                self.soft_with(caller, 16, None);
                let (cause, tech) = self.channels.get(&caller).map_or((0, None), |c| c.cause);
                self.end(caller, cause, tech);
            }
        }
    }

    /// It has rung long enough.
    pub(super) fn ring_over(&mut self, caller: Id) {
        let Some(Place::Dialling { targets, after }) = self.channels.get(&caller).map(|c| c.place.clone())
        else {
            return;
        };
        for target in &targets {
            let packet = self.of_both("DialEnd", Some(caller), *target).with("DialStatus", "NOANSWER");
            self.tell(packet);
        }
        for target in targets {
            self.end(target, 0, None);
        }
        self.change(caller, |c| c.cause = (0, None));
        self.record_failed(caller, "NOANSWER");
        self.nobody(caller, "NOANSWER", after);
    }

    /// A ringing phone is picked up.
    pub(super) fn pick_up(&mut self, target: Id) {
        let Some(channel) = self.channels.get(&target).filter(|c| c.state == State::Ringing) else { return };
        let Place::Called { by } = channel.place else { return };
        let Some(caller) = by else { return self.originate_answered(target) };
        if self.waits(caller) {
            return self.agent_answers(caller, target);
        }
        let Some(Place::Dialling { targets, .. }) = self.channels.get(&caller).map(|c| c.place.clone())
        else {
            return;
        };
        let losers: Vec<Id> = targets.iter().copied().filter(|other| *other != target).collect();
        self.turn(target, State::Up);
        if let Some(line) = self.channels.get(&target).map(|c| c.id.clone()).filter(|_| !losers.is_empty()) {
            self.connect(caller, &line);
        }
        for loser in &losers {
            let packet = self.of_both("DialEnd", by, *loser).with("DialStatus", "CANCEL");
            self.tell(packet);
        }
        self.change(target, |c| c.exten.clear());
        let packet = self.of_both("DialEnd", by, target).with("DialStatus", "ANSWER");
        self.tell(packet);
        for loser in &losers {
            self.end(*loser, 26, None);
        }
        self.turn(caller, State::Up);
        for id in [caller, target] {
            self.change(id, |c| c.cause = (16, None));
        }
        self.record_answered(caller);
        self.talk(target, caller);
    }
}
