//! What is said to people who do not look: two live regions, a counter each so that the same sentence is said again.

/// The texts of the two live regions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Announcements {
    /// Said when there is time.
    pub polite: Said,
    /// Said at once.
    pub now: Said,
}

/// A text and how many were said before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Grows with every text.
    pub count: u64,
    /// The text.
    pub text: String,
}

impl Said {
    /// Says something.
    pub fn say(&mut self, text: impl Into<String>) {
        self.count += 1;
        self.text = text.into();
    }
}
