//! Draws the tray with Tauri. What is in it comes from `menu`.

use super::Inbox;
use crate::event::Event;
use crate::menu::{Choice, Entry, Icon, Tray};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tauri::image::Image;
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Wry};

const ID: &str = "main";

/// What is on the screen.
#[derive(Debug, Default)]
pub(super) struct Drawn {
    last: Option<Tray>,
}

impl Drawn {
    /// Draws what differs. Everything of the tray has to happen on the main thread; it is not waited for.
    pub(super) fn draw(&mut self, app: &AppHandle, inbox: &Inbox, tray: &Tray) {
        let before = self.last.replace(tray.clone());
        let icon = before.as_ref().is_none_or(|before| before.icon != tray.icon);
        let menu = before.as_ref().is_none_or(|before| before.menu != tray.menu);
        let (app, inbox, tray) = (app.clone(), inbox.clone(), tray.clone());
        let posted = app.clone().run_on_main_thread(move || {
            // Where the desktop's tray library is missing, loading it panics; then there is no tray, and nothing else.
            let drawn = catch_unwind(AssertUnwindSafe(|| match app.tray_by_id(ID) {
                None => build(&app, inbox, &tray),
                Some(item) => {
                    if icon {
                        item.set_icon(Some(picture(tray.icon)?))?;
                    }
                    if menu {
                        item.set_menu(Some(items(&app, &tray.menu)?))?;
                    }
                    item.set_tooltip(Some(&tray.tooltip))
                }
            }));
            match drawn {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "the tray cannot be drawn"),
                Err(_) => tracing::warn!("this desktop has no tray library, so there is no tray icon"),
            }
        });
        if let Err(error) = posted {
            tracing::warn!(%error, "the tray cannot be drawn");
        }
    }
}

fn build(app: &AppHandle, inbox: Inbox, tray: &Tray) -> tauri::Result<()> {
    TrayIconBuilder::with_id(ID)
        .icon(picture(tray.icon)?)
        .tooltip(&tray.tooltip)
        .menu(&items(app, &tray.menu)?)
        .on_menu_event(move |_, event| {
            if let Some(choice) = Choice::of_id(event.id().as_ref()) {
                inbox.report(Event::Chosen(choice));
            }
        })
        .build(app)?;
    Ok(())
}

fn picture(icon: Icon) -> tauri::Result<Image<'static>> {
    Image::from_bytes(match icon {
        Icon::Calm => include_bytes!("../../icons/tray.png"),
        Icon::Ringing => include_bytes!("../../icons/tray-ringing.png"),
        Icon::Offline => include_bytes!("../../icons/tray-offline.png"),
    })
}

fn items(app: &AppHandle, entries: &[Entry]) -> tauri::Result<Menu<Wry>> {
    let menu = Menu::new(app)?;
    for entry in entries {
        match entry {
            Entry::Text(text) => {
                menu.append(&MenuItem::new(app, plain(text), false, None::<&str>)?)?;
            }
            Entry::Item { choice, text } => {
                menu.append(&MenuItem::with_id(app, choice.id(), plain(text), true, None::<&str>)?)?;
            }
            Entry::Separator => menu.append(&PredefinedMenuItem::separator(app)?)?,
        }
    }
    Ok(menu)
}

/// An ampersand would underline the letter after it.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}
