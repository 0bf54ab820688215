//! A world: everything in it, what arrives where, and whether all agree in the end.

mod act;
mod agree;

use crate::desk::Desk;
use crate::link::{Want, at};
use crate::net::Wire;
use crate::pbx::Pbx;
use crate::server::{Out, Server};
use crate::story::{self, Event, HangUps};
use crate::trace::Trace;
use fastrand::Rng;
use frontdesk_protocol::{ClientMessage, Due, Extension, Role, UserName};
use frontdesk_rehearsal::{BANNER, Session};
use frontdesk_server::sans_io::{Heard, User, understand};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;

/// When every world begins, in milliseconds since 1970.
pub(crate) const BEGIN: u64 = 1_763_990_000_000;
/// When all is healed.
const HEALED: u64 = BEGIN + story::SPAN_MS + 6_000;
/// When all have to agree at the latest.
const END: u64 = HEALED + 60_000;
/// How often it is looked whether all agree.
const LOOK_MS: u64 = 250;
/// A world that takes more steps runs in circles.
const STEPS: u32 = 200_000;

/// How a world went well.
#[derive(Debug, Clone)]
pub struct Report {
    /// What happened.
    pub trace: Trace,
    /// How many orders the desks gave.
    pub orders: u32,
    /// How many of them were carried out.
    pub carried: usize,
    /// How many milliseconds after the healing all agreed.
    pub agreed_ms: u64,
    /// How many channels the PBX had then.
    pub channels: usize,
}

/// How a world went wrong.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The seed that plays it again.
    pub seed: u64,
    /// What is wrong, in a sentence.
    pub why: String,
    /// What happened.
    pub trace: Trace,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}: {}", self.seed, self.why)?;
        for line in self.trace.lines.iter().flatten() {
            writeln!(f, "{line}")?;
        }
        write!(f, "Play it again with: cargo xtask simulate --seed {}", self.seed)
    }
}

#[derive(Debug)]
enum Frame {
    Text(String),
    Ping,
    Pong,
}

#[derive(Debug)]
struct World {
    now: u64,
    rng: Rng,
    trace: Trace,
    story: VecDeque<(u64, Event)>,
    hangups: HangUps,
    pbx: Pbx,
    /// When the PBX is back.
    pbx_back: Option<u64>,
    server: Option<Server>,
    server_back: Option<u64>,
    /// Until when the server's computer sleeps.
    asleep: u64,
    lives: u64,
    ami: Option<Wire<Vec<u8>>>,
    /// Until when nothing passes to the PBX.
    ami_held: u64,
    desks: Vec<Desk>,
    /// Which wire each desk uses.
    at: Vec<Option<u64>>,
    /// Until when nothing passes for each desk.
    held: Vec<u64>,
    wires: BTreeMap<u64, (usize, Wire<Frame>)>,
    made: u64,
    /// Wishes that were sent as orders, by kind.
    wished: BTreeMap<&'static str, u32>,
    acts: BTreeMap<&'static str, u32>,
    carried: usize,
}

/// Plays the world of a seed.
///
/// # Errors
/// What is wrong, with the trace where it is kept.
pub fn run(seed: u64, keep: bool) -> Result<Report, Box<Failure>> {
    let mut world = World::new(seed, keep);
    match world.play() {
        Ok(agreed_ms) => Ok(Report {
            orders: world.desks.iter().map(Desk::orders).sum(),
            carried: world.carried,
            agreed_ms,
            channels: world.pbx.legs().len(),
            trace: world.trace,
        }),
        Err(why) => Err(Box::new(Failure { seed, why, trace: world.trace })),
    }
}

impl World {
    fn new(seed: u64, keep: bool) -> Self {
        let mut rng = Rng::with_seed(seed);
        let (story, hangups) = story::of(&mut rng);
        let desks: Vec<Desk> = [
            (1, "anna", Role::Receptionist, &["1001"][..]),
            (2, "bob", Role::Receptionist, &["1001", "1002"]),
            (3, "carl", Role::Colleague, &["1003"]),
        ]
        .into_iter()
        .filter_map(|(key, name, role, extensions)| Some(Desk::new(key, user(name, role, extensions)?)))
        .collect();
        Self {
            now: BEGIN,
            trace: Trace::new(keep),
            story: story.into_iter().map(|(after, event)| (BEGIN + after, event)).collect(),
            hangups,
            pbx: Pbx::new(seed, BEGIN),
            pbx_back: None,
            server: None,
            server_back: Some(BEGIN),
            asleep: 0,
            lives: seed << 8,
            ami: None,
            ami_held: 0,
            at: vec![None; desks.len()],
            held: vec![0; desks.len()],
            desks,
            wires: BTreeMap::new(),
            made: 0,
            wished: BTreeMap::new(),
            acts: BTreeMap::new(),
            carried: 0,
            rng,
        }
    }

    /// Plays until all agree after the healing; gives how long that took.
    fn play(&mut self) -> Result<u64, String> {
        for index in 0..self.desks.len() {
            self.connect(index);
        }
        let mut look = HEALED;
        for _ in 0..STEPS {
            self.step()?;
            if self.now >= look && self.story.is_empty() {
                look = self.now + LOOK_MS;
                match self.agree() {
                    Ok(()) => {
                        self.count()?;
                        return Ok(self.now - HEALED);
                    }
                    Err(why) if self.now >= END => return Err(why),
                    Err(_) => {}
                }
            }
            let next = self.next().max(self.now + 1);
            self.now = if self.now < look { next.min(look.max(self.now + 1)) } else { next };
        }
        Err("time does not go on".to_owned())
    }

    fn next(&self) -> u64 {
        let awake = |at: u64| at.max(self.asleep);
        let server = self.server.as_ref().map(Server::due).map(awake);
        let desks = self.desks.iter().filter_map(|desk| desk.line.wake());
        let desks = desks.map(|at| u64::try_from(at.0).unwrap_or(0)).min();
        let wires = self.wires.values().flat_map(|(_, wire)| [wire.there.due().map(awake), wire.back.due()]);
        let wires = wires.flatten().min();
        let story = self.story.front().map(|(at, _)| *at);
        let ami = self.ami.as_ref().map(|ami| [ami.there.due(), ami.back.due().map(awake)]);
        let ami = ami.into_iter().flatten().flatten().min();
        let known = [server, desks, wires, story, ami, self.pbx.due(), self.pbx_back, self.server_back];
        known.into_iter().flatten().min().unwrap_or(self.now + LOOK_MS)
    }

    fn step(&mut self) -> Result<(), String> {
        let now = self.now;
        while self.story.front().is_some_and(|(at, _)| *at <= now) {
            if let Some((_, event)) = self.story.pop_front() {
                self.trace.line(now, format_args!("{event:?}"));
                self.happen(event);
            }
        }
        if self.pbx_back.is_some_and(|at| at <= now) {
            self.pbx_back = None;
            self.pbx.start(now);
        }
        if self.server_back.is_some_and(|at| at <= now) {
            self.server_back = None;
            self.lives += 1;
            self.server = Server::new(self.lives, now);
        }
        self.pbx_and_server()?;
        self.desks_to_server();
        self.server_to_desks()?;
        self.desks_by_themselves();
        Ok(())
    }

    fn pbx_and_server(&mut self) -> Result<(), String> {
        let now = self.now;
        let told = self.pbx.advance(now);
        self.pbx_says(told);
        while let Some(came) = self.ami.as_mut().and_then(|ami| ami.there.take(now)) {
            let Some(bytes) = came else {
                (self.ami, self.pbx.session) = (None, None);
                break;
            };
            let fed = self.pbx.feed(&bytes);
            if fed.ended > 0 && !(fed.hangup && self.may_end()) {
                let order = String::from_utf8_lossy(&bytes).replace("\r\n", " ");
                return Err(format!("an outside party's channel was ended by: {order}"));
            }
            self.pbx_says(fed.bytes);
            let told = self.pbx.advance(now);
            self.pbx_says(told);
        }
        if self.asleep > now {
            return Ok(());
        }
        let Some(server) = &mut self.server else { return Ok(()) };
        let mut wants = Vec::new();
        while let Some(came) = self.ami.as_mut().and_then(|ami| ami.back.take(now)) {
            match came {
                Some(bytes) => wants.extend(server.link.hear(&bytes, &mut server.core, now)),
                None => {
                    server.link.lost("The phone system closed the connection.", &mut server.core, now);
                    wants.push(Want::Leave);
                }
            }
        }
        wants.extend(server.link.tick(&mut server.core, now));
        for want in wants {
            match want {
                Want::Connect => self.connect_pbx(),
                Want::Say(bytes) => self.tell_pbx(bytes),
                Want::Leave => (self.ami, self.pbx.session) = (None, None),
            }
        }
        Ok(())
    }

    /// Whether a hang-up may end an outside party's channel: where one was wished for; or where a phone may have been
    /// picked up while the order to stop its ringing was on its way, for AMI has no hang-up that fits a ringing phone only.
    fn may_end(&self) -> bool {
        self.hangups == HangUps::Wished || self.wished.contains_key("ignore")
    }

    fn connect_pbx(&mut self) {
        let (now, Some(server)) = (self.now, &mut self.server) else { return };
        let reached = self.pbx.office.is_some() && self.ami_held <= now;
        if reached {
            self.ami = Some(Wire::new());
            self.pbx.session = Some(Session::new(self.rng.u32(..)));
        }
        server.link.connected(reached, &mut server.core, now);
        if reached {
            self.pbx_says(BANNER.as_bytes().to_vec());
        }
    }

    /// Bytes on their way from the PBX, in pieces that end anywhere.
    fn pbx_says(&mut self, bytes: Vec<u8>) {
        let Some(ami) = &mut self.ami else { return };
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let size = if self.rng.bool() { rest.len() } else { self.rng.usize(1..=rest.len()) };
            let (piece, after) = rest.split_at(size);
            ami.back.send(self.now, &mut self.rng, Some(piece.to_vec()));
            rest = after;
        }
    }

    fn tell_pbx(&mut self, bytes: Vec<u8>) {
        if let Some(ami) = &mut self.ami {
            ami.there.send(self.now, &mut self.rng, Some(bytes));
        }
    }

    fn desks_to_server(&mut self) {
        let now = self.now;
        if self.asleep > now {
            return;
        }
        for id in self.wires.keys().copied().collect::<Vec<_>>() {
            while let Some(came) = self.wires.get_mut(&id).and_then(|(_, wire)| wire.there.take(now)) {
                let heard = came.map(|frame| match frame {
                    Frame::Text(text) => understand(&text),
                    Frame::Ping | Frame::Pong => Heard::Life,
                });
                let over = heard.is_none();
                let out = self.server.as_mut().and_then(|server| server.hear(id, heard, now));
                if let Some(out) = out {
                    self.tell_desk(id, out);
                }
                if over {
                    self.wires.remove(&id);
                }
            }
        }
        let Some(server) = &mut self.server else { return };
        let out = server.settle(now);
        let bytes = std::mem::take(&mut server.around.bytes);
        if !bytes.is_empty() {
            self.trace.line(now, format_args!("to the PBX: {}", actions(&bytes)));
            self.tell_pbx(bytes);
        }
        for (wire, out) in out {
            self.tell_desk(wire, out);
        }
    }

    fn tell_desk(&mut self, id: u64, out: Out) {
        let Some((_, wire)) = self.wires.get_mut(&id) else { return };
        let frame = match out {
            Out::Text(text) => Some(Frame::Text(text)),
            Out::Ping => Some(Frame::Ping),
            Out::End(last) => {
                if let Some(text) = last {
                    self.trace.line(self.now, format_args!("the server says good-bye: {text}"));
                }
                None
            }
        };
        wire.back.send(self.now, &mut self.rng, frame);
    }

    fn server_to_desks(&mut self) -> Result<(), String> {
        let now = self.now;
        for id in self.wires.keys().copied().collect::<Vec<_>>() {
            while let Some((index, came)) = self
                .wires
                .get_mut(&id)
                .and_then(|(index, wire)| wire.back.take(now).map(|came| (*index, came)))
            {
                if self.at[index] != Some(id) {
                    continue;
                }
                match came {
                    Some(Frame::Text(text)) => {
                        let desk = &mut self.desks[index];
                        let said = desk.hear(&text, at(now));
                        if desk.differed > 0 {
                            return Err(format!(
                                "desk {index} had another office than the server, and found out by its hash"
                            ));
                        }
                        match said {
                            Ok(said) => said.into_iter().for_each(|message| self.say(index, &message)),
                            Err(_) => self.lose(index),
                        }
                    }
                    Some(Frame::Ping) => self.send(index, Frame::Pong),
                    Some(Frame::Pong) => {}
                    None => self.lose(index),
                }
            }
        }
        Ok(())
    }

    fn desks_by_themselves(&mut self) {
        for index in 0..self.desks.len() {
            match self.desks[index].tick(at(self.now)) {
                Some(Due::Open) => self.connect(index),
                Some(Due::Beat) => self.say(index, &ClientMessage::Beat),
                Some(Due::Silent(_)) => self.lose(index),
                None => {}
            }
        }
    }

    fn connect(&mut self, index: usize) {
        let now = self.now;
        let free = self.held[index] <= now && self.asleep <= now;
        match self.server.as_mut().filter(|_| free) {
            Some(server) => {
                self.made += 1;
                self.wires.insert(self.made, (index, Wire::new()));
                self.at[index] = Some(self.made);
                server.accept(self.made, self.desks[index].session.clone(), now);
                let hello = self.desks[index].opened(at(now));
                self.trace.line(now, format_args!("desk {index} connects: {hello:?}"));
                self.say(index, &hello);
            }
            None => {
                let chance = self.rng.f64();
                self.desks[index].line.lost(at(now), chance);
            }
        }
    }

    /// A desk gives its connection up.
    fn lose(&mut self, index: usize) {
        self.trace.line(self.now, format_args!("desk {index} loses its connection"));
        if let Some((_, wire)) = self.at[index].take().and_then(|id| self.wires.get_mut(&id)) {
            wire.there.send(self.now, &mut self.rng, None);
            wire.back.swallow();
        }
        let chance = self.rng.f64();
        self.desks[index].line.lost(at(self.now), chance);
    }

    fn say(&mut self, index: usize, message: &ClientMessage) {
        if let Ok(text) = serde_json::to_string(message) {
            self.send(index, Frame::Text(text));
        }
    }

    fn send(&mut self, index: usize, frame: Frame) {
        if let Some((_, wire)) = self.at[index].and_then(|id| self.wires.get_mut(&id)) {
            wire.there.send(self.now, &mut self.rng, Some(frame));
        }
    }
}

fn user(name: &str, role: Role, extensions: &[&str]) -> Option<User> {
    let extensions = extensions.iter().filter_map(|text| Extension::parse(text).ok()).collect();
    let name = UserName::parse(name).ok()?;
    Some(User { name, password: String::new(), role, extensions, disabled: false })
}

/// The names of the actions in these bytes.
fn actions(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.lines().filter_map(|line| line.strip_prefix("Action: ")).collect::<Vec<_>>().join(", ")
}
