//! From a command to its first action. Not what becomes of it; that is `watch`.

use super::target::dial;
use super::{Cancelled, How, Job, Step, Target, Wish, other_party, texts};
use crate::api::{Actor, Ticket};
use crate::channel::{Channel, State, Uid};
use crate::orders::Order;
use crate::settings::AutoAnswer;
use crate::switchboard::Switchboard;
use frontdesk_ami::action::Originate;
use frontdesk_protocol::{
    Command, Destination, Extension, LegId, Millis, Number, PbxLink, Reason, Registration, Role, TransferMode,
};
use std::sync::Arc;

pub(super) type Refusal = (Reason, String);

impl Switchboard {
    pub(crate) fn order(&mut self, ticket: Ticket, by: &Actor, command: Command, now: Millis) {
        if !matches!(self.office().link, PbxLink::Up { .. }) {
            return self.fail(ticket, Reason::NoLink, texts::NO_LINK);
        }
        let planned = match command {
            Command::Transfer { leg, to, mode } => self.transfer(by, &leg, &to, mode, now),
            Command::PullBack { handed } => self.pull_back(by, &handed, now),
            Command::HangUp { leg, grace } => self.hang_up(by, &leg, grace, now),
            Command::Ignore { leg } => self.ignore(by, &leg, now),
            Command::Originate { from, to } => self.originate(by, &from, &to, now),
        };
        match planned {
            Ok(job) => {
                self.control.jobs.insert(ticket, job);
            }
            Err((reason, text)) => self.fail(ticket, reason, text),
        }
    }

    /// The leg that a command names, where it is there and this user may move it.
    pub(super) fn my_leg(&self, by: &Actor, leg: &LegId) -> Result<&Channel, Refusal> {
        let refuse = |reason, text: &str| Err((reason, text.to_owned()));
        let Some(channel) = self.model.channels.get(leg.as_str()).filter(|channel| channel.shown.is_some())
        else {
            return refuse(Reason::Gone, texts::GONE);
        };
        let Some(extension) = channel.extension() else {
            return refuse(Reason::NotPermitted, texts::NOT_YOURS);
        };
        if !by.extensions.contains(extension) && by.role != Role::Admin {
            return refuse(Reason::NotPermitted, texts::NOT_YOURS);
        }
        if self.control.busy_with(channel.call) || self.errand_on(channel.call) {
            return refuse(Reason::InProgress, texts::IN_PROGRESS);
        }
        Ok(channel)
    }

    fn transfer(
        &mut self,
        by: &Actor,
        leg: &LegId,
        to: &Destination,
        mode: TransferMode,
        now: Millis,
    ) -> Result<Job, Refusal> {
        let channel = self.my_leg(by, leg)?;
        let Some(mine) = channel.extension() else {
            return Err((Reason::NotPermitted, texts::NOT_YOURS.to_owned()));
        };
        let (uid, call) = (Arc::clone(&channel.uid), channel.call);
        let (mover, how) = match other_party(&self.model, channel) {
            Ok((mover, how)) => (Some(mover), how),
            // Who dials may be told a moment after the ringing: it is waited for once the target is known to exist.
            Err(texts::UNKNOWN_CALLER) => (None, How::Redirect),
            Err(text) => return Err((Reason::Invalid, text.to_owned())),
        };
        let target =
            Target::of(&self.model, mine, to, mode).map_err(|(reason, text)| (reason, text.to_owned()))?;
        if how == How::Called && target.wish == Wish::Mailbox {
            return Err((Reason::Invalid, texts::UNANSWERED_MAILBOX.to_owned()));
        }
        let there = mover.and_then(|mover| self.model.channels.get(&mover)).and_then(Channel::extension);
        if let Wish::Extension(extension) = &target.wish {
            if there == Some(extension)
                || (mine == extension && (channel.facts.state == State::Up || how == How::Called))
            {
                return Err((Reason::Invalid, texts::ALREADY_THERE.to_owned()));
            }
            // Whoever is sent to a phone that is not there would only come back, or meet a dialplan that hangs up.
            if target.safe && self.model.registry.registration(extension) == Registration::Unregistered {
                return Err((Reason::NotReached, texts::not_connected(&target.label)));
            }
        }
        let question = format!("DIALPLAN_EXISTS({},{},1)", target.context, target.exten);
        let action = self.act(Order::Get(question));
        Ok(self.job(uid, Some(call), Step::Asking(target), Some(action), now))
    }

    fn hang_up(&mut self, by: &Actor, leg: &LegId, grace: bool, now: Millis) -> Result<Job, Refusal> {
        let channel = self.my_leg(by, leg)?;
        if channel.facts.state == State::Ringing && !channel.placed() {
            return self.ignore(by, leg, now);
        }
        let (uid, call, name) =
            (Arc::clone(&channel.uid), channel.call, channel.facts.name.as_ref().to_owned());
        for job in self.control.jobs.values_mut().filter(|job| job.leg == uid) {
            if let Step::Placing { cancelled, .. } = &mut job.step {
                *cancelled = Cancelled::Yes;
            }
        }
        let outside = self.model.channels.get(&uid).is_some_and(|leg| self.outside_party(leg).is_some());
        let mut remark = texts::ENDED;
        if grace && outside {
            if let Some((step, action)) = self.park_to_close(&uid) {
                return Ok(self.job(uid, Some(call), step, Some(action), now));
            }
            remark = texts::NO_LOT;
        }
        let action = self.act(Order::Hangup { channel: name });
        Ok(self.job(uid, Some(call), Step::HangingUp { remark }, Some(action), now))
    }

    fn originate(&mut self, by: &Actor, from: &Extension, to: &Number, now: Millis) -> Result<Job, Refusal> {
        if !by.extensions.contains(from) && by.role != Role::Admin {
            return Err((Reason::NotPermitted, texts::NOT_YOUR_EXTENSION.to_owned()));
        }
        if self.model.registry.registration(from) == Registration::Unregistered {
            let text = format!(
                "Your phone {from} is not connected to the phone system. Check it, or choose another extension."
            );
            return Err((Reason::NotReached, text));
        }
        let (context, exten) = dial(&self.model, to);
        let party = self.model.registry.party_of_number(to.as_str(), "", &self.model.settings).party();
        let whom = party.display().to_owned();
        self.control.made += 1;
        // The PBX reads the seconds and the number out of a linkedid to find the older one.
        let (seconds, made) = (self.control.started.0 / 1_000, self.control.made);
        let uniqueid = format!("{}-{seconds}.{made}", self.model.settings.id_prefix);
        let plain = |text: &str| {
            text.chars().filter(|c| c.is_alphanumeric() || " .-+*#".contains(*c)).take(40).collect::<String>()
        };
        // Not `CallerID`: that makes the called party the caller, so that their own phone shows their own number.
        let mut variables = vec![
            ("CONNECTEDLINE(name,i)".to_owned(), plain(party.name.as_deref().unwrap_or_default())),
            ("CONNECTEDLINE(num,i)".to_owned(), to.as_str().to_owned()),
        ];
        if self.model.settings.auto_answer == AutoAnswer::CallInfo {
            variables.push((
                "PJSIP_HEADER(add,Call-Info)".to_owned(),
                "<sip:frontdesk>;answer-after=0".to_owned(),
            ));
        }
        let timeout_ms = self.model.settings.originate_timeout_ms;
        let device = self.model.registry.device(from);
        let order = Originate { device, context, exten, uniqueid: uniqueid.clone(), timeout_ms, variables };
        let action = self.act(Order::Originate(Box::new(order)));
        let uniqueid: Uid = uniqueid.into();
        self.model.expect(&uniqueid, party);
        let step = Step::Placing {
            uniqueid: Arc::clone(&uniqueid),
            whom,
            cause: None,
            refused: None,
            cancelled: Cancelled::No,
        };
        let mut job = self.job(uniqueid, None, step, Some(action), now);
        job.until = now.plus(timeout_ms + self.model.settings.command_timeout_ms);
        Ok(job)
    }

    pub(super) fn job(
        &self,
        leg: Uid,
        call: Option<crate::channel::CallKey>,
        step: Step,
        action: Option<String>,
        now: Millis,
    ) -> Job {
        Job { leg, call, step, action, until: now.plus(self.model.settings.command_timeout_ms) }
    }
}
