//! P14: a history of a million calls behind the real server, looked through by desks that ask as the view asks, over the
//! WebSocket; and calls that end faster than any office ends them. Not what is found; that is tested at the store.

use crate::figures::{Figure, Samples, short};
use crate::load::Archive;
use anyhow::{Context, Result, ensure};
use frontdesk_protocol::{ClientMessage, CommandId, HistoryId, HistoryQuery, PersonId, ServerMessage};
use rusqlite::{Connection, params};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Extensions of the office.
const EXTENSIONS: u64 = 500;
/// Every so many rows are at the reception, which has a third of all.
const RECEPTION: u64 = 3;
/// Desks that ask by turns, so that none asks faster than it may.
const DESKS: usize = 40;

/// The figures of P14.
pub fn run(quick: bool) -> Result<Vec<Figure>> {
    let rows: u64 = if quick { 50_000 } else { 1_000_000 };
    let mut filled = 0.0;
    let begun = Instant::now();
    let mut archive = Archive::open(u32::try_from(EXTENSIONS)?, u32::try_from(DESKS)?, |database| {
        fill(database, rows)?;
        filled = begun.elapsed().as_secs_f64();
        Ok(())
    })?;
    let opened = begun.elapsed().as_secs_f64() - filled;
    let mut figures = Vec::new();
    let mut asked = 0;
    let mut ask = |person: u64, before: Option<i64>, text: &str| -> Result<(f64, Vec<i64>)> {
        asked += 1;
        let id = format!("history{asked}");
        let query = HistoryQuery {
            person: Some(PersonId::parse(&person_id(person))?),
            before: before.map(HistoryId),
            limit: 60,
            text: (!text.is_empty()).then(|| text.to_owned()),
        };
        let message = ClientMessage::History { id: CommandId::parse(&id)?, query };
        match archive.ask(asked % DESKS, &id, &message)? {
            (ms, ServerMessage::History { page, .. }) => {
                Ok((ms, page.entries.iter().map(|entry| entry.id.0).collect()))
            }
            (_, other) => anyhow::bail!("the history was refused: {other:?}"),
        }
    };
    let turns = if quick { 5 } else { 30 };
    // Of the reception, and of somebody with few calls.
    for (person, who) in [(0, "the reception, with a third of all rows"), (77, "somebody with few")] {
        let mut pages = Samples::default();
        let mut before = None;
        for _ in 0..turns {
            let (ms, ids) = ask(person, before, "")?;
            pages.push(ms);
            before = ids.last().copied();
        }
        for turn in 0..turns as i64 {
            let anywhere = (rows as i64 / turns as i64) * turn + 1_000;
            pages.push(ask(person, Some(anywhere), "")?.0);
        }
        figures.push(Figure::tail(
            "P14",
            format!("a page of {who}, of {rows}, p95"),
            &pages,
            0.95,
            50.0,
            "ms",
        ));
        let mut searches = Samples::default();
        let (mut found, mut slowest) = (0, (0.0, String::new()));
        for turn in 0..turns as u64 {
            let number = format!("{:07}", turn * 7_919 % 100_000);
            for text in [
                NAMES[turn as usize % NAMES.len()].to_lowercase(),
                format!("{} 0{}", NAMES[turn as usize % NAMES.len()], turn),
                number.clone(),
                number[3..].to_owned(),
                "49301".to_owned(),
                "ü".to_owned(),
                format!("{:02}", turn),
                "nobody at all".to_owned(),
                "nobody".to_owned(),
                "xq".to_owned(),
            ] {
                let (ms, ids) = ask(person, None, &text)?;
                searches.push(ms);
                found += ids.len();
                if ms > slowest.0 {
                    slowest = (ms, text);
                }
            }
        }
        ensure!(found > 0, "nothing was found");
        figures.push(Figure::tail(
            "P14",
            format!("a search in the calls of {who}, p95"),
            &searches,
            0.95,
            50.0,
            "ms",
        ));
        figures.push(Figure::told(
            "P14",
            "the slowest of them",
            format!("“{}”, {} ms", slowest.1, short(slowest.0)),
        ));
    }
    // More than five hundred a second: each call is one row, at the phone that it rang at.
    let (calls, lasts) = (600.0, if quick { 5 } else { 60 });
    let begun = Instant::now();
    archive.calls(calls, lasts)?;
    let mut waits = 0.0_f64;
    let drained = Instant::now();
    while drained.elapsed().as_secs() < 60 {
        let depth = archive.metric("frontdesk_backlog{table=\"history\"} ")?;
        waits = waits.max(depth);
        if depth == 0.0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let lost = archive.metric("frontdesk_lost{table=\"history\"} ").context("how many rows are lost")?;
    let rate = calls * lasts as f64 / begun.elapsed().as_secs_f64();
    figures.push(Figure::at_least(
        "P14",
        format!("rows a second, for {lasts} s, until the last is on disk"),
        &Samples::of(1, || rate),
        if quick { 300.0 } else { 500.0 },
        "",
    ));
    figures.push(Figure::at_most(
        "P14",
        "rows that waited for the disk when the last call had ended",
        &Samples::of(1, || waits),
        1_000.0,
        "",
    ));
    figures.push(Figure::at_most("P14", "rows lost meanwhile", &Samples::of(1, || lost), 0.0, ""));
    figures.push(Figure::told(
        "P14",
        "making a history of a million rows searchable that an older version kept, once, at its first start",
        format!("{} s for {rows} rows, with the start of the server", short(opened)),
    ));
    Ok(figures)
}

const NAMES: [&str; 12] = [
    "Müller", "Schmidt", "O'Hara", "Visser", "Kowalski", "García", "Svensson", "Nguyễn", "Straße", "de Boer",
    "Rossi", "Dubois",
];
const FIRMS: [&str; 7] = ["Bakery", "Logistics GmbH", "& Sons", "Clinic", "Town Hall", "Garage", "School"];

fn person_id(person: u64) -> String {
    format!("{}", 10_000 + person)
}

/// Rows as an older version left them, without any index of words: the server makes that.
fn fill(database: &mut Connection, rows: u64) -> Result<()> {
    let change = database.transaction()?;
    {
        change.execute_batch("DROP TABLE history_words; PRAGMA user_version = 2")?;
        // The last sixty days, so that nothing of it is to be forgotten.
        let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
        let begins = now - 60 * 86_400_000;
        let between = 60 * 86_400_000 / rows as i64;
        let mut insert =
            change.prepare("INSERT INTO history VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL)")?;
        // Any spread will do, as long as it is the same each time.
        let mut dice = 0x2545_f491_4f6c_dd1d_u64;
        for n in 1..=rows {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            let at = if n % RECEPTION == 0 { 0 } else { dice % EXTENSIONS };
            let caller = dice / 7 % 60_000;
            let name = NAMES[(caller % 12) as usize];
            let party = match caller % 10 {
                0 => format!(
                    r#"{{"name":null,"number":"4930{:07}","kind":{{"at":"outside"}},"person":null}}"#,
                    caller * 163
                ),
                9 => r#"{"name":null,"number":null,"kind":{"at":"outside"},"person":null}"#.to_owned(),
                _ => format!(
                    r#"{{"name":"{name} {} {caller}","number":"4930{:07}","kind":{{"at":"outside"}},"person":null}}"#,
                    FIRMS[(caller % 7) as usize],
                    caller * 163
                ),
            };
            insert.execute(params![
                n as i64,
                format!("1700000000.{n}"),
                (10_000 + at).to_string(),
                "\"inbound\"",
                party,
                begins + between * n as i64,
                4_000,
                (dice % 600_000) as i64,
                r#"{"kind":"answered"}"#,
            ])?;
        }
    }
    change.commit()?;
    Ok(())
}
