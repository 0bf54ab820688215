//! The settings file: the view's settings, which are the view's own affair, the last server and user, and which
//! certificates are trusted. No secrets.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};
use tauri::{AppHandle, Manager as _, Wry};
use tauri_plugin_store::{Store, StoreExt as _};

const FILE: &str = "settings.json";
const VIEW: &str = "view";
const ACCOUNT: &str = "account";
const TRUSTED: &str = "trusted";

/// The open settings file.
#[derive(Clone)]
pub(crate) struct Settings {
    store: Arc<Store<Wry>>,
    path: PathBuf,
}

impl Settings {
    /// Opens the file in `folder`, or in the usual place. A file that cannot be read is set aside, the defaults are
    /// used, and the second value is a sentence about it.
    ///
    /// # Errors
    /// When the system does not say where settings belong.
    pub(crate) fn open(app: &AppHandle, folder: Option<&Path>) -> anyhow::Result<(Self, Option<String>)> {
        let folder = match folder {
            Some(folder) => std::path::absolute(folder)?,
            None => app.path().app_data_dir()?,
        };
        let path = folder.join(FILE);
        let remark = set_aside_if_broken(&path);
        let store = app.store_builder(&path).disable_auto_save().build()?;
        Ok((Self { store, path }, remark))
    }

    /// The view's settings; `null` before the first time.
    pub(super) fn of_view(&self) -> Value {
        self.store.get(VIEW).unwrap_or_default()
    }

    /// Keeps the view's settings.
    ///
    /// # Errors
    /// A sentence when they cannot be written; the file is as it was.
    pub(super) fn save_view(&self, settings: Value) -> Result<(), String> {
        self.save(VIEW, settings)
    }

    /// The server and the user of the last login.
    pub(super) fn account(&self) -> Option<(String, String)> {
        let account = self.store.get(ACCOUNT)?;
        let text = |key| account.get(key).and_then(Value::as_str).map(str::to_owned);
        Some((text("server")?, text("user")?))
    }

    /// Notes server and user for the next start.
    ///
    /// # Errors
    /// A sentence when it cannot be written; the file is as it was.
    pub(super) fn note_account(&self, server: &str, user: &str) -> Result<(), String> {
        self.save(ACCOUNT, json!({ "server": server, "user": user }))
    }

    /// What is known of each server's certificate.
    pub(super) fn trusted(&self) -> BTreeMap<String, String> {
        let trusted = self.store.get(TRUSTED).unwrap_or_default();
        serde_json::from_value(trusted).unwrap_or_default()
    }

    /// Keeps it.
    ///
    /// # Errors
    /// A sentence when it cannot be written; the file is as it was.
    pub(super) fn note_trusted(&self, trusted: &BTreeMap<String, String>) -> Result<(), String> {
        self.save(TRUSTED, json!(trusted))
    }

    fn save(&self, key: &str, value: Value) -> Result<(), String> {
        if self.store.get(key).as_ref() == Some(&value) {
            return Ok(());
        }
        self.store.set(key, value);
        let written =
            self.room_for_it().map_err(tauri_plugin_store::Error::from).and_then(|()| self.store.save());
        written.map_err(|error| {
            let place = self.path.display();
            format!("Your settings could not be kept in {place} ({error}). They count until you quit.")
        })
    }

    /// The store empties the file before it writes it, so that a full disk would cost all settings. Therefore the same
    /// bytes are first written beside it.
    fn room_for_it(&self) -> io::Result<()> {
        let all: serde_json::Map<String, Value> = self.store.entries().into_iter().collect();
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let trial = self.path.with_extension("json.new");
        let written = fs::write(&trial, serde_json::to_vec_pretty(&all)?);
        let removed = fs::remove_file(&trial);
        written.and(removed)
    }
}

fn set_aside_if_broken(path: &Path) -> Option<String> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            let place = path.display();
            return Some(format!(
                "Your settings in {place} cannot be read ({error}), so the usual ones are used."
            ));
        }
    };
    if serde_json::from_slice::<serde_json::Map<String, Value>>(&text).is_ok() {
        return None;
    }
    let aside = path.with_extension("json.broken");
    Some(match fs::rename(path, &aside) {
        Ok(()) => {
            "Your settings file was damaged, so the usual settings are used. The damaged file is kept as \
                   settings.json.broken."
                .to_owned()
        }
        Err(error) => format!(
            "Your settings file is damaged, so the usual settings are used, and it could not be set aside ({error})."
        ),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_damaged_file_is_set_aside_and_a_good_one_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        assert_eq!(set_aside_if_broken(&path), None, "no file is no damage");
        fs::write(&path, "{}").unwrap();
        assert_eq!(set_aside_if_broken(&path), None);
        fs::write(&path, "{\"view\": {\"colo").unwrap();
        let sentence = set_aside_if_broken(&path).unwrap();
        assert!(sentence.contains("settings.json.broken"), "{sentence}");
        assert!(!path.exists());
        assert_eq!(
            fs::read_to_string(folder.path().join("settings.json.broken")).unwrap(),
            "{\"view\": {\"colo"
        );
    }
}
