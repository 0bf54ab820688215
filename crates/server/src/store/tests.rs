//! The database: migrations, paging, crashes, a locked file.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod audit;
mod backup;
mod migrations;
mod search;
mod unsaved;

use super::*;
use frontdesk_protocol::{Direction, HistoryOutcome, Millis, Party, PartyKind};
use std::time::Duration;

fn row(store: &Store, call: &str, extension: &str) -> HistoryEntry {
    HistoryEntry {
        id: store.next_row(),
        call: CallId::parse(call).unwrap(),
        extension: Extension::parse(extension).unwrap(),
        direction: Direction::Inbound,
        party: Party {
            name: Some("'; DROP TABLE history; --".into()),
            number: Some("030123456".into()),
            kind: PartyKind::Outside,
            person: None,
        },
        started: Millis(1_700_000_000_000),
        ring_ms: 4_000,
        talk_ms: 0,
        outcome: HistoryOutcome::Transferred { to: "Bob".into() },
        queue: None,
    }
}

fn end(store: &Store, call: &str, extension: &str) -> HistoryEntry {
    let row = row(store, call, extension);
    store.record(vec![row.clone()], vec![(row.call.clone(), vec![])]);
    row
}

fn at(extension: &str) -> Vec<Extension> {
    vec![Extension::parse(extension).unwrap()]
}

#[tokio::test]
async fn rows_come_back_whole_newest_first_and_in_pages() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("f.db"), Purpose::Serve).unwrap();
    let rows: Vec<_> = (0..5).map(|n| end(&store, &format!("c{n}"), "1001")).collect();
    end(&store, "other", "1002");
    store.saved().await.unwrap();
    let first = store.page(at("1001"), None, 2, "").await.unwrap();
    assert_eq!(first.entries, [rows[4].clone(), rows[3].clone()]);
    assert!(first.more);
    let rest = store.page(at("1001"), Some(first.entries[1].id), 200, "").await.unwrap();
    assert_eq!(rest.entries, [rows[2].clone(), rows[1].clone(), rows[0].clone()]);
    assert!(!rest.more);
    assert!(store.page(vec![], None, 10, "").await.unwrap().entries.is_empty());
}

#[tokio::test]
async fn a_call_in_progress_is_recorded_as_interrupted_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.db");
    let store = Store::open(&path, Purpose::Serve).unwrap();
    end(&store, "before", "1001");
    let mut up = row(&store, "up", "1001");
    up.outcome = HistoryOutcome::Interrupted;
    store.record(vec![], vec![(up.call.clone(), vec![up.clone()])]);
    let mut over = row(&store, "over", "1001");
    over.outcome = HistoryOutcome::Interrupted;
    store.record(vec![], vec![(over.call.clone(), vec![over.clone()])]);
    store.record(vec![], vec![(over.call.clone(), vec![])]);
    store.saved().await.unwrap();
    drop(store);
    let store = Store::open(&path, Purpose::Serve).unwrap();
    let page = store.page(at("1001"), None, 10, "").await.unwrap();
    let calls: Vec<_> = page.entries.iter().map(|entry| (entry.call.as_str(), &entry.outcome)).collect();
    assert_eq!(calls[0], ("up", &HistoryOutcome::Interrupted));
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert!(store.next_row() > page.entries[0].id);
}

#[tokio::test]
async fn a_locked_database_loses_nothing_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.db");
    let store = Store::open(&path, Purpose::Serve).unwrap();
    let mut trouble = store.trouble();
    let other = connect(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let row = end(&store, "c", "1001");
    let told = until(&mut trouble, Option::is_some).await.unwrap();
    assert_eq!(
        told,
        "The call history cannot be saved: another program holds the server's database. Please have it closed. \
         Calls go on as usual, and nothing is lost as long as the server runs."
    );
    assert_eq!(store.page(at("1001"), None, 10, "").await.unwrap().entries, std::slice::from_ref(&row));
    other.execute_batch("ROLLBACK").unwrap();
    until(&mut trouble, Option::is_none).await;
    drop(store);
    let store = Store::open(&path, Purpose::Serve).unwrap();
    assert_eq!(store.page(at("1001"), None, 10, "").await.unwrap().entries, [row]);
}

/// What is told of the trouble, once it is so.
async fn until(
    trouble: &mut watch::Receiver<Option<String>>,
    so: impl FnMut(&Option<String>) -> bool,
) -> Option<String> {
    let told = tokio::time::timeout(Duration::from_secs(20), trouble.wait_for(so)).await;
    told.expect("it is told in time").unwrap().clone()
}

/// Lets the database grow by `pages` at most, as a disk would that is nearly full.
async fn room(store: &Store, pages: i64) {
    let set = move |writer: &mut Connection| {
        let now: i64 = writer.pragma_query_value(None, "page_count", |row| row.get(0))?;
        let most: i64 =
            writer.query_row(&format!("PRAGMA max_page_count = {}", now + pages), [], |row| row.get(0))?;
        anyhow::ensure!(most == now + pages, "{most}");
        Ok(())
    };
    store.write(set).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_loses_nothing_that_fits_the_memory_and_all_is_saved_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.db");
    let store = Store::open(&path, Purpose::Serve).unwrap();
    let mut trouble = store.trouble();
    room(&store, 2).await;
    let rows: Vec<_> = (0..500).map(|n| end(&store, &format!("c{n}"), "1001")).collect();
    let told = until(&mut trouble, Option::is_some).await.unwrap();
    assert_eq!(
        told,
        "The call history cannot be saved: the server's disk is full. Please have room made on it. Calls go on as \
         usual, and nothing is lost as long as the server runs."
    );
    let page = store.page(at("1001"), None, 200, "").await.unwrap();
    assert_eq!(page.entries[0], rows[499], "what is not saved is shown all the same");
    room(&store, 10_000).await;
    until(&mut trouble, Option::is_none).await;
    drop(store);
    let store = Store::open(&path, Purpose::Serve).unwrap();
    let mut saved = Vec::new();
    while let Ok(page) = store.page(at("1001"), saved.last().map(|row: &HistoryEntry| row.id), 200, "").await
        && !page.entries.is_empty()
    {
        saved.extend(page.entries);
    }
    saved.reverse();
    assert_eq!(saved, rows, "every row, once");
}

#[tokio::test]
async fn what_a_full_disk_keeps_in_memory_is_bounded_and_the_loss_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("f.db"), Purpose::Serve).unwrap();
    let mut trouble = store.trouble();
    room(&store, 2).await;
    let many: Vec<_> = (0..60_000).map(|_| row(&store, "c", "1001")).collect();
    let newest = many[59_999].clone();
    store.record(many, vec![]);
    let lost = |told: &Option<String>| told.as_ref().is_some_and(|text| text.contains("lost"));
    let told = until(&mut trouble, lost).await.unwrap();
    assert!(told.ends_with("Calls go on as usual, but 10000 rows of the history are lost."), "{told}");
    let depth = store.shared.depth();
    assert_eq!((depth.rows, depth.lost_rows), (50_000, 10_000));
    let page = store.page(at("1001"), None, 1, "").await.unwrap();
    assert_eq!(page.entries, [newest], "the oldest are given up, not the newest");
    room(&store, 100_000).await;
    until(&mut trouble, Option::is_none).await;
}

#[tokio::test]
async fn only_one_server_serves_from_a_database_but_accounts_can_be_changed_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.db");
    let _server = Store::open(&path, Purpose::Serve).unwrap();
    let refused = Store::open(&path, Purpose::Serve).unwrap_err().to_string();
    assert!(refused.starts_with("another frontdesk-server already serves from"), "{refused}");
    assert!(refused.ends_with("Stop it first, or give this one another [store] path"), "{refused}");
    let beside = Store::open(&path, Purpose::Accounts).unwrap();
    assert!(beside.users().await.unwrap().is_empty());
}

#[tokio::test]
async fn sessions_end_by_age_disabling_and_a_new_password() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("f.db"), Purpose::Serve).unwrap();
    let name = UserName::parse("anna").unwrap();
    let user = User {
        name: name.clone(),
        password: "x".into(),
        role: Role::Receptionist,
        extensions: at("1001"),
        disabled: false,
    };
    store.add_user(user.clone()).await.unwrap();
    let twice = store.add_user(user.clone()).await.unwrap_err().to_string();
    assert_eq!(twice, "there already is a user anna. Use `user password` or another name");
    let key = SessionKey([7; 32]);
    store.open_session(key, &name).await.unwrap();
    assert_eq!(
        store.session(key, Lifetime { idle_days: 1, absolute_days: 1 }).await.unwrap(),
        Some(user.clone())
    );
    assert_eq!(
        store.session(key, Lifetime { idle_days: 0, absolute_days: 1 }).await.unwrap(),
        None,
        "idle for too long"
    );
    assert_eq!(
        store.session(key, Lifetime { idle_days: 1, absolute_days: 0 }).await.unwrap(),
        None,
        "too old"
    );
    assert_eq!(
        store.session(SessionKey([8; 32]), Lifetime { idle_days: 1, absolute_days: 1 }).await.unwrap(),
        None
    );
    store.change_password(&name, "y".into()).await.unwrap();
    assert_eq!(
        store.session(key, Lifetime { idle_days: 1, absolute_days: 1 }).await.unwrap(),
        None,
        "a new password ends sessions"
    );
    store.open_session(key, &name).await.unwrap();
    store.disable(&name).await.unwrap();
    store.enable(&name).await.unwrap();
    assert_eq!(
        store.session(key, Lifetime { idle_days: 1, absolute_days: 1 }).await.unwrap(),
        None,
        "disabling ends sessions"
    );
    let nobody = store.disable(&UserName::parse("bob").unwrap()).await.unwrap_err().to_string();
    assert_eq!(nobody, "there is no user bob. `user list` shows all of them");
}

#[tokio::test]
async fn old_calls_are_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("f.db"), Purpose::Serve).unwrap();
    end(&store, "old", "1001");
    store.saved().await.unwrap();
    assert_eq!(store.forget(0).await.unwrap(), 0);
    assert_eq!(store.forget(30).await.unwrap(), 1);
}
