//! What of the console will work on this PBX, line by line, and how to mend what will not. It changes nothing anywhere:
//! rights are tried with actions that lack what they would need to do something.

mod patient;
mod version;

use crate::config::{Config, PbxKind};
use crate::link;
use crate::tls::{Certificate, Source};
use anyhow::Result;
use frontdesk_protocol::{MailboxId, Number};
use frontdesk_switchboard::Settings;
use patient::{Fields, Patient, Reply};
use std::fmt;

/// One line of the doctor's report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How grave it is.
    pub grade: Grade,
    /// What was looked at.
    pub subject: &'static str,
    /// What was found, and how to mend it.
    pub text: String,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// It works.
    Ok,
    /// It cannot be tried from here.
    Note,
    /// A part of the console will not work, or not well.
    Warn,
    /// The console will not work.
    Fail,
}

/// What the PBX is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The action.
    pub action: &'static str,
    /// Its fields.
    pub fields: Vec<(&'static str, String)>,
}

/// Whoever can be asked; a PBX, or a test.
pub trait Ask {
    /// The reply; `None` where none came in time.
    fn ask(&mut self, question: Question) -> impl Future<Output = Option<Reply>>;

    /// Whether an event of this kind about an action with this answer comes as well; `None` where the action itself is
    /// refused or not answered.
    fn hears(&mut self, question: Question, kind: &'static str) -> impl Future<Output = Option<bool>>;
}

impl Finding {
    fn ok(subject: &'static str, text: impl Into<String>) -> Self {
        Self { grade: Grade::Ok, subject, text: text.into() }
    }

    fn note(subject: &'static str, text: impl Into<String>) -> Self {
        Self { grade: Grade::Note, subject, text: text.into() }
    }

    fn warn(subject: &'static str, text: impl Into<String>) -> Self {
        Self { grade: Grade::Warn, subject, text: text.into() }
    }

    fn fail(subject: &'static str, text: impl Into<String>) -> Self {
        Self { grade: Grade::Fail, subject, text: text.into() }
    }

    /// Whether the console will not work because of it.
    pub fn is_failure(&self) -> bool {
        self.grade == Grade::Fail
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let grade = match self.grade {
            Grade::Ok => "ok  ",
            Grade::Note => "note",
            Grade::Warn => "warn",
            Grade::Fail => "FAIL",
        };
        write!(f, "{grade}  {}: {}", self.subject, self.text)
    }
}

/// Examines the PBX of a configuration.
///
/// # Errors
/// When the configuration itself is not usable.
pub async fn examine(config: &Config) -> Result<Vec<Finding>> {
    let secret = config.secret()?;
    let place = format!("{}:{}", config.pbx.host, config.pbx.port());
    let mut findings = vec![certificate(config)];
    match Patient::connect(link::config(config, &secret)?).await {
        Err(reason) => findings.push(Finding::fail("connection", format!("{place}: {reason}"))),
        Ok(mut patient) => {
            findings
                .push(Finding::ok("connection", format!("logged in at {place} as {}", config.pbx.username)));
            findings.extend(look(&mut patient, config).await);
            findings.push(noise(&patient.noise()));
        }
    }
    Ok(findings)
}

/// What desks will see of the server: the same fingerprint as they show, to be compared.
fn certificate(config: &Config) -> Finding {
    const SUBJECT: &str = "certificate";
    match Source::of(config) {
        None => Finding::note(SUBJECT, "desks connect without encryption, so there is none"),
        // The doctor makes nothing: what it makes would be its user's and not the server's.
        Some(Source::SelfMade { file }) if !file.exists() => {
            Finding::note(SUBJECT, format!("the server makes {} at its first start", file.display()))
        }
        Some(source) => match Certificate::open(source) {
            Ok(open) => Finding::ok(SUBJECT, format!("SHA-256 fingerprint {}", open.fingerprint())),
            Err(error) => Finding::fail(SUBJECT, format!("{error:#}")),
        },
    }
}

/// Everything that is asked over an open connection.
async fn look(pbx: &mut impl Ask, config: &Config) -> Vec<Finding> {
    let settings = config.pbx.settings();
    let mut findings = vec![version::look(pbx).await];
    rights(pbx, &mut findings).await;
    hearing(pbx, &mut findings).await;
    findings.push(hints(pbx).await);
    findings.push(context(pbx, &settings).await);
    findings.push(voicemail(pbx, &settings).await);
    findings.push(parking(pbx).await);
    findings.push(outside(pbx, &settings).await);
    if config.pbx.kind == PbxKind::Freepbx {
        findings.push(names(pbx).await);
    }
    findings
}

async fn rights(pbx: &mut impl Ask, findings: &mut Vec<Finding>) {
    // Each lacks what it would need to do something, so that it is refused either way; the reason tells.
    let needed = [
        ("CoreShowChannels", "reporting", "the calls that are up when the server starts"),
        ("Getvar", "call", "transfers and hanging up"),
        ("Originate", "originate", "click to call"),
        ("QueuePause", "agent", "pauses in queues"),
    ];
    for (action, class, what) in needed {
        findings.push(match refused(pbx, action).await {
            Some(true) => Finding::fail(
                "rights",
                format!(
                    "the account lacks write class `{class}`: {what} will not work. Add it to `write =`."
                ),
            ),
            Some(false) => Finding::ok("rights", format!("write class `{class}`: {what}")),
            None => Finding::warn("rights", format!("{action} was not answered; look at the PBX's load.")),
        });
    }
    if refused(pbx, "VoicemailMove").await == Some(true) {
        findings.push(Finding::warn(
            "rights",
            "the account lacks write class `user`: nothing needs it yet, messages in mailboxes will. Add it to \
             `write =`.",
        ));
    }
    for (action, class) in [("PJSIPShowEndpoints", "system"), ("Command", "command")] {
        if refused(pbx, action).await == Some(false) {
            findings.push(Finding::warn(
                "rights",
                format!(
                    "the account has write class `{class}`, with which programs can be run on the PBX. Frontdesk does \
                     not need it: remove it from `write =`."
                ),
            ));
        }
    }
}

/// Whether the events come that lamps and cards are made of. A PBX does not say which read classes an account has.
async fn hearing(pbx: &mut impl Ask, findings: &mut Vec<Finding>) {
    // There is no such kind of channel, so that nothing is made and nobody rings; that it failed is told by an event.
    let fields = vec![
        ("Channel", "FrontdeskDoctor/none".to_owned()),
        ("Application", "NoOp".to_owned()),
        ("Async", "true".to_owned()),
    ];
    match pbx.hears(Question { action: "Originate", fields }, "OriginateResponse").await {
        Some(true) => findings.push(Finding::ok("rights", "read class `call`: calls and lamps")),
        Some(false) => findings.push(Finding::fail(
            "rights",
            "the account lacks read class `call`: no call and no lamp will be seen. Add it to `read =`.",
        )),
        None => {}
    }
    let queues = pbx.ask(Question { action: "QueueStatus", fields: Vec::new() }).await;
    if queues.is_some_and(|queues| !queues.items.is_empty()) {
        findings.push(Finding::note(
            "rights",
            "whether the account has read class `agent` shows only when a queue is called; see that it stands in \
             `read =`.",
        ));
    }
}

/// Whether the account may not; `None` where nothing was answered.
async fn refused(pbx: &mut impl Ask, action: &'static str) -> Option<bool> {
    let fields = match action {
        "Getvar" => vec![("Variable", "EPOCH".to_owned())],
        "Command" => vec![("Command", "core show uptime".to_owned())],
        _ => Vec::new(),
    };
    let reply = pbx.ask(Question { action, fields }).await?;
    Some(reply.message().eq_ignore_ascii_case("Permission denied"))
}

async fn hints(pbx: &mut impl Ask) -> Finding {
    let reply = pbx.ask(Question { action: "ExtensionStateList", fields: Vec::new() }).await;
    match reply.map(|reply| reply.items.iter().filter(|item| is_phone(item)).count()) {
        Some(0) | None => Finding::warn(
            "hints",
            "the dialplan has no hints of phones: phones that are not registered are not seen, and extensions are guessed from \
             their endpoints. Add `exten => 1001,hint,PJSIP/1001` for each extension.",
        ),
        Some(count) => Finding::ok("hints", format!("{count} extensions have one")),
    }
}

/// Whether a hint is that of a phone, `PJSIP/1001`, and not of a parking space, a conference room or a feature code.
fn is_phone(hint: &Fields) -> bool {
    hint.field("Hint").split(['&', ',']).any(|device| {
        device.split_once('/').is_some_and(|(technology, name)| {
            !technology.contains(':') && technology != "Local" && !name.is_empty()
        })
    })
}

async fn context(pbx: &mut impl Ask, settings: &Settings) -> Finding {
    let context = &settings.internal_context;
    let reply = pbx.ask(Question { action: "ExtensionStateList", fields: Vec::new() }).await;
    let Some(extension) = reply
        .iter()
        .flat_map(|reply| &reply.items)
        .filter(|item| is_phone(item))
        .map(|item| item.field("Exten").to_owned())
        .find(|exten| exten.chars().all(|c| c.is_ascii_digit()) && !exten.is_empty())
    else {
        return Finding::warn(
            "extensions",
            format!("none is known, so that [pbx] context = `{context}` is untried."),
        );
    };
    if exists(pbx, context, &extension).await {
        Finding::ok("extensions", format!("{extension} can be dialled in `{context}`"))
    } else {
        Finding::fail(
            "extensions",
            format!(
                "{extension} cannot be dialled in `{context}`, so that nobody can be transferred there. Write the \
                 context that the phones dial in as [pbx] context."
            ),
        )
    }
}

async fn voicemail(pbx: &mut impl Ask, settings: &Settings) -> Finding {
    let reply = pbx.ask(Question { action: "VoicemailUsersList", fields: Vec::new() }).await;
    let first = reply.iter().flat_map(|reply| &reply.items).find_map(|item| {
        let context = match item.field("VMContext") {
            "" => "default",
            context => context,
        };
        MailboxId::parse(&format!("{}@{context}", item.field("VoicemailBox"))).ok()
    });
    let Some(mailbox) = first else {
        return Finding::warn(
            "voicemail",
            "there are no mailboxes, so that nobody has voicemail as a target.",
        );
    };
    let (context, exten) = settings.dial_mailbox(&mailbox);
    if exists(pbx, &context, &exten).await {
        Finding::ok("voicemail", format!("{mailbox} is reached at {exten} in `{context}`"))
    } else {
        Finding::warn(
            "voicemail",
            format!(
                "{mailbox} would be reached at {exten} in `{context}`, which does not exist: sending a caller to \
                 voicemail will not work. Add the dialplan of docs/asterisk.md, or write [pbx] voicemail_context and \
                 voicemail_exten."
            ),
        )
    }
}

async fn parking(pbx: &mut impl Ask) -> Finding {
    let reply = pbx.ask(Question { action: "Parkinglots", fields: Vec::new() }).await;
    match reply.map(|reply| reply.items.len()) {
        Some(0) | None => Finding::warn(
            "parking",
            "there is no parking lot; parked callers are not shown. Load res_parking and configure a lot if you want it.",
        ),
        Some(count) => Finding::ok("parking", format!("{count} parking lots")),
    }
}

async fn outside(pbx: &mut impl Ask, settings: &Settings) -> Finding {
    let Ok(number) = Number::parse("0301234567") else {
        return Finding::warn("outside line", "not tried.");
    };
    let (context, exten) = settings.dial_outside(&number);
    if exists(pbx, &context, &exten).await {
        Finding::ok("outside line", format!("{number} is dialled as {exten} in `{context}`"))
    } else {
        Finding::warn(
            "outside line",
            format!(
                "{number} would be dialled as {exten} in `{context}`, which does not exist: mobile numbers and calls to \
                 outside will not work. Write [pbx] outside_prefix and outside_context."
            ),
        )
    }
}

async fn names(pbx: &mut impl Ask) -> Finding {
    let fields = vec![("Family", "AMPUSER".to_owned())];
    let reply = pbx.ask(Question { action: "DBGetTree", fields }).await;
    match reply.map(|reply| reply.items.len()) {
        Some(0) | None => Finding::warn(
            "names",
            "FreePBX's names cannot be read (DBGetTree needs Asterisk 20 or newer); endpoints' caller ids are used instead.",
        ),
        Some(_) => Finding::ok("names", "read from FreePBX"),
    }
}

fn noise(kinds: &[String]) -> Finding {
    if kinds.is_empty() {
        return Finding::ok("event filter", "nothing superfluous came");
    }
    Finding::warn(
        "event filter",
        format!(
            "the PBX sends {}, which Frontdesk does not use and which are most of the traffic. Add the eventfilter \
             lines of docs/asterisk.md.",
            kinds.join(", ")
        ),
    )
}

async fn exists(pbx: &mut impl Ask, context: &str, exten: &str) -> bool {
    let fields = vec![("Variable", format!("DIALPLAN_EXISTS({context},{exten},1)"))];
    let reply = pbx.ask(Question { action: "Getvar", fields }).await;
    reply.is_some_and(|reply| reply.first.field("Value") == "1")
}

#[cfg(test)]
mod tests;
