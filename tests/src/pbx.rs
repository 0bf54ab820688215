//! What the PBX says of itself on its own command line, and what lies in its spool: independent of AMI and of
//! everything in the product that reads AMI.

use crate::until::until;
use anyhow::{Context, Result};
use frontdesk_lab::Lab;
use std::collections::BTreeMap;

/// The command line of the lab's Asterisk.
#[derive(Debug, Clone, Copy)]
pub struct Pbx<'a> {
    lab: &'a Lab,
}

/// A channel, as `core show channels concise` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// `PJSIP/1001-0000002a`.
    pub name: String,
    /// Where it is in the dialplan.
    pub exten: String,
    /// `Up`, `Ring`, `Ringing`.
    pub state: String,
    /// The application it runs, with its data behind a blank: `VoiceMail 1002@default,u`.
    pub application: String,
    /// The bridge it is in; empty where it is in none.
    pub bridge: String,
    /// Its Uniqueid: the name of the leg at a desk.
    pub id: String,
}

impl Channel {
    /// The endpoint: `1001`, `trunk`.
    pub fn endpoint(&self) -> &str {
        let device = self.name.rsplit_once('-').map_or(self.name.as_str(), |(device, _)| device);
        device.split_once('/').map_or(device, |(_, endpoint)| endpoint)
    }
}

impl<'a> Pbx<'a> {
    /// The command line of this Asterisk.
    pub fn new(lab: &'a Lab) -> Self {
        Self { lab }
    }

    /// All channels.
    ///
    /// # Errors
    /// When Asterisk does not answer.
    pub async fn channels(self) -> Result<Vec<Channel>> {
        let text = self.lab.cli("core show channels concise").await?;
        text.lines().filter(|line| line.contains('!')).map(channel).collect()
    }

    /// Waits until exactly these endpoints talk to each other: one list for each bridge, each in order.
    ///
    /// # Errors
    /// When they do not in time; the sentence shows all channels.
    pub async fn talks(self, wanted: &[&[&str]]) -> Result<()> {
        let what = format!("{wanted:?} talk on the PBX");
        self.until(&what, |channels| (bridges(channels) == wanted).then_some(())).await
    }

    /// Waits until an endpoint has no channel.
    ///
    /// # Errors
    /// When it still has one.
    pub async fn idle(self, endpoint: &str) -> Result<()> {
        let what = format!("{endpoint} is idle on the PBX");
        self.until(&what, |channels| channels.iter().all(|c| c.endpoint() != endpoint).then_some(())).await
    }

    /// Waits until a channel of the endpoint leaves a message, `1002@default`.
    ///
    /// # Errors
    /// When it does not.
    pub async fn in_mailbox(self, endpoint: &str, mailbox: &str) -> Result<()> {
        let what = format!("{endpoint} is at the mailbox {mailbox}");
        let wanted = format!("VoiceMail {mailbox},");
        self.until(&what, |channels| {
            let mut there = channels.iter().filter(|c| c.endpoint() == endpoint && c.bridge.is_empty());
            there.any(|c| c.application.starts_with(&wanted)).then_some(())
        })
        .await
    }

    /// Waits until there is no channel at all.
    ///
    /// # Errors
    /// When one stays.
    pub async fn quiet(self) -> Result<()> {
        self.until("the PBX is quiet", |channels| channels.is_empty().then_some(())).await
    }

    /// Waits until something is true of all channels.
    ///
    /// # Errors
    /// When it is not in time; the sentence shows them.
    pub async fn until<T>(self, what: &str, condition: impl Fn(&[Channel]) -> Option<T>) -> Result<T> {
        let mut last = Vec::new();
        let found = until(what, async || {
            last = self.channels().await?;
            Ok(condition(&last))
        })
        .await;
        found.with_context(|| format!("the PBX has {last:#?}"))
    }
}

/// Who talks to whom: the endpoints of each bridge with two or more channels, all in order.
fn bridges(channels: &[Channel]) -> Vec<Vec<&str>> {
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for channel in channels.iter().filter(|channel| !channel.bridge.is_empty()) {
        found.entry(&channel.bridge).or_default().push(channel.endpoint());
    }
    let mut found: Vec<_> = found.into_values().filter(|members| members.len() > 1).collect();
    found.iter_mut().for_each(|members| members.sort_unstable());
    found.sort();
    found
}

fn channel(line: &str) -> Result<Channel> {
    let fields: Vec<&str> = line.split('!').collect();
    let field = |at: usize| fields.get(at).copied().with_context(|| format!("field {at} of {line:?}"));
    // The fields after the data are counted from the end: the data itself may hold the mark.
    let behind = |at: usize| fields.len().checked_sub(at).context("a whole line").and_then(field);
    Ok(Channel {
        name: field(0)?.to_owned(),
        exten: field(2)?.to_owned(),
        state: field(4)?.to_owned(),
        application: format!("{} {}", field(5)?, field(6)?),
        bridge: behind(2)?.to_owned(),
        id: behind(1)?.to_owned(),
    })
}
