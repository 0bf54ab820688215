//! Every schema that was ever written is brought to the present one with all that it held. A file in `fixtures` stands
//! for each; a new step needs a new file.

use super::*;
use rusqlite::types::Value;
use schema::{NEWEST, Standing};

/// The dump of a database of each version, from the first on.
const FIXTURES: [&str; 3] = [
    include_str!("../fixtures/schema-1.sql"),
    include_str!("../fixtures/schema-2.sql"),
    include_str!("../fixtures/schema-3.sql"),
];

fn fixture(folder: &Path, version: usize) -> PathBuf {
    let path = folder.join(format!("{version}.db"));
    connect(&path).unwrap().execute_batch(FIXTURES[version - 1]).unwrap();
    path
}

/// Every row of every table, by table, in the columns that it had.
fn rows(connection: &Connection, columns_of: &Connection) -> Vec<(String, Vec<Vec<Value>>)> {
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let tables: Vec<String> = columns_of
        .prepare(names)
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let all = tables.into_iter().map(|table| {
        let columns: Vec<String> = columns_of
            .prepare("SELECT name FROM pragma_table_info(?1)")
            .unwrap()
            .query_map([&table], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let sql = format!("SELECT {} FROM {table} ORDER BY 1", columns.join(", "));
        let mut statement = connection.prepare(&sql).unwrap();
        let mut found = statement.query([]).unwrap();
        let mut rows = Vec::new();
        while let Some(row) = found.next().unwrap() {
            rows.push((0..columns.len()).map(|at| row.get(at).unwrap()).collect());
        }
        (table, rows)
    });
    all.collect()
}

#[test]
fn there_is_a_fixture_of_every_schema_and_each_is_what_its_steps_make() {
    assert_eq!(FIXTURES.len(), NEWEST, "a new step needs a fixture of the schema that it leads to");
    let folder = tempfile::tempdir().unwrap();
    for version in 1..=NEWEST {
        let fixture = connect(&fixture(folder.path(), version)).unwrap();
        assert_eq!(schema::version_of(&fixture).unwrap(), version);
        assert_eq!(
            schema::standing(&fixture).unwrap(),
            Standing::Known,
            "a released step was changed: {version}"
        );
        for (table, rows) in rows(&fixture, &fixture) {
            assert!(!rows.is_empty(), "the fixture of schema {version} holds nothing in {table}");
        }
    }
}

#[test]
fn every_schema_becomes_the_present_one_and_every_row_stays() {
    let folder = tempfile::tempdir().unwrap();
    for version in 1..=NEWEST {
        let before = connect(&fixture(folder.path(), version)).unwrap();
        let kept = rows(&before, &before);
        let mut migrated = connect(&folder.path().join(format!("{version}.db"))).unwrap();
        schema::migrate(&mut migrated).unwrap();
        assert_eq!(schema::version_of(&migrated).unwrap(), NEWEST);
        assert_eq!(schema::standing(&migrated).unwrap(), Standing::Known, "from schema {version}");
        let old = Connection::open_in_memory().unwrap();
        old.execute_batch(FIXTURES[version - 1]).unwrap();
        assert_eq!(rows(&migrated, &old), kept, "from schema {version}");
    }
}

#[tokio::test]
async fn a_server_serves_from_every_schema_what_the_older_one_kept() {
    let folder = tempfile::tempdir().unwrap();
    let lifetime = Lifetime { idle_days: u32::MAX, absolute_days: u32::MAX };
    for version in 1..=NEWEST {
        let store = Store::open(&fixture(folder.path(), version), Purpose::Serve).unwrap();
        let users = store.users().await.unwrap();
        let names: Vec<_> = users.iter().map(|user| (user.name.as_str(), user.role, user.disabled)).collect();
        assert_eq!(
            names,
            [
                ("anna", Role::Receptionist, false),
                ("bob", Role::Colleague, true),
                ("root", Role::Admin, false)
            ]
        );
        assert_eq!(users[0].extensions, [at("1001"), at("1101")].concat());
        let session = store.session(SessionKey([7; 32]), lifetime).await.unwrap().unwrap();
        assert_eq!(session, users[0]);
        let page = store.page(at("1001"), None, 10, "").await.unwrap();
        let outcomes: Vec<_> = page.entries.iter().map(|row| (row.call.as_str(), &row.outcome)).collect();
        assert_eq!(
            outcomes,
            [
                ("1700000300.9", &HistoryOutcome::Interrupted),
                ("1700000200.5", &HistoryOutcome::Missed),
                ("1700000000.1", &HistoryOutcome::Transferred { to: "Bob".into() }),
            ],
            "the call that was up is closed, from schema {version}"
        );
        assert_eq!(page.entries[2].party.name.as_deref(), Some("O'Hara; DROP TABLE history; --"));
        let found = store.page(at("1001"), None, 10, "hara drop").await.unwrap();
        assert_eq!(found.entries, page.entries[1..], "what was there is found, from schema {version}");
        store.audit(crate::audit::Entry::done(crate::audit::Act::LogIn, "here", Millis(1)));
        store.saved().await.unwrap();
    }
}

#[test]
fn a_database_of_a_newer_version_is_refused_with_a_sentence_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = fixture(folder.path(), NEWEST);
    connect(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = std::fs::read(&path).unwrap();
    for purpose in [Purpose::Serve, Purpose::Accounts] {
        let refused = format!("{:#}", Store::open(&path, purpose).unwrap_err());
        assert!(
            refused.contains(&format!(
                "it was written by a newer frontdesk-server (schema 99, this one knows {NEWEST}). Install that \
                 version again, or give another [store] path"
            )),
            "{refused}"
        );
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_step_that_fails_leaves_the_version_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = fixture(folder.path(), 1);
    let mut connection = connect(&path).unwrap();
    // In the way of the second step.
    connection.execute_batch("CREATE TABLE audit (x)").unwrap();
    schema::migrate(&mut connection).unwrap_err();
    assert_eq!(schema::version_of(&connection).unwrap(), 1);
    connection.execute_batch("DROP TABLE audit").unwrap();
    schema::migrate(&mut connection).unwrap();
    assert_eq!(schema::version_of(&connection).unwrap(), NEWEST);
}
