//! The desktop core's one decision maker: events in, effects out. It has no socket, no window and no clock; `now` is an
//! argument, and [`Controller::wake`] says when it wants to be asked again.

mod link;
mod outward;
#[cfg(test)]
mod tests;

use crate::account::{Account, Keeping};
use crate::connection::{Attempt, Fault, Fingerprint, ServerAddress};
use crate::desktop::Desktop;
use crate::event::{Again, Event, Invitation, LoginReply, Now, Remember, TrayPlace};
use crate::menu::Choice;
use crate::replica::Replica;
use crate::report::{Condition, Report, already_running, untrusted};
use crate::secret::Secret;
use frontdesk_protocol::Line;
use outward::Shown;
use std::time::Instant;

/// How the program begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Start {
    /// With the rehearsal office in this process.
    Rehearsal,
    /// With the account of the last time, or of the command line; its token may be in the keyring.
    Account(Account),
    /// With the login form.
    Form {
        /// What stands in the field for the server.
        server: String,
        /// What stands in the field for the user.
        user: String,
    },
}

/// The state of the desktop core.
#[derive(Debug)]
pub(crate) struct Controller {
    session: Session,
    keeping: Keeping,
    replica: Replica,
    attempt: Attempt,
    /// When this began; the line's times count from here.
    begun: Instant,
    /// For the random part of waits.
    dice: fastrand::Rng,
    tray_place: TrayPlace,
    shown: Shown,
    /// The certificate that the person was asked about last, and whose.
    untrusted: Option<(ServerAddress, Fingerprint)>,
}

/// How far the person is on the way to their calls.
#[derive(Debug)]
enum Session {
    /// The login form is open.
    Out,
    /// The rehearsal office is being opened.
    Rehearsing,
    /// The keyring is being asked.
    Recalling(Account),
    /// User and password are on their way.
    LoggingIn { account: Account, remember: Remember, reply: LoginReply, attempt: Attempt },
    /// There is a token.
    In { account: Account, token: Secret, line: Line },
}

impl Controller {
    /// A controller that has not begun. `seed` is for the random part of its waits.
    pub(crate) fn new(seed: u64, now: Now) -> Self {
        Self {
            session: Session::Out,
            keeping: Keeping::Normal,
            replica: Replica::default(),
            attempt: Attempt::default(),
            begun: now.at,
            dice: fastrand::Rng::with_seed(seed),
            tray_place: TrayPlace::Missing,
            shown: Shown::new(now),
            untrusted: None,
        }
    }

    /// Begins.
    pub(crate) fn start(&mut self, start: Start, now: Now, desktop: &mut impl Desktop) {
        match start {
            Start::Rehearsal => {
                self.keeping = Keeping::Nothing;
                self.session = Session::Rehearsing;
                self.report(Condition::Connecting, "Opening the rehearsal office …".into(), now, desktop);
            }
            Start::Account(account) => {
                self.name(&account);
                self.session = Session::Recalling(account.clone());
                self.report(Condition::Connecting, "Looking for your last session …".into(), now, desktop);
                desktop.recall(&account);
            }
            Start::Form { server, user } => {
                self.shown.report = Report { server, user, ..self.shown.report.clone() };
                self.report(Condition::Login, String::new(), now, desktop);
            }
        }
        if matches!(self.session, Session::Rehearsing) {
            desktop.rehearse();
        }
        self.refresh(desktop);
    }

    /// Takes one event.
    pub(crate) fn handle(&mut self, event: Event, now: Now, desktop: &mut impl Desktop) {
        match event {
            Event::Subscribed(view) => {
                desktop.attach(view);
                self.subscribed(now, desktop);
            }
            Event::Missed => self.missed(now, desktop),
            Event::LogIn { server, user, password, remember, trust, reply } => {
                match read_form(&server, user, &password) {
                    Ok(account) => {
                        self.keeping = Keeping::Normal;
                        self.trust(&account.server, trust.as_deref(), desktop);
                        self.log_in(account, password, remember, reply, desktop);
                    }
                    // The page may have gone in the meantime; then nobody waits for the sentence.
                    Err(sentence) => drop(reply.send(Err(sentence))),
                }
            }
            Event::LogOut => self.log_out(now, desktop),
            Event::Order { id, command } => self.order(id, command, desktop),
            Event::AskHistory { id, query } => self.ask_history(id, query, desktop),
            Event::Resync => self.resync(now, desktop),
            Event::Recalled { account, token } => self.recalled(&account, token, now, desktop),
            Event::NotKept => self.remark(
                "This computer has no keyring that takes your session, so you will be asked for your password \
                 at the next start."
                    .into(),
                desktop,
            ),
            Event::Remark(sentence) => self.remark(sentence, desktop),
            Event::PageGone(sentence) => self.page_gone(sentence),
            Event::LoggedIn { attempt, outcome } => self.logged_in(attempt, outcome, now, desktop),
            Event::Opened { attempt } => self.opened(attempt, now),
            Event::Received { attempt, message, text } => {
                self.received(attempt, &message, &text, now, desktop);
            }
            Event::Lost { attempt, fault } => self.lost(attempt, &fault, now, desktop),
            Event::Noticed { call, choice } => self.noticed(&call, choice, now, desktop),
            Event::Chosen(Choice::Show(_) | Choice::Open) => desktop.raise(),
            Event::StartedAgain(again) => self.started_again(&again, desktop),
            Event::Tel(link) => self.follow_tel(link, desktop),
            Event::Chosen(Choice::LogOut) => {
                self.log_out(now, desktop);
                desktop.raise();
            }
            Event::Chosen(Choice::Quit) => {
                desktop.close();
                desktop.quit();
            }
            // Without a tray a hidden window could not be brought back, so there closing it ends the program.
            Event::CloseAsked => match self.tray_place {
                TrayPlace::There => desktop.hide(),
                TrayPlace::Missing => {
                    desktop.close();
                    desktop.quit();
                }
            },
            Event::Tray(place) => self.tray_place = place,
            Event::Rehearsal(outcome) => self.rehearsal(outcome, now, desktop),
            Event::Tick => self.tick(now, desktop),
        }
        self.refresh(desktop);
    }

    /// The program was started again: there is one window only, and what else was wished for is not done in silence.
    fn started_again(&mut self, again: &Again, desktop: &mut impl Desktop) {
        let Report { server: now, user: who, .. } = &self.shown.report;
        let other = match again {
            Again::Window => None,
            Again::Rehearsal => (self.keeping == Keeping::Normal).then(|| "--rehearsal".to_owned()),
            Again::Server { server, user } => {
                let address = server.as_deref().map(ServerAddress::parse);
                let same_server = address.is_none_or(|it| it.is_ok_and(|it| it.to_string() == *now));
                let same_user = user.as_ref().is_none_or(|user| user == who);
                let wish = [("--connect", server), ("--user", user)];
                let words =
                    wish.iter().filter_map(|(flag, value)| Some(format!("{flag} {}", value.as_ref()?)));
                (!same_server || !same_user).then(|| words.collect::<Vec<_>>().join(" "))
            }
        };
        let sentence = other.map(|wish| already_running(&wish, now));
        if let Some(sentence) = sentence {
            self.remark(sentence, desktop);
        }
        desktop.raise();
    }

    fn rehearsal(&mut self, outcome: Result<Invitation, String>, now: Now, desktop: &mut impl Desktop) {
        if !matches!(self.session, Session::Rehearsing) {
            return;
        }
        let invited = outcome.and_then(|Invitation { server, user, token }| {
            let server = ServerAddress::parse(&server).map_err(|error| error.to_string())?;
            Ok((Account { server, user }, token))
        });
        match invited {
            Ok((account, token)) => {
                self.name(&account);
                self.enter(account, token, now, desktop);
            }
            Err(sentence) => {
                self.leave(format!("The rehearsal office did not open: {sentence}"), now, desktop)
            }
        }
    }

    fn log_in(
        &mut self,
        account: Account,
        password: Secret,
        remember: Remember,
        reply: LoginReply,
        desktop: &mut impl Desktop,
    ) {
        if matches!(self.session, Session::In { .. }) {
            desktop.close();
        }
        if let Session::LoggingIn { reply: before, .. } = std::mem::replace(&mut self.session, Session::Out) {
            let _ = before.send(Err("Another login was begun.".into()));
        }
        self.replica = Replica::default();
        self.attempt = self.attempt.next();
        self.name(&account);
        desktop.log_in(self.attempt, &account, password);
        self.session = Session::LoggingIn { account, remember, reply, attempt: self.attempt };
    }

    fn logged_in(
        &mut self,
        attempt: Attempt,
        outcome: Result<Secret, Fault>,
        now: Now,
        desktop: &mut impl Desktop,
    ) {
        if !matches!(&self.session, Session::LoggingIn { attempt: current, .. } if *current == attempt) {
            return;
        }
        let Session::LoggingIn { account, remember, reply, .. } =
            std::mem::replace(&mut self.session, Session::Out)
        else {
            return;
        };
        // The page may have gone in the meantime; the report below tells the next one.
        let _ = reply.send(outcome.as_ref().map(|_| ()).map_err(ToString::to_string));
        match outcome {
            Ok(token) => {
                if self.keeping == Keeping::Normal {
                    desktop.note_account(&account);
                    match remember {
                        Remember::Yes => desktop.keep(&account, token.clone()),
                        Remember::No => desktop.forget(&account),
                    }
                }
                self.enter(account, token, now, desktop);
            }
            Err(fault) => {
                self.ask_for_trust(&account.server, &fault, desktop);
                self.leave(fault.to_string(), now, desktop);
            }
        }
    }

    /// The person trusts what they were shown, and nothing else.
    fn trust(&mut self, server: &ServerAddress, trusted: Option<&str>, desktop: &mut impl Desktop) {
        let asked = self.untrusted.take();
        let Some(trusted) = trusted.and_then(Fingerprint::parse) else { return };
        if asked.is_some_and(|asked| asked == (server.clone(), trusted)) {
            desktop.trust(server, trusted);
        }
    }

    /// Where nobody vouches for the server's certificate, the person is asked, in the login form.
    fn ask_for_trust(&mut self, server: &ServerAddress, fault: &Fault, desktop: &mut impl Desktop) {
        if let Fault::Unknown { shown, .. } = fault {
            self.untrusted = Some((server.clone(), *shown));
            desktop.tell_view(untrusted(*shown));
        }
    }

    fn recalled(&mut self, account: &Account, token: Option<Secret>, now: Now, desktop: &mut impl Desktop) {
        if !matches!(&self.session, Session::Recalling(asked) if asked == account) {
            return;
        }
        match token {
            Some(token) => self.enter(account.clone(), token, now, desktop),
            None => self.leave(String::new(), now, desktop),
        }
    }

    fn log_out(&mut self, now: Now, desktop: &mut impl Desktop) {
        if let Session::In { account, token, .. } = &self.session {
            desktop.log_out(&account.server, token.clone());
        }
        self.forget(desktop);
        self.leave("You are logged out.".into(), now, desktop);
    }

    /// Takes the session out of the keyring.
    fn forget(&self, desktop: &mut impl Desktop) {
        if let (Session::In { account, .. }, Keeping::Normal) = (&self.session, self.keeping) {
            desktop.forget(account);
        }
    }

    /// Back to the login form; `text` says why.
    fn leave(&mut self, text: String, now: Now, desktop: &mut impl Desktop) {
        match std::mem::replace(&mut self.session, Session::Out) {
            Session::In { .. } => desktop.close(),
            Session::LoggingIn { reply, .. } => {
                let _ = reply.send(Err("The login was given up.".into()));
            }
            Session::Out | Session::Rehearsing | Session::Recalling(_) => {}
        }
        self.replica = Replica::default();
        self.abandon_orders(desktop);
        self.report(Condition::Login, text, now, desktop);
    }
}

/// Reads the login form.
fn read_form(server: &str, user: String, password: &Secret) -> Result<Account, String> {
    let server = ServerAddress::parse(server).map_err(|error| error.to_string())?;
    let user = user.trim().to_owned();
    if user.is_empty() {
        return Err("Type your user name.".into());
    }
    if password.reveal().is_empty() {
        return Err("Type your password.".into());
    }
    Ok(Account { server, user })
}
