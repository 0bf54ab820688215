//! What the page may call. One line each: everything is decided in the controller.

use super::Inbox;
use super::mailbox::{self, Mailboxes};
use super::settings::Settings;
use crate::event::{Event, Remember, View};
use crate::secret::Secret;
use frontdesk_protocol::{Command, CommandId, HistoryQuery};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;
use tauri::{State, WebviewWindow};
use tokio::sync::oneshot;

/// The longest text of an error on the page that is logged, in characters.
const LONGEST_ERROR: usize = 2_000;

type Answer = Result<(), String>;

/// The page is ready to hear what the core has for it: a call of `frontdeskHear` for all that waits.
#[tauri::command]
pub(super) async fn subscribe(
    core: State<'_, Inbox>,
    mailboxes: State<'_, Mailboxes>,
    window: WebviewWindow,
) -> Answer {
    let mailbox = mailboxes.next();
    tauri::async_runtime::spawn(mailbox::deliver(Arc::clone(&mailbox), window, core.inner().clone()));
    core.tell(Event::Subscribed(View::new(move |json| mailbox.put(json)))).await;
    Ok(())
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
