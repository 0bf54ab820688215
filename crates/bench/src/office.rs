//! A made-up busy office as the bytes that Asterisk 22 would send to a user with the least rights: how many calls are up is given,
//! and how many come and go. Not a simulation: nothing answers.
//!
//! The mix is that of the recordings. The events of one step of a call (it comes in, its phone rings, is answered, the call
//! ends) come together, within the few milliseconds that Asterisk takes for the step; between the steps of one call come
//! those of others, of which many ring at a time. Every eighth caller gives up before anybody answers.

use std::collections::VecDeque;
use std::fmt::Write as _;

/// The bytes of one stretch, and how many events they are.
#[derive(Debug, Default, Clone)]
pub struct Stretch {
    /// As on the wire.
    pub bytes: Vec<u8>,
    /// Events in them.
    pub events: u64,
}

/// Makes stretches of one office, one after the other.
#[derive(Debug)]
pub struct Office {
    extensions: u32,
    /// Calls that are up, the oldest first, by number.
    up: VecDeque<u64>,
    /// Calls that have come in, and whose phone does not ring yet.
    coming: VecDeque<u64>,
    /// Calls that ring.
    ringing: VecDeque<u64>,
    next: u64,
    out: String,
    events: u64,
}

/// The two channels of a call from outside.
struct Call {
    n: u64,
    extension: u32,
}

const FIRST: u32 = 10_000;
/// How many calls have come in whose phone does not ring yet.
const COMING: usize = 8;
/// How many ring.
const RINGING: usize = 64;

/// Whether whoever calls gives up before anybody answers.
fn gives_up(n: u64) -> bool {
    n % 8 == 7
}

impl Office {
    /// An office with this many extensions, all free.
    pub fn new(extensions: u32) -> Self {
        Self {
            extensions,
            up: VecDeque::new(),
            coming: VecDeque::new(),
            ringing: VecDeque::new(),
            next: 0,
            out: String::new(),
            events: 0,
        }
    }

    /// Its extensions.
    pub fn extensions(&self) -> impl Iterator<Item = String> + use<> {
        (FIRST..FIRST + self.extensions).map(|n| n.to_string())
    }

    /// Every phone says that it is there.
    pub fn registrations(&mut self) -> Stretch {
        for extension in self.extensions() {
            self.state(&extension, "NOT_INUSE", 0);
        }
        self.take()
    }

    /// This many calls come in and are answered.
    pub fn begin(&mut self, calls: u64) -> Stretch {
        for _ in 0..calls {
            self.arrive();
        }
        self.catch_up();
        self.take()
    }

    /// This many calls end, the oldest first, and as many come in and are answered.
    pub fn turn_over(&mut self, calls: u64) -> Stretch {
        for _ in 0..calls {
            self.leave();
            self.arrive();
        }
        self.catch_up();
        self.take()
    }

    /// All calls end.
    pub fn end(&mut self) -> Stretch {
        while !self.up.is_empty() {
            self.leave();
        }
        self.take()
    }

    /// The number of the call that comes next. Its channels have the ids 2n (the line) and 2n + 1 (the phone).
    pub fn next(&self) -> u64 {
        self.next
    }

    /// The next call comes in and rings.
    pub fn ring(&mut self) -> Stretch {
        let call = self.call(self.next);
        self.next += 1;
        self.up.push_back(call.n);
        self.comes_in(&call);
        self.rings(&call);
        self.take()
    }

    /// A call that rings is answered.
    pub fn answer(&mut self, n: u64) -> Stretch {
        let call = self.call(n);
        self.answers(&call);
        self.take()
    }

    /// A call ends.
    pub fn finish(&mut self, n: u64) -> Stretch {
        self.up.retain(|up| *up != n);
        let call = self.call(n);
        self.ends(&call);
        self.take()
    }

    /// A call comes in that will be answered, and before it perhaps one that will not; others go on meanwhile.
    fn arrive(&mut self) {
        loop {
            let n = self.next;
            self.next += 1;
            let call = self.call(n);
            self.comes_in(&call);
            self.coming.push_back(n);
            if self.coming.len() > COMING {
                self.ring_next();
            }
            if self.ringing.len() > RINGING {
                self.answer_next();
            }
            if !gives_up(n) {
                return;
            }
        }
    }

    /// All calls that are under way are answered.
    fn catch_up(&mut self) {
        while !self.coming.is_empty() {
            self.ring_next();
        }
        while !self.ringing.is_empty() {
            self.answer_next();
        }
    }

    fn call(&self, n: u64) -> Call {
        Call { n, extension: FIRST + u32::try_from(n % u64::from(self.extensions)).unwrap_or(0) }
    }

    fn comes_in(&mut self, call: &Call) {
        self.event("Newchannel", &call.line(4, "", &call.name()));
        self.event("Newchannel", &call.phone(0));
        self.event(
            "NewCallerid",
            &format!("{}CID-CallingPres: 0 (Presentation Allowed, Not Screened)\r\n", call.phone(0)),
        );
        self.event("NewConnectedLine", &call.phone(0));
        self.event("DialBegin", &call.dial(4, 0, &format!("DialString: {}\r\n", call.extension)));
        self.event("NewConnectedLine", &call.line(4, "", &call.name()));
    }

    fn ring_next(&mut self) {
        let Some(n) = self.coming.pop_front() else { return };
        let call = self.call(n);
        self.rings(&call);
        self.ringing.push_back(n);
    }

    fn rings(&mut self, call: &Call) {
        self.event("Newstate", &call.phone(5));
        self.state(&call.extension.to_string(), "RINGING", 8);
        self.event("DialState", &call.dial(4, 5, "DialStatus: RINGING\r\n"));
    }

    fn answer_next(&mut self) {
        let Some(n) = self.ringing.pop_front() else { return };
        let call = self.call(n);
        if gives_up(n) {
            return self.give_up(&call);
        }
        self.answers(&call);
        self.up.push_back(n);
    }

    fn answers(&mut self, call: &Call) {
        self.event("Newstate", &call.phone(6));
        self.state(&call.extension.to_string(), "INUSE", 1);
        self.event("DialEnd", &call.dial(4, 6, "DialStatus: ANSWER\r\n"));
        self.event("Newstate", &call.line(6, "", &call.name()));
        self.event("BridgeCreate", &call.bridge(0));
        self.event("BridgeEnter", &format!("{}{}", call.bridge(1), call.phone(6)));
        self.event("BridgeEnter", &format!("{}{}", call.bridge(2), call.line(6, "", &call.name())));
    }

    fn give_up(&mut self, call: &Call) {
        self.event("HangupRequest", &format!("{}Cause: 0\r\n", call.line(4, "", &call.name())));
        self.event("DialEnd", &call.dial(4, 5, "DialStatus: CANCEL\r\n"));
        for leg in [call.phone(5), call.line(4, "", &call.name())] {
            self.event("Hangup", &format!("{leg}Cause: 127\r\nCause-txt: Interworking, unspecified\r\n"));
        }
        self.state(&call.extension.to_string(), "NOT_INUSE", 0);
        self.event("Cdr", &call.record());
    }

    fn leave(&mut self) {
        let Some(n) = self.up.pop_front() else { return };
        let call = self.call(n);
        self.ends(&call);
    }

    fn ends(&mut self, call: &Call) {
        let extension = call.extension.to_string();
        self.event("HangupRequest", &format!("{}Cause: 16\r\n", call.line(6, "", &call.name())));
        self.event("BridgeLeave", &format!("{}{}", call.bridge(1), call.line(6, "", &call.name())));
        self.event("BridgeLeave", &format!("{}{}", call.bridge(0), call.phone(6)));
        self.event("BridgeDestroy", &call.bridge(0));
        self.event("SoftHangupRequest", &format!("{}Cause: 16\r\n", call.phone(6)));
        for leg in [call.phone(6), call.line(6, "", &call.name())] {
            self.event("Hangup", &format!("{leg}Cause: 16\r\nCause-txt: Normal Clearing\r\n"));
        }
        self.state(&extension, "NOT_INUSE", 0);
        self.event("Cdr", &call.record());
    }

    fn state(&mut self, extension: &str, device: &str, hint: u8) {
        self.event("DeviceStateChange", &format!("Device: PJSIP/{extension}\r\nState: {device}\r\n"));
        self.event("ExtensionStatus", &hint_fields(extension, hint));
    }

    fn event(&mut self, name: &str, fields: &str) {
        let at = self.next * 1_000 + self.events;
        // Writing to a text does not fail.
        let _ = write!(
            self.out,
            "Event: {name}\r\nPrivilege: call,all\r\nTimestamp: {}.{:06}\r\n{fields}\r\n",
            1_795_487_686 + at / 1_000_000,
            at % 1_000_000
        );
        self.events += 1;
    }

    fn take(&mut self) -> Stretch {
        Stretch {
            bytes: std::mem::take(&mut self.out).into_bytes(),
            events: std::mem::take(&mut self.events),
        }
    }
}

/// What a server asks for.
impl Office {
    /// The hints of all extensions, as the items of a list.
    pub fn hints(&self) -> impl Iterator<Item = (&'static str, String)> {
        let busy = self.busy();
        self.extensions().map(move |extension| {
            let hint = u8::from(busy.contains(&extension));
            ("ExtensionStatus", hint_fields(&extension, hint))
        })
    }

    /// The states of all phones, as the items of a list.
    pub fn devices(&self) -> impl Iterator<Item = (&'static str, String)> {
        let busy = self.busy();
        self.extensions().map(move |extension| {
            let state = if busy.contains(&extension) { "INUSE" } else { "NOT_INUSE" };
            ("DeviceStateChange", format!("Device: PJSIP/{extension}\r\nState: {state}\r\n"))
        })
    }

    /// The channels of all calls that are up, as the items of a list.
    pub fn channels(&self) -> impl Iterator<Item = (&'static str, String)> {
        let calls = self.up.iter().map(|n| self.call(*n));
        calls.flat_map(|call| {
            let bridge = call.bridge_id();
            let item = |channel: String| {
                let rest = "Application: Dial\r\nApplicationData: \r\nDuration: 00:00:10\r\n";
                ("CoreShowChannel", format!("{channel}{rest}BridgeId: {bridge}\r\n"))
            };
            [item(call.line(6, "", &call.name())), item(call.phone(6))]
        })
    }

    fn busy(&self) -> std::collections::BTreeSet<String> {
        self.up.iter().map(|n| self.call(*n).extension.to_string()).collect()
    }
}

impl Call {
    fn name(&self) -> String {
        format!("Caller {}", self.n % 977)
    }

    fn number(&self) -> String {
        format!("49301{:07}", self.n % 10_000_000)
    }

    fn line(&self, state: u8, prefix: &str, name: &str) -> String {
        let other = format!("{}", self.extension);
        channel(
            prefix,
            &format!("PJSIP/trunk-{:08x}", self.n * 2),
            state,
            &self.number(),
            name,
            &other,
            &other,
            self.n * 2,
            self.n * 2,
        )
    }

    fn leg(&self, state: u8, prefix: &str) -> String {
        let own = self.extension.to_string();
        channel(
            prefix,
            &format!("PJSIP/{own}-{:08x}", self.n * 2 + 1),
            state,
            &own,
            &format!("Person {own}"),
            &self.number(),
            &own,
            self.n * 2 + 1,
            self.n * 2,
        )
    }

    fn phone(&self, state: u8) -> String {
        self.leg(state, "")
    }

    fn dial(&self, line: u8, phone: u8, more: &str) -> String {
        format!("{}{}{more}", self.line(line, "", &self.name()), self.leg(phone, "Dest"))
    }

    fn bridge_id(&self) -> String {
        format!("5f0c1ad4-77b2-4b39-9d10-{:012x}", self.n)
    }

    fn bridge(&self, channels: u8) -> String {
        format!(
            "BridgeUniqueid: {}\r\nBridgeType: basic\r\nBridgeTechnology: simple_bridge\r\n\
             BridgeCreator: <unknown>\r\nBridgeName: <unknown>\r\nBridgeNumChannels: {channels}\r\nBridgeVideoSourceMode: none\r\n",
            self.bridge_id()
        )
    }

    fn record(&self) -> String {
        format!(
            "AccountCode: \r\nSource: {number}\r\nDestination: {own}\r\nDestinationContext: internal\r\n\
             CallerID: \"{name}\" <{number}>\r\nChannel: PJSIP/trunk-{:08x}\r\nDestinationChannel: PJSIP/{own}-{:08x}\r\n\
             LastApplication: Dial\r\nLastData: PJSIP/{own},20\r\nStartTime: 2026-11-24 10:00:00\r\n\
             AnswerTime: 2026-11-24 10:00:01\r\nEndTime: 2026-11-24 10:00:09\r\nDuration: 9\r\nBillableSeconds: 8\r\n\
             Disposition: ANSWERED\r\nAMAFlags: DOCUMENTATION\r\nUniqueID: 1795487686.{}\r\nUserField: \r\n",
            self.n * 2,
            self.n * 2 + 1,
            self.n * 2,
            number = self.number(),
            own = self.extension,
            name = self.name(),
        )
    }
}

fn hint_fields(extension: &str, hint: u8) -> String {
    let text = match hint {
        0 => "Idle",
        1 => "InUse",
        _ => "Ringing",
    };
    format!(
        "Exten: {extension}\r\nContext: hints\r\nHint: PJSIP/{extension}\r\nStatus: {hint}\r\nStatusText: {text}\r\n"
    )
}

#[expect(clippy::too_many_arguments, reason = "a channel has as many fields on the wire")]
fn channel(
    prefix: &str,
    name: &str,
    state: u8,
    number: &str,
    who: &str,
    other: &str,
    exten: &str,
    id: u64,
    linked: u64,
) -> String {
    let text = match state {
        0 => "Down",
        4 => "Ring",
        5 => "Ringing",
        _ => "Up",
    };
    let p = prefix;
    format!(
        "{p}Channel: {name}\r\n{p}ChannelState: {state}\r\n{p}ChannelStateDesc: {text}\r\n{p}CallerIDNum: {number}\r\n\
         {p}CallerIDName: {who}\r\n{p}ConnectedLineNum: {other}\r\n{p}ConnectedLineName: <unknown>\r\n{p}Language: en\r\n\
         {p}AccountCode: \r\n{p}Context: internal\r\n{p}Exten: {exten}\r\n{p}Priority: 1\r\n\
         {p}Uniqueid: 1795487686.{id}\r\n{p}Linkedid: 1795487686.{linked}\r\n"
    )
}
