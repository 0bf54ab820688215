//! The parts of the bench: what each measures and how it is started. How a row is added stands in `crates/bench/src/lib.rs`.

use std::path::PathBuf;

use anyhow::Result;

use super::view;

/// Everything that is to be measured, in the order of the paper: the id, and what it is about.
pub const SUBJECTS: [(&str, &str); 15] = [
    ("P1", "AMI codec over the recordings"),
    ("P2", "Codec and full model at 10,000 live channels"),
    ("P3", "Beside published AMI clients, on the same bytes in the same run"),
    ("P4", "Teardown burst, 20,000 events at once"),
    ("P5", "1,500 events/s, 200 clients, loopback WebSocket"),
    ("P6", "1,000 clients, 30 deltas/s, TLS"),
    ("P7", "Snapshot of 1,000 extensions and 200 calls, of 10,000 and 2,000"),
    ("P8", "Real Asterisk event to painted card in the real window"),
    ("P9", "Key or drop to AMI action on the wire"),
    ("P10", "10,000 tiles, 200 changes/s for 60 s"),
    ("P11", "Cold start to usable window"),
    ("P12", "Memory, and processor time while idle"),
    ("P13", "Size"),
    ("P14", "History over 1,000,000 calls"),
    ("P15", "Growth: ten times the events, clients, extensions"),
];

/// One thing that is measured by itself.
#[derive(Clone, Copy)]
pub struct Part {
    /// Its name: the id, and what of it where there are several.
    pub name: &'static str,
    /// Which subject.
    pub id: &'static str,
    /// What of the subject.
    pub title: &'static str,
    /// Whether it is a ratio that a quick run measures.
    pub quick: bool,
    /// How it is started.
    pub way: Way,
}

/// How a part is started.
#[derive(Clone, Copy)]
pub enum Way {
    /// The bench program with the part's name.
    Bench,
    /// The same, with the published clients.
    Peers,
    /// A function that builds and runs what it needs; what it starts hands the rows over.
    Own(fn(&Run) -> Result<()>),
    /// The same, for which the desktop program and what measures it are built before.
    Desktop(fn(&Run) -> Result<()>),
}

/// What a part is told.
pub struct Run {
    /// Whether there are only seconds.
    pub quick: bool,
    /// Where the rows go: `FRONTDESK_BENCH_ROWS` of what is started.
    pub rows: PathBuf,
}

/// All parts.
pub const PARTS: [Part; 20] = [
    Part { name: "P1", id: "P1", title: "", quick: true, way: Way::Bench },
    Part { name: "P2", id: "P2", title: "", quick: true, way: Way::Bench },
    Part { name: "P3", id: "P3", title: "", quick: true, way: Way::Peers },
    Part { name: "P4", id: "P4", title: "the model", quick: false, way: Way::Bench },
    Part { name: "P5", id: "P5", title: "", quick: false, way: Way::Bench },
    Part { name: "P6", id: "P6", title: "", quick: false, way: Way::Bench },
    Part { name: "P7 built", id: "P7", title: "built", quick: false, way: Way::Bench },
    Part { name: "P8", id: "P8", title: "", quick: false, way: Way::Desktop(view::card) },
    Part { name: "P9 server", id: "P9", title: "from the desk's message on", quick: false, way: Way::Bench },
    Part {
        name: "P9 window",
        id: "P9",
        title: "from the key or the mouse on",
        quick: false,
        way: Way::Desktop(view::order),
    },
    Part { name: "P12 server", id: "P12", title: "the server", quick: false, way: Way::Bench },
    Part { name: "P11", id: "P11", title: "", quick: false, way: Way::Desktop(view::start) },
    Part {
        name: "P12 desktop",
        id: "P12",
        title: "the desktop",
        quick: false,
        way: Way::Desktop(view::memory),
    },
    Part { name: "P14", id: "P14", title: "", quick: false, way: Way::Bench },
    Part { name: "P15", id: "P15", title: "the model", quick: true, way: Way::Bench },
    Part { name: "P15 server", id: "P15", title: "the server", quick: true, way: Way::Bench },
    Part { name: "P10", id: "P10", title: "the page", quick: false, way: Way::Desktop(view::page) },
    Part {
        name: "P10 window",
        id: "P10",
        title: "the window",
        quick: false,
        way: Way::Desktop(view::window),
    },
    Part { name: "P13", id: "P13", title: "the view", quick: false, way: Way::Own(view::size) },
    Part { name: "P13 deb", id: "P13", title: "the package", quick: false, way: Way::Desktop(view::package) },
];
