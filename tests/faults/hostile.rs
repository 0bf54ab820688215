//! A PBX that says too much: lines and messages without end, output that nobody asked for, bytes that are no text, and
//! a burst when a thousand calls end. It is slipped into what the real Asterisk says, whose calls go on meanwhile.

use crate::line::{Line, peak};
use crate::report::{Row, told};
use crate::traffic::Story;
use crate::watch::Seen;
use anyhow::{Result, ensure};
use frontdesk_lab::State;
use frontdesk_protocol::Status;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::Instant;

/// What the server may have at most, whatever the PBX says, in KiB: it has about 40 MiB at rest in an unoptimised build.
const BOUND: u64 = 160 * 1024;
/// How long what is said may take to be taken, on a machine with other things to do.
const PATIENCE: Duration = Duration::from_secs(90);

const CHUNK: usize = 64 * 1024;

/// So many bytes without an end of line, and then the end of the message.
fn endless_line(bytes: usize) -> impl Iterator<Item = Vec<u8>> + Send {
    let begin = std::iter::once(b"Event: Flood\r\nLong: ".to_vec());
    begin.chain((0..bytes / CHUNK).map(|_| vec![b'x'; CHUNK])).chain([b"\r\n\r\n".to_vec()])
}

/// A message of so many lines that begins and ends with these.
fn many(begin: &'static str, line: &'static str, count: usize, end: &'static str) -> Vec<Vec<u8>> {
    const AT_ONCE: usize = 1_000;
    let block = line.repeat(AT_ONCE).into_bytes();
    let lines = (0..count / AT_ONCE).map(|_| block.clone());
    [begin.into()].into_iter().chain(lines).chain([end.into()]).collect()
}

#[tokio::test]
async fn a_line_of_a_gibibyte_costs_no_memory_and_not_the_link() -> Result<()> {
    flood("hostile-1", "one line of 1 GiB", endless_line(1 << 30)).await
}

#[tokio::test]
async fn a_million_headers_and_output_without_end_cost_no_memory_and_not_the_link() -> Result<()> {
    let headers = many("Event: Flood\r\n", "Header: of a million of them\r\n", 1_000_000, "\r\n");
    let output = many(
        "Response: Success\r\nMessage: Command output follows\r\n",
        "Output: x y z\r\n",
        100_000,
        "\r\n",
    );
    let old =
        many("Response: Follows\r\nPrivilege: Command\r\n", "x y z\n", 100_000, "--END COMMAND--\r\n\r\n");
    let noise: Vec<u8> = (0..200_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let noise = [noise, b"\r\n\r\n".to_vec(), b"Event: \xff\xfe\0\r\n: \r\n::\r\nUniqueid\r\n\r\n".to_vec()];
    let what = "10⁶ headers, 2 × 100,000 lines of command output, 200 kB of noise";
    flood("hostile-2", what, headers.into_iter().chain(output).chain(old).chain(noise)).await
}

async fn flood(
    place: &str,
    fault: &str,
    bytes: impl Iterator<Item = Vec<u8>> + Send + 'static,
) -> Result<()> {
    let mut line = Line::open().await?;
    let talk = line.talk().await?;
    let (made, rest) = (line.pbx.made(), line.peak()?);
    line.pbx.inject(bytes).await?;
    let since = Instant::now();
    // What the real Asterisk says behind it is the proof that all of it was taken.
    talk.outside.hang_up();
    let what = "the call is over at the desk";
    line.desk.until(PATIENCE, what, |seen| seen.is_true() && seen.office.calls.is_empty()).await?;
    let back = since.elapsed();
    line.agrees().await?;
    let peak = line.peak()?;
    ensure!(peak < BOUND, "the server had {peak} KiB, {rest} before");
    ensure!(line.pbx.made() == made, "the link was lost");
    let seen = told(&line.desk.now().told);
    let fault = format!("hostile PBX: {fault}");
    Row { place, fault: &fault, seen, back: Some(back), peak, also: "the link is kept".into() }.hand_over()
}

#[tokio::test]
async fn twenty_thousand_events_at_once_do_not_stop_the_reading() -> Result<()> {
    let mut line = Line::open().await?;
    let talk = line.talk().await?;
    let made = line.pbx.made();
    let story = Arc::new(Story::read());
    let calls = u32::try_from(20_000 / story.events().1 + 1)?;
    let begin = Arc::clone(&story);
    line.pbx.inject((0..calls).map(move |number| begin.begins(number))).await?;
    let up = usize::try_from(calls)? + 1;
    let all = |seen: &Seen| seen.is_true() && seen.office.calls.len() == up;
    line.desk.until(PATIENCE, "all calls are at the desk", all).await?;

    let end = Arc::clone(&story);
    let burst: Vec<u8> = (0..calls).flat_map(|number| end.ends(number)).collect();
    line.pbx.inject([burst].into_iter()).await?;
    let since = Instant::now();
    let one = |seen: &Seen| seen.is_true() && seen.office.calls.len() == 1;
    line.desk.until(PATIENCE, "the one real call is left", one).await?;
    let back = since.elapsed();
    ensure!(line.pbx.made() == made && talk.lives(), "the link was lost");
    line.agrees().await?;
    let peak = line.peak()?;
    ensure!(peak < BOUND, "the server had {peak} KiB");
    let events = usize::try_from(calls)? * story.events().1;
    Row {
        place: "hostile-3",
        fault: &format!("{calls} calls end at once: a burst of {events} events"),
        seen: told(&line.desk.now().told),
        back: Some(back),
        peak,
        also: "the link is kept".into(),
    }
    .hand_over()
}

/// Something that talks without a line's end to whoever connects; counts them.
async fn babbler() -> Result<(std::net::SocketAddr, Arc<AtomicU64>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let (address, said) = (listener.local_addr()?, Arc::new(AtomicU64::new(0)));
    let counter = Arc::clone(&said);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let counter = Arc::clone(&counter);
            tokio::spawn(async move {
                while stream.write_all(&[b'x'; 4_096]).await.is_ok() {
                    counter.fetch_add(4_096, Ordering::Relaxed);
                }
            });
        }
    });
    Ok((address, said))
}

#[tokio::test]
async fn a_banner_without_end_is_left_and_the_pbx_found_when_it_is_there_again() -> Result<()> {
    let mut line = Line::open().await?;
    let talk = line.talk().await?;
    let (babbler, said) = babbler().await?;
    line.pbx.lead_to(babbler);
    line.pbx.reset();
    let what = "what is there is no phone system";
    let told_so = |seen: &Seen| seen.down().is_some_and(|why| why.contains("not an Asterisk"));
    line.desk.until(Duration::from_secs(15), what, told_so).await?;
    line.pbx.lead_to(line.stage.office.lab.ami());
    let back = line.back(Instant::now(), &[("1001", Status::Outside)]).await?;
    ensure!(talk.lives() && said.load(Ordering::Relaxed) > 0);
    Row {
        place: "hostile-4",
        fault: "hostile PBX: a banner without end",
        seen: told(&line.desk.now().told),
        back: Some(back),
        peak: line.peak()?,
        also: String::new(),
    }
    .hand_over()
}

#[tokio::test]
async fn a_client_that_talks_nonsense_disturbs_nobody() -> Result<()> {
    let mut line = Line::open().await?;
    let talk = line.talk().await?;
    // The desk may have been there before the PBX was.
    let before = line.desk.now().told.len();
    let address = line.stage.address()?.to_owned();
    let process = line.stage.server_id()?;
    let rest = peak(process)?;
    let upgrade = format!(
        "GET /ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: {}\r\nAuthorization: Bearer {}\r\n\r\n",
        frontdesk_protocol::SUBPROTOCOL,
        line.token,
    );
    let behind = |bytes: &[u8]| [upgrade.as_bytes(), bytes].concat();
    let text = |text: &[u8]| frame(0x81, text);
    let hello = frame(0x81, br#"{"type":"hello"}"#);
    let deep = [br#"{"type":"hello","resume":"#.to_vec(), vec![b'['; 30_000]].concat();
    let nonsense: Vec<Vec<u8>> = vec![
        vec![0; 100_000],
        vec![0xff; 100_000],
        b"GET / HTTP/1.1\r\n".iter().copied().chain(b"X: y\r\n".repeat(50_000)).collect(),
        [b"POST /api/login HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n".to_vec(), vec![b'{'; 200_000]]
            .concat(),
        b"POST /api/login HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n".to_vec(),
        // A frame that says it has 2^62 bytes; one of a mebibyte; one without a mask; one of a kind there is not.
        behind(&[0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]),
        behind(&text(&vec![b'x'; 1 << 20])),
        behind(&[&hello[..], &text(&vec![b' '; 65_000])].concat()),
        behind(&[0x81, 0x02, b'{', b'}']),
        behind(&[0x8b, 0x80, 0, 0, 0, 0]),
        behind(&frame(0x82, b"binary")),
        behind(&text(b"\xff\xfe not UTF-8")),
        behind(&text(&deep)),
        behind(&text(
            br#"{"type":"command","id":"x","command":{"type":"hangUp","leg":"1\r\nAction: Command"}}"#,
        )),
        behind(&hello.repeat(1_000)),
        behind(&[&hello[..], &text(br#"{"type":"resync"}"#).repeat(1_000)].concat()),
        behind(&[&hello[..], &text(br#"{"type":"beat"}"#).repeat(20_000)].concat()),
        behind(
            &[
                &hello[..],
                &text(br#"{"type":"command","id":"n","command":{"type":"originate"}}"#).repeat(1_000),
            ]
            .concat(),
        ),
    ];
    let begun = Instant::now();
    let count = nonsense.len();
    for bytes in nonsense {
        say(&address, &bytes).await?;
    }
    // And some that say nothing at all, or only begin.
    let mut idle = Vec::new();
    for _ in 0..100 {
        let mut stream = tokio::net::TcpStream::connect(&address).await?;
        stream.write_all(b"GET /ws HTT").await?;
        idle.push(stream);
    }
    talk.outside.hang_up();
    talk.mine.wait(State::Down).await?;
    let back = line.back(Instant::now(), &[("1001", Status::Free)]).await?;
    // Who is honest still gets in, past those.
    line.stage.desk_of("anna").await?;
    let (seen, peak) = (line.desk.now(), peak(process)?);
    let noticed = seen.told.get(before..).unwrap_or_default();
    ensure!(noticed.is_empty(), "the desk noticed: {noticed:?}");
    ensure!(peak < BOUND, "the server had {peak} KiB, {rest} before");
    Row {
        place: "desk-6",
        fault: &format!("{count} kinds of nonsense from clients, 100 that never finish a request"),
        seen: told(noticed),
        back: Some(back),
        peak,
        also: format!("all of it took {} ms", begun.elapsed().as_millis()),
    }
    .hand_over()
}

/// Says it and hears whatever comes, until the server has ended the connection or is done with it.
async fn say(address: &str, bytes: &[u8]) -> Result<()> {
    let (mut hears, mut says) = tokio::net::TcpStream::connect(address).await?.into_split();
    let both = async {
        // That the server does not hear it to its end is what is wanted.
        let said = async {
            let _ = says.write_all(bytes).await;
            let _ = says.shutdown().await;
        };
        let heard = async {
            let mut much = vec![0; CHUNK];
            while hears.read(&mut much).await.is_ok_and(|came| came > 0) {}
        };
        tokio::join!(said, heard);
    };
    let ended = tokio::time::timeout(Duration::from_secs(45), both).await;
    ensure!(
        ended.is_ok(),
        "the server holds on to {:?}",
        String::from_utf8_lossy(&bytes[..bytes.len().min(60)])
    );
    Ok(())
}

/// A client's frame, masked with nothing.
fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![kind];
    match payload.len() {
        short @ 0..126 => frame.push(0x80 | u8::try_from(short).unwrap_or(0)),
        middle @ 126..65_536 => {
            frame.push(0x80 | 126);
            frame.extend(u16::try_from(middle).unwrap_or(0).to_be_bytes());
        }
        long => {
            frame.push(0x80 | 127);
            frame.extend(u64::try_from(long).unwrap_or(0).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend_from_slice(payload);
    frame
}
