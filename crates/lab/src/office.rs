//! A whole office for a test: Asterisk, a phone for each of the six people, and the provider of the outside line.
//!
//! It only puts the others together and adds nothing of its own.

use crate::asterisk::{Lab, LabError, LabOptions, PEOPLE, RECORDER_SECRET, SIP_SECRET};
use crate::phone::{Call, Identity, Phone, PhoneError};
use crate::planted;
use crate::recorder::{AmiUser, RecorderError, Tap};

/// Why there is no office.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// Asterisk did not start.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// A phone did not register.
    #[error(transparent)]
    Phone(#[from] PhoneError),
}

/// Asterisk with everybody at their phones.
#[derive(Debug)]
pub struct Office {
    /// The telephone system.
    pub lab: Lab,
    /// The far end of the outside line: it calls in, and answers what is dialled with `9`.
    pub provider: Phone,
    phones: Vec<Phone>,
}

impl Office {
    /// Opens an office with the options for tests; every phone answers at once.
    ///
    /// # Errors
    /// When Asterisk does not start or a phone does not register.
    pub async fn open() -> Result<Self, OfficeError> {
        Self::with(LabOptions::for_tests()).await
    }

    /// Opens an office with these options.
    ///
    /// # Errors
    /// As [`Office::open`].
    pub async fn with(options: LabOptions) -> Result<Self, OfficeError> {
        let lab = Lab::start(options).await?;
        let mut phones = Vec::new();
        for (number, _) in PEOPLE {
            phones.push(Phone::register(number, SIP_SECRET, lab.sip()).await?);
        }
        let provider = Phone::provider(lab.provider(), lab.sip()).await?;
        Ok(Self { lab, provider, phones })
    }

    /// The phone of an extension, `1001` to `1006`.
    ///
    /// # Panics
    /// When there is no such extension.
    #[must_use]
    pub fn phone(&self, extension: &str) -> &Phone {
        let found = self.phones.iter().find(|phone| phone.user() == extension);
        #[expect(
            clippy::expect_used,
            reason = "the extensions of the lab are fixed, another one is a typing error"
        )]
        found.expect("an extension of the lab")
    }

    /// Somebody outside calls one of our numbers, such as `5551001` (Alice), `5551600` (the queue) or `5550100`.
    ///
    /// # Errors
    /// As [`Phone::call`].
    pub async fn call_in(&self, name: &str, number: &str, dialled: &str) -> Result<Call, PhoneError> {
        planted::name(name);
        planted::number(number);
        self.provider.call_as(&Identity { name: name.to_owned(), number: number.to_owned() }, dialled).await
    }

    /// Listens to the Manager Interface as this user.
    ///
    /// # Errors
    /// When the login fails.
    pub async fn tap(&self, user: AmiUser) -> Result<Tap, RecorderError> {
        let secret = match user {
            AmiUser::Frontdesk => self.lab.secret(),
            AmiUser::Recorder => RECORDER_SECRET,
        };
        Tap::login(self.lab.ami(), user, secret).await
    }
}
