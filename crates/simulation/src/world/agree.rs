//! Whether desks, server and PBX agree, and whether nothing was done twice.

use super::World;
use crate::server::Server;
use frontdesk_protocol::{LegId, PbxLink};
use frontdesk_server::sans_io::{Others, Sight};
use std::collections::BTreeSet;

impl World {
    /// Each desk shows what the server has, and the server what the PBX has.
    pub(super) fn agree(&self) -> Result<(), String> {
        let server = self.server.as_ref().ok_or("the server does not run")?;
        let office = server.hub.office(Clone::clone);
        if !matches!(office.link, PbxLink::Up { .. }) {
            return Err(format!("the server has no link to the PBX: {:?}", office.link));
        }
        if office != *server.core.office() {
            return Err("what is published is not what the model has".to_owned());
        }
        let shown: BTreeSet<&str> =
            office.calls.values().flat_map(|call| &call.legs).map(|leg| LegId::as_str(&leg.id)).collect();
        let there = self.pbx.legs();
        if !there.iter().map(String::as_str).eq(shown.iter().copied()) {
            return Err(format!("the PBX has the channels {there:?}, and shown are {shown:?}"));
        }
        for (index, desk) in self.desks.iter().enumerate() {
            let seen = Sight::of(&desk.session.user, Others::Names).office(&office);
            if !desk.replica.cursor().is_complete() || **desk.replica.office() != seen {
                let missing = desk.replica.office().changes_to(&seen);
                return Err(format!("desk {index} does not show what the server has: {missing:?}"));
            }
            if let Some(id) = desk.open.keys().next() {
                return Err(format!("desk {index} has no answer to its order {id}"));
            }
        }
        Ok(())
    }

    /// No order was carried out or acted twice, and nobody was told two things about one.
    pub(super) fn count(&mut self) -> Result<(), String> {
        if let Some(server) = self.server.take() {
            self.keep_counts(&server);
            let twice = server.around.carried.iter().find(|(_, times)| **times > 1);
            if let Some(((_, id), times)) = twice {
                return Err(format!("the order {id} was carried out {times} times"));
            }
            self.server = Some(server);
        }
        for (index, desk) in self.desks.iter().enumerate() {
            let two = desk.outcomes.iter().find(|(_, outcomes)| outcomes.iter().any(|it| *it != outcomes[0]));
            if let Some((id, outcomes)) = two {
                return Err(format!("desk {index} was told different things about {id}: {outcomes:?}"));
            }
        }
        let wished = |kind| self.wished.get(kind).copied().unwrap_or(0);
        let acted = |name| self.acts.get(name).copied().unwrap_or(0);
        let placed = acted("Originate");
        // Whoever comes back is called as well.
        let calls = wished("originate") + wished("safe") + wished("pullBack");
        if placed > calls {
            return Err(format!("{placed} calls were placed for {calls} orders"));
        }
        let moved = acted("Redirect") + acted("BlindTransfer");
        if wished("safe") + wished("pullBack") + wished("hangUp") == 0 && moved > wished("blind") {
            return Err(format!("calls were moved {moved} times for {} orders", wished("blind")));
        }
        Ok(())
    }

    /// Keeps what a server did beyond its life.
    pub(super) fn keep_counts(&mut self, server: &Server) {
        for (name, times) in &server.around.acts {
            *self.acts.entry(name).or_default() += times;
        }
        self.carried += server.around.carried.len();
    }
}
