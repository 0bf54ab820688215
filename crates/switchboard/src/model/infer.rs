//! Who dials whom, inferred from the list of channels, which does not say it. Not what the events of a dial do.

use super::Model;
use crate::channel::{Channel, ChannelKey, Dialled, End, State};
use std::sync::Arc;

impl Model {
    /// What no list says about a dial is inferred: a channel of `AppDial` that rings is dialled by the one of its
    /// linkedid that runs a dialling application, and one of `AppDial2` by the PBX, for a click to call.
    pub(crate) fn infer_dials(&mut self) {
        let mut found = Vec::new();
        for channel in self.channels.values().filter(|channel| channel.ties.dialled == Dialled::Not) {
            let diallers: &[&str] = match channel.facts.application.as_str() {
                "AppDial" => &["Dial", "FollowMe", "Page"],
                "AppQueue" => &["Queue"],
                "AppDial2" => &[],
                _ => continue,
            };
            found.push((Arc::clone(&channel.uid), channel.key, self.dialler_among(diallers, channel)));
        }
        found.sort_by(|(one, ..), (other, ..)| one.cmp(other));
        for (_, key, dialler) in found {
            let Some(channel) = self.channels.at(key) else { continue };
            let placed = channel.facts.application == "AppDial2";
            match (dialler, channel.facts.state != State::Up) {
                (dialler @ Some(_), true) => self.dial_begin(dialler, key),
                (_, ringing) if placed => {
                    self.dial_begin(None, key);
                    if !ringing {
                        self.dial_end(None, Some(key), "ANSWER");
                    }
                }
                _ => self.dialled_before(key),
            }
        }
    }

    /// Who dials `channel`: runs one of these applications, and belongs to it by its number where several do.
    fn dialler_among(&self, applications: &[&str], channel: &Channel) -> Option<ChannelKey> {
        let call = self.calls.get(&channel.call)?;
        let others = call.channels.iter().filter_map(|key| self.channels.at(*key));
        let fits = others.filter(|other| {
            applications.contains(&other.facts.application.as_str())
                && other.key != channel.key
                && other.ties.half != Some(channel.key)
                && (other.end != End::Local || channel.facts.exten == other.facts.exten)
        });
        // Who dials shows the called party its own number. Within a Local pair both halves dial under one number.
        let fits: Vec<&Channel> = fits.collect();
        let shown = |other: &&&Channel| {
            other.facts.caller_number == channel.facts.connected_number
                && !other.facts.caller_number.is_empty()
        };
        let best = fits.iter().find(shown).or(fits.first())?;
        Some(best.key)
    }

    /// It was dialled, and took the call, or nobody knows by whom it is.
    fn dialled_before(&mut self, key: ChannelKey) {
        let Some(channel) = self.channels.at_mut(key) else { return };
        channel.ties.dialled = Dialled::Over;
        let (call, out) = (channel.call, channel.end == End::Trunk);
        self.dirty.calls.insert(call);
        if let Some(entry) = self.calls.get_mut(&call) {
            entry.went_out |= out;
        }
    }
}
