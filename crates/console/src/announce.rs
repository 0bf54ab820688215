//! What is said to people who do not look: two live regions, a counter each so that the same sentence is said again.

/// The texts of the two live regions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Announcements {
    /// Said when there is time.
    pub polite: Said,
    /// Said at once.
    pub now: Said,
}

/// A text and how many there were, it included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Grows with every text.
    pub count: u64,
    /// The text.
    pub text: String,
}

impl Said {
    /// Says something, after what was said since `count` was `heard`: that has not been read out yet.
    pub fn say(&mut self, text: &str, heard: u64) {
        if self.count == heard {
            self.text.clear();
            self.count += 1;
        } else {
            self.text.push(' ');
        }
        self.text.push_str(text);
    }
}
