//! Who is at the other end of a channel, through Local pairs. The one place that steps from channel to channel.

use super::{Bridge, BridgeKind, Model};
use crate::channel::{Channel, ChannelKey, Dialled, End, Uid};
use smallvec::SmallVec;
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
        let Some(channel) = self.channels.get(uid) else { return Vec::new() };
        self.ends_of(channel).into_iter().map(|(tie, end)| (tie, Arc::clone(&end.uid))).collect()
    }

    /// The same, to look at.
    pub(crate) fn ends_of<'m>(&'m self, channel: &'m Channel) -> SmallVec<[(Tie, &'m Channel); 4]> {
        self.ends_from(channel, self.bridge_of(channel))
    }

    /// The same of a channel whose bridge is known already.
    pub(crate) fn ends_from<'m>(
        &'m self,
        channel: &'m Channel,
        bridge: Option<&'m Bridge>,
    ) -> SmallVec<[(Tie, &'m Channel); 4]> {
        let mut found = SmallVec::new();
        let mut seen: SmallVec<[&Channel; 8]> = SmallVec::new();
        let mut next: SmallVec<[(Tie, &Channel, Option<&Bridge>); 4]> = SmallVec::new();
        seen.push(channel);
        next.push((Tie::Bridged, channel, bridge));
        while let Some((so_far, here, bridge)) = next.pop() {
            self.neighbours(here, bridge, |tie, there| {
                if seen.iter().any(|seen| std::ptr::eq(*seen, there)) {
                    return;
                }
                seen.push(there);
                // They talk only where every part of the line is up.
                let tie = if so_far == Tie::Bridged { tie } else { so_far };
                match there.end {
                    End::Phone(_) | End::Trunk => found.push((tie, there)),
                    End::Machinery => {}
                    End::Local => {
                        let half = there.ties.half.and_then(|half| self.channels.at(half));
                        if let Some(half) =
                            half.filter(|half| !seen.iter().any(|seen| std::ptr::eq(*seen, *half)))
                        {
                            seen.push(half);
                            next.push((tie, half, self.bridge_of(half)));
                        }
                    }
                }
            });
        }
        found
    }

    /// The bridge that it is in.
    pub(crate) fn bridge_of(&self, channel: &Channel) -> Option<&Bridge> {
        channel.ties.bridge.and_then(|bridge| self.bridges.at(bridge))
    }

    /// Who dials it, through Local pairs.
    pub(crate) fn dialler_of<'m>(&'m self, channel: &'m Channel) -> Option<&'m Channel> {
        let ends = self.ends_of(channel);
        ends.into_iter().find(|(tie, _)| *tie == Tie::Dialler).map(|(_, dialler)| dialler)
    }

    /// Calls `each` with everybody who is tied to this channel itself.
    fn neighbours<'m>(
        &'m self,
        channel: &'m Channel,
        bridge: Option<&'m Bridge>,
        mut each: impl FnMut(Tie, &'m Channel),
    ) {
        let mut tied = |tie, key: ChannelKey| {
            if let Some(other) = self.channels.at(key) {
                each(tie, other);
            }
        };
        if let Some(bridge) = bridge.filter(|bridge| bridge.kind == BridgeKind::Talk) {
            for other in bridge.members.iter().filter(|other| **other != channel.key) {
                tied(Tie::Bridged, *other);
            }
        }
        if let Some(dialler) = channel.ties.dialled_by {
            match channel.ties.dialled {
                Dialled::Open => tied(Tie::Dialler, dialler),
                Dialled::Answered => tied(Tie::Bridged, dialler),
                Dialled::Not | Dialled::Over => {}
            }
        }
        for dest in &channel.ties.dials {
            tied(Tie::Dialled, *dest);
        }
    }
}
