//! Whatever is ordered, and whatever the PBX does: the end of a line is ordered for my own legs, and for a caller on
//! whom I hung up, three seconds later and while they are parked; for nobody else, ever.

use super::stage::{BACK, BOB, CALLER, CAROL, MINE, Stage, Who};
use crate::orders::Order;
use frontdesk_protocol::{Command, Destination, LegId, MailboxId, TransferMode};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// One thing that happens.
#[derive(Debug, Clone, Copy)]
enum Turn {
    Send(u8),
    PullBack,
    HangUp { grace: bool },
    Ignore,
    Yes,
    No,
    Where { talks: bool },
    Ring(u8),
    Answer(u8),
    NotTaken(u8),
    Mailbox,
    Park,
    LoseLink,
    FindLink,
    Pass(u16),
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![
        3 => (0..4_u8).prop_map(Turn::Send),
        2 => Just(Turn::PullBack),
        1 => any::<bool>().prop_map(|grace| Turn::HangUp { grace }),
        1 => Just(Turn::Ignore),
        6 => Just(Turn::Yes),
        1 => Just(Turn::No),
        3 => any::<bool>().prop_map(|talks| Turn::Where { talks }),
        3 => (0..3_u8).prop_map(Turn::Ring),
        3 => (0..3_u8).prop_map(Turn::Answer),
        2 => (0..3_u8).prop_map(Turn::NotTaken),
        1 => Just(Turn::Mailbox),
        1 => Just(Turn::Park),
        1 => Just(Turn::LoseLink),
        1 => Just(Turn::FindLink),
        4 => (1..25_000_u16).prop_map(Turn::Pass),
    ]
}

fn phone(which: u8) -> Who {
    [BOB, CAROL, BACK][usize::from(which)]
}

/// The leg of mine that is there.
fn mine(stage: &Stage) -> LegId {
    let there = [BACK, MINE].into_iter().find(|who| stage.board.model.channels.contains_key(who.2));
    LegId::parse(there.unwrap_or(MINE).2).unwrap()
}

fn send(stage: &mut Stage, how: u8) {
    let leg = mine(stage);
    let extension = |text| Destination::Extension { extension: super::stage::extension(text) };
    let (to, mode) = match how {
        0 => (extension("1002"), TransferMode::Usual),
        1 => (extension("1002"), TransferMode::Blind),
        2 => (extension("600"), TransferMode::Safe),
        _ => {
            let mailbox = MailboxId::parse("1002@default").unwrap();
            (Destination::Voicemail { mailbox }, TransferMode::Safe)
        }
    };
    stage.command("1001", Command::Transfer { leg, to, mode });
}

fn play(stage: &mut Stage, turn: Turn) {
    match turn {
        Turn::Send(how) => send(stage, how),
        Turn::PullBack if !stage.board.office().handed.is_empty() => stage.pulls_back(),
        Turn::PullBack => {}
        Turn::HangUp { grace } => {
            let leg = mine(stage);
            stage.command("1001", Command::HangUp { leg, grace });
        }
        Turn::Ignore => {
            let leg = mine(stage);
            stage.command("1001", Command::Ignore { leg });
        }
        Turn::Yes => stage.reply("Response: Success\nValue: 1"),
        Turn::No => stage.reply("Response: Error\nMessage: No such channel"),
        Turn::Where { talks } => {
            if matches!(stage.last(), Order::Status { .. }) {
                stage.is_where(if talks { "some-bridge" } else { "" });
            }
        }
        Turn::Ring(which) => stage.rings(phone(which)),
        Turn::Answer(which) => stage.answers(phone(which)),
        Turn::NotTaken(which) => stage.not_taken(phone(which), "NOANSWER", 21),
        Turn::Mailbox => stage.at_a_mailbox(),
        Turn::Park => stage.parked(),
        Turn::LoseLink => stage.loses_the_link(),
        Turn::FindLink => stage.finds(&[(CALLER, "6", "Park", ""), (MINE, "6", "AppDial", "")]),
        Turn::Pass(ms) => stage.pass(i64::from(ms)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_hung_up_on_but_by_the_one_who_hangs_up(turns in proptest::collection::vec(turn(), 1..60)) {
        let mut stage = Stage::talking();
        stage.board.model.lot("default");
        send(&mut stage, 0);
        let mut mine: BTreeSet<&str> = BTreeSet::new();
        for turn in turns {
            let before = stage.ends().len();
            if matches!(turn, Turn::HangUp { .. } | Turn::Ignore) || matches!(stage.last(), Order::Park { .. }) {
                mine.extend([MINE.0, BACK.0]);
            }
            play(&mut stage, turn);
            let ends: Vec<String> = stage.ends().into_iter().skip(before).map(str::to_owned).collect();
            for end in ends {
                if end == CALLER.0 {
                    let due = stage.closing;
                    prop_assert!(due.is_some_and(|at| at <= stage.now()), "{turn:?} ends the line: {due:?}");
                } else {
                    prop_assert!(mine.contains(end.as_str()), "{turn:?} ends {end}, and nobody hung up");
                }
            }
        }
    }
}
