//! Where a Frontdesk server is, from what a person types. Does not look anything up.

use std::fmt;
use url::{Host, Url};

/// The port that a server listens on unless its configuration says otherwise.
pub(crate) const DEFAULT_PORT: u16 = 8090;

/// A server's address: host, port, whether the wire is encrypted, and the path that a reverse proxy may put before ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerAddress {
    host: Host<String>,
    port: u16,
    wire: Wire,
    prefix: String,
}

/// Whether the wire is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    /// TLS.
    Tls,
    /// Nothing: for this computer itself, or because the person wrote `http://`.
    Plain,
}

/// Why a text is not an address of a server, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidAddress {
    /// Nothing was typed.
    #[error("Type the address of the Frontdesk server, for example pbx.example.com.")]
    Empty,
    /// It cannot be read.
    #[error(
        "{0:?} is not an address. Type the name of the server, for example pbx.example.com or https://pbx.example.com:8090."
    )]
    Unreadable(String),
    /// Another kind of address.
    #[error(
        "An address that begins with {0}:// is not a Frontdesk server. Use https://, or the name of the server alone."
    )]
    Scheme(String),
    /// User or password stand in the address.
    #[error("Leave user name and password out of the address; there are fields of their own for them.")]
    Credentials,
}

impl ServerAddress {
    /// Reads what a person typed. Without a scheme the wire is encrypted, except to this computer itself; without a
    /// scheme and a port the server's usual port is meant.
    ///
    /// # Errors
    /// [`InvalidAddress`], a sentence.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidAddress> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidAddress::Empty);
        }
        let unreadable = || InvalidAddress::Unreadable(text.to_owned());
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, text),
        };
        let wire = match scheme.as_deref() {
            Some("https" | "wss") => Some(Wire::Tls),
            Some("http" | "ws") => Some(Wire::Plain),
            Some(other) => return Err(InvalidAddress::Scheme(other.to_owned())),
            None => None,
        };
        // A scheme without a default port, so that the URL parser keeps every port that was typed.
        let url = Url::parse(&format!("https://{rest}")).map_err(|_| unreadable())?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidAddress::Credentials);
        }
        let host = url.host().ok_or_else(unreadable)?.to_owned();
        let wire = wire.unwrap_or(if is_here(&host) { Wire::Plain } else { Wire::Tls });
        let typed = url.port().or_else(|| rest_names_port_443(rest).then_some(443));
        let port = typed.unwrap_or(match (scheme.is_some(), wire) {
            (false, _) => DEFAULT_PORT,
            (true, Wire::Tls) => 443,
            (true, Wire::Plain) => 80,
        });
        let prefix = url.path().trim_end_matches('/').to_owned();
        Ok(Self { host, port, wire, prefix })
    }

    /// The host as the system's resolver takes it.
    pub(crate) fn host(&self) -> String {
        match &self.host {
            Host::Domain(name) => name.clone(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        }
    }

    /// The TCP port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Whether the wire is encrypted.
    pub(crate) fn wire(&self) -> Wire {
        self.wire
    }

    /// Host and port as they stand in a `Host` header.
    pub(crate) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The path of one of the server's resources, for example `/ws`.
    pub(crate) fn path(&self, resource: &str) -> String {
        format!("{}{resource}", self.prefix)
    }

    /// The address of the WebSocket.
    pub(crate) fn socket(&self) -> String {
        let scheme = match self.wire {
            Wire::Tls => "wss",
            Wire::Plain => "ws",
        };
        format!("{scheme}://{}{}", self.authority(), self.path("/ws"))
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.wire {
            Wire::Tls => "https",
            Wire::Plain => "http",
        };
        write!(f, "{scheme}://{}{}", self.authority(), self.prefix)
    }
}

fn is_here(host: &Host<String>) -> bool {
    match host {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// The URL parser drops a port that is the scheme's own, even where it was typed.
fn rest_names_port_443(rest: &str) -> bool {
    rest.split('/').next().is_some_and(|authority| authority.ends_with(":443"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn what_people_type_becomes_an_address() {
        for (typed, meant) in [
            ("pbx.example.com", "https://pbx.example.com:8090"),
            (" pbx.example.com ", "https://pbx.example.com:8090"),
            ("pbx.example.com:443", "https://pbx.example.com:443"),
            ("https://pbx.example.com", "https://pbx.example.com:443"),
            ("https://pbx.example.com/desk/", "https://pbx.example.com:443/desk"),
            ("http://10.0.0.5", "http://10.0.0.5:80"),
            ("http://10.0.0.5:8090", "http://10.0.0.5:8090"),
            ("127.0.0.1:4000", "http://127.0.0.1:4000"),
            ("localhost", "http://localhost:8090"),
            ("[::1]:9", "http://[::1]:9"),
            ("wss://pbx/", "https://pbx:443"),
        ] {
            let address = ServerAddress::parse(typed).unwrap();
            assert_eq!(address.to_string(), meant, "{typed}");
            assert_eq!(ServerAddress::parse(meant).unwrap(), address, "{meant} is read back as itself");
        }
    }

    #[test]
    fn what_is_no_address_is_answered_with_a_sentence() {
        for typed in ["", "  ", "ftp://pbx", "a b", "https://ann:secret@pbx", "http://", "pbx:99999"] {
            let sentence = ServerAddress::parse(typed).unwrap_err().to_string();
            assert!(sentence.ends_with('.'), "{sentence}");
            assert!(!sentence.contains("secret"), "{sentence}");
        }
    }

    #[test]
    fn the_socket_and_the_resources_keep_the_prefix() {
        let address = ServerAddress::parse("https://office.example/desk").unwrap();
        assert_eq!(address.socket(), "wss://office.example:443/desk/ws");
        assert_eq!(address.path("/api/login"), "/desk/api/login");
    }
}
