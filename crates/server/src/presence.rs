//! How many desks are connected. Not who they are.

use tokio::sync::watch;

/// The number of connected desks.
#[derive(Debug)]
pub struct Presence(watch::Sender<usize>);

/// One connected desk; it leaves when this is dropped.
#[derive(Debug)]
pub struct Here(watch::Sender<usize>);

impl Default for Presence {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Presence {
    /// A desk comes.
    pub fn enter(&self) -> Here {
        self.0.send_modify(|desks| *desks += 1);
        Here(self.0.clone())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        *self.0.borrow()
    }

    /// Waits until the last has left.
    pub async fn nobody(&self) {
        // The sender is here, so that the wait only ends with the last desk.
        let _ = self.0.subscribe().wait_for(|desks| *desks == 0).await;
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        self.0.send_modify(|desks| *desks -= 1);
    }
}
