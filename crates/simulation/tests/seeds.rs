//! The worlds of the normal test run, and that a world is played again exactly.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use frontdesk_simulation::run;

/// How many worlds the normal test run plays.
const SEEDS: u64 = 10_000;

#[test]
fn in_every_world_all_agree_in_the_end_and_nothing_is_done_twice() {
    let threads = std::thread::available_parallelism().map_or(2, |count| count.get() as u64);
    let failed = std::thread::scope(|scope| {
        let part = |first: u64| {
            move || (first..SEEDS).step_by(threads as usize).find_map(|seed| run(seed, false).err())
        };
        let parts: Vec<_> = (0..threads).map(|first| scope.spawn(part(first))).collect();
        parts
            .into_iter()
            .filter_map(|part| part.join().expect("a world does not panic"))
            .min_by_key(|it| it.seed)
    });
    if let Some(failure) = failed {
        panic!("{}", run(failure.seed, true).expect_err("it fails again"));
    }
}

#[test]
fn the_same_seed_plays_the_same_world() {
    for seed in 0..20 {
        let (one, other) = (run(seed, true).unwrap(), run(seed, true).unwrap());
        assert_eq!(one.trace.lines, other.trace.lines, "seed {seed}");
        assert_eq!(one.trace.hash(), run(seed, false).unwrap().trace.hash());
    }
    assert_ne!(run(1, false).unwrap().trace.hash(), run(2, false).unwrap().trace.hash());
}

#[test]
fn the_worlds_hold_what_they_are_to_try() {
    let worlds: Vec<_> = (0..200).map(|seed| run(seed, true).unwrap()).collect();
    let lines: Vec<&String> = worlds.iter().flat_map(|world| world.trace.lines.iter().flatten()).collect();
    for what in [
        "HoldPbx(There",
        "HoldPbx(Back",
        "HoldPbx(Both",
        "HoldDesk",
        "CutPbx",
        "CutDesk",
        "HalfOpen",
        "Duplicate",
        "silent: true",
        "Crash",
        "Pbx {",
        "Clock",
        "PullBack",
        "to the PBX: Redirect",
        "Originate",
    ] {
        assert!(lines.iter().any(|line| line.contains(what)), "no world has {what}");
    }
    assert!(lines.iter().any(|line| line.contains("to the PBX: Hangup")));
    assert!(worlds.iter().map(|world| world.carried).sum::<usize>() > 200, "orders are carried out");
    assert!(worlds.iter().map(|world| world.channels).sum::<usize>() > 100, "calls are up in the end");
}
