//! One HTTP connection after the other, each with a time to say what it wants and a limit to how much. A stranger who
//! says nothing, or endlessly, holds a place for five seconds. Not the requests.

use super::{App, LARGEST_BODY, routes};
use crate::doorway::{Doorway, Duplex, Peer};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::serve::Listener as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

/// How many connections that are no desk's may be open; further ones wait until one of these ends.
const STRANGERS: usize = 256;

/// Serves until `stopped`, and then what was begun.
pub async fn serve(mut doorway: Doorway, app: Arc<App>, stopped: impl Future<Output = ()> + Send + 'static) {
    let patience = app.limits.request;
    let router = routes(app);
    let places = Arc::new(Semaphore::new(STRANGERS));
    let (stop, stopping) = watch::channel(());
    let mut connections = JoinSet::new();
    tokio::pin!(stopped);
    loop {
        tokio::select! {
            () = &mut stopped => break,
            arrival = arrival(&mut doorway, &places) => {
                let Some((place, stream, peer)) = arrival else { break };
                let (router, mut stopping) = (router.clone(), stopping.clone());
                connections.spawn(async move {
                    let _place = place;
                    // Only the end of the sender counts.
                    let stop = async move { while stopping.changed().await.is_ok() {} };
                    connection(stream, peer, router, patience, stop).await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
    drop((doorway, stop));
    while connections.join_next().await.is_some() {}
}

async fn arrival(
    doorway: &mut Doorway,
    places: &Arc<Semaphore>,
) -> Option<(OwnedSemaphorePermit, Box<dyn Duplex>, SocketAddr)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    let (stream, peer) = doorway.accept().await;
    Some((place, stream, peer))
}

async fn connection(
    stream: Box<dyn Duplex>,
    peer: SocketAddr,
    router: Router,
    patience: Duration,
    stop: impl Future<Output = ()>,
) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(Peer(peer)));
        router.call(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience).max_buf_size(LARGEST_BODY).max_headers(64);
    let connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(connection, stop);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = &mut stop => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "a connection ended early");
    }
}
