//! The whole line with a wire that can break on either side of the server: Asterisk, wire, server, wire, desk. It
//! breaks nothing by itself.

use crate::proxy::Proxy;
use crate::watch::{Seen, Watch};
use anyhow::{Context, Result, ensure};
use frontdesk_lab::{Call, LabOptions, State};
use frontdesk_protocol::Status;
use frontdesk_tests::desk::status_of;
use frontdesk_tests::stage::Stage;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::Instant;

/// How long the truth may take to be back here. The product's aim is three seconds; a test machine may be busy, and what
/// it was is in `docs/reliability.md`.
pub const BACK: Duration = Duration::from_secs(10);

/// Asterisk and phones, a server, a desk, and the two wires between them.
#[derive(Debug)]
pub struct Line {
    /// Asterisk, phones and the server's program.
    pub stage: Stage,
    /// Between the server and Asterisk.
    pub pbx: Proxy,
    /// Between the desk and the server.
    pub desks: Proxy,
    /// Anna's screen: her phones are 1001 and 1003.
    pub desk: Watch,
    /// Anna's session.
    pub token: String,
}

impl Line {
    /// Opens all of it and waits until the desk sees the office.
    ///
    /// # Errors
    /// When one of them does not come up.
    pub async fn open() -> Result<Self> {
        Self::with(|_| Ok(())).await
    }

    /// The same with a server that is prepared before anything of it runs.
    ///
    /// # Errors
    /// As [`Line::open`], and those of the preparation.
    pub async fn with(prepare: impl FnOnce(&mut Stage) -> Result<()>) -> Result<Self> {
        let options = LabOptions { ring: Duration::from_secs(6), ..LabOptions::for_tests() };
        let mut stage = Stage::without_server(options).await?;
        let pbx = Proxy::open(stage.office.lab.ami()).await?;
        stage.set_pbx("host", &format!("\"{}\"", pbx.address.ip()))?;
        stage.set_pbx("port", &pbx.address.port().to_string())?;
        prepare(&mut stage)?;
        stage.user("anna", "receptionist", &["1001", "1003"]).await?;
        stage.start_server().await?;
        let desks = Proxy::open(stage.address()?.parse()?).await?;
        let token = stage.token("anna").await?;
        let desk = Watch::open(desks.address.to_string(), token.clone()).await?;
        let mut line = Self { stage, pbx, desks, desk, token };
        line.shows(&[("1001", Status::Free), ("1002", Status::Free), ("1003", Status::Free)]).await?;
        Ok(line)
    }

    /// Starts the server again, where desks find it.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_server(&mut self) -> Result<()> {
        self.stage.start_server().await?;
        self.desks.lead_to(self.stage.address()?.parse()?);
        Ok(())
    }

    /// Waits until the desk truly shows these lamps.
    ///
    /// # Errors
    /// When it does not in time.
    pub async fn shows(&mut self, lamps: &[(&str, Status)]) -> Result<Seen> {
        let what = format!("the desk truly shows {lamps:?}");
        self.desk.until(3 * BACK, &what, |seen| seen.is_true() && lit(seen, lamps)).await
    }

    /// Somebody from outside talks to 1001, and the desk shows it.
    ///
    /// # Errors
    /// When it does not come to it.
    pub async fn talk(&mut self) -> Result<Talk> {
        let outside = self.stage.office.call_in("Jane Roe", "5550123", "5551001").await?;
        let mine = self.stage.office.phone("1001").incoming().await?;
        mine.wait(State::Up).await?;
        outside.wait(State::Up).await?;
        self.stage.pbx().talks(&[&["1001", "trunk"]]).await?;
        self.shows(&[("1001", Status::Outside)]).await?;
        Ok(Talk { outside, mine })
    }

    /// How long after `since` the desk truly shows these lamps, and again exactly the legs that the PBX has.
    ///
    /// # Errors
    /// When it does not in time, or the PBX has others.
    pub async fn back(&mut self, since: Instant, lamps: &[(&str, Status)]) -> Result<Duration> {
        self.shows(lamps).await?;
        let back = since.elapsed();
        ensure!(back < BACK, "the truth was back only after {back:?}; shown was {:#?}", self.desk.now().told);
        self.agrees().await?;
        Ok(back)
    }

    /// Waits until the desk shows a leg for each channel that the PBX has, and no other.
    ///
    /// # Errors
    /// When one is a ghost, or is missing.
    pub async fn agrees(&mut self) -> Result<()> {
        let channels = self.stage.pbx().channels().await?;
        let legs: BTreeSet<String> = channels.iter().map(|channel| channel.id.clone()).collect();
        let what = format!("the desk shows the legs {legs:?} of {channels:#?}");
        self.desk.until(BACK, &what, |seen| shown(seen) == legs).await?;
        Ok(())
    }

    /// Sends Asterisk a signal: `SIGSTOP` for one that hangs.
    ///
    /// # Errors
    /// When Asterisk is not running.
    pub fn signal_asterisk(&self, signal: Signal) -> Result<()> {
        let file = self.stage.office.lab.folder().join("run/asterisk.pid");
        let id = std::fs::read_to_string(&file).context("Asterisk's process id")?;
        Ok(kill(Pid::from_raw(id.trim().parse()?), signal)?)
    }

    /// The most memory that the server ever had, in KiB, as the kernel counted it.
    ///
    /// # Errors
    /// When the server is not running.
    pub fn peak(&self) -> Result<u64> {
        peak(self.stage.server_id()?)
    }
}

/// The most memory that a process ever had, in KiB.
///
/// # Errors
/// When there is no such process.
pub fn peak(process: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

/// A call from outside that is up.
#[derive(Debug)]
pub struct Talk {
    /// At the caller's phone.
    pub outside: Call,
    /// At 1001.
    pub mine: Call,
}

impl Talk {
    /// Whether the caller and 1001 still have each other, by their phones.
    pub fn lives(&self) -> bool {
        self.outside.state() == State::Up && self.mine.state() == State::Up
    }
}

fn lit(seen: &Seen, lamps: &[(&str, Status)]) -> bool {
    lamps.iter().all(|(extension, status)| status_of(&seen.office, extension) == Some(*status))
}

fn shown(seen: &Seen) -> BTreeSet<String> {
    let legs = seen.office.calls.values().flat_map(|call| call.legs.iter());
    legs.map(|leg| leg.id.to_string()).collect()
}
