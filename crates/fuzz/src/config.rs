//! The configuration file: settings within their bounds, or a sentence with the line where the mistake stands.

use frontdesk_server::{Config, ConfigError};
use std::path::Path;

pub fn body(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    match Config::parse(text, Path::new("server.toml"), Path::new("/etc/frontdesk")) {
        Ok(config) => taken(&config),
        Err(error) => mistake(&error, text),
    }
}

/// A mistake says where it stands, and what is wrong in one line.
pub fn mistake(error: &ConfigError, source: &str) {
    let Some(line) = error.line else { panic!("no line is named: {error}") };
    let lines = source.matches('\n').count() + 1;
    assert!((1..=lines).contains(&line), "line {line} of {lines}: {error}");
    assert!(error.text.ends_with(['.', '?', ')', '…']), "no sentence: {error}");
    let said = error.to_string();
    assert_eq!(said, frontdesk_protocol::text::line(&said, 1_000), "what is said leaves its line");
}

fn taken(config: &Config) {
    let pbx = &config.pbx;
    assert!((5..=40).contains(&pbx.ring_seconds) && (1..=300).contains(&pbx.return_seconds));
    assert!(!pbx.host.trim().is_empty());
    assert_eq!(config.listen.tls_cert.is_some(), config.listen.tls_key.is_some());
    let settings = pbx.settings();
    for context in
        [&settings.internal_context, &settings.voicemail.context].into_iter().chain(&settings.outside.context)
    {
        let word = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        assert!(!context.is_empty() && context.chars().all(word), "{context:?}");
    }
    assert!(settings.voicemail.exten.contains("{box}"));
    let dialled = [Some(&settings.outside.prefix), settings.outside.plus.as_ref()].into_iter().flatten();
    let replaced = settings.outside.replace.iter().flat_map(|(from, to)| [from, to]);
    for digits in dialled.chain(replaced) {
        assert!(digits.bytes().all(|b| b.is_ascii_digit() || b"+*#".contains(&b)), "{digits:?}");
    }
}
