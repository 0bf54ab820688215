//! A SIP message as text: parsed from a datagram, read by header, written again (RFC 3261, section 7).
//!
//! It keeps the headers as they came and is deliberately not a general parser: no multi-line headers, no multipart
//! bodies, no header that this phone has no use for.

use std::fmt::Write as _;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Start {
    Request { method: String, uri: String },
    Response { status: u16, reason: String },
}

#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub start: Start,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// Who is at the other end, as a phone's display shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The display name, empty when there is none.
    pub name: String,
    /// The user part of the address: a number.
    pub number: String,
}

impl Message {
    pub fn parse(datagram: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(datagram);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let first = lines.next()?;
        let mut words = first.splitn(3, ' ');
        let (one, two, three) = (words.next()?, words.next()?, words.next().unwrap_or_default());
        let start = if one == "SIP/2.0" {
            Start::Response { status: two.parse().ok()?, reason: three.to_owned() }
        } else {
            Start::Request { method: one.to_owned(), uri: two.to_owned() }
        };
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((full_name(name.trim()).to_owned(), value.trim().to_owned()))
        };
        Some(Self { start, headers: lines.filter_map(header).collect(), body: body.to_owned() })
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    pub fn call_id(&self) -> &str {
        self.header("Call-ID").unwrap_or_default()
    }

    /// The number and the method of `CSeq`.
    pub fn cseq(&self) -> (u32, &str) {
        let (number, method) = self.header("CSeq").and_then(|v| v.split_once(' ')).unwrap_or_default();
        (number.parse().unwrap_or_default(), method.trim())
    }

    /// The branch of the topmost `Via`: the key of the transaction.
    pub fn branch(&self) -> &str {
        self.header("Via").and_then(|via| parameter(via, "branch")).unwrap_or_default()
    }

    pub fn to_tag(&self) -> Option<&str> {
        self.header("To").and_then(|v| parameter(v, "tag"))
    }

    /// The other party: `P-Asserted-Identity` where the sender is trusted with one, else nothing.
    pub fn asserted(&self) -> Option<Identity> {
        self.header("P-Asserted-Identity").map(identity)
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = match &self.start {
            Start::Request { method, uri } => format!("{method} {uri} SIP/2.0\r\n"),
            Start::Response { status, reason } => format!("SIP/2.0 {status} {reason}\r\n"),
        };
        for (name, value) in &self.headers {
            let _ = write!(out, "{name}: {value}\r\n");
        }
        let _ = write!(out, "Content-Length: {}\r\n\r\n{}", self.body.len(), self.body);
        out.into_bytes()
    }
}

fn full_name(name: &str) -> &str {
    match name {
        "f" => "From",
        "t" => "To",
        "i" => "Call-ID",
        "v" => "Via",
        "m" => "Contact",
        "c" => "Content-Type",
        "l" => "Content-Length",
        "r" => "Refer-To",
        other => other,
    }
}

/// The value of `;name=value` behind the address.
pub(crate) fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    let behind = value.rsplit_once('>').map_or(value, |(_, behind)| behind);
    behind.split(';').skip(1).find_map(|p| {
        let (n, v) = p.split_once('=')?;
        n.trim().eq_ignore_ascii_case(name).then(|| v.trim())
    })
}

/// The address in a header, without the name and the parameters behind it.
pub(crate) fn address(value: &str) -> &str {
    match value.split_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or_default(),
        None => value.split(';').next().unwrap_or_default().trim(),
    }
}

/// The user part of a SIP address.
pub(crate) fn user(address: &str) -> &str {
    let rest = address.split_once(':').map_or(address, |(_, rest)| rest);
    rest.split(['@', ';', '?']).next().unwrap_or_default()
}

pub(crate) fn identity(value: &str) -> Identity {
    let name =
        value.split_once('<').map_or("", |(name, _)| name).trim().trim_matches('"').replace("\\\"", "\"");
    Identity { name, number: user(address(value)).to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Identity, Message, Start, identity};

    #[test]
    fn a_response_is_read_and_written_again() {
        let text = "SIP/2.0 180 Ringing\r\nv: SIP/2.0/UDP 127.0.0.1:5;branch=z9hG4bKx;rport\r\nFrom: \"A; B\" <sip:1@h;x=y>;tag=a\r\n\
                    t: <sip:2@h>;tag=b\r\ni: 77\r\nCSeq: 4 INVITE\r\n\r\n";
        let message = Message::parse(text.as_bytes()).unwrap();
        assert_eq!(message.start, Start::Response { status: 180, reason: "Ringing".to_owned() });
        assert_eq!((message.branch(), message.to_tag()), ("z9hG4bKx", Some("b")));
        assert_eq!((message.call_id(), message.cseq()), ("77", (4, "INVITE")));
        let again = Message::parse(&message.to_bytes()).unwrap();
        assert_eq!(again.header("Content-Length"), Some("0"));
    }

    #[test]
    fn an_identity_has_a_name_and_a_number() {
        let shown = |value| {
            let Identity { name, number } = identity(value);
            (name, number)
        };
        assert_eq!(
            shown("\"Jane Roe\" <sip:5550123@h:5;user=phone>;tag=1"),
            ("Jane Roe".into(), "5550123".into())
        );
        assert_eq!(shown("sip:1001@h;tag=1"), (String::new(), "1001".into()));
    }
}
