//! P2 and P4: the codec and the whole model together, with thousands of channels up, and all of them ending at once.
//! Not the server behind the model.

use crate::codec;
use crate::count;
use crate::figures::{Figure, Samples, short};
use crate::office::{Office, Stretch};
use crate::people;
use crate::replay::answer;
use anyhow::Result;
use cpu_time::ThreadTime;
use frontdesk_ami::{Decoder, Frame, Limits};
use frontdesk_protocol::Millis;
use frontdesk_switchboard::{Output, Settings, Switchboard};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// What the link takes from a socket at once, where there is so much.
const CHUNK: usize = frontdesk_ami::Decoder::ROOM;

/// What part of the speed of only finding the line ends in the same bytes is reached at least, also on a machine that does
/// much else: that costs the model more than a loop that needs no memory but the bytes.
const LEAST: f64 = 0.08;

/// A model behind a decoder, fed with bytes.
pub struct Fed {
    decoder: Decoder,
    board: Switchboard,
    now: i64,
}

impl Fed {
    /// A model that has read an empty PBX and knows the people of this office.
    pub fn new(office: &mut Office) -> Result<Self> {
        let mut board = Switchboard::new(Settings::default(), Millis(0));
        let people = people(office)?;
        board.set_directory(people, Millis(0));
        board.link_up(Millis(0));
        let mut fed = Self { decoder: Decoder::without_banner(Limits::default()), board, now: 0 };
        fed.answer_all();
        let there = office.registrations();
        fed.feed(&there.bytes);
        Ok(fed)
    }

    /// Takes in bytes as the server's loop does: all messages of one read, and then what is to be done and known.
    pub fn feed(&mut self, bytes: &[u8]) -> u64 {
        let mut outputs = 0;
        for chunk in bytes.chunks(CHUNK) {
            self.now += 1;
            self.decoder.feed(chunk);
            while let Some(Frame::Message(message)) = self.decoder.next() {
                self.board.message(&message, Millis(self.now));
            }
            outputs += self.drain();
        }
        outputs
    }

    /// The same, with the time of each event: decoding it, and everything it does in the model.
    pub fn feed_timed(&mut self, bytes: &[u8], times: &mut Vec<Duration>) {
        for chunk in bytes.chunks(CHUNK) {
            self.now += 1;
            self.decoder.feed(chunk);
            loop {
                let begun = Instant::now();
                let Some(Frame::Message(message)) = self.decoder.next() else { break };
                self.board.message(&message, Millis(self.now));
                self.drain();
                times.push(begun.elapsed());
            }
        }
    }

    /// The office as published.
    pub fn office(&self) -> &frontdesk_protocol::Office {
        self.board.office()
    }

    /// How many calls it has.
    pub fn calls(&self) -> usize {
        self.board.office().calls.len()
    }

    /// Lets the time pass until nothing waits.
    pub fn settle(&mut self) {
        self.now += 10_000;
        self.board.tick(Millis(self.now));
        self.drain();
    }

    fn drain(&mut self) -> u64 {
        let mut outputs = 0;
        while let Some(output) = self.board.poll() {
            black_box(&output);
            outputs += 1;
        }
        outputs
    }

    /// An empty PBX answers each question with an empty list.
    fn answer_all(&mut self) {
        loop {
            let mut answers = String::new();
            while let Some(output) = self.board.poll() {
                if let Output::Act(id, action) = output {
                    answers.push_str(&answer(action.name(), id.as_str()));
                }
            }
            if answers.is_empty() {
                return;
            }
            self.decoder.feed(answers.as_bytes());
            while let Some(Frame::Message(message)) = self.decoder.next() {
                self.board.message(&message, Millis(self.now));
            }
        }
    }
}

/// How fast events were taken in.
struct Pace {
    /// Events per second of one core's time.
    rate: f64,
    /// Of the speed with which only the line ends are found in the same bytes.
    of_line_ends: f64,
}

/// Events per second of one core's time with this many channels up in an office with half as many extensions.
pub fn rate(channels: u64, turns: u64) -> Result<f64> {
    Ok(pace(channels, turns)?.rate)
}

fn pace(channels: u64, turns: u64) -> Result<Pace> {
    let mut office = Office::new(u32::try_from(channels / 2)?);
    let mut fed = Fed::new(&mut office)?;
    fed.feed(&office.begin(channels / 2).bytes);
    let Stretch { bytes, events } = office.turn_over(turns);
    // Of one core: what else runs on the machine does not count.
    let begun = ThreadTime::now();
    fed.feed(&bytes);
    let taken = begun.elapsed().as_secs_f64();
    anyhow::ensure!(
        fed.calls() as u64 == channels / 2,
        "the model lost calls: {} of {}",
        fed.calls(),
        channels / 2
    );
    Ok(Pace { rate: events as f64 / taken, of_line_ends: codec::line_ends(&bytes) / taken })
}

/// The figures of P2.
pub fn run(quick: bool) -> Result<Vec<Figure>> {
    let (channels, turns, times) = if quick { (10_000, 10_000, 3) } else { (10_000, 40_000, 7) };
    let (mut rates, mut ratios) = (Samples::default(), Samples::default());
    for _ in 0..times {
        let Pace { rate, of_line_ends } = pace(channels, turns)?;
        rates.push(rate);
        ratios.push(of_line_ends);
    }
    let mut office = Office::new(u32::try_from(channels / 2)?);
    let mut fed = Fed::new(&mut office)?;
    fed.feed(&office.begin(channels / 2).bytes);
    let mut single = Vec::new();
    fed.feed_timed(&office.turn_over(turns).bytes, &mut single);
    let mut micros = Samples::default();
    for time in &single {
        micros.push(time.as_secs_f64() * 1e6);
    }
    let tail = Samples::of(1, || micros.at(0.999));
    let figures = vec![
        Figure::at_least(
            "P2",
            format!("codec and full model, {channels} live channels, processor time of one core"),
            &rates,
            1_000_000.0,
            "events/s",
        ),
        // What holds a quick run: a machine that is slower at times is so for both.
        Figure::at_least("P2", "the same / line ends (`memchr`)", &ratios, LEAST, "of its speed").binding(),
        Figure::at_most("P2", "one event, decoded, taken in and published, p99.9", &tail, 50.0, "µs"),
        Figure::told(
            "P2",
            "one event, p50 / p99 / greatest",
            format!("{} / {} / {} µs", short(micros.median()), short(micros.at(0.99)), short(micros.at(1.0))),
        ),
    ];
    Ok(figures)
}

/// P4, as far as the model goes: all calls of an office end in one burst of 20,000 events.
pub fn teardown() -> Result<Vec<Figure>> {
    let calls = 20_000 / 10;
    let mut office = Office::new(calls);
    let mut fed = Fed::new(&mut office)?;
    fed.feed(&office.begin(u64::from(calls)).bytes);
    fed.settle();
    let burst = office.end();
    let begun = ThreadTime::now();
    let (_, grown) = count::growth(|| fed.feed(&burst.bytes));
    let taken = begun.elapsed().as_secs_f64() * 1e3;
    let grown = grown as f64 / 1e6;
    anyhow::ensure!(fed.calls() == 0, "the model kept {} calls", fed.calls());
    Ok(vec![
        Figure::at_most(
            "P4",
            format!("burst of {} events, model current after", burst.events),
            &Samples::of(1, || taken),
            100.0,
            "ms",
        ),
        Figure::at_most("P4", "memory growth while it lasts", &Samples::of(1, || grown), 32.0, "MB"),
    ])
}
