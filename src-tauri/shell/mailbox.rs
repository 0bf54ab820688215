//! What the core has for the page, until the page takes it: all that waits at once, a JSON text on each line, and the next
//! as soon as it has read. (Tauri's own channel hands each text over as a script, and WebKit keeps scripts.) What the texts
//! say is not looked at.

use super::Inbox;
use super::page;
use crate::event::Event;
use crate::memory;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tauri::WebviewWindow;
use tokio::sync::Notify;

/// So many bytes wait at most for a page that does not read. An office of 10,000 has a tenth of it.
const MOST: usize = 64 << 20;

/// A page that did not take what it was handed is told everything anew so much later, if it is still there.
const AGAIN: Duration = Duration::from_secs(1);

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
    Lines(String),
    /// There was too much, and all of it was thrown away.
    Lost,
    /// Another page listens.
    Closed,
}

/// What a page gets.
#[derive(Debug, PartialEq, Eq)]
enum Fetched {
    /// A JSON text on each line, in the order in which they were put in.
    Lines(String),
    /// It has missed something: it is to be told everything anew.
    Lost,
    /// Another page has taken its place.
    Closed,
}

impl Mailbox {
    /// Puts a JSON text in; one never has a line break of its own.
    pub(super) fn put(&self, json: String) {
        let mut waiting = self.lock();
        match &mut *waiting {
            Waiting::Nothing => *waiting = Waiting::Lines(json),
            Waiting::Lines(lines) if lines.len() + json.len() >= MOST => *waiting = Waiting::Lost,
            Waiting::Lines(lines) => {
                lines.push('\n');
                lines.push_str(&json);
            }
            Waiting::Lost | Waiting::Closed => {}
        }
        self.came.notify_one();
    }

    /// Takes all that waits, once there is something.
    async fn fetch(&self) -> Fetched {
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

    /// What waits is thrown away: the page has missed something before it.
    fn lose(&self) {
        let mut waiting = self.lock();
        if !matches!(*waiting, Waiting::Closed) {
            *waiting = Waiting::Lost;
            self.came.notify_one();
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

/// Hands the window's page what is in its mailbox, until another page takes its place.
pub(super) async fn deliver(mailbox: Arc<Mailbox>, window: WebviewWindow, inbox: Inbox) {
    loop {
        match mailbox.fetch().await {
            Fetched::Lines(lines) => {
                let length = lines.len();
                let heard = page::hear(&window, lines).await;
                memory::handed_over(length);
                if let Err(why) = heard {
                    tracing::warn!(why, "the page cannot be told anything");
                    tokio::time::sleep(AGAIN).await;
                    mailbox.lose();
                }
            }
            Fetched::Lost => inbox.tell(Event::Missed).await,
            Fetched::Closed => return,
        }
    }
}

/// The mailbox of the page that is there now.
#[derive(Debug, Default)]
pub(super) struct Mailboxes(Mutex<Arc<Mailbox>>);

impl Mailboxes {
    /// A new page listens; the one before hears nothing more.
    pub(super) fn next(&self) -> Arc<Mailbox> {
        let next = Arc::<Mailbox>::default();
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *now, Arc::clone(&next)).close();
        next
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
        mailbox.put(hostile.into());
        mailbox.put("2".into());
        assert_eq!(mailbox.fetch().await, lines(&format!("{hostile}\n2")));
        mailbox.put("3".into());
        assert_eq!(mailbox.fetch().await, lines("3"));
    }

    #[test]
    fn who_waits_hears_the_next_one() {
        let mailbox = Mailbox::default();
        let mut fetched = pin!(mailbox.fetch());
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(fetched.as_mut().poll(&mut context), Poll::Pending);
        mailbox.put("1".into());
        assert_eq!(fetched.as_mut().poll(&mut context), Poll::Ready(lines("1")));
    }

    #[tokio::test]
    async fn a_page_that_does_not_read_fills_no_memory_and_is_told_all_anew() {
        let (mailbox, large) = (Mailbox::default(), "a".repeat(MOST / 2));
        for _ in 0..5 {
            mailbox.put(large.clone());
        }
        assert_eq!(mailbox.fetch().await, Fetched::Lost);
        mailbox.put("1".into());
        assert_eq!(mailbox.fetch().await, lines("1"));
        mailbox.put("a".repeat(MOST + 1));
        assert!(matches!(mailbox.fetch().await, Fetched::Lines(one) if one.len() == MOST + 1));
    }

    #[tokio::test]
    async fn a_page_that_did_not_take_something_is_told_all_anew_unless_another_has_come() {
        let mailboxes = Mailboxes::default();
        let mailbox = mailboxes.next();
        mailbox.put("2".into());
        mailbox.lose();
        mailbox.put("3".into());
        assert_eq!(mailbox.fetch().await, Fetched::Lost);
        mailbox.put("4".into());
        assert_eq!(mailbox.fetch().await, lines("4"));
        mailboxes.next();
        mailbox.lose();
        assert_eq!(mailbox.fetch().await, Fetched::Closed);
    }

    #[tokio::test]
    async fn the_page_before_hears_that_another_listens() {
        let mailboxes = Mailboxes::default();
        let first = mailboxes.next();
        first.put("1".into());
        let second = mailboxes.next();
        first.put("2".into());
        assert_eq!(first.fetch().await, Fetched::Closed);
        assert_eq!(first.fetch().await, Fetched::Closed);
        second.put("3".into());
        assert_eq!(second.fetch().await, lines("3"));
    }
}
