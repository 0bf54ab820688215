//! The one loop of the desktop core: waits for the next event or for the time that the controller named, and hands both
//! to it.

use crate::controller::{Controller, Start};
use crate::desktop::Desktop;
use crate::event::{Event, Now};
use frontdesk_protocol::Millis;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc;

/// Reads both clocks.
pub(crate) fn now() -> Now {
    let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Now { at: Instant::now(), wall: Millis(i64::try_from(wall.as_millis()).unwrap_or(i64::MAX)) }
}

/// Runs until nobody can send events any more.
pub(crate) async fn run(
    mut controller: Controller,
    start: Start,
    mut events: mpsc::Receiver<Event>,
    mut desktop: impl Desktop,
) {
    controller.start(start, now(), &mut desktop);
    loop {
        let wake = controller.wake();
        let due = async {
            match wake {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        let event = tokio::select! {
            event = events.recv() => match event {
                Some(event) => event,
                None => return,
            },
            () = due => Event::Tick,
        };
        controller.handle(event, now(), &mut desktop);
    }
}
