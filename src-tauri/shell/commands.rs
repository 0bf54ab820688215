//! What the page may call. One line each: everything is decided in the controller.

use super::Inbox;
use super::mailbox::{Fetched, Mailbox, Mailboxes};
use super::settings::Settings;
use crate::event::{Event, Remember, View};
use crate::secret::Secret;
use frontdesk_protocol::{Command, CommandId, HistoryQuery};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use tauri::State;
use tauri::ipc::Response;
use tokio::sync::oneshot;

/// The longest text of an error on the page that is logged, in characters.
const LONGEST_ERROR: usize = 2_000;

type Answer = Result<(), String>;

#[tauri::command]
pub(super) async fn subscribe(core: State<'_, Inbox>, mailboxes: State<'_, Mailboxes>) -> Answer {
    core.tell(Event::Subscribed(view_of(mailboxes.next()))).await;
    Ok(())
}

/// What the core has for the page, once there is something: JSON texts, one on each line.
#[tauri::command]
pub(super) async fn hear(
    core: State<'_, Inbox>,
    mailboxes: State<'_, Mailboxes>,
) -> Result<Response, String> {
    let mailbox = mailboxes.now();
    loop {
        match mailbox.fetch().await {
            Fetched::Lines(lines) => return Ok(Response::new(lines)),
            Fetched::Lost => core.tell(Event::Subscribed(view_of(Arc::clone(&mailbox)))).await,
            Fetched::Closed => return Err("Another page listens in the place of this one.".into()),
        }
    }
}

fn view_of(mailbox: Arc<Mailbox>) -> View {
    View::new(move |json| mailbox.put(&json))
}

#[tauri::command]
pub(super) async fn log_in(
    core: State<'_, Inbox>,
    server: String,
    user: String,
    password: String,
    remember: bool,
    trust: Option<String>,
) -> Answer {
    let (reply, outcome) = oneshot::channel();
    let remember = if remember { Remember::Yes } else { Remember::No };
    let password = Secret::new(password);
    core.tell(Event::LogIn { server, user, password, remember, trust, reply }).await;
    outcome.await.unwrap_or_else(|_| Err("The login was given up. Please try again.".into()))
}

#[tauri::command]
pub(super) async fn log_out(core: State<'_, Inbox>) -> Answer {
    core.tell(Event::LogOut).await;
    Ok(())
}

#[tauri::command]
pub(super) async fn order(core: State<'_, Inbox>, id: Value, command: Value) -> Answer {
    core.tell(Event::Order { id: read::<CommandId>(id)?, command: read::<Command>(command)? }).await;
    Ok(())
}

#[tauri::command]
pub(super) async fn ask_history(core: State<'_, Inbox>, id: Value, query: Value) -> Answer {
    core.tell(Event::AskHistory { id: read::<CommandId>(id)?, query: read::<HistoryQuery>(query)? }).await;
    Ok(())
}

#[tauri::command]
pub(super) async fn resync(core: State<'_, Inbox>) -> Answer {
    core.tell(Event::Resync).await;
    Ok(())
}

#[tauri::command]
pub(super) async fn load_settings(settings: State<'_, Settings>) -> Result<Value, String> {
    Ok(settings.of_view())
}

#[tauri::command]
pub(super) async fn save_settings(store: State<'_, Settings>, settings: Value) -> Answer {
    store.save_view(settings)
}

#[tauri::command]
pub(super) async fn report_error(text: String) -> Answer {
    let text: String = text.chars().take(LONGEST_ERROR).collect();
    tracing::error!(%text, "the page reports an error");
    Ok(())
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value)
        .map_err(|error| format!("Nothing was done, because a part of it cannot be used: {error}."))
}
