//! What a client of the encrypted port gets: at the first start, at the next, and after the files were changed.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use super::*;
use crate::doorway::Doorway;
use crate::server::{Options, Server};
use axum::serve::Listener as _;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

const DEADLINE: Duration = Duration::from_secs(20);

/// Takes every certificate, and checks that whoever shows it has its key.
#[derive(Debug)]
struct Curious;

impl ServerCertVerifier for Curious {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, signed, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, signed, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        default_provider().signature_verification_algorithms.supported_schemes()
    }
}

async fn connect(address: SocketAddr) -> std::io::Result<TlsStream<TcpStream>> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Curious))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let stream = TcpStream::connect(("127.0.0.1", address.port())).await?;
    let name = ServerName::try_from("localhost").unwrap();
    tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

/// The fingerprint that a client sees.
async fn shown(address: SocketAddr) -> String {
    let stream = timeout(DEADLINE, connect(address)).await.unwrap().unwrap();
    fingerprint(&stream.get_ref().1.peer_certificates().unwrap()[0])
}

fn pair() -> (String, String) {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    (cert.pem(), signing_key.serialize_pem())
}

struct Kept {
    folder: tempfile::TempDir,
}

impl Kept {
    fn new() -> Self {
        let kept = Self { folder: tempfile::tempdir().unwrap() };
        let (cert, key) = pair();
        kept.write("cert.pem", &cert);
        kept.write("key.pem", &key);
        kept
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn source(&self) -> Source {
        let path = |name| self.folder.path().join(name);
        Source::Files { cert: path("cert.pem"), key: path("key.pem") }
    }
}

#[test]
fn the_server_makes_its_own_certificate_once_and_nobody_else_can_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("frontdesk.tls.pem");
    let all = std::thread::scope(|scope| {
        let open = || Certificate::open(Source::SelfMade { file: file.clone() }).unwrap().fingerprint();
        let opened: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        opened.into_iter().map(|thread| thread.join().unwrap()).collect::<std::collections::BTreeSet<_>>()
    });
    assert_eq!(all.len(), 1, "started twice at the same time, it is still one: {all:?}");
    let print = all.first().unwrap();
    assert_eq!(print.len(), 95);
    assert!(print.split(':').all(|pair| pair.len() == 2 && u8::from_str_radix(pair, 16).is_ok()), "{print}");
    let again = Certificate::open(Source::SelfMade { file: file.clone() }).unwrap();
    assert_eq!(again.fingerprint(), *print);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else stays behind");
    std::fs::write(&file, "half of it").unwrap();
    let error = format!("{:#}", Certificate::open(Source::SelfMade { file }).unwrap_err());
    assert!(error.starts_with("the server's own certificate: "), "{error}");
}

#[tokio::test]
async fn new_connections_get_the_new_certificate_and_a_bad_file_keeps_the_old() {
    let kept = Kept::new();
    let mut certificate = Certificate::open(kept.source()).unwrap();
    let mut doorway =
        Doorway::open(([127, 0, 0, 1], 0).into(), Some(certificate.config().unwrap())).await.unwrap();
    let address = doorway.address();
    let first = certificate.fingerprint();
    assert_eq!(shown(address).await, first);
    let mut open = connect(address).await.unwrap();

    let (cert, key) = pair();
    kept.write("cert.pem", &cert);
    certificate.look(Because::Asked);
    assert_eq!(shown(address).await, first, "the new certificate does not fit the old key");
    kept.write("key.pem", "-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n");
    certificate.look(Because::Asked);
    assert_eq!(shown(address).await, first);
    std::fs::remove_file(kept.folder.path().join("cert.pem")).unwrap();
    certificate.look(Because::Asked);
    assert_eq!(shown(address).await, first);
    kept.write("cert.pem", "");
    certificate.look(Because::Asked);
    assert_eq!(shown(address).await, first);
    kept.write("cert.pem", &cert);
    kept.write("key.pem", &key);
    certificate.look(Because::Due);
    let second = certificate.fingerprint();
    assert_ne!(second, first);
    assert_eq!(shown(address).await, second);

    // The connection that was open before goes on.
    open.write_all(b"x").await.unwrap();
    let mut read = [0];
    let echo = async {
        loop {
            let (mut stream, _) = doorway.accept().await;
            if timeout(Duration::from_secs(5), stream.read_exact(&mut read))
                .await
                .is_ok_and(|read| read.is_ok())
            {
                return stream.write_all(&read).await.unwrap();
            }
        }
    };
    timeout(DEADLINE, echo).await.unwrap();
    let mut answer = [0];
    timeout(DEADLINE, open.read_exact(&mut answer)).await.unwrap().unwrap();
    assert_eq!(&answer, b"x");
}

#[tokio::test]
async fn a_changed_file_is_seen_without_being_told_and_at_once_when_told() {
    for (every, told) in [(Duration::from_millis(5), false), (Duration::from_secs(86_400), true)] {
        let kept = Kept::new();
        let certificate = Certificate::open(kept.source()).unwrap();
        let doorway =
            Doorway::open(([127, 0, 0, 1], 0).into(), Some(certificate.config().unwrap())).await.unwrap();
        let first = certificate.fingerprint();
        let again = Arc::new(Notify::new());
        let (_stop, stopped) = watch::channel(None);
        tokio::spawn(certificate.follow(every, Arc::clone(&again), stopped));
        let (cert, key) = pair();
        kept.write("cert.pem", &cert);
        kept.write("key.pem", &key);
        if told {
            again.notify_one();
        }
        let changed = async { while shown(doorway.address()).await == first {} };
        timeout(DEADLINE, changed).await.expect("the new certificate is served");
    }
}

#[test]
fn plaintext_is_for_this_machine_or_for_those_who_asked() {
    let source = |listen: &str| {
        let text = format!("[pbx]\nsecret = \"s\"\n[store]\npath = \"data/f.db\"\n[listen]\n{listen}");
        Source::of(&Config::parse(&text, Path::new("frontdesk.toml"), Path::new("/srv")).unwrap())
    };
    for plain in [
        "",
        "address = \"127.0.0.1:8090\"",
        "address = \"[::1]:8090\"",
        "address = \"0.0.0.0:8090\"\ninsecure_plaintext = true",
    ] {
        assert_eq!(source(plain), None, "{plain}");
    }
    let own = Some(Source::SelfMade { file: "/srv/data/f.tls.pem".into() });
    for open in ["0.0.0.0:8090", "[::]:8090", "192.0.2.1:8090"] {
        assert_eq!(source(&format!("address = \"{open}\"")), own, "{open}");
    }
    let files = "tls_cert = \"c.pem\"\ntls_key = \"k.pem\"";
    let expected = Some(Source::Files { cert: "/srv/c.pem".into(), key: "/srv/k.pem".into() });
    assert_eq!(source(files), expected);
    assert_eq!(source(&format!("address = \"0.0.0.0:1\"\ninsecure_plaintext = true\n{files}")), expected);
}

#[tokio::test]
async fn a_server_that_is_open_to_others_encrypts_without_being_told() {
    let folder = tempfile::tempdir().unwrap();
    let text = "[pbx]\nport = 9\nsecret = \"s\"\n[listen]\naddress = \"0.0.0.0:0\"\n";
    let config = Config::parse(text, Path::new("frontdesk.toml"), folder.path()).unwrap();
    let server = Server::start(Options::from_config(config)).await.unwrap();
    assert!(server.url().starts_with("https://"), "{}", server.url());
    assert_eq!(shown(server.addr()).await, server.fingerprint().unwrap());
    assert!(folder.path().join("frontdesk.tls.pem").exists());
    let name = frontdesk_protocol::UserName::parse("anna").unwrap();
    server.put_user(&name, frontdesk_protocol::Role::Colleague, vec![], "correct horse").await.unwrap();

    let address = format!("127.0.0.1:{}", server.addr().port());
    let body = r#"{"user":"anna","password":"correct horse"}"#;
    let request = format!(
        "POST /api/login HTTP/1.1\r\nHost: {address}\r\nOrigin: https://{address}\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = connect(server.addr()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = timeout(DEADLINE, stream.read_to_end(&mut answer)).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("set-cookie: __Host-frontdesk="), "{answer}");
    assert!(answer.contains("; Path=/; HttpOnly; SameSite=Strict; Secure\r\n"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age=31536000"), "{answer}");

    let mut plain = TcpStream::connect(("127.0.0.1", server.addr().port())).await.unwrap();
    plain.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = timeout(DEADLINE, plain.read_to_end(&mut answer)).await.unwrap();
    assert!(!answer.starts_with(b"HTTP"), "nothing is answered in the clear");
    server.shutdown().await;
}
