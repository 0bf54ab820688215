//! Holds the desktop's window to what it may: one capability file for one window, and a content policy without inline
//! script, evaluation or foreign addresses; of the links of a desktop it takes those to telephone numbers alone. What the window then does is proven by the suite `window`.

use std::fs;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::workspace;

/// What the page may ask of Tauri itself.
const PERMISSIONS: [&str; 1] = ["core:webview:allow-set-webview-zoom"];

/// What every directive of the policy may hold, and nothing else.
const POLICY: [(&str, &str); 13] = [
    ("default-src", "'self'"),
    ("script-src", "'self' 'wasm-unsafe-eval'"),
    ("style-src", "'self'"),
    ("style-src-attr", "'unsafe-inline'"),
    ("img-src", "'self' data:"),
    ("media-src", "'self' data: blob:"),
    ("font-src", "'self'"),
    ("connect-src", "'self' ipc: http://ipc.localhost"),
    ("object-src", "'none'"),
    ("base-uri", "'none'"),
    ("form-action", "'none'"),
    ("frame-src", "'none'"),
    ("frame-ancestors", "'none'"),
];

/// Keys of `app.security` that are known; each further one could weaken the window.
const SECURITY: [&str; 3] = ["freezePrototype", "capabilities", "csp"];

/// What the package's desktop entry is made of.
const ENTRY: &str = "src-tauri/frontdesk.desktop.hbs";

/// How a desktop learns that links to telephone numbers are for this program, and gives it the one that was followed.
const LINKS: [(&str, &str); 2] = [("MimeType", "x-scheme-handler/tel;"), ("Exec", "{{exec}} %u")];

/// What is wider than it may be, one sentence each.
pub fn faults() -> Result<Vec<String>> {
    let root = workspace::root();
    let mut files = Vec::new();
    for entry in fs::read_dir(root.join("capabilities")).context("the folder capabilities")? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push((name, fs::read_to_string(&path)?));
    }
    let config = fs::read_to_string(root.join("tauri.conf.json")).context("tauri.conf.json")?;
    let config = serde_json::from_str(&config).context("tauri.conf.json is no JSON")?;
    let mut found = capability_faults(&files);
    found.extend(config_faults(&config));
    let entry = fs::read_to_string(root.join(ENTRY)).with_context(|| format!("the desktop entry {ENTRY}"))?;
    found.extend(entry_faults(&entry));
    Ok(found)
}

fn entry_faults(entry: &str) -> Vec<String> {
    let lines: Vec<_> = entry.lines().filter_map(|line| line.split_once('=')).collect();
    let wrong = LINKS.iter().filter(|link| !lines.iter().filter(|line| line.0 == link.0).eq([*link]));
    wrong.map(|(key, value)| format!("{ENTRY}: it must say {key}={value} and no other {key}")).collect()
}

fn capability_faults(files: &[(String, String)]) -> Vec<String> {
    let [(name, text)] = files else {
        let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
        return vec![format!("capabilities holds {names:?}; it must be one file, for the one window")];
    };
    let Ok(capability) = serde_json::from_str::<Value>(text) else {
        return vec![format!("capabilities/{name} is no JSON")];
    };
    let mut found = Vec::new();
    let mut must = |key: &str, value: Value| {
        if capability[key] != value {
            found.push(format!("capabilities/{name}: {key} is {}, and must be {value}", capability[key]));
        }
    };
    must("windows", json!(["main"]));
    must("permissions", json!(PERMISSIONS));
    for key in ["remote", "webviews", "platforms", "local"] {
        must(key, Value::Null);
    }
    found
}

fn config_faults(config: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let app = &config["app"];
    let mut must = |what: &str, is: &Value, value: Value| {
        if *is != value {
            found.push(format!("tauri.conf.json: {what} is {is}, and must be {value}"));
        }
    };
    let labels: Vec<_> =
        app["windows"].as_array().into_iter().flatten().map(|it| it["label"].clone()).collect();
    must("the windows", &json!(labels), json!(["main"]));
    must("capabilities", &app["security"]["capabilities"], json!(["main-window"]));
    must("withGlobalTauri", &app["withGlobalTauri"], json!(false));
    must("removeUnusedCommands", &config["build"]["removeUnusedCommands"], json!(true));
    must("freezePrototype", &app["security"]["freezePrototype"], json!(true));
    let policy: serde_json::Map<String, Value> =
        POLICY.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
    must("csp", &app["security"]["csp"], Value::Object(policy));
    must("the desktop entry", &config["bundle"]["linux"]["deb"]["desktopTemplate"], json!(ENTRY));
    let further = app["security"].as_object().into_iter().flatten().map(|(key, _)| key);
    let further: Vec<_> = further.filter(|key| !SECURITY.contains(&key.as_str())).collect();
    must("what else stands in security", &json!(further), json!([]));
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn capability(permissions: &str) -> (String, String) {
        let text = format!(r#"{{"identifier": "m", "windows": ["main"], "permissions": {permissions}}}"#);
        ("m.json".to_owned(), text)
    }

    #[test]
    fn the_window_is_as_narrow_as_it_may_be() {
        assert_eq!(faults().unwrap(), [""; 0]);
    }

    #[test]
    fn a_wider_capability_is_named() {
        let right = format!("{:?}", PERMISSIONS);
        assert_eq!(capability_faults(&[capability(&right)]), [""; 0]);
        let wider = capability(r#"["core:default", "fs:default"]"#);
        assert!(capability_faults(std::slice::from_ref(&wider))[0].contains("permissions is"));
        assert!(capability_faults(&[capability(&right), wider])[0].contains("must be one file"));
        assert!(capability_faults(&[])[0].contains("must be one file"));
        let remote = capability(&right).1.replacen('{', r#"{"remote": {"urls": ["https://*"]}, "#, 1);
        assert!(capability_faults(&[("m.json".into(), remote)])[0].contains("remote is"));
    }

    #[test]
    fn an_entry_that_takes_no_links_or_others_is_named() {
        let right = "[Desktop Entry]\nExec={{exec}} %u\nMimeType=x-scheme-handler/tel;\n";
        assert_eq!(entry_faults(right), [""; 0]);
        // What the bundler writes by itself: the link would never reach the program.
        assert_eq!(entry_faults(&right.replace(" %u", "")).len(), 1);
        assert_eq!(entry_faults(&right.replace("tel;", "tel;x-scheme-handler/http;")).len(), 1);
        assert_eq!(entry_faults("[Desktop Entry]\n").len(), 2);
    }

    #[test]
    fn a_weaker_policy_is_named() {
        let text = fs::read_to_string(workspace::root().join("tauri.conf.json")).unwrap();
        let config: Value = serde_json::from_str(&text).unwrap();
        let mut weaker = config.clone();
        weaker["app"]["security"]["csp"]["script-src"] = json!("'self' 'unsafe-inline'");
        assert!(config_faults(&weaker)[0].contains("csp is"));
        let mut weaker = config.clone();
        weaker["app"]["security"]["dangerousDisableAssetCspModification"] = json!(true);
        assert!(config_faults(&weaker)[0].contains("dangerousDisableAssetCspModification"));
        let mut wider = config.clone();
        wider["app"]["withGlobalTauri"] = json!(true);
        wider["build"]["removeUnusedCommands"] = Value::Null;
        assert_eq!(config_faults(&wider).len(), 2);
        let mut deaf = config.clone();
        deaf["bundle"]["linux"]["deb"]["desktopTemplate"] = Value::Null;
        assert!(config_faults(&deaf)[0].contains("the desktop entry is"));
        let mut second = config;
        second["app"]["windows"].as_array_mut().unwrap().push(json!({"label": "other"}));
        assert!(config_faults(&second)[0].contains("the windows is"));
    }
}
