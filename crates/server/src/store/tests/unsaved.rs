//! Sessions that are opened while the disk refuses.

use super::room;
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
    trouble.wait_for(Option::is_some).await.unwrap();
    room(&store, 10_000).await;
    trouble.wait_for(Option::is_none).await.unwrap();
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
            _ => store.close_session(KEY).await.unwrap(),
        }
        assert_eq!(store.session(KEY, LASTS).await.unwrap(), None, "{end}");
        let mut trouble = store.trouble();
        room(&store, 10_000).await;
        trouble.wait_for(Option::is_none).await.unwrap();
        store.saved().await.unwrap();
        assert_eq!(store.depth().sessions, 0);
        assert_eq!(store.session(KEY, LASTS).await.unwrap(), None, "{end}: it is not saved later");
    }
}
