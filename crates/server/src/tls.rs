//! The certificate that desks see: PEM files of one's own, read again when they change, or one that the server makes for
//! itself, whose fingerprint a desk remembers. Not the connections.

use crate::config::Config;
use crate::stop::Stop;
use crate::token::random;
use crate::watched::{Because, Files, Looks};
use anyhow::{Context, Result, bail};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, SanType};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use sha2::{Digest, Sha256};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Notify;

/// Where the certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Two PEM files that somebody else keeps.
    Files {
        /// The chain.
        cert: PathBuf,
        /// Its key.
        key: PathBuf,
    },
    /// One PEM file with both, made at the first start.
    SelfMade {
        /// Where.
        file: PathBuf,
    },
}

/// A certificate that is served, and where it comes from.
#[derive(Debug)]
pub struct Certificate {
    source: Source,
    served: Arc<Served>,
    files: Files,
}

/// What new connections get.
#[derive(Debug)]
struct Served(RwLock<Arc<CertifiedKey>>);

impl Source {
    /// What the configuration asks for; `None` where connections are not encrypted: on this machine only, or because
    /// that was asked for.
    pub fn of(config: &Config) -> Option<Self> {
        let listen = &config.listen;
        match (&listen.tls_cert, &listen.tls_key) {
            (Some(cert), Some(key)) => Some(Self::Files { cert: config.path(cert), key: config.path(key) }),
            _ if listen.address.ip().is_loopback() || listen.insecure_plaintext => None,
            _ => Some(Self::SelfMade { file: config.path(&config.store.path).with_extension("tls.pem") }),
        }
    }

    fn files(&self) -> [&Path; 2] {
        match self {
            Self::Files { cert, key } => [cert, key],
            Self::SelfMade { file } => [file, file],
        }
    }

    fn load(&self) -> Result<CertifiedKey> {
        let [cert, key] = self.files();
        let (cert_name, key_name) = match self {
            Self::Files { .. } => ("[listen] tls_cert: ", "[listen] tls_key: "),
            Self::SelfMade { .. } => ("the server's own certificate: ", "the server's own certificate: "),
        };
        let chain = CertificateDer::pem_file_iter(cert).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let chain = chain.ok().filter(|chain| !chain.is_empty());
        let chain = chain
            .with_context(|| format!("{cert_name}{} holds no readable PEM certificate", cert.display()))?;
        let key = PrivateKeyDer::from_pem_file(key)
            .with_context(|| format!("{key_name}{} holds no readable PEM key", key.display()))?;
        CertifiedKey::from_der(chain, key, &default_provider()).context(
            "[listen] tls_cert and tls_key do not belong together. Use the key that the certificate was made for",
        )
    }
}

impl Certificate {
    /// Reads the certificate, and makes it before where it is the server's own and not there yet.
    ///
    /// # Errors
    /// A sentence when it cannot be read or made, or does not fit its key.
    pub fn open(source: Source) -> Result<Self> {
        if let Source::SelfMade { file } = &source
            && !file.exists()
        {
            make(file).with_context(|| format!("the certificate {} cannot be made", file.display()))?;
        }
        let files = Files::new(source.files());
        let served = Arc::new(Served(RwLock::new(Arc::new(source.load()?))));
        Ok(Self { source, served, files })
    }

    /// How connections are encrypted.
    ///
    /// # Errors
    /// When the library refuses its own defaults.
    pub fn config(&self) -> Result<Arc<rustls::ServerConfig>> {
        let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&self.served) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// What the certificate is known by: SHA-256, as `openssl x509 -fingerprint -sha256` writes it.
    pub fn fingerprint(&self) -> String {
        self.served.now().cert.first().map(|leaf| fingerprint(leaf)).unwrap_or_default()
    }

    /// Serves what stands in the files whenever they change, which is looked at `every` so often, and whenever `again`
    /// says so; until the server stops. Connections that are open stay as they are.
    pub async fn follow(mut self, every: Duration, again: Arc<Notify>, stop: Stop) {
        let mut looks = Looks::new(every, again, stop);
        while let Some(because) = looks.next().await {
            let looked = tokio::task::spawn_blocking(move || {
                self.look(because);
                self
            });
            let Ok(same) = looked.await else { return };
            self = same;
        }
    }

    fn look(&mut self, because: Because) {
        if !self.files.changed() && because == Because::Due {
            return;
        }
        match self.source.load() {
            Ok(new) if new.cert == self.served.now().cert => {}
            Ok(new) => {
                *self.served.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
                tracing::info!(fingerprint = %self.fingerprint(), "new connections get the new certificate");
            }
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(%error, "the new certificate cannot be used; the old one stays");
            }
        }
    }
}

impl Served {
    fn now(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ResolvesServerCert for Served {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.now())
    }
}

/// SHA-256 of a certificate, in pairs of hexadecimal digits.
pub fn fingerprint(certificate: &[u8]) -> String {
    let pairs: Vec<String> = Sha256::digest(certificate).iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

/// Makes a certificate and writes it with its key, so that only this user can read it.
fn make(file: &Path) -> Result<()> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Frontdesk server");
    let name = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    for name in ["localhost", name.trim()] {
        // A name that cannot stand in a certificate is left out: desks know it by its fingerprint.
        params
            .subject_alt_names
            .extend(name.try_into().ok().filter(|_| !name.is_empty()).map(SanType::DnsName));
    }
    let pem = format!("{}{}", params.self_signed(&key)?.pem(), key.serialize_pem());
    let mut trial = file.as_os_str().to_owned();
    trial.push(format!(".{:08x}", u32::from_ne_bytes(random()?)));
    let trial = PathBuf::from(trial);
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&trial).and_then(|mut kept| {
        kept.write_all(pem.as_bytes())?;
        kept.sync_all()
    });
    // Whole or not at all; and whoever made one at the same time keeps theirs.
    let put = written.and_then(|()| std::fs::hard_link(&trial, file));
    let removed = std::fs::remove_file(&trial);
    match put {
        Ok(()) => Ok(removed?),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && file.exists() => Ok(()),
        Err(error) => bail!(error),
    }
}

#[cfg(test)]
mod tests;
