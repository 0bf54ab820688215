//! Where clients come in: TCP with or without TLS, each handshake apart and within five seconds. Not the requests.

use anyhow::{Context, Result};
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

/// The longest a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// How many handshakes may go on at once.
const HANDSHAKES: usize = 64;

/// A connected client's stream.
pub trait Duplex: AsyncRead + AsyncWrite + Unpin + Send + 'static {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + 'static> Duplex for T {}

/// The address a client comes from.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// An open port.
#[derive(Debug)]
pub struct Doorway {
    address: SocketAddr,
    arrivals: mpsc::Receiver<(Box<dyn Duplex>, SocketAddr)>,
    task: JoinHandle<()>,
}

impl Doorway {
    /// Opens the port; `tls` is what encrypts it.
    ///
    /// # Errors
    /// A sentence when the port is taken or the address is not this machine's.
    pub async fn open(address: SocketAddr, tls: Option<Arc<rustls::ServerConfig>>) -> Result<Self> {
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!(
                "{address} cannot be opened for desks. Another program may use it; choose another [listen] address"
            )
        })?;
        let address = listener.local_addr()?;
        let (arrived, arrivals) = mpsc::channel(HANDSHAKES);
        let task = tokio::spawn(accept(listener, tls.map(TlsAcceptor::from), arrived));
        Ok(Self { address, arrivals, task })
    }

    /// Where it is open.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Doorway {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Listener for Doorway {
    type Io = Box<dyn Duplex>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.arrivals.recv().await {
            Some(arrival) => arrival,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Connected<IncomingStream<'_, Doorway>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Doorway>) -> Self {
        Self(*stream.remote_addr())
    }
}

async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    arrived: mpsc::Sender<(Box<dyn Duplex>, SocketAddr)>,
) {
    let turns = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        let Ok(turn) = Arc::clone(&turns).acquire_owned().await else { return };
        let (stream, peer) = match listener.accept().await {
            Ok(arrival) => arrival,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                // Too many open files, mostly: without a pause the loop would burn a core.
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            }
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection stays with Nagle's delay");
        }
        let (tls, arrived) = (tls.clone(), arrived.clone());
        tokio::spawn(async move {
            let _turn = turn;
            if let Some(stream) = shake(stream, tls).await {
                // A closed doorway has nobody to hand it to.
                let _ = arrived.send((stream, peer)).await;
            }
        });
    }
}

async fn shake(stream: TcpStream, tls: Option<TlsAcceptor>) -> Option<Box<dyn Duplex>> {
    let Some(tls) = tls else { return Some(Box::new(stream)) };
    match timeout(HANDSHAKE, tls.accept(stream)).await {
        Ok(Ok(stream)) => Some(Box::new(stream)),
        Ok(Err(error)) => {
            tracing::debug!(%error, "a TLS handshake failed");
            None
        }
        Err(_) => None,
    }
}
