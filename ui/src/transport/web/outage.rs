//! Since when the server has been away from this page. When it is tried again is `frontdesk_protocol::Line`.

use frontdesk_protocol::Millis;

/// The time without a server, over all attempts to reach it again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outage {
    since: Option<Millis>,
}

impl Outage {
    /// Whether nothing has failed: what is being tried is a first connection.
    pub fn is_none(self) -> bool {
        self.since.is_none()
    }

    /// An attempt failed, or a connection broke that was `heard` last then. Gives since when the server is away: an
    /// attempt that fails meanwhile does not make that later.
    pub fn fails(&mut self, heard: Millis) -> Millis {
        *self.since.get_or_insert(heard)
    }

    /// The server answers again.
    pub fn ends(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_that_fail_do_not_make_the_server_away_since_later() {
        let mut outage = Outage::default();
        assert!(outage.is_none());
        assert_eq!(outage.fails(Millis(1_000)), Millis(1_000));
        assert_eq!(outage.fails(Millis(9_000)), Millis(1_000));
        assert!(!outage.is_none(), "a retry is no first connection");
        outage.ends();
        assert!(outage.is_none());
        assert_eq!(outage.fails(Millis(20_000)), Millis(20_000));
    }
}
