//! Who is at the other end of a channel, through Local pairs. The one place that steps from channel to channel.

use super::{BridgeKind, Model};
use crate::channel::{Dialled, End, Uid};
use std::sync::Arc;

/// How the other end is tied to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tie {
    /// They talk.
    Bridged,
    /// It dials this one.
    Dialler,
    /// This one dials it.
    Dialled,
}

impl Model {
    /// Every channel that people can see at the other end of `uid`, with its tie; Local pairs are stepped through.
    pub(crate) fn ends(&self, uid: &str) -> Vec<(Tie, Uid)> {
        let mut found = Vec::new();
        let mut seen: Vec<Uid> = Vec::new();
        let mut next: Vec<(Tie, Uid)> = Vec::new();
        if let Some(channel) = self.channels.get(uid) {
            seen.push(Arc::clone(&channel.uid));
            next.push((Tie::Bridged, Arc::clone(&channel.uid)));
        }
        while let Some((so_far, here)) = next.pop() {
            for (tie, there) in self.neighbours(&here) {
                if seen.contains(&there) {
                    continue;
                }
                seen.push(Arc::clone(&there));
                // They talk only where every part of the line is up.
                let tie = if so_far == Tie::Bridged { tie } else { so_far };
                let Some(channel) = self.channels.get(&there) else { continue };
                match channel.end {
                    End::Phone(_) | End::Trunk => found.push((tie, there)),
                    End::Machinery => {}
                    End::Local => {
                        if let Some(half) = channel.ties.half.clone().filter(|half| !seen.contains(half)) {
                            seen.push(Arc::clone(&half));
                            next.push((tie, half));
                        }
                    }
                }
            }
        }
        found
    }

    /// Who dials it, through Local pairs.
    pub(crate) fn dialler(&self, uid: &str) -> Option<Uid> {
        self.ends(uid).into_iter().find(|(tie, _)| *tie == Tie::Dialler).map(|(_, uid)| uid)
    }

    fn neighbours(&self, uid: &str) -> Vec<(Tie, Uid)> {
        let mut found = Vec::new();
        let Some(channel) = self.channels.get(uid) else { return found };
        let bridge = channel.ties.bridge.as_ref().and_then(|id| self.bridges.get(id));
        if let Some(bridge) = bridge.filter(|bridge| bridge.kind == BridgeKind::Talk) {
            let others = bridge.members.iter().filter(|other| other.as_ref() != uid);
            found.extend(others.map(|other| (Tie::Bridged, Arc::clone(other))));
        }
        if let Some(dialler) = &channel.ties.dialled_by {
            match channel.ties.dialled {
                Dialled::Open => found.push((Tie::Dialler, Arc::clone(dialler))),
                Dialled::Answered => found.push((Tie::Bridged, Arc::clone(dialler))),
                Dialled::Not | Dialled::Over => {}
            }
        }
        found.extend(channel.ties.dials.iter().map(|dest| (Tie::Dialled, Arc::clone(dest))));
        found
    }
}
