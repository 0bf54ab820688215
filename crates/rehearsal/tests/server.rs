//! The office behind its socket: sessions that log in, hear the same, and are cut off when it closes.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use frontdesk_rehearsal::{Office, RunningOffice, Setup};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

struct Session(BufReader<TcpStream>);

impl Session {
    async fn open(office: &RunningOffice) -> Self {
        let mut session = Self(BufReader::new(TcpStream::connect(office.address()).await.unwrap()));
        assert_eq!(session.line().await.as_deref(), Some("Asterisk Call Manager/11.0.0"));
        session
    }

    async fn logged_in(office: &RunningOffice) -> Self {
        let mut session = Self::open(office).await;
        session.say("Action: Login\r\nUsername: frontdesk\r\nSecret: rehearsal\r\n\r\n").await;
        session.until("Status: Fully Booted").await;
        session
    }

    async fn say(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).await.unwrap();
    }

    /// The next line; nothing where the office has closed the connection.
    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let length =
            timeout(PATIENCE, self.0.read_line(&mut line)).await.expect("a line in time").unwrap_or(0);
        (length > 0).then(|| line.trim_end().to_owned())
    }

    /// The message in which this line is.
    async fn until(&mut self, wanted: &str) -> Vec<String> {
        let mut message = Vec::new();
        loop {
            match self.line().await.expect("the connection is open").as_str() {
                "" if message.iter().any(|line: &String| line == wanted) => return message,
                "" => message.clear(),
                line => message.push(line.to_owned()),
            }
        }
    }

    async fn closed(&mut self) {
        while self.line().await.is_some() {}
    }
}

#[tokio::test]
async fn two_sessions_hear_the_same_call_come_by_itself() {
    let office = Office::listen(1).await.unwrap();
    let (mut one, mut other) = (Session::logged_in(&office).await, Session::logged_in(&office).await);
    let (first, second) = (one.until("Event: Newchannel").await, other.until("Event: Newchannel").await);
    assert_eq!(first, second);
    let rings = one.until("DestCallerIDNum: 1001").await;
    assert!(rings.contains(&"DestCallerIDName: Front Desk".to_owned()), "{rings:?}");
}

#[tokio::test]
async fn an_answer_comes_before_what_it_brought_about() {
    let office = Office::open(Setup::lab(), 1).await.unwrap();
    let mut session = Session::logged_in(&office).await;
    let originate = "Action: Originate\r\nActionID: 1\r\nChannel: PJSIP/1001\r\nContext: internal\r\nExten: 1002\r\n\
                     Priority: 1\r\nAsync: true\r\n\r\n";
    session.say(originate).await;
    assert_eq!(session.line().await.as_deref(), Some("Response: Success"));
    session.until("Event: Newchannel").await;
}

#[tokio::test]
async fn who_is_refused_or_logs_off_is_told_and_cut_off() {
    let office = Office::open(Setup::lab(), 1).await.unwrap();
    let mut session = Session::open(&office).await;
    session.say("Action: Login\r\nUsername: frontdesk\r\nSecret: wrong\r\n\r\n").await;
    session.until("Message: Authentication failed").await;
    session.closed().await;
    let mut session = Session::logged_in(&office).await;
    session.say("Action: Logoff\r\n\r\n").await;
    session.until("Response: Goodbye").await;
    session.closed().await;
    // The places of those who left are free again.
    for _ in 0..40 {
        let mut session = Session::logged_in(&office).await;
        session.say("Action: Logoff\r\n\r\n").await;
        session.closed().await;
    }
}

#[tokio::test]
async fn a_closed_office_closes_its_sessions_and_its_port() {
    let office = Office::open(Setup::lab(), 1).await.unwrap();
    let address = office.address();
    let mut session = Session::logged_in(&office).await;
    drop(office);
    session.closed().await;
    assert!(TcpStream::connect(address).await.is_err());
}
