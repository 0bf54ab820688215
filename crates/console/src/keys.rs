//! The key map: what a key means where no text field has the focus. Enter and arrows belong to the focused thing.

use crate::grid::Step;

/// What a key means anywhere in the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortcut {
    /// Goes to the search box and types there.
    Search,
    /// Goes one level back.
    Back,
    /// Goes to My Stream.
    Stream,
    /// Goes to the users.
    Users,
    /// Goes to the history.
    History,
}

/// Modifier keys that make a key mean something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modifier {
    /// None, or Shift alone.
    Plain,
    /// Ctrl, Alt or the system's key.
    Command,
}

/// Reads a key by its name in the W3C's UI Events.
pub fn shortcut(key: &str, modifier: Modifier) -> Option<Shortcut> {
    match (key, modifier) {
        ("Escape", _) => Some(Shortcut::Back),
        ("F6", _) | ("2", Modifier::Command) => Some(Shortcut::Users),
        ("1", Modifier::Command) => Some(Shortcut::Stream),
        ("3", Modifier::Command) => Some(Shortcut::History),
        ("f" | "k", Modifier::Command) => Some(Shortcut::Search),
        (key, Modifier::Plain) => {
            let mut letters = key.chars();
            let one = letters.next().filter(|_| letters.next().is_none())?;
            one.is_alphanumeric().then_some(Shortcut::Search)
        }
        (_, Modifier::Command) => None,
    }
}

/// Reads a key that moves.
pub fn step(key: &str) -> Option<Step> {
    Some(match key {
        "ArrowLeft" => Step::Left,
        "ArrowRight" => Step::Right,
        "ArrowUp" => Step::Up,
        "ArrowDown" => Step::Down,
        "Home" => Step::First,
        "End" => Step::Last,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_search_and_named_keys_do_not() {
        assert_eq!(shortcut("a", Modifier::Plain), Some(Shortcut::Search));
        assert_eq!(shortcut("é", Modifier::Plain), Some(Shortcut::Search));
        assert_eq!(shortcut("a", Modifier::Command), None);
        assert_eq!(shortcut("Enter", Modifier::Plain), None);
        assert_eq!(shortcut(" ", Modifier::Plain), None);
        assert_eq!(shortcut("Escape", Modifier::Plain), Some(Shortcut::Back));
    }
}
