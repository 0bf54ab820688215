//! Scripted calls for recordings: what an operator's day holds and the plain recordings of call control do not.
//!
//! Each scenario ends with all channels gone. They script phones and AMI only; what the product makes of them is
//! not known here.

use std::path::Path;
use std::time::Duration;

use crate::asterisk::LabOptions;
use crate::office::Office;
use crate::phone::{Call, Policy, State};

use super::{AmiUser, RecorderError, Tap};

type Done = Result<(), RecorderError>;

/// The scenarios: the name of the file and what happens.
pub const SCENARIOS: [(&str, &str); 16] = [
    (
        "attended_refer",
        "trunk -> 1001, held; 1001 asks 1002 and joins them from the phone (REFER with Replaces)",
    ),
    ("attended_bridge", "trunk -> 1001, held; Originate 1001 -> 1003, then Bridge of the trunk and 1003"),
    ("blind_refer", "trunk -> 1001, who sends the caller to 1002 from the phone (REFER)"),
    ("pickup", "trunk -> 1001 rings, 1002 picks it up (Originate PickupChan)"),
    ("several_calls", "three callers at 1001: the first is held for the second, the third gives up"),
    ("trunk_busy", "1001 -> outside, busy; again, declined"),
    ("queue_no_answer", "trunk -> queue; the first member does not answer, the second does"),
    ("redirect_ringing", "trunk -> 1001 rings and is sent to 1002 while it rings (Redirect)"),
    ("transfer_placed", "1001 -> outside, answered; the outside party is sent to 1003 (Redirect)"),
    (
        "transfer_placed_ringing",
        "1001 -> outside, which rings and is sent to 1003 all the same (Redirect); 1003 answers first",
    ),
    (
        "transfer_placed_inside",
        "1001 -> 1002, who rings and is sent to 1003 all the same (Redirect, Hangup of 1001)",
    ),
    ("ring_group", "trunk -> ring group, all three ring, 1002 answers"),
    ("unregistered", "1001 -> 1006, whose phone is switched off: voicemail at once"),
    ("park_timeout", "trunk -> 1001, parked, nobody takes it, it comes back to 1001"),
    ("forward_302", "trunk -> 1001, whose phone forwards to 1004 (SIP 302)"),
    ("no_answer_voicemail", "trunk -> 1002, no answer, the caller leaves a message"),
];

/// Plays every scenario and writes `NAME.frontdesk.txt` (what the product sees) for each into `folder`.
///
/// # Errors
/// When a scenario does not go as scripted or a file cannot be written.
pub async fn record_all(folder: &Path, progress: fn(&str)) -> Done {
    std::fs::create_dir_all(folder)?;
    let options = LabOptions { progress, ..LabOptions::for_tests() };
    let office = Office::with(options).await?;
    for (name, title) in SCENARIOS {
        progress(name);
        let mut tap = office.tap(AmiUser::Frontdesk).await?;
        play(&office, name, &mut tap).await?;
        tap.write(&folder.join(format!("{name}.frontdesk.txt")), &format!("({name}) {title}"))?;
    }
    Ok(())
}

/// Plays one scenario, to the end of its last channel.
///
/// # Errors
/// When it does not go as scripted, or there is no scenario of that name.
pub async fn play(office: &Office, name: &str, tap: &mut Tap) -> Done {
    for number in ["1001", "1002", "1003", "1004", "1005", "1006"] {
        office.phone(number).policy(Policy::Answer);
    }
    office.provider.policy(Policy::Answer);
    match name {
        "attended_refer" => attended_refer(office, tap).await?,
        "attended_bridge" => attended_bridge(office, tap).await?,
        "blind_refer" => blind_refer(office, tap).await?,
        "pickup" => pickup(office, tap).await?,
        "several_calls" => several_calls(office, tap).await?,
        "trunk_busy" => trunk_busy(office, tap).await?,
        "queue_no_answer" => queue_no_answer(office, tap).await?,
        "redirect_ringing" => redirect_ringing(office, tap).await?,
        "transfer_placed" => transfer_placed(office, tap).await?,
        "transfer_placed_ringing" => transfer_placed_ringing(office, tap).await?,
        "transfer_placed_inside" => transfer_placed_inside(office, tap).await?,
        "ring_group" => ring_group(office).await?,
        "unregistered" => unregistered(office, tap).await?,
        "park_timeout" => park_timeout(office, tap).await?,
        "forward_302" => forward_302(office).await?,
        "no_answer_voicemail" => no_answer_voicemail(office).await?,
        other => return Err(RecorderError::TooLate(format!("a scenario named {other}"))),
    }
    tap.note("all hung up");
    tap.quiet().await
}

/// A caller from outside, connected to 1001: the caller's call and that of 1001.
async fn connected(office: &Office) -> Result<(Call, Call), RecorderError> {
    let caller = office.call_in("Jane Roe", "5550123", "5551001").await?;
    caller.wait(State::Up).await?;
    let mine = office.phone("1001").incoming().await?;
    mine.wait(State::Up).await?;
    mine.wait_sound(10).await?;
    Ok((caller, mine))
}

async fn talk_and_hang_up(caller: &Call, other: &Call) -> Done {
    other.wait(State::Up).await?;
    other.wait_sound(20).await?;
    caller.hang_up();
    Ok(other.wait(State::Down).await?)
}

async fn attended_refer(office: &Office, tap: &Tap) -> Done {
    let (caller, mine) = connected(office).await?;
    mine.hold().await?;
    tap.note("1001 asks 1002");
    let asking = office.phone("1001").call("1002").await?;
    asking.wait(State::Up).await?;
    let asked = office.phone("1002").incoming().await?;
    asked.wait_sound(20).await?;
    tap.note("1001 joins them");
    mine.refer_replaces(&asking).await?;
    mine.wait(State::Down).await?;
    asking.wait(State::Down).await?;
    talk_and_hang_up(&caller, &asked).await
}

async fn attended_bridge(office: &Office, tap: &mut Tap) -> Done {
    let (caller, mine) = connected(office).await?;
    let trunk = tap.channel("trunk").await?;
    mine.hold().await?;
    let ask = [("Channel", "PJSIP/1001"), ("Context", "internal"), ("Exten", "1003"), ("Priority", "1")];
    tap.action("Originate", &[&ask[..], &[("Async", "true"), ("ChannelId", "ask-1003")]].concat()).await?;
    let asked = office.phone("1003").incoming().await?;
    asked.wait(State::Up).await?;
    asked.wait_sound(20).await?;
    let target = tap.channel("1003").await?;
    tap.action("Bridge", &[("Channel1", &trunk), ("Channel2", &target)]).await?;
    mine.wait(State::Down).await?;
    talk_and_hang_up(&caller, &asked).await
}

async fn blind_refer(office: &Office, tap: &Tap) -> Done {
    let (caller, mine) = connected(office).await?;
    tap.note("1001 sends the caller to 1002");
    mine.refer("1002").await?;
    mine.wait(State::Down).await?;
    let next = office.phone("1002").incoming().await?;
    talk_and_hang_up(&caller, &next).await
}

async fn pickup(office: &Office, tap: &mut Tap) -> Done {
    office.phone("1001").policy(Policy::Ring);
    let caller = office.call_in("Jane Roe", "5550123", "5551001").await?;
    let ringing = office.phone("1001").incoming().await?;
    let channel = tap.channel("1001").await?;
    let pick = [("Channel", "PJSIP/1002"), ("Application", "PickupChan"), ("Data", channel.as_str())];
    tap.action("Originate", &[&pick[..], &[("Async", "true")]].concat()).await?;
    let picked = office.phone("1002").incoming().await?;
    ringing.wait(State::Down).await?;
    caller.wait(State::Up).await?;
    talk_and_hang_up(&caller, &picked).await
}

async fn several_calls(office: &Office, tap: &Tap) -> Done {
    let desk = office.phone("1001");
    desk.policy(Policy::Ring);
    let first = office.call_in("Jane Roe", "5550123", "5551001").await?;
    let first_here = desk.incoming().await?;
    first_here.answer()?;
    first.wait(State::Up).await?;
    let second = office.call_in("John Doe", "5550124", "5551001").await?;
    let second_here = desk.incoming().await?;
    let third = office.call_in("", "5550125", "5551001").await?;
    let third_here = desk.incoming().await?;
    tap.note("the first is held, the second answered, the third gives up");
    first_here.hold().await?;
    second_here.answer()?;
    second.wait(State::Up).await?;
    second_here.wait_sound(20).await?;
    third.hang_up();
    third_here.wait(State::Down).await?;
    second_here.hang_up();
    second.wait(State::Down).await?;
    first_here.resume().await?;
    talk_and_hang_up(&first, &first_here).await
}

async fn trunk_busy(office: &Office, tap: &Tap) -> Done {
    for policy in [Policy::Busy, Policy::Decline] {
        tap.note(&format!("outside is {policy:?}"));
        office.provider.policy(policy);
        office.phone("1001").call("95550199").await?.wait(State::Down).await?;
    }
    Ok(())
}

async fn queue_no_answer(office: &Office, tap: &Tap) -> Done {
    office.phone("1003").policy(Policy::Ring);
    office.phone("1004").policy(Policy::Ring);
    let caller = office.call_in("Jane Roe", "5550123", "5551600").await?;
    let missed = tap.event("AgentRingNoAnswer", |_| true).await?;
    let next = if missed.field("MemberName") == "Carol" { "1004" } else { "1003" };
    let call = office.phone(next).incoming().await?;
    call.answer()?;
    talk_and_hang_up(&caller, &call).await
}

async fn redirect_ringing(office: &Office, tap: &mut Tap) -> Done {
    office.phone("1001").policy(Policy::Ring);
    let caller = office.call_in("Jane Roe", "5550123", "5551001").await?;
    let ringing = office.phone("1001").incoming().await?;
    let trunk = tap.channel("trunk").await?;
    redirect(tap, &trunk, "1002").await?;
    ringing.wait(State::Down).await?;
    let next = office.phone("1002").incoming().await?;
    talk_and_hang_up(&caller, &next).await
}

async fn transfer_placed(office: &Office, tap: &mut Tap) -> Done {
    let mine = office.phone("1001").call("95550177").await?;
    mine.wait(State::Up).await?;
    let outside = office.provider.incoming().await?;
    outside.wait_sound(20).await?;
    let trunk = tap.channel("trunk").await?;
    redirect(tap, &trunk, "1003").await?;
    mine.wait(State::Down).await?;
    let next = office.phone("1003").incoming().await?;
    talk_and_hang_up(&outside, &next).await
}

async fn transfer_placed_ringing(office: &Office, tap: &mut Tap) -> Done {
    office.provider.policy(Policy::Ring);
    let mine = office.phone("1001").call("95550177").await?;
    mine.wait(State::Ringing).await?;
    let outside = office.provider.incoming().await?;
    let trunk = tap.channel("trunk").await?;
    redirect(tap, &trunk, "1003").await?;
    // The dialplan hangs up by itself after an outside line.
    mine.wait(State::Down).await?;
    let next = office.phone("1003").incoming().await?;
    next.wait(State::Up).await?;
    tap.note("1003 has answered, the outside party has not");
    outside.answer()?;
    next.wait_sound(20).await?;
    talk_and_hang_up(&outside, &next).await
}

async fn transfer_placed_inside(office: &Office, tap: &mut Tap) -> Done {
    office.phone("1002").policy(Policy::Ring);
    let mine = office.phone("1001").call("1002").await?;
    mine.wait(State::Ringing).await?;
    let called = office.phone("1002").incoming().await?;
    let (theirs, desk) = (tap.channel("1002").await?, tap.channel("1001").await?);
    redirect(tap, &theirs, "1003").await?;
    tap.action("Hangup", &[("Channel", &desk)]).await?;
    mine.wait(State::Down).await?;
    let next = office.phone("1003").incoming().await?;
    next.wait(State::Up).await?;
    tap.note("1003 has answered, 1002 has not");
    called.answer()?;
    next.wait_sound(20).await?;
    talk_and_hang_up(&called, &next).await
}

async fn redirect(tap: &mut Tap, channel: &str, number: &str) -> Done {
    let to = [("Channel", channel), ("Context", "internal"), ("Exten", number), ("Priority", "1")];
    tap.action("Redirect", &to).await.map(drop)
}

async fn ring_group(office: &Office) -> Done {
    for number in ["1001", "1002", "1003"] {
        office.phone(number).policy(Policy::Ring);
    }
    let caller = office.call_in("Jane Roe", "5550123", "5551602").await?;
    let mut ringing = Vec::new();
    for number in ["1001", "1002", "1003"] {
        ringing.push(office.phone(number).incoming().await?);
    }
    ringing[1].answer()?;
    caller.wait(State::Up).await?;
    ringing[0].wait(State::Down).await?;
    ringing[2].wait(State::Down).await?;
    talk_and_hang_up(&caller, &ringing[1]).await
}

async fn unregistered(office: &Office, tap: &Tap) -> Done {
    office.phone("1006").unregister().await?;
    tap.event("ContactStatus", |p| p.field("ContactStatus") == "Removed").await?;
    let mine = office.phone("1001").call("1006").await?;
    mine.wait(State::Up).await?;
    mine.wait_sound(50).await?;
    mine.hang_up();
    Ok(office.phone("1006").register_again().await?)
}

async fn park_timeout(office: &Office, tap: &mut Tap) -> Done {
    let (caller, mine) = connected(office).await?;
    let (trunk, desk) = (tap.channel("trunk").await?, tap.channel("1001").await?);
    let park = [("Channel", trunk.as_str()), ("TimeoutChannel", &desk), ("Timeout", "4000")];
    tap.action("Park", &[&park[..], &[("Parkinglot", "default")]].concat()).await?;
    mine.wait(State::Down).await?;
    tap.event("ParkedCallTimeOut", |_| true).await?;
    let back = office.phone("1001").incoming().await?;
    talk_and_hang_up(&caller, &back).await
}

async fn forward_302(office: &Office) -> Done {
    office.phone("1001").policy(Policy::Forward("1004".to_owned()));
    let caller = office.call_in("Jane Roe", "5550123", "5551001").await?;
    let forwarded = office.phone("1004").incoming().await?;
    talk_and_hang_up(&caller, &forwarded).await
}

async fn no_answer_voicemail(office: &Office) -> Done {
    office.phone("1002").policy(Policy::Ring);
    let before = office.lab.messages("1002").len();
    let caller = office.call_in("Jane Roe", "5550123", "5551002").await?;
    caller.wait(State::Up).await?;
    office.leave_message(&caller, "1002", before).await
}

impl Office {
    /// Skips the greeting, speaks for two seconds, hangs up, and waits until the message is in the mailbox.
    ///
    /// # Errors
    /// When there is no new message.
    pub async fn leave_message(&self, caller: &Call, mailbox: &str, before: usize) -> Done {
        caller.press("#").await?;
        let spool = self.lab.folder().join("var/spool/voicemail/default").join(mailbox);
        // The file that is being recorded grows in a temporary folder.
        let recording = || biggest(&spool.join("tmp")) > 40_000;
        until("a recording that grows", recording).await?;
        caller.hang_up();
        until("a message in the mailbox", || self.lab.messages(mailbox).len() > before).await
    }
}

fn biggest(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.filter_map(|e| e.ok()?.metadata().ok()).map(|m| m.len()).max().unwrap_or_default()
}

/// Files send no word when they change.
async fn until(what: &str, condition: impl Fn() -> bool) -> Done {
    let watch = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(50));
        while !condition() {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(crate::phone::PATIENCE, watch)
        .await
        .map_err(|_| RecorderError::TooLate(what.to_owned()))
}
