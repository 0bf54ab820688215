//! P5, P6, P9, P12 and what P15 says of the server: the real server in a process of its own, with a PBX that tells of a
//! busy office and many desks, both in this process. Processor time and memory are the server's alone.

use crate::desks::Desks;
use crate::figures::{Figure, Samples, short};
use crate::office::Office;
use crate::pbx::{Mark, Pbx, Plan};
use crate::served::{Served, Staff};
use anyhow::{Context, Result, ensure};
use frontdesk_protocol::{
    ClientMessage, Command, CommandId, Destination, Extension, LegId, ServerMessage, TransferMode,
};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// Events of one call, from the first channel to the record.
const OF_A_CALL: f64 = 28.0;
/// How long what is under way may take to arrive.
const ARRIVES: Duration = Duration::from_secs(3);

/// A server, a PBX and desks.
struct Scene {
    office: Office,
    pbx: Arc<Pbx>,
    served: Served,
    desks: Desks,
    runtime: Runtime,
}

impl Scene {
    fn set(extensions: u32, staff: Staff, encrypted: bool) -> Result<Self> {
        let mut scene = Self::empty(extensions, staff, encrypted, |_| Ok(()))?;
        scene.desks = scene.runtime.block_on(Desks::connect(&scene.served, staff.users))?;
        Ok(scene)
    }

    /// The same without desks; `prepare` may change the database before the server has it.
    fn empty(
        extensions: u32,
        staff: Staff,
        encrypted: bool,
        prepare: impl FnOnce(&mut Connection) -> Result<()>,
    ) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let mut office = Office::new(extensions);
        let pbx = Arc::new(Pbx::open()?);
        let served = Served::start(&office, pbx.port, staff, encrypted, prepare)?;
        pbx.ready(&mut office)?;
        let desks = runtime.block_on(Desks::connect(&served, 0))?;
        Ok(Self { office, pbx, served, desks, runtime })
    }

    /// Lets it happen, and answers the events, the seconds and the server's processor time for it.
    fn play(&mut self, plan: Plan) -> Result<(f64, f64, f64)> {
        let before = self.served.cpu()?;
        let (events, lasted) = self.pbx.play(&mut self.office, plan)?;
        let cpu = self.served.cpu()? - before;
        std::thread::sleep(ARRIVES);
        Ok((events as f64, lasted.as_secs_f64(), cpu))
    }
}

/// Calls so often that there are so many events a second, each up for a while.
fn pace(events: f64, lasts: u64) -> Plan {
    Plan {
        calls: events / OF_A_CALL,
        lasts: Duration::from_secs(lasts),
        rings: Duration::from_millis(1_500),
        talks: Duration::from_millis(2_500),
        step: Duration::from_millis(1),
    }
}

/// P5.
pub fn crowd(quick: bool) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for (receptionists, who) in [(200, "200 desks that see all"), (10, "10 receptionists, 190 colleagues")] {
        // Every second call rings at one of the desks.
        let extensions = 400;
        let mut scene = Scene::set(extensions, Staff { users: 200, receptionists }, false)?;
        scene.play(pace(300.0, 2))?;
        scene.desks.forget();
        let (begun, plan) = (Instant::now(), pace(1_500.0, if quick { 10 } else { 30 }));
        let (_, lasted, cpu) = scene.play(plan)?;
        // From when the first calls end as fast as new ones come, to when no more come.
        let full = begun + plan.rings + plan.talks..begun + plan.lasts;
        let sent: BTreeMap<_, _> = scene.pbx.sent().into_iter().filter(|(_, at)| full.contains(at)).collect();
        let (times, missing) = scene.desks.last(&sent);
        let own = scene.desks.own(&sent, u64::from(extensions));
        let (deltas, bytes, trouble) = scene.desks.sums();
        ensure!(!times.is_empty() && !own.is_empty(), "the desks saw nothing: {}", scene.served.log());
        let samples = |kind: Option<Mark>| {
            let mut samples = Samples::default();
            let fit = times.iter().filter(|(mark, _)| kind.is_none_or(|kind| kind == *mark));
            fit.for_each(|(_, ms)| samples.push(*ms));
            samples
        };
        let mut at_own = Samples::default();
        own.into_iter().for_each(|ms| at_own.push(ms));
        let what = |text: &str| format!("{text}; {who}");
        figures.push(Figure::tail(
            "P5",
            what("AMI byte to last desk, p99"),
            &samples(None),
            0.99,
            45.0,
            "ms",
        ));
        figures.push(Figure::tail("P5", what("ringing at one's own desk, p99"), &at_own, 0.99, 15.0, "ms"));
        figures.push(Figure::told(
            "P5",
            what("what was sent, and what it cost the server"),
            format!(
                "1,500 events/s at the height; {} deltas/s and {} kB/s to each desk and {} % of one core in the mean",
                short(deltas as f64 / 200.0 / lasted),
                short(bytes as f64 / 200.0 / lasted / 1e3),
                short(cpu / lasted * 100.0)
            ),
        ));
        let lost = Samples::of(1, || (missing + trouble) as f64);
        figures.push(Figure::at_most(
            "P5",
            what("changes that a desk got late, by a snapshot, or not"),
            &lost,
            0.0,
            "",
        ));
    }
    Ok(figures)
}

/// P6.
pub fn many(quick: bool) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let users = 1_000;
    for (receptionists, who) in
        [(1_000, "1,000 desks that see all"), (20, "20 receptionists, 980 colleagues")]
    {
        let mut scene = Scene::empty(1_000, Staff { users, receptionists }, true, |_| Ok(()))?;
        // Ten calls a second, each told in three parts, are thirty deltas.
        let plan = |lasts| Plan {
            calls: 10.0,
            lasts: Duration::from_secs(lasts),
            rings: Duration::from_millis(1_530),
            talks: Duration::from_millis(2_530),
            step: Duration::ZERO,
        };
        scene.play(plan(2))?;
        let empty = scene.served.memory()?;
        scene.desks = scene.runtime.block_on(Desks::connect(&scene.served, users))?;
        scene.play(plan(2))?;
        scene.desks.forget();
        let (_, lasted, cpu) = scene.play(plan(if quick { 5 } else { 20 }))?;
        let each = (scene.served.memory()? - empty) / f64::from(users) / 1024.0;
        let (deltas, _, trouble) = scene.desks.sums();
        let rate = deltas as f64 / f64::from(users) / lasted;
        ensure!(rate > 0.0, "the desks saw nothing: {}", scene.served.log());
        let share = Samples::of(1, || cpu / lasted * 100.0 * 30.0 / rate);
        figures.push(Figure::at_most(
            "P6",
            format!("processor time at 30 deltas/s over TLS; {who}"),
            &share,
            60.0,
            "% of one core",
        ));
        figures.push(Figure::at_most(
            "P6",
            format!("the server's memory for each; {who}"),
            &Samples::of(1, || each),
            64.0,
            "KiB",
        ));
        figures.push(Figure::told(
            "P6",
            format!("what was sent; {who}"),
            format!("{} deltas/s to each; {trouble} had to begin anew or were cut off", short(rate)),
        ));
    }
    Ok(figures)
}

/// P9, from the desk's message to the PBX.
pub fn orders(quick: bool) -> Result<Vec<Figure>> {
    let extensions = 100;
    let mut scene = Scene::set(extensions, Staff { users: extensions, receptionists: extensions }, false)?;
    let mut plan = pace(300.0, if quick { 8 } else { 40 });
    plan.talks = Duration::from_secs(4);
    let (pbx, mut office) = (Arc::clone(&scene.pbx), std::mem::replace(&mut scene.office, Office::new(1)));
    let playing = std::thread::spawn(move || pbx.play(&mut office, plan));
    let mut ordered = BTreeMap::new();
    while !playing.is_finished() {
        for n in scene.desks.answered() {
            if ordered.contains_key(&n) {
                continue;
            }
            let desk = n % u64::from(extensions);
            let to = 10_000 + (desk + 7) % u64::from(extensions);
            let command = Command::Transfer {
                leg: LegId::parse(&format!("1795487686.{}", n * 2 + 1))?,
                to: Destination::Extension { extension: Extension::parse(&to.to_string())? },
                mode: TransferMode::Blind,
            };
            let message = ClientMessage::Command { id: CommandId::parse(&format!("order{n}"))?, command };
            ordered.insert(n, Instant::now());
            scene.runtime.block_on(scene.desks.say(usize::try_from(desk)?, &message))?;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    playing.join().map_err(|_| anyhow::anyhow!("the PBX failed"))??;
    let moved = scene.pbx.moved();
    let mut times = Samples::default();
    for (n, at) in &ordered {
        if let Some(came) = moved.get(n) {
            times.push(came.saturating_duration_since(*at).as_secs_f64() * 1e3);
        }
    }
    let refused = ordered.keys().next().and_then(|n| {
        scene.desks.answer(usize::try_from(n % u64::from(extensions)).ok()?, &format!("order{n}"))
    });
    ensure!(!times.is_empty(), "no order reached the PBX, of {}: {refused:?}", ordered.len());
    let lost = ordered.len() - times.len();
    Ok(vec![
        Figure::tail(
            "P9",
            "a desk's order to hand on a caller → the action at the PBX, which was asked in between whether the target exists, p99",
            &times,
            0.99,
            30.0,
            "ms",
        ),
        Figure::told(
            "P9",
            "orders that came too late for their call",
            format!("{lost} of {}", ordered.len()),
        ),
    ])
}

/// P12, the server.
pub fn idle(quick: bool) -> Result<Vec<Figure>> {
    let soak = std::env::var("FRONTDESK_BENCH_SOAK").ok().and_then(|text| text.parse().ok());
    let seconds: u64 = soak.unwrap_or(if quick { 10 } else { 60 });
    let mut scene = Scene::empty(1_000, Staff { users: 10, receptionists: 10 }, true, |_| Ok(()))?;
    let fresh = scene.served.memory()?;
    // Hours of a busy office go by, and then nothing more happens.
    scene.desks = scene.runtime.block_on(Desks::connect(&scene.served, 10))?;
    scene.play(Plan { step: Duration::ZERO, ..pace(3_000.0, if quick { 5 } else { 40 }) })?;
    let worked = scene.served.memory()?;
    let (cpu, wakes, begun) = (scene.served.cpu()?, scene.served.wakes()?, Instant::now());
    std::thread::sleep(Duration::from_secs(seconds));
    let lasted = begun.elapsed().as_secs_f64();
    let (cpu, wakes) = (scene.served.cpu()? - cpu, scene.served.wakes()? - wakes);
    let rested = scene.served.memory()?;
    let again = scene
        .play(Plan { step: Duration::ZERO, ..pace(3_000.0, if quick { 5 } else { 40 }) })
        .and_then(|_| scene.served.memory())?;
    let mb = |bytes: f64| Samples::of(1, || bytes / 1e6);
    Ok(vec![
        Figure::at_most("P12", "the server with 1,000 extensions, no desk", &mb(fresh), 40.0, "MB"),
        Figure::at_most(
            "P12",
            "the same with 10 desks, after thousands of calls",
            &mb(rested.max(worked)),
            40.0,
            "MB",
        ),
        Figure::at_most(
            "P12",
            "growth when as many calls go by once more",
            &mb((again - worked).max(0.0)),
            2.0,
            "MB",
        ),
        Figure::at_most(
            "P12",
            format!("processor time of the idle server with 10 desks, over {seconds} s"),
            &Samples::of(1, || cpu / lasted * 100.0),
            1.0,
            "% of one core",
        ),
        Figure::told(
            "P12",
            "how often it wakes meanwhile",
            format!("{} times a second", short(wakes / lasted)),
        ),
    ])
}

/// What P15 says of the server: ten times the events, the desks, the extensions.
pub fn growth(quick: bool) -> Result<Vec<Figure>> {
    let lasts = if quick { 6 } else { 20 };
    let cost = |extensions, users, events| -> Result<f64> {
        let mut scene = Scene::set(extensions, Staff { users, receptionists: users.div_ceil(10) }, false)?;
        scene.play(pace(events, 1))?;
        let (_, lasted, cpu) = scene.play(pace(events, lasts))?;
        Ok(cpu / lasted * 1e3)
    };
    let base = cost(1_000, 20, 150.0)?;
    let mut figures = Vec::new();
    for (what, more) in [
        ("150 → 1,500 events/s, 20 desks, 1,000 extensions", cost(1_000, 20, 1_500.0)?),
        ("20 → 200 desks, 150 events/s, 1,000 extensions", cost(1_000, 200, 150.0)?),
        ("1,000 → 10,000 extensions, 150 events/s, 20 desks", cost(10_000, 20, 150.0)?),
    ] {
        figures.push(Figure::told(
            "P15",
            format!("{what}: the server's processor time"),
            format!("{} → {} ms each second", short(base), short(more)),
        ));
        let ratio = Samples::of(1, || more / base);
        figures
            .push(Figure::at_most("P15", format!("{what}: the server costs"), &ratio, 10.0, "×").binding());
    }
    Ok(figures)
}

/// A server with a history that somebody looks through: P14 drives it.
pub struct Archive(Scene);

impl Archive {
    /// A server whose database was prepared.
    pub fn open(
        extensions: u32,
        users: u32,
        prepare: impl FnOnce(&mut Connection) -> Result<()>,
    ) -> Result<Self> {
        let staff = Staff { users, receptionists: users };
        let mut scene = Scene::empty(extensions, staff, false, prepare)?;
        scene.desks = scene.runtime.block_on(Desks::connect(&scene.served, users))?;
        Ok(Self(scene))
    }

    /// Asks as a user, and answers how long it took in milliseconds, and what came.
    pub fn ask(&self, user: usize, id: &str, message: &ClientMessage) -> Result<(f64, ServerMessage)> {
        let begun = Instant::now();
        self.0.runtime.block_on(self.0.desks.say(user, message))?;
        while begun.elapsed() < Duration::from_secs(30) {
            if let Some((at, answer)) = self.0.desks.answer(user, id) {
                return Ok((at.saturating_duration_since(begun).as_secs_f64() * 1e3, answer));
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        Err(anyhow::anyhow!("no answer to {id}")).with_context(|| self.0.served.log())
    }

    /// Lets so many calls a second begin and end, once the desks have gone: what is asked is how fast rows are kept. Answers
    /// how many a second that was.
    pub fn calls(&mut self, calls: f64, lasts: u64) -> Result<f64> {
        self.0.desks = self.0.runtime.block_on(Desks::connect(&self.0.served, 0))?;
        let (rings, talks) = (Duration::from_millis(100), Duration::from_millis(200));
        let plan = Plan { calls, lasts: Duration::from_secs(lasts), rings, talks, step: Duration::ZERO };
        let (_, lasted) = self.0.pbx.play(&mut self.0.office, plan)?;
        Ok(calls * lasts as f64 / lasted.as_secs_f64())
    }

    /// One of the server's own numbers.
    pub fn metric(&self, name: &str) -> Result<f64> {
        self.0.served.metric(name)
    }
}
