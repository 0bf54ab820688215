//! What the core has for the page, until the page fetches it: all that waits at once, a JSON text on each line. The page
//! asks again as soon as it has read. (Tauri's own channel hands each text over as a script, and WebKit keeps scripts.)
//! What the texts say is not looked at.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// So many bytes wait at most for a page that does not ask. An office of 10,000 has a tenth of it.
const MOST: usize = 64 << 20;

/// The texts for one page.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    waiting: Mutex<Waiting>,
    came: Notify,
}

#[derive(Debug, Default)]
enum Waiting {
    /// Nothing yet.
    #[default]
    Nothing,
    /// Lines of JSON.
    Lines(Vec<u8>),
    /// There was too much, and all of it was thrown away.
    Lost,
    /// Another page listens.
    Closed,
}

/// What a page gets.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fetched {
    /// A JSON text on each line, in the order in which they were put in.
    Lines(Vec<u8>),
    /// It has missed something: it is to be told everything anew.
    Lost,
    /// Another page has taken its place.
    Closed,
}

impl Mailbox {
    /// Puts a JSON text in; one never has a line break of its own.
    pub(super) fn put(&self, json: &str) {
        let mut waiting = self.lock();
        match &mut *waiting {
            Waiting::Nothing => *waiting = Waiting::Lines(json.as_bytes().to_vec()),
            Waiting::Lines(lines) if lines.len() + json.len() >= MOST => *waiting = Waiting::Lost,
            Waiting::Lines(lines) => {
                lines.push(b'\n');
                lines.extend_from_slice(json.as_bytes());
            }
            Waiting::Lost | Waiting::Closed => {}
        }
        self.came.notify_one();
    }

    /// Takes all that waits, once there is something.
    pub(super) async fn fetch(&self) -> Fetched {
        loop {
            if let Some(fetched) = self.take() {
                return fetched;
            }
            self.came.notified().await;
        }
    }

    fn take(&self) -> Option<Fetched> {
        let mut waiting = self.lock();
        match std::mem::take(&mut *waiting) {
            Waiting::Nothing => None,
            Waiting::Lines(lines) => Some(Fetched::Lines(lines)),
            Waiting::Lost => Some(Fetched::Lost),
            Waiting::Closed => {
                *waiting = Waiting::Closed;
                Some(Fetched::Closed)
            }
        }
    }

    fn close(&self) {
        *self.lock() = Waiting::Closed;
        self.came.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The mailbox of the page that is there now.
#[derive(Debug, Default)]
pub(super) struct Mailboxes(Mutex<Arc<Mailbox>>);

impl Mailboxes {
    /// A new page listens; the one before hears nothing more.
    pub(super) fn next(&self) -> Arc<Mailbox> {
        let next = Arc::<Mailbox>::default();
        std::mem::replace(&mut *self.lock(), Arc::clone(&next)).close();
        next
    }

    /// That of the page.
    pub(super) fn now(&self) -> Arc<Mailbox> {
        Arc::clone(&self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Mailbox>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    fn lines(text: &str) -> Fetched {
        Fetched::Lines(text.into())
    }

    #[tokio::test]
    async fn all_that_waits_is_fetched_at_once_in_order_and_as_it_was() {
        let hostile = "{\"name\":\"</script>\\\" + alert(1) \u{2028}\u{2029} Zoë\\n\"}";
        let mailbox = Mailbox::default();
        mailbox.put(hostile);
        mailbox.put("2");
        assert_eq!(mailbox.fetch().await, lines(&format!("{hostile}\n2")));
        mailbox.put("3");
        assert_eq!(mailbox.fetch().await, lines("3"));
    }

    #[test]
    fn who_waits_hears_the_next_one() {
        let mailbox = Mailbox::default();
        let mut fetched = pin!(mailbox.fetch());
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(fetched.as_mut().poll(&mut context), Poll::Pending);
        mailbox.put("1");
        assert_eq!(fetched.as_mut().poll(&mut context), Poll::Ready(lines("1")));
    }

    #[tokio::test]
    async fn a_page_that_does_not_ask_fills_no_memory_and_is_told_all_anew() {
        let (mailbox, large) = (Mailbox::default(), "a".repeat(MOST / 2));
        for _ in 0..5 {
            mailbox.put(&large);
        }
        assert_eq!(mailbox.fetch().await, Fetched::Lost);
        mailbox.put("1");
        assert_eq!(mailbox.fetch().await, lines("1"));
        mailbox.put(&"a".repeat(MOST + 1));
        assert!(matches!(mailbox.fetch().await, Fetched::Lines(one) if one.len() == MOST + 1));
    }

    #[tokio::test]
    async fn the_page_before_hears_that_another_listens() {
        let mailboxes = Mailboxes::default();
        let first = mailboxes.next();
        first.put("1");
        let second = mailboxes.next();
        first.put("2");
        assert_eq!(first.fetch().await, Fetched::Closed);
        assert_eq!(first.fetch().await, Fetched::Closed);
        second.put("3");
        assert_eq!(mailboxes.now().fetch().await, lines("3"));
    }
}
