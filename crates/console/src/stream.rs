//! The order of My Stream: ringing first, then by start; it waits while the pointer is inside. And which legs ring.

use crate::cards::{CardState, state};
use crate::event::Hover;
use frontdesk_protocol::{Call, CallId, Extension, Leg, LegId, Millis, Office};
use std::collections::{BTreeMap, BTreeSet};

/// The order of the cards.
#[derive(Debug, Clone)]
pub struct Stream {
    /// Top to bottom.
    pub order: Vec<LegId>,
    /// Whether the pointer is inside.
    pub hover: Hover,
    /// The card that Tab reaches.
    pub focus: Option<LegId>,
    ringing: BTreeSet<LegId>,
    /// Whose legs these are.
    calls: BTreeMap<LegId, CallId>,
}

impl Default for Stream {
    fn default() -> Self {
        Self {
            order: Vec::new(),
            hover: Hover::Outside,
            focus: None,
            ringing: BTreeSet::new(),
            calls: BTreeMap::new(),
        }
    }
}

impl Stream {
    /// Whether a call of mine rings for this leg, as far as is known.
    pub fn rings(&self, leg: &LegId) -> bool {
        self.ringing.contains(leg)
    }

    /// All legs of mine that ring, as far as is known.
    pub fn ringing(&self) -> impl Iterator<Item = &LegId> {
        self.ringing.iter()
    }

    /// The call and the leg of a card, where they are still there.
    pub fn leg<'a>(&self, office: &'a Office, leg: &LegId) -> Option<(&'a Call, &'a Leg)> {
        let call = office.calls.get(self.calls.get(leg)?)?;
        Some((call.as_ref(), call.legs.iter().find(|it| it.id == *leg)?))
    }

    /// Follows the office; gives what began to ring. `still` keeps what is there in its place although the pointer is
    /// outside.
    pub fn follow(&mut self, office: &Office, mine: &[Extension], still: Hover) -> Vec<LegId> {
        let here: Vec<_> = office.legs_at(mine).collect();
        let mut wanted: Vec<(bool, Millis, LegId)> = here
            .iter()
            .map(|(call, leg)| (state(leg) != CardState::Ringing, call.started, leg.id.clone()))
            .collect();
        wanted.sort();
        self.calls = here.iter().map(|(call, leg)| (leg.id.clone(), call.id.clone())).collect();
        let ringing = wanted.iter().filter(|(quiet, ..)| !quiet).map(|(.., leg)| leg.clone()).collect();
        let wanted: Vec<LegId> = wanted.into_iter().map(|(.., leg)| leg).collect();
        if self.hover == Hover::Outside && still == Hover::Outside {
            self.order = wanted;
        } else {
            self.order.retain(|leg| self.calls.contains_key(leg));
            let there: BTreeSet<LegId> = self.order.iter().cloned().collect();
            self.order.extend(wanted.into_iter().filter(|leg| !there.contains(leg)));
        }
        if self.focus.as_ref().is_none_or(|leg| !self.order.contains(leg)) {
            self.focus = self.order.first().cloned();
        }
        let before = std::mem::replace(&mut self.ringing, ringing);
        self.ringing.difference(&before).cloned().collect()
    }
}
