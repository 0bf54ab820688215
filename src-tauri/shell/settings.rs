//! The settings file: the view's settings, which are the view's own affair, the last server and user, and which
//! certificates are trusted. No secrets. What is written is on the disk whole before it takes the old file's place, so
//! that a full disk or a power cut costs the newest change at most.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fs, io};
use tauri::{AppHandle, Manager as _};

const FILE: &str = "settings.json";
const VIEW: &str = "view";
const ACCOUNT: &str = "account";
const TRUSTED: &str = "trusted";

/// The settings and their file.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    all: Arc<Mutex<Map<String, Value>>>,
    path: PathBuf,
}

impl Settings {
    /// Opens the file in `folder`, or in the usual place. A file that cannot be read is set aside, the defaults are
    /// used, and the second value is a sentence about it.
    ///
    /// # Errors
    /// When the system does not say where settings belong.
    pub(crate) fn open(app: &AppHandle, folder: Option<&Path>) -> anyhow::Result<(Self, Option<String>)> {
        Ok(Self::open_in(&match folder {
            Some(folder) => std::path::absolute(folder)?,
            None => app.path().app_data_dir()?,
        }))
    }

    fn open_in(folder: &Path) -> (Self, Option<String>) {
        let path = folder.join(FILE);
        let (all, remark) = match read(&path) {
            Ok(all) => (all, None),
            Err(remark) => (Map::new(), Some(remark)),
        };
        (Self { all: Arc::new(Mutex::new(all)), path }, remark)
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
        self.all.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned().unwrap_or_default()
    }

    fn save(&self, key: &str, value: Value) -> Result<(), String> {
        // Held while it is written: two changes at once are written one after the other.
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if all.get(key) == Some(&value) {
            return Ok(());
        }
        all.insert(key.to_owned(), value);
        write(&self.path, &all).map_err(|error| {
            let place = self.path.display();
            format!("Your settings could not be kept in {place} ({error}). They count until you quit.")
        })
    }
}

fn write(path: &Path, all: &Map<String, Value>) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("json.new");
    let mut file = fs::File::create(&beside)?;
    let written = file.write_all(&serde_json::to_vec_pretty(all)?).and_then(|()| file.sync_all());
    if let Err(error) = written {
        // It may be just its bytes for which there is no room.
        let _ = fs::remove_file(&beside);
        return Err(error);
    }
    fs::rename(&beside, path)
}

/// What is in the file; a sentence where that cannot be used.
fn read(path: &Path) -> Result<Map<String, Value>, String> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Map::new()),
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
        assert_eq!(read(&path), Ok(Map::new()), "no file is no damage");
        fs::write(&path, "{}").unwrap();
        assert_eq!(read(&path), Ok(Map::new()));
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
    fn what_is_kept_is_there_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let (settings, _) = Settings::open_in(&folder.path().join("made by itself"));
        settings.save_view(json!({ "theme": "dark" })).unwrap();
        settings.note_account("desk.example:8090", "anna").unwrap();
        let (again, remark) = Settings::open_in(&folder.path().join("made by itself"));
        assert_eq!(remark, None);
        assert_eq!(again.of_view(), json!({ "theme": "dark" }));
        assert_eq!(again.account(), Some(("desk.example:8090".to_owned(), "anna".to_owned())));
        assert_eq!(again.trusted(), BTreeMap::new());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_and_costs_nothing_that_was_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (settings, _) = Settings::open_in(folder.path());
        settings.save_view(json!({ "theme": "dark" })).unwrap();
        let kept = fs::read(folder.path().join(FILE)).unwrap();
        // What is written to this device is answered as by a full disk.
        std::os::unix::fs::symlink("/dev/full", folder.path().join("settings.json.new")).unwrap();
        let sentence = settings.save_view(json!({ "theme": "light" })).unwrap_err();
        assert!(sentence.contains("No space left on device"), "{sentence}");
        assert!(sentence.ends_with("They count until you quit."), "{sentence}");
        assert_eq!(settings.of_view(), json!({ "theme": "light" }));
        assert_eq!(fs::read(folder.path().join(FILE)).unwrap(), kept);
        // With room again, the next change takes along what could not be written.
        settings.note_account("desk.example:8090", "anna").unwrap();
        assert_eq!(Settings::open_in(folder.path()).0.of_view(), json!({ "theme": "light" }));
    }
}
