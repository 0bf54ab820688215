//! The end of the server as everybody in it hears of it: with the sentence of farewell. Not what each does then.

use tokio::sync::watch;

/// Hears of the server's end.
pub type Stop = watch::Receiver<Option<String>>;

/// Waits for the server's end and gives its farewell.
pub async fn farewell(stop: &mut Stop) -> String {
    match stop.wait_for(Option::is_some).await {
        Ok(text) => text.clone().unwrap_or_default(),
        // Whoever could say farewell is gone: an end as well.
        Err(_) => "The server stops.".to_owned(),
    }
}
