//! What the view shows and does, without a DOM.
