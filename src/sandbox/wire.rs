//! Our own small HTTP/1.1 front: it can do to an answer what a well-behaved server never would.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task::JoinSet;

use crate::erp::{State, locked};

mod reading;
mod writing;

use reading::{Incoming, Reader};
use writing::{After, send, send_refusal};

/// Connections served at once; more wait in the system's queue.
const CONNECTIONS: usize = 256;
/// How long an idle kept-alive connection, or a request in pieces, is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Serves until `stopped` resolves or its sender is gone, then drops every connection.
pub(crate) async fn serve(
    listener: std::net::TcpListener,
    state: Arc<Mutex<State>>,
    mut stopped: oneshot::Receiver<()>,
) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "the sandbox's listener cannot be used");
            return;
        }
    };
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            Some(_) = connections.join_next() => {}
            accepted = accept(&listener, &places) => match accepted {
                Ok((stream, place)) => {
                    let state = Arc::clone(&state);
                    connections.spawn(async move {
                        let _place = place;
                        converse(stream, &state).await;
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "the sandbox could not take a connection");
                    // Out of file descriptors, most likely: give the others time to end.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
        }
    }
}

async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> std::io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, place))
}

/// One connection: requests and answers in turn until one side has had enough.
async fn converse(mut stream: TcpStream, state: &Mutex<State>) {
    // Without it a dripped byte would wait for the next one.
    let _ = stream.set_nodelay(true);
    let mut reader = Reader::default();
    loop {
        let incoming = tokio::time::timeout(PATIENCE, reader.next(&mut stream)).await;
        let (request, keep_alive) = match incoming {
            Ok(Ok(Incoming::Request { request, keep_alive })) => (request, keep_alive),
            Ok(Ok(Incoming::Refused(status))) => {
                let _ = send_refusal(&mut stream, status).await;
                break;
            }
            Ok(Ok(Incoming::End)) | Ok(Err(_)) | Err(_) => break,
        };
        let plan = locked(state).serve(&request);
        if plan.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(plan.delay_ms)).await;
        }
        let bodiless = request.method == "HEAD";
        match send(&mut stream, plan.delivery, keep_alive, bodiless).await {
            Ok(After::KeepOpen) => {}
            Ok(After::Close) | Err(_) => break,
        }
    }
    let _ = stream.shutdown().await;
}
