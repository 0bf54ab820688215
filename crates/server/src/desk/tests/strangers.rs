//! What somebody may send who is not logged in, and from where a page may come.

use super::*;

/// Sends bytes and gives what comes back until the server closes.
async fn raw(bench: &Bench, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(bench.address).await.unwrap();
    // The server may close before all is sent.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let read = async { while stream.read_buf(&mut answer).await.is_ok_and(|read| read > 0) {} };
    timeout(DEADLINE, read).await.expect("the server closes");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn who_says_nothing_or_half_of_something_is_let_go() {
    let patience = Duration::from_millis(300);
    let bench = Bench::with(Limits { request: patience, ..Limits::default() }).await;
    assert_eq!(raw(&bench, b"").await, "");
    assert_eq!(raw(&bench, b"GET / HTTP/1.1\r\nHost: x\r\n").await, "");
    let half =
        raw(&bench, b"POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n{\"user\"").await;
    assert!(half.starts_with("HTTP/1.1 408 "), "{half}");
    assert!(half.contains("The request did not arrive in time. Try again."), "{half}");
    assert!(raw(&bench, b"\x16\x03\x01 no http at all\r\n\r\n").await.starts_with("HTTP/1.1 400 "));
    bench.log_in("anna").await;
}

#[tokio::test]
async fn before_the_login_16_kib_are_read_and_not_more() {
    let bench = Bench::new().await;
    let login = |length: usize| {
        let body = r#"{"user":"anna","password":"correct horse"}"#;
        format!("{body}{}", " ".repeat(length - body.len()))
    };
    let fits = bench.http("POST /api/login", "", &login(16 * 1024)).await;
    assert!(fits.starts_with("HTTP/1.1 200 "), "{fits}");
    let large = bench.http("POST /api/login", "", &login(16 * 1024 + 1)).await;
    assert!(large.starts_with("HTTP/1.1 413 "), "{large}");
    assert!(large.contains("The request is too large: a login has at most 16 KiB."), "{large}");
    let head = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "x".repeat(20_000));
    let answer = raw(&bench, head.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(200));
    let answer = raw(&bench, many.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let endless = "POST /api/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunks = format!("{endless}{}", format!("400\r\n{}\r\n", "x".repeat(1024)).repeat(64));
    let answer = raw(&bench, chunks.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn hundreds_of_strangers_who_say_nothing_keep_nobody_out() {
    let patience = Duration::from_millis(500);
    let bench = Bench::with(Limits { request: patience, ..Limits::default() }).await;
    let mut strangers = Vec::new();
    for _ in 0..400 {
        let stranger = TcpStream::connect(bench.address).await.unwrap();
        strangers.push(stranger);
    }
    let mut socket =
        timeout(DEADLINE, async { bench.desk(&bench.log_in("anna").await, None).await }).await.unwrap();
    let ServerMessage::Ready { .. } = hear(&mut socket).await else { panic!() };
}

#[tokio::test]
async fn a_foreign_origin_never_upgrades_and_never_logs_in() {
    let bench = Bench::new().await;
    let token = bench.log_in("anna").await;
    let (bearer, cookie) = (format!("Bearer {token}"), format!("frontdesk={token}"));
    let (address, port) = (bench.address, bench.address.port());
    let foreign = [
        "null".into(),
        String::new(),
        "http://127.0.0.1".into(),
        format!("http://127.0.0.1:{}", port.wrapping_add(1)),
        format!("https://{address}"),
        format!("HTTP://{address}"),
        format!("http://{address}/"),
        format!("http://{address}.evil.example.org"),
        format!("http://evil.example.org@{address}"),
        format!("http://localhost:{port}"),
        format!("file://{address}"),
        "http://desk.example.org".into(),
        "https://desk.example.org:8443".into(),
        "https://desk.example.org.".into(),
        "https://a.desk.example.org".into(),
        "https://example.org".into(),
        "https://DESK.example.org".into(),
        "https://desk.example.org.evil.example".into(),
        "https://desk.example.org, https://desk.example.org".into(),
        "https://desk.example.org https://evil.example.org".into(),
    ];
    for origin in &foreign {
        for credentials in [("cookie", &*cookie), ("authorization", &*bearer)] {
            let headers = [("sec-websocket-protocol", SUBPROTOCOL), credentials, ("origin", &**origin)];
            let answer = refused(bench.upgrade(&headers).await).await;
            assert_eq!(answer, (403, "foreignOrigin".into()), "{origin}");
        }
        let header = format!("Origin: {origin}\r\nCookie: {cookie}\r\n");
        let body = r#"{"user":"anna","password":"correct horse"}"#;
        for request in ["POST /api/login", "POST /api/logout", "GET /api/me"] {
            let answer = bench.http(request, &header, body).await;
            assert!(answer.starts_with("HTTP/1.1 403 "), "{request} {origin}: {answer}");
        }
    }
    // Two origins in one request: neither counts.
    let own = format!("http://{address}");
    let twice = format!("Origin: {own}\r\nOrigin: https://evil.example.org\r\nCookie: {cookie}\r\n");
    let answer = bench.http("GET /api/me", &twice, "").await;
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    // A host that a foreign name was bound to (DNS rebinding) is its own origin, but has no cookie of ours; a login there
    // sets one for that name alone.
    for origin in [&*own, "https://desk.example.org"] {
        let headers = [("sec-websocket-protocol", SUBPROTOCOL), ("cookie", &*cookie), ("origin", origin)];
        bench.upgrade(&headers).await.unwrap();
    }
    let headers = [("sec-websocket-protocol", SUBPROTOCOL), ("authorization", &*bearer)];
    bench.upgrade(&headers).await.unwrap();
}
