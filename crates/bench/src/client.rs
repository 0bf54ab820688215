//! Our own client as one program, measured as the others are: connects, logs in, and counts every event that reaches its
//! callback; with the model behind it where that is asked for.

use crate::office::Office;
use crate::people;
use crate::replay::END;
use anyhow::{Result, bail};
use cpu_time::ProcessTime;
use frontdesk_ami::Event;
use frontdesk_ami::client::{Link, LinkConfig, Progress};
use frontdesk_protocol::Millis;
use frontdesk_switchboard::{Output, Settings, Switchboard};
use std::hint::black_box;
use std::time::Instant;

/// Runs to the end of the stream; gives the events and the seconds of processor time.
pub async fn alone(host: &str, port: u16) -> Result<(u64, f64)> {
    let mut link = Link::new(LinkConfig::new(host, port, "bench", "bench"));
    let begun = ProcessTime::now();
    let mut events = 0;
    loop {
        match link.drive().await {
            Progress::Messages => {
                while let Some(message) = link.next_message() {
                    if let Some(event) = black_box(Event::of(&message)) {
                        events += 1;
                        if matches!(event, Event::Other(_)) && message.event() == Some(END) {
                            return Ok((events, begun.elapsed().as_secs_f64()));
                        }
                    }
                }
            }
            Progress::Down { reason, .. } => bail!("{reason}"),
            Progress::Up | Progress::Silent { .. } | Progress::Speaks => {}
        }
    }
}

/// The same with the whole model behind it, for an office of this many extensions.
pub async fn with_model(host: &str, port: u16, extensions: u32) -> Result<(u64, f64)> {
    let mut link = Link::new(LinkConfig::new(host, port, "bench", "bench"));
    let mut board = Switchboard::new(Settings::default(), Millis(0));
    board.set_directory(people(&Office::new(extensions))?, Millis(0));
    let started = Instant::now();
    let begun = ProcessTime::now();
    let mut events = 0;
    loop {
        let progress = link.drive().await;
        let now = Millis(i64::try_from(started.elapsed().as_millis())?);
        match progress {
            Progress::Up => board.link_up(now),
            Progress::Messages => {
                while let Some(message) = link.next_message() {
                    events += u64::from(message.event().is_some());
                    if message.event() == Some(END) {
                        return Ok((events, begun.elapsed().as_secs_f64()));
                    }
                    board.message(&message, now);
                }
            }
            Progress::Down { reason, .. } => bail!("{reason}"),
            Progress::Silent { .. } | Progress::Speaks => {}
        }
        while let Some(output) = board.poll() {
            match black_box(output) {
                Output::Act(id, action) => link.send(&id, &action),
                Output::Changed(_) | Output::Concluded(..) | Output::Ended(_) | Output::Synced => {}
            }
        }
    }
}
