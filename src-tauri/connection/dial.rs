//! A TCP or TLS stream to a server, or a [`Fault`]. Which certificate is taken is decided in `trust`.

use super::address::{ServerAddress, Wire};
use super::fault::Fault;
use super::trust::{TrustBook, Verdict, Verifier};
use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConfig};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::MaybeTlsStream;

/// How long one step of reaching the server may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(8);

/// How long an address may take to answer. The operating system knocks at once, after 1 and after 3 s: with a longer one
/// the third pause alone would keep old facts on the screen for more than three seconds after the server is back.
const KNOCK: Duration = Duration::from_millis(3_500);

/// A stream to a server, encrypted where its address says so.
pub(crate) type Stream = MaybeTlsStream<TcpStream>;

/// Reaches the server.
///
/// # Errors
/// [`Fault`]: unknown host, refused, unreachable, no answer in time, or what is wrong with the encryption.
pub(crate) async fn dial(server: &ServerAddress, book: &TrustBook) -> Result<Stream, Fault> {
    let stream = connect(server).await?;
    // Small messages leave at once; a receptionist's order must not wait for the one before to be acknowledged.
    let _ = stream.set_nodelay(true);
    match server.wire() {
        Wire::Plain => Ok(MaybeTlsStream::Plain(stream)),
        Wire::Tls => {
            let verifier = Arc::new(book.verifier(server));
            let connector = TlsConnector::from(Arc::new(tls(Arc::clone(&verifier))));
            let name = ServerName::try_from(server.host())
                .map_err(|_| Fault::UnknownHost { host: server.host() })?;
            let stream = timeout(PATIENCE, connector.connect(name, stream))
                .await
                .map_err(|_| timed_out(server))?
                .map_err(|error| encryption_fault(server, verifier.verdict(), &error))?;
            book.opened(server, verifier.verdict());
            Ok(MaybeTlsStream::Rustls(stream))
        }
    }
}

pub(crate) fn timed_out(server: &ServerAddress) -> Fault {
    Fault::TimedOut { server: server.authority() }
}

async fn connect(server: &ServerAddress) -> Result<TcpStream, Fault> {
    let unknown = || Fault::UnknownHost { host: server.host() };
    let addresses = timeout(PATIENCE, lookup_host((server.host(), server.port())))
        .await
        .map_err(|_| timed_out(server))?
        .map_err(|_| unknown())?;
    let mut last = None;
    for address in addresses {
        match timeout(KNOCK, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = Some(error),
            Err(_) => last = Some(io::ErrorKind::TimedOut.into()),
        }
    }
    Err(match last {
        None => unknown(),
        Some(error) if error.kind() == io::ErrorKind::TimedOut => timed_out(server),
        Some(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            Fault::Refused { server: server.authority() }
        }
        Some(error) => Fault::Unreachable { server: server.authority(), why: error.kind().to_string() },
    })
}

fn tls(verifier: Arc<Verifier>) -> ClientConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    #[expect(clippy::expect_used, reason = "ring always has the default protocol versions")]
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring supports TLS 1.2 and 1.3");
    builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
}

fn encryption_fault(server: &ServerAddress, verdict: Option<Verdict>, error: &io::Error) -> Fault {
    let server = server.authority();
    match verdict {
        Some(Verdict::Unknown(shown)) => return Fault::Unknown { server, shown },
        Some(Verdict::Replaced(shown)) => return Fault::Replaced { server, shown },
        Some(Verdict::Vouched | Verdict::Trusted) | None => {}
    }
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let why = match inner {
        Some(rustls::Error::InvalidCertificate(why)) => why,
        Some(rustls::Error::InvalidMessage(_)) => return Fault::NotEncrypted { server },
        None if error.kind() == io::ErrorKind::UnexpectedEof => return Fault::NotEncrypted { server },
        None => return Fault::Unreachable { server, why: error.kind().to_string() },
        Some(other) => return Fault::Certificate { server, why: other.to_string() },
    };
    let why = match why {
        CertificateError::UnknownIssuer => {
            "its certificate was not issued by an authority that this computer knows".to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired, or this computer's clock is wrong".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet, or this computer's clock is wrong".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate was issued for another name".to_owned()
        }
        CertificateError::Revoked => "its certificate was revoked".to_owned(),
        other => format!("its certificate is not valid ({other:?})"),
    };
    Fault::Certificate { server, why }
}
