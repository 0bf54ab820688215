//! Which certificates are taken: a real Frontdesk server with its own certificate, and ports with certificates of every
//! other kind.

use super::headless::Headless;
use crate::connection::address::ServerAddress;
use crate::connection::dial::dial;
use crate::connection::fault::Fault;
use crate::connection::stand_in::DEADLINE;
use crate::connection::trust::{Fingerprint, Trust, TrustBook};
use crate::event::{Event, Remember};
use crate::secret::Secret;
use frontdesk_protocol::{Extension, Role, UserName};
use frontdesk_server::{OfficeKind, Options, RunningServer, Server};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

fn book(roots: RootCertStore) -> TrustBook {
    TrustBook::new(roots, BTreeMap::new(), |_| {})
}

async fn server(port: u16) -> RunningServer {
    let mut config = frontdesk_server::Config::default();
    config.listen.address = ([0, 0, 0, 0], port).into();
    let office = OfficeKind::Rehearsal { seed: 1 };
    let server = Server::start(Options { config, office }).await.unwrap();
    let extensions = vec![Extension::parse("1001").unwrap()];
    let user = UserName::parse("ann").unwrap();
    server.put_user(&user, Role::Receptionist, extensions, "correct horse").await.unwrap();
    server
}

async fn log_in(desk: &Headless, address: &str, trust: Option<&str>) -> Result<(), String> {
    let (reply, outcome) = oneshot::channel();
    desk.tells(Event::LogIn {
        server: address.to_owned(),
        user: "ann".to_owned(),
        password: Secret::new("correct horse"),
        remember: Remember::No,
        trust: trust.map(str::to_owned),
        reply,
    })
    .await;
    outcome.await.unwrap()
}

#[tokio::test]
async fn the_own_certificate_of_a_server_is_asked_about_once_and_another_is_refused() {
    let first = server(0).await;
    let port = first.addr().port();
    let address = format!("https://127.0.0.1:{port}");
    let book = book(RootCertStore::empty());
    let mut desk = Headless::with(book.clone());

    let sentence = log_in(&desk, &address, None).await.unwrap_err();
    assert!(
        sentence.contains("no authority that this computer knows vouches for its certificate"),
        "{sentence}"
    );
    let told = desk.until("the question", |told| told["kind"] == "untrusted").await;
    let shown = told["fingerprint"].as_str().unwrap().to_owned();
    assert_eq!(Some(&*shown), first.fingerprint(), "the desk shows what the server says");

    // Without a yes, with a yes to something else, with a yes for another address: asked again.
    let other = Fingerprint::of(b"another").to_string();
    for (address, trust) in [
        (&address, None),
        (&address, Some(&other)),
        (&format!("https://localhost:{port}"), Some(&shown)),
        (&address, Some(&"yes".to_owned())),
    ] {
        let sentence = log_in(&desk, address, trust.map(String::as_str)).await.unwrap_err();
        assert!(sentence.contains("Your password was not sent."), "{sentence}");
    }
    assert_eq!(log_in(&desk, &address, Some(&shown)).await, Ok(()));
    desk.until("online", |told| told["state"] == "online").await;
    first.shutdown().await;

    // The same address, another certificate: whoever is there gets neither password nor token.
    let second = server(port).await;
    assert_ne!(second.fingerprint(), Some(&*shown));
    let told = desk
        .until("the refusal", |told| {
            told["text"].as_str().is_some_and(|text| text.contains("shows another certificate"))
        })
        .await;
    assert_eq!(told["state"], "offline");
    assert!(told["text"].as_str().unwrap().contains(second.fingerprint().unwrap()), "{told}");
    let mut desk = Headless::with(book.clone());
    let shown = second.fingerprint().unwrap();
    let sentence = log_in(&desk, &address, Some(shown)).await.unwrap_err();
    assert!(sentence.contains("shows another certificate"), "{sentence}");
    assert!(!desk.heard.iter().any(|told| told["kind"] == "untrusted"), "{:?}", desk.heard);

    book.forget(&ServerAddress::parse(&address).unwrap());
    log_in(&desk, &address, None).await.unwrap_err();
    assert_eq!(log_in(&desk, &address, Some(shown)).await, Ok(()));
    desk.until("online", |told| told["state"] == "online").await;
    second.shutdown().await;
}

/// A port that shows this certificate, and whether anything was said to it.
async fn port(
    chain: Vec<CertificateDer<'static>>,
    key: &KeyPair,
) -> (ServerAddress, oneshot::Receiver<usize>) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let (heard, hears) = oneshot::channel();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut bytes = Vec::new();
        if let Ok(mut stream) = TlsAcceptor::from(Arc::new(config)).accept(stream).await {
            let _ = stream.read_to_end(&mut bytes).await;
        }
        let _ = heard.send(bytes.len());
    });
    (ServerAddress::parse(&address).unwrap(), hears)
}

struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        roots
    }

    fn vouches_for(
        &self,
        name: &str,
        change: impl Fn(&mut CertificateParams),
    ) -> (Vec<CertificateDer<'static>>, KeyPair) {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (vec![certificate.der().clone()], key)
    }
}

fn self_signed(change: impl Fn(&mut CertificateParams)) -> (Vec<CertificateDer<'static>>, KeyPair) {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    (vec![params.self_signed(&key).unwrap().der().clone()], key)
}

#[tokio::test]
async fn an_authority_is_enough_and_once_it_vouched_one_has_to() {
    let authority = Authority::new("Known");
    let book = book(authority.roots());
    let (chain, key) = authority.vouches_for("localhost", |_| {});
    let (address, _) = port(chain, &key).await;
    dial(&address, &book).await.unwrap();
    assert_eq!(book.of(&address), Some(Trust::Authority));

    // The same address, as if somebody had put themselves in between: nobody is asked.
    let (chain, key) = self_signed(|_| {});
    let (elsewhere, hears) = port(chain, &key).await;
    let known = BTreeMap::from([(elsewhere.authority(), "authority".to_owned())]);
    let strict = TrustBook::new(authority.roots(), known, |_| {});
    let fault = dial(&elsewhere, &strict).await.err().unwrap();
    assert!(matches!(fault, Fault::Certificate { .. }), "{fault:?}");
    assert_eq!(timeout(DEADLINE, hears).await.unwrap().unwrap(), 0, "nothing is sent");

    // A server that was trusted by its fingerprint and now has a certificate of an authority.
    let (chain, key) = authority.vouches_for("localhost", |_| {});
    let (address, _) = port(chain, &key).await;
    book.trust(&address, Fingerprint::of(b"the old one"));
    dial(&address, &book).await.unwrap();
    assert_eq!(book.of(&address), Some(Trust::Authority));
}

#[tokio::test]
async fn a_wrong_certificate_of_an_authority_is_not_asked_about() {
    let authority = Authority::new("Known");
    let book = book(authority.roots());
    let old = |params: &mut CertificateParams| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2020, 2, 1);
    };
    for (what, (chain, key)) in [
        ("issued for another name", authority.vouches_for("other.example", |_| {})),
        ("expired", authority.vouches_for("localhost", old)),
        // Made by somebody who takes the authority's name.
        ("not valid", Authority::new("Known").vouches_for("localhost", |_| {})),
    ] {
        let (address, hears) = port(chain, &key).await;
        let fault = dial(&address, &book).await.err().unwrap();
        assert!(matches!(fault, Fault::Certificate { .. }), "{what}: {fault:?}");
        assert!(fault.to_string().contains(what), "{fault}");
        assert_eq!(timeout(DEADLINE, hears).await.unwrap().unwrap(), 0, "nothing is sent");
    }
}

#[tokio::test]
async fn whatever_somebody_made_for_themselves_can_be_trusted_and_only_that() {
    let as_authority =
        |params: &mut CertificateParams| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let foreign = Authority::new("Foreign");
    for (chain, key) in
        [self_signed(|_| {}), self_signed(as_authority), foreign.vouches_for("localhost", |_| {})]
    {
        let book = book(Authority::new("Known").roots());
        let print = Fingerprint::of(&chain[0]);
        let (address, hears) = port(chain.clone(), &key).await;
        let fault = dial(&address, &book).await.err().unwrap();
        assert_eq!(fault, Fault::Unknown { server: address.authority(), shown: print });
        assert_eq!(timeout(DEADLINE, hears).await.unwrap().unwrap(), 0, "nothing is sent");

        let (address, _) = port(chain, &key).await;
        book.trust(&address, print);
        dial(&address, &book).await.unwrap();
        assert_eq!(book.of(&address), Some(Trust::Certificate(print)));

        // The certificate alone is public; without its key it is of no use.
        let (others, other_key) = self_signed(|_| {});
        let (address, _) = port(others, &other_key).await;
        book.trust(&address, print);
        let fault = dial(&address, &book).await.err().unwrap();
        assert!(matches!(fault, Fault::Replaced { .. }), "{fault:?}");
    }
}
