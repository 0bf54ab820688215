//! How a text of the core travels to the page: so that nothing on the way reads it, and the page does so once. Not what
//! is in it.

use tauri::ipc::InvokeResponseBody;

/// What is shorter Tauri hands the page as part of a script, which costs no question and answer; all else the page
/// fetches.
const SCRIPT: usize = 8_192;

/// Packs a JSON text: a short one as a JavaScript string, a long one as bytes. As JSON it would become an object, which
/// the page has to write as a text again before it can read it.
pub(super) fn parcel(json: String) -> InvokeResponseBody {
    let short = Some(&json).filter(|json| json.len() < SCRIPT);
    let quoted =
        short.and_then(|json| serde_json::to_string(json).ok()).filter(|quoted| quoted.len() < SCRIPT);
    quoted.map_or_else(|| InvokeResponseBody::Raw(json.into_bytes()), InvokeResponseBody::Json)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// What the page reads of it, and whether it is part of a script.
    fn read(body: InvokeResponseBody) -> (String, bool) {
        match body {
            InvokeResponseBody::Json(script) => (serde_json::from_str(&script).unwrap(), true),
            InvokeResponseBody::Raw(bytes) => (String::from_utf8(bytes).unwrap(), false),
        }
    }

    #[test]
    fn a_text_arrives_as_it_was_whatever_is_in_it_and_however_long_it_is() {
        let hostile = "{\"name\":\"</script>\\\" + alert(1) \u{2028}\u{2029} Zoë\"}";
        assert_eq!(read(parcel(hostile.to_owned())), (hostile.to_owned(), true));
        for (length, script) in [(SCRIPT - 3, true), (SCRIPT - 2, false), (SCRIPT, false), (100_000, false)] {
            let text = "a".repeat(length);
            assert_eq!(read(parcel(text.clone())), (text, script), "{length}");
        }
        let quotes = "\"".repeat(SCRIPT - 10);
        assert_eq!(read(parcel(quotes.clone())), (quotes, false), "what quoting makes too long");
    }
}
