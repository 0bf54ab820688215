//! The search in the history: what is found is what looking at every row finds, whichever way it is looked for, and as long
//! as it is not forgotten.

use super::*;
use words::Wanted;

const NAMES: [&str; 6] =
    ["Zoë O'Hara", "Müller & Söhne", "muller", "Dr. Jürgen Straße", "王小明", "Anna-Lena (Lager)"];

fn named(store: &Store, n: u64, extension: &str) -> HistoryEntry {
    let mut row = row(store, &format!("c{n}"), extension);
    let name = NAMES[usize::try_from(n * 7 % 11).unwrap() % NAMES.len()];
    row.party.name = (!n.is_multiple_of(5)).then(|| format!("{name} {}", n % 13));
    let abroad = if n.is_multiple_of(3) { "00" } else { "+" };
    row.party.number = (!n.is_multiple_of(4)).then(|| format!("{abroad}49 30/{:06}", n * 7919 % 1_000_000));
    row.started = Millis(i64::try_from(n).unwrap());
    row
}

/// What a person would find by reading: every word in the name or in the number, letters and digits only; a number from
/// abroad also as it is dialled, with two zeros, from its beginning.
fn reads(row: &HistoryEntry, text: &str) -> bool {
    let plain = |text: &str| {
        frontdesk_protocol::text::fold(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>()
    };
    let party = [&row.party.name, &row.party.number].map(|text| plain(text.as_deref().unwrap_or_default()));
    let abroad = row.party.number.as_deref().is_some_and(|number| number.starts_with('+'));
    let dialled = if abroad { format!("00{}", party[1]) } else { String::new() };
    text.split_whitespace().map(plain).all(|word| {
        party.iter().any(|text| text.contains(&word)) || (word.len() > 3 && dialled.starts_with(&word))
    })
}

/// Has rows saved; no more at once than the writer takes in one go.
async fn keep(store: &Store, rows: &[HistoryEntry]) {
    for rows in rows.chunks(400) {
        store.record(rows.to_vec(), vec![]);
        store.saved().await.unwrap();
    }
}

fn ids(rows: &[HistoryEntry]) -> Vec<i64> {
    rows.iter().map(|row| row.id.0).collect()
}

#[tokio::test]
async fn every_way_finds_what_reading_finds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.db");
    let store = Store::open(&path, Purpose::Serve).unwrap();
    let rows: Vec<_> = (0..900).map(|n| named(&store, n, ["1001", "1002", "100"][n as usize % 3])).collect();
    keep(&store, &rows).await;
    let connection = connect(&path).unwrap();
    let mut most = 0;
    for text in [
        "muller",
        "MÜLL",
        "ö",
        "o'hara",
        "ohara",
        "zoe o",
        "030",
        "30 12",
        "49301",
        "+49301",
        "0049301",
        "004",
        "0049",
        "00",
        "王小",
        "王",
        "lena lager",
        "strasse",
        "no such",
        "7 muller 4",
        "\"",
        "*",
        "a AND b",
        "NEAR(a b)",
        "-",
        "0/0",
        "\u{e000}31303031",
        "ller &",
    ] {
        for extensions in [at("1001"), [at("1002"), at("100")].concat(), at("999")] {
            for (before, limit) in [(None, 1_000), (Some(rows[600].id), 1_000), (None, 5)] {
                let is = |row: &&HistoryEntry| {
                    extensions.contains(&row.extension)
                        && before.is_none_or(|before| row.id < before)
                        && reads(row, text)
                };
                let read: Vec<_> = rows.iter().rev().filter(is).take(limit).cloned().collect();
                most = most.max(read.len());
                let wanted = Wanted::of(text);
                let below = before.map_or(i64::MAX, |id| id.0);
                let by_index = rows::search(&connection, &extensions, below, limit, &wanted).unwrap();
                assert_eq!(
                    ids(&by_index),
                    ids(&read),
                    "by the index: {text:?} at {extensions:?} before {before:?}"
                );
                let by_rows = rows::scan(&connection, &extensions, below, limit, &wanted).unwrap();
                let by_rows = by_rows.map(|rows| ids(&rows));
                assert_eq!(
                    by_rows,
                    Some(ids(&read)),
                    "row by row: {text:?} at {extensions:?} before {before:?}"
                );
                let page = rows::read(&connection, &extensions, before, limit, &wanted).unwrap();
                assert_eq!(page, read, "{text:?} at {extensions:?} before {before:?}");
            }
        }
    }
    assert!(most > 50, "the words find something: {most}");
}

#[tokio::test]
async fn what_is_rare_is_found_behind_thousands_of_others_and_what_is_frequent_in_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("f.db"), Purpose::Serve).unwrap();
    let mut rows: Vec<_> = (0..6_000).map(|n| named(&store, n, "1001")).collect();
    rows[17].party.name = Some("Xaver".into());
    let others: Vec<_> = (0..3).map(|n| named(&store, n, "1002")).collect();
    keep(&store, &rows).await;
    keep(&store, &others).await;
    let found = async |text: &str, before| {
        store.page([at("1001"), at("1002")].concat(), before, 50, text).await.unwrap()
    };
    let rare = found("xav", None).await;
    assert_eq!((rare.entries, rare.more), (vec![rows[17].clone()], false));
    let (mut before, mut frequent) = (None, Vec::new());
    loop {
        let page = found("muller", before).await;
        before = page.entries.last().map(|row| row.id);
        frequent.extend(page.entries);
        if !page.more {
            break;
        }
    }
    let all: Vec<_> = rows.iter().chain(&others).rev().filter(|row| reads(row, "muller")).cloned().collect();
    assert!(all.len() > 1_000);
    assert_eq!(ids(&frequent), ids(&all), "page by page, each row once");
}

#[tokio::test]
async fn what_waits_for_the_disk_is_found_and_what_is_forgotten_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.db");
    let store = Store::open(&path, Purpose::Serve).unwrap();
    let locker = Connection::open(&path).unwrap();
    locker.execute_batch("BEGIN IMMEDIATE").unwrap();
    // More than are forgotten in one go.
    let mut rows: Vec<_> = (0..2_020).map(|n| named(&store, n, "1001")).collect();
    rows[3].started = clock::now();
    store.record(rows.clone(), vec![]);
    let waiting = store.page(at("1001"), None, 50, "o").await.unwrap();
    let read: Vec<_> = rows.iter().rev().filter(|row| reads(row, "o")).take(50).cloned().collect();
    assert_eq!(ids(&waiting.entries), ids(&read));
    locker.execute_batch("COMMIT").unwrap();
    drop(locker);
    while store.depth().rows > 0 {
        store.saved().await.unwrap();
    }
    assert_eq!(store.page(at("1001"), None, 50, "o").await.unwrap().entries, read);
    assert_eq!(store.forget(1).await.unwrap(), 2_019);
    let left: i64 = connect(&path)
        .unwrap()
        .query_row("SELECT count(*) FROM history_words_docsize", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 1, "what is forgotten leaves no words behind");
}
