//! What a desk may send, and what becomes of clients that send something else: each ends with a sentence or alone, and
//! the others notice nothing.

use super::*;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

async fn seated(bench: &Bench) -> Socket {
    let mut socket = bench.desk(&bench.log_in("anna").await, None).await;
    hear(&mut socket).await;
    hear(&mut socket).await;
    socket
}

fn text(bytes: impl Into<Vec<u8>>, last: bool) -> Message {
    Message::Frame(Frame::message(bytes.into(), OpCode::Data(Data::Text), last))
}

fn more(bytes: impl Into<Vec<u8>>, last: bool) -> Message {
    Message::Frame(Frame::message(bytes.into(), OpCode::Data(Data::Continue), last))
}

/// The farewell, or `None` where the server just went.
async fn end(socket: &mut Socket) -> Option<(String, bool)> {
    loop {
        match timeout(DEADLINE, socket.next()).await.expect("the socket ends")? {
            Ok(Message::Text(text)) => match ServerMessage::read(&text).unwrap() {
                ServerMessage::Bye { text, again, .. } => return Some((text, again)),
                _ => continue,
            },
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

fn padded(length: usize) -> String {
    let beat = r#"{"type":"beat"}"#;
    format!("{beat}{}", " ".repeat(length - beat.len()))
}

#[tokio::test]
async fn a_message_of_64_kib_is_read_and_a_byte_more_is_not() {
    let bench = Bench::new().await;
    let mut socket = seated(&bench).await;
    socket.send(Message::text(padded(64 * 1024))).await.unwrap();
    say(&mut socket, &ClientMessage::Resync { why: ResyncCause::Gap }).await;
    let ServerMessage::Snapshot { .. } = hear(&mut socket).await else { panic!() };
    socket.send(Message::text(padded(64 * 1024 + 1))).await.unwrap();
    let (text, _) = end(&mut socket).await.unwrap();
    assert_eq!(text, "The server could not read the client's message: it is too large or broken.");
}

#[tokio::test]
async fn malformed_clients_end_with_a_sentence_and_cost_the_others_nothing() {
    let bench = Bench::new().await;
    let mut witness = seated(&bench).await;
    let broken = "The server could not read the client's message: it is too large or broken.";
    let half = "x".repeat(40 * 1024);
    let cases: Vec<(&str, Vec<Message>, &str)> = vec![
        (
            "binary",
            vec![Message::binary(vec![0, 159, 146, 150])],
            "Messages are JSON text frames. Update the client.",
        ),
        ("no text", vec![text([0xff, 0xfe, 0xfd], true)], broken),
        ("text that is cut in a letter", vec![text([0xc3], true)], broken),
        ("fragments that are too much together", vec![text(half.clone(), false), more(half, true)], broken),
        ("a continuation of nothing", vec![more("x", true)], broken),
        ("a second beginning", vec![text("{", false), text("}", true)], broken),
        ("a control frame that is too long", vec![Message::Frame(Frame::ping(vec![0; 126]))], broken),
        (
            "hello twice",
            vec![Message::text(r#"{"type":"hello","resume":null}"#)],
            "The client said hello twice. Update the client.",
        ),
    ];
    for (what, frames, expected) in cases {
        let mut socket = seated(&bench).await;
        for frame in frames {
            // The server may have closed it after an earlier one.
            let _ = socket.send(frame).await;
        }
        let (text, _) = end(&mut socket).await.unwrap_or_else(|| panic!("{what}: no sentence"));
        assert_eq!(text, expected, "{what}");
    }
    let deep = format!(r#"{{"type":"hello","resume":{}1{}}}"#, "[".repeat(30_000), "]".repeat(30_000));
    let mut socket = seated(&bench).await;
    socket.send(Message::text(deep)).await.unwrap();
    assert!(end(&mut socket).await.unwrap().0.starts_with("The server did not understand the client: "));
    bench.hub.publish(link(9));
    while !matches!(hear(&mut witness).await, ServerMessage::Delta(_)) {}
}

#[tokio::test]
async fn who_does_not_say_hello_or_nothing_at_all_is_let_go() {
    let patience = Duration::from_millis(300);
    let bench = Bench::with(Limits { hello: patience, ..Limits::default() }).await;
    let token = bench.log_in("anna").await;
    let mut silent = bench.socket(&token).await;
    assert_eq!(end(&mut silent).await.unwrap().0, "The client did not say hello in time.");
    let mut busy = bench.socket(&token).await;
    for _ in 0..20 {
        say(&mut busy, &ClientMessage::Beat).await;
    }
    assert_eq!(end(&mut busy).await.unwrap().0, "The client did not say hello in time.");

    let bench = Bench::with(Limits { silence: patience, ..Limits::default() }).await;
    let mut socket = seated(&bench).await;
    assert_eq!(end(&mut socket).await, None);
    // A message that never ends is no sign of life, however many pieces of nothing it has.
    let mut socket = seated(&bench).await;
    socket.send(text("", false)).await.unwrap();
    let (mut say, mut hear) = socket.split();
    let pieces = tokio::spawn(async move { while say.send(more("", false)).await.is_ok() {} });
    let gone = async { while let Some(Ok(_)) = hear.next().await {} };
    timeout(DEADLINE, gone).await.expect("the desk is let go");
    timeout(DEADLINE, pieces).await.expect("the socket is closed").unwrap();
}

#[tokio::test]
async fn a_flood_of_whatever_ends_the_socket() {
    let bench = Bench::with(Limits { frames: Rate { at_once: 20, per_second: 0 }, ..still() }).await;
    let flood = "The client sent more messages than the server takes. Update the client.";
    for message in [
        Message::text(r#"{"type":"beat"}"#),
        Message::Ping(b"x".to_vec().into()),
        Message::text(r#"{"type":"command","id":"1","command":{"do":"explode"}}"#),
    ] {
        let mut socket = seated(&bench).await;
        for _ in 0..2_000 {
            if socket.send(message.clone()).await.is_err() {
                break;
            }
        }
        let end = end(&mut socket).await;
        assert!(end.as_ref().is_none_or(|(text, again)| text == flood && *again), "{end:?}");
        timeout(DEADLINE, bench.app.present.nobody()).await.expect("the desk is gone");
    }
    let mut socket = seated(&bench).await;
    for _ in 0..12 {
        say(&mut socket, &ClientMessage::Resync { why: ResyncCause::Gap }).await;
    }
    assert_eq!(end(&mut socket).await.unwrap().0, "The client asks for too many snapshots.");
}

#[tokio::test]
async fn orders_that_are_not_understood_count_like_others() {
    let mut bench = Bench::with(still()).await;
    let mut socket = seated(&bench).await;
    for _ in 0..11 {
        let explode = r#"{"type":"command","id":"1","command":{"do":"explode"}}"#;
        socket.send(Message::text(explode)).await.unwrap();
    }
    let mut reasons = Vec::new();
    while reasons.len() < 11 {
        if let ServerMessage::Result { outcome: Outcome::Failed { reason, .. }, .. } = hear(&mut socket).await
        {
            reasons.push(reason);
        }
    }
    assert!(reasons[..10].iter().all(|reason| *reason == Reason::Invalid), "{reasons:?}");
    assert_eq!(reasons[10], Reason::Refused);
    assert!(bench.orders.try_recv().is_err());
}
