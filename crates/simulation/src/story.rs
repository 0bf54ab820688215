//! What happens in a world, made from its seed: calls, orders and faults, each at its time. Not what becomes of them.

use crate::net::Ways;
use fastrand::Rng;

/// How long things happen, in milliseconds; then all is healed.
pub const SPAN_MS: u64 = 25_000;
/// How many phones there are.
const PHONES: u32 = 4;
/// How many desks are there from the beginning.
pub const DESKS: usize = 3;

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// At the phones.
    Phone(Phone),
    /// At a desk.
    Order {
        /// Which.
        desk: usize,
        /// What.
        wish: Wish,
        /// Which of the things it could be about.
        pick: usize,
    },
    /// Something fails.
    Fault(Fault),
}

/// What people do with their phones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phone {
    /// Somebody outside calls this extension.
    CallIn(u32),
    /// A phone calls another.
    Dial(u32, u32),
    /// A phone is answered.
    Answer(u32),
    /// A phone holds its call.
    Hold(u32),
    /// It takes it back.
    Resume(u32),
    /// A phone is put down.
    PutDown(u32),
}

/// What somebody at a desk wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// To hand a call on to an extension, which may not exist, come back or not.
    Transfer {
        /// Where to.
        to: u32,
        /// Whether the caller comes back by themselves.
        safe: bool,
    },
    /// To the mailbox of an extension.
    Voicemail(u32),
    /// To stop the ringing.
    Ignore,
    /// To end a call.
    HangUp {
        /// Whether with a time to think.
        grace: bool,
    },
    /// To call somebody.
    Originate(u32),
    /// To have a caller back.
    PullBack,
}

/// What fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing passes between server and PBX for so long.
    HoldPbx(Ways, u64),
    /// Nothing passes between a desk and the server for so long.
    HoldDesk(usize, Ways, u64),
    /// The connection to the PBX breaks in the middle of a message.
    CutPbx,
    /// A desk's connection breaks.
    CutDesk(usize),
    /// A desk's program is gone and back, and the server does not hear of it.
    HalfOpen(usize),
    /// Somebody opens the same session a second time.
    Duplicate,
    /// The server dies, with or without its computer telling the others, and is back after so long.
    Crash {
        /// Whether connections stay open at the other end.
        silent: bool,
        /// How long it is away.
        down: u64,
    },
    /// The PBX dies with all its calls and is back after so long.
    Pbx {
        /// Whether the connection stays open at the server's end.
        silent: bool,
        /// How long it is away.
        down: u64,
    },
    /// The server's clock jumps ahead by so long, for its computer was asleep: nothing of the time between was done.
    Clock(u64),
}

/// Whether explicit hang-ups are among the wishes of a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HangUps {
    /// They are.
    Wished,
    /// They are not: then no order may end an outside party's channel.
    None,
}

/// The story of a world: events by time, in order.
pub fn of(rng: &mut Rng) -> (Vec<(u64, Event)>, HangUps) {
    let hangups = if rng.u8(..3) == 0 { HangUps::Wished } else { HangUps::None };
    let mut story = Vec::new();
    let mut put = |rng: &mut Rng, event| story.push((rng.u64(2_000..SPAN_MS), event));
    for _ in 0..rng.u8(2..5) {
        let to = phone(rng);
        put(rng, Event::Phone(Phone::CallIn(to)));
    }
    for _ in 0..rng.u8(6..16) {
        let (at, other) = (phone(rng), phone(rng));
        let what = match rng.u8(..12) {
            0 => Phone::Dial(at, other),
            1..=6 => Phone::Answer(at),
            7 => Phone::Hold(at),
            8 => Phone::Resume(at),
            9 => Phone::PutDown(at),
            _ => Phone::Answer(1001),
        };
        put(rng, Event::Phone(what));
    }
    for _ in 0..rng.u8(2..9) {
        let wish = wish(rng, hangups);
        let (desk, pick, at) = (rng.usize(..DESKS), rng.usize(..4), rng.u64(3_000..SPAN_MS));
        story.push((at, Event::Order { desk, wish, pick }));
        if rng.bool() {
            // Two about one call, nearly at once.
            let wish = self::wish(rng, hangups);
            story.push((at + rng.u64(..20), Event::Order { desk: 1 - desk.min(1), wish, pick }));
        }
    }
    for _ in 0..rng.u8(..5) {
        let fault = fault(rng);
        story.push((rng.u64(500..SPAN_MS), Event::Fault(fault)));
    }
    story.sort_by_key(|(at, _)| *at);
    (story, hangups)
}

fn phone(rng: &mut Rng) -> u32 {
    1001 + rng.u32(..PHONES)
}

fn wish(rng: &mut Rng, hangups: HangUps) -> Wish {
    // 1009 is nobody's.
    let to = if rng.u8(..6) == 0 { 1009 } else { phone(rng) };
    match rng.u8(..10) {
        0..=3 => Wish::Transfer { to, safe: rng.bool() },
        4 => Wish::Voicemail(phone(rng)),
        5 => Wish::Ignore,
        6 => Wish::Originate(to),
        7 => Wish::PullBack,
        _ if hangups == HangUps::Wished => Wish::HangUp { grace: rng.bool() },
        _ => Wish::Transfer { to, safe: true },
    }
}

fn fault(rng: &mut Rng) -> Fault {
    let ways = [Ways::There, Ways::Back, Ways::Both][rng.usize(..3)];
    let (desk, long) = (rng.usize(..DESKS), rng.u64(200..9_000));
    let (silent, down) = (rng.bool(), rng.u64(100..5_000));
    match rng.u8(..12) {
        0 | 1 => Fault::HoldPbx(ways, long),
        2 | 3 => Fault::HoldDesk(desk, ways, long),
        4 | 5 => Fault::CutPbx,
        6 => Fault::CutDesk(desk),
        7 => Fault::HalfOpen(desk),
        8 => Fault::Duplicate,
        9 => Fault::Crash { silent, down },
        10 => Fault::Pbx { silent, down },
        _ => Fault::Clock(rng.u64(500..20_000)),
    }
}
