//! A wire between the server and the PBX that notes when an action goes by. It changes nothing.

use anyhow::Result;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};

/// The actions that hand a caller on, as they begin on the wire.
const HANDS_ON: [&str; 2] = ["Action: Redirect\r\n", "Action: BlindTransfer\r\n"];

/// The wire.
#[derive(Debug)]
pub struct Wire {
    /// Where the server finds the PBX.
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<f64>>>,
}

impl Wire {
    /// Opens one to this PBX.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn open(pbx: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let wire = Self { address: listener.local_addr()?, seen: Arc::default() };
        let seen = Arc::clone(&wire.seen);
        tokio::spawn(async move {
            while let Ok((server, _)) = listener.accept().await {
                let seen = Arc::clone(&seen);
                // A session that ends has nothing to tell.
                tokio::spawn(async move { relay(server, pbx, &seen).await.ok() });
            }
        });
        Ok(wire)
    }

    /// When each caller was handed on, in milliseconds since 1970.
    pub fn seen(&self) -> Vec<f64> {
        locked(&self.seen).clone()
    }
}

fn locked(seen: &Mutex<Vec<f64>>) -> MutexGuard<'_, Vec<f64>> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn relay(server: TcpStream, pbx: SocketAddr, seen: &Mutex<Vec<f64>>) -> Result<()> {
    let pbx = TcpStream::connect(pbx).await?;
    server.set_nodelay(true)?;
    pbx.set_nodelay(true)?;
    let ((mut from_server, mut to_server), (mut from_pbx, mut to_pbx)) =
        (server.into_split(), pbx.into_split());
    let answers = tokio::spawn(async move { copy(&mut from_pbx, &mut to_server).await });
    let mut bytes = vec![0; 16 * 1024];
    loop {
        // The server writes an action at once, so it is read at once.
        let count = from_server.read(&mut bytes).await?;
        if count == 0 {
            break;
        }
        let said = String::from_utf8_lossy(&bytes[..count]);
        if HANDS_ON.iter().any(|action| said.contains(action)) {
            let at = SystemTime::now().duration_since(UNIX_EPOCH)?;
            locked(seen).push(at.as_secs_f64() * 1e3);
        }
        to_pbx.write_all(&bytes[..count]).await?;
    }
    answers.abort();
    Ok(())
}
