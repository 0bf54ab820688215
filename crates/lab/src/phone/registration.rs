//! Registration of a phone (RFC 3261, section 10), with the digest answer to the challenge.
//!
//! It is not renewed: an hour is longer than any test.

use tokio::sync::oneshot;

use super::message::{Message, Start};
use super::{Owner, PATIENCE, Phone, PhoneError, header, token};

impl Phone {
    /// Registers, or renews the registration.
    ///
    /// # Errors
    /// When it is refused or not answered.
    pub async fn register_again(&self) -> Result<(), PhoneError> {
        self.register_for(3600).await
    }

    /// Takes the registration back, as a phone does that is switched off in an orderly way.
    ///
    /// # Errors
    /// As [`Phone::register_again`].
    pub async fn unregister(&self) -> Result<(), PhoneError> {
        self.register_for(0).await
    }

    async fn register_for(&self, seconds: u32) -> Result<(), PhoneError> {
        let shared = &self.shared;
        let (done, answer) = oneshot::channel();
        {
            let mut book = shared.book();
            // The answer to a challenge takes the number behind.
            book.registrations += 2;
            let who = format!("<sip:{}@{}>", shared.user, shared.server.ip());
            let headers = vec![
                header("Via", shared.via()),
                header("Max-Forwards", "70"),
                header("From", format!("{who};tag={}", token())),
                header("To", who),
                header("Call-ID", shared.registration.clone()),
                header("CSeq", format!("{} REGISTER", book.registrations)),
                header("Contact", shared.contact()),
                header("Expires", seconds.to_string()),
                header("User-Agent", super::dialog::AGENT),
            ];
            let uri = format!("sip:{}", shared.server);
            let start = Start::Request { method: "REGISTER".to_owned(), uri };
            let request = Message { start, headers, body: String::new() };
            shared.begin(&mut book, request, Owner { call: None, done: Some(done) });
        }
        let status = tokio::time::timeout(PATIENCE, answer).await;
        match status {
            Ok(Ok(200)) => Ok(()),
            Ok(Ok(status)) => Err(PhoneError::Refused("REGISTER", status)),
            _ => Err(PhoneError::TooLate(format!("the registration of {}", shared.user))),
        }
    }
}
