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
    /// Goes to the search field of the history.
    SearchHistory,
    /// Goes to the callers who were handed over.
    Handed,
    /// Brings back the caller who was handed over last.
    Undo,
}

/// Modifier keys that make a key mean something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modifier {
    /// None, or Shift alone.
    Plain,
    /// Ctrl or the system's key, and no Shift or Alt with it.
    Command,
    /// Alt, or several together.
    Other,
}

/// Reads a key by its name in the W3C's UI Events.
pub fn shortcut(key: &str, modifier: Modifier) -> Option<Shortcut> {
    match (key, modifier) {
        ("Escape", _) => Some(Shortcut::Back),
        ("F6", _) | ("2", Modifier::Command | Modifier::Other) => Some(Shortcut::Users),
        ("1", Modifier::Command | Modifier::Other) => Some(Shortcut::Stream),
        ("3", Modifier::Command | Modifier::Other) => Some(Shortcut::History),
        ("4", Modifier::Command | Modifier::Other) => Some(Shortcut::Handed),
        ("f" | "k", Modifier::Command | Modifier::Other) => Some(Shortcut::Search),
        // With Shift the letter is large.
        ("F", Modifier::Other) => Some(Shortcut::SearchHistory),
        // With Caps Lock the letter is large.
        ("z" | "Z", Modifier::Command) => Some(Shortcut::Undo),
        (key, Modifier::Plain) => {
            let mut letters = key.chars();
            let one = letters.next().filter(|_| letters.next().is_none())?;
            one.is_alphanumeric().then_some(Shortcut::Search)
        }
        (_, Modifier::Command | Modifier::Other) => None,
    }
}

/// Reads a key that moves.
pub fn step(key: &str) -> Option<Step> {
    Some(match key {
        "ArrowLeft" => Step::Left,
        "ArrowRight" => Step::Right,
        "ArrowUp" => Step::Up,
        "ArrowDown" => Step::Down,
        "PageUp" => Step::PageUp,
        "PageDown" => Step::PageDown,
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

    #[test]
    fn control_f_searches_people_and_with_shift_the_history() {
        assert_eq!(shortcut("f", Modifier::Command), Some(Shortcut::Search));
        assert_eq!(shortcut("F", Modifier::Other), Some(Shortcut::SearchHistory));
        assert_eq!(shortcut("F", Modifier::Plain), Some(Shortcut::Search), "a letter like any other");
    }

    #[test]
    fn only_control_z_brings_a_caller_back() {
        assert_eq!(shortcut("z", Modifier::Command), Some(Shortcut::Undo));
        assert_eq!(shortcut("Z", Modifier::Command), Some(Shortcut::Undo));
        assert_eq!(shortcut("z", Modifier::Other), None);
        assert_eq!(shortcut("z", Modifier::Plain), Some(Shortcut::Search));
    }
}
