//! The link against a PBX whose every word is scripted: login, silence, loss, refusal, floods, TLS.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[path = "support/pbx.rs"]
mod pbx;

use frontdesk_ami::client::{Link, LinkConfig, LinkTls, Login, Progress, Reason, Timing};
use frontdesk_ami::{Action, ActionId};
use pbx::{BANNER, BOOTED, Line, field, listen};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore, ServerConfig};

/// The longest that anything here may take.
const DEADLINE: Duration = Duration::from_secs(20);
const SECRET: &str = "hunter2";

fn config(port: u16) -> LinkConfig {
    let mut config = LinkConfig::new("127.0.0.1", port, "frontdesk", SECRET);
    config.timing = Timing {
        quiet: Duration::from_millis(40),
        pong: DEADLINE,
        silence: Duration::from_millis(20),
        first_retry: Duration::from_millis(10),
        ..Timing::default()
    };
    config
}

async fn drive(link: &mut Link) -> Progress {
    timeout(DEADLINE, link.drive()).await.expect("the link did nothing")
}

async fn up(link: &mut Link) {
    let progress = drive(link).await;
    assert!(matches!(progress, Progress::Up), "{progress:?}");
}

async fn down(link: &mut Link) -> (Reason, Duration) {
    loop {
        if let Progress::Down { reason, retry_in } = drive(link).await {
            return (reason, retry_in);
        }
        while link.next_message().is_some() {}
    }
}

/// A PBX that takes one session and does what the script says.
fn script<F>(
    listener: TcpListener,
    script: impl FnOnce(Line<tokio::net::TcpStream>) -> F + Send + 'static,
) -> tokio::task::JoinHandle<()>
where
    F: Future<Output = ()> + Send,
{
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        script(Line::new(stream)).await;
    })
}

#[tokio::test]
async fn the_secret_is_proven_by_a_challenge_and_the_link_is_up_when_the_pbx_has_booted() {
    let (listener, port) = listen().await;
    let pbx = script(listener, async |mut line| {
        line.say(BANNER).await.unwrap();
        let asked = line.answer("Challenge", "Success\r\nChallenge: 1234").await;
        assert_eq!(field(&asked, "AuthType"), "MD5");
        let login = line.answer("Login", "Success\r\nMessage: Authentication accepted").await;
        // `printf 1234hunter2 | md5sum`
        assert_eq!(field(&login, "Key"), "a8a112b2c54442968872874a95213745");
        assert!(login.iter().all(|(_, value)| value != SECRET));
        line.say("Event: PeerStatus\r\nPeer: PJSIP/1001\r\n\r\n").await.unwrap();
        line.say(BOOTED).await.unwrap();
        line.say("Event: Newchannel\r\nUniqueid: 1.1\r\n\r\nEvent: Hangup\r\nUniqueid: 1.1\r\n\r\n")
            .await
            .unwrap();
        let asked = line.order().await.unwrap();
        assert_eq!(field(&asked, "ActionID"), "mine-1");
        line.say("Response: Success\r\nActionID: mine-1\r\nEventList: start\r\n\r\n").await.unwrap();
        assert!(line.action().await.is_ok(), "the link stays");
    });
    let mut link = Link::new(config(port));
    up(&mut link).await;
    link.send(&ActionId::new("mine-1").unwrap(), &Action::new("CoreShowChannels"));
    let mut came = Vec::new();
    while came.len() < 3 {
        assert!(matches!(drive(&mut link).await, Progress::Messages));
        while let Some(message) = link.next_message() {
            came.push(message.event().unwrap_or(message.action_id()).to_owned());
        }
    }
    assert_eq!(came, ["Newchannel", "Hangup", "mine-1"]);
    assert_eq!(link.census().kinds().collect::<Vec<_>>(), [("Hangup", 1), ("Newchannel", 1)]);
    down(&mut link).await;
    pbx.await.unwrap();
}

#[tokio::test]
async fn a_plain_login_sends_the_secret() {
    let (listener, port) = listen().await;
    let pbx = script(listener, async |mut line| {
        line.say(BANNER).await.unwrap();
        let login = line.answer("Login", "Success").await;
        assert_eq!((field(&login, "Username"), field(&login, "Secret")), ("frontdesk", SECRET));
        line.say(BOOTED).await.unwrap();
    });
    let mut config = config(port);
    config.login = Login::Plain;
    let mut link = Link::new(config);
    up(&mut link).await;
    pbx.await.unwrap();
}

#[tokio::test]
async fn a_refused_login_says_what_to_check_and_is_not_tried_again_soon() {
    let (listener, port) = listen().await;
    let pbx = script(listener, async |mut line| {
        line.say(BANNER).await.unwrap();
        line.answer("Challenge", "Success\r\nChallenge: 1").await;
        line.answer("Login", "Error\r\nMessage: Authentication failed").await;
    });
    let mut link = Link::new(config(port));
    let (reason, retry_in) = down(&mut link).await;
    assert!(retry_in > Duration::from_secs(10));
    let text = reason.to_string();
    assert!(text.contains("`frontdesk` (Authentication failed)") && text.contains("manager.conf"), "{text}");
    assert!(!text.contains(SECRET) && !format!("{link:?} {:?}", config(port)).contains(SECRET));
    pbx.await.unwrap();
}

#[tokio::test]
async fn something_else_behind_the_port_is_told() {
    let (listener, port) = listen().await;
    let pbx = script(listener, async |mut line| line.say("SSH-2.0-OpenSSH_9.2p1\r\n").await.unwrap());
    assert!(matches!(down(&mut Link::new(config(port))).await.0, Reason::NotAsterisk { .. }));
    pbx.await.unwrap();
}

#[tokio::test]
async fn a_port_where_nothing_listens_is_tried_again_ever_more_rarely() {
    let (listener, port) = listen().await;
    drop(listener);
    let mut link = Link::new(config(port));
    let mut waits = Vec::new();
    for _ in 0..5 {
        let (reason, retry_in) = down(&mut link).await;
        assert!(reason.to_string().contains("nothing listens there"), "{reason}");
        waits.push(retry_in);
    }
    assert!(waits[4] > waits[0] * 4, "{waits:?}");
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_named() {
    let mut config = config(5038);
    config.host = "pbx.invalid".into();
    let reason = down(&mut Link::new(config)).await.0.to_string();
    assert!(reason.contains("pbx.invalid:5038"), "{reason}");
}

#[tokio::test]
async fn a_quiet_pbx_is_asked_whether_it_is_there_and_that_is_nobodys_business() {
    let (listener, port) = listen().await;
    let pbx = script(listener, async |mut line| {
        line.log_in().await;
        for _ in 0..5 {
            line.answer("Ping", "Success\r\nPing: Pong").await;
        }
        line.say("Event: Newchannel\r\n\r\n").await.unwrap();
        assert!(line.action().await.is_ok(), "the link stays");
    });
    let mut link = Link::new(config(port));
    up(&mut link).await;
    let mut came = Vec::new();
    while came.is_empty() {
        let progress = drive(&mut link).await;
        assert!(matches!(progress, Progress::Messages), "{progress:?}");
        while let Some(message) = link.next_message() {
            came.push(message.event().map(str::to_owned));
        }
    }
    assert_eq!(came, [Some("Newchannel".to_owned())]);
    assert!(link.take_round_trip().is_some(), "its answers are timed");
    assert_eq!(link.take_round_trip(), None, "each once");
    down(&mut link).await;
    pbx.await.unwrap();
}

#[tokio::test]
async fn the_time_to_an_answer_is_that_of_its_action_and_of_no_event() {
    let (go, gone) = tokio::sync::oneshot::channel();
    let (listener, port) = listen().await;
    let pbx = script(listener, async |mut line| {
        line.log_in().await;
        let id = field(&line.action().await.unwrap(), "ActionID").to_owned();
        line.say(&format!("Event: OriginateResponse\r\nActionID: {id}\r\n\r\n")).await.unwrap();
        gone.await.unwrap();
        line.say(&format!("Response: Success\r\nActionID: {id}\r\n\r\n")).await.unwrap();
        let _ = line.action().await;
    });
    let mut patient = config(port);
    patient.timing = Timing::default();
    let mut link = Link::new(patient);
    up(&mut link).await;
    assert_eq!(link.take_round_trip(), None, "nothing was asked");
    let asked = std::time::Instant::now();
    link.send(&ActionId::new("mine").unwrap(), &Action::new("Originate"));
    drive(&mut link).await;
    assert_eq!(
        link.next_message().and_then(|it| it.event().map(str::to_owned)).unwrap(),
        "OriginateResponse"
    );
    assert_eq!(link.take_round_trip(), None, "that was no answer");
    let at_least = asked.elapsed();
    go.send(()).unwrap();
    drive(&mut link).await;
    assert!(link.next_message().is_some());
    let took = link.take_round_trip().unwrap();
    assert!(took >= at_least, "{took:?} of {at_least:?}");
    drop(link);
    pbx.await.unwrap();
}

#[tokio::test]
async fn a_pbx_that_does_not_answer_any_more_is_noticed() {
    let (listener, port) = listen().await;
    let pbx = script(listener, async |mut line| {
        line.log_in().await;
        assert_eq!(field(&line.action().await.unwrap(), "Action"), "Ping");
        // It reads no more, says no more, and does not close: until the other side does.
        assert!(line.action().await.is_err());
    });
    let mut config = config(port);
    config.timing.pong = Duration::from_millis(20);
    let mut link = Link::new(config);
    up(&mut link).await;
    let progress = drive(&mut link).await;
    assert!(matches!(progress, Progress::Silent { reason: Reason::Silent }), "{progress:?}");
    assert_eq!(drive(&mut link).await.down(), Some(Reason::Silent));
    pbx.await.unwrap();
}

#[tokio::test]
async fn a_pbx_that_was_silent_for_a_while_is_heard_again_and_nothing_is_lost() {
    let (listener, port) = listen().await;
    let (silent, heard) = tokio::sync::oneshot::channel();
    let pbx = script(listener, async |mut line| {
        line.log_in().await;
        heard.await.unwrap();
        line.say("Event: Newchannel\r\n\r\nEvent: Hangup\r\n\r\n").await.unwrap();
        assert_eq!(field(&line.order().await.unwrap(), "ActionID"), "mine-1");
    });
    let mut config = config(port);
    config.timing.pong = Duration::from_millis(20);
    config.timing.silence = DEADLINE;
    let mut link = Link::new(config);
    up(&mut link).await;
    assert!(matches!(drive(&mut link).await, Progress::Silent { .. }));
    silent.send(()).unwrap();
    assert!(matches!(drive(&mut link).await, Progress::Speaks));
    assert!(matches!(drive(&mut link).await, Progress::Messages));
    assert_eq!(link.next_message().and_then(|message| message.event()), Some("Newchannel"));
    assert_eq!(link.next_message().and_then(|message| message.event()), Some("Hangup"));
    link.send(&ActionId::new("mine-1").unwrap(), &Action::new("Ping"));
    down(&mut link).await;
    pbx.await.unwrap();
}

#[tokio::test]
async fn a_session_of_which_a_firewall_lost_track_is_replaced_long_before_it_is_given_up() {
    let (listener, port) = listen().await;
    let pbx = tokio::spawn(async move {
        let (lost, _) = listener.accept().await.unwrap();
        let mut lost = Line::new(lost);
        lost.log_in().await;
        // The first attempt at another one does not get through either.
        drop(listener.accept().await.unwrap());
        let (stream, _) = listener.accept().await.unwrap();
        let mut line = Line::new(stream);
        line.log_in().await;
        assert_eq!(field(&line.order().await.unwrap(), "ActionID"), "mine-1");
        line.say("Event: Newchannel\r\n\r\n").await.unwrap();
        // The old one is let go of, after the question whether anybody is there.
        while lost.action().await.is_ok() {}
        let _ = line.action().await;
    });
    let mut config = config(port);
    config.timing.pong = Duration::from_millis(20);
    config.timing.silence = DEADLINE;
    let mut link = Link::new(config);
    up(&mut link).await;
    assert!(matches!(drive(&mut link).await, Progress::Silent { .. }));
    assert_eq!(down(&mut link).await, (Reason::Silent, Duration::ZERO));
    link.send(&ActionId::new("mine-0").unwrap(), &Action::new("Ping"));
    up(&mut link).await;
    link.send(&ActionId::new("mine-1").unwrap(), &Action::new("Ping"));
    assert!(matches!(drive(&mut link).await, Progress::Messages));
    assert_eq!(link.next_message().and_then(|message| message.event()), Some("Newchannel"));
    drop(link);
    pbx.await.unwrap();
}

#[tokio::test]
async fn after_a_restart_of_the_pbx_the_link_comes_back_by_itself() {
    let (listener, port) = listen().await;
    let pbx = tokio::spawn(async move {
        for _ in 0..3 {
            let (stream, _) = listener.accept().await.unwrap();
            Line::new(stream).log_in().await;
        }
    });
    let mut link = Link::new(config(port));
    for _ in 0..3 {
        up(&mut link).await;
        assert_eq!(down(&mut link).await.0, Reason::Closed);
    }
    pbx.await.unwrap();
}

#[tokio::test]
async fn what_is_half_said_when_the_line_breaks_is_not_handed_out() {
    let (listener, port) = listen().await;
    let pbx = script(listener, async |mut line| {
        line.log_in().await;
        line.say("Event: Hangup\r\nUniqueid: 1.1\r\n").await.unwrap();
    });
    let mut link = Link::new(config(port));
    up(&mut link).await;
    assert_eq!(drive(&mut link).await.down(), Some(Reason::Closed));
    assert!(link.next_message().is_none());
    pbx.await.unwrap();
}

#[tokio::test]
async fn a_pbx_that_has_not_booted_is_told_from_one_that_refuses() {
    let (listener, port) = listen().await;
    let pbx = script(listener, async |mut line| {
        line.say(BANNER).await.unwrap();
        line.answer("Challenge", "Success\r\nChallenge: 1").await;
        line.answer("Login", "Success").await;
        assert!(line.action().await.is_err());
    });
    let mut config = config(port);
    config.timing.boot = Duration::from_millis(30);
    let (reason, _) = down(&mut Link::new(config)).await;
    assert!(matches!(reason, Reason::NotBooted) && reason.to_string().contains("`system`"));
    pbx.await.unwrap();
}

#[tokio::test]
async fn a_pbx_that_never_stops_talking_and_never_has_booted_is_left() {
    let (listener, port) = listen().await;
    let pbx = script(listener, async |mut line| {
        line.say(BANNER).await.unwrap();
        line.answer("Challenge", "Success\r\nChallenge: 1234").await;
        line.answer("Login", "Success").await;
        let flood = "Event: Newstate\r\n\r\n".repeat(1_000);
        while line.say(&flood).await.is_ok() {}
    });
    let mut config = config(port);
    config.timing.boot = Duration::from_millis(50);
    let mut link = Link::new(config);
    assert_eq!(down(&mut link).await.0, Reason::NotBooted);
    pbx.await.unwrap();
}

#[tokio::test]
async fn a_future_that_is_dropped_loses_nothing() {
    let (listener, port) = listen().await;
    let count = 2_000;
    let pbx = script(listener, async move |mut line| {
        line.log_in().await;
        for number in 0..count {
            line.say(&format!("Event: Newstate\r\nNumber: {number}\r\n\r\n")).await.unwrap();
        }
        assert_eq!(field(&line.order().await.unwrap(), "ActionID"), "mine-1");
    });
    let mut link = Link::new(config(port));
    let mut next = 0;
    let end = tokio::time::Instant::now() + DEADLINE;
    while next < count {
        assert!(tokio::time::Instant::now() < end, "only {next} came");
        tokio::select! {
            biased;
            progress = link.drive() => assert!(progress.down().is_none()),
            // Whatever is not ready at once is dropped.
            () = tokio::task::yield_now() => {}
        }
        while let Some(message) = link.next_message() {
            assert_eq!(message.field("Number"), next.to_string());
            next += 1;
        }
    }
    link.send(&ActionId::new("mine-1").unwrap(), &Action::new("Ping"));
    down(&mut link).await;
    pbx.await.unwrap();
}

#[tokio::test]
async fn who_does_not_take_all_messages_gets_them_the_next_time() {
    let (listener, port) = listen().await;
    let pbx = script(listener, async |mut line| {
        line.log_in().await;
        line.say(&"Event: Newstate\r\n\r\n".repeat(10)).await.unwrap();
        assert!(line.action().await.is_ok());
    });
    let mut link = Link::new(config(port));
    up(&mut link).await;
    for _ in 0..10 {
        assert!(matches!(drive(&mut link).await, Progress::Messages));
        assert!(link.next_message().is_some());
    }
    link.send(&ActionId::new("mine-1").unwrap(), &Action::new("Ping"));
    down(&mut link).await;
    pbx.await.unwrap();
}

#[tokio::test]
async fn a_pbx_that_takes_nothing_is_left_instead_of_growing() {
    let (listener, port) = listen().await;
    let (done, hold) = tokio::sync::oneshot::channel::<()>();
    let pbx = script(listener, async |mut line| {
        line.log_in().await;
        // It keeps the line open and reads nothing.
        let _ = hold.await;
    });
    let mut link = Link::new(config(port));
    up(&mut link).await;
    let action = Action::new("Originate").with("Variable", "x".repeat(1_000)).unwrap();
    let id = ActionId::new("mine-1").unwrap();
    let reason = loop {
        for _ in 0..1_000 {
            link.send(&id, &action);
        }
        tokio::select! {
            biased;
            progress = link.drive() => if let Some(reason) = progress.down() { break reason },
            () = tokio::task::yield_now() => {}
        }
    };
    assert_eq!(reason, Reason::Deaf);
    done.send(()).unwrap();
    pbx.await.unwrap();
}

fn certificate() -> (CertificateDer<'static>, Arc<ServerConfig>) {
    let made = rcgen::generate_simple_self_signed(["pbx.test".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    (certificate, Arc::new(server))
}

fn trusting(certificates: &[CertificateDer<'static>], name: &'static str) -> LinkTls {
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots.add(certificate.clone()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    LinkTls { config: Arc::new(config), name: ServerName::try_from(name).unwrap() }
}

#[tokio::test]
async fn over_tls_the_certificate_is_checked() {
    let (certificate, server) = certificate();
    let (other, _) = self::certificate();
    let cases = [
        (trusting(std::slice::from_ref(&certificate), "pbx.test"), true),
        (trusting(std::slice::from_ref(&certificate), "other.test"), false),
        (trusting(&[other], "pbx.test"), false),
    ];
    for (tls, trusted) in cases {
        let (listener, port) = listen().await;
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::clone(&server));
        let pbx = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            if let Ok(stream) = acceptor.accept(stream).await {
                let mut line = Line::new(stream);
                line.log_in().await;
                assert_eq!(field(&line.order().await.unwrap(), "ActionID"), "mine-1");
                line.say("Event: Newchannel\r\n\r\n").await.unwrap();
                let _ = line.action().await;
            }
        });
        let mut config = config(port);
        config.tls = Some(tls);
        let mut link = Link::new(config);
        if trusted {
            up(&mut link).await;
            link.send(&ActionId::new("mine-1").unwrap(), &Action::new("Ping"));
            assert!(matches!(drive(&mut link).await, Progress::Messages));
            assert_eq!(link.next_message().and_then(|message| message.event()), Some("Newchannel"));
            drop(link);
        } else {
            let (reason, retry_in) = down(&mut link).await;
            assert!(matches!(reason, Reason::Tls { .. }) && retry_in < Duration::from_secs(3), "{reason}");
        }
        pbx.await.unwrap();
    }
}

#[tokio::test]
async fn a_pbx_that_hangs_or_restarts_during_the_handshake_is_tried_again_soon() {
    let (certificate, _) = certificate();
    let (listener, port) = listen().await;
    let pbx = tokio::spawn(async move {
        // One that hangs takes the connection all the same: its operating system does.
        let hangs = listener.accept().await.unwrap();
        drop(listener.accept().await.unwrap());
        drop(hangs);
    });
    let mut config = config(port);
    config.timing.connect = Duration::from_millis(50);
    config.tls = Some(trusting(&[certificate], "pbx.test"));
    let mut link = Link::new(config);
    for expected in [Reason::NoAnswer, Reason::Closed] {
        let (reason, retry_in) = down(&mut link).await;
        assert_eq!(reason, expected);
        assert!(retry_in < Duration::from_secs(1), "{retry_in:?}");
    }
    pbx.await.unwrap();
}

#[tokio::test]
async fn a_port_without_tls_is_no_pbx_with_tls() {
    let (certificate, _) = certificate();
    let (listener, port) = listen().await;
    let pbx = script(listener, async |mut line| line.say(BANNER).await.unwrap());
    let mut config = config(port);
    config.tls = Some(trusting(&[certificate], "pbx.test"));
    let mut link = Link::new(config);
    assert!(matches!(down(&mut link).await.0, Reason::Tls { .. }));
    pbx.await.unwrap();
}
