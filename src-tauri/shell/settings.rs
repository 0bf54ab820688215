//! The settings file: the view's settings, which are the view's own affair, the last server and user, and which
//! certificates are trusted. No secrets. Tauri's store keeps them; because it empties a file before it writes it, it is given
//! one beside, which takes the old file's place once it is on the disk, whole: a full disk or a power cut costs the newest
//! change at most.

use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fs, io};
use tauri::{AppHandle, Manager as _, Wry};
use tauri_plugin_store::{Store, StoreExt as _};

const FILE: &str = "settings.json";
const VIEW: &str = "view";
const ACCOUNT: &str = "account";
const TRUSTED: &str = "trusted";

/// The settings and their file.
#[derive(Clone)]
pub(crate) struct Settings {
    store: Arc<Store<Wry>>,
    path: PathBuf,
    /// Held while they are written: two changes at once are written one after the other.
    writing: Arc<Mutex<()>>,
}

impl Settings {
    /// Opens the file in `folder`, or in the usual place. A file that cannot be read is set aside, the defaults are
    /// used, and the second value is a sentence about it.
    ///
    /// # Errors
    /// When the system does not say where settings belong.
    pub(crate) fn open(app: &AppHandle, folder: Option<&Path>) -> anyhow::Result<(Self, Option<String>)> {
        let path = match folder {
            Some(folder) => std::path::absolute(folder)?,
            None => app.path().app_data_dir()?,
        }
        .join(FILE);
        let (all, remark) = match read(&path) {
            Ok(all) => (all, None),
            Err(remark) => (HashMap::new(), Some(remark)),
        };
        // What an end in the middle left beside the file is not read.
        let store =
            app.store_builder(beside(&path)).defaults(all).create_new().disable_auto_save().build()?;
        Ok((Self { store, path, writing: Arc::default() }, remark))
    }

    /// Writes nothing more: what is kept is on the disk, and the store would write it once more at the end of the program.
    pub(super) fn close(&self) {
        self.store.close_resource();
    }

    /// The view's settings; `null` before the first time.
    pub(super) fn of_view(&self) -> Value {
        self.get(VIEW)
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
        let account = self.get(ACCOUNT);
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
        serde_json::from_value(self.get(TRUSTED)).unwrap_or_default()
    }

    /// Keeps it.
    ///
    /// # Errors
    /// A sentence when it cannot be written; the file is as it was.
    pub(super) fn note_trusted(&self, trusted: &BTreeMap<String, String>) -> Result<(), String> {
        self.save(TRUSTED, json!(trusted))
    }

    fn get(&self, key: &str) -> Value {
        self.store.get(key).unwrap_or_default()
    }

    fn save(&self, key: &str, value: Value) -> Result<(), String> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.store.get(key).as_ref() == Some(&value) {
            return Ok(());
        }
        self.store.set(key, value);
        let beside = beside(&self.path);
        let written = self.store.save().and_then(|()| Ok(take_place(&beside, &self.path)?));
        written.map_err(|error| {
            // It may be just its bytes for which there is no room.
            let _ = fs::remove_file(&beside);
            let place = self.path.display();
            format!("Your settings could not be kept in {place} ({error}). They count until you quit.")
        })
    }
}

/// Where new settings are written first.
fn beside(path: &Path) -> PathBuf {
    path.with_extension("json.new")
}

/// Puts a file in another one's place, once it is on the disk.
fn take_place(new: &Path, old: &Path) -> io::Result<()> {
    fs::File::open(new)?.sync_all()?;
    fs::rename(new, old)
}

/// What is in the file; a sentence where that cannot be used.
fn read(path: &Path) -> Result<HashMap<String, Value>, String> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(HashMap::new()),
        Err(error) => {
            let place = path.display();
            return Err(format!(
                "Your settings in {place} cannot be read ({error}), so the usual ones are used."
            ));
        }
    };
    if let Ok(all) = serde_json::from_slice(&text) {
        return Ok(all);
    }
    let aside = path.with_extension("json.broken");
    Err(match fs::rename(path, &aside) {
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
        assert_eq!(read(&path), Ok(HashMap::new()), "no file is no damage");
        fs::write(&path, "{}").unwrap();
        assert_eq!(read(&path), Ok(HashMap::new()));
        fs::write(&path, "{\"view\": {\"colo").unwrap();
        let sentence = read(&path).unwrap_err();
        assert!(sentence.contains("settings.json.broken"), "{sentence}");
        assert!(!path.exists());
        assert_eq!(
            fs::read_to_string(folder.path().join("settings.json.broken")).unwrap(),
            "{\"view\": {\"colo"
        );
    }

    #[test]
    fn new_settings_take_the_place_of_the_old_ones_or_those_stay() {
        let folder = tempfile::tempdir().unwrap();
        let (new, old) = (folder.path().join("settings.json.new"), folder.path().join(FILE));
        fs::write(&old, "{\"old\": 1}").unwrap();
        assert!(take_place(&new, &old).is_err(), "nothing is there");
        assert_eq!(fs::read_to_string(&old).unwrap(), "{\"old\": 1}");
        fs::write(&new, "{\"new\": 1}").unwrap();
        take_place(&new, &old).unwrap();
        assert_eq!(read(&old).unwrap().get("new"), Some(&json!(1)));
        assert!(!new.exists());
    }
}
