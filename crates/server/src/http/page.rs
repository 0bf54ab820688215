//! The files of the web page: those inside the program, or a folder of one's own. Not what the page does.

use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

/// The view as it was when the program was built; a debug build reads the folder each time.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Built;

/// The large files of it, compressed when the view was built: the name, the hash, and the ending of the encoding.
#[derive(RustEmbed)]
#[folder = "../../ui/packed"]
#[allow_missing = true]
struct Packed;

/// The encodings that there may be, the smallest first: the name on the wire, and the ending of the file.
const ENCODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// Where the page comes from.
#[derive(Debug, Clone)]
pub enum Page {
    /// From inside the program.
    Inside,
    /// From a folder.
    Folder(PathBuf),
}

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Frontdesk</title>\
    <h1>Frontdesk is running</h1><p>This server was built without its page. Build the page first \
    (<code>cargo xtask ui</code>) and then the server, or name a folder that holds it: \
    <code>frontdesk-server serve --ui FOLDER</code>. The desktop program can log in here as usual.</p></html>";

impl Page {
    /// Answers a request for a file of the page: compressed where the browser takes that, and not at all where it has
    /// the file already.
    pub async fn answer(&self, path: &str, headers: &HeaderMap) -> Response {
        let name = match path.trim_start_matches('/') {
            "" => "index.html",
            name => name,
        };
        let Some((bytes, hash)) = self.read(name).await else {
            return if name == "index.html" {
                (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response()
            } else {
                (StatusCode::NOT_FOUND, "There is nothing at this address.").into_response()
            };
        };
        let kind = mime_guess::from_path(name).first_or_octet_stream().to_string();
        let tag = format!("\"{hash}\"");
        let always = [
            (CACHE_CONTROL, "no-cache".to_owned()),
            (VARY, "accept-encoding".to_owned()),
            (ETAG, tag.clone()),
        ];
        if listed(headers, &IF_NONE_MATCH).any(|known| known.trim_start_matches("W/") == tag) {
            return (StatusCode::NOT_MODIFIED, always).into_response();
        }
        let packed = match self {
            Self::Inside => smallest(name, &hash, headers),
            Self::Folder(_) => None,
        };
        match packed {
            Some((encoding, packed)) => {
                let more = [(CONTENT_TYPE, kind), (CONTENT_ENCODING, encoding.to_owned())];
                (always, more, packed).into_response()
            }
            None => (always, [(CONTENT_TYPE, kind)], bytes).into_response(),
        }
    }

    /// A file and the beginning of its hash.
    async fn read(&self, name: &str) -> Option<(Cow<'static, [u8]>, String)> {
        let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if !plain || name.contains(['\\', '%', '\0']) {
            return None;
        }
        match self {
            Self::Inside => {
                let file = Built::get(name)?;
                let hash = beginning(&file.metadata.sha256_hash());
                Some((file.data, hash))
            }
            Self::Folder(folder) => {
                let bytes = tokio::fs::read(folder.join(name)).await.ok()?;
                let hash = beginning(&Sha256::digest(&bytes));
                Some((bytes.into(), hash))
            }
        }
    }
}

/// The smallest form of a file that the browser takes. The name holds the hash of what it was made of, so that one of
/// another build is never sent.
fn smallest(name: &str, hash: &str, headers: &HeaderMap) -> Option<(&'static str, Cow<'static, [u8]>)> {
    let takes = |encoding: &str| {
        listed(headers, &ACCEPT_ENCODING).any(|one| {
            let mut parts = one.split(';').map(str::trim);
            parts.next() == Some(encoding) && parts.all(|part| !matches!(part, "q=0" | "q=0.0"))
        })
    };
    ENCODINGS.into_iter().filter(|(encoding, _)| takes(encoding)).find_map(|(encoding, ending)| {
        Some((encoding, Packed::get(&format!("{name}.{hash}.{ending}"))?.data))
    })
}

/// What a header lists.
fn listed<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

/// The beginning of a hash: enough to tell two builds apart.
fn beginning(hash: &[u8]) -> String {
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[tokio::test]
    async fn only_files_inside_the_folder_are_given() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("page")).unwrap();
        std::fs::write(folder.path().join("secret"), "s").unwrap();
        std::fs::write(folder.path().join("page/index.html"), "x").unwrap();
        let page = Page::Folder(folder.path().join("page"));
        let status = async |path: &str| page.answer(path, &HeaderMap::new()).await.status();
        assert_eq!(status("/").await, StatusCode::OK);
        for path in ["/../secret", "/%2e%2e/secret", "//etc/passwd", "/..\\secret", "/nothing.js"] {
            assert_eq!(status(path).await, StatusCode::NOT_FOUND, "{path}");
        }
        let none = Page::Folder(folder.path().join("none"));
        assert_eq!(none.answer("/", &HeaderMap::new()).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    }

    #[tokio::test]
    async fn a_file_that_the_browser_has_is_not_sent_again() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("view.wasm"), "one").unwrap();
        let page = Page::Folder(folder.path().to_owned());
        let first = page.answer("/view.wasm", &HeaderMap::new()).await;
        let mut asks = HeaderMap::new();
        asks.insert(IF_NONE_MATCH, first.headers()[ETAG].clone());
        assert_eq!(page.answer("/view.wasm", &asks).await.status(), StatusCode::NOT_MODIFIED);
        std::fs::write(folder.path().join("view.wasm"), "two").unwrap();
        assert_eq!(page.answer("/view.wasm", &asks).await.status(), StatusCode::OK, "it is another one now");
    }

    #[test]
    fn a_list_in_a_header_is_read_with_its_qualities() {
        let takes = |line: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, line.parse().unwrap());
            listed(&headers, &ACCEPT_ENCODING).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(takes("gzip, br;q=0"), ["gzip", "br;q=0"]);
        assert!(smallest("no such file", "0", &HeaderMap::new()).is_none());
    }
}
