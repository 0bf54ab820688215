//! A made-up big office behind a socket that speaks AMI, for whoever measures a server with many phones and calls: it
//! answers the lists that a server asks for, and calls come and go at a given pace. Nothing that is ordered happens.

use crate::office::Office;
use anyhow::Result;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

const FIRST: [&str; 24] = [
    "Anna", "Ben", "Clara", "David", "Emma", "Felix", "Greta", "Henry", "Ida", "Jonas", "Karla", "Leon",
    "Maria", "Noah", "Olivia", "Paul", "Rosa", "Samuel", "Tilda", "Uwe", "Vera", "Walter", "Yara", "Zoë",
];
const LAST: [&str; 27] = [
    "Albrecht",
    "Brandt",
    "Castellanos",
    "Dietrich",
    "Engel",
    "Fischer",
    "Gruber",
    "Hartmann",
    "Ivanova",
    "Jansen",
    "Köhler",
    "Lehmann",
    "Marchetti",
    "Neumann",
    "Ortega",
    "Papadopoulos",
    "Quandt",
    "Richter",
    "Sommerfeld",
    "Thorvaldsen",
    "Ulrich",
    "Vogel",
    "Wagner",
    "Xander",
    "Yilmaz",
    "Zimmermann",
    "Ångström",
];

/// The office behind its socket. It lives as long as the process.
#[derive(Debug, Clone)]
pub struct Crowd {
    address: SocketAddr,
    inside: Arc<Mutex<Inside>>,
}

#[derive(Debug)]
struct Inside {
    office: Office,
    sessions: Vec<TcpStream>,
}

impl Crowd {
    /// Opens an office with this many phones, all free, on a free port.
    ///
    /// # Errors
    /// When no port is free.
    pub fn open(extensions: u32) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let inside = Arc::new(Mutex::new(Inside { office: Office::new(extensions), sessions: Vec::new() }));
        let crowd = Self { address, inside };
        let here = crowd.clone();
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let here = here.clone();
                // Whoever goes away ends their own session and nothing else.
                thread::spawn(move || here.session(socket).ok());
            }
        });
        Ok(crowd)
    }

    /// Where AMI is spoken.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// This many calls come in and are answered.
    pub fn begin(&self, calls: u64) {
        let mut inside = self.lock();
        let stretch = inside.office.begin(calls);
        inside.tell(&stretch.bytes);
    }

    /// For so long a call ends and another one begins, evenly, so often a second: two lamps each.
    pub fn turn_over(&self, a_second: u32, lasting: Duration) {
        let (start, each) = (Instant::now(), Duration::from_secs(1) / a_second.max(1));
        let mut next = start;
        while start.elapsed() < lasting {
            {
                let mut inside = self.lock();
                let stretch = inside.office.turn_over(1);
                inside.tell(&stretch.bytes);
            }
            next += each;
            thread::sleep(next.saturating_duration_since(Instant::now()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn session(&self, socket: TcpStream) -> Result<()> {
        socket.set_nodelay(true)?;
        let mut out = socket.try_clone()?;
        out.write_all(b"Asterisk Call Manager/11.0.0\r\n")?;
        let mut action: Vec<(String, String)> = Vec::new();
        for line in BufReader::new(socket).lines() {
            let line = line?;
            if let Some((key, value)) = line.split_once(':') {
                action.push((key.to_ascii_lowercase(), value.trim().to_owned()));
                continue;
            }
            let action = std::mem::take(&mut action);
            let field =
                |name: &str| action.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value);
            if action.is_empty() {
                continue;
            }
            // Under one lock, so that no event stands inside a list or comes before what it changes.
            let mut inside = self.lock();
            let answer = inside.answer(field("action"), field("actionid"), field("variable"));
            out.write_all(answer.as_bytes())?;
            if field("action").eq_ignore_ascii_case("login") {
                inside.sessions.push(out.try_clone()?);
            }
        }
        Ok(())
    }
}

impl Inside {
    fn tell(&mut self, bytes: &[u8]) {
        self.sessions.retain_mut(|session| session.write_all(bytes).is_ok());
    }

    fn answer(&self, action: &str, id: &str, variable: &str) -> String {
        match action.to_ascii_lowercase().as_str() {
            "extensionstatelist" => list(id, self.office.hints()),
            "devicestatelist" => list(id, self.office.devices()),
            "coreshowchannels" => list(id, self.office.channels()),
            "getvar" => {
                let asked =
                    variable.strip_prefix("PJSIP_ENDPOINT(").and_then(|it| it.strip_suffix(",callerid)"));
                let value =
                    asked.map(|number| format!("\"{}\" <{number}>", name(number))).unwrap_or_default();
                format!(
                    "Response: Success\r\nActionID: {id}\r\nVariable: {variable}\r\nValue: {value}\r\n\r\n"
                )
            }
            _ => crate::replay::answer(action, id),
        }
    }
}

/// Who sits at an extension.
fn name(number: &str) -> String {
    let number: usize = number.parse().unwrap_or(0);
    format!("{} {}", FIRST[number % FIRST.len()], LAST[number / FIRST.len() % LAST.len()])
}

/// A list with these items: the fields of each, after the name of its event.
fn list(id: &str, items: impl Iterator<Item = (&'static str, String)>) -> String {
    let mut text = format!(
        "Response: Success\r\nActionID: {id}\r\nEventList: start\r\nMessage: The list will follow\r\n\r\n"
    );
    let mut count = 0;
    for (event, fields) in items {
        // Writing to a text does not fail.
        let _ = write!(text, "Event: {event}\r\nActionID: {id}\r\n{fields}\r\n");
        count += 1;
    }
    let _ = write!(
        text,
        "Event: ListComplete\r\nActionID: {id}\r\nEventList: Complete\r\nListItems: {count}\r\n\r\n"
    );
    text
}
