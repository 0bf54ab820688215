//! A PBX of which a test says every word. Not a simulation.

use std::io;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

/// What Asterisk says first.
pub const BANNER: &str = "Asterisk Call Manager/11.0.0\r\n";
/// What it says when it has started.
pub const BOOTED: &str = "Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 7\r\nLastReload: 7\r\n\r\n";

/// One session, from the side of the PBX.
pub struct Line<S> {
    stream: BufReader<S>,
}

/// A port of this machine, and its number.
pub async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    pub fn new(stream: S) -> Self {
        Self { stream: BufReader::new(stream) }
    }

    pub async fn say(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(text.as_bytes()).await?;
        self.stream.flush().await
    }

    /// The next action: its fields. Fails at the end of the session.
    pub async fn action(&mut self) -> io::Result<Vec<(String, String)>> {
        let mut fields = Vec::new();
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match line.trim_end().split_once(": ") {
                Some((key, value)) => fields.push((key.to_owned(), value.to_owned())),
                None => return Ok(fields),
            }
        }
    }

    /// The next action that is not the link's own question whether anybody is there.
    pub async fn order(&mut self) -> io::Result<Vec<(String, String)>> {
        loop {
            let action = self.action().await?;
            if field(&action, "Action") != "Ping" || !field(&action, "ActionID").starts_with("link-") {
                return Ok(action);
            }
        }
    }

    /// Answers the next action, which must be `name`, with lines that follow `Response`.
    pub async fn answer(&mut self, name: &str, answer: &str) -> Vec<(String, String)> {
        let action = self.action().await.unwrap();
        assert_eq!(field(&action, "Action"), name, "{action:?}");
        self.say(&format!("Response: {answer}\r\nActionID: {}\r\n\r\n", field(&action, "ActionID")))
            .await
            .unwrap();
        action
    }

    /// Takes the login by challenge, whatever the key, and says that it has booted.
    pub async fn log_in(&mut self) {
        self.say(BANNER).await.unwrap();
        self.answer("Challenge", "Success\r\nChallenge: 1234").await;
        self.answer("Login", "Success\r\nMessage: Authentication accepted").await;
        self.say(BOOTED).await.unwrap();
    }
}

pub fn field<'a>(action: &'a [(String, String)], key: &str) -> &'a str {
    action.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value)
}
