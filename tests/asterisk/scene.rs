//! The calls that an order can be about, each brought up by phones and seen by the desk. Asserts nothing about orders.

use anyhow::{Context, Result, ensure};
use frontdesk_lab::{Call, LabOptions, Policy, State};
use frontdesk_protocol::{
    CallId, Destination, Direction, Extension, HistoryEntry, HistoryOutcome, Hold, LegId, LegState,
    MailboxId, Number, Outcome, PartyKind, PersonId, Reason, Status,
};
use frontdesk_tests::desk::Desk;
use frontdesk_tests::stage::Stage;
use std::time::Duration;

/// The caller from outside, with the number as the provider sends it.
pub const CALLER: (&str, &str) = ("Jane Roe", "5550123");
/// Whom 1001 calls outside.
pub const CALLED: &str = "5550177";
/// Bob's number in the people file.
pub const BOB: &str = "Bob Brown (1002)";

/// How the call came to my phone, and what it does there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// A caller from outside to whom I talk.
    Talking,
    /// The same, and I pressed hold.
    Held,
    /// A caller from outside who rings at my phone.
    Ringing,
    /// A caller from a queue to whom I talk.
    Queue,
    /// A caller from a queue who rings at my phone.
    QueueRinging,
    /// An outside party whom I called, and who answered.
    Placed,
}

impl Case {
    /// Each of them.
    pub const ALL: [Self; 6] =
        [Self::Talking, Self::Held, Self::Ringing, Self::Queue, Self::QueueRinging, Self::Placed];
    /// Those in which I talk, or could.
    pub const ANSWERED: [Self; 4] = [Self::Talking, Self::Held, Self::Queue, Self::Placed];

    /// My phone in it: queue calls come to 1003, a member.
    pub fn me(self) -> &'static str {
        if self.through_queue() { "1003" } else { "1001" }
    }

    /// Whether it came through the queue.
    pub fn through_queue(self) -> bool {
        matches!(self, Self::Queue | Self::QueueRinging)
    }

    /// What a lamp shows of a phone that talks to the outside party.
    pub fn talking_lamp(self) -> Status {
        if self.through_queue() { Status::Queue } else { Status::Outside }
    }

    fn lamp(self) -> Status {
        match self {
            Self::Held => Status::Held,
            Self::Ringing | Self::QueueRinging => Status::Ringing,
            Self::Talking | Self::Queue | Self::Placed => self.talking_lamp(),
        }
    }

    /// Brings the call up, until the desk shows it.
    ///
    /// # Errors
    /// When phones, PBX or desk do not come to it.
    pub async fn set(self, stage: &Stage, desk: &mut Desk) -> Result<Scene> {
        self.build(stage, desk).await.with_context(|| format!("setting up {self:?}"))
    }

    async fn build(self, stage: &Stage, desk: &mut Desk) -> Result<Scene> {
        let (office, me) = (&stage.office, self.me());
        let phone = office.phone(me);
        let rings = matches!(self, Self::Ringing | Self::QueueRinging);
        phone.policy(if rings { Policy::Ring } else { Policy::Answer });
        let (outside, mine) = if self == Self::Placed {
            let mine = phone.call(&format!("9{CALLED}")).await?;
            let outside = office.provider.incoming().await?;
            ensure!(outside.dialled() == CALLED, "the line was called with {}", outside.dialled());
            (outside, mine)
        } else {
            let dialled = if self.through_queue() { "5551600" } else { "5551001" };
            let outside = office.call_in(CALLER.0, CALLER.1, dialled).await?;
            (outside, phone.incoming().await?)
        };
        mine.wait(if rings { State::Incoming } else { State::Up }).await?;
        let (state, hold) = match self {
            Self::Held => {
                mine.wait_sound(5).await?;
                mine.hold().await?;
                (LegState::Talking, Hold::Here)
            }
            _ if rings => (LegState::Ringing, Hold::None),
            _ => (LegState::Talking, Hold::None),
        };
        if !rings {
            outside.wait(State::Up).await?;
            stage.pbx().talks(&[&[me, "trunk"]]).await?;
        }
        let (call, leg) = desk
            .leg(me, |leg| {
                let outside = leg.peer.as_ref().is_some_and(|peer| peer.kind == PartyKind::Outside);
                leg.state == state && leg.hold == hold && outside
            })
            .await?;
        desk.lamp(me, self.lamp()).await?;
        let scene = Scene { case: self, outside, mine, leg: leg.id.clone(), call: call.id.clone() };
        let peer = leg.peer.context("a peer")?;
        ensure!(peer.number.as_deref() == Some(scene.number()), "the card shows {peer:?}");
        let direction = if self == Self::Placed { Direction::Outbound } else { Direction::Inbound };
        ensure!(leg.direction == direction && call.direction == direction, "{:?} {call:?}", leg.direction);
        let queue = call.via.queue.as_ref().map(ToString::to_string);
        ensure!(queue.as_deref() == self.through_queue().then_some("support"), "through {queue:?}");
        Ok(scene)
    }
}

/// A call that is up.
#[derive(Debug)]
pub struct Scene {
    pub case: Case,
    /// At the outside party's phone.
    pub outside: Call,
    /// At my phone.
    pub mine: Call,
    /// My leg, as orders name it.
    pub leg: LegId,
    pub call: CallId,
}

impl Scene {
    /// The outside party's number.
    pub fn number(&self) -> &'static str {
        if self.case == Case::Placed { CALLED } else { CALLER.1 }
    }

    /// The outside party hangs up; waits until nothing is left anywhere, and every phone answers again.
    ///
    /// # Errors
    /// When something is left.
    pub async fn end(&self, stage: &Stage, desk: &mut Desk) -> Result<()> {
        self.outside.hang_up();
        quiet(stage, desk).await
    }
}

/// Waits until no call is left on the PBX and at the desk, and lets every phone answer again.
///
/// # Errors
/// When something is left.
pub async fn quiet(stage: &Stage, desk: &mut Desk) -> Result<()> {
    stage.pbx().quiet().await?;
    desk.until("no call is left", |office| office.calls.is_empty().then_some(())).await?;
    for extension in ["1001", "1002", "1003", "1005"] {
        desk.lamp(extension, Status::Free).await?;
        stage.office.phone(extension).policy(Policy::Answer);
    }
    stage.office.provider.policy(Policy::Answer);
    Ok(())
}

/// A stage on which 1003 is the only member of the queue whose phone is there, and the desk of Anna, who has 1001 and
/// 1003.
///
/// # Errors
/// When the stage does not open.
pub async fn anna() -> Result<(Stage, Desk)> {
    // On a slow machine a phone that rings has to ring for as long as it is looked at.
    let stage = Stage::with(LabOptions { ring: Duration::from_secs(6), ..LabOptions::for_tests() }).await?;
    let mut desk = stage.desk("anna", "receptionist", &["1001", "1003"]).await?;
    stage.office.phone("1004").unregister().await?;
    desk.lamp("1004", Status::Offline).await?;
    Ok((stage, desk))
}

pub fn extension(text: &str) -> Extension {
    Extension::parse(text).expect("an extension")
}

pub fn number(text: &str) -> Number {
    Number::parse(text).expect("a number")
}

pub fn to_extension(text: &str) -> Destination {
    Destination::Extension { extension: extension(text) }
}

pub fn to_mailbox(text: &str) -> Destination {
    Destination::Voicemail { mailbox: MailboxId::parse(text).expect("a mailbox") }
}

pub fn to_number(person: &str, text: &str) -> Destination {
    Destination::Number { person: PersonId::parse(person).expect("a person"), number: number(text) }
}

/// The sentence of an order that was carried out.
///
/// # Errors
/// When it was not.
pub fn done(outcome: Outcome) -> Result<String> {
    match outcome {
        Outcome::Done { text } => Ok(text),
        Outcome::Failed { reason, text } => anyhow::bail!("the order failed ({reason:?}): {text}"),
    }
}

/// The sentence of an order that was refused for this reason.
///
/// # Errors
/// When it was not, or for another reason.
pub fn refused(outcome: Outcome, wanted: Reason) -> Result<String> {
    match outcome {
        Outcome::Failed { reason, text } if reason == wanted => Ok(text),
        other => anyhow::bail!("not refused as {wanted:?}, but {other:?}"),
    }
}

/// Waits for the row of this call at an extension, and checks its outcome and its party's number.
///
/// # Errors
/// When there is none, or another one.
pub async fn row(
    desk: &mut Desk,
    call: &CallId,
    at: &str,
    outcome: HistoryOutcome,
    number: &str,
) -> Result<HistoryEntry> {
    let what = format!("a row of {call} at {at}");
    let row = desk.row(&what, |row| row.call == *call && row.extension.as_str() == at).await?;
    ensure!(row.outcome == outcome, "the row says {:?} and not {outcome:?}", row.outcome);
    ensure!(row.party.number.as_deref() == Some(number), "the row is about {:?}", row.party);
    Ok(row)
}
