//! The colours of the seven statuses: presets in light and dark, and a person's own. Shapes and words are elsewhere:
//! no status is told by its colour alone.

use crate::colour::Colour;
use frontdesk_protocol::Status;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The statuses that have a colour of their own; unknown is hatched over the last one.
pub const COLOURED: [Status; 7] = [
    Status::Free,
    Status::Offline,
    Status::Held,
    Status::Ringing,
    Status::Outside,
    Status::Inside,
    Status::Queue,
];

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

/// A palette that comes with the program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Preset {
    /// The usual colours of operator panels.
    #[default]
    Usual,
    /// Told apart under protanopia, deuteranopia and tritanopia.
    ColourBlindSafe,
}

/// A preset with a person's own colours over it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Palette {
    /// Where it starts.
    pub preset: Preset,
    /// Own grounds, by status.
    pub own: BTreeMap<Status, Colour>,
}

/// A ground and what stands on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The whole tile.
    pub ground: Colour,
    /// Text and shape on it.
    pub text: Colour,
}

impl Palette {
    /// The colours of a status. Own colours take black or white text, whichever reads better.
    pub fn pair(&self, status: Status, scheme: Scheme) -> Pair {
        if let Some(own) = self.own.get(&status) {
            return Pair { ground: *own, text: own.text() };
        }
        preset(self.preset, status, scheme)
    }

    /// The custom properties for the page: `--status-free`, `--status-free-text`, `--status-free-band`, … and their
    /// values. The band is the colour as it is by day, so that a status is known again in the dark.
    pub fn properties(&self, scheme: Scheme) -> Vec<(String, String)> {
        COLOURED
            .iter()
            .flat_map(|status| {
                let (Pair { ground, text }, key) = (self.pair(*status, scheme), key(*status));
                [
                    (format!("--status-{key}"), ground.to_string()),
                    (format!("--status-{key}-text"), text.to_string()),
                    (format!("--status-{key}-band"), self.pair(*status, Scheme::Light).ground.to_string()),
                ]
            })
            .collect()
    }
}

/// A status's name in attributes and properties.
pub fn key(status: Status) -> &'static str {
    match status {
        Status::Offline => "offline",
        Status::Free => "free",
        Status::Ringing => "ringing",
        Status::Held => "held",
        Status::Inside => "inside",
        Status::Outside => "outside",
        Status::Queue => "queue",
        Status::Unknown => "unknown",
    }
}

const fn on(ground: u32, text: u32) -> Pair {
    Pair { ground: rgb(ground), text: rgb(text) }
}

const fn rgb(hex: u32) -> Colour {
    let [_, r, g, b] = hex.to_be_bytes();
    Colour(r, g, b)
}

const INK: u32 = 0x16_18_1D;
const PAPER: u32 = 0xFF_FF_FF;

fn preset(preset: Preset, status: Status, scheme: Scheme) -> Pair {
    match (preset, scheme) {
        (Preset::Usual, Scheme::Light) => match status {
            Status::Free => on(PAPER, INK),
            Status::Offline | Status::Unknown => on(0xE3_E5_E8, 0x4A_4F_57),
            Status::Held => on(0x5B_60_68, PAPER),
            Status::Ringing => on(0xFF_D8_4D, INK),
            Status::Outside => on(0x9B_E3_A8, INK),
            Status::Inside => on(0x1E_6B_3A, PAPER),
            Status::Queue => on(0xF2_8C_28, INK),
        },
        (Preset::Usual, Scheme::Dark) => match status {
            Status::Free => on(0x30_34_3B, 0xF4_F5_F7),
            Status::Offline | Status::Unknown => on(0x1B_1D_21, 0xA3_A9_B2),
            Status::Held => on(0x5B_60_68, PAPER),
            Status::Ringing => on(0xD1_AE_2A, INK),
            Status::Outside => on(0x2F_6B_3F, 0xE4_F8_E8),
            Status::Inside => on(0x12_3D_22, 0xCD_EB_D7),
            Status::Queue => on(0x8A_47_08, 0xFF_E8_D2),
        },
        (Preset::ColourBlindSafe, Scheme::Light) => match status {
            Status::Free => on(PAPER, INK),
            Status::Offline | Status::Unknown => on(0xD3_D6_DB, 0x3F_44_4C),
            Status::Held => on(0x4A_4F_57, PAPER),
            Status::Ringing => on(0xF5_E0_50, INK),
            Status::Outside => on(0x8C_C5_F0, INK),
            Status::Inside => on(0x0B_4A_8F, PAPER),
            Status::Queue => on(0xD2_69_1E, INK),
        },
        (Preset::ColourBlindSafe, Scheme::Dark) => match status {
            Status::Free => on(0x30_34_3B, 0xF4_F5_F7),
            Status::Offline | Status::Unknown => on(0x17_19_1C, 0xA3_A9_B2),
            Status::Held => on(0x6E_74_7D, PAPER),
            Status::Ringing => on(0xC9_B2_1F, INK),
            Status::Outside => on(0x5B_A3_DB, INK),
            Status::Inside => on(0x0C_3F_7A, 0xDC_EB_FB),
            Status::Queue => on(0xA3_4E_12, PAPER),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colour::Sight;

    fn nearest(preset: Preset, scheme: Scheme, sight: Sight) -> (f64, Status, Status) {
        let palette = Palette { preset, own: BTreeMap::new() };
        let ground = |status| palette.pair(status, scheme).ground;
        let mut pairs = Vec::new();
        for (n, a) in COLOURED.iter().enumerate() {
            for b in &COLOURED[n + 1..] {
                pairs.push((ground(*a).distance(ground(*b), sight), *a, *b));
            }
        }
        pairs.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((0.0, Status::Free, Status::Free))
    }

    #[test]
    fn every_text_and_shape_reads_on_its_ground() {
        for preset in [Preset::Usual, Preset::ColourBlindSafe] {
            for scheme in [Scheme::Light, Scheme::Dark] {
                for status in COLOURED {
                    let Pair { ground, text } = Palette { preset, own: BTreeMap::new() }.pair(status, scheme);
                    let contrast = ground.contrast(text);
                    assert!(contrast >= 4.5, "{preset:?} {scheme:?} {status:?}: {contrast:.2}");
                }
            }
        }
    }

    #[test]
    fn the_safe_preset_is_told_apart_by_every_sight() {
        for scheme in [Scheme::Light, Scheme::Dark] {
            for sight in Sight::ALL {
                let (distance, a, b) = nearest(Preset::ColourBlindSafe, scheme, sight);
                assert!(distance >= 12.0, "{scheme:?} {sight:?}: {a:?} and {b:?} are {distance:.1} apart");
            }
        }
    }

    #[test]
    fn the_usual_colours_stay_visibly_different() {
        for scheme in [Scheme::Light, Scheme::Dark] {
            for sight in Sight::ALL {
                let (distance, a, b) = nearest(Preset::Usual, scheme, sight);
                assert!(distance >= 9.0, "{scheme:?} {sight:?}: {a:?} and {b:?} are {distance:.1} apart");
            }
        }
    }

    #[test]
    fn any_own_colour_gets_a_text_that_reads() {
        for r in (0..=255).step_by(15) {
            for g in (0..=255).step_by(15) {
                for b in (0..=255).step_by(15) {
                    let ground = Colour(r, g, b);
                    assert!(ground.contrast(ground.text()) >= 4.5, "{ground}");
                }
            }
        }
    }
}
