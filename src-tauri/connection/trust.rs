//! Which certificates are trusted: those that an authority vouches for, and at each server's address the one that the
//! person has trusted by its fingerprint. Not the connection.

use super::address::ServerAddress;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, RootCertStore, SignatureScheme};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// How it is written that an authority vouched.
const AUTHORITY: &str = "authority";

/// SHA-256 of a certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; 32]);

/// What is known of the server at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// An authority vouched for it; from then on one has to.
    Authority,
    /// The person trusted this certificate; from then on no other is taken, unless an authority vouches for it.
    Certificate(Fingerprint),
}

/// What is known of each server, by host and port. It is kept whenever it changes.
#[derive(Clone)]
pub(crate) struct TrustBook(Arc<Book>);

struct Book {
    roots: RootCertStore,
    known: Mutex<BTreeMap<String, Trust>>,
    keep: Box<dyn Fn(BTreeMap<String, String>) + Send + Sync>,
}

/// Checks the certificate of one connection, and says afterwards what it found.
#[derive(Debug)]
pub(super) struct Verifier {
    provider: Arc<CryptoProvider>,
    /// `None` where this computer knows no authority at all.
    authorities: Option<Arc<WebPkiServerVerifier>>,
    trust: Option<Trust>,
    verdict: Mutex<Option<Verdict>>,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// An authority vouches for it.
    Vouched,
    /// It is the one that the person trusted.
    Trusted,
    /// Nobody vouches for it, and the person was not asked yet.
    Unknown(Fingerprint),
    /// It is another one than the person trusted.
    Replaced(Fingerprint),
}

impl Fingerprint {
    /// That of a certificate.
    pub(crate) fn of(certificate: &[u8]) -> Self {
        Self(Sha256::digest(certificate).into())
    }

    /// Reads what [`fmt::Display`] writes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let pairs: Vec<&str> = text.split(':').collect();
        if pairs.len() != bytes.len() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            let plain = pair.len() == 2 && pair.bytes().all(|digit| digit.is_ascii_hexdigit());
            *byte = u8::from_str_radix(pair, 16).ok().filter(|_| plain)?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(at, byte)| {
            let colon = if at == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")
        })
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for TrustBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TrustBook").field(&self.0.known).finish()
    }
}

impl TrustBook {
    /// What was kept, and how to keep it from now on. `roots` are the authorities.
    pub(crate) fn new(
        roots: RootCertStore,
        kept: BTreeMap<String, String>,
        keep: impl Fn(BTreeMap<String, String>) + Send + Sync + 'static,
    ) -> Self {
        let read = |(server, trust): (String, String)| Some((server, read(&trust)?));
        let known = Mutex::new(kept.into_iter().filter_map(read).collect());
        Self(Arc::new(Book { roots, known, keep: Box::new(keep) }))
    }

    /// The person trusts this certificate at this address.
    pub(crate) fn trust(&self, server: &ServerAddress, certificate: Fingerprint) {
        self.change(server, Some(Trust::Certificate(certificate)));
    }

    /// Nothing is known any more of the server at this address.
    pub(crate) fn forget(&self, server: &ServerAddress) {
        self.change(server, None);
    }

    /// What is known of the server at this address.
    pub(crate) fn of(&self, server: &ServerAddress) -> Option<Trust> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner).get(&server.authority()).copied()
    }

    /// A check for a connection to this address.
    pub(super) fn verifier(&self, server: &ServerAddress) -> Verifier {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let roots = Arc::new(self.0.roots.clone());
        let authorities =
            WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build().ok();
        Verifier { provider, authorities, trust: self.of(server), verdict: Mutex::new(None) }
    }

    /// The connection is open: an authority that vouched is noted.
    pub(super) fn opened(&self, server: &ServerAddress, verdict: Option<Verdict>) {
        if verdict == Some(Verdict::Vouched) {
            self.change(server, Some(Trust::Authority));
        }
    }

    fn change(&self, server: &ServerAddress, trust: Option<Trust>) {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match trust {
            Some(trust) => known.insert(server.authority(), trust),
            None => known.remove(&server.authority()),
        };
        if before == trust {
            return;
        }
        let all = known.iter().map(|(server, trust)| (server.clone(), written(trust))).collect();
        drop(known);
        (self.0.keep)(all);
    }
}

impl Verifier {
    /// What was found, once a certificate was shown.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        *self.verdict.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn found(&self, verdict: Verdict) {
        *self.verdict.lock().unwrap_or_else(PoisonError::into_inner) = Some(verdict);
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let vouched = match &self.authorities {
            Some(authorities) => authorities.verify_server_cert(certificate, others, name, ocsp, now),
            None => Err(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)),
        };
        let Err(error) = vouched else {
            self.found(Verdict::Vouched);
            return vouched;
        };
        let shown = Fingerprint::of(certificate);
        match self.trust {
            Some(Trust::Certificate(trusted)) if trusted == shown => {
                self.found(Verdict::Trusted);
                return Ok(ServerCertVerified::assertion());
            }
            Some(Trust::Certificate(_)) => self.found(Verdict::Replaced(shown)),
            // One that an authority vouches for, but for another name or another time, is not what the person is
            // asked about: it is wrong.
            None if is_nobodys(&error) => self.found(Verdict::Unknown(shown)),
            Some(Trust::Authority) | None => {}
        }
        Err(error)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Whether no authority has to do with it. A certificate that somebody made for themselves may also call itself an
/// authority, which the library reports apart.
fn is_nobodys(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::Other(_))
    )
}

fn written(trust: &Trust) -> String {
    match trust {
        Trust::Authority => AUTHORITY.to_owned(),
        Trust::Certificate(certificate) => certificate.to_string(),
    }
}

fn read(text: &str) -> Option<Trust> {
    match text {
        AUTHORITY => Some(Trust::Authority),
        print => Fingerprint::parse(print).map(Trust::Certificate),
    }
}

/// The authorities that this computer knows.
pub(crate) fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "some of the system's certificate authorities cannot be read");
    }
    roots.add_parsable_certificates(found.certs);
    roots
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_it_is_written_and_nothing_else_is() {
        let print = Fingerprint::of(b"a certificate");
        let text = print.to_string();
        assert_eq!(text.len(), 95);
        assert_eq!(Fingerprint::parse(&text), Some(print));
        for wrong in [
            "",
            ":",
            &text[..94],
            &format!("{text}:00"),
            &text.replace(':', ""),
            &format!("+1{}", &text[2..]),
        ] {
            assert_eq!(Fingerprint::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_known_is_kept_and_read_again() {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&kept);
        let book = TrustBook::new(RootCertStore::empty(), BTreeMap::new(), move |all| {
            keep.lock().unwrap().push(all)
        });
        let (one, other) = (
            ServerAddress::parse("a.example").unwrap(),
            ServerAddress::parse("https://a.example:1").unwrap(),
        );
        let print = Fingerprint::of(b"a certificate");
        book.trust(&one, print);
        book.trust(&one, print);
        book.opened(&other, Some(Verdict::Vouched));
        book.opened(&other, Some(Verdict::Trusted));
        assert_eq!(kept.lock().unwrap().len(), 2, "only what is new is kept");
        let last = kept.lock().unwrap().last().unwrap().clone();
        let mut damaged = last.clone();
        damaged.insert("b.example:1".into(), "nonsense".into());
        let again = TrustBook::new(RootCertStore::empty(), damaged, |_| {});
        assert_eq!(again.of(&one), Some(Trust::Certificate(print)));
        assert_eq!(again.of(&other), Some(Trust::Authority));
        assert_eq!(again.of(&ServerAddress::parse("https://b.example:1").unwrap()), None);
        book.forget(&one);
        assert_eq!(kept.lock().unwrap().last().unwrap().keys().collect::<Vec<_>>(), ["a.example:1"]);
    }
}
