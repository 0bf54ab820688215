//! The sound of one call: a quiet tone goes out every 20 ms, what comes in is counted.
//!
//! The tone makes a mailbox record something. It is deliberately neither played nor decoded: whether sound that is
//! not silence arrived is all that a test needs.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// Which way sound goes, as an SDP attribute says it from our side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Both,
    /// The other side is on hold.
    OutOnly,
}

#[derive(Debug)]
pub(crate) struct Media {
    local: SocketAddr,
    version: u32,
    pub direction: Direction,
    towards: watch::Sender<Option<SocketAddr>>,
    heard: watch::Receiver<u64>,
    task: AbortHandle,
}

impl Media {
    /// Opens a socket on the phone's address; it is silent until it knows where to send.
    pub fn open(ip: IpAddr) -> std::io::Result<Self> {
        let socket = std::net::UdpSocket::bind((ip, 0))?;
        socket.set_nonblocking(true)?;
        let socket = Arc::new(UdpSocket::from_std(socket)?);
        let (towards, target) = watch::channel(None);
        let (counter, heard) = watch::channel(0);
        let local = socket.local_addr()?;
        let task = tokio::spawn(run(socket, target, counter)).abort_handle();
        Ok(Self { local, version: 1, direction: Direction::Both, towards, heard, task })
    }

    /// Our side of the session (RFC 4566), with a new version each time.
    pub fn offer(&mut self) -> String {
        self.version += 1;
        let (ip, port, version) = (self.local.ip(), self.local.port(), self.version);
        let direction = match self.direction {
            Direction::Both => "sendrecv",
            Direction::OutOnly => "sendonly",
        };
        format!(
            "v=0\r\no=- 1 {version} IN IP4 {ip}\r\ns=lab\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0 101\r\n\
             a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na={direction}\r\n"
        )
    }

    /// Takes the other side's session and starts to send.
    pub fn learn(&self, sdp: &str) {
        let value = |start: &str| sdp.lines().find_map(|line| line.strip_prefix(start)).map(str::trim);
        let ip: Option<IpAddr> = value("c=IN IP4 ").and_then(|v| v.parse().ok());
        let port: Option<u16> =
            value("m=audio ").and_then(|v| v.split(' ').next()).and_then(|v| v.parse().ok());
        if let (Some(ip), Some(port)) = (ip, port) {
            self.towards.send_replace(Some(SocketAddr::new(ip, port)));
        }
    }

    /// How many packets that were not silence have come in.
    pub fn heard(&self) -> watch::Receiver<u64> {
        self.heard.clone()
    }
}

impl Drop for Media {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(
    socket: Arc<UdpSocket>,
    target: watch::Receiver<Option<SocketAddr>>,
    counter: watch::Sender<u64>,
) {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut sequence: u16 = 0;
    let mut buffer = [0_u8; 2048];
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                let to = *target.borrow();
                if let Some(to) = to {
                    let _ = socket.try_send_to(&packet(sequence), to);
                    sequence = sequence.wrapping_add(1);
                }
            }
            got = socket.recv_from(&mut buffer) => {
                let Ok((length, _)) = got else { continue };
                let silence = buffer[..length].iter().skip(12).all(|&byte| byte == 0xff || byte == 0x7f);
                if length > 12 && !silence {
                    counter.send_modify(|n| *n += 1);
                }
            }
        }
    }
}

/// One RTP packet (RFC 3550) with 20 ms of a 400 Hz tone in µ-law; 400 Hz fits the packet exactly eight times.
fn packet(sequence: u16) -> Vec<u8> {
    let mut out = vec![0x80, 0x00];
    out.extend(sequence.to_be_bytes());
    out.extend((u32::from(sequence) * 160).to_be_bytes());
    out.extend(0x4c41_4221_u32.to_be_bytes());
    out.extend((0..160_u16).map(|i| {
        let wave = f64::sin(std::f64::consts::TAU * 400.0 * f64::from(i) / 8000.0);
        ulaw((wave * 6000.0) as i32)
    }));
    out
}

/// ITU-T G.711.
fn ulaw(sample: i32) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = (sample.abs() + 132).min(32_635);
    let exponent = (24 - magnitude.leading_zeros() as i32).max(0);
    let mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    !((sign | (exponent << 4) | mantissa) as u8)
}

#[cfg(test)]
mod tests {
    use super::{packet, ulaw};

    #[test]
    fn the_tone_is_ulaw_of_the_right_length() {
        assert_eq!(packet(1).len(), 172);
        assert_eq!((ulaw(0), ulaw(32_000), ulaw(-32_000)), (0xff, 0x80, 0x00));
    }
}
