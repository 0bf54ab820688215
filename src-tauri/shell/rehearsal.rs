//! The rehearsal office in this process, with the server that stands between it and this desk.

use super::Inbox;
use crate::event::Event;

/// Opens the rehearsal office: [`Event::Rehearsal`].
pub(super) fn open(inbox: Inbox) {
    tokio::spawn(async move {
        let why = "this build has none. Start it with --connect and the address of a server.";
        inbox.tell(Event::Rehearsal(Err(why.to_owned()))).await;
    });
}
