//! Passwords as Argon2id hashes, worked out off the async threads and only a few at once. Not who may try.

use anyhow::{Result, bail};
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// How many hashes are worked out at once; each takes 19 MiB.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// The hash that an unknown user's password is compared with, so that it takes as long as a known one's.
static NOBODY: LazyLock<Option<String>> =
    LazyLock::new(|| hash_now("nobody has this password", Cost::Usual).ok());

/// How much work a hash is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// OWASP's first choice for Argon2id: 19 MiB, two passes.
    Usual,
    /// Next to none, for tests of what lies around it.
    #[cfg(test)]
    Trivial,
}

/// The fewest characters of a password.
pub const SHORTEST: usize = 8;
/// The most bytes of a password.
pub const LONGEST: usize = 1024;

/// Hashes a password as a PHC string.
///
/// # Errors
/// When it is shorter than eight characters or longer than 1,024 bytes.
pub async fn hash(password: &str, cost: Cost) -> Result<String> {
    if password.chars().count() < SHORTEST {
        bail!("the password is too short. Take at least {SHORTEST} characters");
    }
    if password.len() > LONGEST {
        bail!("the password is too long. Take at most {LONGEST} characters");
    }
    let password = password.to_owned();
    let _turn = AT_ONCE.acquire().await?;
    tokio::task::spawn_blocking(move || hash_now(&password, cost)).await?
}

/// Whether a password fits a hash; without a hash it takes as long and never fits.
///
/// # Errors
/// When the machine cannot work it out.
pub async fn fits(password: &str, hash: Option<String>) -> Result<bool> {
    if password.len() > LONGEST {
        return Ok(false);
    }
    let password = password.to_owned();
    let _turn = AT_ONCE.acquire().await?;
    let fits = tokio::task::spawn_blocking(move || {
        let known = hash.is_some();
        let Some(hash) = hash.as_ref().or(NOBODY.as_ref()) else { return false };
        let Ok(hash) = PasswordHash::new(hash) else { return false };
        Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && known
    });
    Ok(fits.await?)
}

fn hash_now(password: &str, cost: Cost) -> Result<String> {
    let params = match cost {
        Cost::Usual => Params::new(19 * 1024, 2, 1, None),
        #[cfg(test)]
        Cost::Trivial => Params::new(Params::MIN_M_COST, 1, 1, None),
    };
    let params = params.map_err(|error| anyhow::anyhow!("{error}"))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    match argon2.hash_password(password.as_bytes()) {
        Ok(hash) => Ok(hash.to_string()),
        Err(error) => bail!("the password cannot be hashed ({error})"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let hash = hash("correct horse", Cost::Usual).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(fits("correct horse", Some(hash.clone())).await.unwrap());
        assert!(!fits("correct house", Some(hash)).await.unwrap());
        assert!(!fits("nobody has this password", None).await.unwrap());
        assert!(!fits("x", Some("no hash".into())).await.unwrap());
    }

    #[tokio::test]
    async fn short_and_endless_passwords_are_refused() {
        let refused = async |password: &str| hash(password, Cost::Trivial).await.unwrap_err().to_string();
        assert_eq!(refused("1234567").await, "the password is too short. Take at least 8 characters");
        assert_eq!(
            refused(&"x".repeat(1025)).await,
            "the password is too long. Take at most 1024 characters"
        );
    }
}
