//! The switchboard itself: what comes in goes to the model, the cold start or the orders; what changed goes out.

use crate::api::{Actor, Output, Ticket};
use crate::audit::Audit;
use crate::control::Control;
use crate::model::Model;
use crate::orders::Order;
use crate::record::Records;
use crate::registry::NameSource;
use crate::settings::Settings;
use crate::sync::{CHANNELS, Known, Next, Purpose, Question, Sync};
use crate::view::View;
use frontdesk_ami::{Event, ListPart, Message};
use frontdesk_protocol::text::{SENTENCE, into_line};
use frontdesk_protocol::{Change, Command, Millis, Office, PbxLink, Person};
use std::collections::VecDeque;

/// The live model of the office and the call control. See the crate's documentation for how to drive it.
#[derive(Debug)]
pub struct Switchboard {
    pub(crate) model: Model,
    pub(crate) view: View,
    sync: Sync,
    pub(crate) audit: Audit,
    records: Records,
    pub(crate) control: Control,
    pub(crate) outputs: VecDeque<Output>,
    /// How many of them stand before what is drawn next.
    settled: usize,
    /// When the question of the cold start that is under way has waited long enough.
    patience: Option<Millis>,
    /// Whether the model is as the PBX is, or was when the link was lost. Only then it is drawn.
    whole: bool,
    /// Since when there is no link, until everything is read anew.
    lost: Option<Millis>,
    counter: u64,
    /// What was sent, for tests that play the PBX.
    #[cfg(test)]
    pub(crate) sent: Vec<(String, Order)>,
}

/// How long one question of the cold start may take, in milliseconds.
const PATIENCE_MS: u64 = 5_000;

impl Switchboard {
    /// Makes an office that knows nothing yet and has no link.
    pub fn new(settings: Settings, now: Millis) -> Self {
        let mut view = View::default();
        view.office.link = PbxLink::Starting;
        Self {
            model: Model::new(settings),
            view,
            sync: Sync::default(),
            audit: Audit::default(),
            records: Records::default(),
            control: Control::new(now),
            outputs: VecDeque::new(),
            settled: 0,
            patience: None,
            whole: true,
            lost: None,
            counter: 0,
            #[cfg(test)]
            sent: Vec::new(),
        }
    }

    /// Replaces the people that were given by a file or the settings. Those that the PBX knows appear anyway.
    pub fn set_directory(&mut self, people: Vec<Person>, now: Millis) {
        for extension in people.iter().flat_map(|person| &person.extensions) {
            self.model.registry.station(extension, &mut self.model.dirty);
        }
        self.model.replace_directory(people);
        self.look(now);
        self.draw();
    }

    /// The session to the PBX is up and the PBX has booted: everything is asked for anew. The office stays as it was
    /// last known until all is read, and is then the fresh truth at once.
    pub fn link_up(&mut self, now: Millis) {
        self.whole = false;
        self.audit.stop();
        self.model.forget_calls();
        self.model.registry.forget_registrations(&mut self.model.dirty);
        self.set_link(PbxLink::Starting);
        self.model.registry.call_the_roll();
        self.sync.start();
        self.go_on(now);
    }

    /// The session ended, or could not be made. `reason` is a sentence for the people at the desks. The office stays as
    /// it was last known, and so do its calls: whether they ended meanwhile, the lists will tell.
    pub fn link_down(&mut self, reason: String, now: Millis) {
        self.sync.stop();
        self.audit.stop();
        self.patience = None;
        let silent = match &self.office().link {
            PbxLink::Down { since, .. } => *since,
            PbxLink::Starting | PbxLink::Up { .. } => now,
        };
        let since = *self.lost.get_or_insert(silent);
        let reason = into_line(reason, SENTENCE);
        self.set_link(PbxLink::Down { since, reason });
        self.lose_orders(now);
    }

    /// The PBX says nothing, though the session stands: what is known may not be so any more, and nothing is ordered.
    /// `reason` is a sentence for the people at the desks.
    pub fn link_silent(&mut self, reason: String, now: Millis) {
        if matches!(self.office().link, PbxLink::Up { .. }) {
            self.set_link(PbxLink::Down { since: now, reason: into_line(reason, SENTENCE) });
        }
    }

    /// It speaks again in the same session: what it said meanwhile follows, so nothing has to be asked for.
    pub fn link_speaks(&mut self, now: Millis) {
        if self.lost.is_none() && matches!(self.office().link, PbxLink::Down { .. }) {
            self.set_link(PbxLink::Up { since: now });
        }
    }

    /// Takes in one AMI message; messages come in the order of arrival.
    pub fn message(&mut self, message: &Message<'_>, now: Millis) {
        // An event is large, and moved nowhere.
        match &Event::of(message) {
            Some(event) => self.event(event, message, now),
            None => self.response(message, now),
        }
        self.settle(now);
    }

    /// Orders something. Its end is told by [`Output::Concluded`].
    pub fn command(&mut self, ticket: Ticket, by: &Actor, command: Command, now: Millis) {
        self.order(ticket, by, command, now);
        self.look(now);
        self.draw();
        self.follow(now);
    }

    /// Time has passed; see [`Switchboard::deadline`].
    pub fn tick(&mut self, now: Millis) {
        if self.patience.is_some_and(|until| until <= now) {
            self.sync.give_up();
            self.go_on(now);
        }
        if let Some(due) = self.audit.due().filter(|due| *due <= now) {
            self.count(due, now);
        }
        self.settle(now);
        self.draw();
    }

    /// Looks at what changed, and what follows from it.
    fn settle(&mut self, now: Millis) {
        self.look(now);
        self.follow(now);
        self.watch(now);
    }

    /// When [`Switchboard::tick`] has something to do at the latest; `None` while nothing waits.
    pub fn deadline(&self) -> Option<Millis> {
        let settling = self.model.settling.first().map(|(at, _)| *at);
        let drawn = [settling, self.records.deadline()].into_iter().flatten().min().filter(|_| self.whole);
        // Where no channel is known there is no ghost.
        let look = self.audit.due().filter(|_| !self.model.channels.is_empty());
        let handed = self.control.next_look().filter(|_| self.is_live());
        [drawn, self.control.deadline(), handed, self.patience, look].into_iter().flatten().min()
    }

    /// The next thing that is to be done or known, if any.
    pub fn poll(&mut self) -> Option<Output> {
        self.draw();
        self.settled = self.settled.saturating_sub(1);
        self.outputs.pop_front()
    }

    /// The office as it was last published, which is when [`Switchboard::poll`] was last called. A clone is cheap: what it holds is shared.
    pub fn office(&self) -> &Office {
        &self.view.office
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.whole
    }

    fn event(&mut self, event: &Event<'_>, message: &Message<'_>, now: Millis) {
        self.model.event(event, now);
        match event {
            Event::Originated { action_id, response, reason, uniqueid } => {
                self.originated(action_id, uniqueid, response, *reason);
            }
            Event::Hangup { channel, cause } => self.placed_call_ended(channel.uniqueid, *cause),
            Event::Status { channel, bridge, .. } => {
                self.errand_saw(message.action_id(), bridge, now);
                self.order_saw(message.action_id(), channel.uniqueid, channel.state, now);
            }
            Event::Reloaded => self.reload(now),
            _ => {}
        }
        // Hardly any event answers an action, and to look for an id that is not there costs as much as the rest.
        if !(self.audit.is_open() || self.sync.is_open()) {
            return;
        }
        let id = message.action_id();
        if self.audit.reads(id) {
            self.looked(event, message);
        }
        if let Some(list) = self.sync.list(id)
            && ListPart::of(message, list) == ListPart::End
        {
            self.sync.ended(id);
            if list == CHANNELS {
                self.model.infer_dials();
            }
            self.go_on(now);
        }
    }

    fn response(&mut self, answer: &Message<'_>, now: Millis) {
        let (success, id) = (answer.response() == Some("Success"), answer.action_id());
        if self.audit.reads(id) {
            if ListPart::of(answer, CHANNELS) != ListPart::Start {
                self.audit.refused();
            }
            return;
        }
        let starts = self.sync.list(id).is_some_and(|list| ListPart::of(answer, list) == ListPart::Start);
        match self.sync.question(id).cloned() {
            Some(Question::List(_)) if starts => {}
            Some(question) => {
                // A list without items may have no end either.
                if success {
                    self.sync.ended(id);
                } else {
                    self.sync.answered(id);
                }
                let value = if success { answer.field("Value") } else { "" };
                let dirty = &mut self.model.dirty;
                match question {
                    Question::List(_) => {}
                    Question::Exists(extension) => {
                        if success && value.is_empty() {
                            self.model.registry.absent(extension);
                        }
                    }
                    Question::CallerId(extension) => {
                        let name = value.split('<').next().unwrap_or_default().trim().trim_matches('"');
                        self.model.registry.named(&extension, NameSource::Endpoint, name, dirty);
                    }
                    Question::Mailboxes(extension) => {
                        self.model.registry.has_mailbox(&extension, value, dirty)
                    }
                }
                self.go_on(now);
            }
            None => self.order_answered(answer, now),
        }
    }

    /// Asks which channels there are; not for the first call after a quiet time, for which the look is long overdue.
    fn count(&mut self, due: Millis, now: Millis) {
        let every = self.model.settings.audit_ms;
        let next = now.plus(every);
        if self.model.channels.is_empty() || now.since(due) > every {
            return self.audit.idle(next);
        }
        let known = self.model.channels.keys().cloned().collect();
        let id = self.act(Order::List(CHANNELS));
        self.audit.asked(id, known, next);
    }

    fn looked(&mut self, event: &Event<'_>, message: &Message<'_>) {
        if let Event::ListedChannel { channel, .. } = event {
            self.audit.names(channel.uniqueid);
        } else if ListPart::of(message, CHANNELS) == ListPart::End {
            for ghost in self.audit.ended() {
                self.model.vanish(ghost);
            }
        }
    }

    /// The PBX has read its files again: what they say is asked for anew. Calls go on and are shown meanwhile.
    fn reload(&mut self, now: Millis) {
        if self.reload_now() {
            self.go_on(now);
        }
    }

    fn reload_now(&mut self) -> bool {
        let begins = self.lost.is_none() && self.sync.reload();
        if begins {
            self.model.registry.call_the_roll();
        }
        begins
    }

    /// Asks what is next in the cold start, or ends it.
    fn go_on(&mut self, now: Millis) {
        loop {
            match self.sync.next() {
                Next::Ask(question, order) => {
                    let id = self.act(order);
                    self.sync.asked(&id, question);
                    self.patience = Some(now.plus(PATIENCE_MS));
                }
                Next::Endpoints => {
                    let registry = &self.model.registry;
                    let endpoints = registry.stations.iter().filter_map(|(extension, station)| {
                        let endpoint =
                            station.devices.iter().find_map(|device| device.strip_prefix("PJSIP/"))?;
                        let plain =
                            endpoint.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.+".contains(&b));
                        let known =
                            if registry.is_listed(extension) { Known::Listed } else { Known::Doubtful };
                        plain.then(|| (extension.clone(), endpoint.to_owned(), known))
                    });
                    let mut endpoints: Vec<_> = endpoints.collect();
                    endpoints.sort_by(|(one, ..), (other, ..)| one.cmp(other));
                    self.sync.about(endpoints.into_iter());
                }
                Next::Synced(purpose) => {
                    self.patience = None;
                    self.model.sweep(|list| self.sync.has_read(list));
                    if purpose == Purpose::Start {
                        self.complete(now);
                    }
                    if !self.sync.was_reloaded() {
                        return;
                    }
                    self.reload_now();
                }
                Next::Nothing => return,
            }
        }
    }

    /// Everything is read: the office is the fresh truth, in one publication, and what was lost is over.
    fn complete(&mut self, now: Millis) {
        let before = self.view.office.clone();
        self.view.office.link = PbxLink::Up { since: now };
        self.view.look(&mut self.model, now);
        self.view.draw(&mut self.model);
        self.whole = true;
        let changes = before.changes_to(&self.view.office);
        self.outputs.push_back(Output::Changed(changes));
        self.settled = self.outputs.len();
        let lost = self.lost.take().unwrap_or(now);
        for record in crate::record::interrupted(&mut self.model, lost) {
            self.outputs.push_back(Output::Ended(record));
        }
        self.handed_found(now);
        self.look(now);
        self.audit.start(self.model.settings.audit_ms, now);
        self.outputs.push_back(Output::Synced);
    }

    fn set_link(&mut self, link: PbxLink) {
        if self.view.office.link != link {
            self.view.office.link = link.clone();
            self.outputs.push_back(Output::Changed(vec![Change::Link(link)]));
        }
    }

    /// Looks at what changed: what is in the history of it, and what the PBX is to be asked; not while the office is not
    /// complete.
    pub(crate) fn look(&mut self, now: Millis) {
        // Every other event says what is known.
        if !self.whole || !(View::has_to_look(&self.model, now) || self.records.has_to_look(now)) {
            return;
        }
        let looked = self.view.look(&mut self.model, now);
        let mut unplaced = std::mem::take(&mut self.model.unplaced);
        for key in unplaced.drain(..) {
            if self.lost.is_none()
                && let Some(channel) = self.model.channels.at(key)
            {
                let channel = channel.facts.name.as_ref().to_owned();
                self.act(Order::Status { channel });
            }
        }
        self.model.unplaced = unplaced;
        let records = self.records.collect(&mut self.model, &looked, now);
        if !records.is_empty() {
            self.outputs.extend(records.into_iter().map(Output::Ended));
        }
    }

    /// Draws what changed since the last time, and tells it before what follows from it.
    pub(crate) fn draw(&mut self) {
        if !self.whole || !self.view.is_behind(&self.model) {
            return;
        }
        let changes = self.view.draw(&mut self.model);
        if !changes.is_empty() {
            let place = self.settled.min(self.outputs.len());
            self.outputs.insert(place, Output::Changed(changes));
            self.settled = place + 1;
        }
    }

    /// Sends an action and gives its id.
    pub(crate) fn act(&mut self, order: Order) -> String {
        self.counter += 1;
        let id = format!("{}-{}", self.model.settings.id_prefix, self.counter);
        #[cfg(test)]
        self.sent.push((id.clone(), order.clone()));
        if let Ok((id, action)) = order.action(&id) {
            self.outputs.push_back(Output::Act(id, action));
        }
        id
    }
}
