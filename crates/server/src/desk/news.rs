//! What seldom happens to a desk, as one stream, so that the many deltas in between need not look at each of them. Not what
//! is done about it.

use super::vigil::Standing;
use crate::http::App;
use crate::login::Session;
use crate::stop::farewell;
use futures_util::stream::{self, BoxStream, SelectAll, StreamExt as _};
use tokio::sync::watch;

/// What happened.
#[derive(Debug)]
pub enum News {
    /// The server ends, with this farewell.
    End(String),
    /// What is wrong with the server's disk, or that all is well again.
    Trouble(Option<String>),
    /// The session's user may do other things now.
    Session(Session),
}

/// The news of one desk.
pub type Stream = SelectAll<BoxStream<'static, News>>;

/// The news of a desk with this session. What is wrong already is told first.
pub fn of(app: &App, standing: Standing) -> Stream {
    let mut stop = app.stop.clone();
    let end = stream::once(async move { News::End(farewell(&mut stop).await) });
    let mut trouble = app.store.trouble();
    trouble.mark_changed();
    let sessions = changes(standing).filter_map(async |session| session.map(News::Session));
    stream::select_all([end.boxed(), changes(trouble).map(News::Trouble).boxed(), sessions.boxed()])
}

fn changes<T: Clone + Send + Sync + 'static>(
    watched: watch::Receiver<T>,
) -> impl stream::Stream<Item = T> + Send {
    stream::unfold(watched, async |mut watched| {
        watched.changed().await.ok()?;
        let now = watched.borrow_and_update().clone();
        Some((now, watched))
    })
}
