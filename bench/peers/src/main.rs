//! One published Rust client per name: connects, logs in, counts every event that reaches its callback, and says how
//! much processor time that took. `peers NAME HOST PORT`; prints `events=… cpu=…`. Not ours; ours is in `crates/bench`.

use std::error::Error;
use std::time::Duration;
use tokio::time::timeout;

/// The event that ends the stream.
const END: &str = "BenchEnd";
/// Where the last event was lost, the stream has ended when nothing came for so long.
const QUIET: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().ok_or("which client?")?;
    let host = arguments.next().ok_or("which host?")?;
    let port: u16 = arguments.next().ok_or("which port?")?.parse()?;
    let begun = processor();
    let (events, ended) = match name.as_str() {
        "asterisk-ami" => asterisk_ami(&host, port).await?,
        "asterisk-manager" => asterisk_manager(&host, port).await?,
        "asterisk-rs-ami" => asterisk_rs_ami(&host, port).await?,
        other => return Err(format!("there is no client {other}").into()),
    };
    println!("events={events} cpu={}", ended - begun);
    std::process::exit(0);
}

async fn asterisk_ami(host: &str, port: u16) -> Result<(u64, f64), Box<dyn Error>> {
    use asterisk_ami::{AmiConnection, Tag, find_tag};
    let connection = AmiConnection::connect((host, port)).await?;
    let mut events = connection.events();
    let login = vec![Tag::from("Action", "Login"), Tag::from("Username", "bench"), Tag::from("Secret", "bench")];
    connection.send(login).await.ok_or("no answer")?;
    let mut count = 0;
    let mut at = processor();
    loop {
        match timeout(QUIET, events.recv()).await {
            Ok(Ok(Some(packet))) => {
                count += 1;
                if find_tag(&packet, "Event").is_some_and(|kind| kind == END) {
                    return Ok((count, processor()));
                }
            }
            Ok(Err(tokio::sync::broadcast::error::RecvError::Lagged(_))) => at = processor(),
            Ok(Ok(None) | Err(_)) => return Ok((count, processor())),
            Err(_) => return Ok((count, at.max(processor()))),
        }
    }
}

async fn asterisk_manager(host: &str, port: u16) -> Result<(u64, f64), Box<dyn Error>> {
    use asterisk_manager::{AmiEvent, Manager, ManagerOptions};
    use futures_util::StreamExt;
    let mut manager = Manager::new();
    let mut events = manager.all_events_stream().await;
    let options = ManagerOptions {
        port,
        host: host.to_owned(),
        username: "bench".into(),
        password: "bench".into(),
        events: true,
    };
    manager.connect_and_login(options).await?;
    let mut count = 0;
    loop {
        match timeout(QUIET, events.next()).await {
            Ok(Some(Ok(event))) => {
                count += 1;
                if matches!(&event, AmiEvent::UnknownEvent { event_type, .. } if event_type == END) {
                    return Ok((count, processor()));
                }
            }
            // It lost some: that is counted by their absence.
            Ok(Some(Err(_))) => {}
            Ok(None) | Err(_) => return Ok((count, processor())),
        }
    }
}

async fn asterisk_rs_ami(host: &str, port: u16) -> Result<(u64, f64), Box<dyn Error>> {
    use asterisk_rs_ami::AmiClient;
    let client = AmiClient::builder().host(host).port(port).credentials("bench", "bench").build().await?;
    let mut events = client.subscribe();
    let mut count = 0;
    loop {
        match timeout(QUIET, events.recv_lossy()).await {
            Ok(Some(event)) => {
                count += 1;
                if event.event_name() == END {
                    return Ok((count, processor()));
                }
            }
            Ok(None) | Err(_) => return Ok((count, processor())),
        }
    }
}

/// Processor time of this process so far, in seconds.
fn processor() -> f64 {
    // SAFETY: the clock exists, and the place to write to is ours.
    let time = unsafe {
        let mut time = std::mem::zeroed::<libc::timespec>();
        libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time);
        time
    };
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
