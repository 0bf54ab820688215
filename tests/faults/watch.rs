//! What a receptionist sees while things break: a desk that keeps up its connection with the desktop's patience, and
//! notes everything that it would show. It orders nothing.

use anyhow::{Context, Result, bail};
use frontdesk_protocol::{BEAT_MS, Office, PbxLink};
use frontdesk_tests::desk::{Desk, picture};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

/// After so much silence what is shown counts as stale; `SILENCE` of the desktop.
const SILENCE: Duration = Duration::from_millis(3 * BEAT_MS);
/// How long an attempt to connect may take.
const PATIENCE: Duration = Duration::from_secs(4);
/// The first wait between attempts, and the longest: at most what the desktop waits.
const WAITS: [Duration; 2] = [Duration::from_millis(500), Duration::from_millis(2_500)];

/// A desk that comes back by itself.
#[derive(Debug)]
pub struct Watch {
    seen: watch::Receiver<Seen>,
    task: JoinHandle<()>,
}

/// What is on the screen.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The facts, fresh or not.
    pub office: Office,
    /// Whether they are fresh.
    pub sight: Sight,
    /// What is wrong on the server, as it told last.
    pub notice: Option<String>,
    /// Everything besides the facts that was shown, in order and each time it changed.
    pub told: Vec<String>,
    /// How many history rows came.
    pub rows: usize,
}

/// Whether the facts on the screen are fresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// The server speaks.
    Fresh,
    /// It does not, and was heard last then.
    Stale { heard: Instant },
}

impl Seen {
    /// Fresh, and the server has its link to the phone system.
    pub fn is_true(&self) -> bool {
        self.sight == Sight::Fresh && matches!(self.office.link, PbxLink::Up { .. })
    }

    /// Why the phone system is not seen, where it is not.
    pub fn down(&self) -> Option<String> {
        match &self.office.link {
            PbxLink::Down { reason, .. } => Some(reason.clone()),
            PbxLink::Up { .. } | PbxLink::Starting => None,
        }
    }

    /// For how long the server has not been heard; nothing while it is.
    pub fn silent(&self) -> Option<Duration> {
        match self.sight {
            Sight::Fresh => None,
            Sight::Stale { heard } => Some(heard.elapsed()),
        }
    }

    /// All of it, for the sentences of failing tests.
    pub fn picture(&self) -> String {
        let Self { office, sight, notice, told, rows } = self;
        format!("{sight:?}, notice {notice:?}, {rows} rows, told {told:#?}\n{}", picture(office))
    }

    fn tell(&mut self, text: String) {
        if self.told.last() != Some(&text) {
            self.told.push(text);
        }
    }
}

impl Watch {
    /// Opens the desk of a session; it stays until this is dropped.
    ///
    /// # Errors
    /// When the first connection does not come about.
    pub async fn open(address: String, token: String) -> Result<Self> {
        let desk = Desk::open(&address, &token).await?;
        let seen = Seen {
            office: desk.office.clone(),
            sight: Sight::Fresh,
            notice: None,
            told: Vec::new(),
            rows: 0,
        };
        let (tell, seen) = watch::channel(seen);
        let task = tokio::spawn(keep(desk, address, token, tell));
        Ok(Self { seen, task })
    }

    /// Waits until something is so on the screen.
    ///
    /// # Errors
    /// When it is not within the deadline; the sentence says what was shown.
    pub async fn until(
        &mut self,
        deadline: Duration,
        what: &str,
        so: impl Fn(&Seen) -> bool,
    ) -> Result<Seen> {
        let end = Instant::now() + deadline;
        // Some things come true by time alone.
        loop {
            let look = (Instant::now() + Duration::from_millis(50)).min(end);
            let found =
                timeout_at(look, self.seen.wait_for(&so)).await.map(|seen| seen.map(|seen| seen.clone()));
            match found {
                Ok(seen) => return seen.context("the desk has gone"),
                Err(_) if Instant::now() < end => {}
                Err(_) => bail!("{what}: not within {deadline:?}; the desk shows {}", self.now().picture()),
            }
        }
    }

    /// What is on the screen now.
    pub fn now(&self) -> Seen {
        self.seen.borrow().clone()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn keep(mut desk: Desk, address: String, token: String, tell: watch::Sender<Seen>) {
    loop {
        let (heard, why) = hear(&mut desk, &tell).await;
        tell.send_modify(|seen| {
            seen.sight = Sight::Stale { heard };
            seen.tell(why);
        });
        let mut wait = WAITS[0];
        desk = loop {
            sleep_until(Instant::now() + wait).await;
            wait = (wait * 2).min(WAITS[1]);
            let again = Desk::reopen(&address, &token, desk.office.clone(), desk.at.clone());
            if let Ok(Ok(desk)) = timeout(PATIENCE, again).await {
                break desk;
            }
        };
        tell.send_modify(|seen| seen.tell("fresh again".to_owned()));
    }
}

/// Hears the server until it is silent or gone; says when it was heard last, and what the receptionist is told.
async fn hear(desk: &mut Desk, tell: &watch::Sender<Seen>) -> (Instant, String) {
    loop {
        let heard = Instant::now();
        tell.send_modify(|seen| show(seen, desk));
        match timeout(SILENCE, desk.step(heard + 2 * SILENCE)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                let why = if error.to_string().contains("good-bye") {
                    error.to_string()
                } else {
                    "the connection is lost".to_owned()
                };
                return (heard, format!("stale: {why}"));
            }
            Err(_) => return (heard, "stale: the server is not heard".to_owned()),
        }
    }
}

fn show(seen: &mut Seen, desk: &Desk) {
    let link = |office: &Office| match &office.link {
        PbxLink::Up { .. } => "the phone system is connected".to_owned(),
        PbxLink::Starting => "the phone system is being asked".to_owned(),
        PbxLink::Down { reason, .. } => format!("unknown: {reason}"),
    };
    if seen.office.link != desk.office.link {
        seen.tell(link(&desk.office));
    }
    if seen.notice != desk.notice {
        seen.tell(
            desk.notice.as_ref().map_or("the notice is gone".to_owned(), |text| format!("notice: {text}")),
        );
    }
    seen.office.clone_from(&desk.office);
    (seen.sight, seen.notice, seen.rows) = (Sight::Fresh, desk.notice.clone(), desk.added.len());
}
