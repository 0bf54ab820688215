//! A server that speaks just enough AMI for any client to log in, and then sends every client the same bytes as fast as it
//! takes them. Not an office: it answers every list with nothing.

use anyhow::Result;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// The event that ends the stream.
pub const END: &str = "BenchEnd";
/// How long a client that has logged in may take until it listens.
const LISTENS: Duration = Duration::from_millis(500);

/// Starts a server that sends `stream` to whoever logs in; it lives as long as the process.
pub fn serve(stream: Arc<Vec<u8>>) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let stream = Arc::clone(&stream);
            // A client that goes away ends its own session and nothing else.
            thread::spawn(move || session(socket, &stream).ok());
        }
    });
    Ok(address)
}

fn session(socket: TcpStream, stream: &Arc<Vec<u8>>) -> Result<()> {
    socket.set_nodelay(true)?;
    let mut out = socket.try_clone()?;
    out.write_all(b"Asterisk Call Manager/11.0.0\r\n")?;
    let (mut name, mut id) = (String::new(), String::new());
    let mut sender = None;
    for line in BufReader::new(socket).lines() {
        let line = line?;
        if let Some((key, value)) = line.split_once(':') {
            match key.to_ascii_lowercase().as_str() {
                "action" => value.trim().clone_into(&mut name),
                "actionid" => value.trim().clone_into(&mut id),
                _ => {}
            }
            continue;
        }
        if name.is_empty() {
            continue;
        }
        out.write_all(answer(&name, &id).as_bytes())?;
        if name.eq_ignore_ascii_case("login") && sender.is_none() {
            let (mut out, stream) = (out.try_clone()?, Arc::clone(stream));
            sender = Some(thread::spawn(move || -> Result<()> {
                thread::sleep(LISTENS);
                out.write_all(&stream)?;
                out.write_all(format!("Event: {END}\r\nPrivilege: system,all\r\n\r\n").as_bytes())?;
                Ok(())
            }));
        }
        name.clear();
        id.clear();
    }
    Ok(())
}

/// What an empty PBX answers to an action.
pub fn answer(name: &str, id: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        "login" => format!(
            "Response: Success\r\nActionID: {id}\r\nMessage: Authentication accepted\r\n\r\n\
             Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 10\r\nLastReload: 10\r\nStatus: Fully Booted\r\n\r\n"
        ),
        "challenge" => format!("Response: Success\r\nActionID: {id}\r\nChallenge: 123456789\r\n\r\n"),
        "ping" => format!(
            "Response: Success\r\nActionID: {id}\r\nPing: Pong\r\nTimestamp: 1795487686.000000\r\n\r\n"
        ),
        "getvar" => format!("Response: Success\r\nActionID: {id}\r\nVariable: x\r\nValue: \r\n\r\n"),
        "logoff" => {
            format!("Response: Goodbye\r\nActionID: {id}\r\nMessage: Thanks for all the fish.\r\n\r\n")
        }
        _ => format!(
            "Response: Success\r\nActionID: {id}\r\nEventList: start\r\nMessage: The list will follow\r\n\r\n\
             Event: ListComplete\r\nActionID: {id}\r\nEventList: Complete\r\nListItems: 0\r\n\r\n"
        ),
    }
}
