//! What a desk remembers about its person. Where it is stored, and the password, are none of its business.

use crate::palette::Palette;
use frontdesk_protocol::{Extension, TransferMode};
use serde::{Deserialize, Serialize};

/// A person's settings; whatever is missing has its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// Status colours.
    pub palette: Palette,
    /// Sizes of the panes.
    pub layout: Layout,
    /// What happens to a caller whom nobody takes at an extension.
    pub transfer: Untaken,
    /// Whether a caller is kept for three seconds after hanging up.
    pub grace: bool,
    /// From which extension calls go out; `None`: the user's first.
    pub extension: Option<Extension>,
    /// The server of the last login; empty on the web.
    pub server: String,
    /// The user of the last login.
    pub user: String,
}

/// What happens to a caller whom nobody takes where they were sent to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Untaken {
    /// They come back to whoever sent them.
    #[default]
    ComesBack,
    /// They go on as the PBX says.
    GoesOn,
}

impl Untaken {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::ComesBack => Self::GoesOn,
            Self::GoesOn => Self::ComesBack,
        }
    }

    /// The mode of a transfer.
    pub fn mode(self) -> TransferMode {
        match self {
            Self::ComesBack => TransferMode::Safe,
            Self::GoesOn => TransferMode::Blind,
        }
    }
}

/// Light, dark, or as the system says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Sizes of the panes, in thousandths of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Layout {
    /// The width of stream and history.
    pub left: u16,
    /// The height of the stream.
    pub stream: u16,
}

impl Default for Layout {
    fn default() -> Self {
        Self { left: 360, stream: 600 }
    }
}

impl Layout {
    /// The least and the most that the left column takes, in thousandths of the window.
    pub const LEFT: (u16, u16) = (220, 600);
    /// The same of the stream, within that column.
    pub const STREAM: (u16, u16) = (200, 800);

    /// The same with sizes at which every pane can still be used.
    #[must_use]
    pub fn usable(self) -> Self {
        let within = |size: u16, (least, most)| size.clamp(least, most);
        Self { left: within(self.left, Self::LEFT), stream: within(self.stream, Self::STREAM) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::colour::Colour;
    use frontdesk_protocol::Status;

    #[test]
    fn settings_survive_a_round_and_miss_nothing() {
        let mut settings = Settings { theme: Theme::Dark, user: "anna".into(), ..Settings::default() };
        settings.palette.own.insert(Status::Queue, Colour(1, 2, 3));
        (settings.transfer, settings.grace) = (Untaken::GoesOn, true);
        settings.extension = Some(Extension::parse("1001").unwrap());
        let text = serde_json::to_string(&settings).unwrap();
        assert!(text.contains("\"transfer\":\"goesOn\",\"grace\":true"), "{text}");
        assert!(text.contains("\"queue\":\"#010203\""), "{text}");
        assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), settings);
        assert_eq!(serde_json::from_str::<Settings>("{}").unwrap(), Settings::default());
        assert_eq!(Settings::default().transfer.mode(), TransferMode::Safe);
    }

    #[test]
    fn sizes_that_hide_a_pane_are_not_taken() {
        assert_eq!(Layout { left: 0, stream: 1000 }.usable(), Layout { left: 220, stream: 800 });
    }
}
