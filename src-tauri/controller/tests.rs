//! The controller alone: events in, effects out, time moved by hand. No socket, no window.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod connection;
mod desk;
mod session;

use crate::connection::Fault;
use crate::controller::Start;
use crate::event::{Again, Event, TrayPlace, View};
use crate::menu::{Choice, Entry, Icon};
use crate::notice::NoticeChoice;
use desk::{Desk, delta, leg_rings, ringing_call};
use frontdesk_protocol::{
    CallId, Change, ClientMessage, Command, CommandId, Handed, HandedId, HandedState, LegId, Millis, Outcome,
    Party, PbxLink, Reason, Return, ServerMessage,
};
use std::sync::Arc;

fn call(name: &str) -> CallId {
    CallId::parse(name).unwrap()
}

fn labels(desk: &Desk) -> Vec<String> {
    let items = desk.done.tray.as_ref().unwrap().menu.iter();
    items
        .filter_map(|entry| if let Entry::Item { text, .. } = entry { Some(text.clone()) } else { None })
        .collect()
}

#[test]
fn a_call_that_rings_here_is_announced_once_and_withdrawn_when_it_ends() {
    let mut desk = Desk::online();
    desk.hears(delta(1, [Change::Call(ringing_call("c1"))]));
    assert_eq!(desk.done.notices.len(), 1);
    let notice = &desk.done.notices[0];
    assert_eq!(notice.summary, "Mario Rossi is calling");
    assert_eq!(notice.body, "+39055123 · Queue support · Rings at 1001");
    assert_eq!(desk.done.tray.as_ref().unwrap().icon, Icon::Ringing);
    assert_eq!(labels(&desk), ["Mario Rossi is calling: Show …", "Open Frontdesk", "Log out", "Quit"]);

    desk.hears(delta(2, [Change::Call(ringing_call("c1"))]));
    assert_eq!(desk.done.notices.len(), 1, "the same facts are not announced again");

    desk.hears(delta(3, [Change::CallGone(call("c1"))]));
    assert_eq!(desk.done.withdrawn, [call("c1")]);
    assert_eq!(desk.done.tray.as_ref().unwrap().icon, Icon::Calm);
}

#[test]
fn a_caller_who_comes_back_is_announced_with_where_from_and_why() {
    let mut desk = Desk::online();
    let handed = |state| {
        Change::Handed(Arc::new(Handed {
            id: HandedId::parse("h").unwrap(),
            by: "1001".try_into().unwrap(),
            call: call("c1"),
            party: ringing_call("c1").origin.clone(),
            to: None,
            label: "Bob\n\u{202e}Brown (1002)".into(),
            safe: true,
            at: Millis(1),
            state,
            since: Millis(1),
        }))
    };
    let why = Return::NoAnswer;
    desk.hears(delta(1, [Change::Call(ringing_call("c1")), handed(HandedState::Returning { why })]));
    assert_eq!(desk.done.notices[0].summary, "Mario Rossi is back from Bob Brown (1002): no answer");
    assert_eq!(labels(&desk)[0], "Mario Rossi is back from Bob Brown (1002): no answer: Show …");
    desk.hears(delta(2, [handed(HandedState::Returning { why: Return::PulledBack })]));
    assert_eq!(desk.done.notices[1].summary, "Mario Rossi is brought back");
}

#[test]
fn a_call_that_rings_elsewhere_or_was_placed_here_is_not_announced() {
    let mut desk = Desk::online();
    let mut elsewhere = (*ringing_call("c1")).clone();
    elsewhere.legs[0].extension = Some("1002".try_into().unwrap());
    let mut mine = (*ringing_call("c2")).clone();
    mine.legs[0].direction = frontdesk_protocol::Direction::Outbound;
    desk.hears(delta(1, [Change::Call(elsewhere.into()), Change::Call(mine.into())]));
    assert!(desk.done.notices.is_empty());
}

#[test]
fn a_caller_cannot_write_over_the_notification() {
    let mut desk = Desk::online();
    let mut hostile = (*ringing_call("c1")).clone();
    let name = Some(format!("\u{202e}Bob\n<b>{}", "x".repeat(300)));
    let caller = Party::clone(hostile.legs[0].peer.as_ref().unwrap());
    hostile.legs[0].peer = Some(Arc::new(Party { name, ..caller }));
    desk.hears(delta(1, [Change::Call(hostile.into())]));
    let summary = &desk.done.notices[0].summary;
    assert!(summary.starts_with("Bob <b>xxx"), "{summary}");
    assert!(summary.chars().count() < 80, "{summary}");
}

#[test]
fn nothing_rings_in_facts_that_may_be_old() {
    let mut desk = Desk::online();
    desk.hears(delta(1, [Change::Call(ringing_call("c1"))]));
    desk.waits(3_000);
    assert_eq!(desk.done.withdrawn, [call("c1")]);
    assert_eq!(desk.done.tray.as_ref().unwrap().icon, Icon::Offline);
}

#[test]
fn a_server_without_its_pbx_rings_nothing_and_says_so() {
    let mut desk = Desk::online();
    desk.hears(delta(1, [Change::Call(ringing_call("c1"))]));
    let down = PbxLink::Down { since: Millis(5), reason: "The telephone system does not answer.".into() };
    desk.hears(delta(2, [Change::Link(down)]));
    assert_eq!(desk.done.withdrawn, [call("c1")]);
    assert_eq!(
        desk.done.tray.as_ref().unwrap().menu[0],
        Entry::Text("ann: no link to the telephone system".into())
    );
}

#[test]
fn ignore_on_the_notification_stops_every_phone_of_mine_that_rings() {
    let mut desk = Desk::online();
    let mut two = (*ringing_call("c1")).clone();
    two.legs.push(leg_rings("l2", "1101"));
    desk.hears(delta(1, [Change::Call(two.into())]));
    desk.takes(Event::Noticed { call: call("c1"), choice: NoticeChoice::Ignore });
    let ignored: Vec<LegId> = desk
        .done
        .sent
        .iter()
        .filter_map(|sent| match sent {
            ClientMessage::Command { command: Command::Ignore { leg }, .. } => Some(leg.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(ignored, [LegId::parse("c1-leg").unwrap(), LegId::parse("l2").unwrap()]);
}

/// The sentences about this computer that the view was told.
fn remarks(desk: &Desk) -> Vec<&str> {
    let remarks = desk.done.told.iter().filter(|told| told["kind"] == "remark");
    remarks.map(|told| told["text"].as_str().unwrap()).collect()
}

/// A desk whose person pressed Ignore on a notification, and the name of that order.
fn ignoring() -> (Desk, CommandId) {
    let mut desk = Desk::online();
    desk.hears(delta(1, [Change::Call(ringing_call("c1"))]));
    desk.takes(Event::Noticed { call: call("c1"), choice: NoticeChoice::Ignore });
    let Some(ClientMessage::Command { id, .. }) = desk.done.sent.last() else { panic!("an order") };
    let id = id.clone();
    (desk, id)
}

#[test]
fn an_ignore_that_fails_while_it_rings_on_is_shown_with_the_window() {
    let (mut desk, id) = ignoring();
    let text = "The telephone system refused.".to_owned();
    let outcome = Outcome::Failed { reason: Reason::Refused, text };
    desk.hears(ServerMessage::Result { id, outcome });
    assert_eq!(
        remarks(&desk),
        ["Mario Rossi was not ignored and may still ring. The telephone system refused."]
    );
    assert_eq!(desk.done.window, ["raise"]);

    let (mut desk, _) = ignoring();
    desk.loses(Fault::Broken);
    assert!(remarks(&desk)[0].contains("may or may not have been done"), "{:?}", remarks(&desk));
}

#[test]
fn an_ignore_that_was_done_or_came_too_late_says_nothing() {
    let (mut desk, id) = ignoring();
    desk.hears(ServerMessage::Result { id, outcome: Outcome::Done { text: "Done.".into() } });
    assert_eq!(remarks(&desk), [""; 0]);

    let (mut desk, id) = ignoring();
    desk.hears(delta(2, [Change::CallGone(call("c1"))]));
    let outcome = Outcome::Failed { reason: Reason::Gone, text: "It is over.".into() };
    desk.hears(ServerMessage::Result { id, outcome });
    assert_eq!((remarks(&desk).len(), desk.done.window.len()), (0, 0), "the caller has gone by themselves");
}

#[test]
fn a_second_start_with_other_wishes_says_what_is_running() {
    let server = |server: &str, user: &str| Again::Server {
        server: Some(server.into()).filter(|it: &String| !it.is_empty()),
        user: Some(user.into()).filter(|it: &String| !it.is_empty()),
    };
    let mut desk = Desk::online();
    for same in [server("pbx.example", ""), server("pbx.example", "ann"), server("", "ann")] {
        desk.takes(Event::StartedAgain(same));
    }
    assert_eq!(remarks(&desk), [""; 0]);
    for other in [server("other.example", ""), server("pbx.example", "bob"), Again::Rehearsal] {
        desk.takes(Event::StartedAgain(other));
    }
    let told = remarks(&desk);
    assert!(told[0].starts_with("Frontdesk was started again with --connect other.example, but"), "{told:?}");
    assert!(told[1].contains("--connect pbx.example --user bob, but"), "{told:?}");
    assert!(
        told[2].contains("--rehearsal, but it is already running and stays with https://pbx.example:8090"),
        "{told:?}"
    );
    assert_eq!(desk.done.window, ["raise"; 6]);
}

/// The links that the view was asked about.
fn links(desk: &Desk) -> Vec<&str> {
    let links = desk.done.told.iter().filter(|told| told["kind"] == "tel");
    links.map(|told| told["link"].as_str().unwrap()).collect()
}

#[test]
fn a_link_goes_to_the_window_as_it_came_and_nothing_is_sent() {
    let mut desk = Desk::online();
    let sent = desk.done.sent.len();
    for link in ["tel:+49-30-1234", "<b>\"\n\u{202e}", ""] {
        desk.takes(Event::Tel(link.into()));
    }
    assert_eq!(links(&desk), ["tel:+49-30-1234", "<b>\"\n\u{202e}", ""]);
    assert_eq!(desk.done.window, ["raise"; 3]);
    assert_eq!(desk.done.sent.len(), sent);
}

#[test]
fn of_the_links_before_there_is_a_page_the_newest_is_told_once() {
    let mut desk = Desk::begins(Start::Form { server: String::new(), user: String::new() });
    desk.takes(Event::Tel("tel:1001".into()));
    desk.takes(Event::Tel("tel:1002".into()));
    assert_eq!(links(&desk), [""; 0]);
    desk.takes(Event::Subscribed(View::new(drop)));
    assert_eq!(links(&desk), ["tel:1002"]);
    assert_eq!(desk.done.told[0]["kind"], "connection", "the form is there when it comes");
    desk.takes(Event::Subscribed(View::new(drop)));
    assert_eq!(links(&desk), ["tel:1002"], "a page that is loaded again asks nothing again");
}

#[test]
fn what_is_kept_for_the_next_page_does_not_go_to_one_that_has_gone() {
    let mut desk = Desk::online();
    let told = desk.done.told.len();
    desk.takes(Event::Missed);
    assert!(desk.done.told.len() > told, "who missed something is told all that is known");
    desk.takes(Event::PageGone("It was loaded again.".into()));
    let told = desk.done.told.len();
    desk.takes(Event::Missed);
    assert_eq!(desk.done.told.len(), told);
    desk.takes(Event::Subscribed(View::new(drop)));
    assert!(desk.done.told.iter().any(|told| told["text"] == "It was loaded again."), "{:?}", desk.done.told);
}

#[test]
fn show_raises_the_window_wherever_it_is_chosen() {
    let mut desk = Desk::online();
    desk.takes(Event::Noticed { call: call("c1"), choice: NoticeChoice::Show });
    desk.takes(Event::Chosen(Choice::Open));
    desk.takes(Event::Chosen(Choice::Show(call("c1"))));
    desk.takes(Event::StartedAgain(Again::Window));
    assert_eq!(desk.done.window, ["raise"; 4]);
}

#[test]
fn closing_the_window_hides_it_only_where_the_tray_can_bring_it_back() {
    let mut desk = Desk::online();
    desk.takes(Event::Tray(TrayPlace::There));
    desk.takes(Event::CloseAsked);
    assert_eq!(desk.done.window, ["hide"]);
    desk.takes(Event::Tray(TrayPlace::Missing));
    desk.takes(Event::CloseAsked);
    assert_eq!(desk.done.window, ["hide", "quit"]);
}

#[test]
fn the_tray_is_drawn_only_when_it_differs() {
    let mut desk = Desk::online();
    let drawn = desk.done.drawn;
    desk.hears(delta(1, []));
    desk.takes(Event::Tick);
    assert_eq!(desk.done.drawn, drawn);
    desk.hears(delta(2, [Change::Call(ringing_call("c1"))]));
    assert_eq!(desk.done.drawn, drawn + 1);
}
