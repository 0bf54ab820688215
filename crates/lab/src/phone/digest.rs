//! The answer to a digest challenge (RFC 2617, MD5 with `qop=auth`), which is what Asterisk asks for.
//!
//! Deliberately only that: no SHA-256, no `auth-int`.

use md5::{Digest as _, Md5};

use super::message::Message;

/// The header that answers the challenge in `response`, for the same request again.
pub(crate) fn answer(
    response: &Message,
    user: &str,
    password: &str,
    method: &str,
    uri: &str,
) -> Option<(String, String)> {
    let (name, challenge) = match response.header("WWW-Authenticate") {
        Some(challenge) => ("Authorization", challenge),
        None => ("Proxy-Authorization", response.header("Proxy-Authenticate")?),
    };
    let (realm, nonce) = (field(challenge, "realm")?, field(challenge, "nonce")?);
    let cnonce = super::token();
    let secret = md5(&format!("{user}:{realm}:{password}"));
    let request = md5(&format!("{method}:{uri}"));
    let proof = md5(&format!("{secret}:{nonce}:00000001:{cnonce}:auth:{request}"));
    let opaque = field(challenge, "opaque").map(|o| format!(", opaque=\"{o}\"")).unwrap_or_default();
    let value = format!(
        "Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{proof}\", \
         algorithm=MD5, qop=auth, nc=00000001, cnonce=\"{cnonce}\"{opaque}"
    );
    Some((name.to_owned(), value))
}

fn field<'a>(challenge: &'a str, name: &str) -> Option<&'a str> {
    let challenge = challenge.trim().strip_prefix("Digest").unwrap_or(challenge);
    challenge.split(',').find_map(|part| {
        let (n, value) = part.trim().split_once('=')?;
        (n == name).then(|| value.trim_matches('"'))
    })
}

fn md5(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{field, md5};

    #[test]
    fn the_parts_of_a_challenge_are_found() {
        let challenge = "Digest realm=\"asterisk\",nonce=\"1/ab=\",opaque=\"x\",algorithm=MD5,qop=\"auth\"";
        assert_eq!(field(challenge, "realm"), Some("asterisk"));
        assert_eq!(field(challenge, "nonce"), Some("1/ab="));
        assert_eq!(md5("abc"), "900150983cd24fb0d6963f7d28e17f72");
    }
}
