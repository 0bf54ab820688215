//! Keeps what Asterisk's Manager Interface says, as a recording that tests replay.
//!
//! A recording is text: `# t+S` is the arrival of the packet that follows, in seconds; `>>>` lines are actions that
//! were sent; `# ---` lines are notes. It reads AMI in the simplest way that works on loopback, and deliberately not
//! with the product's own codec, which the recordings are there to test.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::phone::PATIENCE;

pub mod scenarios;

/// Who logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmiUser {
    /// The classes that the product asks for: what it will see.
    Frontdesk,
    /// Everything.
    Recorder,
}

impl AmiUser {
    fn name(self) -> &'static str {
        match self {
            Self::Frontdesk => "frontdesk",
            Self::Recorder => "recorder",
        }
    }
}

/// What went wrong with a recording.
#[derive(Debug, thiserror::Error)]
pub enum RecorderError {
    /// The connection failed.
    #[error("The connection to the Manager Interface failed: {0}")]
    Network(#[from] std::io::Error),
    /// Asterisk refused an action.
    #[error("Asterisk refused {action}: {message}")]
    Refused {
        /// The action.
        action: String,
        /// What Asterisk says.
        message: String,
    },
    /// Nothing came within [`PATIENCE`].
    #[error("Waited in vain for {0} on the Manager Interface")]
    TooLate(String),
    /// A phone did not do its part.
    #[error(transparent)]
    Phone(#[from] crate::phone::PhoneError),
    /// The office did not open.
    #[error(transparent)]
    Office(#[from] crate::office::OfficeError),
}

/// One event or answer, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet(Vec<(String, String)>);

impl Packet {
    /// The first value under a key, empty where there is none.
    #[must_use]
    pub fn field(&self, key: &str) -> &str {
        self.0.iter().find(|(k, _)| k == key).map_or("", |(_, value)| value)
    }

    /// Whether it is this event.
    #[must_use]
    pub fn is(&self, event: &str) -> bool {
        self.field("Event") == event
    }
}

#[derive(Debug)]
enum Line {
    Came(Packet),
    Sent(Vec<(String, String)>),
    Note(String),
}

impl Line {
    fn packet(&self) -> Option<&Packet> {
        match self {
            Self::Came(packet) => Some(packet),
            Self::Sent(_) | Self::Note(_) => None,
        }
    }
}

#[derive(Debug)]
struct Tape {
    began: Instant,
    lines: Vec<(Duration, Line)>,
}

/// A login that records.
#[derive(Debug)]
pub struct Tap {
    tape: Arc<Mutex<Tape>>,
    grown: watch::Receiver<usize>,
    out: OwnedWriteHalf,
    actions: u32,
    task: AbortHandle,
}

impl Tap {
    /// Logs in and waits until Asterisk is fully booted; the recording begins behind that.
    ///
    /// # Errors
    /// When the login fails.
    pub async fn login(at: SocketAddr, user: AmiUser, secret: &str) -> Result<Self, RecorderError> {
        let (input, out) = TcpStream::connect(at).await?.into_split();
        let mut input = BufReader::new(input);
        input.read_line(&mut String::new()).await?;
        let tape = Arc::new(Mutex::new(Tape { began: Instant::now(), lines: Vec::new() }));
        let (growth, grown) = watch::channel(0);
        let task = tokio::spawn(listen(input, Arc::clone(&tape), growth)).abort_handle();
        let mut tap = Self { tape, grown, out, actions: 0, task };
        tap.action("Login", &[("Username", user.name()), ("Secret", secret)]).await?;
        tap.event("FullyBooted", |_| true).await?;
        tap.rewind();
        Ok(tap)
    }

    /// Sends an action and returns its answer.
    ///
    /// # Errors
    /// When Asterisk answers `Error`, or nothing.
    pub async fn action(&mut self, name: &str, fields: &[(&str, &str)]) -> Result<Packet, RecorderError> {
        self.actions += 1;
        let id = format!("lab-{}", self.actions);
        let mut all = vec![("Action".to_owned(), name.to_owned()), ("ActionID".to_owned(), id.clone())];
        all.extend(fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        let text: String = all.iter().map(|(key, value)| format!("{key}: {value}\r\n")).collect();
        self.push(Line::Sent(all));
        self.out.write_all(format!("{text}\r\n").as_bytes()).await?;
        let is_answer = |p: &Packet| p.field("ActionID") == id && !p.field("Response").is_empty();
        let answer = self.find(&format!("the answer to {name}"), is_answer).await?;
        if answer.field("Response") == "Error" {
            return Err(RecorderError::Refused {
                action: name.to_owned(),
                message: answer.field("Message").to_owned(),
            });
        }
        Ok(answer)
    }

    /// Waits up to [`PATIENCE`] for an event, which may have come already since the recording began.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn event(&self, name: &str, wanted: impl Fn(&Packet) -> bool) -> Result<Packet, RecorderError> {
        self.find(name, |packet| packet.is(name) && wanted(packet)).await
    }

    /// Waits for the channel of an extension (`1001`) or of the `trunk` and returns the newest one's `Newchannel`.
    ///
    /// # Errors
    /// When there is none within [`PATIENCE`].
    pub async fn channel(&self, endpoint: &str) -> Result<String, RecorderError> {
        let start = format!("PJSIP/{endpoint}-");
        let is_it = |p: &Packet| p.is("Newchannel") && p.field("Channel").starts_with(&start);
        self.find(&start, is_it).await?;
        let tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = tape.lines.iter().rev().filter_map(|(_, line)| line.packet()).find(|p| is_it(p));
        Ok(newest.map(|p| p.field("Channel").to_owned()).unwrap_or_default())
    }

    /// How long ago the first packet of this kind came since the recording began.
    #[must_use]
    pub fn age(&self, wanted: impl Fn(&Packet) -> bool) -> Option<Duration> {
        let tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, _) = tape.lines.iter().find(|(_, line)| line.packet().is_some_and(&wanted))?;
        Some(tape.began.elapsed().saturating_sub(*at))
    }

    /// Everything that came since the recording began.
    #[must_use]
    pub fn packets(&self) -> Vec<Packet> {
        let tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
        tape.lines.iter().filter_map(|(_, line)| line.packet()).cloned().collect()
    }

    /// Writes a note into the recording.
    pub fn note(&self, text: &str) {
        self.push(Line::Note(text.to_owned()));
    }

    /// Forgets what came so far and starts the recording's clock again.
    pub fn rewind(&self) {
        let mut tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
        tape.began = Instant::now();
        tape.lines.clear();
    }

    /// Waits until Asterisk has closed the connection.
    ///
    /// # Errors
    /// When it has not within [`PATIENCE`].
    pub async fn closed(&mut self) -> Result<(), RecorderError> {
        let ended = async { while self.grown.changed().await.is_ok() {} };
        let late = |_| RecorderError::TooLate("the end of the connection".to_owned());
        tokio::time::timeout(PATIENCE, ended).await.map_err(late)
    }

    /// The recording as text, under a title.
    #[must_use]
    pub fn text(&self, title: &str) -> String {
        let tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = format!(
            "# {title}\n# t+seconds since the scenario began precedes each packet; \">>>\" lines are the actions sent\n\n"
        );
        for (at, line) in &tape.lines {
            let _ = match line {
                Line::Note(text) => writeln!(out, "# --- {text}\n"),
                Line::Came(Packet(fields)) => {
                    writeln!(out, "# t+{:.3}\n{}", at.as_secs_f64(), lines(fields, ""))
                }
                Line::Sent(fields) => writeln!(out, "# t+{:.3}\n{}", at.as_secs_f64(), lines(fields, ">>> ")),
            };
        }
        out
    }

    /// Writes the recording into a file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path, title: &str) -> Result<(), RecorderError> {
        Ok(std::fs::write(path, self.text(title))?)
    }

    fn push(&self, line: Line) {
        push(&self.tape, line);
    }

    /// Waits up to [`PATIENCE`] until every channel of the recording has been hung up.
    ///
    /// # Errors
    /// When one is left.
    pub async fn quiet(&self) -> Result<(), RecorderError> {
        let all_gone = |tape: &Tape| {
            let mut alive = std::collections::BTreeSet::new();
            for packet in tape.lines.iter().filter_map(|(_, line)| line.packet()) {
                if packet.is("Newchannel") {
                    alive.insert(packet.field("Uniqueid"));
                } else if packet.is("Hangup") {
                    alive.remove(packet.field("Uniqueid"));
                }
            }
            alive.is_empty().then_some(())
        };
        self.until("the end of all channels", all_gone).await
    }

    async fn find(&self, what: &str, wanted: impl Fn(&Packet) -> bool) -> Result<Packet, RecorderError> {
        let first = |tape: &Tape| {
            tape.lines.iter().filter_map(|(_, line)| line.packet()).find(|p| wanted(p)).cloned()
        };
        self.until(what, first).await
    }

    async fn until<T>(&self, what: &str, condition: impl Fn(&Tape) -> Option<T>) -> Result<T, RecorderError> {
        let mut grown = self.grown.clone();
        let search = async {
            loop {
                grown.borrow_and_update();
                let now = condition(&self.tape.lock().unwrap_or_else(PoisonError::into_inner));
                if now.is_some() {
                    return now;
                }
                if grown.changed().await.is_err() {
                    return None;
                }
            }
        };
        let late = || RecorderError::TooLate(what.to_owned());
        tokio::time::timeout(PATIENCE, search).await.ok().flatten().ok_or_else(late)
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn push(tape: &Mutex<Tape>, line: Line) {
    let mut tape = tape.lock().unwrap_or_else(PoisonError::into_inner);
    let at = tape.began.elapsed();
    tape.lines.push((at, line));
}

fn lines(fields: &[(String, String)], before: &str) -> String {
    let one = |(key, value): &(String, String)| match key.as_str() {
        "Secret" => format!("{before}Secret: ***\n"),
        _ => format!("{before}{key}: {value}\n"),
    };
    fields.iter().map(one).collect()
}

async fn listen(mut input: BufReader<OwnedReadHalf>, tape: Arc<Mutex<Tape>>, growth: watch::Sender<usize>) {
    let mut fields = Vec::new();
    let mut line = String::new();
    while input.read_line(&mut line).await.is_ok_and(|length| length > 0) {
        let text = line.trim_end_matches(['\r', '\n']);
        if !text.is_empty() {
            let (key, value) = text.split_once(':').unwrap_or((text, ""));
            fields.push((key.to_owned(), value.strip_prefix(' ').unwrap_or(value).to_owned()));
        } else if !fields.is_empty() {
            push(&tape, Line::Came(Packet(std::mem::take(&mut fields))));
            growth.send_modify(|n| *n += 1);
        }
        line.clear();
    }
}
