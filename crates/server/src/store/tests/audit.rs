//! The audit in the store: kept whole, replaced under its key, kept while the disk refuses, forgotten in time.

use super::*;
use crate::audit::{Act, Entry};

fn entry(user: &str, at: i64) -> Entry {
    let mut entry = Entry::done(Act::LogIn, "192.0.2.1", Millis(at)).about("session 0a0b").saying("'; --");
    entry.user = Some(UserName::parse(user).unwrap());
    entry.call = Some(CallId::parse("c").unwrap());
    entry.extension = Some(Extension::parse("1001").unwrap());
    entry.party = Some("=030123456".into());
    entry
}

fn at(at: i64) -> Millis {
    Millis(clock::now().0 + at)
}

#[tokio::test]
async fn entries_come_back_whole_in_order_and_by_who_and_when() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("f.db"), Purpose::Serve).unwrap();
    for (user, when) in [("anna", 1), ("bob", 2), ("anna", 3), ("anna", 3)] {
        store.audit(entry(user, when));
    }
    store.audit(Entry::done(Act::DisableUser, "command line", Millis(4)).about("anna"));
    store.saved().await.unwrap();
    let all = store.audited(Wanted::default()).await.unwrap();
    let shown: Vec<_> = all.iter().map(|it| (it.at.0, it.user.as_ref().map(UserName::as_str))).collect();
    assert_eq!(shown, [(1, Some("anna")), (2, Some("bob")), (3, Some("anna")), (3, Some("anna")), (4, None)]);
    let mut first = entry("anna", 1);
    first.id = all[0].id;
    assert_eq!(all[0], first);
    assert!(all[2].id < all[3].id, "those of the same moment as they came");
    let anna = UserName::parse("anna").unwrap();
    let wanted = Wanted { user: Some(anna), since: Some(Millis(2)), limit: Some(2) };
    let some = store.audited(wanted).await.unwrap();
    let shown: Vec<_> = some.iter().map(|it| (it.at.0, &*it.act)).collect();
    assert_eq!(shown, [(3, "logIn"), (4, "disableUser")], "the newest, also what was done to anna");
}

#[tokio::test]
async fn what_is_written_again_under_its_key_replaces_what_stood_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.db");
    let store = Store::open(&path, Purpose::Serve).unwrap();
    let mut begun = entry("anna", 1);
    begun.id = store.next_entry();
    begun.result = crate::audit::UNFINISHED.into();
    store.audit(begun.clone());
    store.saved().await.unwrap();
    let other = connect(&path).unwrap();
    let results = || -> Vec<String> {
        let mut rows = other.prepare("SELECT result FROM audit").unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    assert_eq!(results(), ["unfinished"], "known before it is finished, should the server die");
    begun.result = "done".into();
    store.audit(begun);
    store.saved().await.unwrap();
    assert_eq!(results(), ["done"]);
}

#[tokio::test]
async fn a_locked_database_loses_no_entry_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.db");
    let store = Store::open(&path, Purpose::Serve).unwrap();
    let mut trouble = store.trouble();
    let other = connect(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    for when in 0..700 {
        store.audit(entry("anna", when));
    }
    let told = until(&mut trouble, Option::is_some).await.unwrap();
    assert!(told.ends_with("nothing is lost as long as the server runs."), "{told}");
    other.execute_batch("ROLLBACK").unwrap();
    until(&mut trouble, Option::is_none).await;
    assert_eq!(store.close(), 0);
    let kept = Store::open(&path, Purpose::Accounts).unwrap().audited(Wanted::default()).await.unwrap();
    assert_eq!(kept.len(), 700);
}

#[tokio::test]
async fn what_a_full_disk_keeps_in_memory_of_the_audit_is_bounded_and_the_loss_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("f.db"), Purpose::Serve).unwrap();
    let mut trouble = store.trouble();
    room(&store, 1).await;
    for when in 0..60_000 {
        store.audit(entry("anna", when));
    }
    let lost = |told: &Option<String>| told.as_ref().is_some_and(|text| text.contains("lost."));
    let told = until(&mut trouble, lost).await.unwrap();
    assert!(told.contains("entries of the audit are lost."), "{told}");
    let depth = store.shared.depth();
    let saved = store.audited(Wanted::default()).await.unwrap().len() as u64;
    assert_eq!((depth.entries, depth.lost_entries + saved), (50_000, 10_000), "{saved} had room on the disk");
    room(&store, 100_000).await;
    until(&mut trouble, Option::is_none).await;
}

#[tokio::test]
async fn old_entries_are_forgotten_with_the_calls_of_their_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("f.db"), Purpose::Serve).unwrap();
    for when in [at(-8 * 86_400_000), at(-6 * 86_400_000)] {
        store.audit(entry("anna", when.0));
    }
    store.saved().await.unwrap();
    assert_eq!(store.forget(0).await.unwrap(), 0);
    assert_eq!(store.forget(7).await.unwrap(), 1);
    assert_eq!(store.audited(Wanted::default()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_program_beside_the_server_writes_under_keys_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.db");
    let (server, beside) =
        (Store::open(&path, Purpose::Serve).unwrap(), Store::open(&path, Purpose::Accounts).unwrap());
    for when in 0..100 {
        server.audit(entry("anna", when));
        beside.audit(entry("bob", when));
    }
    assert_eq!((server.close(), beside.close()), (0, 0));
    let all = Store::open(&path, Purpose::Accounts).unwrap().audited(Wanted::default()).await.unwrap();
    assert_eq!(all.len(), 200);
}
