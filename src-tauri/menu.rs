//! The tray as a pure function of what is known: its picture and its menu. On Linux a tray icon delivers no clicks, so
//! everything that it can do is an item of the menu.

use crate::ringing::Ringing;
use frontdesk_protocol::CallId;

/// How many ringing calls the menu lists before it only counts them.
const LISTED: usize = 8;

/// The tray, ready to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tray {
    /// The picture.
    pub(crate) icon: Icon,
    /// The text beside the picture, where the desktop shows one.
    pub(crate) tooltip: String,
    /// The menu, from top to bottom.
    pub(crate) menu: Vec<Entry>,
}

/// The picture of the tray.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Icon {
    /// Connected, and nothing rings here.
    Calm,
    /// A call rings at one of my extensions.
    Ringing,
    /// Not connected: what is shown may be old.
    Offline,
}

/// A line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// Text that cannot be chosen.
    Text(String),
    /// Something to choose.
    Item {
        /// What happens.
        choice: Choice,
        /// What it says.
        text: String,
    },
    /// A line.
    Separator,
}

/// What can be chosen in the tray's menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Bring the window up because of this call.
    Show(CallId),
    /// Bring the window up.
    Open,
    /// End the session.
    LogOut,
    /// End the program.
    Quit,
}

/// What the tray shows of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Light {
    /// Nobody is logged in.
    LoggedOut,
    /// On the way.
    Connecting,
    /// Connected.
    Online,
    /// Connected to the server, which has no link to the telephone system.
    WithoutPbx,
    /// The connection is lost.
    Offline,
}

impl Choice {
    /// The name by which the menu reports it.
    pub(crate) fn id(&self) -> String {
        match self {
            Self::Show(call) => format!("show/{call}"),
            Self::Open => "open".into(),
            Self::LogOut => "log-out".into(),
            Self::Quit => "quit".into(),
        }
    }

    /// The choice with this name.
    pub(crate) fn of_id(id: &str) -> Option<Self> {
        match id {
            "open" => Some(Self::Open),
            "log-out" => Some(Self::LogOut),
            "quit" => Some(Self::Quit),
            _ => id.strip_prefix("show/").and_then(|call| CallId::parse(call).ok()).map(Self::Show),
        }
    }
}

/// The tray for a connection and the calls that ring.
pub(crate) fn tray(light: Light, user: Option<&str>, ringing: &[Ringing]) -> Tray {
    let status = match (light, user) {
        (Light::LoggedOut, _) | (_, None) => "Not logged in".to_owned(),
        (Light::Connecting, Some(user)) => format!("{user}: connecting …"),
        (Light::Online, Some(user)) => format!("{user}: connected"),
        (Light::WithoutPbx, Some(user)) => format!("{user}: no link to the telephone system"),
        (Light::Offline, Some(user)) => format!("{user}: connection lost, trying again"),
    };
    let mut menu = vec![Entry::Text(status.clone())];
    for ringing in ringing.iter().take(LISTED) {
        let text = format!("{}: Show …", ringing.headline());
        menu.push(Entry::Item { choice: Choice::Show(ringing.call.clone()), text });
    }
    if ringing.len() > LISTED {
        menu.push(Entry::Text(format!("and {} more", ringing.len() - LISTED)));
    }
    menu.push(Entry::Separator);
    menu.push(Entry::Item { choice: Choice::Open, text: "Open Frontdesk".into() });
    if light != Light::LoggedOut {
        menu.push(Entry::Item { choice: Choice::LogOut, text: "Log out".into() });
    }
    menu.push(Entry::Item { choice: Choice::Quit, text: "Quit".into() });
    let icon = match (light, ringing) {
        (Light::Online, []) => Icon::Calm,
        (Light::Online, _) => Icon::Ringing,
        (Light::LoggedOut | Light::Connecting | Light::WithoutPbx | Light::Offline, _) => Icon::Offline,
    };
    Tray { icon, tooltip: format!("Frontdesk, {status}"), menu }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use frontdesk_protocol::LegId;

    fn caller(number: usize) -> Ringing {
        Ringing {
            call: CallId::parse(&format!("call-{number}")).unwrap(),
            legs: vec![LegId::parse("leg").unwrap()],
            at: Vec::new(),
            caller: format!("Caller {number}"),
            number: None,
            queue: None,
            back: None,
        }
    }

    fn texts(tray: &Tray) -> Vec<String> {
        tray.menu
            .iter()
            .map(|entry| match entry {
                Entry::Text(text) => format!("({text})"),
                Entry::Item { text, .. } => text.clone(),
                Entry::Separator => "-".into(),
            })
            .collect()
    }

    #[test]
    fn a_calm_tray_opens_logs_out_and_quits() {
        let tray = tray(Light::Online, Some("ann"), &[]);
        assert_eq!(tray.icon, Icon::Calm);
        assert_eq!(texts(&tray), ["(ann: connected)", "-", "Open Frontdesk", "Log out", "Quit"]);
    }

    #[test]
    fn who_rings_stands_in_the_menu_and_changes_the_picture() {
        let tray = tray(Light::Online, Some("ann"), &[caller(1), caller(2)]);
        assert_eq!(tray.icon, Icon::Ringing);
        assert_eq!(texts(&tray)[1..3], ["Caller 1 is calling: Show …", "Caller 2 is calling: Show …"]);
    }

    #[test]
    fn a_flood_of_calls_keeps_the_menu_short() {
        let flood: Vec<Ringing> = (0..40).map(caller).collect();
        let tray = tray(Light::Online, Some("ann"), &flood);
        assert_eq!(texts(&tray)[LISTED + 1], "(and 32 more)");
        assert_eq!(tray.menu.len(), 1 + LISTED + 1 + 4);
    }

    #[test]
    fn without_a_session_there_is_nothing_to_log_out_of() {
        let tray = tray(Light::LoggedOut, None, &[]);
        assert_eq!(tray.icon, Icon::Offline);
        assert_eq!(texts(&tray), ["(Not logged in)", "-", "Open Frontdesk", "Quit"]);
    }

    #[test]
    fn every_choice_is_found_by_its_name() {
        for choice in
            [Choice::Show(CallId::parse("1/2").unwrap()), Choice::Open, Choice::LogOut, Choice::Quit]
        {
            assert_eq!(Choice::of_id(&choice.id()), Some(choice));
        }
        assert_eq!(Choice::of_id("else"), None);
    }
}
