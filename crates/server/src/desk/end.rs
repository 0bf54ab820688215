//! Why a desk's connection ends, and what it is told then. Not the telling.

pub use axum::extract::ws::close_code as code;

/// Why a desk's connection ends.
#[derive(Debug)]
pub enum End {
    /// The desk went, or cannot be reached.
    Gone,
    /// The server ends it, and says why.
    Bye {
        /// A sentence for the person at the desk.
        text: String,
        /// Whether the client should come back by itself.
        again: Again,
        /// The WebSocket's code.
        code: u16,
    },
}

/// Whether the client should come back by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// It should.
    Yes,
    /// It should not.
    No,
}

/// The server ends it with a sentence.
pub fn bye(text: &str, again: Again, code: u16) -> End {
    End::Bye { text: text.to_owned(), again, code }
}
