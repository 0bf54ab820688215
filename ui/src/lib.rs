//! The Yew view.
