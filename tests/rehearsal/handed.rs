//! Callers who come back, are pulled back and are hung up on with three seconds' grace: the simulated office does it as
//! the real one does in `tests/asterisk`, so that all of it can be tried and trained without a phone system.

use super::simulated::Simulated;
use frontdesk_protocol::{
    Command, Destination, Extension, HandedState, LegId, LegState, MailboxId, Return, TransferMode,
};
use frontdesk_rehearsal::Policy;
use frontdesk_rehearsal::scenario::Step;

/// An office in which 1001 talks to a caller from outside.
fn talking() -> Simulated {
    let mut office = Simulated::open();
    office.all_ring();
    office.take(Step::CallIn { number: "5550123", name: "Jane", did: "5551001" });
    office.take(Step::Answer("1001"));
    office
}

fn leg(office: &Simulated) -> LegId {
    let mine = [Extension::parse("1001").unwrap()];
    office.board.office().legs_at(&mine).next().map(|(_, leg)| leg.id.clone()).expect("my leg")
}

fn extension(text: &str) -> Destination {
    Destination::Extension { extension: Extension::parse(text).unwrap() }
}

fn send(office: &mut Simulated, to: Destination) {
    let leg = leg(office);
    office.order(Command::Transfer { leg, to, mode: TransferMode::Usual });
    office.take(Step::Pass(1_000));
}

fn pull_back(office: &mut Simulated) {
    let handed = office.board.office().handed.values().next().expect("one who was handed on").id.clone();
    office.order(Command::PullBack { handed });
    office.take(Step::Pass(1_000));
}

fn state(office: &Simulated) -> HandedState {
    office.board.office().handed.values().next().expect("one who was handed on").state.clone()
}

/// The caller rings at my phone again, and I answer.
fn comes_back(office: &mut Simulated, why: Return) {
    assert_eq!(state(office), HandedState::Returning { why });
    office.take(Step::Answer("1001"));
    assert_eq!(state(office), HandedState::Back { why });
    office.take(Step::HangUp("trunk"));
    assert!(office.board.office().calls.is_empty(), "{}", office.board.picture());
}

#[test]
fn whom_nobody_takes_comes_back_with_the_reason() {
    let reasons =
        [(Policy::Ring, Return::NoAnswer), (Policy::Busy, Return::Busy), (Policy::Decline, Return::Refused)];
    for (policy, why) in reasons {
        let mut office = talking();
        office.take(Step::Behave { at: "1002", policy });
        send(&mut office, extension("1002"));
        if policy == Policy::Ring {
            office.take(Step::Pass(5_000));
        }
        comes_back(&mut office, why);
    }
}

#[test]
fn whom_somebody_answers_stays_there() {
    let mut office = talking();
    send(&mut office, extension("1002"));
    assert_eq!(state(&office), HandedState::Ringing);
    office.take(Step::Answer("1002"));
    assert!(matches!(state(&office), HandedState::Answered { .. }));
    office.take(Step::Pass(30_000));
    assert!(matches!(state(&office), HandedState::Answered { .. }));
}

#[test]
fn a_caller_is_pulled_back_from_wherever_nobody_has_answered() {
    let mailbox = Destination::Voicemail { mailbox: MailboxId::parse("1002@default").unwrap() };
    for to in [extension("1002"), mailbox, extension("600"), extension("700")] {
        let mut office = talking();
        send(&mut office, to.clone());
        assert!(state(&office).can_be_pulled_back(), "{to:?}: {:?}", state(&office));
        pull_back(&mut office);
        comes_back(&mut office, Return::PulledBack);
    }
}

#[test]
fn a_line_is_closed_after_three_seconds_unless_it_is_pulled_back() {
    let mut office = talking();
    let leg = leg(&office);
    office.order(Command::HangUp { leg: leg.clone(), grace: true });
    office.take(Step::Pass(2_500));
    assert!(matches!(state(&office), HandedState::Closing { .. }), "{:?}", state(&office));
    let legs: Vec<LegState> =
        office.board.office().calls.values().flat_map(|call| &call.legs).map(|leg| leg.state).collect();
    assert_eq!(legs, [LegState::Parked], "my phone is free, and the caller hears music");
    office.take(Step::Pass(1_000));
    assert_eq!(state(&office), HandedState::Ended);
    assert!(office.board.office().calls.is_empty());

    let mut office = talking();
    office.order(Command::HangUp { leg, grace: true });
    office.take(Step::Pass(1_500));
    pull_back(&mut office);
    comes_back(&mut office, Return::PulledBack);
}
