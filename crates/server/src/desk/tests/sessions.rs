//! The end of a session while its desk is connected: whoever ends it, however the desk behaves, the socket is closed.

use super::*;
use std::time::Instant;

const ENDED: &str = "Your session has ended. Log in again.";

fn anna() -> UserName {
    UserName::parse("anna").unwrap()
}

/// A desk of Anna's that has its snapshot.
async fn seated(bench: &Bench) -> (Socket, String) {
    let token = bench.log_in("anna").await;
    let mut socket = bench.desk(&token, None).await;
    hear(&mut socket).await;
    hear(&mut socket).await;
    (socket, token)
}

async fn told_and_closed(socket: &mut Socket) {
    // That the disk refuses may be told before.
    let mut told = hear(socket).await;
    while matches!(told, ServerMessage::Notice { .. }) {
        told = hear(socket).await;
    }
    let ServerMessage::Bye { text, again: false, .. } = told else { panic!("no farewell but {told:?}") };
    assert_eq!(text, ENDED);
    loop {
        match timeout(DEADLINE, socket.next()).await.expect("the socket is closed") {
            Some(Ok(Message::Text(text))) => panic!("after the farewell: {text}"),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => break,
        }
    }
}

#[tokio::test]
async fn every_way_to_end_a_session_closes_its_desk_and_only_its() {
    let bench = Bench::new().await;
    let mut bob = bench.desk(&bench.log_in("bob").await, None).await;
    let hash = hash("better horse", Cost::Trivial).await.unwrap();
    // As the command line does it: another connection to the same database.
    let other = Store::open(&bench.folder.path().join("f.db"), Purpose::Accounts).unwrap();
    for way in ["name", "user", "password", "put", "disable"] {
        let (mut socket, token) = seated(&bench).await;
        let began = Instant::now();
        match way {
            "name" => {
                let lifetime = Lifetime { idle_days: 1, absolute_days: 1 };
                let listed = other.sessions(lifetime).await.unwrap();
                let mine = listed.iter().find(|it| it.user == anna()).unwrap();
                assert_eq!(other.revoke(mine.key.to_string()).await.unwrap(), anna());
            }
            "user" => assert_eq!(other.revoke_all(Some(anna())).await.unwrap(), 1),
            "password" => other.change_password(&anna(), hash.clone()).await.unwrap(),
            "put" => {
                let password = super::hash("correct horse", Cost::Trivial).await.unwrap();
                let user = User { password, ..specimen::user("anna", Role::Receptionist, "1001") };
                bench.store.put_user(user).await.unwrap();
            }
            _ => other.disable(&anna()).await.unwrap(),
        }
        told_and_closed(&mut socket).await;
        eprintln!("{way}: closed after {} ms", began.elapsed().as_millis());
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", &*bearer), ("sec-websocket-protocol", SUBPROTOCOL)];
        let again = bench.upgrade(&headers);
        assert_eq!(refused(again.await).await, (401, "notLoggedIn".into()), "{way}");
        if way == "password" {
            let password = super::hash("correct horse", Cost::Trivial).await.unwrap();
            other.change_password(&anna(), password).await.unwrap();
        }
    }
    bench.hub.publish(link(7));
    while !matches!(hear(&mut bob).await, ServerMessage::Delta(_)) {}
}

#[tokio::test]
async fn an_account_that_cannot_be_read_keeps_no_other_session_from_ending() {
    let bench = Bench::new().await;
    let mut bob = bench.desk(&bench.log_in("bob").await, None).await;
    let (mut socket, _) = seated(&bench).await;
    let by_hand = rusqlite::Connection::open(bench.folder.path().join("f.db")).unwrap();
    by_hand.execute("UPDATE users SET role = 'porter' WHERE name = 'bob'", []).unwrap();
    bench.store.revoke_all(Some(anna())).await.unwrap();
    told_and_closed(&mut socket).await;
    // Who cannot be read is not thrown out.
    bench.hub.publish(link(7));
    while !matches!(hear(&mut bob).await, ServerMessage::Delta(_)) {}
    by_hand.execute("UPDATE users SET role = 'receptionist', disabled = 1 WHERE name = 'bob'", []).unwrap();
    told_and_closed(&mut bob).await;
}

#[tokio::test]
async fn a_log_out_while_another_program_holds_the_database_ends_the_session_at_once() {
    let bench = Bench::new().await;
    let (mut socket, token) = seated(&bench).await;
    let other = rusqlite::Connection::open(bench.folder.path().join("f.db")).unwrap();
    other.busy_timeout(DEADLINE).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let began = Instant::now();
    let answer = bench.http("POST /api/logout", &format!("Authorization: Bearer {token}\r\n"), "").await;
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    told_and_closed(&mut socket).await;
    eprintln!("closed after {} ms", began.elapsed().as_millis());
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", &*bearer), ("sec-websocket-protocol", SUBPROTOCOL)];
    let again = bench.upgrade(&headers);
    assert_eq!(refused(again.await).await, (401, "notLoggedIn".into()));
    other.execute_batch("ROLLBACK").unwrap();
}

#[tokio::test]
async fn a_desk_that_is_never_silent_cannot_put_its_end_off() {
    let frames = Rate { at_once: 1_000_000, per_second: 1_000_000 };
    let bench = Bench::with(Limits { frames, ..Limits::default() }).await;
    let (socket, _) = seated(&bench).await;
    let (mut say, mut hear) = socket.split();
    let beat = serde_json::to_string(&ClientMessage::Beat).unwrap();
    let flood = tokio::spawn(async move { while say.send(Message::text(beat.clone())).await.is_ok() {} });
    bench.store.revoke_all(None).await.unwrap();
    let ended = async {
        while let Some(Ok(message)) = hear.next().await {
            if message.to_text().is_ok_and(|text| text.contains(ENDED)) {
                return true;
            }
        }
        false
    };
    assert!(timeout(DEADLINE, ended).await.expect("in time"));
    timeout(DEADLINE, bench.app.present.nobody()).await.expect("the desk is gone");
    timeout(DEADLINE, flood).await.expect("the socket is closed").unwrap();
}

#[tokio::test]
async fn a_desk_that_takes_nothing_any_more_cannot_put_its_end_off() {
    let bench = Bench::new().await;
    let (socket, _) = seated(&bench).await;
    let reason = "x".repeat(60_000);
    // More than all buffers between the two hold, so that the server is in the middle of a frame.
    for _ in 0..400 {
        bench.hub.publish(vec![Change::Link(PbxLink::Down { since: Millis(1), reason: reason.clone() })]);
        bench.hub.publish(link(1));
        tokio::task::yield_now().await;
    }
    bench.store.revoke_all(Some(anna())).await.unwrap();
    // Far less than the patience with a slow desk.
    timeout(Duration::from_secs(15), bench.app.present.nobody()).await.expect("the desk is gone");
    drop(socket);
}

#[tokio::test]
async fn a_session_ends_by_itself_when_it_is_too_old_or_was_not_used() {
    let bench = Bench::new().await;
    let (mut socket, token) = seated(&bench).await;
    let key = crate::token::Token::from_client(&token).key();
    let connection = rusqlite::Connection::open(bench.folder.path().join("f.db")).unwrap();
    connection.busy_timeout(DEADLINE).unwrap();
    let day = 86_400_000;
    let now = crate::clock::now().0;
    let set = "UPDATE sessions SET created = ?1, used = ?2 WHERE token = ?3";
    for (created, used) in [(now - day, now), (now - day + 1, now - day)] {
        let token = bench.log_in("anna").await;
        let key = crate::token::Token::from_client(&token).key();
        connection.execute(set, rusqlite::params![created, used, &key.0[..]]).unwrap();
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", &*bearer), ("sec-websocket-protocol", SUBPROTOCOL)];
        let opened = bench.upgrade(&headers);
        assert_eq!(refused(opened.await).await, (401, "notLoggedIn".into()));
    }
    connection.execute(set, rusqlite::params![now - day, now, &key.0[..]]).unwrap();
    told_and_closed(&mut socket).await;
    let lifetime = Lifetime { idle_days: 1, absolute_days: 1 };
    assert!(bench.store.sessions(lifetime).await.unwrap().is_empty(), "what has ended is not listed");
    assert_eq!(bench.store.forget_sessions(lifetime).await.unwrap(), 3);
}
