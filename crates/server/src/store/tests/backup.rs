//! Backup and restore: whole while the server writes, nothing changed where the backup is no good.

use super::*;
use crate::audit::{Act, Entry};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

fn noted() -> Entry {
    let mut entry = Entry::done(Act::Restore, "here", clock::now());
    entry.id = 1;
    entry
}

fn anna() -> User {
    let name = UserName::parse("anna").unwrap();
    User { name, password: "x".into(), role: Role::Admin, extensions: at("1001"), disabled: false }
}

fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

/// Of several threads, too, rows come in the order of their numbers, as of the server's one task that hands them over.
fn end_in_order(store: &Store, turn: &Mutex<()>) {
    let _turn = turn.lock().unwrap();
    end(store, "c", "1001");
}

#[tokio::test]
async fn a_backup_during_writes_is_one_moment_of_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.db");
    let store = Arc::new(Store::open(&path, Purpose::Serve).unwrap());
    let stop = Arc::new(AtomicBool::new(false));
    let in_order = Arc::new(Mutex::new(()));
    let busy = std::thread::spawn({
        let (store, stop, in_order) = (Arc::clone(&store), Arc::clone(&stop), Arc::clone(&in_order));
        move || {
            while !stop.load(Ordering::Relaxed) {
                // What waits is bounded; here nothing may be given up.
                if store.shared.depth().rows < 1_000 {
                    end_in_order(&store, &in_order);
                    store.audit(Entry::done(Act::LogIn, "here", clock::now()));
                }
                std::thread::yield_now();
            }
        }
    });
    let count = "SELECT count(*) FROM history";
    for n in 0..5 {
        end_in_order(&store, &in_order);
        store.saved().await.unwrap();
        let least: i64 = connect(&path).unwrap().query_row(count, [], |row| row.get(0)).unwrap();
        let to = folder.path().join(format!("{n}.backup"));
        let holds = back_up(&path, &to).unwrap();
        let copy = Connection::open(&to).unwrap();
        let (first, last, rows): (i64, i64, i64) = copy
            .query_row("SELECT min(id), max(id), count(*) FROM history", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .unwrap();
        assert_eq!((first, last), (1, rows), "every row up to one moment");
        assert!(rows >= least && least > n && holds.rows == rows, "{rows} of at least {least}, {holds:?}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let twice = back_up(&path, &to).unwrap_err().to_string();
        assert!(twice.ends_with("is there already. Give another name, or take it away first"), "{twice}");
    }
    stop.store(true, Ordering::Relaxed);
    busy.join().unwrap();
    let left = std::fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().contains("part")), "nothing half is left");
}

#[tokio::test]
async fn a_restored_database_has_all_but_the_sessions_and_the_old_one_is_kept_aside() {
    let folder = tempfile::tempdir().unwrap();
    let (path, backup) = (folder.path().join("f.db"), folder.path().join("backup"));
    let store = Store::open(&path, Purpose::Serve).unwrap();
    store.add_user(anna()).await.unwrap();
    let key = SessionKey([7; 32]);
    store.open_session(key, &anna().name).await.unwrap();
    let row = end(&store, "before", "1001");
    store.saved().await.unwrap();
    back_up(&path, &backup).unwrap();
    end(&store, "after", "1001");
    store.saved().await.unwrap();
    let refused = format!("{:#}", restore(&backup, &path, ".old", &noted()).unwrap_err());
    assert!(refused.contains("another frontdesk-server already serves from"), "{refused}");
    drop(store);

    let (holds, old) = restore(&backup, &path, ".old", &noted()).unwrap();
    assert_eq!(holds, Holds { users: 1, rows: 1, entries: 1 });
    let store = Store::open(&path, Purpose::Serve).unwrap();
    assert_eq!(store.page(at("1001"), None, 10, "").await.unwrap().entries, [row]);
    assert_eq!(store.users().await.unwrap(), [anna()]);
    let lifetime = Lifetime { idle_days: 1, absolute_days: 1 };
    assert_eq!(store.session(key, lifetime).await.unwrap(), None, "nobody comes back by an old login");
    let old = Store::open(&old.unwrap(), Purpose::Serve).unwrap();
    assert_eq!(old.page(at("1001"), None, 10, "").await.unwrap().entries.len(), 2, "nothing of it is lost");
}

#[tokio::test]
async fn a_backup_that_is_no_good_is_refused_and_nothing_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, backup) = (folder.path().join("f.db"), folder.path().join("backup"));
    let store = Store::open(&path, Purpose::Serve).unwrap();
    store.add_user(anna()).await.unwrap();
    (0..2_000).for_each(|n| drop(end(&store, &format!("c{n}"), "1001")));
    store.saved().await.unwrap();
    back_up(&path, &backup).unwrap();
    drop(store);
    let (whole, before) = (bytes(&backup), bytes(&path));
    let refused = |what: &str, content: &[u8]| {
        let file = folder.path().join(what);
        std::fs::write(&file, content).unwrap();
        let why = format!("{:#}", restore(&file, &path, ".old", &noted()).unwrap_err());
        assert_eq!(bytes(&path), before, "{what}");
        assert!(!with_suffix(&path, ".old").exists() && !with_suffix(&path, ".part").exists(), "{what}");
        why
    };
    let mut holes = whole.clone();
    let middle = holes.len() / 2;
    holes[middle..middle + 8_192].fill(0xa5);
    let why = refused("holes", &holes);
    assert!(why.contains("damaged") && why.ends_with("Take another backup"), "{why}");
    let why = refused("half", &whole[..whole.len() / 2]);
    assert!(why.contains("damaged") && why.ends_with("Take another backup"), "{why}");
    let why =
        refused("text", b"Dear reader, this is a text and not a database at all; it goes on for a while.");
    assert!(why.contains("is no database of Frontdesk, or it is damaged"), "{why}");
    let why = refused("empty", b"");
    assert!(why.ends_with("is no database of Frontdesk. Take another file"), "{why}");

    let other = folder.path().join("other");
    let foreign = Connection::open(&other).unwrap();
    foreign.execute_batch("CREATE TABLE history (x); PRAGMA user_version = 1;").unwrap();
    drop(foreign);
    let why = refused("foreign", &bytes(&other));
    assert!(why.ends_with("is no database of Frontdesk. Take another file"), "{why}");
    let newer = Connection::open(&backup).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    let why = refused("newer", &bytes(&backup));
    assert!(
        why.contains("a newer frontdesk-server (schema 99). Install that version, then restore it"),
        "{why}"
    );
    let none = restore(&folder.path().join("none"), &path, ".old", &noted()).unwrap_err().to_string();
    assert!(none.ends_with("Check the name"), "{none}");
}

#[test]
fn a_backup_of_an_older_schema_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let (path, old) = (folder.path().join("f.db"), folder.path().join("old"));
    Connection::open(&old).unwrap().execute_batch(include_str!("../fixtures/schema-1.sql")).unwrap();
    let (holds, aside) = restore(&old, &path, ".old", &noted()).unwrap();
    assert_eq!((holds, aside), (Holds { users: 3, rows: 3, entries: 1 }, None));
    Store::open(&path, Purpose::Serve).unwrap();
}
