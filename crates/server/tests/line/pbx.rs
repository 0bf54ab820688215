//! A PBX that is played by the test: speaks AMI on a loopback port, answers every list as empty (but for two hints) and
//! sends what the test tells it. It proves the server's own line, never what a real Asterisk does.

use frontdesk_lab::planted;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// Of the caller in the recordings, who has none there.
const NAME: &str = "Jane Roe";
/// Of the caller in the recordings.
const NUMBER: &str = "5559876";

/// A played PBX.
pub struct Pbx {
    pub address: SocketAddr,
    /// Packets to send, and `None` to cut the connection.
    pub say: mpsc::Sender<Option<String>>,
    /// Actions that came and are neither login, ping nor part of the cold start.
    pub orders: mpsc::Receiver<String>,
}

impl Pbx {
    pub async fn open() -> Self {
        planted::name(NAME);
        planted::number(NUMBER);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (say, mut said) = mpsc::channel(256);
        let (ordered, orders) = mpsc::channel(256);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                session(stream, &mut said, &ordered).await;
            }
        });
        Self { address, say, orders }
    }

    /// Sends a recording's packets, up to the one that holds `until`, without it.
    pub async fn play(&self, recording: &str, from: &str, until: &str) {
        let packets = recording.split("\n\n").filter_map(|packet| {
            let lines: Vec<_> = packet.lines().filter(|line| !line.starts_with(['#', '>'])).collect();
            (!lines.is_empty()).then(|| {
                lines.join("\r\n").replace("CallerIDName: <unknown>", &format!("CallerIDName: {NAME}"))
            })
        });
        let packets = packets.skip_while(|packet| !from.is_empty() && !packet.contains(from));
        for packet in packets.take_while(|packet| until.is_empty() || !packet.contains(until)) {
            self.say.send(Some(packet)).await.unwrap();
        }
    }
}

async fn session(
    mut stream: TcpStream,
    said: &mut mpsc::Receiver<Option<String>>,
    orders: &mpsc::Sender<String>,
) {
    let mut buffer = String::new();
    let mut bytes = [0; 4096];
    if stream.write_all(b"Asterisk Call Manager/11.0.0\r\n").await.is_err() {
        return;
    }
    loop {
        tokio::select! {
            read = stream.read(&mut bytes) => {
                let Ok(length @ 1..) = read else { return };
                buffer.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
                while let Some(end) = buffer.find("\r\n\r\n") {
                    let action: String = buffer.drain(..end + 4).collect();
                    for packet in answer(&action, orders) {
                        if stream.write_all(format!("{packet}\r\n\r\n").as_bytes()).await.is_err() {
                            return;
                        }
                    }
                }
            }
            packet = said.recv() => {
                let Some(Some(packet)) = packet else { return };
                if stream.write_all(format!("{packet}\r\n\r\n").as_bytes()).await.is_err() {
                    return;
                }
            }
        }
    }
}

fn answer(action: &str, orders: &mpsc::Sender<String>) -> Vec<String> {
    let field = |key: &str| {
        action
            .lines()
            .find_map(|line| line.split_once(':').filter(|(k, _)| k.eq_ignore_ascii_case(key)))
            .map_or("", |(_, value)| value.trim())
    };
    let (name, id) = (field("Action").to_owned(), field("ActionID").to_owned());
    let success = |more: &str| format!("Response: Success\r\nActionID: {id}{more}");
    match name.as_str() {
        "Challenge" => vec![success("\r\nChallenge: 1234")],
        "Login" => vec![
            success("\r\nMessage: Authentication accepted"),
            "Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 10\r\nLastReload: 10\r\nStatus: Fully Booted".into(),
        ],
        "Ping" => vec![success("\r\nPing: Pong\r\nTimestamp: 1.0")],
        "Getvar" => vec![success("\r\nVariable: x\r\nValue: 1")],
        "Logoff" => vec![format!("Response: Goodbye\r\nActionID: {id}")],
        "Redirect" | "BlindTransfer" | "Hangup" | "Originate" => {
            orders.try_send(action.to_owned()).unwrap();
            vec![success("\r\nMessage: Done")]
        }
        list => {
            let mut packets = vec![success("\r\nEventList: start\r\nMessage: A list follows")];
            if list == "ExtensionStateList" {
                packets.extend(["1001", "1002"].map(|extension| {
                    format!(
                        "Event: ExtensionStatus\r\nActionID: {id}\r\nExten: {extension}\r\nContext: internal\r\n\
                         Hint: PJSIP/{extension}\r\nStatus: 0\r\nStatusText: Idle"
                    )
                }));
            }
            packets.push(format!("Event: {list}Complete\r\nActionID: {id}\r\nEventList: Complete\r\nListItems: 0"));
            packets
        }
    }
}
