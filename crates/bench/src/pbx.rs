//! A PBX that tells of a busy office at a given pace, each event at its moment, and remembers when it sent what a desk
//! should see; and when an order of the server reached it. Not an office: calls come and go as planned, whatever is ordered.

use crate::office::Office;
use crate::replay::answer;
use anyhow::Result;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How many lists a server asks for before it knows the office; the events begin when nothing was asked for so long.
const QUIET: Duration = Duration::from_millis(700);

/// What a desk sees of a call, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// The phone rings.
    Rings,
    /// It was answered.
    Answered,
    /// The call is over.
    Gone,
}

/// One write to the server.
struct Item {
    at: Duration,
    bytes: Vec<u8>,
    marks: Vec<(u64, Mark)>,
}

/// What is to happen.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Calls that begin in a second.
    pub calls: f64,
    /// For how long calls begin.
    pub lasts: Duration,
    /// From the ringing to the answer, and from there to the end.
    pub rings: Duration,
    /// The same.
    pub talks: Duration,
    /// From one event of a call to the next one: a PBX does not say all at once. Zero: what belongs together in one write.
    pub step: Duration,
}

/// A PBX with one server.
pub struct Pbx {
    /// Its port.
    pub port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    out: Option<TcpStream>,
    asked: Option<Instant>,
    sent: BTreeMap<(u64, Mark), Instant>,
    /// When the order came that moves this call.
    moved: BTreeMap<u64, Instant>,
}

impl Pbx {
    /// Opens a port.
    pub fn open() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared::default());
        let for_sessions = Arc::clone(&shared);
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let shared = Arc::clone(&for_sessions);
                // A server that goes away ends its own session and nothing else.
                thread::spawn(move || session(socket, &shared).ok());
            }
        });
        Ok(Self { port, shared })
    }

    /// Waits until a server has read the office, and tells it of every phone that there is.
    pub fn ready(&self, office: &mut Office) -> Result<()> {
        let mut state = self.shared.lock();
        while state.asked.is_none_or(|at| at.elapsed() < QUIET) {
            let waited = self.shared.changed.wait_timeout(state, QUIET);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let bytes = office.registrations().bytes;
        write(&mut state, &bytes)
    }

    /// Lets happen what is planned; answers how many events there were and how long it took.
    pub fn play(&self, office: &mut Office, plan: Plan) -> Result<(u64, Duration)> {
        let (items, events) = planned(office, plan);
        let begun = Instant::now();
        for item in &items {
            let due = begun + item.at;
            let now = Instant::now();
            if due > now {
                thread::sleep(due - now);
            }
            let mut state = self.shared.lock();
            let at = Instant::now();
            state.sent.extend(item.marks.iter().map(|mark| (*mark, at)));
            write(&mut state, &item.bytes)?;
        }
        Ok((events, begun.elapsed()))
    }

    /// When each thing that a desk should see was sent.
    pub fn sent(&self) -> BTreeMap<(u64, Mark), Instant> {
        self.shared.lock().sent.clone()
    }

    /// When the order came that moves each call.
    pub fn moved(&self) -> BTreeMap<u64, Instant> {
        self.shared.lock().moved.clone()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write(state: &mut State, bytes: &[u8]) -> Result<()> {
    if let Some(out) = &mut state.out {
        out.write_all(bytes)?;
    }
    Ok(())
}

/// Every event with its moment, in order.
fn planned(office: &mut Office, plan: Plan) -> (Vec<Item>, u64) {
    let (mut items, mut events) = (Vec::new(), 0);
    let calls = (plan.calls * plan.lasts.as_secs_f64()).round() as u64;
    for n in 0..calls {
        let begins = Duration::from_secs_f64(n as f64 / plan.calls);
        let first = office.next();
        let answers = begins + plan.rings;
        for (at, stretch, mark) in [
            (begins, office.ring(), Mark::Rings),
            (answers, office.answer(first), Mark::Answered),
            (answers + plan.talks, office.finish(first), Mark::Gone),
        ] {
            events += stretch.events;
            place(&mut items, &stretch.bytes, at, plan.step, (first, mark));
        }
    }
    items.sort_by_key(|item| item.at);
    (items, events)
}

/// One stretch of a call as writes; the mark is at the event that a desk sees.
fn place(items: &mut Vec<Item>, bytes: &[u8], at: Duration, step: Duration, mark: (u64, Mark)) {
    let text = String::from_utf8_lossy(bytes);
    let blocks: Vec<&str> = text.split_inclusive("\r\n\r\n").collect();
    let wanted = match mark.1 {
        Mark::Rings => blocks.iter().position(|block| block.starts_with("Event: Newstate")),
        Mark::Answered => blocks.iter().position(|block| block.starts_with("Event: Newstate")),
        Mark::Gone => blocks.iter().rposition(|block| block.starts_with("Event: Hangup")),
    };
    if step.is_zero() {
        items.push(Item { at, bytes: bytes.to_vec(), marks: vec![mark] });
        return;
    }
    for (index, block) in blocks.iter().enumerate() {
        let marks = if Some(index) == wanted { vec![mark] } else { Vec::new() };
        let after = step.saturating_mul(u32::try_from(index).unwrap_or(u32::MAX));
        items.push(Item { at: at + after, bytes: block.as_bytes().to_vec(), marks });
    }
}

/// The call of a channel, whose name ends in its number: twice the call's for the line, one more for the phone.
fn call_of(channel: &str) -> Option<u64> {
    Some(u64::from_str_radix(channel.rsplit_once('-')?.1, 16).ok()? / 2)
}

fn session(socket: TcpStream, shared: &Shared) -> Result<()> {
    socket.set_nodelay(true)?;
    {
        let mut state = shared.lock();
        let mut out = socket.try_clone()?;
        out.write_all(b"Asterisk Call Manager/11.0.0\r\n")?;
        state.out = Some(out);
    }
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    for line in BufReader::new(socket).lines() {
        let line = line?;
        if let Some((key, value)) = line.split_once(':') {
            fields.insert(key.to_ascii_lowercase(), value.trim().to_owned());
            continue;
        }
        let at = Instant::now();
        let field = |key: &str| fields.get(key).map(String::as_str).unwrap_or_default();
        let (name, id) = (field("action").to_ascii_lowercase(), field("actionid"));
        if name.is_empty() {
            continue;
        }
        let text = match (&*name, field("variable")) {
            ("getvar", variable) if variable.starts_with("DIALPLAN_EXISTS") => {
                format!("Response: Success\r\nActionID: {id}\r\nVariable: {variable}\r\nValue: 1\r\n\r\n")
            }
            ("redirect" | "blindtransfer" | "setvar" | "originate" | "hangup", _) => {
                format!("Response: Success\r\nActionID: {id}\r\nMessage: OK\r\n\r\n")
            }
            _ => answer(&name, id),
        };
        let mut state = shared.lock();
        if let ("redirect" | "blindtransfer", Some(n)) = (&*name, call_of(field("channel"))) {
            state.moved.entry(n).or_insert(at);
        }
        state.asked = Some(at);
        write(&mut state, text.as_bytes())?;
        shared.changed.notify_all();
        drop(state);
        fields.clear();
    }
    Ok(())
}
