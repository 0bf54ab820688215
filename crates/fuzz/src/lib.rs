//! What must hold of everything that comes from outside, whatever it is: one body for each place where foreign bytes are
//! read. A body panics where something does not hold. Not the engine that invents the bytes: that is `fuzz/`, a
//! workspace of its own; the inputs that are kept, in `fuzz/corpus`, are replayed by this crate's tests.

mod ami;
mod board;
mod chance;
mod config;
mod hearing;
mod office;
mod people;
mod replica;
mod seeds;
mod tel;

use std::path::PathBuf;

/// One place where foreign bytes are read.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, which is also that of its folder in the corpus.
    pub name: &'static str,
    /// What is read there.
    pub what: &'static str,
    /// The longest input that an engine should try, in bytes.
    pub longest: usize,
    /// Reads the bytes there, and panics where something does not hold.
    pub body: fn(&[u8]),
    /// Words that an engine cannot guess.
    pub words: &'static [&'static str],
    /// Inputs to begin with: what the project has of recordings, examples and test data.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target {
        name: "ami",
        what: "what a PBX sends, as bytes: codec, typed events, model",
        longest: 16 * 1024,
        body: ami::body,
        words: seeds::AMI,
        seeds: seeds::ami,
    },
    Target {
        name: "office",
        what: "what a PBX says and the desks order, in any order: the model and the call control",
        longest: 1024,
        body: office::body,
        words: &[],
        seeds: seeds::office,
    },
    Target {
        name: "hearing",
        what: "what a client says to the server (JSON)",
        longest: 4 * 1024,
        body: hearing::body,
        words: seeds::HEARING,
        seeds: seeds::hearing,
    },
    Target {
        name: "replica",
        what: "what a server says to a client (JSON): the desk's copy of the office, and the desk",
        longest: 16 * 1024,
        body: replica::body,
        words: seeds::REPLICA,
        seeds: seeds::replica,
    },
    Target {
        name: "tel",
        what: "tel: links",
        longest: 640,
        body: tel::body,
        words: &["tel:", ";ext=", ";phone-context=", ";isub=", "%2B", "%20"],
        seeds: seeds::tel,
    },
    Target {
        name: "config",
        what: "the server's configuration file (TOML)",
        longest: 4 * 1024,
        body: config::body,
        words: seeds::CONFIG,
        seeds: seeds::config,
    },
    Target {
        name: "people",
        what: "the people file (CSV, and TOML)",
        longest: 4 * 1024,
        body: people::body,
        words: seeds::PEOPLE,
        seeds: seeds::people,
    },
];

impl Target {
    /// The target of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        TARGETS.iter().find(|target| target.name == name)
    }

    /// Where the inputs are that are kept.
    pub fn corpus(&self) -> PathBuf {
        let root =
            std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        PathBuf::from(root).join("../../fuzz/corpus").join(self.name)
    }
}

/// One input for the target of this name: all that the engine calls. An unknown name panics.
pub fn one(name: &str, input: &[u8]) {
    match Target::named(name) {
        Some(target) => (target.body)(input),
        None => panic!("there is no target `{name}`"),
    }
}
