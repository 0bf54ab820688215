//! What the controller shows: the report to the view, the notifications, the tray. Each is told only when it differs
//! from what was shown before.

use super::{Controller, Session};
use crate::account::Account;
use crate::desktop::Desktop;
use crate::event::Now;
use crate::menu::{Light, Tray, tray};
use crate::notice::{Notice, notice};
use crate::report::{Asked, Condition, Report, message, remark, tel, untrusted};
use crate::ringing::{Ringing, ringing};
use frontdesk_protocol::{CallId, CommandId, LegId, PbxLink};
use std::collections::BTreeMap;

/// What is shown at the moment, and which of our orders have no answer yet.
#[derive(Debug)]
pub(super) struct Shown {
    /// The last report to the view.
    pub(super) report: Report,
    /// Sentences that have not been told yet, because there is no page.
    pub(super) remarks: Vec<String>,
    /// The link that was followed last, while there is no page that it could be told.
    pub(super) tel: Option<String>,
    /// Whether there is a page that listens.
    pub(super) page: Page,
    /// The notifications on the screen, with the legs that they are about.
    pub(super) notices: BTreeMap<CallId, (Notice, Vec<LegId>)>,
    /// The tray as drawn.
    pub(super) tray: Option<Tray>,
    /// Orders and questions that were sent and not answered.
    pub(super) pending: BTreeMap<CommandId, Asked>,
    /// How many orders the core itself has named.
    pub(super) named: u64,
}

/// Whether there is a page that listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// Not yet.
    Loading,
    /// There is.
    Listens,
}

impl Shown {
    /// Nothing yet.
    pub(super) fn new(now: Now) -> Self {
        let report = Report {
            state: Condition::Connecting,
            text: String::new(),
            since: now.wall,
            server: String::new(),
            user: String::new(),
        };
        Self {
            report,
            remarks: Vec::new(),
            tel: None,
            page: Page::Loading,
            notices: BTreeMap::new(),
            tray: None,
            pending: BTreeMap::new(),
            named: 0,
        }
    }
}

impl Controller {
    /// Names the account in the reports from now on.
    pub(super) fn name(&mut self, account: &Account) {
        self.shown.report.server = account.server.to_string();
        self.shown.report.user.clone_from(&account.user);
    }

    pub(super) fn report(&mut self, state: Condition, text: String, now: Now, desktop: &mut impl Desktop) {
        let before = &self.shown.report;
        let since = if before.state == state { before.since } else { now.wall };
        let report = Report { state, text, since, ..before.clone() };
        if report != *before {
            desktop.tell_view(report.json());
            self.shown.report = report;
        }
    }

    pub(super) fn report_online(&mut self, now: Now, desktop: &mut impl Desktop) {
        self.report(Condition::Online, String::new(), now, desktop);
    }

    /// Tells the person a sentence once, as soon as there is a page for it.
    pub(super) fn remark(&mut self, sentence: String, desktop: &mut impl Desktop) {
        match self.shown.page {
            Page::Listens => desktop.tell_view(remark(&sentence)),
            Page::Loading => self.shown.remarks.push(sentence),
        }
    }

    /// There is no page until the next one listens: what is to be said waits for it.
    pub(super) fn page_gone(&mut self, sentence: String) {
        self.shown.page = Page::Loading;
        if !self.shown.remarks.contains(&sentence) {
            self.shown.remarks.push(sentence);
        }
    }

    /// Somebody followed a link: the person is asked, in the window. Of several before there is a page the newest counts.
    pub(super) fn follow_tel(&mut self, link: String, desktop: &mut impl Desktop) {
        match self.shown.page {
            Page::Listens => desktop.tell_view(tel(&link)),
            Page::Loading => self.shown.tel = Some(link),
        }
        desktop.raise();
    }

    /// There is a page now: it hears all that is known, and what was kept for it.
    pub(super) fn subscribed(&mut self, now: Now, desktop: &mut impl Desktop) {
        self.shown.page = Page::Listens;
        self.retell(now, desktop);
        desktop.tell_view(self.shown.report.json());
        if let Some((_, shown)) = &self.untrusted {
            desktop.tell_view(untrusted(*shown));
        }
        for sentence in std::mem::take(&mut self.shown.remarks) {
            desktop.tell_view(remark(&sentence));
        }
        if let Some(link) = self.shown.tel.take() {
            desktop.tell_view(tel(&link));
        }
    }

    /// The page hears all that is known again; one that has gone does not, for what is kept is the next one's.
    pub(super) fn missed(&mut self, now: Now, desktop: &mut impl Desktop) {
        if matches!(self.shown.page, Page::Listens) {
            self.subscribed(now, desktop);
        }
    }

    /// Tells the view all that is known.
    pub(super) fn retell(&self, now: Now, desktop: &mut impl Desktop) {
        for text in self.replica.retold(now.wall) {
            desktop.tell_view(message(&text));
        }
    }

    /// Brings notifications and tray up to what is known now. Nothing rings in facts that may be old.
    pub(super) fn refresh(&mut self, desktop: &mut impl Desktop) {
        let online = self.shown.report.state == Condition::Online;
        let seen = self.replica.seen().filter(|_| online);
        let (light, ringing) = match seen {
            Some((office, viewer)) if matches!(office.link, PbxLink::Up { .. }) => {
                (Light::Online, ringing(office, viewer))
            }
            Some(_) => (Light::WithoutPbx, Vec::new()),
            None => (self.light(), Vec::new()),
        };
        self.refresh_notices(&ringing, desktop);
        let user = match self.session {
            Session::In { .. } => Some(self.shown.report.user.as_str()),
            Session::Out | Session::Rehearsing | Session::Recalling(_) | Session::LoggingIn { .. } => None,
        };
        let drawn = tray(light, user, &ringing);
        if self.shown.tray.as_ref() != Some(&drawn) {
            desktop.draw_tray(&drawn);
            self.shown.tray = Some(drawn);
        }
    }

    fn light(&self) -> Light {
        match (&self.session, self.shown.report.state) {
            (Session::In { .. }, Condition::Offline) => Light::Offline,
            (Session::In { .. }, Condition::Connecting | Condition::Online | Condition::Login) => {
                Light::Connecting
            }
            (Session::Out | Session::Rehearsing | Session::Recalling(_) | Session::LoggingIn { .. }, _) => {
                Light::LoggedOut
            }
        }
    }

    fn refresh_notices(&mut self, ringing: &[Ringing], desktop: &mut impl Desktop) {
        let over: Vec<CallId> = self
            .shown
            .notices
            .keys()
            .filter(|call| !ringing.iter().any(|ringing| &ringing.call == *call))
            .cloned()
            .collect();
        for call in over {
            desktop.withdraw(&call);
            self.shown.notices.remove(&call);
        }
        for ringing in ringing {
            let notice = notice(ringing);
            let known = self.shown.notices.get(&ringing.call);
            if known.is_none_or(|(shown, _)| *shown != notice) {
                desktop.notify(&notice);
            }
            self.shown.notices.insert(ringing.call.clone(), (notice, ringing.legs.clone()));
        }
    }
}
