//! The files of the web page: those inside the program, or a folder of one's own. Not what the page does.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::RustEmbed;
use std::path::{Component, Path, PathBuf};

/// The view as it was when the program was built; a debug build reads the folder each time.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Built;

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
    /// Answers a request for a file of the page.
    pub async fn answer(&self, path: &str) -> Response {
        let name = match path.trim_start_matches('/') {
            "" => "index.html",
            name => name,
        };
        match self.read(name).await {
            Some(bytes) => {
                let kind = mime_guess::from_path(name).first_or_octet_stream();
                let headers = [(CONTENT_TYPE, kind.to_string()), (CACHE_CONTROL, "no-cache".to_owned())];
                (headers, bytes).into_response()
            }
            None if name == "index.html" => {
                (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response()
            }
            None => (StatusCode::NOT_FOUND, "There is nothing at this address.").into_response(),
        }
    }

    async fn read(&self, name: &str) -> Option<Vec<u8>> {
        let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if !plain || name.contains(['\\', '%', '\0']) {
            return None;
        }
        match self {
            Self::Inside => Built::get(name).map(|file| file.data.into_owned()),
            Self::Folder(folder) => tokio::fs::read(folder.join(name)).await.ok(),
        }
    }
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
        let status = async |path: &str| page.answer(path).await.status();
        assert_eq!(status("/").await, StatusCode::OK);
        for path in ["/../secret", "/%2e%2e/secret", "//etc/passwd", "/..\\secret", "/nothing.js"] {
            assert_eq!(status(path).await, StatusCode::NOT_FOUND, "{path}");
        }
        let none = Page::Folder(folder.path().join("none"));
        assert_eq!(none.answer("/").await.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
