//! Sessions that are opened, or ended, while the disk refuses.

use super::{room, until};
use crate::store::*;
use frontdesk_protocol::{Extension, Role, UserName};

const LASTS: Lifetime = Lifetime { idle_days: 14, absolute_days: 60 };
const KEY: SessionKey = SessionKey([7; 32]);

fn anna() -> User {
    User {
        name: UserName::parse("anna").unwrap(),
        password: "$argon2id$1".into(),
        role: Role::Receptionist,
        extensions: vec![Extension::parse("1001").unwrap()],
        disabled: false,
    }
}

/// A database without room, in which Anna has just opened a session.
async fn opened(path: &std::path::Path) -> Store {
    let store = Store::open(path, Purpose::Serve).unwrap();
    store.add_user(anna()).await.unwrap();
    room(&store, 0).await;
    // Until what is free in the pages that there are is used up.
    let mut used = 0;
    while store.depth().sessions == 0 {
        used += 1;
        let mut key = [1; 32];
        key[..4].copy_from_slice(&u32::to_be_bytes(used));
        store.open_session(SessionKey(key), &anna().name).await.unwrap();
    }
    store.open_session(KEY, &anna().name).await.unwrap();
    store
}

#[tokio::test]
async fn who_logs_in_on_a_full_disk_has_a_session_which_is_saved_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.db");
    let store = opened(&path).await;
    assert_eq!(store.session(KEY, LASTS).await.unwrap(), Some(anna()));
    assert_eq!(store.session(SessionKey([8; 32]), LASTS).await.unwrap(), None);
    let mut trouble = store.trouble();
    until(&mut trouble, Option::is_some).await;
    room(&store, 10_000).await;
    until(&mut trouble, Option::is_none).await;
    assert_eq!(store.depth().sessions, 0);
    assert_eq!(store.session(KEY, LASTS).await.unwrap(), Some(anna()));
    drop(store);
    let store = Store::open(&path, Purpose::Serve).unwrap();
    assert_eq!(store.session(KEY, LASTS).await.unwrap(), Some(anna()), "after a restart as well");
}

#[tokio::test]
async fn such_a_session_ends_with_the_account_the_password_and_the_log_out() {
    for end in ["closed account", "new password", "log out"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.db");
        let store = opened(&path).await;
        // Another program on the same database, for which there is room.
        let beside = Store::open(&path, Purpose::Accounts).unwrap();
        match end {
            "closed account" => beside.disable(&anna().name).await.unwrap(),
            "new password" => beside.change_password(&anna().name, "$argon2id$2".into()).await.unwrap(),
            _ => store.close_session(KEY).await,
        }
        assert_eq!(store.session(KEY, LASTS).await.unwrap(), None, "{end}");
        let mut trouble = store.trouble();
        room(&store, 10_000).await;
        until(&mut trouble, Option::is_none).await;
        store.saved().await.unwrap();
        assert_eq!(store.depth().sessions, 0);
        assert_eq!(store.session(KEY, LASTS).await.unwrap(), None, "{end}: it is not saved later");
    }
}

/// A server's database with a session of Anna's in it, and another program that holds it.
async fn held(path: &std::path::Path) -> (Store, Connection) {
    let store = Store::open(path, Purpose::Serve).unwrap();
    store.add_user(anna()).await.unwrap();
    store.open_session(KEY, &anna().name).await.unwrap();
    let other = connect(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    (store, other)
}

#[tokio::test]
async fn who_logs_out_while_the_disk_refuses_is_logged_out_at_once_and_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.db");
    let (store, other) = held(&path).await;
    assert_eq!(store.session(KEY, LASTS).await.unwrap(), Some(anna()));
    store.close_session(KEY).await;
    assert_eq!(store.session(KEY, LASTS).await.unwrap(), None);
    assert!(store.sessions(LASTS).await.unwrap().is_empty());
    assert_eq!(store.depth().ended, 1, "it could not be taken out");
    let mut trouble = store.trouble();
    until(&mut trouble, Option::is_some).await;
    other.execute_batch("ROLLBACK").unwrap();
    until(&mut trouble, Option::is_none).await;
    assert_eq!(store.depth().ended, 0);
    assert_eq!(store.session(KEY, LASTS).await.unwrap(), None);
    drop(store);
    let store = Store::open(&path, Purpose::Serve).unwrap();
    assert_eq!(store.session(KEY, LASTS).await.unwrap(), None, "after a restart as well");
}

#[tokio::test]
async fn a_log_out_that_is_not_saved_does_not_make_the_session_last_longer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.db");
    let (store, other) = held(&path).await;
    // Half an hour ago, so that a use now would be noted.
    let earlier = clock::now().0 - 1_800_000;
    other.execute("UPDATE sessions SET created = ?1, used = ?1", [earlier]).unwrap();
    other.execute_batch("COMMIT; BEGIN IMMEDIATE").unwrap();
    store.close_session(KEY).await;
    assert_eq!(store.session(KEY, LASTS).await.unwrap(), None);
    // What a server finds that is started after this one was killed now.
    let after = folder.path().join("after.db");
    for end in ["", "-wal"] {
        std::fs::copy(format!("{}{end}", path.display()), format!("{}{end}", after.display())).unwrap();
    }
    let after = Store::open(&after, Purpose::Serve).unwrap();
    let stands = after.sessions(LASTS).await.unwrap();
    let [Listed { key: KEY, user: _, created, used }] = stands[..] else { panic!("{stands:?}") };
    assert_eq!((created.0, used.0), (earlier, earlier), "nobody has used it");
    after.close_session(KEY).await;
    assert_eq!(after.session(KEY, LASTS).await.unwrap(), None);
    other.execute_batch("ROLLBACK").unwrap();
}

#[tokio::test]
async fn what_another_program_cannot_change_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f.db");
    let (store, other) = held(&path).await;
    let name = anna().name;
    let text = "nothing was changed: another program holds the server's database. Please have it closed";
    for refused in [
        store.disable(&name).await,
        store.change_password(&name, "$argon2id$2".into()).await,
        store.revoke(KEY.to_string()).await.map(drop),
        store.revoke_all(None).await.map(drop),
    ] {
        assert_eq!(refused.unwrap_err().to_string(), text);
    }
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(store.session(KEY, LASTS).await.unwrap(), Some(anna()), "nothing was changed");
}
