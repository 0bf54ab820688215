//! A server on a made-up office of any size, for figures: the phones and calls are those of the bench, and nothing that is
//! ordered happens. What is to be right is tried on `stage`.

use crate::server::{Server, add_user};
use anyhow::Result;
use frontdesk_bench::crowd::Crowd;
use std::path::PathBuf;
use tempfile::TempDir;

/// The user who looks at it.
pub const USER: &str = "anna";

/// The office and the server.
#[derive(Debug)]
pub struct BigOffice {
    /// The phones and their calls.
    pub crowd: Crowd,
    /// The server.
    pub server: Server,
    folder: TempDir,
}

impl BigOffice {
    /// Opens one with this many phones and calls, and a server that desks can connect to. [`USER`] sits at the first phone.
    ///
    /// # Errors
    /// When there is no port or the server does not start.
    pub async fn open(extensions: u32, calls: u64) -> Result<Self> {
        let crowd = Crowd::open(extensions)?;
        crowd.begin(calls);
        let folder = tempfile::tempdir()?;
        let file = |name: &str| folder.path().join(name);
        let configuration = format!(
            "[pbx]\nhost = \"{}\"\nport = {}\nsecret_file = \"ami-secret\"\n\n[listen]\naddress = \"127.0.0.1:0\"\n",
            crowd.address().ip(),
            crowd.address().port(),
        );
        std::fs::write(file("frontdesk.toml"), configuration)?;
        std::fs::write(file("ami-secret"), "secret\n")?;
        add_user(&file("frontdesk.toml"), USER, "receptionist", &["10000"]).await?;
        let server = Server::start(&[], &file("frontdesk.toml"), &file("server.log"), "info").await?;
        Ok(Self { crowd, server, folder })
    }

    /// What the server has logged.
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }
}
