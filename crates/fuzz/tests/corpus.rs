//! Every input that was ever kept, and every input that an engine begins with, holds what must hold.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use frontdesk_fuzz::{TARGETS, Target, one};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// The most that the corpus of one target may take in the repository.
const MOST: u64 = 300 * 1024;

fn kept(target: &Target) -> Vec<(String, Vec<u8>)> {
    let folder = target.corpus();
    let mut inputs: Vec<(String, Vec<u8>)> = std::fs::read_dir(&folder)
        .unwrap_or_else(|why| panic!("{}: {why}", folder.display()))
        .map(|file| {
            let path = file.unwrap().path();
            (path.display().to_string(), std::fs::read(&path).unwrap())
        })
        .collect();
    inputs.sort();
    inputs
}

/// Plays inputs, and names those that fail.
fn play(target: &Target, inputs: impl IntoIterator<Item = (String, Vec<u8>)>) {
    let mut failed = Vec::new();
    for (name, input) in inputs {
        if catch_unwind(AssertUnwindSafe(|| (target.body)(&input))).is_err() {
            failed.push(name);
        }
    }
    assert!(failed.is_empty(), "{}: what must hold does not, for {failed:#?}", target.name);
}

fn replay(name: &str) {
    let target = Target::named(name).unwrap();
    let kept = kept(target);
    assert!(!kept.is_empty(), "the corpus of {name} is missing");
    play(target, kept);
    play(target, (target.seeds)().into_iter().enumerate().map(|(at, seed)| (format!("seed {at}"), seed)));
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(#[test] fn $name() { replay(stringify!($name)); })*

        #[test]
        fn every_target_is_replayed_and_has_seeds() {
            let all: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(all, [$(stringify!($name)),*]);
            for target in TARGETS {
                let seeds = (target.seeds)();
                assert!(seeds.len() >= 3, "{} has {} seeds", target.name, seeds.len());
                assert!(seeds.iter().any(|seed| !seed.is_empty() && seed.len() <= target.longest));
            }
        }
    };
}

targets!(ami office hearing replica tel config people);

#[test]
fn the_corpus_is_small_and_of_targets_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let folders: BTreeSet<String> = std::fs::read_dir(root)
        .unwrap()
        .map(|folder| folder.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(folders, TARGETS.iter().map(|target| target.name.to_owned()).collect());
    for target in TARGETS {
        let size: u64 = kept(target).iter().map(|(_, input)| input.len() as u64).sum();
        assert!(size <= MOST, "the corpus of {} has {size} bytes", target.name);
    }
}

#[test]
fn a_body_that_fails_is_seen() {
    let tel = Target::named("tel").unwrap();
    let failing = Target { body: |input| assert!(input.is_empty(), "it fails, as it is meant to"), ..*tel };
    let inputs = || [("none".to_owned(), Vec::new()), ("one".to_owned(), b"tel:+49".to_vec())];
    assert!(catch_unwind(|| play(tel, inputs())).is_ok());
    assert!(catch_unwind(|| play(&failing, inputs())).is_err());
    assert!(catch_unwind(|| one("no such target", b"")).is_err());
}
